"""Over all pages of the site of the real data: every link leads somewhere, no page is a dead end, nothing is too large."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import pytest
from lxml import etree

from scripts.package import load
from scripts.site.address import SECTIONS
from tests.fictional import PROJECT
from tests.site_pages import INDEX, Crawl, Read, linked_data, read_page, target
from tests.sites import URL

NOT_LINKED = "404.html"  # the one page that no page leads to
RECORDS = ("deployments", "standards_roles", "policy_statements", "citations", "claims")
RECORD_SIZE, FRONT_SIZE = 60_000, 1_500_000  # bytes
SHOWN_ABOVE = ("title", "summary", "claim", "name")  # columns that head the page of their record


def some(found: list) -> str:
    return f"{len(found)}: {found[:5]}"


# --- links

def test_every_link_leads_to_a_file_that_is_there(crawl):
    lost = [(page, link) for page in crawl.pages for link, file, _ in crawl.targets(page) if file and file not in crawl.files]
    assert not lost, some(lost)


def test_every_anchor_leads_to_an_element_of_its_page(crawl):
    ids = {page: set(read.ids) for page, read in crawl.pages.items()}
    for file in {file for page in crawl.pages for _, file, anchor in crawl.targets(page) if anchor} - set(ids):
        ids[file] = set(read_page(crawl.folder / file).ids) if file.endswith(".html") and file in crawl.files else set()
    lost = [(page, link) for page in crawl.pages for link, file, anchor in crawl.targets(page)
            if anchor and anchor not in ids.get(file, ())]
    assert not lost, some(lost)


def test_beyond_the_site_only_addresses_of_the_web_are_linked(crawl):
    strange = [(page, link) for page in crawl.pages for link, file, _ in crawl.targets(page)
               if not file and not re.match(r"https?://[^/\s]", link)]
    assert not strange, some(strange)


def test_what_a_page_loads_lies_within_the_site(crawl):
    beyond = [(page, link) for page, read in crawl.pages.items() for link in read.loads if not target(page, link)[0] or "://" in link]
    assert not [one for one in beyond if not (one[0] == NOT_LINKED and one[1].startswith(URL))], some(beyond)


def test_every_page_is_reached_from_the_front_page_by_links(crawl):
    reached, ahead = {INDEX}, [INDEX]
    while ahead:
        page = ahead.pop()
        found = {target(page, link)[0] for link in crawl.pages[page].followed} & set(crawl.pages)
        ahead += found - reached
        reached |= found
    lost = sorted(set(crawl.pages) - reached - {NOT_LINKED})
    assert not lost, some(lost)


def test_no_page_is_a_dead_end(crawl):
    closed = [page for page, read in crawl.pages.items() if INDEX not in {target(page, link)[0] for link in read.followed}]
    assert not closed, some(closed)


def test_the_sitemap_lists_every_page(crawl):
    root = etree.parse(crawl.folder / "sitemap.xml").getroot()
    listed = Counter(target("", element.text)[0] for element in root.iter("{*}loc"))
    assert set(listed) == set(crawl.pages) - {NOT_LINKED} and set(listed.values()) == {1}


# --- every page

def test_every_page_has_one_h1_a_language_a_title_and_the_stylesheet(crawl):
    def lacks(page: str, read: Read) -> list[str]:
        loads = {target(page, link)[0] for link in read.loads}
        return [name for name, there in (("h1", read.headings.count(1) == 1), ("lang", read.language == "en"), ("title", read.title),
                                         ("stylesheet", "assets/site.css" in loads), ("icon", "assets/icon.svg" in loads)) if not there]

    lacking = [(page, lack) for page, read in crawl.pages.items() if (lack := lacks(page, read))]
    assert not lacking, some(lacking)


def test_no_heading_leaves_a_level_out(crawl):
    def jumps(levels: list[int]) -> bool:
        return levels[:1] != [1] or any(low - high > 1 for high, low in pairwise(levels))

    jumping = [(page, read.headings) for page, read in crawl.pages.items() if jumps(read.headings)]
    assert not jumping, some(jumping)


def test_every_id_is_unique_in_its_page(crawl):
    twice = [(page, [one for one, times in Counter(read.ids).items() if times > 1]) for page, read in crawl.pages.items()]
    twice = [(page, ids) for page, ids in twice if ids]
    assert not twice, some(twice)


def test_no_script_and_no_style_stands_in_a_page(crawl):
    inline = [(page, read.inline[:2]) for page, read in crawl.pages.items() if read.inline]
    assert not inline, some(inline)


# --- records

def countries(crawl: Crawl) -> set[str]:
    """The codes that occur in a table other than that of countries."""
    recorded = [name for name, table in load(PROJECT)[0].tables.items() if name != "countries" and "country_code" in table.by_name]
    return {row["country_code"] for name in recorded for row in crawl.table(name)} - {""}


@pytest.mark.parametrize("table", [*RECORDS, "organizations"])
def test_every_record_has_its_page(table, crawl):
    key = load(PROJECT)[0].tables[table].id
    lost = [row[key] for row in crawl.table(table) if not crawl.record(SECTIONS[table], row[key])]
    assert not lost, some(lost)


def test_every_country_that_occurs_has_its_page(crawl):
    lost = sorted(code for code in countries(crawl) if not crawl.record("countries", code))
    assert not lost, some(lost)


def test_every_id_that_was_withdrawn_keeps_its_page(crawl):
    gone = [row for row in crawl.table("withdrawn") if not crawl.record(SECTIONS[row["table"]], row["record_id"])]
    assert crawl.table("withdrawn") and not gone, some(gone)


@pytest.mark.parametrize("table", [*RECORDS, "organizations"])
def test_the_page_of_a_record_names_each_of_its_fields_with_a_link_to_the_codebook(table, crawl):
    package = load(PROJECT)[0].tables[table]
    names = {f"{table}.{field.name}" for field in package.fields if field.name not in (package.id, *SHOWN_ABOVE)}
    lacking = []
    for row in crawl.table(table):
        page = f"{SECTIONS[table]}/{row[package.id]}/{INDEX}"
        if page in crawl.pages:
            named = {anchor for _, file, anchor in crawl.targets(page) if file == f"codebook/{INDEX}"}
            lacking += [(page, names - named)] if names - named else []
    assert not lacking, some(lacking)


@pytest.mark.parametrize("table", RECORDS)
def test_the_page_of_a_record_says_what_it_is_to_search_engines(table, crawl):
    key = load(PROJECT)[0].tables[table].id
    for row in crawl.table(table):
        found = linked_data(crawl.record(SECTIONS[table], row[key]))
        assert [one["identifier"] for one in found] == [row[key]] and found[0]["@context"] == "https://schema.org/" and found[0]["name"]


def test_all_linked_data_can_be_read(crawl):
    pages = [page for page, read in crawl.pages.items() if linked_data(read)]
    assert INDEX in pages


# --- size

def test_the_pages_of_records_are_under_60_kilobytes(crawl):
    sections = tuple(f"{SECTIONS[table]}/" for table in RECORDS)
    large = {page: read.size for page, read in crawl.pages.items()
             if page.startswith(sections) and page.count("/") == 2 and read.size > RECORD_SIZE}
    assert not large, large


def test_the_front_page_with_all_that_it_loads_is_under_a_megabyte_and_a_half(crawl):
    loads = {target(INDEX, link)[0] for link in crawl.pages[INDEX].loads}
    sizes = {name: (crawl.folder / name).stat().st_size for name in (INDEX, *sorted(loads))}
    assert sum(sizes.values()) < FRONT_SIZE, sizes
