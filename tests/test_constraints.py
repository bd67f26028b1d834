"""Each constraint that a descriptor declares fires when one cell of the real table breaks it: once, and at that cell.

The constraints are read from the JSON of the descriptors, not from what the checks made of it. A table without rows yet is
broken in the fictional package.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from scripts import form, meaning
from scripts.package import SCHEMA_KEYS, load
from scripts.read import read
from scripts.tables import Content, Tables
from tests.fictional import PROJECT, write_package

TYPES = {"integer": "1,500", "date": "2021-02-30", "boolean": "maybe"}  # each with a text that is not of the type
LIST_CHECKS = ("empty-item", "repeated-item", "item-order", "unknown-term")
KEYS = ("primaryKey", "foreignKeys", "uniqueKeys")
FREE = {*SCHEMA_KEYS} - {*KEYS, "fields"}  # properties of a schema that ask nothing of a cell


@dataclass(frozen=True)
class Constraint:
    """One thing that a descriptor asks of a table: of a column, or of the columns of a key."""

    table: str
    columns: tuple[str, ...]
    name: str
    value: object = None

    def __str__(self) -> str:
        return f"{self.table}-{'-'.join(self.columns)}-{self.name}"


def declared(table: str, schema: dict) -> Iterator[Constraint]:
    """Every constraint of a Table Schema, also those that nobody knows how to break."""
    for field in schema["fields"]:
        column, type_ = (field["name"],), field["type"]
        for name, value in field.get("constraints", {}).items():
            yield Constraint(table, column, name, value if not isinstance(value, list) else tuple(value))
        if type_ == "list":
            yield Constraint(table, column, "empty-item")
            yield Constraint(table, column, "repeated-item")
            if not field.get("keepOrder"):
                yield Constraint(table, column, "item-order")
            if "vocabulary" in field or "columnsOf" in field:
                yield Constraint(table, column, "unknown-term")
        elif type_ != "string":
            yield Constraint(table, column, "type", type_)
        if "format" in field:
            yield Constraint(table, column, "format", field["format"])
    yield Constraint(table, tuple(schema["primaryKey"]), "primaryKey")
    for key in schema.get("foreignKeys", []):
        yield Constraint(table, tuple(key["fields"]), "foreignKeys", key["reference"].get("resource", table))
    for key in schema.get("uniqueKeys", []):
        yield Constraint(table, tuple(key), "uniqueKeys")


SCHEMAS = {resource["name"]: json.loads((PROJECT / resource["schema"]).read_text(encoding="utf-8"))
           for resource in json.loads((PROJECT / "datapackage.json").read_text(encoding="utf-8"))["resources"]}
DECLARED = [constraint for table, schema in SCHEMAS.items() for constraint in declared(table, schema)]

# How a cell is broken: (what the constraint asks, the cell's text) → another text; and the code of the problem that follows.
ONE_CELL = {
    "required": ("required", lambda asked, text: ""),
    "pattern": ("pattern", lambda asked, text: f"{text} !"),
    "enum": ("enum", lambda asked, text: "zzz"),
    "minimum": ("minimum", lambda asked, text: str(asked - 1)),
    "maximum": ("maximum", lambda asked, text: str(asked + 1)),
    "type": ("type", lambda asked, text: TYPES[asked]),
    "foreignKeys": ("foreign-key", lambda asked, text: "zzz-no-such-row"),
    "empty-item": ("empty-item", lambda asked, text: f"{text};"),
    "repeated-item": ("repeated-item", lambda asked, text: f"{text};{text.split(';')[-1]}"),
    "unknown-term": ("unknown-term", lambda asked, text: f"{text};zzz"),
}
OTHER = {"unique": "primary-key", "primaryKey": "primary-key", "item-order": "item-order"}
TESTED = [constraint for constraint in DECLARED if constraint.name in ONE_CELL or constraint.name in OTHER]


def test_every_constraint_of_the_descriptors_is_tested():
    assert {str(constraint) for constraint in DECLARED} - {str(constraint) for constraint in TESTED} == set()
    assert len(set(map(str, TESTED))) == len(TESTED)
    assert {key for schema in SCHEMAS.values() for key in schema} <= FREE | set(KEYS) | {"fields"}
    assert {name for name in ONE_CELL | OTHER if name not in LIST_CHECKS} <= {constraint.name for constraint in DECLARED}


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> tuple[Tables, Tables]:
    """The real tables and the fictional ones, read once."""
    return read(load(PROJECT)[0]), read(write_package(tmp_path_factory.mktemp("fictional")))


def test_nothing_is_broken_before(packages):
    for tables in packages:
        whole = Tables(tables.package, tables.contents)
        form.check(whole)
        assert [problem.text for problem in (*tables.problems.found, *whole.problems.found)] == []
        assert set(tables.contents) == set(SCHEMAS)
    assert all(len(content.rows) for content in packages[1])


@pytest.mark.parametrize("constraint", TESTED, ids=str)
def test_fires_once_at_the_broken_cell(constraint, packages):
    tables = packages[0] if len(packages[0][constraint.table]) > 1 else packages[1]
    content = tables.contents[constraint.table]
    rows = content.rows.copy(deep=True)
    line, code = broken(constraint, content, rows, tables)
    column = constraint.columns[0] if len(constraint.columns) == 1 else None
    (problem,) = problems_with(tables, Content(content.table, rows))
    assert (problem.severity, problem.code, problem.table, problem.file, problem.line, problem.column, problem.count) == (
        "error", code, constraint.table, f"data/{constraint.table}.csv", line, column, 1)
    assert problem.message and problem.hint


@pytest.mark.parametrize("table", [name for name, schema in SCHEMAS.items() if len(schema["primaryKey"]) == 1 and name != "withdrawn"])
@pytest.mark.parametrize(("code", "change"), [
    ("required", lambda own, other: ""), ("pattern", lambda own, other: own.swapcase()), ("primary-key", lambda own, other: other)],
    ids=["empty", "misspelt", "another-row's"])
def test_a_broken_id_is_one_error_in_all_checks(table, code, change, packages):
    tables = packages[0]
    content = tables.contents[table]
    rows, id_ = content.rows.copy(deep=True), content.table.id
    line = line_to_break(Constraint(table, (id_,), "primaryKey"), content, tables)
    twin = next(other for other in rows.index if other != line)
    rows.at[line, id_] = change(rows.at[line, id_], rows.at[twin, id_])
    reported = max(line, twin) if code == "primary-key" else line
    exchanged = Tables(tables.package, {**tables.contents, table: Content(content.table, rows)})
    form.check(exchanged)
    meaning.check(exchanged)
    assert [(p.code, p.table, p.line, p.column) for p in exchanged.problems.found if p.severity == "error"] == [
        (code, table, reported, id_)]


def problems_with(tables: Tables, changed: Content) -> list:
    """The problems of form where one table is exchanged. Tables without a key to or from it keep silent: they can't change."""
    name = changed.table.name
    contents = {**tables.contents, name: changed}
    near = {name, *(content.table.name for content in tables if name in {key.resource for key in content.table.foreign_keys})}
    near |= {key.resource for other in near for key in contents[other].table.foreign_keys}
    exchanged = Tables(tables.package, {other: content if other in near else Content(content.table, content.rows, readable=False)
                                        for other, content in contents.items()})
    form.check(exchanged)
    return exchanged.problems.found


