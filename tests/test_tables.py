"""A table as its columns, as a file was read, is the same as a frame of its rows."""

from __future__ import annotations

import pandas as pd
import pytest

from scripts.read import parse, read
from scripts.tables import Content, Tables
from tests.fictional import write_package
from tests.test_read import ZZZ

DATA = b"zzz_id,title,kind,note\nzzz-a,A,x,\nzzz-b,B,y,n\nzzz-c,A,x,\n"
READ = parse(ZZZ, DATA)[0]


def framed() -> Content:
    """The same rows, as a frame."""
    return Content(ZZZ, READ.rows.copy())


def test_a_file_is_read_as_columns_and_the_frame_is_made_of_them():
    content = parse(ZZZ, DATA)[0]
    assert content.frame is None and "rows" not in vars(content)
    assert content.header == ZZZ.columns and content.lines.tolist() == [2, 3, 4]
    assert content.rows.to_dict("list") == {
        "zzz_id": ["zzz-a", "zzz-b", "zzz-c"], "title": ["A", "B", "A"], "kind": ["x", "y", "x"], "note": ["", "n", ""]}
    assert set(content.rows.dtypes) == {pd.Series([""], dtype=object).dtype}


@pytest.mark.parametrize("content", [READ, framed()], ids=["columns", "frame"])
def test_rows_and_cells_are_found_by_their_lines(content):
    assert content.on([3, 99]).tolist() == [False, True, False] and not content.on([]).any()
    assert content.cells(4, ["title", "zzz_id"]) == ("A", "zzz-c")
    assert content.at(pd.Index([4, 2])).to_dict("list") == {
        "zzz_id": ["zzz-c", "zzz-a"], "title": ["A", "A"], "kind": ["x", "x"], "note": ["", ""]}
    assert list(content.at(pd.Index([3]), ["note"])) == ["note"] and content.at(content.lines[:0]).empty
    assert content.coded("title").is_text("A").tolist() == [True, False, True]
    assert content.coded("note").empty == 0 and content.coded("zzz_id").empty == -1


def test_other_rows_have_other_columns_and_lines():
    other = READ.with_rows(READ.rows.iloc[:1])
    assert other.lines.tolist() == [2] and len(other.coded("title").codes) == 1 and len(READ.lines) == 3


def test_ids_are_named_wherever_a_table_refers_to_them(tmp_path):
    tables = read(write_package(tmp_path))
    assert tables.named("deployments").all()
    rows = tables["deployments"]
    more = tables.contents["deployments"].with_rows(pd.concat([rows, rows.assign(deployment_id="zzz-unnamed")], ignore_index=True))
    found = Tables(tables.package, {**tables.contents, "deployments": more}).named("deployments")
    assert found.tolist() == [True] * len(rows) + [False]
