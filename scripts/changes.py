"""What cards change in tables that are there, as it gathers: cells to set and lines to drop, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from .cards import CardRow, Cards
from .package import MISSING, Table
from .problem import ERROR, Problem, did_you_mean, kind
from .tables import Content, Tables
from .write import key_order

WITHDRAWN = "withdrawn"
RECORD, TABLE = "record_id", "table"  # a link with both names a record of any table
NEAREST = 20  # unknown ids that are compared with all that are there; more would take too long

NO_RECORD = kind("unknown-record", ERROR, "cards", "What a card corrects, withdraws or names as successor is a record that is there.",
                 good="record: zzz-a, which stands in data/zzz.csv", bad="record: zzz-b, which stands nowhere")


@dataclass
class Changes:
    """What is to change in the tables `before`, by table: cells to set, lines to drop, by line the card row that touched it; and by
    owner table and id the card rows that changed something of a record. What is looked up often is kept: `taken` keys of rows so
    far, the `ends` of successors, rows as `read`."""

    before: Tables
    cards: Cards
    cells: dict[str, dict[int, dict[str, str]]] = field(default_factory=lambda: defaultdict(dict))
    dropped: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    touched: dict[str, dict[int, CardRow]] = field(default_factory=lambda: defaultdict(dict))
    causes: dict[tuple[str, str], list[CardRow]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, dict[tuple[str, ...], int]] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    read: dict[str, dict[int, dict[str, str]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def places(self) -> dict[str, tuple[Content, int]]:
        """The table and line of each record."""
        return {record: (content, line) for content in self.before if content.table.is_record
                for line, record in content.rows[content.table.id].items()}

    @cached_property
    def lines(self) -> dict[str, dict[tuple[str, ...], int]]:
        """Table → primary key → line."""
        return {content.table.name: dict(zip(key_order(content.rows, content.table), content.rows.index.tolist(), strict=True))
                for content in self.before}

    def rows(self, content: Content) -> dict[int, dict[str, str]]:
        """Line → cells of a table as it was."""
        name = content.table.name
        if name not in self.read:
            self.read[name] = dict(zip(content.rows.index.tolist(), content.rows.to_dict("records"), strict=True))
        return self.read[name]

    @cached_property
    def users(self) -> dict[tuple[str, str], list[tuple[Content, str, int]]]:
        """The rows that name a record, by its table and id: their table, the column, the line."""
        found = defaultdict(list)
        for content in self.before:
            for column, target in content.table.targets.items():
                for line, record in content.rows[column].items():
                    found[target, record].append((content, column, line))
            if names_any(content.table):
                for line, target, record in zip(content.rows.index, content.rows[TABLE], content.rows[RECORD], strict=True):
                    found[target, record].append((content, RECORD, line))
        return found

    @cached_property
    def new(self) -> dict[str, str]:
        """The records that the cards add → their table."""
        return {row.record: row.table.name for row in self.cards.rows if row.table.is_record and row.record not in self.places}

    @cached_property
    def successors(self) -> dict[str, str]:
        """Withdrawn record, in the tables or on a card → what replaced it, or an empty text."""
        found = dict(zip(self.before[WITHDRAWN][RECORD], self.before[WITHDRAWN].replaced_by, strict=True))
        for row in self.cards.rows:
            if row.table.name == WITHDRAWN:
                found[row.record] = row.cells["replaced_by"] or found.get(row.record, MISSING)
        return found

    def successor(self, record: str) -> str:
        """The record that in the end holds the facts of a withdrawn one; empty where there is none."""
        seen: set[str] = set()
        while record in self.successors and record not in seen and record not in self.ends:
            seen.add(record)
            record = self.successors[record]
        end = MISSING if record in seen else self.ends.get(record, record)
        self.ends |= dict.fromkeys(seen, end)
        return end

    def missing(self, record: str, place: dict) -> Problem:
        """The problem of a record that is not there."""
        known = next((table for table in self.before.package.tables.values() if (record,) in self.lines[table.name]), None)
        message, hint = f"No record `{record[:80]}` is there.", "Check the id: `python -m scripts show ID` shows a record."
        if record in self.new:
            message, hint = f"The cards themselves add `{record}`.", "Write its entry as it shall be, and leave this out."
        elif record in self.successors and (record in self.places or (record,) in self.lines[WITHDRAWN]):
            then = self.successor(record)
            message = f"`{record}` is withdrawn{f', and its facts are in `{then}`' if then else ''}."
            hint = f"Correct `{then}`." if then else "Leave this out."
        elif known:
            message, hint = f"`{record}` stands in {known.path}, whose rows no card changes.", "Open an issue about it."
        elif len(self.problems) < NEAREST:
            hint = did_you_mean(record, self.places) or hint
        return NO_RECORD.at(message, hint, **place)

    def result(self) -> Tables:
        """The tables with all of it done."""
        contents = dict(self.before.contents)
        for name in {*self.cells, *self.dropped}:
            rows = contents[name].rows.copy()
            for column in rows:
                texts = {line: cells[column] for line, cells in self.cells[name].items() if column in cells}
                if texts:
                    rows[column] = rows[column].mask(rows.index.isin(list(texts)), pd.Series(texts, dtype=object))
            contents[name] = Content(contents[name].table, rows.drop(index=list(self.dropped[name])))
            for line in self.dropped[name]:
                self.touched[name].pop(line, None)
        tables = Tables(self.before.package, contents)
        tables.problems = self.before.problems
        return tables

    def bad(self, problem: Problem) -> None:
        self.problems.append(problem)

    def now(self, content: Content, line: int) -> dict[str, str]:
        """The cells of a line as they are so far."""
        return self.rows(content)[line] | self.cells[content.table.name].get(line, {})

    def set(self, content: Content, line: int, cells: dict[str, str], row: CardRow) -> None:
        """Let cells of a line say something else, because of a card row."""
        name = content.table.name
        self.cells[name][line] = self.cells[name].get(line, {}) | cells
        self.touched[name][line] = row
        self.causes[content.table.owner, self.rows(content)[line][content.table.id]].append(row)

    def drop(self, content: Content, line: int, row: CardRow) -> None:
        """Take a line out, because of a card row."""
        self.dropped[content.table.name].add(line)
        self.causes[content.table.owner, self.rows(content)[line][content.table.id]].append(row)


def names_any(table: Table) -> bool:
    """Whether a row of a table names a record of any table."""
    return table.is_link and RECORD in table.by_name
