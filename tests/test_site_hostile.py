"""Whatever stands in a cell, stands in every page as text: no markup, no script, no link that runs, no sign that is not seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from tests.browsing import PHONE, too_wide
from tests.hostile import ADDRESS, ATTRIBUTE, ELEMENT, FLAG, HIDDEN, LONG, SIGNS, TURNED
from tests.site_pages import is_ours, linked_data, read_page, target
from tests.sites import KINDS, place_of

WITHOUT_CELLS = {"codebook", "method", "gaps", "answers", "downloads", "using", "guide", "contribute", "cite", "changes", "correct",
                 "not found"}


@pytest.fixture(scope="module")
def pages(hostile_site) -> dict[str, Path]:
    """The pages by their place in the site."""
    paths = {path.relative_to(hostile_site).as_posix(): path for path in hostile_site.rglob("*.html")}
    return {name: path for name, path in paths.items() if is_ours(name)}


@pytest.fixture(scope="module")
def trees(pages) -> dict[str, html.HtmlElement]:
    """What a parser makes of them."""
    return {name: html.fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8")) for name, path in pages.items()}


def test_no_element_and_no_attribute_comes_from_a_cell(trees):
    for name, tree in trees.items():
        strange = [one for one in tree.iter("*") if one.tag in (ELEMENT, "img", "b", "i") or ATTRIBUTE in one.attrib]
        assert not strange, (name, html.tostring(strange[0]))


def test_no_script_and_no_style_comes_from_a_cell(pages):
    assert {name: found for name, path in pages.items() if (found := read_page(path).inline)} == {}


def test_every_link_leads_into_the_site_or_to_the_web(pages, hostile_site):
    for name, path in pages.items():
        for link in read_page(path).links:
            file, _ = target(name, link)
            assert link.startswith(("https://", "http://")) if not file else not file.startswith(".."), (name, link)
            assert file.startswith("downloads/") or not file or (hostile_site / file).exists(), (name, link)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - WITHOUT_CELLS))
def test_a_cell_is_read_as_it_was_written(kind, hostile_site, trees):
    text = trees[f"{place_of(hostile_site, kind)}index.html"].text_content()
    assert f"<{ELEMENT} {ATTRIBUTE}=1" in text and "</script>" in text
    assert ("{{ 7*7 }}" in text) == ("49" not in text) and "&amp;lt;" not in text


@pytest.mark.parametrize("kind", ["deployment", "source", "statement", "role", "claim", "organization"])
def test_all_of_a_cell_stands_on_the_page_of_its_record(kind, hostile_site, trees):
    text = trees[f"{place_of(hostile_site, kind)}index.html"].text_content()
    assert "{{ 7*7 }} {% raw %} ${7*7} &lt;i&gt; *a* [a](javascript:alert(1))" in text and LONG in text
    assert "\\u2066\\u200f\\u202e\\x00\\x01\\x1b\\x7f\\u2028" in text


def test_an_address_that_would_run_is_text(hostile_site, trees):
    text = trees[f"{place_of(hostile_site, 'source')}index.html"].text_content()
    assert ADDRESS in text


def test_no_page_and_no_file_of_data_holds_a_sign_that_is_not_seen(hostile_site):
    for path in (*hostile_site.rglob("*.html"), *hostile_site.rglob("*.xml"), *hostile_site.rglob("*.svg")):
        text = path.read_text(encoding="utf-8")
        assert not [sign for sign in SIGNS if sign in text], path
    for path in hostile_site.rglob("*.js"):
        assert HIDDEN not in path.read_text(encoding="utf-8")


def test_what_search_engines_get_is_one_whole_text(pages):
    for path in pages.values():
        assert all(found["name"] for found in linked_data(read_page(path)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_in_a_browser_no_cell_runs_or_breaks_the_page(kind, visit, hostile_site):
    page = visit(hostile_site, place_of(hostile_site, kind), width=PHONE)
    for details in page.locator("summary").all()[:10]:
        details.click()
    assert page.evaluate(f"window.{FLAG}") is None
    assert page.locator(f"{ELEMENT}, [{ATTRIBUTE}], main img").count() == 0
    shown = page.locator("body").inner_text()
    assert not [sign for sign in (TURNED, *SIGNS[:3]) if sign in shown]
    assert too_wide(page) == []
