"""A page for each deployment, role, statement and source, and for each record that was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..derive.quality import READ
from ..history import WITHDRAWN
from ..package import Table
from ..records import Record, Row, complete
from . import address
from .cells import Cell, Item, cells, record_item
from .closing import closing
from .content import Site
from .lists import record_line
from .page import Page
from .structured import of_record

TABLES = ("deployments", "standards_roles", "policy_statements", "citations")


@dataclass(frozen=True)
class Use:
    """What a source says for a record: its stance, the columns by their titles, and where in the source."""

    stance: str
    columns: tuple[str, ...]
    locator: str


@dataclass(frozen=True)
class Source:
    """A source of a record: its cells, whether it was read, and what it is linked for."""

    row: Row
    page: Item
    kind: str
    access: str
    read: bool
    uses: tuple[Use, ...]


@dataclass(frozen=True)
class Group:
    """Rows of a table that belong to a record: its title, the rows as cells, and an anchor for each row where it has one."""

    name: str
    title: str
    rows: list[list[Cell]]
    anchors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Users:
    """Records that name this one: the table and the column, and the records, each with what this one says for it if it is a source."""

    title: str
    records: list[tuple[Item, tuple[Use, ...]]]


def pages(site: Site) -> Iterator[Page]:
    """The pages of all records, then of withdrawn ones."""
    for name in TABLES:
        table = site.package.tables[name]
        for row in site.rows(name):
            yield record_page(site, complete(site.tables, Record(table, row)))
    for row in site.rows(WITHDRAWN):
        if row["table"] in address.SECTIONS:
            yield withdrawn_page(site, row)


def record_page(site: Site, record: Record) -> Page:
    """The page of one record."""
    table, place = record.table, address.of_record(record.table.name, record.id)
    title = site.label(table.name, record.id)
    text = record.row.get("summary") or record.row.get("claim") or ""
    return Page(place, title, "record.html", {
        "table": table, "record": record, "head": record_line(site, table.name, record.id), "lead": text,
        "cells": list(cells(site, table, record.row, leave_out=("title", "summary", "claim"))), "groups": list(groups(site, record)),
        "sources": list(sources(site, record)), "users": list(users(site, record)), "quality": quality(site, record),
        **closing(site, table.name, record.id, title)}, about=text or title, part_of=f"{address.SECTIONS[table.name]}/",
        linked_data=of_record(site, record, title, place))


def groups(site: Site, record: Record) -> Iterator[Group]:
    """The rows that belong to a record, but those that link it to its sources."""
    for name, rows in record.links.items():
        table = site.package.tables[name]
        rows = sorted(rows, key=lambda row, table=table: by_name(site, table, row))
        filled = [column for column in table.columns if column != table.id and any(row[column] for row in rows)]
        leave_out = [column for column in table.columns if column not in filled]
        yield Group(name, table.title, [[by_publisher(site, one, row) for one in cells(site, table, row, leave_out)] for row in rows],
                    [anchor(table, row) for row in rows] if len(table.primary_key) == 2 else [])


def by_name(site: Site, table: Table, row: Row) -> str:
    """What rows of countries are sorted by, whose codes a reader does not see; others stay as they are."""
    column = table.primary_key[1]
    return site.label("countries", row[column]) if table.targets.get(column) == "countries" else ""


def by_publisher(site: Site, known: Cell, row: Row) -> Cell:
    """A cell of such a row, of which a source is called by its publisher: many rows rest on one source, and its title is long."""
    if known.name != "citation_id" or not known.items:
        return known
    return replace(known, items=(replace(known.items[0], text=site.row("citations", row["citation_id"])["publisher"]),))


def anchor(table: Table, row: Row) -> str:
    """The anchor, on the page of a record, of a row that belongs to it and that one more column tells from the others."""
    column = table.primary_key[1]
    return f"{column}-{row[column]}"


def sources(site: Site, record: Record) -> Iterator[Source]:
    """The sources of a record, those that dispute something last; each once, with all that it is linked for."""
    found: dict[str, tuple[Row, list[Row]]] = {}
    for link, citation in sorted(record.sources, key=lambda pair: pair[0].get("stance", "supports") != "supports"):
        found.setdefault(link["citation_id"], (citation, []))[1].append(link)
    for key, (citation, links) in found.items():
        yield Source(citation, record_item(site, "citations", key), site.term("citation_type", citation["citation_type"]),
                     site.term("access", citation["access"]), citation["access"] in READ,
                     tuple(use(site, record.table, link) for link in links if "supports" in link))


def use(site: Site, table: Table, link: Row) -> Use:
    """What one link says of a record of a table: a column by its title, and a list of rows (`parties`) by its name."""
    names = link["supports"].split(site.tables.link_to_sources(table.name).by_name["supports"].delimiter)
    titles = [table.by_name[name].title if name in table.by_name else name.replace("_", " ").capitalize() for name in names]
    return Use(link["stance"], tuple(titles), link["locator"])


def users(site: Site, record: Record) -> Iterator[Users]:
    """The records that name this one, by the table and column in which they do."""
    for (name, column), ids in record.used_by.items():
        table = site.package.tables[name]
        owner = site.package.tables[table.owner]
        title = owner.title if column in ("record_id", "citation_id") or table.is_link else f"{owner.title}: {table.by_name[column].title}"
        says: dict[str, list[Use]] = {}
        for link in site.where(name, column, record.id) if "supports" in table.by_name else ():
            says.setdefault(link[table.id], []).append(use(site, owner, link))
        yield Users(title, [(record_item(site, table.owner, one), tuple(says.get(one, ()))) for one in ids])


def quality(site: Site, record: Record) -> list[Cell]:
    """The row of `record_quality` for the record; nothing where there is none."""
    table = site.package.tables["record_quality"]
    return [cell for row in site.where("record_quality", "record_id", record.id) if row["table"] == record.table.name
            for cell in cells(site, table, row, leave_out=("table",))]


def withdrawn_page(site: Site, row: Row) -> Page:
    """The page of a record that was withdrawn: since when, why, and what replaces it."""
    table, identifier = site.package.tables[row["table"]], row["record_id"]
    heir = record_item(site, row["table"], row["replaced_by"]) if row["replaced_by"] else None
    return Page(address.of_record(table.name, identifier), f"{identifier} (withdrawn)", "withdrawn.html", {
        "table": table, "row": row, "heir": heir, "history": site.history.get((table.name, identifier), [])},
        about=f"A record that was withdrawn on {row['withdrawn_on']}: {row['reason']}", part_of=f"{address.SECTIONS[table.name]}/")
