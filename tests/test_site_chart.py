"""Charts in SVG: colours and type of the page, links from the page, and text that stays text."""

from __future__ import annotations

import altair as alt
import pytest
from lxml import etree

from scripts.site import chart, shares, timeline, years
from scripts.site.content import Site
from scripts.site.map_chart import deployments_map
from tests.released import real
from tests.sites import site_of

HOSTILE = "<script>alert(1)</script> \"x' & </svg>\u202egpj\x00"
PLACE = "deployments/?country_code=ZZA&status=operational"


def drawn(label: str = "Zzz Land", place: str | None = PLACE, name: str = "zzz", title: str = "What is deployed") -> str:
    """A chart of one bar on the page of a country."""
    row = {"label": label, "number": 2, "says": f"{label}: 2", "leads": chart.to(place) if place else None}
    channels = {"href": "leads:N"} if place else {}
    bars = alt.Chart(chart.values([row]), width=100).mark_bar(clip=True, color=chart.COLOURS[0]).encode(
        alt.X("number:Q", title="deployments"), alt.Y("label:N", title=None), description="says:N", **channels)
    return chart.svg(bars, "countries/ZZA/", name, title)


def elements(text: str, tag: str) -> list[etree._Element]:
    return list(etree.fromstring(text).iter(f"{chart.SVG}{tag}"))


def test_colours_are_those_of_the_page_and_nothing_is_painted_behind():
    text = drawn()
    assert 'fill="var(--c1)"' in text and 'fill="var(--soft)"' in text
    assert "white" not in text and "font-family" not in text


def test_a_drawing_scales_and_says_what_it_is():
    root = etree.fromstring(drawn(title="A “title” of <zzz>"))
    assert root.get("viewBox") and root.get("class") == "drawing" and root.get("aria-label") == "A “title” of <zzz>"


def test_a_drawing_with_links_is_a_group_and_one_without_is_an_image():
    assert etree.fromstring(drawn()).get("role") == "group"
    assert etree.fromstring(drawn(place=None)).get("role") == "img"


def test_a_mark_is_a_link_from_its_page_with_a_name():
    [link] = elements(drawn(), "a")
    assert dict(link.attrib) == {"href": "../../deployments/index.html?country_code=ZZA&status=operational"}
    assert link[0].tag == f"{chart.SVG}title" and link[0].text == "Zzz Land: 2"


def test_a_mark_leads_nowhere_else():
    row = {"x": 1, "leads": "https://example.org/"}
    with pytest.raises(ValueError, match="leads out of the site"):
        chart.svg(alt.Chart(chart.values([row])).mark_bar().encode(x="x:Q", href="leads:N"), "", "zzz", "zzz")


def test_hostile_text_stays_text():
    text = drawn(label=HOSTILE, title=HOSTILE)
    assert not elements(text, "script") and "<script" not in text and "\u202e" not in text and "\x00" not in text
    assert elements(text, "title")[0].text == r"""<script>alert(1)</script> "x' & </svg>\u202egpj\x00: 2"""
    assert any("<script>" in (element.text or "") for element in elements(text, "text"))


@pytest.mark.parametrize(("text", "cells", "cut"), [
    ("Zzz Land", 8, "Zzz Land"), ("Zzz Lands", 8, "Zzz Lan…"), ("样品样品", 8, "样品样品"), ("样品样品样", 8, "样品样…"), ("", 8, ""),
    ("Zé́ Land", 7, "Zé́ Land"), ("Zzz Landé́", 8, "Zzz Lan…"), ("Zzz ‮Land", 9, r"Zzz \u20…")])
def test_a_text_is_cut_by_the_room_that_its_writing_takes(text, cells, cut):
    assert chart.cut(text, cells) == cut


def real_charts(site: Site) -> list[str]:
    """A drawing of each kind."""
    several = timeline.charts(site, "standards/"), shares.charts(site, "standards/")
    found = [*map(next, several), years.chart(site, ""), deployments_map(site, "").chart]
    return [str(one.svg) for one in found]


def test_no_drawing_depends_on_the_fonts_of_the_machine(monkeypatch):
    site = site_of(real())
    narrow = real_charts(site)
    monkeypatch.setattr(chart, "STYLE", {**chart.STYLE, "font": "monospace"})
    assert real_charts(site) == narrow


def test_two_drawings_share_no_id_and_one_is_the_same_twice():
    ids = [{element.get("id") for element in etree.fromstring(drawn(name=name)).iter()} - {None} for name in ("zzz", "yyy")]
    assert ids[0] and not ids[0] & ids[1]
    assert all(f"url(#{one})" in drawn() for one in ids[0])
    assert drawn() == drawn()
