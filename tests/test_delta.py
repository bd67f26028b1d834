"""What changed, cell by cell: the tables before and the delta give the tables after."""

from __future__ import annotations

import csv
import io
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.delta import COLUMNS, as_csv, delta
from scripts.package import Field, Package, Table, load
from scripts.read import read
from scripts.tables import Content, Tables
from tests.fictional import PROJECT, write_package
from tests.releases import edited


def tables_of(**tables: tuple[str, list[dict[str, str]]]) -> Tables:
    """Tables made of rows: name=("key columns : other columns", rows)."""
    contents = {}
    for name, (columns, rows) in tables.items():
        key, others = (part.split() for part in columns.split(":"))
        table = Table(name, f"data/{name}.csv", name, "", f"schemas/{name}.json", tuple(map(Field, [*key, *others])), tuple(key))
        contents[name] = Content(table, pd.DataFrame(rows, columns=list(table.columns), dtype=object).fillna(""))
    return Tables(Package(Path(), {"resources": []}, {name: content.table for name, content in contents.items()}, {}), contents)


def rows(before: Tables | None, after: Tables) -> list[tuple]:
    return list(delta(before, after).itertuples(index=False, name=None))


def cells(tables: Tables) -> dict[tuple, str]:
    """The filled cells by table, id and column, worked out one by one."""
    return {(content.table.name, ";".join(row[column] for column in content.table.primary_key), column): cell
            for content in tables for row in content.rows.to_dict("records") for column, cell in row.items() if cell}


def applied(before: Tables, changes: list[tuple]) -> dict[tuple, str]:
    """The cells after the delta is applied to those before; it must name what stands there."""
    found = cells(before)
    for operation, table, id_, column, old, new in changes:
        place = (table, id_, column)
        assert found.get(place, "") == old and old != new and (operation == "ADD") <= (old == "")
        assert (operation in ("DEL", "WITHDRAWN")) <= (new == "")
        found.pop(place, None)
        if new:
            found[place] = new
    return found


BEFORE = {"zzz": ("id : a b", [{"id": "zzz-1", "a": "x", "b": "y"}, {"id": "zzz-2", "a": "x"}])}


def test_nothing_before_gives_the_header_alone():
    assert as_csv(delta(None, tables_of(**BEFORE))) == b"operation,table,id,column,old,new\n"


def test_no_change_gives_the_header_alone():
    assert as_csv(delta(tables_of(**BEFORE), tables_of(**BEFORE))) == b"operation,table,id,column,old,new\n"


def test_a_new_row_is_each_filled_cell_of_it():
    after = {"zzz": (BEFORE["zzz"][0], [*BEFORE["zzz"][1], {"id": "zzz-0", "b": "w"}])}
    assert rows(tables_of(**BEFORE), tables_of(**after)) == [
        ("ADD", "zzz", "zzz-0", "id", "", "zzz-0"), ("ADD", "zzz", "zzz-0", "b", "", "w")]


def test_a_changed_cell_is_one_row_be_it_filled_or_emptied():
    after = {"zzz": (BEFORE["zzz"][0], [{"id": "zzz-1", "a": "X"}, {"id": "zzz-2", "a": "x", "b": "z"}])}
    assert rows(tables_of(**BEFORE), tables_of(**after)) == [
        ("MOD", "zzz", "zzz-1", "a", "x", "X"), ("MOD", "zzz", "zzz-1", "b", "y", ""), ("MOD", "zzz", "zzz-2", "b", "", "z")]


def test_a_row_that_went_is_deleted_or_withdrawn():
    after = {"zzz": (BEFORE["zzz"][0], BEFORE["zzz"][1][1:])}
    gone = [("zzz", "zzz-1", "id", "zzz-1", ""), ("zzz", "zzz-1", "a", "x", ""), ("zzz", "zzz-1", "b", "y", "")]
    assert rows(tables_of(**BEFORE), tables_of(**after)) == [("DEL", *row) for row in gone]
    for table, operation in (("zzz", "WITHDRAWN"), ("yyy", "DEL")):
        withdrawn = {"withdrawn": ("record_id : table", [{"record_id": "zzz-1", "table": table}])}
        found = rows(tables_of(**BEFORE, withdrawn=("record_id : table", [])), tables_of(**after, **withdrawn))
        assert found == [*((operation, *row) for row in gone), ("ADD", "withdrawn", "zzz-1", "record_id", "", "zzz-1"),
                         ("ADD", "withdrawn", "zzz-1", "table", "", table)]


