"""The page of the downloads: every file of the release, what it is for, its size and its checksum."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..codebook import groups, recorded
from ..export.dataset_card import FIRST
from ..export.linked_data import MEDIA_TYPES
from ..export.pages import LINK
from ..folder import SUMS
from ..folder import recorded as checksums
from ..package import FLAT, Package, Table
from . import documents
from .content import DOWNLOADS, Site
from .page import Page
from .structured import of_dataset

USING = "docs/using.md"
ROW = re.compile(r"^\| (`[^|]+) \| ([^|]+) \|$", re.MULTILINE)  # of its list of files
UNITS = ("kB", "MB", "GB")


@dataclass(frozen=True)
class File:
    """A file of the release: its path in it, its place on the site, its size in bytes, its SHA-256."""

    path: str
    place: str
    bytes: int
    sha256: str

    @property
    def size(self) -> str:
        return size(self.bytes)


@dataclass(frozen=True)
class Offered:
    """A table with its rows and its files, by what people call their kind."""

    table: Table
    rows: int
    files: dict[str, File]


@dataclass(frozen=True)
class Group:
    """Tables of one kind under their heading, and the formats in which there are any of them."""

    heading: str
    tables: list[Offered]

    @property
    def formats(self) -> list[str]:
        return list(dict.fromkeys(name for one in self.tables for name in one.files))


def pages(site: Site) -> Iterator[Page]:
    """The one page."""
    found = files(site)
    told = purposes(site, found)
    yield Page(f"{DOWNLOADS}/", "Downloads", "downloads.html", {
        "whole": [(file, purpose) for purpose, group in told for file in group if is_whole(file)],
        "groups": [Group(heading, [offered(site, table, found) for table in tables]) for heading, tables in kinds(site.package)],
        "files": told, "sums": SUMS if found else "", "first": first(site, found)},
        about="The whole dataset as CSV, Excel, SQLite, Parquet and Stata, with checksums.", part_of=f"{DOWNLOADS}/",
        linked_data=of_dataset(site, f"{DOWNLOADS}/"))


def files(site: Site) -> list[File]:
    """Every file of the release, by its list of checksums; none where no release was written."""
    folder = site.downloads
    return [File(path, f"{DOWNLOADS}/{path}", (folder / path).stat().st_size, digits)
            for path, digits in checksums(folder).items()] if folder else []


def is_whole(file: File) -> bool:
    """Whether a file holds all tables."""
    return "/" not in file.path and Path(file.path).suffix in set(MEDIA_TYPES) - {".csv"}


def kinds(package: Package) -> Iterator[tuple[str, list[Table]]]:
    """The tables under headings: those that are easiest to start with first."""
    found = [("Recorded tables", recorded(package)), *((heading, tables) for heading, _, tables in groups(package))]
    yield from sorted(found, key=lambda pair: pair[1][0].folder != FLAT)


def offered(site: Site, table: Table, found: list[File]) -> Offered:
    """A table with those files that hold it alone."""
    names = {f"{Path(table.path).with_suffix('')}", *(f"{folder}/{table.name}" for folder in ("parquet", "stata"))}
    return Offered(table, len(site.rows(table.name)), {
        kind_of(file): file for file in found
        if str(PurePosixPath(file.path).with_suffix("")) in names and PurePosixPath(file.path).suffix in MEDIA_TYPES})


def kind_of(file: File) -> str:
    """What people call the kind of a file."""
    suffix = PurePosixPath(file.path).suffix.removeprefix(".")
    return {"dta": "Stata", "parquet": "Parquet"}.get(suffix, suffix.upper())


def purposes(site: Site, found: list[File]) -> list[tuple[str, list[File]]]:
    """The files under what each is for, as the page on using a release lists them; those that it does not tell of come last."""
    version = site.package.descriptor["version"]
    left, listed = list(found), []
    for patterns, purpose in ROW.findall(documents.source(site, USING)):
        names = [name.replace("VERSION", version) for name in re.findall("`([^`]+)`", patterns)]
        group = [file for file in left if any(matches(file.path, name) for name in names)]
        left = [file for file in left if file not in group]
        listed.append((LINK.sub(r"\1", purpose), group))
    return [(purpose, group) for purpose, group in (*listed, ("further files", left)) if group]


def matches(path: str, name: str) -> bool:
    """Whether a path is one that a name means: `data/*.csv`, or a whole folder, `schemas/`."""
    return path.startswith(name) if name.endswith("/") else fnmatch.fnmatchcase(path, name)


def first(site: Site, found: list[File]) -> str:
    """The address, or else the path, of the table that a short example loads; '' where no release was written."""
    path = next((table.path for table in site.package.tables.values() if table.folder == FLAT and FIRST in table.path), "")
    return f"{site.url}{DOWNLOADS}/{path}" if site.url and found else path if found else ""


def size(amount: int) -> str:
    """A number of bytes as people say it, with two digits that count."""
    if amount < 1000:
        return f"{amount} B"
    power = min(len(UNITS), (len(str(amount)) - 1) // 3)
    value = amount / 1000 ** power
    return f"{value:.1f} {UNITS[power - 1]}" if value < 10 else f"{value:,.0f} {UNITS[power - 1]}"
