"""What cards change in the tables as they are: corrections of cells and rows, and withdrawals of records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from schemas import rules_of
from schemas.shared import UNUSED

from .cards import CardRow, Cards, Correction, Reader, Section, at_line, item_keys
from .merge import same, shown
from .package import Field, Table
from .problem import ERROR, Problem, did_you_mean, kind
from .tables import Content, Tables

WITHDRAWN = "withdrawn"
NO_LONGER_USED = "No record uses it any more."

NO_RECORD = kind("no-such-record", ERROR, "cards", "What a card corrects or withdraws is a record that is there.",
                 good="record: zzz-a, which stands in data/zzz.csv", bad="record: zzz-b, which stands nowhere")
NO_COLUMN = kind("no-such-column", ERROR, "cards", "A correction names a key or column of the record, but not its id.",
                 good="column: status", bad="column: id")
STALE = kind("correction-out-of-date", ERROR, "cards", "A correction says what the tables say now.",
             good="old: planned, as in data/zzz.csv", bad="old: planned, where data/zzz.csv has operational")


@dataclass
class Amended:
    """The tables after corrections and withdrawals, the rows of the cards that are still to be merged in, by table and line the
    card row that changed a line, and the tables that lost rows."""

    tables: Tables
    rows: list[CardRow]
    touched: dict[str, dict[int, CardRow]]
    shorter: set[str]
    problems: list[Problem]


def amend(tables: Tables, cards: Cards, day: date) -> Amended:
    """Carry out the corrections and withdrawals on cards; `day` is that of a withdrawal which gives none. `tables` stay as they
    are. A correction that is made already, and a record that is withdrawn already, change nothing."""
    work = Work(tables, day)
    rows = [work.withdraw(row) if row.table.name == WITHDRAWN else row for row in cards.rows]
    for correction in cards.corrections:
        rows += work.correct(correction)
    return Amended(work.result(), rows, work.touched, {name for name, lines in work.dropped.items() if lines}, work.problems)


def orphans(before: Tables, after: Tables, cause: CardRow | Correction) -> list[CardRow]:
    """Withdrawals of what was used before and no longer is, such as the only source of a withdrawn record."""
    table = before.package.tables[WITHDRAWN]
    rows = []
    for name in before.package.tables:
        if any(rule.kind is UNUSED for rule in rules_of(name)):
            there = set(after[name][after.contents[name].table.id])
            for record in sorted((used(before, name) - used(after, name)) & there):
                cells = dict.fromkeys(table.columns, "") | {table.id: record, "table": name, "reason": NO_LONGER_USED}
                rows.append(CardRow(table, record, cells, {}, cause.file, cause.line))
    return rows


def used(tables: Tables, name: str) -> set[str]:
    """The ids of a table's records that some row names."""
    return {value for content in tables for column, target in content.table.targets.items() if target == name
            for value in content.rows[column].unique()}


