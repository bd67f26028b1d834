"""The cells of a record as a page shows them: each column with its definition, each value with what it means and where it leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..package import MISSING, Field, Table
from ..records import Row
from . import address
from .content import Site

OWN_SCRIPT = ("name_local", "title_local")  # columns in the script of a language that is not recorded
ADDRESSES = ("url", "archive_url")  # columns that hold an address of the web


@dataclass(frozen=True)
class Item:
    """One value: its text, the place of the page that it names ('' for none), an address of the web that it is, and what the term
    means."""

    text: str
    place: str = ""
    url: str = ""
    means: str = ""


@dataclass(frozen=True)
class Cell:
    """A column of a record: its title, what it holds (Markdown), its place in the codebook, and its values; none where it is empty."""

    name: str
    title: str
    description: str
    place: str
    items: tuple[Item, ...] = ()
    own_script: bool = False
    dated: bool = False


def cells(site: Site, table: Table, row: Row, leave_out: Sequence[str] = ()) -> Iterator[Cell]:
    """All cells of a row but its id and some columns, the empty ones too."""
    for field in table.fields:
        if field.name not in (table.id, *leave_out):
            yield cell(site, table, field, row[field.name])


def cell(site: Site, table: Table, field: Field, value: str) -> Cell:
    """One cell."""
    return Cell(field.name, field.title, field.description, f"codebook/#{table.name}.{field.name}",
                tuple(items(site, table, field, value)), field.name in OWN_SCRIPT, field.is_date)


def items(site: Site, table: Table, field: Field, value: str) -> Iterator[Item]:
    """The values of a cell; none where it is empty."""
    if value == MISSING:
        return
    for part in value.split(field.delimiter) if field.type == "list" else [value]:
        yield item(site, table, field, part)


def item(site: Site, table: Table, field: Field, value: str) -> Item:
    """One value."""
    target = table.targets.get(field.name)
    if target:
        return record_item(site, target, value)
    if field.type == "boolean":
        return Item("Yes" if value == "true" else "No")
    if field.columns_of or not field.vocabulary:
        return Item(amount(value) if field.type == "integer" and not field.name.endswith("year") else value,
                    url=value if field.name in ADDRESSES else "")
    term = site.package.vocabularies[field.vocabulary].terms.get(value)
    return Item(term.title, means=term.definition) if term else Item(value)


def record_item(site: Site, table: str, identifier: str) -> Item:
    """A record as a value: what it is called, and its page."""
    return Item(site.label(table, identifier), address.of_record(table, identifier) if site.has_page(table, identifier) else "")


def amount(value: str) -> str:
    """A whole number with its thousands apart."""
    return f"{int(value):,}"
