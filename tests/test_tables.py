"""A table as its columns, as a file was read, is the same as a frame of its rows."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from scripts.package import load
from scripts.read import parse, read
from scripts.tables import Content, Tables
from scripts.validate import validate
from tests.fictional import write_package
from tests.small import check_small, schema, table
from tests.test_read import ZZZ

DATA = b"zzz_id,title,kind,note\nzzz-a,A,x,\nzzz-b,B,y,n\nzzz-c,A,x,\n"
READ = parse(ZZZ, DATA)[0]


def framed() -> Content:
    """The same rows, as a frame."""
    return Content(ZZZ, READ.rows.copy())


def test_a_file_is_read_as_columns_and_the_frame_is_made_of_them():
    content = parse(ZZZ, DATA)[0]
    assert content.frame is None
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


def test_rows_are_exchanged_for_a_table_of_its_own():
    with pytest.raises(AttributeError):
        READ.rows = READ.rows


def test_other_rows_have_other_columns_and_lines():
    other = READ.with_rows(READ.rows.iloc[:1])
    assert other.lines.tolist() == [2] and len(other.coded("title").codes) == 1 and len(READ.lines) == 3


def test_ids_are_named_wherever_a_table_refers_to_them(tmp_path):
    tables = read(write_package(tmp_path))
    assert tables.named("deployments", "deployment_id").all()
    rows = tables["deployments"]
    more = tables.contents["deployments"].with_rows(pd.concat([rows, rows.assign(deployment_id="zzz-unnamed")], ignore_index=True))
    found = Tables(tables.package, {**tables.contents, "deployments": more}).named("deployments", "deployment_id")
    assert found.tolist() == [True] * len(rows) + [False]


REF = schema({"name": "ref", "type": "string"},
             foreignKeys=[{"fields": ["ref"], "reference": {"resource": "aaa", "fields": ["alt"]}}])
NAMED = {"fields": [{"name": "zzz_id", "card": "id"}, {"name": "alt", "constraints": {"unique": True}},
                    {"name": "kind", "constraints": {"required": True}}], "primaryKey": ["zzz_id"]}
USERS = table("zzz_id,ref", "zzz-1,alpha-x", "zzz-2,alpha-x", "zzz-3,beta")


@pytest.mark.parametrize(("rows", "told"), [
    (("zzz_id,alt,kind", "a-one,alpha-y,k", "a-two,beta,k"), [("foreign-key", "aaa", 2, "alt")]),  # was renamed: told where that was
    (("zzz_id,alt,kind", "a-two,beta,k", "alpha-xx,gamma,k"), [("foreign-key", "aaa", 3, "alt")]),  # its id is not what is named
    (("alt,kind", "alpha-y,k", "beta,k"), [("missing-column", "aaa", 1, "zzz_id"), ("foreign-key", "aaa", 2, "alt")])])
def test_a_key_to_another_column_than_the_id_is_held_against_that(rows, told, tmp_path):
    found = check_small(tmp_path, {"aaa": NAMED, "bbb": REF}, {"aaa": table(*rows), "bbb": USERS}).problems.found
    assert [(p.code, p.table, p.line, p.column) for p in found] == told


def test_a_link_of_another_package_may_call_the_id_what_it_likes(tmp_path):
    write_package(tmp_path, {"deployment_parties": None})
    notes = {"fields": [{"name": "deployment"}, {"name": "n"}], "primaryKey": ["deployment", "n"],
             "foreignKeys": [{"fields": ["deployment"], "reference": {"resource": "deployments", "fields": ["deployment_id"]}}]}
    described = json.loads((tmp_path / "datapackage.json").read_text())
    like = next(resource for resource in described["resources"] if resource["name"] == "deployment_parties")
    described["resources"].append({**like, "name": "zzz_notes", "path": "data/zzz_notes.csv", "schema": "schemas/zzz_notes.json"})
    (tmp_path / "datapackage.json").write_text(json.dumps(described))
    (tmp_path / "schemas/zzz_notes.json").write_text(json.dumps(notes))
    (tmp_path / "data/zzz_notes.csv").write_text("deployment,n\nzzz-deployment,1\n")
    assert load(tmp_path)[0], load(tmp_path)[1]
    assert "no-party" in {problem.code for problem in validate(tmp_path, fast=True).problems.found}
