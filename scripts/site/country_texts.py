"""A country and the texts: its acts, the answer on each text by kind of instrument, and the lists that leave it open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ..derive.statements import NO, UNKNOWN, YES
from ..records import Row
from .cells import Item, cell, record_item
from .content import Site
from .lists import LONGEST, Line, Listing, listing

ACTS = ("action", "stage", "date", "basis", "citation_id", "note")  # columns of `statement_endorsements`
ANSWERS = ("acts", "basis", "date")  # of `country_instruments`
COUNTS = ("action", "stage", "known", "total", "missing")  # of `signatories`
TEXT = "Text"
REFUSED = "No: it declined, abstained or voted against"
ABSENT = "No: not among its backers, whose list is complete; it need not have been asked"


@dataclass(frozen=True)
class Kind:
    """The texts of one kind of instrument: its term, what it is called and means, the answers yes and no, how many each, and the
    texts on which the answer is unknown, as many as a list may have."""

    term: str
    what: Item
    answered: Listing
    backed: int
    refused: int
    absent: int
    unknown: int
    unknown_texts: tuple[Item, ...]


def line(site: Site, table: str, row: Row, columns: Iterable[str]) -> Line:
    """A row of a table as a line that is called by its statement."""
    known = site.package.tables[table]
    return Line(record_item(site, "policy_statements", row["statement_id"]),
                tuple(cell(site, known, known.by_name[name], row[name]) for name in columns))


def acts(site: Site, code: str) -> tuple[Listing, Listing]:
    """What a country did on texts: what it endorsed, sponsored or voted for, and what it declined, abstained from or voted against.
    The newest act stands first."""
    refusing = {act for acts in site.settings.refusing.values() for act in acts}
    rows = sorted(site.where("statement_endorsements", "country_code", code), key=lambda row: row["date"], reverse=True)
    apart: tuple[list[Line], list[Line]] = ([], [])
    for row in rows:
        apart[row["action"] in refusing].append(line(site, "statement_endorsements", row, ACTS))
    return listing(TEXT, {"": apart[False]}), listing(TEXT, {"": apart[True]})


def kinds(site: Site, code: str) -> list[Kind]:
    """The answers on each text, by kind of instrument in the order of its vocabulary."""
    found: dict[str, list[Row]] = {}
    for row in site.where("country_instruments", "country_code", code):
        found.setdefault(row["instrument_kind"], []).append(row)
    terms = site.package.vocabularies["instrument_kind"].terms
    return [kind(site, term, Item(known.title, means=known.definition), found[term]) for term, known in terms.items() if term in found]


def kind(site: Site, term: str, what: Item, rows: list[Row]) -> Kind:
    """The answers on the texts of one kind."""
    def of(answer: str, refused: str = "") -> list[Row]:
        return [row for row in rows if row["answer"] == answer and refused in ("", row["refused"])]

    groups = {"Yes": of(YES), REFUSED: of(NO, "true"), ABSENT: of(NO, "false")}
    lines = {title: [line(site, "country_instruments", row, ANSWERS) for row in some] for title, some in groups.items()}
    unknown = of(UNKNOWN)
    return Kind(term, what, listing(TEXT, lines), *map(len, groups.values()), len(unknown),
                tuple(record_item(site, "policy_statements", row["statement_id"]) for row in unknown[:LONGEST]))


def incomplete(site: Site, code: str) -> Listing:
    """The lists of those who backed a text that are not complete, of texts on which the country's answer is unknown."""
    texts = [row["statement_id"] for row in site.where("country_instruments", "country_code", code) if row["answer"] == UNKNOWN]
    return listing(TEXT, {"": [one for text in texts for one in open_lists(site, text)]})


@cache
def open_lists(site: Site, statement: str) -> tuple[Line, ...]:
    """The lists of those who backed a text that are not complete."""
    return tuple(line(site, "signatories", row, COUNTS) for row in site.where("signatories", "statement_id", statement)
                 if row["complete"] == "false" and row["action"] in site.settings.backing.get(row["stage"], ()))
