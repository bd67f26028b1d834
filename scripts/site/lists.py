"""Records as the lines of a list: what each is called, some of its columns, and what to know before using it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from ..derive.flat import PARTIES
from ..package import MISSING, Table
from ..records import Row
from . import address
from .cells import Cell, Item, cell, item, record_item
from .content import Site

LONGEST = 100  # lines of one list on a page
COLUMNS = {  # table → columns of a line, beside the first that its label names
    "deployments": ("country_code", "status", "announced_year", "started_year", "channel", "technologies", "suppliers", "ai_basis"),
    "standards_roles": ("holder", "body_id", "committee", "affiliation_id", "country_code", "started_year", "ended_year"),
    "policy_statements": ("issuer_id", "statement_type", "scope", "issued_year", "instrument_kind"),
    "organizations": ("organization_type", "country_code"),
    "citations": ("publisher", "published", "citation_type", "access"),
    "claims": ("finding", "channel")}
IDS = {names: f"{role}_ids" for role, names in PARTIES.items()}  # columns with names of organizations → those with their ids
DISPUTED, ALONE = "some part disputed", "one publisher"


@dataclass(frozen=True)
class Line:
    """A line: the record with its page, its columns, and remarks in words."""

    page: Item
    cells: tuple[Cell, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Lines under a title ('' for none), and how many belong there."""

    title: str
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True)
class Kept:
    """Records of one kind by what they are called: those that a page shows, and how many there are."""

    what: str
    items: tuple[Item, ...]
    total: int


@dataclass(frozen=True)
class Listing:
    """A list: the title of its first column, its groups, how many lines there are in all, how many of them it shows, and places where
    all are."""

    heading: str
    groups: tuple[Group, ...] = ()
    total: int = 0
    shown: int = 0
    everything: tuple[Item, ...] = ()

    @property
    def heads(self) -> tuple[Cell, ...]:
        """The columns after the first."""
        return next((line.cells for group in self.groups for line in group.lines), ())


def listing(heading: str, groups: dict[str, list[Line]], everything: Sequence[Item] = ()) -> Listing:
    """A list of lines in groups (title → lines), without empty groups and empty columns, cut after LONGEST lines."""
    filled = {title: lines for title, lines in groups.items() if lines}
    every = [line for lines in filled.values() for line in lines]
    columns = [at for at in range(len(every[0].cells)) if any(line.cells[at].items for line in every)] if every else []
    made, left = [], LONGEST
    for title, lines in filled.items():
        made.append(Group(title, tuple(replace(line, cells=tuple(line.cells[at] for at in columns)) for line in lines[:left]), len(lines)))
        left = max(left - len(lines), 0)
    return Listing(heading, tuple(made), len(every), min(len(every), LONGEST), tuple(everything))


def kept(groups: dict[str, list[Item]]) -> list[Kept]:
    """Records by kind (title → records), without empty kinds, cut after LONGEST records."""
    made, left = [], LONGEST
    for what, some in groups.items():
        if some:
            made.append(Kept(what, tuple(some[:left]), len(some)))
            left = max(left - len(some), 0)
    return made


def of_records(site: Site, name: str, lines: Iterable[Line] | dict[str, list[Line]], everything: Sequence[Item] = ()) -> Listing:
    """A list of records of one table, in groups or as one."""
    table = site.package.tables[name]
    return listing(table.by_name[table.label[0]].title, lines if isinstance(lines, dict) else {"": list(lines)}, everything)


def flat(site: Site, name: str) -> Table:
    """The table that has all columns of a record of this one: its flat one, where there is one."""
    return site.package.tables.get(f"{name}_flat", site.package.tables[name])


def record_line(site: Site, name: str, identifier: str, leave_out: Sequence[str] = (), marks: Sequence[str] = ()) -> Line:
    """A record of a table as a line."""
    table = flat(site, name)
    row = site.row(table.name, identifier)
    first = site.package.tables[name].label[0]
    text = item(site, table, table.by_name[first], row[first]).text
    return Line(Item(text, address.of_record(name, identifier) if site.has_page(name, identifier) else ""),
                tuple(column(site, table, row, one) for one in COLUMNS[name] if one not in leave_out),
                (*marks, *quality_marks(site, name, identifier)))


def column(site: Site, table: Table, row: Row, name: str) -> Cell:
    """A cell of a flat table, its organizations with their pages."""
    field = table.by_name[name]
    if name not in IDS:
        return cell(site, table, field, row[name])
    ids = [one for one in row[IDS[name]].split(field.delimiter) if one != MISSING]
    return replace(cell(site, table, field, MISSING), items=tuple(record_item(site, "organizations", one) for one in ids))


def quality_marks(site: Site, name: str, identifier: str) -> list[str]:
    """What `record_quality` says that a reader should know before using a record."""
    rows = [row for row in site.where("record_quality", "record_id", identifier) if row["table"] == name]
    return [mark for row in rows for mark, holds in ((DISPUTED, row["disputed"] == "true"), (ALONE, row["independent_publishers"] == "1"))
            if holds]


def explorer(table: str, text: str, **columns: str | list[str]) -> Item:
    """A link to the list of all records of a table that have these values in these columns."""
    return Item(text, f"{address.SECTIONS[table]}/?{urlencode(columns, doseq=True)}")


def issued(site: Site, column: str, value: str) -> Listing:
    """The statements that have a value in a column, such as their issuer or its country; the newest first."""
    lines = [record_line(site, "policy_statements", row["statement_id"], [column])
             for row in site.where("policy_statements", column, value)]
    return of_records(site, "policy_statements", sorted(lines, key=newest_first),
                      [explorer("policy_statements", "These in the list of statements", **{column: value})])


def newest_first(line: Line) -> tuple:
    """The order of lines by their first year, those without one last, then by what they are called."""
    years = [one.text for cell in line.cells if cell.name.endswith("_year") for one in cell.items]
    return (-int(min(years)) if years else 0, line.page.text, line.page.place)
