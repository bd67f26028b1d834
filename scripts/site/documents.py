"""Texts of the repository and of the release as parts of a page: what they say as HTML, and where their links lead on the site."""

from __future__ import annotations

import posixpath
from urllib.parse import urlsplit

from markupsafe import Markup

from ..changelog import CHANGELOG
from ..documents import read_text
from ..export import markdown
from ..export.pages import THERE, path_of
from ..history import WITHDRAWN
from . import address
from .content import DOWNLOADS, Site
from .page import shown, web

CONTRIBUTING = "CONTRIBUTING.md"
PLACES = {  # document of the repository → its page
    "docs/methodology.md": "method/", "docs/known-gaps.md": "gaps/", "docs/coder-guide.md": "guide/", "docs/using.md": "using/",
    "docs/answers.md": "answers/", "docs/codebook.md": "codebook/", CONTRIBUTING: "contribute/", CHANGELOG: "changes/"}
IN_RELEASE = {there: page for page, there in THERE.items()}  # file of a release → the document that it is


def source(site: Site, path: str) -> str:
    """The text of a document of the repository, or a sentence where this dataset has none."""
    text, _ = read_text(site.package.root / path, path)
    return text if text is not None else f"This dataset has no document `{markdown.plain(path)}`."


def released(site: Site, name: str) -> str:
    """The text of a document of the release, or '' where none was written."""
    text, _ = read_text(site.downloads / name, name) if site.downloads else (None, [])
    return text or ""


def as_page(site: Site, text: str, place: str, path: str = "", deeper: int = 0, regions: bool = True) -> markdown.Document:
    """A text as it stands on the page at a place. `path` is that of the document of the repository, whose links it has; without one
    they are those of a release. Its headings stand `deeper` by so many levels. A record that it names in code is a link to its page."""
    def leads(target: str) -> str:
        return link(site, place, target, path)

    def named(word: str) -> str:
        there = record(site, word)
        return address.href(place, there) if there else ""

    visible = "\u00a0".join(str(shown(part)) for part in text.split("\u00a0"))  # the codebook has spaces that do not break
    return markdown.document(visible, leads, named, deeper, regions)


def html(document: markdown.Document) -> Markup:
    """A document for a template: it holds no markup but what was made of its Markdown."""
    return Markup(document.html)


def link(site: Site, place: str, target: str, path: str) -> str:
    """Where a link of a document leads from the page at a place, or '' for nowhere: to another page of the site, a file of the release,
    a file of the repository, or to the web."""
    if target.startswith("#"):
        return target
    try:
        if urlsplit(target).scheme:
            return web(target)
    except ValueError:  # a host that can be none
        return ""
    file, mark, anchor = target.partition("#")
    there = path_of(path, file) if path else IN_RELEASE.get(posixpath.normpath(file), posixpath.normpath(file))
    if there in PLACES:
        return address.href(place, PLACES[there] + mark + anchor)
    if site.downloads and (site.downloads / there).is_file():
        return address.href(place, f"{DOWNLOADS}/{there}")
    return f"{site.repository}/blob/HEAD/{there}{mark}{anchor}" if site.repository and path else ""


def record(site: Site, identifier: str) -> str:
    """The place of the record that has or had this id, or '' where none has a page."""
    known = [table for table in address.SECTIONS if site.has_page(table, identifier)]
    known += [row["table"] for row in site.where(WITHDRAWN, "record_id", identifier) if row["table"] in address.SECTIONS]
    return address.of_record(known[0], identifier) if known else ""