@dataclass
class Work:
    """Corrections and withdrawals as they gather: cells to set and lines to drop, by table."""

    before: Tables
    day: date
    cells: dict[str, dict[tuple[int, str], str]] = field(default_factory=lambda: defaultdict(dict))
    dropped: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    touched: dict[str, dict[int, CardRow]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def places(self) -> dict[str, tuple[Content, int]]:
        """The table and line of each record."""
        return {record: (content, line) for content in self.before if content.table.is_record
                for line, record in content.rows[content.table.id].items()}

    def result(self) -> Tables:
        """The tables with all of it done."""
        contents = dict(self.before.contents)
        for name in {*self.cells, *self.dropped}:
            rows = contents[name].rows.copy()
            for (line, column), text in self.cells[name].items():
                rows.at[line, column] = text
            contents[name] = Content(contents[name].table, rows.drop(index=list(self.dropped[name])))
        tables = Tables(self.before.package, contents)
        tables.problems = self.before.problems
        return tables

    def bad(self, problem: Problem) -> None:
        self.problems.append(problem)

    def set(self, table: Table, line: int, cells: dict[str, str], row: CardRow) -> None:
        """Let cells of a line say something else, because of a card row."""
        self.cells[table.name] |= {(line, column): text for column, text in cells.items()}
        self.touched[table.name][line] = row

    def withdraw(self, row: CardRow) -> CardRow:
        """Take the record of a withdrawal out with the rows that belong to it, and let the others name what replaced it. Gives the
        row for the table of withdrawals, complete."""
        if row.record in set(self.before[WITHDRAWN].record_id):
            return row
        content, line = self.places.get(row.record, (None, 0))
        if content is None or row.cells["table"] not in ("", content.table.name):
            hint = did_you_mean(row.record, self.places) if content is None else f"It stands in {content.table.path}: leave `table` out."
            self.bad(NO_RECORD.at(f"No record `{row.record}` is there.", hint or "Check the id.", **row.place))
            return row
        name = content.table.name
        self.dropped[name].add(line)
        for user, column, lines in self.references(name, row.record):
            if user.table.is_link and user.table.owner == name and column == user.table.id:
                self.dropped[user.table.name].update(lines)
            elif row.cells["replaced_by"]:
                self.point(user, column, lines, row)
            elif column == "record_id":  # what bears on a claim goes with the record; other references are for a person to decide
                self.dropped[user.table.name].update(lines)
        return replace(row, cells={**row.cells, "table": name, "withdrawn_on": row.cells["withdrawn_on"] or self.day.isoformat()})

    def references(self, name: str, record: str) -> Iterator[tuple[Content, str, list[int]]]:
        """The rows that name a record: their table, the column, their lines."""
        for content in self.before:
            columns = [column for column, target in content.table.targets.items() if target == name]
            named = content.rows
            if content.table.is_link and "record_id" in content.table.by_name:  # it names a record of any table
                columns, named = ["record_id"], named[named["table"] == name]
            for column in columns:
                lines = named.index[named[column] == record].tolist()
                if lines:
                    yield content, column, lines

    def point(self, user: Content, column: str, lines: list[int], row: CardRow) -> None:
        """Let rows name the record that replaced another; a row that stands there already is dropped."""
        key = list(user.table.primary_key)
        keys = set(user.rows[key].itertuples(index=False, name=None))
        for line in lines:
            new = tuple(row.cells["replaced_by"] if name == column else user.rows.at[line, name] for name in key)
            if column in key and new in keys:
                self.dropped[user.table.name].add(line)
            else:
                self.set(user.table, line, {column: row.cells["replaced_by"]}, row)

    def correct(self, wanted: Correction) -> list[CardRow]:
        """Carry out a correction; gives the row that is still to be merged in, if any."""
        content, line = self.places.get(wanted.record, (None, 0))
        if content is None:
            self.bad(NO_RECORD.at(f"No record `{wanted.record}` is there.", did_you_mean(wanted.record, self.places) or "Check the id.",
                                  file=wanted.file, line=wanted.line, record=wanted.record))
            return []
        reader = Reader(self.before.package, wanted.file)
        section = next(section for section in reader.sections.values() if section.table is content.table)
        if wanted.key in section.nested:
            return self.correct_row(wanted, reader, section)
        keys = {key: column for key, column in item_keys(content.table).items() if column.name != content.table.id}
        column = keys.get(wanted.key) or {column.name: column for column in keys.values()}.get(wanted.key)
        if column is None:
            known = [*keys, *section.nested]
            self.bad(NO_COLUMN.at(f"`{wanted.key[:80]}` is nothing that can be corrected in a record of {content.table.name}.",
                                  did_you_mean(wanted.key, known) or f"Known: {', '.join(known)}.", **place_of(wanted, content.table)))
        else:
            self.correct_cell(wanted, reader, content, line, column)
        return []

    def correct_cell(self, wanted: Correction, reader: Reader, content: Content, line: int, column: Field) -> None:
        """Set a cell, if it says what the correction says it does."""
        place = {"table": content.table, "line": wanted.line, "record": wanted.record}
        old, new = (reader.text(wanted.key, column, value, place) for value in (wanted.old, wanted.new))
        there = self.cells[content.table.name].get((line, column.name), content.rows.at[line, column.name])
        self.problems += reader.problems
        if reader.problems or same(column, there, new):
            return
        if not same(column, there, old):
            self.bad(stale(wanted, content.table, shown(old, there), shown(there, old)))
            return
        cells = content.rows.loc[line].to_dict() | {column.name: new}
        row = CardRow(content.table, wanted.record, cells, {column.name: new}, wanted.file, wanted.line)
        self.set(content.table, line, {column.name: new}, row)

    def correct_row(self, wanted: Correction, reader: Reader, section: Section) -> list[CardRow]:
        """Take out, exchange or give a row that belongs to the record."""
        link = section.nested[wanted.key]
        old, new = (self.nested(wanted, reader, section, value) for value in (wanted.old, wanted.new))
        self.problems += reader.problems
        if reader.problems:
            return []
        rows = self.before[link.name]
        there = self.row_like(old, rows) if old else None
        if old and there is None:
            if new and self.row_like(new, rows) is not None:
                return []
            self.bad(stale(wanted, link, "; ".join(old.stated.values()), "no such row"))
            return []
        if old and new:  # what the new entry does not say stays
            kept = rows.loc[there].to_dict()
            new = replace(new, cells=kept | new.stated | {link.id: wanted.record})
            if new.primary_key == old.primary_key:
                self.set(link, there, new.cells, new)
                return []
        if old:
            self.dropped[link.name].add(there)
        return [new] if new else []

    def nested(self, wanted: Correction, reader: Reader, section: Section, value: object) -> CardRow | None:
        """The row that an entry of a nested list stands for."""
        if not value:
            return None
        entry = at_line(wanted.line, {wanted.key: [value]})
        rows = reader.read_nested(section, wanted.key, section.nested[wanted.key], entry, wanted.record)
        return rows[0] if rows else None

    def row_like(self, row: CardRow, rows) -> int | None:
        """The line of the row that has this key and says what a card row states."""
        fits = rows[row.table.id] == row.record
        for column in row.table.primary_key:
            fits &= rows[column] == row.cells[column]
        lines = rows.index[fits]
        if len(lines) and all(same(row.table.by_name[column], rows.at[lines[0], column], text) for column, text in row.stated.items()):
            return int(lines[0])
        return None


def place_of(wanted: Correction, table: Table) -> dict:
    """Where a problem of a correction stands."""
    return {"table": table.name, "file": wanted.file, "line": wanted.line, "column": wanted.key, "record": wanted.record}


def stale(wanted: Correction, table: Table, card: str, there: str) -> Problem:
    """The problem of a correction whose `old` is not what the tables say."""
    return STALE.at(f"The correction takes `{wanted.key}` to be {card}; {table.path} has {there}.",
                    f"Look at the record with `python -m scripts show {wanted.record}` and give what it says now as `old`.",
                    **place_of(wanted, table))

