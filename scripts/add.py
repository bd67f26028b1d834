"""Cards into tables: all of them or none, and a second time nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from schemas.shared import UNUSED

from . import read, twins, write
from .amend import LeftBehind, amend, left_behind, orphans
from .cards import CardRow, Cards, read_cards
from .changes import WITHDRAWN
from .form import REQUIRED
from .merge import Change, combine, key_of, merge_table, place_of
from .package import Package
from .problem import ERROR, KINDS, Problem, kind
from .settle import settle
from .tables import Tables
from .twins import Twin
from .validate import check

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
    """What a call of `add` did, or would do: rows added, changed and taken out by table, cells that rules filled and sources left
    behind, what was withdrawn because nothing uses it any more, which records that exist a new one may repeat, and why nothing was done."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    removed: dict[str, int] = field(default_factory=dict)
    notices: list[Notice | LeftBehind] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    twins: list[Twin] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Plan:
    """What cards would do: the outcome, the tables after it (as they are where there are problems), and the files to write."""

    outcome: Outcome
    after: Tables
    files: dict[Path, bytes] = field(default_factory=dict)


def add(package: Package, tables: Tables, paths: Iterable[Path]) -> Outcome:
    """Take the cards in the files into the tables and write the tables that change, or report every problem and write nothing.
    `tables` are as read; they stay as they are."""
    planned = plan(package, tables, paths)
    try:
        write.replace_tables(package, planned.files)
    except OSError as error:
        return Outcome(problems=[NOT_WRITTEN.at(f"The tables cannot be written: {error.strerror or error}.",
                                                "Check that the folder can be written to and the disk has room.",
                                                file=str(error.filename) if error.filename else None)])
    return planned.outcome


def plan(package: Package, tables: Tables, paths: Iterable[Path], day: date | None = None) -> Plan:
    """What the cards in the files would do; `day` (today in UTC) is that of withdrawals which give none. Nothing is written."""
    cards = read_cards(paths, package)
    problems = [*cards.problems, *unreadable(tables)]
    if any(not tables.whole(name) for name in package.tables):
        return Plan(Outcome(problems=problems), tables)
    merged, left = merge_all(tables, cards, day or datetime.now(UTC).date())
    errors = [] if problems else new_errors(tables, merged)  # of cards that were not read whole the tables tell nothing
    problems += [*merged.problems, *independent(errors, merged)]
    problems.sort(key=lambda problem: (problem.file or "", problem.line or 0))
    found = twins.find(tables, merged.after)  # told in any case: what repeats a record is often refused for something else
    if problems:
        return Plan(Outcome(problems=problems, twins=found), tables)
    files = {package.root / change.content.table.path: write.canonical(change.content.rows, change.content.table)
             for change in merged.changes}
    outcome = summary(tables, merged.changes, left)
    notices = [*outcome.notices, *left_behind(tables, merged.after, cards)]
    return Plan(replace(outcome, notices=notices, twins=found), merged.after, files)


def merge_all(tables: Tables, cards: Cards, day: date) -> tuple[Merged, list[CardRow]]:
    """The tables with the cards in them, and the withdrawals of what nothing uses any more because of that."""
    left: list[CardRow] = []
    while True:
        merged = merge(tables, replace(cards, rows=[*cards.rows, *left]), day)
        more = [] if cards.problems or merged.problems else orphans(tables, merged.after, cards)
        if not more:
            return merged, left
        left += more


def summary(tables: Tables, changes: list[Change], left: list[CardRow]) -> Outcome:
    """What the changes did."""
    rows = [row for change in changes for row in change.added]
    added = Counter(row.table.name for row in rows)
    touched = {change.content.table.name: len(change.touched) for change in changes}
    before = {change.content.table.name: len(tables[change.content.table.name]) for change in changes}
    after = {change.content.table.name: len(change.content.rows) for change in changes}
    return Outcome(dict(added), dict(Counter(touched) - added), dict(Counter(before) + added - Counter(after)),
                   [Notice(row.table.name, row.record, column, row.cells[column]) for row in rows for column in row.filled],
                   [f"{row.record} ({row.cells['table']})" for row in left])


@dataclass
class Merged:
    """The tables with cards in them: those that changed, all of them, by owner table and id the card rows that changed something of a
    record that was there, and what stands in the way."""

    changes: list[Change]
    after: Tables
    causes: dict[tuple[str, str], list[CardRow]]
    problems: list[Problem]


