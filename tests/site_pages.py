"""What stands in the pages of a built site, read by a parser of its own."""

from __future__ import annotations

import csv
import json
import pickle
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html

from tests.sites import URL

DOWNLOADS = "downloads"
INDEX = "index.html"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass
class Read:
    """A page as it was read: the targets of its links, of these those that a reader can follow and those that are loaded, its ids, the
    levels of its headings, the text of its title, what schema.org gets, inline scripts and styles, the links that ask a list for some
    records with their words, and its size."""

    links: list[str] = field(default_factory=list)
    followed: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    title: str = ""
    language: str = ""
    linked_data: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0


def read_page(path: Path) -> Read:
    """One page."""
    data = path.read_bytes()
    root = html.fromstring(data, parser=html.HTMLParser(encoding="utf-8"))
    found = Read(language=root.get("lang", ""), title=(root.findtext("head/title") or "").strip(), size=len(data))
    for element in root.iter("*"):
        note(found, element)
    return found


def note(found: Read, element: html.HtmlElement) -> None:
    """Note what an element has to say."""
    for name, value in element.attrib.items():
        if name in ("href", "src", "xlink:href", "action", "data-href"):
            found.links.append(value)
            if element.tag in ("a", "area"):
                found.followed.add(value)
                if "?" in value and "://" not in value:
                    found.asked.append((value, " ".join(element.text_content().split())))
            if name == "src" or (element.tag == "link" and element.get("rel") != "canonical"):
                found.loads.add(value)
        elif name == "id":
            found.ids.append(value)
        elif name.startswith("on") or (name == "style" and not value.lstrip().startswith("--")):
            found.inline.append(f"{name}={value[:80]}")
    if element.tag in HEADINGS:
        found.headings.append(int(element.tag[1]))
    if element.tag == "script" and not element.get("src"):
        linked_data = element.get("type") == "application/ld+json"
        (found.linked_data if linked_data else found.inline).append(element.text or "")


def target(page: str, link: str) -> tuple[str, str]:
    """The file of the site that a link on a page leads to, from the site's root, and the anchor there; '' for one beyond the site."""
    path, _, anchor = link.partition("#")
    path = path.partition("?")[0]
    if path.startswith(URL):
        path = path.removeprefix(URL)
        return (unquote(path) + INDEX if path == "" or path.endswith("/") else unquote(path)), unquote(anchor)
    if "://" in path or path.startswith(("mailto:", "javascript:", "data:")):
        return "", ""
    return (posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page), unquote(anchor)


@dataclass
class Crawl:
    """All pages of a site by their file, and its other files."""

    folder: Path
    pages: dict[str, Read]
    files: set[str]

    def record(self, section: str, identifier: str) -> Read | None:
        return self.pages.get(f"{section}/{identifier}/{INDEX}")

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a recorded table."""
        with (self.folder / DOWNLOADS / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def targets(self, page: str) -> Iterator[tuple[str, str, str]]:
        """Each link of a page with where it leads: link, file, anchor."""
        for link in dict.fromkeys(self.pages[page].links):
            yield link, *target(page, link)


def is_ours(path: str) -> bool:
    """Whether a page is one of the site and not one of the release in its downloads."""
    return path.endswith(".html") and (not path.startswith(f"{DOWNLOADS}/") or path == f"{DOWNLOADS}/{INDEX}")


def read_site(folder: Path) -> dict[str, Read]:
    """All pages of a site, by their file."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.html"))}
    return {name: read_page(path) for name, path in paths.items() if is_ours(name)}


@pytest.fixture(scope="session")
def crawl(site_folder, once) -> Crawl:
    """The site of the real data, read once for all workers."""
    found = once("crawl", lambda place: (place.parent.mkdir(exist_ok=True), place.write_bytes(pickle.dumps(read_site(site_folder)))))
    files = {path.relative_to(site_folder).as_posix() for path in site_folder.rglob("*") if path.is_file()}
    return Crawl(site_folder, pickle.loads(found.read_bytes()), files)


def linked_data(page: Read) -> list[dict]:
    """What schema.org gets from a page."""
    return [json.loads(text) for text in page.linked_data]
