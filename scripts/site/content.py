"""What all pages are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..derive.settings import Settings
from ..package import RECORDED, Package, Table
from ..previous import Previous
from ..records import Row, by_value, every_row, row_of, where
from ..revisions import Revision
from ..tables import Tables
from . import address
from .settings import SiteSettings

DOWNLOADS = "downloads"  # the folder with the release


@dataclass(frozen=True, eq=False)
class Site:
    """All tables as text cells, recorded, derived and flat; the settings of the derived ones and of the site; the release before; the
    commits that changed each record; the address at which the site will stand and that of the repository, '' where not known; the
    folder with the release as it was written, or None."""

    tables: Tables
    settings: Settings
    own: SiteSettings
    before: Previous
    history: dict[tuple[str, str], list[Revision]] = field(default_factory=dict)
    url: str = ""
    repository: str = ""
    downloads: Path | None = None

    @property
    def package(self) -> Package:
        return self.tables.package

    def rows(self, table: str) -> list[Row]:
        """The rows of a table, column → cell."""
        return every_row(self.tables, table)

    def where(self, table: str, column: str, value: str) -> list[Row]:
        """The rows of a table with this value in this column."""
        return where(self.tables, table, column, value)

    def row(self, table: str, identifier: str) -> Row:
        """The row of a record; empty cells where there is none."""
        return row_of(self.tables, table, identifier)

    def label(self, table: str, identifier: str) -> str:
        """What a person calls a record: the cells that its table's `label` names, in words, or the id itself."""
        described, row = self.package.tables[table], self.row(table, identifier)
        return ", ".join(self.words(described, column, row[column]) for column in described.label if row[column]) or identifier

    def words(self, table: Table, column: str, value: str) -> str:
        """A value of a column in words: a record by what it is called, a term by its title."""
        if column in table.targets:
            return self.label(table.targets[column], value)
        vocabulary = table.by_name[column].vocabulary
        return self.term(vocabulary, value) if vocabulary else value

    def values(self, table: str, column: str) -> set[str]:
        """What stands in a column."""
        return set(by_value(self.tables, table, column))

    def term(self, vocabulary: str, term: str) -> str:
        """The title of a term."""
        known = self.package.vocabularies[vocabulary].terms.get(term)
        return known.title if known else term

    @cached_property
    def countries(self) -> frozenset[str]:
        """The codes of countries and areas that occur in the dataset and so have a page."""
        used = {value for content in self.tables if content.table.folder == RECORDED for column, target in content.table.targets.items()
                if target == "countries" for value in by_value(self.tables, content.table.name, column)}
        return frozenset(used & self.values("countries", "country_code"))

    def has_page(self, table: str, identifier: str) -> bool:
        """Whether a record has a page of its own."""
        if table == "countries":
            return identifier in self.countries
        known = self.package.tables[table]
        return table in address.SECTIONS and bool(identifier) and bool(self.where(table, known.id, identifier))
