"""Cards into tables: all of them or none, and a second time nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from . import read, write
from .cards import CardRow, read_cards, settle
from .package import MISSING, Field, Package
from .problem import ERROR, KINDS, Problem, kind
from .tables import Content, Tables
from .validate import check

CONFLICT = kind("card-conflict", ERROR, "cards", "What a card says of a record that exists is what the tables say.",
                good="status: operational, as in data/zzz.csv", bad="status: suspended, where data/zzz.csv has operational")
TWO_CARDS = kind("cards-disagree", ERROR, "cards", "Cards that are added together say the same of the same record.",
                 good="one card with id zzz-a", bad="two cards with id zzz-a and two titles")
WITHDRAWN_ID = kind("card-id-withdrawn", ERROR, "cards", "The id of a withdrawn record is not used again.",
                    good="id: zzz-b", bad="id: zzz-a, which data/withdrawn.csv lists")
TAKEN_ID = kind("card-id-taken", ERROR, "cards", "An id belongs to one record of one table.",
                good="id: zzz-b", bad="id: zzz-a, which names an organization already")
UNSAFE_TABLE = kind("unsafe-table", ERROR, "cards", "A table is changed only if it could be read without loss.",
                    good="data/zzz.csv with all columns", bad="data/zzz.csv with a ragged row")
NOT_WRITTEN = kind("not-written", ERROR, "cards", "The tables can be written.",
                   good="a folder data with room", bad="a folder data that is read-only")

LOSSY = {read.UNKNOWN_COLUMN.code, read.REPEATED_COLUMN.code, read.RAGGED.code}  # what rewriting such a table would drop


@dataclass(frozen=True)
class Notice:
    """A cell of a new record that a written rule filled."""

    table: str
    record: str
    column: str
    value: str

    @property
    def text(self) -> str:
        return f"{self.record}: a rule filled `{self.column}` with `{self.value}`. Check it against the sources."


@dataclass
class Outcome:
    """What a call of `add` did: rows added and changed by table, cells that rules filled, and why nothing was done."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Change:
    """A table with the cards' rows merged in: the rows it gained, and by line the card row that each touched line comes from."""

    content: Content
    added: list[CardRow] = field(default_factory=list)
    touched: dict[int, CardRow] = field(default_factory=dict)


def add(package: Package, tables: Tables, paths: Iterable[Path]) -> Outcome:
    """Take the cards in the files into the tables and write the tables that change, or report every problem and write nothing.
    `tables` are as read; they stay as they are."""
    rows, problems = read_cards(paths, package)
    problems += unreadable(tables)
    if any(not tables.whole(name) for name in package.tables):
        return Outcome(problems=problems)
    rows, more = settle(rows, tables)
    problems += more
    rows, more = combine(rows)
    problems += more + check_ids(rows, tables)
    changes, more = merge(tables, rows)
    problems += more
    if not problems:
        problems = new_errors(tables, changes)
    if problems:
        return Outcome(problems=problems)
    files = {package.root / change.content.table.path: write.canonical(change.content.rows, change.content.table)
             for change in changes}
    try:
        write.replace_files(files)
    except OSError as error:
        return Outcome(problems=[NOT_WRITTEN.at(f"The tables cannot be written: {error.strerror or error}.",
                                                "Check that the folder can be written to and the disk has room.",
                                                file=str(error.filename) if error.filename else None)])
    return summary(changes)


def summary(changes: list[Change]) -> Outcome:
    """What the changes did."""
    rows = [row for change in changes for row in change.added]
    touched = Counter(row.table.name for change in changes for row in change.touched.values())
    added = Counter(row.table.name for row in rows)
    return Outcome(dict(added), dict(touched - added),
                   [Notice(row.table.name, row.record, column, row.cells[column]) for row in rows for column in row.filled])


def unreadable(tables: Tables) -> list[Problem]:
    """The problems of tables that could not be read with all their columns."""
    lost = {content.table.name for content in tables if not content.whole}
    return [problem for problem in tables.problems.found
            if problem.table in lost and problem.severity == ERROR and KINDS[problem.code].group == "bytes"]


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
                where = f"{first.file} line {first.line}"
                problems.append(TWO_CARDS.at(
                    f"`{key_of(row, column)}` is {shown(text, other)} here and {shown(other, text)} in {where}.",
                    "Decide which is right and say it once.", column=column, **row.place))
    return list(found.values()), problems


def joined(first: CardRow, second: CardRow) -> CardRow:
    """Two card rows of one key as one: what either states, then what rules and defaults say."""
    stated = second.stated | first.stated
    cells = {column: stated.get(column) or text or second.cells[column] for column, text in first.cells.items()}
    filled = tuple(column for column, text in cells.items()
                   if any(column in row.filled and row.cells[column] == text for row in (first, second)))
    return replace(first, cells=cells, stated=stated, filled=filled, also=first.also if stated == first.stated else None)


