"""The claims of the founding texts: a list with what the evidence says of each, and a page for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..records import Record, Row, complete
from .cells import Cell, Item, cell, record_item
from .content import Site
from .lists import Listing, of_records, record_line
from .page import Page
from .record_pages import record_page

SIGNS = {"supported": "✓", "partly_supported": "◐", "contradicted": "✗", "not_checked": "?"}  # beside the words, of `claim_finding`


@dataclass(frozen=True)
class Finding:
    """A finding: its term, sign, and what it is called and means."""

    term: str
    sign: str
    what: Item


@dataclass(frozen=True)
class Claim:
    """A claim in the list: its row and page, the publisher and year of the text that makes it, and how many sources and records bear
    on it."""

    row: Row
    page: Item
    made_in: Item
    sources: int
    records: int


@dataclass(frozen=True)
class Channel:
    """The claims of one channel by their finding, in the order of both vocabularies."""

    term: str
    what: Item
    claims: dict[str, list[Claim]]
    total: int


def pages(site: Site) -> Iterator[Page]:
    """The list of claims, then the page of each."""
    yield overview(site)
    table = site.package.tables["claims"]
    for row in site.rows("claims"):
        yield claim_page(site, complete(site.tables, Record(table, row)))


def findings(site: Site) -> dict[str, Finding]:
    """All findings that there can be."""
    return {term: Finding(term, SIGNS.get(term, known.title[:1]), Item(known.title, means=known.definition))
            for term, known in site.package.vocabularies["claim_finding"].terms.items()}


def overview(site: Site) -> Page:
    """The list of all claims."""
    known = findings(site)
    table = site.package.tables["claims"]
    texts = {name: len(rows) for name in sorted(site.values("claims", "made_in")) if (rows := site.where("claims", "made_in", name))}
    return Page("claims/", table.title, "claims.html", {
        "table": table, "findings": known, "channels": channels(site, list(known)), "total": len(site.rows("claims")),
        "numbers": {term: len(site.where("claims", "finding", term)) for term in known},
        "texts": [(record_item(site, "citations", name), number) for name, number in texts.items()]},
        about="What the texts that this dataset grew from claim, and what the evidence says of each claim.", part_of="claims/")


def channels(site: Site, terms: list[str]) -> list[Channel]:
    """The claims of each channel that has any, by finding."""
    made = []
    for channel, known in site.package.vocabularies["claim_channel"].terms.items():
        rows = site.where("claims", "channel", channel)
        claims = {term: [claim(site, row) for row in rows if row["finding"] == term] for term in terms}
        if rows:
            made.append(Channel(channel, Item(known.title, means=known.definition), claims, len(rows)))
    return made


def claim(site: Site, row: Row) -> Claim:
    """A claim in the list."""
    identifier, text = row["claim_id"], site.row("citations", row["made_in"])
    made_in = replace(record_item(site, "citations", row["made_in"]), text=f"{text['publisher']}, {text['published'][:4] or 'no date'}")
    return Claim(row, record_item(site, "claims", identifier), made_in,
                 len(site.where("claim_citations", "claim_id", identifier)), len(site.where("claim_records", "claim_id", identifier)))


def claim_page(site: Site, record: Record) -> Page:
    """The page of one claim."""
    page, table = record_page(site, record), record.table
    column: dict[str, Cell] = {name: cell(site, table, table.by_name[name], record.row[name]) for name in ("made_in", "channel")}
    return replace(page, template="claim.html", values={
        **page.values, "finding": findings(site)[record.row["finding"]], "column": column,
        "countries": [record_item(site, "countries", row["country_code"]) for row in record.links.get("claim_countries", [])],
        "organizations": [record_item(site, "organizations", row["organization_id"])
                          for row in record.links.get("claim_organizations", [])],
        "records": records(site, record.links.get("claim_records", []))})


def records(site: Site, links: list[Row]) -> list[tuple[str, str, Listing]]:
    """The records that bear on a claim: for each table its name, its title and the records."""
    names = list(dict.fromkeys(row["table"] for row in links))
    return [(name, site.package.tables[name].title, of_records(
        site, name, [record_line(site, name, row["record_id"]) for row in links if row["table"] == name])) for name in names]
