"""What a reader can choose, by the keyboard alone: the switches of the map, the texts of the matrix."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import Page

from scripts.derive.settings import load_settings
from scripts.site.settings import load_site_settings
from tests.fictional import PROJECT
from tests.places import frame

MOST = 500  # times that Tab is pressed


# --- the map

def tabbed_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"Tab does not reach {selector}")


@pytest.mark.parametrize("javascript", [True, False])
def test_arrow_keys_switch_the_map_and_its_numbers_are_those_of_the_table(javascript, browser_page, site_folder):
    page = browser_page(javascript=javascript)
    page.locator("#map-what0").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator("#map-status0").focus()
    page.keyboard.press("ArrowRight")
    table, statuses = frame(site_folder, "flat/deployments"), next(iter(load_site_settings(PROJECT)[0].map_statuses.values()))
    rows = table[(table.ai_basis == "stated") & table.status.isin(statuses)]
    said = page.locator(".views .big:visible").all_inner_texts()
    assert said == [f"{len(rows):,} deployments in {rows.country_code.nunique():,} countries"]
    dots = page.locator("#map svg a:visible")
    assert dots.count() <= rows.country_code.nunique() and dots.count() > 0
    assert {link.partition("country_code=")[2][:3] for link in dots.evaluate_all("all => all.map(one => one.getAttribute('href'))")} <= set(
        rows.country_code)


def test_the_map_shows_surveillance_as_the_settings_name_it(browser_page, site_folder):
    page = browser_page()
    page.locator("#map-what0").focus()
    page.keyboard.press("ArrowRight")
    table, chosen = frame(site_folder, "flat/deployments"), set(load_settings(PROJECT)[0].surveillance_technologies)
    rows = table[table.technologies.str.split(";").map(set).map(chosen.__and__).map(bool)]
    assert page.locator(".views .big:visible").inner_text().startswith(f"{len(rows):,} deployments in ")


def test_tab_reaches_the_switches_and_the_dots(browser_page):
    page = browser_page()
    for selector in ("#map-what0", "#map-status0", "#map svg a"):
        tabbed_to(page, selector)


# --- the matrix

def asked(page: Page) -> str:
    """What the address asks for."""
    return page.evaluate("location.search")


def columns(page: Page) -> list[str]:
    """The ids of the texts that the matrix shows."""
    links = page.locator("#matrix thead tr:nth-child(2) a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return [link.split("/")[-2] for link in links]


@pytest.fixture
def compare(browser_page) -> Page:
    """The page with the chooser opened by the keyboard."""
    page = browser_page("compare/")
    tabbed_to(page, "#chooser summary")
    page.keyboard.press("Enter")
    return page


def toggled(page: Page, identifier: str) -> None:
    """Tick or untick a text by the space bar."""
    page.locator(f"#choices input[value='{identifier}']").focus()
    page.keyboard.press("Space")


def test_at_first_the_matrix_shows_the_texts_of_the_settings(compare):
    assert sorted(columns(compare)) == sorted(load_site_settings(PROJECT)[0].compared_statements) and asked(compare) == ""


def test_a_text_is_chosen_and_its_marks_are_those_of_the_table(compare, site_folder):
    table = frame(site_folder, "derived/theme_matrix").set_index("statement_id")
    new = next(one for one in table.index if one not in columns(compare))
    before = columns(compare)
    toggled(compare, new)
    assert set(columns(compare)) == {*before, new} and compare.locator("#shown-count").inner_text() == str(len(before) + 1)
    place = columns(compare).index(new)
    marks = compare.locator("#matrix tbody tr").evaluate_all("(rows, place) => rows.map(row => row.cells[place + 1].className)", place)
    assert marks == table.loc[new].tolist()
    known = Counter(table.loc[columns(compare)].to_numpy().ravel())
    assert f"Supports: {known['supports']:,}" in compare.locator("#tally").inner_text()
    toggled(compare, new)
    assert columns(compare) == before and asked(compare) == ""


def test_the_address_reproduces_what_is_shown(compare, browser_page):
    toggled(compare, columns(compare)[0])
    again = browser_page(f"compare/{asked(compare)}")
    assert columns(again) == columns(compare) and again.locator("#tally").inner_text() == compare.locator("#tally").inner_text()
    again.locator("#chooser summary").click()
    again.locator("#show-none").click()
    assert columns(again) == [] and columns(browser_page(f"compare/{asked(again)}")) == []


def test_an_address_with_a_text_that_is_not_there_says_so(browser_page):
    page = browser_page("compare/?statements=zzz&statements=zzz-%3Cb%3E")
    assert columns(page) == [] and "does not have: 2" in page.locator("#lost").inner_text()


def test_a_mark_leads_to_its_passage(browser_page):
    page = browser_page("compare/")
    page.locator("#matrix td a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/statements/**")
    anchor = page.url.partition("#")[2]
    assert anchor and page.evaluate("anchor => !!document.getElementById(anchor)", anchor)
