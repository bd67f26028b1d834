"""The pages that are documents: codebook, method, known gaps, guide, answers, how to load and to contribute, what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..changelog import read_changelog, section_of
from ..codebook import codebook
from ..export.codebook_html import lists
from ..export.markdown import Heading, plain
from ..export.notes import told
from ..history import WITHDRAWN
from ..queries import load_queries, page
from . import documents
from .content import Site
from .page import Page

DEEPEST = 3  # level of the headings that the contents of a page name
FEW = 3  # headings below which a page needs no contents


@dataclass(frozen=True)
class Text:
    """A document of the repository that is a page: its path, and what it holds, for search engines."""

    path: str
    about: str


TEXTS = (
    Text("docs/methodology.md", "How facts enter the dataset, how they are coded, and what the result can and cannot bear."),
    Text("docs/known-gaps.md", "What could not be decided, which lists are incomplete, and which claims found no source."),
    Text("docs/coder-guide.md", "How each column is coded, with examples from records and the traps."),
    Text("docs/using.md", "How to load a release with pandas, R, DuckDB, SQLite, Excel and other programs."),
    Text(documents.CONTRIBUTING, "How to add a record or correct one: by form, by spreadsheet, by card."))


def pages(site: Site) -> Iterator[Page]:
    """The page of each document."""
    for text in TEXTS:
        yield document_page(site, text)
    yield codebook_page(site)
    yield answers_page(site)
    yield changes_page(site)


def document_page(site: Site, text: Text) -> Page:
    """A document of the repository as it stands there."""
    place = documents.PLACES[text.path]
    found = documents.as_page(site, documents.source(site, text.path), place, text.path)
    return Page(place, found.title or text.path, "document.html", {
        "body": documents.html(found), "contents": contents(found.headings), "kind": "prose"}, about=text.about, part_of=place)


def contents(headings: tuple[Heading, ...]) -> list[tuple[str, list[Heading]]]:
    """The headings that a page lists at its side, in one group without a name; none where they are few."""
    listed = [heading for heading in headings if heading.level <= DEEPEST]
    return [("", listed)] if len(listed) > FEW else []


def codebook_page(site: Site) -> Page:
    """Every table, column, vocabulary and term, with how many rows a table has and how far its columns are filled."""
    text, place = "\n".join(codebook(site.package, site.tables)), documents.PLACES["docs/codebook.md"]
    found = documents.as_page(site, text, place, regions=False)
    listed = [(title, [Heading(DEEPEST, anchor, name) for anchor, name in names]) for title, names in lists(site.package)]
    return Page(place, found.title, "document.html", {"body": documents.html(found), "contents": listed, "kind": "codebook"},
                about="Every table, column and term of the dataset, explained.", part_of=place)


def answers_page(site: Site) -> Page:
    """The questions with their queries and what they answer in this release."""
    text, place = documents.released(site, "answers.md"), documents.PLACES["docs/answers.md"]
    if not text:
        text = page(load_queries(site.package.root)[0] or {})
    found = documents.as_page(site, text, place)
    return Page(place, found.title, "document.html", {"body": documents.html(found), "contents": contents(found.headings), "kind": "prose"},
                about="Questions to the dataset, with query, result and what one must know to read it.", part_of=place)


def changes_page(site: Site) -> Page:
    """The notes of this release, what the changelog says of earlier ones, and the records that were withdrawn."""
    place = documents.PLACES[documents.CHANGELOG]
    found = documents.as_page(site, "\n".join(changes(site)), place, deeper=1)
    return Page(place, "Changes", "document.html", {"body": documents.html(found), "contents": contents(found.headings), "kind": "prose"},
                about="What each version of the dataset added, changed and removed.", part_of=place)


def changes(site: Site) -> Iterator[str]:
    """The lines that tell of all versions, the newest first; of this one as its release does where there is one."""
    root, version = site.package.root, site.package.descriptor["version"]
    notes = documents.released(site, "RELEASE_NOTES.md")
    yield notes or f"# Version {version}"
    if not notes:
        yield from told(section_of(root, version))
    for section in read_changelog(root)[0]:
        if section.version not in ("", version):
            yield from ("", f"# Version {section.version}, {section.date}", *told(section))
    yield from withdrawn(site)


def withdrawn(site: Site) -> Iterator[str]:
    """The lines that list all records that were withdrawn, the newest first."""
    rows = sorted(site.rows(WITHDRAWN), key=lambda row: row["withdrawn_on"], reverse=True)
    if rows:
        yield from ("", "# Withdrawn records", "", "An id is never used again; its page stays, and leads to what stands in its place.", "",
                    "| record | withdrawn on | reason |", "|---|---|---|")
    for row in rows:
        yield f"| {' | '.join(plain(' '.join(row[name].split())) for name in ('record_id', 'withdrawn_on', 'reason'))} |"
