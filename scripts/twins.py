"""Near duplicates at the door: which records may be the same as a new one, what they share and how they differ.

How the rules were chosen, and what they find and show on the real tables: docs/near-duplicates.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from math import log

from . import edtf
from .marks import Kind, Mark, Source, address, local_names, names, spelling, title, words
from .tables import Tables

MOST = 3  # candidates shown of a new record
RARE = 0.02  # part of the records of a table beyond which a word says nothing
FEW = 3  # records that may have a rare word, however small the table is
CROWD = 100  # new records that share a mark and are compared with each other for it: those that come first
FOREVER = 9999
LONGEST, MANY = 60, 6  # letters of a cell and items of a list that stand in a line
UNTOLD = {"summary", "note", "accessed", "archive_url", "status_as_of", "ai_relevance"}  # differ between two readings of one thing


@dataclass(frozen=True)
class Rule:
    """Two records may be the same where they share at least so many marks of each kind; of the kinds in `whole`, all that the one
    with fewer has; and where there is no kind in `unless` of which both have marks and share none. With `dates`, also if
    these are known not to lie apart."""

    name: str
    least: dict[str, int]
    whole: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    dates: bool = False


@dataclass(frozen=True)
class Look:
    """How the records of a table are compared.

    `dates` are its columns of dates, in order. A record without the last one goes on if `open_end`. Up to `gap` years may lie between
    the dates of two records that are the same; -1: they share more than the year of a handover. `parent` is the column in which a
    record names another one to which it belongs: the two are known not to be the same.
    """

    kinds: dict[str, Kind]
    rules: tuple[Rule, ...]
    dates: tuple[str, ...] = ()
    open_end: bool = False
    gap: int = 1  # one source gives the contract, the other the opening
    parent: str = ""


def cells(says: str, column: str, link: str = "", **more) -> Kind:
    """Marks that are the cells of a column as they stand."""
    return Kind(says, (Source(column, link=link, **more),))


LOOKS = {
    "deployments": Look(
        {"country": Kind("country {}", (Source("country_code"), Source("country_code", link="deployment_countries"))),
         "place": Kind("", (Source("place", words),)),
         "supplier": cells("", "organization_id", "deployment_parties", where=("party_role", "supplier")),
         "party": cells("party {}", "organization_id", "deployment_parties"),
         "channel": cells("channel {}", "channel"),
         "technology": cells("technology {}", "technologies"),
         "source": cells("source {}", "citation_id", "deployment_citations"),
         "title": Kind("nearly the same title", (Source("title", title),)),
         "word": Kind("the words {}", (Source("title", words), Source("summary", words)), rare=True)},
        (Rule("title", {"country": 1, "title": 1}),
         Rule("words", {"country": 1, "word": 4}),
         Rule("words, elsewhere", {"word": 6}),
         Rule("project", {"country": 1, "party": 1, "channel": 1, "technology": 1}, unless=("supplier", "place"), dates=True),
         Rule("source", {"country": 1, "source": 1, "channel": 1, "technology": 1}, unless=("supplier", "place"), dates=True)),
        dates=("announced", "started", "ended"), parent="part_of"),
    "standards_roles": Look(
        {"body": cells("body {}", "body_id"),
         "committee": cells("committee {}", "committee"),
         "role": cells("role {}", "role"),
         "person": Kind("nearly the same name of a person", (Source("holder", spelling), Source("note", local_names))),
         "part": Kind("the name {}", (Source("holder", words),)),
         "affiliation": cells("affiliation {}", "affiliation_id"),
         "country": cells("country {}", "country_code")},
        (Rule("person in a body", {"person": 1, "body": 1}, dates=True),
         Rule("person in a role", {"person": 1, "role": 1}, dates=True),
         Rule("part of a name", {"part": 1, "body": 1, "committee": 1, "role": 1}, dates=True),
         Rule("seat", {"body": 1, "role": 1, "country": 1}, unless=("person", "affiliation"), dates=True)),
        dates=("started", "ended"), open_end=True, gap=-1),
    "policy_statements": Look(
        {"country": cells("country {}", "country_code"),
         "issuer": cells("issuer {}", "issuer_id"),
         "day": cells("issued {}", "issued"),
         "title": Kind("nearly the same title", (Source("title", title), Source("title_local", title))),
         "word": Kind("the words {}", (Source("title", words), Source("summary", words)), rare=True)},
        (Rule("title", {"title": 1}),
         Rule("words", {"word": 3}, dates=True),
         Rule("issuer", {"issuer": 1, "word": 2}, dates=True),
         Rule("day", {"issuer": 1, "day": 1})),
        dates=("issued",)),
    "organizations": Look(
        {"name": Kind("nearly the same name", (Source("name", names), Source("name_local", names))),
         "title": Kind("", (Source("name", title),)),
         "part": Kind("the words {}", (Source("name", words),)),
         "word": Kind("", (Source("name", words),), rare=True),
         "country": cells("country {}", "country_code")},
        (Rule("name", {"name": 1}, unless=("country",)),
         Rule("title", {"title": 1}, unless=("country",)),
         Rule("words", {"word": 3}, unless=("country",)),
         Rule("part", {"part": 1}, whole=("part",), unless=("country",))),
        parent="parent_organization_id"),
    "citations": Look(
        {"address": Kind("the same address of the page", (Source("url", address), Source("archive_url", address))),
         "title": Kind("nearly the same title", (Source("title", title),)),
         "publisher": cells("publisher {}", "publisher"),
         "word": Kind("the words {}", (Source("title", words),), rare=True)},
        (Rule("address", {"address": 1}),
         Rule("title", {"title": 1}),
         Rule("words", {"publisher": 1, "word": 3}, dates=True)),
        dates=("published",)),
}


@dataclass(frozen=True)
class Cell:
    """A column in which two records differ."""

    column: str
    new: str
    old: str


@dataclass(frozen=True)
class Twin:
    """A new record that may be the same as another one: what they share, in words, the cells in which they differ, and the rules
    that say so. `title` is what the other one is called."""

    table: str
    record: str
    other: str
    title: str
    same: tuple[str, ...]
    differs: tuple[Cell, ...]
    rules: tuple[str, ...]

    @property
    def text(self) -> str:
        """One line: zzz-a may be zzz-b (Title): same …; differs in started: 2019 / 2020."""
        known = [f"{cell.column}: {short(cell.new)} / {short(cell.old)}" for cell in self.differs if cell.new and cell.old]
        differs = f"; differs in {', '.join(known)}" if known else ""
        return f"{self.record} may be {self.other} ({short(self.title)}): same {', '.join(self.same)}{differs}"


def short(text: str) -> str:
    """A cell on one line, as far as it fits there."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST - 1].rstrip() + "…"


