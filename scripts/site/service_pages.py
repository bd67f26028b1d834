"""How to cite the dataset, how to report a mistake, and what a reader finds where no page is."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from .. import citation, forms
from . import address
from .closing import reference
from .content import Site
from .page import Page

NOT_FOUND = "404.html"


def pages(site: Site) -> Iterator[Page]:
    """The three pages."""
    yield cite_page(site)
    yield correct_page(site)
    yield Page(NOT_FOUND, "This page is not here", "not_found.html")


def cite_page(site: Site) -> Page:
    """One sentence, BibTeX and CITATION.cff for the whole, and a sentence for one record."""
    table, identifier = first_record(site)
    place = address.of_record(table, identifier) if table else ""
    example = reference(site, identifier, site.label(table, identifier), place) if table else ""
    return Page("cite/", "How to cite", "cite.html", {
        "sentence": citation.reference(site.package), "bibtex": citation.bibtex(site.package, site.url),
        "cff": citation.citation_cff(site.package), "place": place, "example": example},
        about=citation.reference(site.package), part_of="cite/")


def first_record(site: Site) -> tuple[str, str]:
    """The table and the id of a record to show how one is cited; two empty texts where none has a page."""
    for table in address.SECTIONS:
        for row in site.rows(table)[:1]:
            if site.has_page(table, row[site.package.tables[table].id]):
                return table, row[site.package.tables[table].id]
    return "", ""


def correct_page(site: Site) -> Page:
    """The web forms, as links where the address of the repository is known."""
    found, _ = forms.load(site.tables)
    listed = [(form, form_address(site, form.file)) for form in sorted(found, key=lambda form: (bool(form.section), form.file))]
    return Page("correct/", "Report a mistake", "correct.html", {"forms": listed},
                about="How to correct, dispute or add a record: by form, by spreadsheet, by card.", part_of="correct/")


def form_address(site: Site, file: str) -> str:
    """The address that opens a form, or '' where that of the repository is not known."""
    return f"{site.repository}/issues/new?{urlencode({'template': file})}" if site.repository else ""