def test_columns_come_and_go():
    after = {"zzz": ("id : c a", [{"id": "zzz-1", "a": "x", "c": "z"}, {"id": "zzz-2", "a": "x"}])}
    assert rows(tables_of(**BEFORE), tables_of(**after)) == [("MOD", "zzz", "zzz-1", "c", "", "z"), ("MOD", "zzz", "zzz-1", "b", "y", "")]


def test_tables_come_and_go():
    before, after = tables_of(**BEFORE), tables_of(yyy=("id :", [{"id": "yyy-1"}]), xxx=("id :", []))
    found = rows(before, after)
    assert found[0] == ("ADD", "yyy", "yyy-1", "id", "", "yyy-1") and [row[0] for row in found[1:]] == ["DEL"] * 5


def test_a_key_of_other_columns_deletes_and_adds_all_rows():
    after = {"zzz": ("id a : b", BEFORE["zzz"][1])}
    found = rows(tables_of(**BEFORE), tables_of(**after))
    assert {row[0] for row in found if ";" in row[2]} == {"ADD"} and {row[0] for row in found if ";" not in row[2]} == {"DEL"}
    renamed = rows(tables_of(zzz=("id : a", [{"id": "zzz-1", "a": "x"}])), tables_of(zzz=("key : a", [{"key": "zzz-1", "a": "x"}])))
    assert [row[0] for row in renamed] == ["DEL", "DEL", "ADD", "ADD"]  # of one id: what went before what came


def test_ids_of_several_columns_are_never_the_same_for_two_keys():
    before = tables_of(zzz=("a b :", []))
    after = tables_of(zzz=("a b :", [{"a": "x;y", "b": "z"}, {"a": "x", "b": "y;z"}, {"a": "x%3By", "b": "z"}, {"a": "x", "b": "y"}]))
    assert list(dict.fromkeys(delta(before, after)["id"])) == ["x%253By;z", "x%3By;z", "x;y", "x;y%3Bz"]


def test_no_key_of_the_dataset_needs_escaping():
    for content in read(load(PROJECT)[0]):
        if content.table.is_link:
            for column in content.table.primary_key:
                assert not content.rows[column].str.contains("[;%]").any(), (content.table.name, column)


def test_a_key_that_stands_twice_is_refused():
    twice = tables_of(zzz=("id : a", [{"id": "zzz-1"}, {"id": "zzz-1"}]))
    with pytest.raises(ValueError, match="`zzz-1` stands twice"):
        delta(tables_of(**BEFORE), twice)


def test_derived_tables_are_left_out():
    before, after = tables_of(**BEFORE), tables_of(**BEFORE, yyy=("id :", [{"id": "yyy-1"}]))
    after.contents["yyy"] = replace(after.contents["yyy"], table=replace(after.contents["yyy"].table, path="derived/yyy.csv"))
    assert rows(before, after) == []
    assert [row[:3] for row in delta(before, after, "derived").itertuples(index=False, name=None)] == [("ADD", "yyy", "yyy-1")]
    assert delta(before, after, "flat").empty


def test_rows_stand_in_the_order_of_tables_ids_and_columns(tmp_path):
    before = read(write_package(tmp_path / "before"))
    after = read(write_package(tmp_path / "after", {
        "claims": [{"claim_id": "zzz-claim", "finding": "contradicted", "claim": "Zzz"}], "organizations": [{"organization_id": "zzz-new"}],
        "withdrawn": [{"record_id": "zzz-yyy"}]}))
    found = delta(before, after)
    names, columns = list(after.package.tables), {name: table.columns for name, table in after.package.tables.items()}
    order = [(names.index(row.table), row.id, columns[row.table].index(row.column)) for row in found.itertuples()]
    assert order == sorted(order) and len(order) == 10 and applied(before, list(found.itertuples(index=False, name=None))) == cells(after)


