"""Deployments by the year in which they are first dated, and how far they came: the chart, and the page that its bars lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import altair as alt

from ..records import Row
from .cells import Item, record_item
from .chart import COLOURS, PAPER, SOFT, WIDTH, Cell, Chart, svg, to, values
from .content import Site
from .lists import explorer
from .page import Page, count

NAME, TABLE, FLAT, PLACE = "years", "deployments", "deployments_flat", "years/"
DATES = ("announced_year", "started_year")
UNDATED = "Undated"
HEIGHT = 300
MARGINS = {"left": 6, "top": 20, "right": 6, "bottom": 24}  # around the chart: for the number on the highest bar, and the years
LABELS = 24  # years that have room for their number on the axis
FILLS = (*COLOURS[:3], COLOURS[4], SOFT, PAPER)  # of the groups of statuses, from below; the last, outlined, is for later ones too
NOTE = ("The year is that of the announcement or the start, whichever is earlier; the status is the newest that a source states. More in a "
        "year may only mean that more was written about it, and of the newest year little was written yet.")


@dataclass(frozen=True)
class Group:
    """Deployments of one year (UNDATED for none) and one group of statuses."""

    year: str
    status: str
    number: int
    rows: list[Row]

    @property
    def anchor(self) -> str:
        return f"{self.year.lower()}-{self.number}"


@dataclass(frozen=True)
class Key:
    """A group of statuses in words beside the chart: the list of its deployments, its colour's place in the order, how many are drawn."""

    page: Item
    number: int
    total: int


def first_dated(row: Row) -> str:
    """The year of the announcement or the start of a deployment, whichever is earlier, as in the table of countries by year."""
    return min((row[column] for column in DATES if row[column]), default=UNDATED, key=int)


def groups(site: Site) -> dict[str, list[Group]]:
    """All deployments by year and group of statuses: every year from the first to the last, then the undated ones."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in site.rows(FLAT):
        found[first_dated(row), row["status"]].append(row)
    years = [int(year) for year, _ in found if year != UNDATED]
    columns = [*map(str, range(min(years), max(years) + 1) if years else ()), UNDATED]
    return {year: [Group(year, title, number, [row for term in terms for row in found.get((year, term), [])])
                   for number, (title, terms) in enumerate(site.own.status_groups.items(), 1)] for year in columns}


def chart(site: Site, here: str) -> Chart:
    """The chart for the page at the place `here`."""
    every = groups(site)
    undated = sum(len(group.rows) for group in every[UNDATED])
    picture = svg(drawing(every), here, NAME, "Stacked bars, one for each year")
    note = f"{NOTE} {count(undated, 'deployment')} without either date {'is' if undated == 1 else 'are'} not drawn."
    return Chart(NAME, "When deployments were announced or began, and how far they came", picture, "records of deployments",
                 ["Year", *site.own.status_groups, "All"], [line(year, some) for year, some in every.items()], note)


def line(year: str, some: list[Group]) -> list[Cell]:
    """A row of the table beside the chart."""
    total = sum(len(group.rows) for group in some)
    numbers = [*((len(group.rows), group.anchor) for group in some), (total, year.lower())]
    return [year, *({"text": number, "place": f"{PLACE}#{anchor}"} if number else 0 for number, anchor in numbers)]


def drawing(every: dict[str, list[Group]]) -> alt.LayerChart:
    """Bars of the dated deployments, with the number of each year on top."""
    dated = {year: some for year, some in every.items() if year != UNDATED}
    bars = [{"year": year, "number": len(group.rows), "order": group.number, "fill": FILLS[min(group.number, len(FILLS)) - 1],
             "says": f"{year}, {group.status.lower()}: {count(len(group.rows), 'deployment')}", "leads": to(f"{PLACE}#{group.anchor}")}
            for year, some in dated.items() for group in some if group.rows]
    totals = [{"year": year, "number": number, "text": f"{number:,}"} for year, some in dated.items()
              if (number := sum(len(group.rows) for group in some))]
    x = alt.X("year:O", title=None, scale=alt.Scale(domain=list(dated), paddingInner=0.15),
              axis=alt.Axis(labelAngle=0, ticks=False, values=list(dated)[::ceil(len(dated) / LABELS) or 1]))
    y = alt.Y("number:Q", title=None, stack="zero", axis=None)
    stacks = alt.Chart(values(bars)).mark_bar(stroke=PAPER, strokeWidth=1).encode(
        x, y, order="order:O", href="leads:N", description="says:N", color=alt.Color("fill:N", scale=None),
        stroke=alt.condition(alt.datum.fill == PAPER, alt.value(SOFT), alt.value(PAPER)))
    above = alt.Chart(values(totals)).mark_text(dy=-8, fontWeight="bold").encode(x, alt.Y("number:Q", axis=None), text="text:N")
    return alt.layer(stacks, above, width=WIDTH, height=HEIGHT, padding=MARGINS)


def keys(site: Site) -> list[Key]:
    """The groups of statuses, as they stand on one another in a bar, the uppermost first."""
    found = []
    for number, (title, terms) in enumerate(site.own.status_groups.items(), 1):
        total = sum(first_dated(row) != UNDATED for term in terms for row in site.where(FLAT, "status", term))
        found.append(Key(explorer(TABLE, title, status=terms), min(number, len(FILLS)), total))
    return found[::-1]


def pages(site: Site) -> Iterator[Page]:
    """The page of lists that the bars lead to."""
    lists = {year: [(group, [record_item(site, TABLE, row["deployment_id"]) for row in group.rows]) for group in some if group.rows]
             for year, some in groups(site).items()}
    yield Page(PLACE, "Deployments by year", "years.html", {"lists": {year: some for year, some in lists.items() if some}},
               about="Every deployment by the year in which it is first dated, and by status.", part_of="deployments/")
