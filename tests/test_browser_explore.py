"""The explorer in a browser: search, filters, sorting, the address, the download."""

from __future__ import annotations

import csv
import io
import re
from functools import partial
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import DESKTOP, PHONE, Visit, too_wide
from tests.hostile import ELEMENT, FLAG, SIGNS
from tests.released import real
from tests.sites import fictional_site, written

LINE = 'He said “no”, then "yes"; <b>both</b>'
DEPLOYMENTS = [  # in the order of the table: by id
    {"deployment_id": "zzz-a", "title": "Élan centre", "country_code": "ZZB", "status": "announced", "announced": "2020",
     "technologies": "facial_recognition;video_surveillance", "note": LINE},
    {"deployment_id": "zzz-b", "title": "eager school", "country_code": "ZZA", "status": "operational", "announced": "2019-03",
     "technologies": "facial_recognition", "note": "=1+1", "value_amount": "-5", "place": "-3.5"},
    {"deployment_id": "zzz-c", "title": "Zero 张 <i>lab</i>", "country_code": "ZZC", "status": "completed", "announced": "",
     "technologies": "cloud"}]
TITLES = [*(one["title"] for one in DEPLOYMENTS), "Camera network of Zzz city"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return fictional_site(tmp_path_factory.mktemp("root"), {"deployments": DEPLOYMENTS})


@pytest.fixture(scope="module")
def folder(site, tmp_path_factory) -> Path:
    return written(site, tmp_path_factory.mktemp("explore") / "site")


@pytest.fixture
def explore(visit, folder) -> Visit:
    """A function that opens the list of the fictional deployments with a query: `explore("?q=zzz")`."""
    return lambda query="", **options: visit(folder, f"deployments/{query}", **options)


def shown(page: Page) -> list[str]:
    """The titles in the table."""
    return page.locator("#records tbody td:first-child a").all_inner_texts()


def query(page: Page) -> str:
    return page.url.partition("?")[2]


def says(page: Page, number: int) -> None:
    """Wait until the page says that this many of the four fit."""
    expect(page.locator("#shown")).to_have_text(f"{number} of 4 deployments")


def tick(page: Page, title: str, *choices: str) -> None:
    """Open a filter and tick choices by a press on their words, which moves the focus on its way."""
    box = page.locator("#filters details", has=page.locator("summary", has_text=title)).first
    box.locator("summary").click()
    for choice in choices:
        box.locator("label", has=page.get_by_role("checkbox", name=choice)).locator("bdi").click()
        expect(box.get_by_role("checkbox", name=choice)).to_be_checked()
    page.keyboard.press("Escape")
    expect(box).not_to_have_attribute("open", "")


def test_all_rows_stand_in_the_table_as_text_and_lead_to_their_pages(explore):
    page = explore()
    assert shown(page) == TITLES and not page.locator("#plain").is_visible()
    assert page.locator("#records tbody i").count() == 0
    page.get_by_role("link", name="eager school").click()
    assert page.locator("h1").inner_text() == "eager school"


def test_without_javascript_there_is_the_plain_list(explore):
    page = explore(javascript=False)
    assert page.locator("#plain tbody tr").count() == 4 and not page.locator("#explorer").is_visible()


def test_a_search_finds_words_in_any_order_in_shown_columns_and_the_id(explore):
    page = explore()
    for text, titles in {"elan": TITLES[:1], "CENTRE élan": TITLES[:1], "张": [TITLES[2]], "zzz-b": [TITLES[1]], "Yyy Land": TITLES[:1],
                         "facial recognition": TITLES[:2], "<i>": [TITLES[2]], "he said": []}.items():
        page.get_by_label("Search deployments").fill(text)
        expect(page).to_have_url(re.compile(re.escape(f"?q={quote_plus(text)}") + "$"))
        assert (shown(page), page.locator("#shown").inner_text()) == (titles, f"{len(titles)} of 4 deployments")


def test_values_of_one_filter_widen_and_those_of_another_narrow(explore):
    page = explore()
    tick(page, "Technologies", "Facial recognition")
    says(page, 2)
    tick(page, "Technologies", "Cloud")
    says(page, 3)
    tick(page, "Country", "Zzz Land")
    says(page, 1)
    assert shown(page) == [TITLES[1]]
    assert query(page) == "country_code=ZZA&technologies=facial_recognition&technologies=cloud"


def test_a_filter_counts_what_each_value_would_give(explore):
    page = explore("?status=operational")
    page.locator("summary", has_text="Technologies").click()
    page.locator("summary", has_text="Status").click()
    assert page.locator("#filters details[open]").count() == 1  # one at a time
    known = page.locator("#filters details[open] li").all_inner_texts()
    assert sorted(" ".join(one.split()) for one in known) == ["Announced 1", "Completed 1", "Operational 2"]
    page.locator("summary", has_text="Technologies").click()
    known = page.locator("#filters details[open] li").all_inner_texts()
    assert sorted(" ".join(one.split()) for one in known) == ["Cloud 0", "Facial recognition 1", "Video surveillance 1"]


def test_what_is_not_recorded_can_be_asked_for(explore):
    page = explore()
    tick(page, "Year announced", "not recorded")
    says(page, 2)
    assert shown(page) == TITLES[2:] and query(page) == "announced_year="
    assert shown(explore("?announced_year=")) == TITLES[2:]


def test_a_chip_takes_its_filter_away_and_clear_takes_all(explore):
    page = explore("?status=operational&country_code=ZZA&q=eager&sort=title")
    says(page, 1)
    page.get_by_role("button", name="Remove filter Status: Operational").click()
    assert query(page) == "q=eager&country_code=ZZA&sort=title"
    page.get_by_role("button", name="Clear all").click()
    says(page, 4)
    assert query(page) == "" and page.locator("#chips li").count() == 0 and page.get_by_label("Search deployments").input_value() == ""


def test_the_keyboard_sorts_and_the_head_says_so(explore):
    page = explore()
    head = page.locator("#records th", has_text="Title")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert shown(page) == [TITLES[3], TITLES[1], TITLES[0], TITLES[2]] and query(page) == "sort=title"
    page.keyboard.press("Space")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert shown(page) == [TITLES[2], TITLES[0], TITLES[1], TITLES[3]] and query(page) == "sort=-title"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None and shown(page) == TITLES and query(page) == ""


def test_empty_cells_come_last_both_ways(explore):
    assert shown(explore("?sort=announced_year")) == [TITLES[1], TITLES[0], *TITLES[2:]]
    assert shown(explore("?sort=-announced_year")) == TITLES


def test_a_shared_address_gives_the_same_view(explore):
    page = explore()
    tick(page, "Technologies", "Facial recognition", "Video surveillance")
    page.get_by_label("Search deployments").press_sequentially("land")
    expect(page).to_have_url(re.compile(r"\?q=land&"))
    page.locator("#records th", has_text="Country").get_by_role("button").click()
    expect(page).to_have_url(re.compile("&sort=country_code$"))
    says(page, 3)
    other = explore(f"?{query(page)}")
    assert (shown(other), query(other)) == (shown(page), query(page)) == (
        [TITLES[0], TITLES[1], TITLES[3]], "q=land&technologies=facial_recognition&technologies=video_surveillance&sort=country_code")
    assert other.locator("#chips").inner_text() == page.locator("#chips").inner_text()


def test_an_address_filters_by_every_column_of_the_flat_table(explore):
    page = explore()
    for asked, number in {
            "supplier_ids=zzz-supplier": 1, "further_countries=ZZC": 1, "channel=system": 4, "citation_ids=zzz-source": 1,
            "citation_ids=": 3, "deployment_id=zzz-a": 1, "region=Zzz": 2, "disputed=false": 4, "status=cancelled": 0,
            "country_code=ZZA&country_code=ZZB": 3, "technologies=facial_recognition&status=operational": 1}.items():
        page.goto(f"{page.url.partition('?')[0]}?{asked}")
        says(page, number)
        assert query(page) == asked and not page.locator("#message").is_visible()


def test_what_an_address_cannot_have_is_left_out_and_said(explore):
    page = explore("?zzz=1&status=zzz&__proto__=1&toString=2&sort=zzz&country_code=ZZB&country_code=%3Cb%3E&%=%")
    says(page, 1)
    assert query(page) == "country_code=ZZB"
    message = page.locator("#message").inner_text()
    for part in ("“zzz” is no column", "“zzz” in the column “Status”", "“__proto__” is no column", "sorted by “zzz”", "“<b>”"):
        assert part in message


def downloaded(page: Page) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def test_the_download_is_what_is_shown_in_its_order_with_every_column_of_the_flat_table(explore, site):
    name, content = downloaded(explore("?technologies=facial_recognition&sort=announced_year"))
    package = site.package.descriptor
    assert name == f"{package['name']}-{package['version']}-deployments-selection.csv"
    text = content.decode("utf-8")
    assert text.count("\r\n") == text.count("\n") == 3 and '"He said “no”, then ""yes""; <b>both</b>"' in text
    table = site.tables["deployments_flat"].set_index("deployment_id", drop=False)
    expected = [{**table.loc[one].to_dict()} for one in ("zzz-b", "zzz-a")]
    expected[0]["note"] = "'=1+1"  # what a spreadsheet would run; a number stays as it is
    assert list(csv.DictReader(io.StringIO(text, newline=""))) == expected
    assert (expected[0]["value_amount"], expected[0]["place"]) == ("-5", "-3.5")


def test_a_download_that_failed_can_be_tried_again(explore):
    page = explore()
    says(page, len(TITLES))
    page.evaluate("""() => {  // the next script that is asked for is not there
        document.head.append = (script) => { delete document.head.append; script.onerror(new Error("zzz")); };
    }""")
    page.get_by_role("button", name="Download").click()
    expect(page.locator("#message")).to_have_text("The columns for the download could not be loaded.")
    name, content = downloaded(page)
    assert name.endswith("-deployments.csv") and content.count(b"\r\n") == len(TITLES) + 1


def test_what_other_sites_add_to_a_link_is_passed_over(explore):
    page = explore("?utm_source=zzz&fbclid=1&gclid=1&country_code=ZZB")
    says(page, 1)
    assert query(page) == "country_code=ZZB" and not page.locator("#message").is_visible()


def test_a_download_of_all_rows_of_the_real_table_is_the_file_of_the_release(browser_page, site_folder):
    name, content = downloaded(browser_page("statements/"))
    assert name.endswith("-policy_statements.csv")
    assert content.replace(b"\r\n", b"\n") == (site_folder / "downloads/flat/policy_statements.csv").read_bytes()


def test_numbers_equal_the_table(browser_page):
    rows = real()["deployments_flat"]
    page = browser_page("deployments/?country_code=KEN&country_code=UGA&technologies=facial_recognition")
    fit = rows[rows.country_code.isin(["KEN", "UGA"]) & rows.technologies.str.split(";").map(lambda items: "facial_recognition" in items)]
    expect(page.locator("#shown")).to_have_text(f"{len(fit)} of {len(rows)} deployments")
    assert shown(page) == fit.title.tolist()


def test_pages_of_the_table_hold_as_many_rows_as_asked_for(browser_page):
    rows = real()["citations"]
    page = browser_page("sources/")
    assert page.locator("#records tbody tr").count() == 50
    page.get_by_label("Rows a page").select_option("25")
    page.locator(".dt-paging-button.next").click()
    assert page.locator("#records tbody tr").count() == 25
    assert shown(page)[0] == rows.title.iloc[25]


@pytest.mark.parametrize("section", ["deployments", "roles", "statements", "sources", "organizations"])
def test_hostile_cells_are_text(section, visit, hostile_site):
    page = partial(visit, hostile_site)(f"{section}/")
    expect(page.locator("#records tbody tr").first).to_be_visible()
    for summary in page.locator("#filters summary").all():
        summary.click()
        expect(page.locator("#filters details[open] li").first).to_be_visible()
        page.locator("#filters details[open] input[type=checkbox]").first.check()
    assert page.locator(ELEMENT).count() == 0 and page.evaluate(f"window.{FLAG}") is None
    assert not set(page.locator("main").inner_text()) & set(SIGNS)
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        assert not too_wide(page)