def test_the_file_is_canonical_csv_that_reads_back(tmp_path):
    before = read(write_package(tmp_path / "before"))
    after = read(write_package(tmp_path / "after", {"claims": [{"claim": 'NA, "zzz", 虚构'}, {"claim": "None", "claim_id": "zzz-none"}]}))
    found = delta(before, after)
    data = as_csv(found)
    assert list(csv.reader(io.StringIO(data.decode()))) == [list(COLUMNS), *map(list, found.itertuples(index=False, name=None))]
    assert data.endswith(b"\n") and b"\r" not in data
    assert pd.read_csv(io.BytesIO(data), keep_default_na=False, dtype=str).equals(found.astype("str"))


def test_a_descriptor_with_another_key_is_followed(tmp_path):
    before = read(write_package(tmp_path))
    edited(tmp_path, "schemas/statement_tallies.json", lambda schema: schema.update(primaryKey=["statement_id", "action"]))
    found = delta(before, read(load(tmp_path)[0]))
    assert set(found["operation"]) == {"DEL", "ADD"} and set(found["table"]) == {"statement_tallies"}


WORDS = st.sampled_from(["", "a", "b", "NA", "虚构", "a-b", "a;b"])
KEYS = st.sampled_from(["a", "b", "a-b", "A"])
SOME = st.dictionaries(KEYS, st.tuples(WORDS, WORDS), max_size=4)
PAIRS = st.dictionaries(st.tuples(KEYS, KEYS), WORDS, max_size=5)


def drawn(single: dict, double: dict, columns: str, withdrawn: list[str], with_double: bool) -> Tables:
    names = ["id", *columns.split()]
    made = {"zzz": (f"id : {columns}", [dict(zip(names, [key, *values], strict=False)) for key, values in single.items()]),
            "withdrawn": ("record_id : table", [{"record_id": key, "table": "zzz"} for key in withdrawn])}
    if with_double:
        made["yyy"] = ("k l : m", [{"k": k, "l": m, "m": value} for (k, m), value in double.items()])
    return tables_of(**made)


@given(SOME, SOME, PAIRS, PAIRS, st.sampled_from(["p q", "q", "q r"]), st.sampled_from(["p q", "q", "q r"]), st.booleans(), st.booleans())
def test_the_tables_before_and_the_delta_give_the_tables_after(one, other, pairs, others, columns, more, has, had):
    withdrawn = sorted(one.keys() - other.keys())[:1]
    before, after = drawn(one, pairs, columns, [], has), drawn(other, others, more, withdrawn, had)
    changes = rows(before, after)
    assert applied(before, changes) == cells(after)
    assert {row[2] for row in changes if row[0] == "WITHDRAWN"} == set(withdrawn)
    assert len({(row[1], row[2], row[3]) for row in changes}) == len(changes)
    undone = [("DEL" if not old else "MOD", table, id_, column, new, old) for _, table, id_, column, old, new in changes]
    assert applied(after, [row for row in undone if row[0] == "MOD" or row[5] == ""]) == cells(before)


def test_tens_of_thousands_of_rows_take_seconds():
    many = [{"id": f"zzz-{n:06}", "a": str(n), "b": "x"} for n in range(50_000)]
    after = [{**row, "b": "y"} if n % 5 == 0 else row for n, row in enumerate(many) if n % 7]
    new = [{"id": f"zzz-new-{n}"} for n in range(5_000)]
    before, after = tables_of(zzz=("id : a b", many)), tables_of(zzz=("id : a b", after + new))
    started = time.perf_counter()
    found = delta(before, after)
    assert time.perf_counter() - started < 10 and len(found) == 7_143 * 3 + 8_571 + 5_000
