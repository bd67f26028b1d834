"""What only the whole tells of the rows of cards: the citation of a theme or endorsement that names none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .cards import CardRow
from .package import MISSING, Table
from .problem import ERROR, Problem, kind
from .tables import Tables

NO_SOURCE = kind("no-source-for-part", ERROR, "cards", "A source is there for each theme and endorsement of a statement.",
                 good="supports: [issued, themes]", bad="supports: [issued], and themes without `citation`")


@dataclass(frozen=True)
class Source:
    """A source of a record, with what the choice of a theme's citation asks of it."""

    citation: str
    supports: tuple[str, ...]
    access: str
    citation_type: str


def settle(rows: Sequence[CardRow], tables: Tables) -> tuple[list[CardRow], list[Problem]]:
    """The rows with what only the whole tells: the citation of a theme or endorsement that names none, and without the source of
    a claim that is the text that makes it. Sources and citations come from the cards and from the tables."""
    settled, problems, known = [], [], Known(rows, tables)
    for row in rows:
        if row.table.name == "claim_citations" and row.cells["citation_id"] == known.made_in(row.record):
            continue
        if row.key is None or row.cells.get("citation_id", row) != MISSING:
            settled.append(row)
        elif qualified := [source for source in known.sources(row) if row.key in source.supports]:
            settled.append(with_citation(row, qualified))
        elif any(there["citation_id"] and all(there[column] == row.cells[column] for column in row.table.primary_key)
                 for there in known.cells(row.table, row.record)):
            settled.append(row)  # it has its citation already
        else:
            problems.append(NO_SOURCE.at(f"No source of `{row.record}` supports `{row.key}`, so this entry has no citation.",
                                         f"Name `{row.key}` in what a source supports, or give a `citation`.", **row.place))
    return settled, problems


def with_citation(row: CardRow, qualified: list[Source]) -> CardRow:
    """The row with one of the qualified sources: one read in full, then an official document, then the first. Where several
    qualify nobody knows of which the locator speaks: it moves to the note."""
    best = min(qualified, key=lambda source: (source.access != "full_text", source.citation_type != "official_document"))
    cells = {**row.cells, "citation_id": best.citation}
    if len(qualified) == 1 or not cells.get("locator"):
        return replace(row, cells=cells)
    note = f"Locator: {cells['locator'].rstrip('.')}. {cells['note']}".rstrip()
    stated = {column: text for column, text in row.stated.items() if column != "locator"} | {"note": note}
    return replace(row, cells={**cells, "locator": MISSING, "note": note}, stated=stated, also=row.stated)


class Known:
    """What the cards and the tables together know of records' sources, of citations and of claims."""

    def __init__(self, rows: Sequence[CardRow], tables: Tables) -> None:
        self.card_rows, self.tables = rows, tables
        self.by_record: dict[str, dict[str, list[dict[str, str]]]] = {}

    def cells(self, table: Table, record: str) -> list[dict[str, str]]:
        """The rows of a record in a table: those of the cards in their order, then those stored."""
        if table.name not in self.by_record:
            found = self.by_record.setdefault(table.name, defaultdict(list))
            for cells in (*(row.cells for row in self.card_rows if row.table.name == table.name),
                          *self.tables[table.name].to_dict("records")):
                found[cells[table.id]].append(cells)
        return self.by_record[table.name].get(record, [])

    def made_in(self, claim: str) -> str:
        """The citation of the text that makes a claim."""
        claims = self.cells(self.tables.package.tables["claims"], claim)
        return next((cells["made_in"] for cells in claims if cells["made_in"]), "")

    def sources(self, row: CardRow) -> list[Source]:
        """The sources of a row's record that speak for it."""
        package = self.tables.package
        link = next(table for table in package.links_of(row.table.owner) if "supports" in table.columns)
        found = {}
        for cells in self.cells(link, row.record):
            if cells["stance"] == "supports":
                citation = next(iter(self.cells(package.tables["citations"], cells["citation_id"])), {})
                found.setdefault(cells["citation_id"], Source(
                    cells["citation_id"], tuple(cells["supports"].split(link.by_name["supports"].delimiter)),
                    citation.get("access", MISSING), citation.get("citation_type", MISSING)))
        return list(found.values())
