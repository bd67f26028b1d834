"""Small charts of bars under their labels, one row each, as narrow as a phone."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt
from markupsafe import Markup

from . import chart
from .content import Site

WIDTH, HEADING, ROW = 352, 22, 36  # pixels: of the chart, and the heights of a heading and of a row
THICK, GAP = 8, 8  # of a bar, and below it
CELLS = 46  # of a label or heading (see `cut`), so that it fits in the type of any reader
MARGINS = {"left": 6, "top": 24, "right": 6, "bottom": 4}  # around the chart: the axis stands above it
BY_EMPLOYER = "affiliation"  # the basis of a country that follows from the employer's seat alone
CHINA, OTHER, UNKNOWN = "china", "other", "unknown"
COLOURS = {CHINA: chart.COLOURS[6], OTHER: chart.COLOURS[0], UNKNOWN: chart.COLOURS[5]}


@dataclass(frozen=True)
class Stretch:
    """A stretch of an axis."""

    first: float
    last: float


@dataclass(frozen=True)
class Bar:
    """A row: its label, what it says in full, the place that it leads to, whose it is (a key of COLOURS), what is sure, what is possible,
    and the heading under which it stands with those before it that have the same."""

    label: str
    says: str
    place: str
    side: str
    solid: Stretch | None = None
    outline: Stretch | None = None
    heading: str = ""


def side(site: Site, country: str) -> str:
    """Whose a row with this country is."""
    return UNKNOWN if not country else CHINA if country == site.settings.china else OTHER


def drawing(bars: list[Bar], axis: alt.Axis, ends: Stretch, here: str, name: str, title: str) -> Markup:
    """The chart of some bars between two ends of an axis."""
    rows, headings, height = laid_out(bars, ends)
    scale, down = alt.Scale(domain=[ends.first, ends.last], nice=False), alt.Scale(domain=[height, 0], nice=False)
    colours = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    fill, stroke = (channel("side:N", legend=None, scale=colours) for channel in (alt.Fill, alt.Stroke))

    def box(part: str, top: str, bottom: str) -> list[alt.X | alt.X2 | alt.Y | alt.Y2]:
        return [alt.X(f"{part}_first:Q", axis=axis, scale=scale, title=None), alt.X2(f"{part}_last:Q"),
                alt.Y(f"{top}:Q", axis=None, scale=down), alt.Y2(f"{bottom}:Q")]

    def words(data: alt.Chart, weight: str, colour: str) -> alt.Chart:
        return data.mark_text(align="left", baseline="top", fontWeight=weight, color=colour).encode(
            alt.Y("top:Q", axis=None, scale=down), x=alt.value(0), text="label:N")

    base = alt.Chart(chart.values(rows), width=WIDTH, height=height)
    outlines = base.mark_rect(fill=chart.PAPER, strokeWidth=1).encode(*box("outline", "bar", "bottom"), stroke)
    solids = base.mark_rect(strokeWidth=2).encode(*box("solid", "bar", "bottom"), fill, stroke)
    links = base.mark_rect(fill="transparent").encode(*box("whole", "start", "bottom"), href="leads:N", description="says:N")
    labels = [words(base.transform_filter(alt.datum.side == CHINA), "bold", chart.INK),
              words(base.transform_filter(alt.datum.side != CHINA), "normal", chart.INK),
              words(alt.Chart(chart.values(headings)), "normal", chart.SOFT)]
    return chart.svg(alt.layer(outlines, solids, *labels, links, padding=MARGINS), here, name, title)


def laid_out(bars: list[Bar], ends: Stretch) -> tuple[list[dict], list[dict], float]:
    """The rows of a chart and their headings, each with its place from the top, and the height of all."""
    rows, headings, top, heading = [], [], 0.0, ""
    for bar in bars:
        if bar.heading != heading:
            heading = bar.heading
            headings.append({"label": chart.cut(heading, CELLS), "top": top + GAP})
            top += HEADING
        rows.append({"label": chart.cut(bar.label, CELLS), "says": bar.says, "leads": chart.to(bar.place), "side": bar.side,
                     "start": top, "top": top + GAP / 2, "bar": top + ROW - GAP - THICK, "bottom": top + ROW - GAP,
                     **edges("whole", ends), **edges("solid", bar.solid), **edges("outline", bar.outline)})
        top += ROW
    return rows, headings, top


def edges(name: str, stretch: Stretch | None) -> dict[str, float | None]:
    """The two ends of a stretch as cells of a row."""
    return {f"{name}_first": stretch and stretch.first, f"{name}_last": stretch and stretch.last}
