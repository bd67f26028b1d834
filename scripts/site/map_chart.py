"""The map of deployments: a dot for each country, drawn once for each view that its switches can choose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import pi

import altair as alt

from ..records import Row
from .cells import Item, record_item
from .chart import COLOURS, LAND, PAPER, Cell, Chart, svg, to, values
from .content import Site
from .land import Point, land, place
from .lists import explorer
from .page import count

NAME, TABLE, FLAT, COUNTRY = "map", "deployments", "deployments_flat", "country_code"
WIDTH, HEIGHT = 1000, 440
PROJECTION = {"type": "equalEarth", "scale": 184, "translate": [500, 250], "rotate": [-11, 0, 0]}  # the eastern tip of Asia stays whole
LARGEST, NUMBERED = 22, 9  # radius in pixels of the largest dot, and of the smallest that has its number in it
NAMED = 8  # countries that a view names beside the map
NOTE = ("One dot a country, in the middle of its largest part; its area is the number of deployments recorded there. A deployment in "
        "several countries counts once, under its main one; an information operation under the one that it is aimed at. A large dot may "
        "only mean that more was written about a country. The map shows land and no borders: it says nothing about them.")

Filter = dict[str, list[str]]  # column of the flat table → values, one of which a deployment has


@dataclass(frozen=True)
class View:
    """What the map shows at one setting of its switches: the name of its marks, what it counts in words, the filter of the list that holds
    the same records, and how many deployments each country has, the most first."""

    name: str
    words: str
    filter: Filter
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Map:
    """The map: its chart, the two rows of switches, the views with what stands beside the map for each, and the countries of a
    deployment that it cannot show."""

    chart: Chart
    kinds: list[str]
    statuses: list[str]
    views: list[tuple[View, Item, list[Item]]]
    beside: list[Item]


def kinds(site: Site) -> dict[str, Filter]:
    """The first row of switches."""
    return {"All": {}, "Surveillance technology": {"technologies": sorted(site.settings.surveillance_technologies)},
            "AI stated": {"ai_basis": ["stated"]}}


def statuses(site: Site) -> dict[str, Filter]:
    """The second row of switches."""
    return {"Any status": {}, **{title: {"status": terms} for title, terms in site.own.map_statuses.items()}}


def views(site: Site) -> list[View]:
    """What can be chosen, the first of each row first."""
    found = []
    for first, (kind, what) in enumerate(kinds(site).items()):
        for second, (status, state) in enumerate(statuses(site).items()):
            chosen = {**what, **state}
            counts = Counter(row[COUNTRY] for row in site.rows(FLAT) if row[COUNTRY] and holds(site, row, chosen))
            found.append(View(f"what{first}_status{second}", ", ".join(title for title, some in ((kind, what), (status, state)) if some),
                              chosen, dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))))
    return found


def holds(site: Site, row: Row, wanted: Filter) -> bool:
    """Whether a row has one of the values of each column."""
    table = site.package.tables[FLAT]
    return all(set(row[name].split(table.by_name[name].delimiter) if table.by_name[name].type == "list" else [row[name]]) & set(terms)
               for name, terms in wanted.items())


def records(view: View, code: str, text: str) -> Item:
    """A link to the list of the records that a view counts for a country."""
    return explorer(TABLE, text, **{COUNTRY: code}, **view.filter)


def deployments_map(site: Site, here: str) -> Map:
    """The map for the page at the place `here`."""
    every = views(site)
    points = {code: place(code, site.label("countries", code)) for view in every for code in view.counts}
    picture = svg(drawing(site, every, points), here, NAME, "World map with a dot for each country")
    chart = Chart(NAME, "Where deployments are recorded", picture, "records of deployments; land: Natural Earth, drawn without borders",
                  heads(every), list(rows(site, every)), NOTE)
    beside = [records(every[0], code, f"{site.label('countries', code)} ({number})")
              for code, number in every[0].counts.items() if points[code] is None]
    return Map(chart, list(kinds(site)), list(statuses(site)), [(view, total(view), most(site, view)) for view in every], beside)


def total(view: View) -> Item:
    """What a view counts, with a link to its list."""
    text = f"{count(view.total, 'deployment')} in {count(len(view.counts), 'country', 'countries')}"
    return explorer(TABLE, text, **view.filter)


def most(site: Site, view: View) -> list[Item]:
    """The countries with most of what a view counts."""
    return [records(view, code, f"{site.label('countries', code)} {number:,}") for code, number in list(view.counts.items())[:NAMED]]


def heads(every: list[View]) -> list[str]:
    return ["Country", *(view.words or "All" for view in every)]


def rows(site: Site, every: list[View]) -> Iterator[list[Cell]]:
    """The table beside the map: a row a country, a column a view."""
    for code in every[0].counts:
        country = record_item(site, "countries", code)
        yield [{"text": country.text, "place": country.place},
               *({"text": view.counts[code], "place": records(view, code, "").place} if code in view.counts else 0 for view in every)]


def drawing(site: Site, every: list[View], points: dict[str, Point | None]) -> alt.LayerChart:
    """The land, and the dots of each view under its name."""
    scale = LARGEST ** 2 / max(every[0].counts.values(), default=1)
    layers = [alt.Chart(values([land()])).mark_geoshape(fill=LAND)]
    for view in every:
        rows = [dot(site, view, code, point, scale) for code in view.counts if (point := points[code])]
        layers += dots(view.name, rows) if rows else []
    return alt.layer(*layers, width=WIDTH, height=HEIGHT).project(**PROJECTION)


def dot(site: Site, view: View, code: str, point: Point, scale: float) -> dict:
    """A dot: where it stands, its area in square pixels, what it says, and where it leads."""
    number = view.counts[code]
    words = f"{site.label('countries', code)}: {count(number, 'deployment')}" + f" ({view.words.lower()})" * bool(view.words)
    return {"x": point[0], "y": point[1], "area": pi * number * scale, "says": words, "leads": to(records(view, code, words).place),
            "number": f"{number:,}" if number * scale >= NUMBERED ** 2 else ""}


def dots(name: str, rows: list[dict]) -> list[alt.Chart]:
    """The dots of a view, the largest below the others, with the numbers of those that have room for it."""
    at = {"longitude": "x:Q", "latitude": "y:Q"}
    circles = alt.Chart(values(rows), name=name).mark_circle(color=COLOURS[0], opacity=1, fillOpacity=0.85, stroke=PAPER, strokeWidth=1)
    numbers = alt.Chart(values([row for row in rows if row["number"]]), name=f"{name}_numbers").mark_text(color=PAPER, fontWeight="bold")
    return [circles.encode(size=alt.Size("area:Q", scale=None), href="leads:N", description="says:N", **at),
            numbers.encode(text="number:N", **at)]
