"""What a page says to search engines, as schema.org has it."""

from __future__ import annotations

from ..citation import filled
from ..export.linked_data import about, download, downloads
from ..records import Record, Row
from . import address
from .content import DOWNLOADS, Site

CONTEXT = "https://schema.org/"
OF_THE_WHOLE = ("@type", "name", "description", "version", "license", "creator")  # what a record says of the dataset that it is part of


def of_dataset(site: Site, place: str) -> dict:
    """The dataset with its files, for the page at a place; without its columns, which its own file in the downloads gives."""
    whole = about(site.package)
    return filled({**whole, "@context": CONTEXT, "url": site.url or whole.get("url"), "distribution": files(site, place)})


def files(site: Site, place: str) -> list[dict]:
    """Every file of data of the release, with its size and hash; none where no release was written."""
    folder = site.downloads
    return [{**download(path, folder, site.package), "contentUrl": lead(site, place, f"{DOWNLOADS}/{path}")}
            for path in downloads(folder)] if folder else []


def lead(site: Site, place: str, there: str) -> str:
    """The address of a file: whole where that of the site is known, else from the page at a place."""
    return site.url + there if site.url else address.href(place, there)


def of_record(site: Site, record: Record, title: str, place: str) -> dict:
    """A record as a part of the dataset, with its sources; a source as the text that it is."""
    row = record.row
    known = about(site.package)
    whole = filled({**{key: known.get(key) for key in OF_THE_WHOLE}, "url": site.url})
    if record.table.name == "citations":
        return filled({"@context": CONTEXT, "@type": "CreativeWork", "name": title, "identifier": record.id, "url": row["url"],
                       "publisher": filled({"@type": "Organization", "name": row["publisher"]}),
                       "datePublished": row["published"], "inLanguage": row["language"]})
    return filled({"@context": CONTEXT, "@type": "Dataset", "name": title, "identifier": record.id,
                   "description": row.get("summary") or row.get("claim"), "url": site.url and site.url + place,
                   "license": known.get("license"), "creator": known.get("creator"), "isPartOf": whole,
                   "citation": [filled({"@type": "CreativeWork", "name": citation["title"], "url": citation["url"]})
                                for citation in {citation["citation_id"]: citation for _, citation in record.sources}.values()]})


def of_organization(site: Site, row: Row, parent: str) -> dict:
    """An organization, with its name in its own script and the organization above it ('' for none)."""
    def named(name: str, identifier: str) -> dict:
        return {"@type": "Organization", "name": name, "identifier": identifier,
                "url": site.url and site.url + address.of_record("organizations", identifier)}

    return filled({"@context": CONTEXT, **named(row["name"], row["organization_id"]), "alternateName": row["name_local"],
                   "parentOrganization": filled(named(site.label("organizations", parent), parent)) if parent else None})
