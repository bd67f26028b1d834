"""What a record is known by: its countries, its parties, the words of its title, the letters of a name, the address of a page.

A mark is something that two records may share. Records that share one are found through an index of marks, so time grows with the
rows and not with the pairs of rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass

from slugify import slugify

from schemas.citations import normal

from . import near
from .fill import clean_url
from .tables import Tables

Mark = Hashable
FEW_LETTERS = 6  # a name with fewer is taken by its words: RTA is not TRA, ITU-R is not ITU-T
LEAST_LETTERS = 3  # of an acronym, and of what stands in brackets
LONGEST = 200  # letters of a name that are compared
BRACKETS = re.compile(r"\(([^()]+)\)")
NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f]{2,}")
ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/[^/]+/(?=https?:)")
FOR_PHONES = re.compile(r"^(?:m|mobile|amp)\.|/(?:amp|index\.[a-z]{3,5})(?=/|\?|$)|[?&](?:amp|outputType=amp|output=amp)(?:=1)?$")


def itself(cell: str) -> Iterable[Mark]:
    """The text of the cell."""
    return (cell,)


def words(cell: str) -> Iterable[Mark]:
    """Its words, without filler and numbers."""
    return (word for word in near.words(cell) if not word.isdigit())


def title(cell: str) -> Iterable[Mark]:
    """Its set of words, and those with one word left out."""
    return near.signatures(cell, leave_out=True)


def latin(name: str) -> list[str]:
    """The words of a name in Latin letters without accents, and without filler unless nothing else is left."""
    name = name[:LONGEST].lower()
    found = near.WORDS.findall(name if name.isascii() else slugify(name, separator=" ", backend="text-unidecode"))
    return [word for word in found if word not in near.FILLER] or found


def spelling(name: str) -> Iterable[Mark]:
    """The letters of a name, whatever the order of its words, its hyphens and its script; of a longer one also those with one letter
    (never a digit) left out, so that two that differ by a letter share some."""
    parts = latin(name) or [name[:LONGEST]]
    whole = "".join(sorted("".join(parts)))
    if len(whole) < FEW_LETTERS:
        return {" ".join(sorted(parts))}
    return {whole, *(whole.replace(letter, "", 1) for letter in {*whole} if not letter.isdigit())}


def names(cell: str) -> Iterable[Mark]:
    """The spellings of a name, of what it has in brackets, of the rest, and of its acronym."""
    rest = BRACKETS.sub("", cell)
    shorter = [*BRACKETS.findall(cell), "".join(word[0] for word in latin(rest))]
    return {mark for name in {cell, rest, *(name for name in shorter if len(name) >= LEAST_LETTERS)} for mark in spelling(name)}


def local_names(note: str) -> Iterable[Mark]:
    """The spellings of what a note has in another script: `Name in Korean: 김형준.`"""
    return {mark for name in NOT_LATIN.findall(note) for mark in spelling(name)}


def address(url: str) -> Iterable[Mark]:
    """An address without what leads to the same page: what `repeated-url` leaves out, tracking, an archive, a page for telephones."""
    return (FOR_PHONES.sub("", normal(clean_url(ARCHIVED.sub("", url)))).rstrip("/"),)


@dataclass(frozen=True)
class Source:
    """Where marks stand and how they are read from a cell: a column of the record's table, or of a link table that has rows for
    the record, of which those count where the first column of `where` has the second as its value."""

    column: str
    read: Callable[[str], Iterable[Mark]] = itself
    link: str = ""
    where: tuple[str, str] | None = None

    def marks(self, tables: Tables, table: str, records: Collection[str] | None = None) -> Iterator[tuple[str, Iterable[Mark]]]:
        """Record and marks, one for each cell that is not empty and each item of a list; of some records or of all."""
        described, rows = tables.contents[self.link or table].table, tables[self.link or table]
        if self.where:
            rows = rows[rows[self.where[0]] == self.where[1]]
        if records is not None:
            rows = rows[rows[described.id].isin(records)]
        field = described.by_name[self.column]
        for record, cell in zip(rows[described.id].tolist(), rows[self.column].tolist(), strict=True):
            for item in cell.split(field.delimiter) if field.type == "list" else (cell,):
                if item:
                    yield record, self.read(item)


@dataclass(frozen=True)
class Kind:
    """A kind of mark: how two records that share one are told (not at all if empty), and where it stands. Of a `rare` kind, a mark that
    many records have says nothing."""

    says: str
    sources: tuple[Source, ...]
    rare: bool = False

    @property
    def refers(self) -> bool:
        """Whether its marks are cells as they stand, such as ids."""
        return all(source.read is itself for source in self.sources)

    def of(self, tables: Tables, table: str, records: Collection[str] | None = None) -> dict[str, set[Mark]]:
        """Record → its marks, for some records of a table or for all that have any."""
        found: dict[str, set[Mark]] = defaultdict(set)
        for source in self.sources:
            for record, marks in source.marks(tables, table, records):
                found[record].update(marks)
        return dict(found)

    def index(self, tables: Tables, table: str, wanted: Collection[Mark]) -> dict[Mark, set[str]]:
        """Mark → the records of a table that have it, for the wanted marks."""
        found: dict[Mark, set[str]] = {mark: set() for mark in wanted}
        for source in self.sources if wanted else ():
            for record, marks in source.marks(tables, table):
                for mark in marks:
                    if mark in found:
                        found[mark].add(record)
        return found
