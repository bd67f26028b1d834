"""The constraints of the Table Schemas over whole tables: cells, each distinct value of a column once, then keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cache, partial

import numpy as np
import pandas as pd
import pyarrow as pa

from .coded import Coded, coded, keys
from .constraints import SPELLINGS, Check, by_value, compile_field, schema_problems
from .package import MISSING, Field, ForeignKey
from .problem import ERROR, SEARCHES, Kind, Problem, Speller, asked, by_plain, kind, nearest, nearest_of, plain
from .tables import Content, Tables

REQUIRED = kind("required", ERROR, "form", "A required cell is not empty.", good="title: Zzz", bad="title: (empty)")
PRIMARY_KEY = kind("primary-key", ERROR, "form", "No two rows have the same primary key.", good="zzz-a, zzz-b", bad="zzz-a, zzz-a")
UNIQUE = kind("unique", ERROR, "form", "No two rows have the same value where it must be unique.", good="zzz-a, zzz-b", bad="zzz-a, zzz-a")
FOREIGN_KEY = kind("foreign-key", ERROR, "form", "What a row refers to is there.",
                   good="country_code: AGO, in data/countries.csv", bad="country_code: ZZZ, not in data/countries.csv")


def check(tables: Tables) -> None:
    """Add every problem of form in the tables to `tables.problems`: cells first, then keys, which trust the cells."""
    for content in tables:
        faults = list(schema_problems(content.table))
        tables.problems.add(*faults)
        unusable = {fault.column for fault in faults}
        if content.readable:
            for field in content.table.fields:
                if field.name in content.header:
                    check_cells(tables, content, field, [] if field.name in unusable else compile_field(field))
    for content in tables:
        if content.readable:
            check_unique(tables, content)
    for content in tables:
        if content.readable:
            for key in content.table.foreign_keys:
                check_foreign_key(tables, content, key)


def check_cells(tables: Tables, content: Content, field: Field, tests: Iterable[Check]) -> None:
    """Every cell of a column against the tests of its field; those that are already known to be broken are left alone."""
    column, lines = content.coded(field.name), content.lines
    broken = tables.problems.broken_lines(content.table.name, [field.name])
    sound = ~content.on(broken)
    report = partial(add_cells, tables, content, field.name)
    if (field.required or field.name in content.table.primary_key) and (lacking := column.is_text(MISSING) & sound).any():
        report(REQUIRED, lines[lacking], lambda _v: (f"`{field.name}` is empty.", "Every row needs it."))
    left = np.arange(len(column.texts)) != column.empty
    for test in tests:
        failing = test.failing(column, left)
        if failing.any():
            report(test.kind, lines[column.in_rows(failing) & sound], test.say)
            left &= ~failing


def add_cells(tables: Tables, content: Content, column: str, kind: Kind, lines: pd.Index,
              say: Callable[[str], tuple[str, str]]) -> None:
    """One problem for each of the lines, in one column."""
    say = cache(say)

    def make(line: int) -> Problem:
        message, hint = say(*content.cells(line, [column]))
        return kind.at(message, hint, column=column, **place(content, line))

    tables.problems.add_rows(kind, lines.tolist(), make, content.table.name, [column])


def place(content: Content, line: int) -> dict:
    """Where a row stands: table, file, line, and the record it belongs to."""
    table = content.table
    record = content.cells(line, [table.id])[0] if table.id in content.header else None
    return {"table": table.name, "file": table.path, "line": int(line), "record": record or None}


def check_unique(tables: Tables, content: Content) -> None:
    """The primary key, unique keys and unique fields: of two equal the later row is reported."""
    table = content.table
    unique = {table.primary_key: PRIMARY_KEY, **dict.fromkeys(filter(None, table.unique_keys), UNIQUE)}
    for field in table.fields:
        if field.constraints.get("unique") is True:
            unique.setdefault((field.name,), UNIQUE)
    ragged = tables.problems.broken_lines(table.name, ())
    for columns, kind_ in unique.items():
        if not set(columns) <= set(content.header):
            continue
        parts = [of_value(content, column) for column in columns]
        if any(len(part.texts) == len(content.lines) for part in parts):  # no two rows are the same even in this part
            continue
        given = has_key(content, columns) & ~content.on(ragged)
        key = pd.Series(keys(parts), index=content.lines)[given]
        repeated = key.index[key.duplicated(keep="first")]
        if len(repeated):
            first = pd.Series(key.drop_duplicates().index, index=key.drop_duplicates())
            earlier = dict(zip(repeated, first[key[repeated]], strict=True))
            tables.problems.add_rows(kind_, repeated.tolist(), partial(repeats, content, columns, kind_, earlier), table.name, columns)


def has_key(content: Content, columns: tuple[str, ...]) -> np.ndarray:
    """Which rows have all parts of a key."""
    return ~np.logical_or.reduce([content.coded(column).is_text(MISSING) for column in columns])


def repeats(content: Content, columns: tuple[str, ...], kind_: Kind, earlier: dict[int, int], line: int) -> Problem:
    """The problem of a row whose key stands already on an earlier line."""
    alone = len(columns) == 1
    return kind_.at(f"`{' '.join(content.cells(line, columns))}` stands already on line {earlier[line]}.",
                    "Delete one of the two rows, or give this one an id of its own." if alone else "Delete one of the two rows.",
                    column=columns[0] if alone else None, **place(content, line))


def check_foreign_key(tables: Tables, content: Content, key: ForeignKey) -> None:
    """Values that are not in the table they refer to, but for those whose target is there with a broken key."""
    target = tables.contents[key.resource]
    if not target.readable or not set(key.reference) <= set(target.header) or not set(key.fields) <= set(content.header):
        return
    loose = content.lines[without_target(tables, content, key) & ~tables.broken(content.table.name, *key.fields).to_numpy()]
    if not len(loose):
        return
    lost = {content.cells(line, key.fields) for line in loose}
    excused = spelt_rightly(lost, broken_keys(tables, target, key.reference))
    excused |= renamed(tables, target, key, lost - excused)
    if excused:
        loose = [line for line in loose if content.cells(line, key.fields) not in excused]
    column = key.fields[0] if len(key.fields) == 1 else None
    labels = by_label(target) if column and len(loose) else {}
    speller = Speller(target.coded(key.reference[0]).values if column else ())

    def make(line: int) -> Problem:
        value = " ".join(content.cells(line, key.fields))
        near = asked(labels.get(plain(value))) or speller.did_you_mean(value)
        return FOREIGN_KEY.at(f"`{value[:120]}` is not in {target.table.path}.",
                              near or f"Add it there first, or write here a `{key.reference[0]}` that is there.",
                              column=column, **place(content, line))

    tables.problems.add_rows(FOREIGN_KEY, loose, make, content.table.name, key.fields)


def without_target(tables: Tables, content: Content, key: ForeignKey) -> np.ndarray:
    """Which rows have a key that the table it refers to lacks."""
    target = tables.contents[key.resource]
    fields = [(of, of.table.by_name[column]) for of, columns in ((content, key.fields), (target, key.reference)) for column in columns]
    if len(key.fields) == 1 and not any(field.type in SPELLINGS for _, field in fields):
        found = tables.numbers(content.table.name, *key.fields, key.resource, *key.reference)[content.coded(*key.fields).codes] >= 0
    else:
        cells = [of_value(of, field.name).cells() for of, field in fields]
        own, known = (pd.MultiIndex.from_arrays(part) for part in (cells[:len(key.fields)], cells[len(key.fields):]))
        found = own.isin(known)
    return ~found & has_key(content, key.fields)


def of_value(content: Content, column: str) -> Coded:
    """A column in which cells that say the same value hold the same text."""
    field, found = content.table.by_name[column], content.coded(column)
    return coded([by_value(field, cell) for cell in found.cells()]) if field.type in SPELLINGS else found


def by_label(content: Content) -> dict[str, str]:
    """What a person calls a record, in plain letters → its id: `angola` → `AGO`."""
    table, known = content.table, {content.table.id, *content.table.label} <= set(content.header)
    if len(table.label) != 1 or len(content.lines) > SEARCHES or not known:
        return {}
    names, ids = (content.coded(column).cells() for column in (*table.label, table.id))
    return {plain(name): key for name, key in zip(names, ids, strict=True)}


def renamed(tables: Tables, target: Content, key: ForeignKey, lost: set[tuple]) -> set[tuple]:
    """Values without a target, named by several rows, that a record is near to which nothing refers: its id was changed by
    mistake. That is reported there, once, and not in each row that names the record rightly."""
    if not target.table.is_record or len(key.reference) > 1 or not lost or len(lost) * len(target.lines) > SEARCHES * 10:
        return set()
    (column,), name = key.reference, target.table.name
    known, named = target.coded(column), references(tables, name, column, [value for (value,) in lost])
    unnamed, found = set(known.texts.filter(pa.array(~tables.named(name, column))).to_pylist()), set()
    for (value,) in sorted(lost):
        only = min(unnamed) if len(unnamed) == len(lost) == 1 else None
        near = (nearest(value, unnamed) or only) if named[value] > 1 else None
        if near is not None:
            unnamed.discard(near)
            line = int(target.lines[known.is_text(near)][0])
            tables.problems.add(FOREIGN_KEY.at(
                f"Nothing refers to `{near[:120]}`, while {named[value]:,} rows name `{value[:120]}`, which is not here.",
                f"{asked(value if len(value) <= 120 else None)} An id is never changed.".strip(), column=column, **place(target, line)))
            found.add((value,))
    return found


def references(tables: Tables, name: str, column: str, values: Collection[str]) -> dict[str, int]:
    """How many rows name each of some values in the columns that refer to a column of a table."""
    columns = [content.coded(*key.fields) for content in tables for key in content.table.foreign_keys
               if (key.resource, key.reference) == (name, (column,)) and key.fields[0] in content.header]
    return {value: sum(int(found.is_text(value).sum()) for found in columns) for value in values}


def broken_keys(tables: Tables, content: Content, columns: tuple[str, ...]) -> list[tuple]:
    """The broken keys of a table; an empty one where its own may be lost, as the row is ragged or has taken another row's."""
    name, lines = content.table.name, content.lines
    broken = tables.broken(name, *columns)
    if not broken.any():
        return []
    alike = content.at(lines[pd.Series(keys([content.coded(column) for column in columns])).duplicated(keep=False).to_numpy()])
    taken = alike.index[alike.duplicated(list(columns)) & ~alike.duplicated()]
    found = content.at(lines[broken], columns)
    found.loc[found.index.isin({*taken, *tables.problems.broken_lines(name, ())})] = MISSING
    return list(found.itertuples(index=False, name=None))


def spelt_rightly(loose: set[tuple], broken: list[tuple]) -> set[tuple]:
    """Those of the values without a target that may name a row whose own key is broken: near one, or as few as are left."""
    if not broken:
        return set()
    names = by_plain(" ".join(key) for key in broken if any(key))
    near = {value for value in loose if plain(" ".join(value)) in names}
    if len(loose - near) * len(names) < SEARCHES:
        near |= {value for value in loose - near if nearest_of(" ".join(value), names)}
    return loose if len(loose - near) <= len(broken) - len(near) else near