def broken(constraint: Constraint, content: Content, rows, tables: Tables) -> tuple[int, str]:
    """Break a constraint in `rows`; the line where that is to be reported, and the code."""
    column = constraint.columns[0]
    line = line_to_break(constraint, content, tables)
    text = rows.at[line, column] or content.table.by_name[column].example
    if constraint.name in ONE_CELL:
        code, change = ONE_CELL[constraint.name]
        rows.at[line, column] = change(constraint.value, text)
        assert constraint.name != "pattern" or not re.fullmatch(constraint.value, rows.at[line, column])
        return line, code
    if constraint.name == "item-order":
        rows.at[line, column] = ";".join(reversed(two_items(content.table.by_name[column], text)))
        return line, OTHER[constraint.name]
    twin = next((other for other in rows.index if other != line), None)
    if twin is None:  # a table of one row
        twin = line + 1
        rows.loc[twin] = rows.loc[line]
    rows.loc[line, list(constraint.columns)] = rows.loc[twin, list(constraint.columns)]
    return max(line, twin), OTHER[constraint.name]


def two_items(field, text: str) -> list[str]:
    """At least two sorted items for a list cell."""
    items = text.split(field.delimiter)
    return items if len(items) > 1 else sorted({*items, *field.terms[:2]})


def line_to_break(constraint: Constraint, content: Content, tables: Tables) -> int:
    """The row that other rows name most often where a record's id is broken, else the last one that has something there."""
    column = constraint.columns[0]
    rows = content.rows
    if constraint.columns == content.table.primary_key and not content.table.is_link:
        named = uses(tables, constraint.table)
        return int(max(rows.index, key=lambda line: named[rows.at[line, column]]))
    filled = rows.index[rows[column] != ""]
    return int(filled[-1] if len(filled) else rows.index[-1])


@cache
def uses(tables: Tables, name: str) -> Counter:
    """How often each id of a table is named by other tables and its own."""
    return Counter(value for content in tables for column, target in content.table.targets.items() if target == name
                   for value in content.rows[column])
