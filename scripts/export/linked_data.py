"""dataset.jsonld: the dataset as schema.org/Dataset, which search engines for data read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..citation import authors, filled, is_person, licence
from ..codebook import recorded
from ..documents import as_json
from ..package import Package
from ..tables import Tables

CONTEXT = {  # written out, so that nothing has to be fetched to read the file
    "@vocab": "https://schema.org/",
    **{name: {"@type": "@id"} for name in ("contentUrl", "license", "url")},
    **{name: {"@type": "Date"} for name in ("dateModified", "datePublished")}}
MEDIA_TYPES = {
    ".csv": "text/csv", ".zip": "application/zip", ".parquet": "application/vnd.apache.parquet", ".sqlite": "application/vnd.sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".dta": "application/x-stata-dta"}


def write(tables: Tables, folder: Path) -> None:
    """Write dataset.jsonld into the release folder, with every file of data that already stands there. Raises OSError."""
    found = {**dataset(tables.package), "distribution": [download(path, folder, tables.package) for path in downloads(folder)]}
    (folder / "dataset.jsonld").write_bytes(as_json(found))


def dataset(package: Package) -> dict:
    """What the Data Package says of the whole, with its columns."""
    return {**about(package), "variableMeasured": [
        {"@type": "PropertyValue", "name": f"{table.name}.{field.name}", "description": f"{field.title}. {field.description}"}
        for table in recorded(package) for field in table.fields]}


def about(package: Package) -> dict:
    """What the Data Package says of the whole. An address or identifier stands there only if the Data Package has one."""
    descriptor = package.descriptor
    return filled({
        "@context": CONTEXT, "@type": "Dataset", "name": descriptor["title"], "alternateName": descriptor["name"],
        "description": descriptor.get("description"), "version": descriptor["version"], "datePublished": package.created,
        "dateModified": package.created, "license": licence(package).get("path"), "keywords": descriptor.get("keywords"),
        "identifier": descriptor.get("id"), "url": descriptor.get("homepage"), "inLanguage": "en", "isAccessibleForFree": True,
        "creator": [agent(person) for person in authors(package)],
        "isBasedOn": [filled({"@type": "CreativeWork", "name": source.get("title"), "url": source.get("path"),
                              "description": source.get("description")}) for source in descriptor.get("sources", [])]})


def agent(contributor: dict) -> dict:
    """A contributor of the Data Package as a person or an organization."""
    if is_person(contributor):
        return filled({"@type": "Person", "familyName": contributor["familyName"], "givenName": contributor.get("givenName"),
                       "name": " ".join(filter(None, (contributor.get("givenName"), contributor["familyName"]))),
                       "url": contributor.get("path")})
    return filled({"@type": "Organization", "name": contributor.get("title"), "url": contributor.get("path")})


def downloads(folder: Path) -> list[str]:
    """The files of data in a release folder, as paths in it, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in MEDIA_TYPES and path.is_file())


def download(path: str, folder: Path, package: Package) -> dict:
    """One file: its place (relative to the release), its kind, its size in bytes and its hash."""
    data = (folder / path).read_bytes()
    table = next((table for table in package.tables.values() if table.path == path), None)
    return filled({"@type": "DataDownload", "name": table.title if table else path, "description": table and table.description,
                   "contentUrl": path, "encodingFormat": MEDIA_TYPES[Path(path).suffix], "contentSize": f"{len(data)} B",
                   "sha256": hashlib.sha256(data).hexdigest()})
