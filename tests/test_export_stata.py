"""The Stata files: what another library reads back is what the flat tables hold, with types, labels and missing values."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pandas as pd
import pyreadstat
import pytest

from scripts import typed
from scripts.export import stata
from scripts.package import Field, Table
from scripts.tables import Content, Tables
from scripts.validate import validate
from tests.fictional import ROWS, write_package
from tests.rebuilding import written_twice
from tests.released import real, released

FLAT = ("deployments_flat", "standards_roles_flat", "policy_statements_flat")
NUMERIC = ("boolean", "integer", "number")
MOST = 2**53 - 1  # up to here a number of 64 bits with a point in it is exact
FIELDS = (Field("zzz_id", title="Z" * 100), Field("text"), Field("count", "integer"), Field("share", "number"), Field("bright", "boolean"),
          Field("words", "list", delimiter=";"))
ROWS_OF_ZZZ = [("zzz-a", "你好 😀 ü", "7", "0.25", "true", "one;two"), ("zzz-b", "", "", "", "", ""),
               ("zzz-c", "=1+1", "0", "0", "false", "nan"), ("zzz-d", "2019-04", "210000000000", "1", "true", ".")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release")
    stata.write(real(), folder)
    return folder / "stata"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return released(tmp_path_factory.mktemp("zzz")).package


def small(package, folder, rows):
    table = Table("zzz", "flat/zzz.csv", "Zzz", "One row is one zzz.", "schemas/zzz.json", FIELDS, ("zzz_id",))
    tables = Tables(package, {"zzz": Content(table, pd.DataFrame(rows, columns=table.columns, dtype=object))})
    stata.write(tables, folder)
    return tables["zzz"], *pyreadstat.read_dta(str(folder / "stata/zzz.dta"))


def as_cells(field: Field, column: pd.Series) -> list[str]:
    """What was read, as the cells that it should have come from."""
    if field.type in NUMERIC:
        return [typed.cell(field, None if value != value else bool(value) if field.type == "boolean" else value) for value in column]
    return column.tolist()


def test_a_file_for_each_flat_table_and_no_other(folder):
    assert sorted(path.stem for path in folder.iterdir()) == sorted(FLAT)


@pytest.mark.parametrize("name", FLAT)
def test_every_cell_is_read_back_as_it_stands_in_the_table(name, folder):
    table, rows = real().contents[name].table, real()[name]
    frame, _ = pyreadstat.read_dta(str(folder / f"{name}.dta"))
    assert list(frame.columns) == list(table.columns) and len(frame) == len(rows)
    for field in table.fields:
        assert as_cells(field, frame[field.name]) == rows[field.name].tolist(), field.name


@pytest.mark.parametrize("rows", [ROWS_OF_ZZZ, ROWS_OF_ZZZ[1:2], []])
def test_hostile_empty_and_foreign_cells_are_read_back(rows, package, tmp_path):
    expected, frame, meta = small(package, tmp_path, rows)
    for field in FIELDS:
        assert as_cells(field, frame[field.name]) == expected[field.name].tolist()
    kinds = [meta.readstat_variable_types[name] for name in ("text", "words")]
    assert kinds == ["string", "string"] and all(meta.readstat_variable_types[name] != "string" for name in ("count", "share", "bright"))


def test_the_greatest_whole_number_that_a_column_may_hold_is_read_back(tmp_path):
    bounds = {(table.name, field.name): field.constraints.get("maximum") for table in real().package.tables.values()
              for field in table.fields if table.folder == "data" and field.type == "integer"}
    assert set(bounds.values()) == {MOST} and ("deployments", "value_amount") in bounds
    tables = released(tmp_path / "package", {"deployments": [{"value_amount": str(MOST)}], "statement_tallies": [{"total": str(MOST)}]})
    assert problems_of(tmp_path / "package") == []
    stata.write(tables, tmp_path)
    frame, _ = pyreadstat.read_dta(str(tmp_path / "stata/deployments_flat.dta"))
    assert [int(value) for value in frame.value_amount] == [MOST]


@pytest.mark.parametrize("value", [MOST + 1, 2**63])
def test_a_greater_one_is_refused(value, tmp_path):
    write_package(tmp_path, {"deployments": [{"value_amount": str(value)}], "statement_tallies": [{"total": str(value)}]})
    assert problems_of(tmp_path) == [("maximum", "value_amount"), ("maximum", "total")]


def problems_of(root):
    """The errors of a package: code and column."""
    return [(problem.code, problem.column) for problem in validate(root).problems.found if problem.severity == "error"]


def test_a_truth_value_is_a_byte_with_labels_and_a_missing_one_is_neither(package, tmp_path):
    _, frame, meta = small(package, tmp_path, ROWS_OF_ZZZ)
    assert meta.readstat_variable_types["bright"] == "int8" and meta.variable_value_labels == {"bright": {0: "no", 1: "yes"}}
    assert frame.bright.isna().tolist() == [False, True, False, False]


@pytest.mark.parametrize("length", [244, 245, 3000, 40_000])
def test_long_texts_are_whole(length, package, tmp_path):
    rows = [("zzz-a", "字" * (length // 3) + "z" * (length % 3), *[""] * 4), ("zzz-b", "", *[""] * 4)]
    expected, frame, _ = small(package, tmp_path, rows)
    assert frame.text.tolist() == expected.text.tolist()
    data = (tmp_path / "stata/zzz.dta").read_bytes()
    assert (b"GSO" in data) is (length > 244)  # how the format keeps a strL


@pytest.mark.parametrize("name", FLAT)
def test_labels_and_names_fit_and_say_what_they_are(name, folder):
    table = real().contents[name].table
    _, meta = pyreadstat.read_dta(str(folder / f"{name}.dta"))
    assert meta.column_names_to_labels == {field.name: field.title for field in table.fields}
    assert meta.file_label == f"{table.title}, AI Governance Reach 0.1.0"
    assert all(len(text) <= 80 for text in (meta.file_label, *meta.column_labels)) and all(len(one) <= 32 for one in meta.column_names)
    assert set(meta.variable_value_labels) == {field.name for field in table.fields if field.type == "boolean"}


def test_a_long_title_is_cut_to_what_a_label_holds(package, tmp_path):
    _, _, meta = small(package, tmp_path, ROWS_OF_ZZZ)
    assert meta.column_names_to_labels["zzz_id"] == "Z" * 80 and meta.column_names_to_labels["text"] == "text"


@pytest.mark.parametrize("name", FLAT)
def test_the_only_date_is_that_of_the_release_and_the_format_that_of_stata_14(name, folder):
    data = (folder / f"{name}.dta").read_bytes()
    assert data.startswith(b"<stata_dta><header><release>118</release><byteorder>LSF</byteorder>")
    _, meta = pyreadstat.read_dta(str(folder / f"{name}.dta"))
    assert meta.creation_time == datetime.fromisoformat(real().package.created)
    assert pd.read_stata(BytesIO(data)).shape == real()[name].shape


def test_without_rows_there_are_files(tmp_path):
    stata.write(released(tmp_path / "package", dict.fromkeys(ROWS)), tmp_path)
    frame, _ = pyreadstat.read_dta(str(tmp_path / "stata/deployments_flat.dta"))
    assert len(frame) == 0 and "title" in frame


def test_a_folder_that_is_not_there_is_an_error_of_the_system(package, tmp_path):
    with pytest.raises(OSError):
        small(package, tmp_path / "zzz", ROWS_OF_ZZZ)


def test_other_places_give_the_same_bytes(tmp_path):
    one, other = written_twice(tmp_path, "stata", "stata/*.dta")
    assert sorted(one) == sorted(f"stata/{name}.dta" for name in FLAT) and one == other