def check_ids(rows: Sequence[CardRow], tables: Tables) -> list[Problem]:
    """Ids of records that were withdrawn, or that name a record of another table."""
    withdrawn = set(tables["withdrawn"].record_id) if tables.whole("withdrawn") else set()
    withdrawn |= {row.record for row in rows if row.table.name == "withdrawn"}
    owners: dict[str, set[str]] = {}
    for content in tables:
        if content.table.is_record:
            for record in content.rows[content.table.id].tolist():
                owners.setdefault(record, set()).add(content.table.name)
    problems = []
    for row in rows:
        if not row.table.is_record:
            continue
        others = owners.setdefault(row.record, set()) - {row.table.name}
        owners[row.record].add(row.table.name)
        if row.record in withdrawn:
            problems.append(WITHDRAWN_ID.at(f"The id `{row.record}` belonged to a record that was withdrawn.",
                                            "Give the record another id.", column=row.table.id, **row.place))
        elif others:
            problems.append(TAKEN_ID.at(f"The id `{row.record}` is that of a record in {' and '.join(sorted(others))}.",
                                        "Give the record another id.", column=row.table.id, **row.place))
    return problems


def merge(tables: Tables, rows: Sequence[CardRow]) -> tuple[list[Change], list[Problem]]:
    """The tables that change, with the rows in them, and the conflicts."""
    changes, problems = [], []
    for content in tables:
        change, more = merge_table(content, [row for row in rows if row.table.name == content.table.name])
        problems += more
        if change.touched:
            changes.append(change)
            problems += [UNSAFE_TABLE.at(f"The table cannot be changed: {problem.message}", problem.hint, table=problem.table,
                                         file=problem.file, line=problem.line) for problem in tables.problems.found
                         if problem.table == content.table.name and problem.code in LOSSY]
    return changes, problems


def merge_table(content: Content, rows: list[CardRow]) -> tuple[Change, list[Problem]]:
    """A table with rows merged in: new keys at its end, empty cells filled; cells that differ are problems."""
    table, change, problems = content.table, Change(content), []
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
                problems.append(conflict(row, column, there[column], text, lines[position]))
    if change.touched:
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


def conflict(row: CardRow, column: str, there: str, text: str, line: int) -> Problem:
    """The problem of a card and a table that say different things."""
    path, key = row.table.path, key_of(row, column)
    return CONFLICT.at(f"`{key}` is {shown(text, there)} on the card and {shown(there, text)} in {path} line {line}.",
                       f"Correct the card or leave the key out; if the card is right, correct {path} first.",
                       column=column, **row.place)


def key_of(row: CardRow, column: str) -> str:
    """What a card calls a column."""
    key = row.table.by_name[column].card_key
    return key if key.isidentifier() else column


def shown(text: str, other: str) -> str:
    """A value for a message; of a long one the part where it departs from the other."""
    if len(text) <= 200:
        return f"`{text}`"
    start = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    start = max(0, start - 60)
    return f"`{'…' if start else ''}{text[start:start + 140]}{'…' if start + 140 < len(text) else ''}`"


def new_errors(tables: Tables, changes: list[Change]) -> list[Problem]:
    """The errors that the changed tables have and the tables had not, or that concern a record the cards touch, at the place of
    the card."""
    after = checked(tables, {change.content.table.name: change.content for change in changes}) if changes else []
    if not after:
        return []
    known = {identity(problem) for problem in checked(tables, {})}
    rows = {(change.content.table.name, line): row for change in changes for line, row in change.touched.items()}
    records: dict[tuple, CardRow] = {}
    for row in rows.values():
        records.setdefault((row.table.owner, row.record), row)
    package, found = tables.package, []
    for problem in after:
        owner = package.tables[problem.table].owner if problem.table in package.tables else None
        record = records.get((owner, problem.record))
        if record or identity(problem) not in known:
            row = rows.get((problem.table, problem.line), record)
            found.append(at_card(problem, row) if row else problem)
    return found


def at_card(problem: Problem, row: CardRow) -> Problem:
    """A problem of a row where its card says so: file, line and key."""
    key = key_of(row, problem.column) if problem.column in row.table.by_name else problem.column
    return replace(problem, file=row.file, line=row.lines.get(problem.column, row.line), column=key)


def identity(problem: Problem) -> tuple:
    """What makes a problem the same one before and after rows were added at the end."""
    return problem.code, problem.table, problem.line, problem.column, problem.record


def checked(tables: Tables, changed: dict[str, Content]) -> list[Problem]:
    """The errors of form and meaning in the tables, some of them exchanged."""
    copy = Tables(tables.package, {**tables.contents, **changed})
    copy.problems.add(*(problem for problem in tables.problems.found if KINDS[problem.code].group == "bytes"))
    check(copy, fast=True)
    return [problem for problem in copy.problems.found if problem.severity == ERROR and KINDS[problem.code].group != "bytes"]
