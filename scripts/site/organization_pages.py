"""A page for each organization: what it supplies and where, its roles and statements, parents and subsidiaries, claims about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..derive.flat import PARTIES
from ..package import MISSING
from ..records import Row
from . import address
from .cells import Item, cells, record_item
from .closing import closing
from .content import Site
from .lists import Listing, explorer, issued, newest_first, of_records, record_line
from .page import Page
from .structured import of_organization

OTHER_PARTIES = "other_party_ids"  # column of the flat table with the organizations of all roles that have no column of their own


@dataclass(frozen=True)
class Where:
    """The deployments of one role that are recorded under one country: their first year ('' where none is dated), their number with the
    list of them."""

    country: Item
    first_year: str
    all: Item


@dataclass(frozen=True)
class Part:
    """A role that an organization has in deployments: its term, how many deployments, how many of them operational, by country, and
    all of them."""

    term: str
    what: Item
    number: int
    operational: int
    first_year: str
    countries: list[Where]
    deployments: Listing


@dataclass(frozen=True)
class Branch:
    """An organization and those below it."""

    organization: Item
    children: tuple[Branch, ...]

    @property
    def below(self) -> int:
        """How many organizations stand below it."""
        return sum(1 + child.below for child in self.children)


def pages(site: Site) -> Iterator[Page]:
    """The pages of all organizations."""
    for row in site.rows("organizations"):
        yield organization_page(site, row)


def organization_page(site: Site, row: Row) -> Page:
    """The page of one organization."""
    identifier, table = row["organization_id"], site.package.tables["organizations"]
    above = parents(site, identifier)
    return Page(address.of_record("organizations", identifier), row["name"], "organization.html", {
        "row": row, "kind": site.term("organization_type", row["organization_type"]),
        "country": record_item(site, "countries", row["country_code"]) if row["country_code"] else None,
        "parts": parts(site, identifier), "as_affiliation": roles(site, "affiliation_id", identifier),
        "as_body": roles(site, "body_id", identifier), "statements": issued(site, "issuer_id", identifier),
        "above": [record_item(site, "organizations", one) for one in above], "tree": branch(site, identifier, frozenset(above)),
        "claims": of_records(site, "claims", [record_line(site, "claims", one["claim_id"])
                                              for one in site.where("claim_organizations", "organization_id", identifier)]),
        "cells": list(cells(site, table, row)), **closing(site, "organizations", identifier, row["name"])},
        about=f"{row['name']}: what is recorded of it in deployments, standards bodies and policy statements.",
        part_of="organizations/", linked_data=of_organization(site, row, above[-1] if above else MISSING))


def parts(site: Site, identifier: str) -> list[Part]:
    """The roles of an organization in deployments, in the order of their vocabulary."""
    found: dict[str, list[str]] = {}
    for row in site.where("deployment_parties", "organization_id", identifier):
        found.setdefault(row["party_role"], []).append(row["deployment_id"])
    others = [term for term in found if term not in PARTIES]
    asked = {term: {f"{term}_ids" if term in PARTIES else OTHER_PARTIES: identifier} for term in found
             if term in PARTIES or len(others) == 1}  # a list of deployments cannot tell two other roles apart
    return [part(site, term, Item(known.title, means=known.definition), found[term], asked.get(term, {}))
            for term, known in site.package.vocabularies["party_role"].terms.items() if term in found]


def part(site: Site, term: str, what: Item, ids: list[str], asked: dict[str, str]) -> Part:
    """One role of an organization in deployments, by country in the order of their numbers. `asked` is what the list of deployments
    must be asked for to show these, empty where it cannot."""
    by_country: dict[str, list[str]] = {}
    for one in ids:
        by_country.setdefault(site.row("deployments", one)["country_code"], []).append(one)
    lines, countries = [], []
    for code, some in sorted(by_country.items(), key=lambda pair: (-len(pair[1]), site.label("countries", pair[0]))):
        lines += sorted((record_line(site, "deployments", one, ["suppliers"]) for one in some), key=newest_first)
        countries.append(Where(record_item(site, "countries", code), first_year(site, some),
                               explorer("deployments", f"{len(some):,}", country_code=code, **asked) if asked else Item(f"{len(some):,}")))
    everything = [explorer("deployments", "These in the list of deployments", **asked)] if asked else []
    operational = sum(site.row("deployments", one)["status"] == "operational" for one in ids)
    return Part(term, what, len(ids), operational, first_year(site, ids), countries, of_records(site, "deployments", lines, everything))


def first_year(site: Site, ids: list[str]) -> str:
    """The earliest year to which one of these deployments is dated, by its announcement or start; '' where none is."""
    rows = [site.row("deployments_flat", one) for one in ids]
    return min((row[column] for row in rows for column in ("announced_year", "started_year") if row[column]), default="")


def roles(site: Site, column: str, identifier: str) -> Listing:
    """The roles in standards bodies that name an organization in a column, the newest first."""
    lines = [record_line(site, "standards_roles", row["role_id"], [column]) for row in site.where("standards_roles", column, identifier)]
    return of_records(site, "standards_roles", sorted(lines, key=newest_first),
                      [explorer("standards_roles", "These in the list of roles", **{column: identifier})])


def parents(site: Site, identifier: str) -> list[str]:
    """The organizations above one, the topmost first."""
    above: list[str] = []
    parent = site.row("organizations", identifier)["parent_organization_id"]
    while parent not in (MISSING, identifier, *above):
        above.insert(0, parent)
        parent = site.row("organizations", parent)["parent_organization_id"]
    return above


def branch(site: Site, identifier: str, passed: frozenset[str]) -> Branch:
    """An organization with all below it, but those that stand above it too."""
    passed |= {identifier}
    children = [row["organization_id"] for row in site.where("organizations", "parent_organization_id", identifier)]
    return Branch(record_item(site, "organizations", identifier),
                  tuple(branch(site, child, passed) for child in children if child not in passed))
