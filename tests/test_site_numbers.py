"""A number that links to a list of records is the number of records that the list then shows, on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import pandas as pd

from tests.places import frame
from tests.site_pages import INDEX, Crawl, target

LISTS = {"deployments": "flat/deployments", "roles": "flat/standards_roles", "statements": "flat/policy_statements",
         "sources": "data/citations", "organizations": "data/organizations"}
OTHER = ("q", "sort")  # parameters of a list that are no columns
NUMBER = re.compile(r"\d+(?:,\d{3})*(?![\d-])")

Asked = tuple[tuple[str, str], ...]  # column and value


@cache
def having(folder: Path, section: str, column: str) -> dict[str, set[int]]:
    """The rows that have a value in a column, by value."""
    found: dict[str, set[int]] = {}
    for row, cell in enumerate(table(folder, section)[column]):
        for value in cell.split(";"):
            found.setdefault(value, set()).add(row)
    return found


@cache
def table(folder: Path, section: str) -> pd.DataFrame:
    return frame(folder, LISTS[section])


def shown(folder: Path, section: str, asked: Asked) -> int:
    """How many records a list shows: those that have, of each column that is asked for, one of the values."""
    found = set(range(len(table(folder, section))))
    for column in {column for column, _ in asked}:
        known = having(folder, section, column)
        found &= set().union(*(known.get(value, set()) for name, value in asked if name == column))
    return len(found)


def links(crawl: Crawl) -> Iterator[tuple[str, str, str, Asked]]:
    """Each link that asks a list for some records: its page, its words, the section, what it asks."""
    for page, read in crawl.pages.items():
        for link, words in read.asked:
            section = target(page, link)[0].removesuffix(f"/{INDEX}")
            if section in LISTS:
                asked = parse_qsl(link.partition("?")[2].partition("#")[0], keep_blank_values=True)
                yield page, words, section, tuple((name, value) for name, value in asked if name not in OTHER)


def test_every_column_that_a_link_asks_for_is_one_of_the_list(crawl):
    known = {section: {*table(crawl.folder, section).columns} for section in LISTS}
    wrong = {(page, name) for page, _, section, asked in links(crawl) for name, _ in asked if name not in known[section]}
    assert not wrong, sorted(wrong)[:5]


def test_a_number_that_links_to_a_list_is_the_number_of_records_there(crawl):
    found = [(page, words, shown(crawl.folder, section, asked)) for page, words, section, asked in links(crawl)]
    wrong = [(page, words, number) for page, words, number in found
             if "%" not in words and (said := NUMBER.findall(words)) and f"{number:,}" not in said]
    assert len(found) > 1000 and not wrong, (len(wrong), wrong[:10])


def test_no_link_leads_to_a_list_without_records(crawl):
    empty = [(page, words, asked) for page, words, section, asked in links(crawl) if not shown(crawl.folder, section, asked)]
    assert not empty, (len(empty), empty[:10])
