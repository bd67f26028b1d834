"""Corrections on cards: cells that shall say something else, and rows of a record that are taken out, changed or exchanged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from .cards import AMOUNT, CURRENCY, DOLLARS, SHORT_SUM, CardRow, Correction, Reader, Section, at_line, item_keys, sections
from .changes import RECORD, TABLE, Changes, names_any
from .merge import TWO_CARDS, key_of, same, shown
from .package import MISSING, Field, Table
from .problem import ERROR, Problem, did_you_mean, kind
from .tables import Content

CITATION, LOCATOR = "citation_id", "locator"  # a locator is a place on the page of its citation

NO_COLUMN = kind("no-such-column", ERROR, "cards", "A correction names a key or column of the record, but not its id.",
                 good="column: status", bad="column: id")
STALE = kind("correction-out-of-date", ERROR, "cards", "A correction says what the tables say now.",
             good="old: planned, as in data/zzz.csv", bad="old: planned, where data/zzz.csv has operational")


@dataclass
class Corrections:
    """Carries out corrections; what they change gathers in `work`. `gone` are, by table, the lines that
    withdrawals have taken out; `decided` is what the first correction of a cell, or of a row as such, makes of it."""

    work: Changes
    gone: dict[str, set[int]] = field(default_factory=dict)
    decided: dict[tuple[str, int, str], tuple[Correction, object]] = field(default_factory=dict)

    @cached_property
    def sections(self) -> dict[str, Section]:
        """Table → the section of its records; what has a section of its own, yet belongs to a record, is nested in it too."""
        found = {section.table.name: section for section in sections(self.work.before.package).values()}
        for section in list(found.values()):
            if section.table.is_link:
                found[section.table.owner].nested.setdefault(section.name, section.table)
        return found

    def make(self, corrections: Iterable[Correction]) -> list[CardRow]:
        """Carry out corrections; gives the rows that are still to be merged in."""
        self.gone = {name: set(lines) for name, lines in self.work.dropped.items()}
        return [row for wanted in corrections for row in self.correct(wanted)]

    def correct(self, wanted: Correction) -> list[CardRow]:
        """Carry out a correction; gives the row that is still to be merged in, if any."""
        content, line = self.work.places.get(wanted.record, (None, 0))
        if content is None or wanted.record in self.work.successors:
            place = {"file": wanted.file, "line": wanted.line, "record": wanted.record, "column": "record"}
            self.work.bad(self.work.missing(wanted.record, place))
            return []
        reader, section = Reader(self.work.before.package, wanted.file), self.sections[content.table.name]
        keys = {key: column for key, column in item_keys(content.table).items() if column.name != content.table.id}
        column = keys.get(wanted.key) or {column.name: column for column in keys.values()}.get(wanted.key)
        if wanted.key in section.nested:
            return self.correct_row(wanted, reader, section)
        if wanted.key == SHORT_SUM and AMOUNT in keys:
            self.correct_cell(wanted, reader, content, line, keys[AMOUNT])
            money = replace(wanted, key=CURRENCY, old=DOLLARS if wanted.old else MISSING, new=DOLLARS if wanted.new else MISSING)
            if not reader.problems:
                self.correct_cell(money, reader, content, line, keys[CURRENCY])
        elif column is None:
            known = [*keys, *section.nested]
            self.work.bad(NO_COLUMN.at(f"`{wanted.key[:80]}` is nothing that can be corrected in a record of `{content.table.name}`.",
                                  did_you_mean(wanted.key, known) or f"Known: {', '.join(known)}.", **place_of(wanted, content.table)))
        else:
            self.correct_cell(wanted, reader, content, line, column)
        return []

    def correct_cell(self, wanted: Correction, reader: Reader, content: Content, line: int, column: Field) -> None:
        """Set a cell, if it says what the correction says it does."""
        place = {"table": content.table, "record": wanted.record}
        old, new = (reader.text(wanted.key, column, value, {**place, "line": wanted.lines.get(name, wanted.line)})
                    for name, value in (("old", wanted.old), ("new", wanted.new)))
        row = self.work.rows(content)[line]
        there = row[column.name]
        if reader.problems:
            self.work.problems += reader.problems
        elif not (same(column, there, new) or same(column, there, old)):
            self.work.bad(stale(wanted, content.table, f"`{wanted.key}`", shown(old, there), f"line {line} has {shown(there, old)}"))
        elif self.decides(wanted, content, line, column.name, new) and not same(column, there, new):
            stated = {column.name: new}
            self.work.set(content, line, stated, CardRow(content.table, wanted.record, row, stated, wanted.file,
                                                         wanted.lines.get("new", wanted.line)))

    def correct_row(self, wanted: Correction, reader: Reader, section: Section) -> list[CardRow]:
        """Take out, exchange or give a row that belongs to the record; gives the row that is still to be merged in, if any."""
        link = section.nested[wanted.key]
        old, new = (self.nested(wanted, reader, section, value) for value in (wanted.old, wanted.new))
        self.work.problems += reader.problems
        if reader.problems or not (old or new):
            return []
        if not old:
            return [new]
        if new:
            new = with_what_stays(new, old.cells, wanted.new)
        line = self.work.lines[link.name].get(old.primary_key)
        wrong = self.differing(old, line)
        if line is not None and not wrong:
            return self.exchange(wanted, self.work.before.contents[link.name], line, old, new)
        if self.is_made(old, new):
            return []
        if line is None:
            self.work.bad(stale(wanted, link, f"`{wanted.key}`", f"`{' '.join(old.stated.values())[:200]}`", "has no such row"))
        else:
            said, there = old.stated[wrong], self.work.before[link.name].at[line, wrong]
            self.work.bad(stale(wanted, link, f"`{key_of(old, wrong)}` in `{wanted.key}`", shown(said, there),
                                f"line {line} has {shown(there, said)}"))
        return []

    def exchange(self, wanted: Correction, content: Content, line: int, old: CardRow, new: CardRow | None) -> list[CardRow]:
        """Take a row out, change it, or let another take its place, which is given back."""
        there = self.work.rows(content)[line]
        if line in self.gone.get(content.table.name, ()):
            self.work.bad(TWO_CARDS.at(f"The cards correct this row of `{wanted.key}` and withdraw what it names.",
                                       "Correct it first, and withdraw with a second card.", **place_of(wanted, content.table)))
            return []
        new = new and with_what_stays(new, there, wanted.new)
        if not self.decides(wanted, content, line, "", new and new.primary_key):
            return []
        if new is None or new.primary_key != old.primary_key:
            self.work.drop(content, line, new or old)
            return [new] if new else []
        cells = {column: text for column, text in new.cells.items() if text != there[column]}
        agreed = [self.decides(wanted, content, line, column, text) for column, text in cells.items()]
        if agreed and all(agreed):
            self.work.set(content, line, cells, new)
        return []

    def nested(self, wanted: Correction, reader: Reader, section: Section, value: object) -> CardRow | None:
        """The row that an entry of a nested list stands for."""
        if not value:
            return None
        link = section.nested[wanted.key]
        owner = next((key for key, column in item_keys(link, nested=True).items() if column.name == link.id), None)
        if owner and isinstance(value, dict):  # an entry of a section of its own says whose it is
            value = at_line(getattr(value, "line", wanted.line), {**value, owner: wanted.record})
        rows = reader.read_nested(section, wanted.key, link, at_line(wanted.line, {wanted.key: [value]}), wanted.record)
        return rows[0] if rows else None

    def differing(self, row: CardRow, line: int | None) -> str | None:
        """The first column in which a line says something else than a card row."""
        return next((column for column, text in row.stated.items() if line is not None
                     and not same(row.table.by_name[column], self.work.before[row.table.name].at[line, column], text)), None)

    def is_made(self, old: CardRow, new: CardRow | None) -> bool:
        """Whether a correction whose `old` is not there seems to be made: its `new` is there; or it takes a row out that is not
        there and may have been, as all that it names is known."""
        lines = self.work.lines[old.table.name]
        if new:
            return new.primary_key in lines and not self.differing(new, lines[new.primary_key])
        terms = all(text in (MISSING, *field_.terms) for field_ in old.table.fields for text in [old.cells[field_.name]]
                    if field_.type != "list" and field_.terms)
        named = [(old.cells[column], target) for column, target in old.table.targets.items()]
        named += [(old.cells[RECORD], old.cells[TABLE])] if names_any(old.table) else []
        return terms and old.primary_key not in lines and all(
            not text or (text,) in self.work.lines.get(target, ()) or text in self.work.successors for text, target in named)

    def decides(self, wanted: Correction, content: Content, line: int, what: str, value: object) -> bool:
        """Whether no other correction makes something else of a cell, or of a row as such; where one does, that is a problem."""
        first, other = self.decided.setdefault((content.table.name, line, what), (wanted, value))
        if other == value:
            return True
        self.work.bad(TWO_CARDS.at(f"`{wanted.key}` of `{wanted.record}` is corrected in another way in {first.file} line {first.line}.",
                                   "Decide which is right and say it once.", **place_of(wanted, content.table)))
        return False


def with_what_stays(new: CardRow, there: dict[str, str], entry: object) -> CardRow:
    """A row in place of another: what the new entry does not say stays, but for the locator on the page of another citation;
    what it gives as empty goes."""
    keys = item_keys(new.table, nested=True)
    stated = new.stated | {keys[key].name: MISSING for key, value in entry.items() if key in keys and value == MISSING} \
        if isinstance(entry, dict) else new.stated
    cells = there | stated
    if LOCATOR in cells and LOCATOR not in stated and cells[CITATION] != there[CITATION]:
        cells[LOCATOR] = MISSING
    return replace(new, cells=cells, stated=stated, also=None)


def place_of(wanted: Correction, table: Table) -> dict:
    """Where a problem of a correction stands."""
    return {"table": table.name, "file": wanted.file, "line": wanted.line, "column": wanted.key, "record": wanted.record}


def stale(wanted: Correction, table: Table, what: str, card: str, there: str) -> Problem:
    """The problem of a correction whose `old` is not what the tables say."""
    return STALE.at(f"The correction takes {what} to be {card}; {table.path} {there}.",
                    f"Look at the record with `python -m scripts show {wanted.record}` and give what it says now as `old`.",
                    **place_of(wanted, table))
