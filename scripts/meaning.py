"""The rules of meaning: runs those of `schemas/` over the tables and turns what fails into problems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import schemas
from schemas import outcome, rules_of

from .form import place
from .package import Table
from .problem import ERROR, Problem, kind
from .rule import Rule
from .support import records_in_doubt
from .tables import Content, Tables

OTHER_SCHEMA = kind("other-schema", ERROR, "package", "A schema has every column and key that the rules of the installed project read.",
                    good="schemas/citations.json with a field access", bad="schemas/citations.json without it")


def views(tables: Tables) -> Iterator[tuple]:
    """The views that the rules take from the tables, with their arguments, those that are needed first before others."""
    for content in tables:
        for key in content.table.foreign_keys:
            if len(key.fields) == 1 and tables.whole(content.table.name, key.resource):
                yield Tables.numbers, content.table.name, *key.fields, key.resource, *key.reference
    for content in tables:
        if content.whole and len(content.lines) and not lacks_of(content.table):
            yield from (rule.view for rule in rules_of(content.table.name) if rule.view)


def check(tables: Tables) -> None:
    """Add every problem of meaning to `tables.problems`. Tables that lack a column, and rules that read such a table, are
    left out; so are rows whose cells are already known to be broken."""
    lacking = {content.table.name: lacks for content in tables if (lacks := lacks_of(content.table))}
    for name, lacks in lacking.items():
        tables.problems.add(OTHER_SCHEMA.at(f"The schema lacks {lacks}.", "Put it back, or change the rules that read it too.",
                                            file=tables.contents[name].table.schema_path))
    for content in tables:
        if content.whole and len(content.lines) and content.table.name not in lacking:
            for rule in rules_of(content.table.name):
                if tables.whole(*rule.needs) and not lacking.keys() & set(rule.needs):
                    run(rule, content, tables)


@cache
def written_for(table: str) -> dict:
    """The schema of a table in the installed project, which its rules were written for."""
    path = Path(schemas.__file__).parent / f"{table}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def lacks_of(table: Table) -> str:
    """What a table lacks that its rules may read, in words: columns, or keys that link it to others."""
    schema = written_for(table.name)
    columns = [field["name"] for field in schema.get("fields", []) if field["name"] not in table.columns]
    own = {(key.fields, key.resource) for key in table.foreign_keys}
    keys = [key["fields"] for key in schema.get("foreignKeys", [])
            if (tuple(key["fields"]), key["reference"].get("resource", table.name)) not in own]
    if columns:
        return f"the column {', '.join(f'`{column}`' for column in columns)}"
    if tuple(schema.get("primaryKey", table.primary_key)) != table.primary_key:
        return f"the primary key {', '.join(schema['primaryKey'])}"
    return f"the foreign key of {', '.join(keys[0])}" if keys else ""


def run(rule: Rule, content: Content, tables: Tables) -> None:
    """One rule over the rows of its table."""
    found = outcome(rule, content, tables)
    if found is True:
        return
    answers = [((column,), holds) for column, holds in found.items()] if isinstance(found, dict) else [(rule.columns, found)]
    for columns, holds in answers:
        if not np.all(holds):
            report(rule, content, tables, columns, content.lines[~np.asarray(holds, dtype=bool)])


def report(rule: Rule, content: Content, tables: Tables, columns: tuple[str, ...], lines: pd.Index) -> None:
    """The problems of the rows on these lines, without those that another problem, in one of the `columns`, explains; each stands in
    the first column."""
    table, column = content.table, next(iter(columns), None)
    lines = lines[~lines.isin(tables.problems.broken_lines(table.name, columns or (table.id,)))]
    if rule.lacks:
        lines = lines[~content.at(lines, [table.id])[table.id].isin(records_in_doubt(tables, table.name))]
    if not len(lines):
        return
    if rule.counted:
        cells = {"count": len(lines), "record": content.cells(lines[0], [table.id])[0]}
        tables.problems.add(rule.kind.at(rule.message.format(**cells), rule.hint, table=table.name, file=table.path,
                                         column=column, count=len(lines)))
        return
    failing = content.at(lines[:tables.problems.room(rule.kind.code, table.name, column)])
    further = rule.explain(failing, tables).to_dict("index") if rule.explain else {}

    def make(line: int) -> Problem:
        cells = dict(zip(content.header, (text[:200] for text in content.cells(line, content.header)), strict=True)) | further.get(line, {})
        cells["value"] = cells.get(column, "")
        return rule.kind.at(rule.message.format(**cells), rule.hint.format(**cells), column=cells.get("at", column), **place(content, line))

    tables.problems.add_rows(rule.kind, lines.tolist(), make, table.name, [column] if column else [])
