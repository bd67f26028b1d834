"""A column that is new in the schema: its name at the end of the header is enough for `format`, and for nothing less certain. One whose
schema is broken fits nothing."""

from __future__ import annotations

import json

import pytest

from scripts import package
from scripts.canonical import mend_bytes
from scripts.package import Package
from tests.small import put_json
from tests.test_canonical import HEADER, LINKED, PLAIN, PROJECTS, ROW_A, ROW_B, SLUG, codes, make, mended


def with_new(root, *fields: dict) -> Package:
    """The fictional package after columns were added to the schema of its projects."""
    make(root)
    (root / "schemas/projects.json").write_text(json.dumps({"fields": [*PROJECTS, *fields], "primaryKey": ["project_id"]}))
    loaded, problems = package.load(root)
    assert loaded, problems
    return loaded


YEAR, TEXT = {"name": "ended", "constraints": {"pattern": "[0-9]{4}"}}, {"name": "remark"}


@pytest.mark.parametrize("new", [[YEAR], [TEXT], [YEAR, TEXT]], ids=["a year", "a text", "two"])
def test_new_columns_named_in_the_header_are_filled_up(tmp_path, new):
    header = ",".join([HEADER, *(field["name"] for field in new)])
    wanted = "\n".join([header, *(row + "," * len(new) for row in (ROW_A, ROW_B)), ""])
    zzz = with_new(tmp_path, *new)
    assert mended(zzz, PLAIN.replace(HEADER, header)) == wanted
    assert mended(zzz, wanted) == wanted


@pytest.mark.parametrize(("rows", "lines"), [
    ([ROW_A, ROW_B + ","], [2]),
    ([ROW_A, ROW_B.removesuffix(",")], [2, 3]),
    ([ROW_A.replace("Zzz tower,", "Zzz tower"), ROW_B.replace("Zzz bridge,", "Zzz bridge")], [2, 3]),
    ([ROW_A.replace("x;y,,", "x;y,")], [2]),
    ([ROW_A.replace("tower,Zzz", "towerZzz")], [2])],
    ids=["one row has it", "one row shorter", "a separator lost in each", "a separator lost in the only row", "two texts run together"])
def test_rows_that_may_have_lost_something_else_are_left(tmp_path, rows, lines):
    assert codes(with_new(tmp_path, TEXT), "\n".join([f"{HEADER},remark", *rows, ""])) == [("ragged-row", line) for line in lines]


def test_a_new_column_that_is_required_is_not_filled_up(tmp_path):
    required = {"name": "remark", "constraints": {"required": True}}
    assert codes(with_new(tmp_path, required), PLAIN.replace(HEADER, f"{HEADER},remark")) == [("ragged-row", 2), ("ragged-row", 3)]


@pytest.mark.parametrize(("pattern", "left"), [(SLUG, []), ("(", [("ragged-row", 2)])])
def test_a_column_whose_schema_is_broken_fits_nothing(pattern, left, tmp_path):
    make(tmp_path)
    put_json(tmp_path, "schemas/links.json", "fields.1.constraints", {"pattern": pattern})
    loaded, _ = package.load(tmp_path)
    _, problems = mend_bytes(loaded, loaded.tables["links"], LINKED.replace("yyy,p. 1", "yyy").encode())
    assert [(problem.code, problem.line) for problem in problems] == left
