"""The pages of one kind, written and read again, and the tables of a built site as frames."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pandas as pd
from lxml import html

from scripts.site import build
from scripts.site.content import Site
from tests.sites import written

Element = html.HtmlElement


def pages_of(module: ModuleType, site: Site, folder: Path) -> Callable[[str], Element]:
    """A function that gives the page at a place, of those that one module makes for a site; written to a new folder."""
    with patch.object(build, "PAGES", (module,)), patch.object(build, "FILES", ()):
        written(site, folder)
    return lambda place: page(folder, place)


def page(folder: Path, place: str) -> Element:
    """The page at a place of a written site."""
    return html.parse(str(folder / place / "index.html"), html.HTMLParser(encoding="utf-8")).getroot()


def text(element: Element) -> str:
    """What a reader reads in an element."""
    return " ".join(element.text_content().split())


def section(page: Element, name: str) -> Element:
    """The element of a page with this anchor."""
    [found] = page.xpath("//*[@id=$name]", name=name)
    return found


def lines(element: Element) -> list[str]:
    """The first cells of the tables in an element, one a record, with what is remarked of it."""
    return [text(one) for one in element.xpath(".//tbody//th[@scope='row']")]


def number(words: str) -> int:
    """The first number in some words."""
    return int(re.search(r"\d+", words.replace(",", ""))[0])


def frame(folder: Path, name: str) -> pd.DataFrame:
    """A table of the downloads of a built site as text: `derived/instruments`."""
    return pd.read_csv(folder / "downloads" / f"{name}.csv", dtype=str, keep_default_na=False)