def find(before: Tables, after: Tables) -> list[Twin]:
    """For each record that `after` has and `before` has not, the records that may be the same, existing or new, the likeliest first
    and at most MOST. Of two new records the later one shows the other. Nothing where a table could not be read whole."""
    found: list[Twin] = []
    if not (before.whole(*LOOKS) and after.whole(*after.package.tables)):
        return found
    for table in LOOKS:
        id_ = after.contents[table].table.id
        known = set(before[table][id_])
        new = [record for record in after[table][id_].drop_duplicates() if record not in known]
        if new:
            search, place = Search(after, table, frozenset(new)), {record: at for at, record in enumerate(new)}
            for record, at in place.items():
                likeliest = [item for item in search.candidates(record).items() if place.get(item[0], -1) < at][:MOST]
                found += [search.twin(record, other, rules) for other, rules in likeliest]
    return found


@dataclass(eq=False)
class Search:
    """The marks that new records of a table have, and who else has them."""

    tables: Tables
    table: str
    new: frozenset[str]

    def __post_init__(self):
        described = self.tables.contents[self.table].table
        self.look, self.label = LOOKS[self.table], described.label
        self.rows = self.tables[self.table].drop_duplicates(described.id).set_index(described.id)
        self.marks = {name: kind.of(self.tables, self.table, self.new) for name, kind in self.look.kinds.items()}
        self.having = {name: self.index(name) for name in self.look.kinds}
        self.number = {name: {record: len(marks) for record, marks in self.look.kinds[name].of(self.tables, self.table).items()}
                       for name in {name for rule in self.look.rules for name in (*rule.whole, *rule.unless)}}
        organizations = self.tables["organizations"]
        self.called = dict(zip(organizations.organization_id, organizations.name, strict=True))

    def index(self, name: str) -> dict[Mark, set[str]]:
        """Mark → the records that have it, for the marks of a kind that new records have and that say something."""
        kind = self.look.kinds[name]
        found = kind.index(self.tables, self.table, set().union(*self.marks[name].values()))
        most = max(FEW, RARE * len(self.rows))
        return {mark: records for mark, records in found.items() if not kind.rare or len(records) <= most}

    @cached_property
    def near(self) -> dict[str, dict[Mark, Collection[str]]]:
        """Mark → the records that are compared for it: all that have it, but of a crowd of new ones the first."""
        place = {record: at for at, record in enumerate(self.rows.index)}

        def first(records: set[str]) -> Collection[str]:
            new = records & self.new
            return records if len(new) <= CROWD else (records - new).union(nsmallest(CROWD, new, key=place.__getitem__))

        return {name: {mark: first(records) for mark, records in having.items()} for name, having in self.having.items()}

    def candidates(self, record: str) -> dict[str, list[str]]:
        """The other records that may be the same, each with the names of the rules that say so: first those that share more, where what
        few records have counts for more."""
        found: dict[str, list[str]] = {}
        for rule in self.look.rules:
            for other in self.held(rule, record):
                if other != record and not self.related(record, other):
                    found.setdefault(other, []).append(rule.name)
        return {other: found[other] for other in sorted(found, key=lambda other: (-self.weight(record, other), other))}

    def weight(self, record: str, other: str) -> float:
        """How much two records share: of each mark, the logarithm of how rare it is."""
        having = (self.having[name].get(mark, ()) for name, marks in self.marks.items() for mark in marks.get(record, ()))
        return sum(log(len(self.rows) / len(records)) for records in having if other in records)

    def held(self, rule: Rule, record: str) -> Iterator[str]:
        """The other records for which a rule holds; looked for among those that share a mark of the kind of which the fewest do."""
        first, *more = sorted(rule.least, key=lambda name: sum(map(len, self.having_of(name, record))))
        near = set().union(*(self.near[first].get(mark, ()) for mark in self.marks[first].get(record, ())))
        for other in near:
            if (all(self.shared(name, record, other) >= rule.least[name] for name in (first, *more))
                    and all(self.shared(name, record, other) == min(self.numbers(name, record, other)) for name in rule.whole)
                    and not any(all(self.numbers(name, record, other)) and not self.shared(name, record, other) for name in rule.unless)
                    and not (rule.dates and self.apart(record, other))):
                yield other

    def having_of(self, name: str, record: str) -> list[Collection[str]]:
        """For each mark of a kind that a record has, the records that have it."""
        return [self.having[name].get(mark, ()) for mark in self.marks[name].get(record, ())]

    def shared(self, name: str, record: str, other: str) -> int:
        """How many marks of a kind two records share."""
        return sum(other in records for records in self.having_of(name, record))

    def numbers(self, name: str, record: str, other: str) -> tuple[int, int]:
        """How many marks of a kind each of two records has."""
        return self.number[name].get(record, 0), self.number[name].get(other, 0)

    def related(self, record: str, other: str) -> bool:
        """Whether one of the records is said to belong to the other."""
        column = self.look.parent
        return bool(column) and (self.rows.at[record, column] == other or self.rows.at[other, column] == record)

    def apart(self, record: str, other: str) -> bool:
        """Whether the dates of both records are known and lie apart; years are fine enough."""
        one, two = self.years(record), self.years(other)
        return bool(one and two) and one[0] != two[0] and max(one[0], two[0]) - min(one[1], two[1]) > self.look.gap

    def years(self, record: str) -> tuple[int, int] | None:
        """The first and the last year of a record's dates; None without any."""
        dates = [self.rows.at[record, column] for column in self.look.dates]
        known = [int(date[:4]) for date in dates if edtf.FORM.fullmatch(date)]
        goes_on = self.look.open_end and not dates[-1]
        return (min(known), FOREVER if goes_on else max(known)) if known else None

    def twin(self, record: str, other: str, rules: list[str]) -> Twin:
        """What the two records share and how they differ."""
        new, old = self.rows.loc[record], self.rows.loc[other]
        differs = tuple(Cell(column, new[column], old[column]) for column in self.rows
                        if new[column] != old[column] and column not in UNTOLD)
        title = ", ".join(self.called.get(old[column], old[column]) for column in self.label if old[column])
        return Twin(self.table, record, other, title, tuple(self.same(record, other)), differs, tuple(rules))

    def same(self, record: str, other: str) -> Iterator[str]:
        """What the two records share, in words."""
        for name, kind in self.look.kinds.items():
            shared = [mark for mark in self.marks[name].get(record, ()) if other in self.having[name].get(mark, ())]
            if shared and kind.says:
                yield kind.says.format(self.listed(kind, shared) if "{}" in kind.says else "")
        one, two = self.years(record), self.years(other)
        if one and two and max(one[0], two[0]) <= min(one[1], two[1]):
            yield f"both {max(one[0], two[0])}"

    def listed(self, kind: Kind, marks: list[Mark]) -> str:
        """Marks as they are told, organizations by their names."""
        told = sorted(self.called.get(mark, mark) if kind.refers else mark for mark in marks)
        return ", ".join(map(short, told[:MANY])) + (" …" if len(told) > MANY else "")