def merge(tables: Tables, cards: Cards, day: date) -> Merged:
    """Carry out what cards correct and withdraw, then merge their rows in."""
    amended = amend(tables, cards, day)
    rows, problems = settle(amended.rows, amended.tables)
    rows, more = combine(rows)
    problems = [*amended.problems, *problems, *more, *check_ids(rows, amended.tables)]
    changes = []
    for content in amended.tables:
        name = content.table.name
        change, more = merge_table(content, [row for row in rows if row.table.name == name], amended.touched.get(name, {}))
        problems += more
        if change.touched or name in amended.shorter:
            changes.append(change)
            problems += [UNSAFE_TABLE.at(f"The table cannot be changed: {problem.message}", problem.hint, table=problem.table,
                                         file=problem.file, line=problem.line) for problem in tables.problems.found
                         if problem.table == name and problem.code in LOSSY]
    after = Tables(tables.package, {**tables.contents, **{change.content.table.name: change.content for change in changes}})
    return Merged(changes, after, amended.causes, problems)


def unreadable(tables: Tables) -> list[Problem]:
    """The problems of tables that could not be read with all their columns."""
    lost = {content.table.name for content in tables if not content.whole}
    return [problem for problem in tables.problems.found
            if problem.table in lost and problem.severity == ERROR and KINDS[problem.code].group == "bytes"]


def check_ids(rows: Sequence[CardRow], tables: Tables) -> list[Problem]:
    """Ids of records that were withdrawn, or that name a record of another table."""
    withdrawn = set(tables[WITHDRAWN].record_id) if tables.whole(WITHDRAWN) else set()
    withdrawn |= {row.record for row in rows if row.table.name == WITHDRAWN}
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


def new_errors(tables: Tables, merged: Merged) -> list[Problem]:
    """The errors that the changed tables have and the tables had not, or that concern a record the cards touch, at the place of
    the card."""
    if not merged.changes:
        return []
    errors = checked(tables, merged.after)
    known = {identity(problem) for problem in checked(tables, tables)} if errors else set()
    rows = {(change.content.table.name, line): row for change in merged.changes for line, row in change.touched.items()}
    records = {record: list(causes) for record, causes in merged.causes.items()}
    for row in rows.values():
        records.setdefault((row.table.owner, row.record), []).append(row)
    package, found = tables.package, []
    for problem in errors:
        owner = package.tables[problem.table].owner if problem.table in package.tables else None
        causes = records.get((owner, problem.record), [])
        if causes or identity(problem) not in known:
            at_line = rows.get((problem.table, problem.line))
            found.append(at_card(problem, [at_line, *causes] if at_line else causes))
    return found


def independent(errors: list[Problem], merged: Merged) -> list[Problem]:
    """The errors on cards that do not follow from what cards could not do: of a record with such a problem, wrong cells; of the
    others all but that nothing uses them."""
    if not merged.problems:
        return errors
    files = set().union(*(row.files for change in merged.changes for row in change.touched.values()))
    refused = {problem.record for problem in merged.problems}

    def stands(error: Problem) -> bool:
        if error.record in refused:
            return KINDS[error.code].group == "form" and error.code != REQUIRED.code
        return error.code != UNUSED.code

    return [error for error in errors if error.file in files and stands(error)]


def at_card(problem: Problem, causes: list[CardRow]) -> Problem:
    """A problem where a card says so, if any does: file, line and key. Of several card rows the first that says something of the
    cell, or of one that the problem names, else the first."""
    def concerned(row: CardRow) -> bool:
        own = problem.column in row.stated and problem.table == row.table.name
        return own or any(f"`{column}`" in problem.message for column in row.stated)

    if not causes:  # it stands in a table that is not written: the line alone says too little
        return replace(problem, message=f"`{problem.record}`: {problem.message}") if problem.record else problem
    row = next(filter(concerned, causes), causes[0])
    key = key_of(row, problem.column) if problem.column in row.table.by_name else problem.column
    file, line = place_of(row, problem.column)
    return replace(problem, file=file, line=line, column=key)


def identity(problem: Problem) -> tuple:
    """What makes a problem the same one before and after rows were added at the end."""
    return problem.code, problem.table, problem.line, problem.column, problem.record


def checked(tables: Tables, after: Tables) -> list[Problem]:
    """The errors of form and meaning in tables, next to what is known of the bytes of `tables`."""
    copy = Tables(tables.package, dict(after.contents))
    copy.problems.add(*(problem for problem in tables.problems.found if KINDS[problem.code].group == "bytes"))
    check(copy, fast=True)
    return [problem for problem in copy.problems.found if problem.severity == ERROR and KINDS[problem.code].group != "bytes"]
