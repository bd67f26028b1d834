"""Rows of cards merged into a table: new keys at its end, empty cells filled, and a conflict where a cell says something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from . import write
from .cards import CardRow
from .package import MISSING, Field
from .problem import ERROR, Problem, kind
from .tables import Content

CONFLICT = kind("card-conflict", ERROR, "cards", "What a card says of a record that exists is what the tables say.",
                good="status: operational, as in data/zzz.csv", bad="status: suspended, where data/zzz.csv has operational")
TWO_CARDS = kind("cards-disagree", ERROR, "cards", "Cards that are added together say the same of the same record.",
                 good="one card with id zzz-a", bad="two cards with id zzz-a and two titles")


@dataclass
class Change:
    """A table with the cards' rows merged in: the rows it gained, and by line the card row that each touched line comes from."""

    content: Content
    added: list[CardRow] = field(default_factory=list)
    touched: dict[int, CardRow] = field(default_factory=dict)


def combine(rows: Sequence[CardRow]) -> tuple[list[CardRow], list[Problem]]:
    """One row for each key: what several cards say of the same record together, and where they say different things."""
    found: dict[tuple, CardRow] = {}
    problems = []
    for row in rows:
        first = found.setdefault((row.table.name, row.primary_key), row)
        if first is row:
            continue
        found[row.table.name, row.primary_key] = joined(first, row)
        for column, other in first.stated.items():
            text = row.stated.get(column, other)
            if not same(row.table.by_name[column], text, other):
                problems.append(disagreement(row, column, text, first, other))
    return list(found.values()), problems


def disagreement(row: CardRow, column: str, text: str, first: CardRow, other: str) -> Problem:
    """The problem of two card rows that say different things of one cell."""
    file, line = place_of(first, column)
    said = f"{shown(other, text)} in {file} line {line}"
    return TWO_CARDS.at(f"`{key_of(row, column)}` is {shown(text, other)} here and {said}.",
                        "Decide which is right and say it once.", column=column, **place_at(row, column))


def joined(first: CardRow, second: CardRow) -> CardRow:
    """Two card rows of one key as one: what either states, then what rules and defaults say."""
    stated = second.stated | first.stated
    cells = {column: stated.get(column) or text or second.cells[column] for column, text in first.cells.items()}
    filled = tuple(column for column, text in cells.items()
                   if any(column in row.filled and row.cells[column] == text for row in (first, second)))
    places = first.places | {column: place for column, place in second.places.items() if column not in first.stated}
    return replace(first, cells=cells, stated=stated, filled=filled, places=places, also=first.also if stated == first.stated else None)


def merge_table(content: Content, rows: list[CardRow], touched: dict[int, CardRow]) -> tuple[Change, list[Problem]]:
    """A table with rows merged in: new keys at its end, empty cells filled; cells that differ are problems. `touched` are the lines
    that cards have corrected before."""
    table, change, problems = content.table, Change(content, touched=dict(touched)), []
    cells = {column: content.rows[column].tolist() for column in table.columns}
    lines = content.rows.index.tolist()
    at = {key: position for position, key in reversed(list(enumerate(write.key_order(content.rows, table))))}
    line = max(lines, default=1)
    for row in rows:
        position = at.get(row.primary_key)
        if position is None:
            line += 1
            lines.append(line)
            for column in table.columns:
                cells[column].append(row.cells[column])
            change.added.append(row)
            change.touched[line] = row
            continue
        there = {column: cells[column][position] for column in table.columns}
        for column, text in differences(row, there).items():
            if there[column] == MISSING:
                cells[column][position] = text
                change.touched[lines[position]] = row
            else:
                problems.append(conflict(row, column, there[column], text, lines[position], touched.get(lines[position])))
    if change.touched != touched:
        index = pd.Index(lines, dtype="int64", name="line")
        frame = pd.DataFrame({column: pd.Series(values, dtype=object, index=index) for column, values in cells.items()})
        change.content = Content(table, frame)
    return change, problems


def differences(row: CardRow, there: dict[str, str]) -> dict[str, str]:
    """Column → text of what the card states and the row that is there has otherwise."""
    found = [{column: text for column, text in stated.items() if not same(row.table.by_name[column], there[column], text)}
             for stated in (row.stated, row.also or row.stated)]
    return found[0] if all(found) else {}


def same(field_: Field, one: str, other: str) -> bool:
    """Whether two cells say the same: lists without an order may list their items in any."""
    if field_.type == "list" and not field_.keep_order:
        return sorted(one.split(field_.delimiter)) == sorted(other.split(field_.delimiter))
    return one == other


def conflict(row: CardRow, column: str, there: str, text: str, line: int, other: CardRow | None) -> Problem:
    """The problem of a card and a table, or `other` card that has corrected it, that say different things."""
    if other and column in other.stated:
        return disagreement(row, column, text, other, there)
    path, key = row.table.path, key_of(row, column)
    return CONFLICT.at(f"`{key}` is {shown(text, there)} on the card and {shown(there, text)} in {path} line {line}.",
                       "Correct the card or leave the key out; if the card is right, say so under `corrections`.",
                       column=column, **place_at(row, column))


def place_at(row: CardRow, column: str) -> dict:
    """Where a problem of a cell of a card row stands."""
    return row.place | dict(zip(("file", "line"), place_of(row, column), strict=True))


def place_of(row: CardRow, column: str | None) -> tuple[str, int]:
    """The file and the line of a column's key, or of the entry."""
    return row.places.get(column, (row.file, row.line))


def key_of(row: CardRow, column: str) -> str:
    """What a card calls a column."""
    key = row.table.by_name[column].card_key
    return key if key.isidentifier() else column


def shown(text: str, other: str) -> str:
    """A value for a message; of a long one the part where it departs from the other."""
    if not text:
        return "empty"
    if len(text) <= 200:
        return f"`{text}`"
    start = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    start = max(0, start - 60)
    return f"`{'…' if start else ''}{text[start:start + 140]}{'…' if start + 140 < len(text) else ''}`"
