"""What cards change in the tables as they are: withdrawals of records here, with corrections of cells and rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from schemas import rules_of
from schemas.shared import UNUSED

from .cards import CardRow, Cards
from .changes import NO_RECORD, RECORD, TABLE, WITHDRAWN, Changes
from .correct import CITATION, Corrections
from .package import MISSING, Table
from .problem import ERROR, Problem, kind
from .tables import Content, Tables

NO_LONGER_USED = "No record uses it any more."
SHOWN = 5  # of many that still name a record

STILL_NAMED = kind("still-named", ERROR, "cards", "A record that is withdrawn without a successor is named by no other record.",
                   good="replaced_by: zzz-b, which others name from now on", bad="no successor, and zzz-c is a part of it")


@dataclass
class Amended:
    """The tables after corrections and withdrawals, and the rows of the cards that are still to be merged in; by table and line
    the card row that changed a line, by owner table and id the card rows that changed something of a record; the tables that lost
    rows."""

    tables: Tables
    rows: list[CardRow]
    touched: dict[str, dict[int, CardRow]]
    causes: dict[tuple[str, str], list[CardRow]]
    shorter: set[str]
    problems: list[Problem]


def amend(tables: Tables, cards: Cards, day: date) -> Amended:
    """Carry out the corrections and withdrawals on cards; `day` is that of a withdrawal which gives none. `tables` stay as they
    are. A correction that is made already, and a record that is withdrawn already, change nothing."""
    work = Changes(tables, cards)
    gone = [row for card in cards.rows if card.table.name == WITHDRAWN for row in withdraw(work, card, day)]
    given = Corrections(work).make(cards.corrections)
    check_still_named(work, gone)
    rows = [*(row for row in cards.rows if row.table.name != WITHDRAWN), *gone, *given]
    return Amended(work.result(), rows, work.touched, work.causes, {name for name, lines in work.dropped.items() if lines},
                   work.problems)


def orphans(before: Tables, after: Tables, cards: Cards) -> list[CardRow]:
    """Withdrawals of what was used before and no longer is, such as the only source of a withdrawn record; what a card has an
    entry for stays."""
    causes = [*cards.corrections, *(row for row in cards.rows if row.table.name == WITHDRAWN)]
    if not causes:
        return []
    table, wanted = before.package.tables[WITHDRAWN], {row.record for row in cards.rows if row.table.is_record}
    rows = []
    for name in before.package.tables:
        if any(rule.kind is UNUSED for rule in rules_of(name)):
            there = set(after[name][after.contents[name].table.id])
            for record in sorted((used(before, name) - used(after, name) - wanted) & there):
                cells = dict.fromkeys(table.columns, MISSING) | {table.id: record, TABLE: name, "reason": NO_LONGER_USED}
                rows.append(CardRow(table, record, cells, {}, causes[0].file, causes[0].line))
    return rows


@dataclass(frozen=True)
class LeftBehind:
    """Sources of a withdrawn record that the record in its place does not have."""

    record: str
    successor: str
    sources: tuple[str, ...]

    @property
    def text(self) -> str:
        return (f"The sources of `{self.record}` that do not stand with `{self.successor}`: {', '.join(self.sources)}. "
                "Move them there on the same card if they show it.")


def left_behind(before: Tables, after: Tables, cards: Cards) -> list[LeftBehind]:
    """What is lost of the sources of records that cards withdraw in favour of others."""
    found = []
    for row in (row for row in cards.rows if row.table.name == WITHDRAWN and row.cells["replaced_by"]):
        successor = row.cells["replaced_by"]
        for link in (content.table for content in before if content.table.is_link and "supports" in content.table.columns):
            there, then = before[link.name], after[link.name]
            lost = set(there[CITATION][there[link.id] == row.record]) - set(then[CITATION][then[link.id] == successor])
            if lost:
                found.append(LeftBehind(row.record, successor, tuple(sorted(lost))))
    return found


def used(tables: Tables, name: str) -> set[str]:
    """The ids of a table's records that some row names."""
    return {value for content in tables for column, target in content.table.targets.items() if target == name
            for value in content.rows[column].unique()}


