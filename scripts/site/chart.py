"""A chart as pages show it: drawn by Vega, in the colours and the type of the page, with marks that link to what they stand for."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import altair as alt
import vl_convert
from lxml import etree
from markupsafe import Markup

from . import address
from .page import shown

COLOURS = tuple(f"var(--c{number})" for number in range(1, 8))  # of the stylesheet, for light and dark
INK, SOFT, LINE, LAND, PAPER = "var(--ink)", "var(--soft)", "var(--line)", "var(--land)", "var(--paper)"
WIDTH = 720  # of the drawing in pixels, where nothing speaks against it
SITE = "https://site.invalid/"  # stands for the root of the site until the page of the chart is known
SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
FRAMES = ("background", "foreground")  # classes of frames that Vega draws round every group
ROUNDED = re.compile(r"-?[0-9]+\.[0-9]{2,}")  # numbers that are finer than a tenth of a pixel
DROPPED = ("role", "aria-roledescription", "aria-label", "font-family", "pointer-events")  # what Vega says for a page of its own
STYLE = {  # nothing that depends on how wide a text is: the fonts of the machine would decide it
    "autosize": "none", "padding": 6,
    "background": "transparent", "view": {"stroke": None}, "text": {"color": INK, "fontSize": 12},
    "axis": {"labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
             "domainColor": LINE, "tickColor": LINE, "gridColor": LINE, "labelLimit": 0, "labelOverlap": False},
    "bar": {"color": COLOURS[0]}, "point": {"color": COLOURS[0]}, "line": {"color": COLOURS[0]}}

Cell = str | int | float | Mapping  # a mapping has `text` and `place`


@dataclass(frozen=True)
class Chart:
    """A chart with its words, as the macro `figure` shows it: a name that no other figure of the page has, the title, what is drawn and
    what to keep in mind, the drawing, where the numbers come from, and the same numbers as a table: the heads, and rows of cells."""

    name: str
    title: str
    svg: Markup
    source: str
    heads: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    note: str = ""


def to(place: str) -> str:
    """A place of the site as the channel `href` of a mark takes it; `svg` makes it a link from the page."""
    return SITE + place


def values(rows: list[dict]) -> alt.InlineData:
    """Rows as the data of an Altair chart, however many."""
    return alt.InlineData(values=rows)


def cut(text: str, cells: int) -> str:
    """A text as pages show it in a row of so many cells, with a mark where it was cut."""
    ends = list(accumulate(map(cells_of, text := shown(text))))
    return text if not ends or ends[-1] <= cells else f"{text[:bisect_right(ends, cells - 1)].rstrip()}…"


def cells_of(sign: str) -> int:
    """How many cells a sign takes: a letter one, one of East Asian writing two, an accent over a letter none."""
    return 0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def svg(drawing: alt.TopLevelMixin, here: str, name: str, label: str) -> Markup:
    """An Altair chart as SVG for the page at the place `here`, with the margins of STYLE or its own. `name` is that of the figure,
    `label` says to those who cannot see it what is drawn. A mark with the channel `href` (see `to`) becomes a
    link of which the channel `description` is the name. Raises ValueError where a mark links to something that `to` did not give."""
    text = vl_convert.vegalite_to_svg(written_out(drawing.to_dict(validate=False)), config=STYLE)
    root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    for anchor in root.iter(f"{SVG}a"):
        link(anchor, here)
    for element in list(root.iter(f"{SVG}*")):
        if element.get("class") in FRAMES and not element.get("fill") and not element.get("stroke"):
            element.getparent().remove(element)
        elif element.tag != f"{SVG}a":
            plain(element)
    own_ids(root, name)
    linked = root.find(f".//{SVG}a") is not None
    root.attrib.update({"class": "drawing", "role": "group" if linked else "img", "aria-label": shown(label)})
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode"))


def written_out(spec: object) -> object:
    """The specification of a chart in which each text stands as pages show it (see `shown`)."""
    if isinstance(spec, dict):
        return {key: written_out(value) for key, value in spec.items()}
    return [written_out(value) for value in spec] if isinstance(spec, list) else shown(spec)


def plain(element: etree._Element) -> None:
    """Take from a mark what it says twice or more finely than anybody sees."""
    for attribute in DROPPED:
        element.attrib.pop(attribute, None)
    if element.get("opacity") == "1":
        del element.attrib["opacity"]
    for attribute in ("d", "transform"):
        if attribute in element.attrib:
            element.set(attribute, ROUNDED.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), element.get(attribute)))


def link(anchor: etree._Element, here: str) -> None:
    """Make what Vega linked a link from the page, with a title that is read out and shown under the pointer."""
    place = anchor.attrib.pop(XLINK, "")
    if not place.startswith(SITE):
        raise ValueError(f"A mark of a chart leads out of the site: {place[:80]}")
    anchor.set("href", address.href(here, place.removeprefix(SITE)))
    named = next((element for element in anchor if element.get("aria-label")), None)
    if named is not None:
        title = etree.Element(f"{SVG}title")
        title.text = named.get("aria-label")
        anchor.insert(0, title)


def own_ids(root: etree._Element, name: str) -> None:
    """Give the parts of a drawing ids that no other drawing of the page has, the same at each build."""
    ids = {element.attrib["id"]: f"{name}-part-{number}" for number, element in enumerate(root.iter(f"{SVG}*")) if "id" in element.attrib}
    for element in root.iter(f"{SVG}*"):
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, ids[value])
            elif value.startswith("url(#"):
                element.set(key, f"url(#{ids[value[5:-1]]})")
