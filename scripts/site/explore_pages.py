"""The lists of records that can be searched: a plain list in pages, which the script of the page replaces by a table with filters."""

from __future__ import annotations

from collections.abc import Iterator

from ..package import Table
from ..records import Row
from . import address
from .cells import Cell, Item, cell
from .content import Site
from .explore_data import script, section
from .page import Page
from .settings import Explorer

PAGE_SIZE = 500  # records on a page of the plain list
AROUND = 2  # pages before and after a page that it links by number
SCRIPTS = ("dataTables.min.js", "explore.js")


def pages(site: Site) -> Iterator[Page]:
    """The pages of each list."""
    for name, explorer in site.own.explorers.items():
        yield from pages_of(site, site.package.tables[name], explorer)


def pages_of(site: Site, table: Table, explorer: Explorer) -> Iterator[Page]:
    """The pages of one list; the first has the explorer too."""
    rows, place, title = site.rows(table.name), f"{section(table)}/", section(table).capitalize()
    records = site.package.tables[table.targets.get(table.id, table.name)]
    parts = [rows[start:start + PAGE_SIZE] for start in range(0, len(rows), PAGE_SIZE)] or [[]]
    shown = [name for name in explorer.columns if table.by_name[name].type != "list"]
    for number, part in enumerate(parts, 1):
        yield Page(page_place(place, number), title + (f", page {number:,}" if number > 1 else ""), "explore.html", {
            "records": records, "noun": section(table), "total": len(rows), "number": number, "last": len(parts),
            "first_row": (number - 1) * PAGE_SIZE + 1, "links": list(links(place, number, len(parts))),
            "file": f"downloads/{table.path}", "heads": [table.by_name[name].title for name in shown],
            "rows": [plain(site, table, row, shown) for row in part]},
            about=records.description, part_of=place, scripts=(script(table), *SCRIPTS) if number == 1 else ())


def page_place(place: str, number: int) -> str:
    """The place of a page of the plain list."""
    return place if number == 1 else f"{place}page/{number}/"


def links(place: str, number: int, last: int) -> Iterator[Item]:
    """Links from one page of the plain list to others, by which every page can be reached: the first and the last, and those around."""
    near = range(max(1, number - AROUND), min(last, number + AROUND) + 1)
    for one in sorted({1, *near, last}):
        yield Item(f"{one:,}", "" if one == number else page_place(place, one))


def plain(site: Site, table: Table, row: Row, shown: list[str]) -> list[Cell]:
    """The cells of a record in the plain list; the first leads to its page, and shows its id where it is empty."""
    first, *others = (cell(site, table, table.by_name[name], row[name]) for name in shown)
    text = first.items[0].text if first.items else row[table.id]
    leading = Item(text, address.of_record(table.targets.get(table.id, table.name), row[table.id]))
    return [Cell(first.name, first.title, "", "", (leading,)), *others]