def withdraw(work: Changes, row: CardRow, day: date) -> list[CardRow]:
    """Take the record of a withdrawal out with the rows that belong to it, and let the others name what replaced it. Gives the
    row for the table of withdrawals, complete, or nothing where there is a problem."""
    if (row.record,) in work.lines[WITHDRAWN]:
        return [row]
    problem = refusal(work, row)
    if problem:
        work.bad(problem)
        return []
    content, line = work.places[row.record]
    name, successor = content.table.name, work.successor(row.record)
    work.drop(content, line, row)
    for user, column, at in work.users.get((name, row.record), ()):
        if user.table.is_link and user.table.owner == name and column == user.table.id:
            work.drop(user, at, row)
        elif successor:
            point(work, user, column, at, successor, row)
        elif column == RECORD:  # what bears on a claim goes with the record; other references are for a person to decide
            work.drop(user, at, row)
    return [replace(row, cells={**row.cells, TABLE: name, "withdrawn_on": row.cells["withdrawn_on"] or day.isoformat()})]


def refusal(work: Changes, row: CardRow) -> Problem | None:
    """Why a withdrawal cannot be carried out, if so."""
    if row.record not in work.places:
        return work.missing(row.record, {**row.place, "column": "record"})
    name, other = work.places[row.record][0].table.name, row.cells["replaced_by"]
    if row.cells[TABLE] not in (MISSING, name):
        return NO_RECORD.at(f"`{row.record}` is a record of `{name}`, not of `{row.cells[TABLE][:80]}`.",
                            f"Leave `{TABLE}` out, or check the id.", **{**row.place, "column": TABLE})
    if not other or (other in work.successors and other != row.record):
        return None
    place = {**row.place, "column": "replaced_by"}
    if other == row.record:
        return NO_RECORD.at(f"`{other}` cannot replace itself.", "Name the record that holds its facts, or none.", **place)
    table = work.places[other][0].table.name if other in work.places else work.new.get(other)
    if table is None:
        return work.missing(other, place)
    return None if table == name else NO_RECORD.at(f"`{other}` is a record of `{table}`, `{row.record}` one of `{name}`.",
                                                   f"Name a record of `{name}`, or none.", **place)


def point(work: Changes, content: Content, column: str, line: int, successor: str, row: CardRow) -> None:
    """Let a row name the record that replaced another. Where the table has such a row already, that one takes over what it
    lacks, and the other goes."""
    table, cells = content.table, work.now(content, line)
    key = tuple(successor if name == column else cells[name] for name in table.primary_key)
    if table.name not in work.taken:
        work.taken[table.name] = dict(work.lines[table.name])
    twin = work.taken[table.name].setdefault(key, line)
    if column not in table.primary_key or twin == line:
        work.set(content, line, {column: successor}, row)
        return
    work.drop(content, line, row)
    lacks = lacking(table, work.now(content, twin), cells)
    if lacks:
        work.set(content, twin, lacks, row)


def check_still_named(work: Changes, gone: list[CardRow]) -> None:
    """Report the records that are withdrawn without a successor, yet named by others."""
    for row in gone:
        if row.record not in work.places or work.successor(row.record):
            continue
        users = [f"`{work.rows(content)[line][content.table.id]}` under `{said(content.table, column)}`"
                 for content, column, line in work.users.get((work.places[row.record][0].table.name, row.record), ())
                 if line not in work.dropped[content.table.name]
                 and work.now(content, line)[column] == row.record]
        if users:
            more = f" and {len(users) - SHOWN:,} more" if len(users) > SHOWN else ""
            work.bad(STILL_NAMED.at(f"`{row.record}` is still named by {', '.join(users[:SHOWN])}{more}.",
                                    "Give what they shall name as `replaced_by`, or correct or withdraw them too.", **row.place))


def lacking(table: Table, there: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """What a row lacks that another one has: items of lists, and texts where it has none."""
    found = {}
    for column in table.fields:
        text = there[column.name] or other[column.name]
        if column.type == "list":
            items = {*there[column.name].split(column.delimiter), *other[column.name].split(column.delimiter)}
            text = column.delimiter.join(sorted(items - {MISSING}))
        if text != there[column.name]:
            found[column.name] = text
    return found


def said(table: Table, column: str) -> str:
    """What a card calls the place of a reference: the list in which a row stands, or the key."""
    place = table.card or {}
    return (place.get("key") or place["section"]) if table.is_link else table.by_name[column].card_key
