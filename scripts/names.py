"""What people call countries, organizations, records and pages, and which of them is meant; and ids for new ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from slugify import slugify

from schemas.citations import normal

from . import near
from .fill import clean_url
from .package import Table
from .problem import did_you_mean, nearest, plain
from .tables import Tables

LONGEST = 70  # characters of an id that is made up
LEGAL = frozenset({"technologies", "technology", "tech", "sa", "ag", "plc", "gmbh"})  # words that names of firms are given with or without


@dataclass
class Names:
    """The names in tables. `made` are ids that were made up here."""

    tables: Tables
    made: set[str] = field(default_factory=set)

    @cached_property
    def owners(self) -> dict[str, Table]:
        """The table of each record."""
        return {record: content.table for content in self.tables if content.table.is_record for record in content.rows[content.table.id]}

    @cached_property
    def countries(self) -> dict[str, str]:
        """Name, code or `Name (CODE)` of a country → its code."""
        found = {}
        for code, name in self.tables["countries"][["country_code", "name"]].itertuples(index=False, name=None):
            found |= dict.fromkeys((plain(name), plain(f"{name} ({code})"), plain(code)), code)
        return found

    @cached_property
    def organizations(self) -> dict[str, str]:
        """Id or name of an organization → its id."""
        rows = self.tables["organizations"]
        named = {plain(name): id_ for column in ("name_local", "name", "organization_id")
                 for id_, name in zip(rows.organization_id, rows[column], strict=True)}
        return {name: id_ for name, id_ in named.items() if name}

    @cached_property
    def kinds(self) -> dict[str, tuple[str, str]]:
        """Id of an organization → its type and country."""
        rows = self.tables["organizations"]
        return dict(zip(rows.organization_id, zip(rows.organization_type, rows.country_code, strict=True), strict=True))

    @cached_property
    def pages(self) -> dict[str, str]:
        """Address of a page, without what makes no difference → the id of its citation."""
        rows = self.tables["citations"]
        return {same_address(url): id_ for id_, url in zip(rows.citation_id, rows.url, strict=True) if url}

    def country(self, text: str) -> str | None:
        """The code of a country."""
        return self.countries.get(plain(text))

    def organization(self, text: str) -> str | None:
        """The id of an organization."""
        return self.organizations.get(plain(text))

    def near_organization(self, text: str) -> str:
        """The name of an organization that is nearly the same: the words of one stand in the other; empty where none is."""
        def kernel(name: str) -> frozenset[str]:
            return near.words(name) - LEGAL

        names, wanted = self.tables["organizations"]["name"], kernel(text[:LONGEST * 3])
        within = [name for name in names if wanted and (words := kernel(name)) and (words <= wanted or wanted <= words)]
        return min(within, key=lambda name: len(kernel(name) ^ wanted), default="") or nearest(text, names) or ""

    def page(self, url: str) -> str | None:
        """The id of the citation of a page."""
        return self.pages.get(same_address(url))

    def near_country(self, text: str) -> str:
        """A hint for what is no country."""
        return did_you_mean(text, self.tables["countries"]["name"]) or "Write its English name or three-letter code."

    def new_id(self, *parts: str) -> str:
        """An id of these parts that no record has or had."""
        base = slugify(" ".join(parts), max_length=LONGEST, word_boundary=True, save_order=True) or "untitled"
        taken = {*self.tables["withdrawn"].record_id, *self.made}
        number, made = 1, base
        while made in self.owners or made in taken:
            number += 1
            made = f"{base}-{number}"
        self.made.add(made)
        return made


def same_address(url: str) -> str:
    """An address without what leads to the same page."""
    return normal(clean_url(url))
