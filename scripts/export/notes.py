"""The release notes: what a release holds, what changed since the one before, how to check and cite it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pandas as pd

from ..changelog import PARTS, Section
from ..citation import licence, reference
from ..delta import ADD, DEL, GONE, MOD, RECORDED
from ..package import Package
from ..tables import Tables

OPERATIONS = (ADD, MOD, DEL, GONE)
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]*)\)")


def notes(tables: Tables, delta: pd.DataFrame, section: Section | None, previous_version: str, notice: str) -> str:
    """The text of `RELEASE_NOTES.md`, in Markdown.

    `tables` are all tables of the release, `delta` is what `delta.delta` gave, `section` what the changelog says of the version (or of
    what is not released yet), `previous_version` that of the release before ('' where there is none), `notice` why nothing could be
    compared with it ('' where it was).
    """
    return "\n".join([*head(tables.package, previous_version, notice), *counts(tables, delta, bool(previous_version and not notice)),
                      *told(section), *how_to(tables.package), ""])


def head(package: Package, previous_version: str, notice: str) -> Iterator[str]:
    """Title, date, and what it was compared with."""
    yield f"# {package.descriptor.get('title', package.descriptor['name'])} {package.descriptor['version']}"
    yield from ("", f"Released on {package.created}.", "")
    if notice:
        yield f"What changed since the last release is not listed here, and `delta.csv` is empty. {notice}"
    elif previous_version:
        yield (f"Compared with {previous_version}. `delta.csv` lists every cell that was added, changed or removed, with its old and its "
               "new text; `data/withdrawn.csv` gives the reason for each record that was withdrawn.")
    else:
        yield "This is the first release, so there is none to compare it with, and `delta.csv` is empty."


def counts(tables: Tables, delta: pd.DataFrame, compared: bool) -> Iterator[str]:
    """The rows of each table, and how many were added, changed, removed and withdrawn where they were compared."""
    rows = {content.table.name: len(content.rows) for content in tables}
    recorded = [name for name, content in tables.contents.items() if content.table.folder == RECORDED]
    distinct = delta.drop_duplicates(["operation", "table", "id"])
    changed = {(table, operation): len(found) for (table, operation), found in distinct.groupby(["table", "operation"])}
    if not compared:
        yield from ("", "## Rows", "", "| table | rows |", "|---|---:|")
        yield from (f"| `{name}` | {rows[name]:,} |" for name in recorded)
    else:
        names = [*recorded, *(name for name in dict.fromkeys(delta["table"]) if name not in recorded)]
        yield from ("", "## Rows, and what changed", "", "| table | rows | added | changed | removed | withdrawn |",
                    "|---|---:|---:|---:|---:|---:|")
        yield from (f"| `{name}` | {rows.get(name, 0):,} | {' | '.join(f'{changed.get((name, op), 0):,}' for op in OPERATIONS)} |"
                    for name in names)
        renewed = [name for name in names if changed.get((name, DEL)) and changed.get((name, ADD), 0) == rows.get(name, 0) > 0]
        if renewed:
            yield from ("", "All rows count as new and all earlier ones as removed, as where the columns of a key change: "
                            f"{', '.join(f'`{name}`' for name in renewed)}.")
    others = [name for name in rows if name not in recorded]
    if others:
        yield from ("", "Worked out of these at release:", "", "| table | rows |", "|---|---:|")
        yield from (f"| `{name}` | {rows[name]:,} |" for name in others)


def told(section: Section | None) -> Iterator[str]:
    """What the changelog says, its headings one level higher."""
    if section is None or not section.says():
        return
    if not section.version:
        yield from ("", "What follows stands in the changelog as not released yet.")
    for part in ("", *PARTS):
        if section.says(part):
            yield from ("", f"## {part}") if part else ()
        for (of, heading), text in section.texts.items():
            if of == part and text:
                yield from ("", f"### {heading}") if heading else ()
                yield from ("", unlinked(text))


def unlinked(text: str) -> str:
    """Markdown in which a link to a file of the repository, which leads nowhere from here, is its words alone."""
    return LINK.sub(lambda found: found[0] if urlsplit(found[2]).scheme else found[1], text)


def how_to(package: Package) -> Iterator[str]:
    """How to check the files and how to cite them."""
    yield from ("", "## Check what you downloaded", "", "In the folder of the release:", "", "```sh",
                "sha256sum --check --strict SHA256SUMS   # with some of the files only: --ignore-missing; on macOS: shasum -a 256",
                "```", "", "## Cite", "",
                f"> {reference(package)}", "",
                "`CITATION.cff` says the same to programs. Name the version that you used: records are corrected from one to the next.")
    if name := licence(package).get("name"):
        yield from ("", f"Licence of the data: {name}.")
