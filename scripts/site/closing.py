"""What stands at the end of the page of every record: its history, how to cite it, how to correct it."""

from __future__ import annotations

from urllib.parse import urlencode

from .. import forms
from ..citation import authors, name_of
from ..tables import Tables, remembered
from . import address
from .content import Site

FORM, QUESTION = "correction", "change-record"  # the form in schemas/forms.yaml, and its question for the record


def closing(site: Site, table: str, identifier: str, title: str) -> dict:
    """What `closing.html` shows of a record of a table."""
    return {"identifier": identifier, "history": site.history.get((table, identifier), []),
            "cite": reference(site, identifier, title, address.of_record(table, identifier)), "correction": correction(site, identifier)}


def reference(site: Site, identifier: str, title: str, place: str) -> str:
    """One sentence for a list of references that names the record."""
    package = site.package
    names = "; ".join(map(name_of, authors(package)))
    known = f", {site.url}{place}" if site.url else ""
    return (f"{names} ({package.created[:4]}). “{title}”, record {identifier}, in {package.descriptor['title']} "
            f"(version {package.descriptor['version']}) [Data set]{known}.")


def correction(site: Site, identifier: str) -> str:
    """The address of the correction form with the record filled in, or '' where there is no form or the repository's address is not
    known."""
    file = form_file(site.tables)
    asked = urlencode({"template": file, "title": f"A correction: {identifier}", QUESTION: identifier})
    return f"{site.repository}/issues/new?{asked}" if site.repository and file else ""


@remembered
def form_file(tables: Tables) -> str:
    """The file of the correction form, or '' where the dataset has none."""
    return next((form.file for form in forms.load(tables)[0] if form.name == FORM), "")
