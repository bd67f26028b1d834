"""The release notes: what a release holds, what changed since the one before, how to check and cite it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from ..changelog import CHANGELOG, PARTS, Section
from ..citation import licence, reference
from ..delta import ADD, DEL, GONE, MOD
from ..derive.settings import SETTINGS, Change
from ..package import RECORDED, Package
from ..previous import Previous
from ..tables import Tables
from .pages import relinked

OPERATIONS = (ADD, MOD, DEL, GONE)


@dataclass(frozen=True, eq=False)
class WorkedOut:
    """What changed in the derived and flat tables: each cell as `delta.delta` gives it, or None with the `reason` where they could not be
    compared, and the settings that changed."""

    delta: pd.DataFrame | None = None
    reason: str = ""
    settings: list[Change] = field(default_factory=list)


def notes(tables: Tables, delta: pd.DataFrame, section: Section | None, before: Previous, worked_out: WorkedOut) -> str:
    """The text of `RELEASE_NOTES.md`, in Markdown.

    `tables` are all tables of the release, `delta` is what `delta.delta` gave, `section` what the changelog says of the version (or of
    what is not released yet), `before` what `previous.previous_release` gave.
    """
    return "\n".join([*head(tables.package, before), *counts(tables, delta, before.tables is not None), *derived(tables, worked_out),
                      *decided(worked_out.settings), *told(section), *how_to(tables.package), ""])


def head(package: Package, before: Previous) -> Iterator[str]:
    """Title, date, and what it was compared with."""
    yield f"# {package.descriptor.get('title', package.descriptor['name'])} {package.descriptor['version']}"
    yield from ("", f"Released on {package.created}.", "")
    empty = "`delta.csv` and `delta_derived.csv` have no rows"
    name = f"{before.version} (`{before.given}`)" if before.given else before.version
    if before.version and before.version == package.descriptor["version"]:
        name = f"`{before.given}`, which has the version {before.version} as well"
    if before.notice:
        yield f"What changed since the last release is not listed here, and {empty}. {before.notice}"
    elif before.tables:
        yield (f"Compared with {name}. `delta.csv` lists every cell that was added, changed or removed, with its old and its "
               "new text; `data/withdrawn.csv` gives the reason for each record that was withdrawn.")
    else:
        yield f"This is the first release, so there is none to compare it with, and {empty}."


def counts(tables: Tables, delta: pd.DataFrame, compared: bool) -> Iterator[str]:
    """The rows of each table, and how many were added, changed, removed and withdrawn where they were compared."""
    rows = {content.table.name: len(content.rows) for content in tables}
    recorded = [name for name, content in tables.contents.items() if content.table.folder == RECORDED]
    changed = rows_of(delta)
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


def rows_of(delta: pd.DataFrame) -> dict[tuple[str, str], int]:
    """How many rows of a table an operation concerns, by both."""
    distinct = delta.drop_duplicates(["operation", "table", "id"])
    return {(table, operation): len(found) for (table, operation), found in distinct.groupby(["table", "operation"])}


def derived(tables: Tables, worked_out: WorkedOut) -> Iterator[str]:
    """The rows of the tables that the release works out, and how many were added, changed and removed where they were compared."""
    rows = {content.table.name: len(content.rows) for content in tables if content.table.folder != RECORDED}
    if not rows:
        return
    if worked_out.delta is None:
        yield from ("", "Worked out of these at release:", "", "| table | rows |", "|---|---:|")
        yield from (f"| `{name}` | {count:,} |" for name, count in rows.items())
        if worked_out.reason:
            yield from ("", "What changed in these tables is not listed here, and `delta_derived.csv` has no rows. "
                            f"{worked_out.reason}")
        return
    changed = rows_of(worked_out.delta)
    yield from ("", "Worked out of these at release:", "", "| table | rows | added | changed | removed |", "|---|---:|---:|---:|---:|")
    yield from (f"| `{name}` | {count:,} | {' | '.join(f'{changed.get((name, op), 0):,}' for op in (ADD, MOD, DEL))} |"
                for name, count in rows.items())
    yield from ("", "`delta_derived.csv` lists every cell of the derived tables that changed, not of the flat ones. They were compared "
                    "with what the code of this release makes of the data and settings of the release before: what the code itself does "
                    "in another way is not counted.")


def decided(settings: list[Change]) -> Iterator[str]:
    """The settings that changed."""
    if settings:
        yield from ("", f"Settings that changed, the decisions that these tables rest on (`{SETTINGS}`):", "")
        yield from (f"- `{name}`: `{old}` → `{new}`" for name, old, new in settings)


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
                yield from ("", relinked(CHANGELOG, text))


def how_to(package: Package) -> Iterator[str]:
    """How to check the files and how to cite them."""
    yield from ("", "## Check what you downloaded", "", "In the folder of the release:", "", "```sh",
                "sha256sum --check --strict SHA256SUMS   # with some of the files only: --ignore-missing; on macOS: shasum -a 256",
                "```", "", "## Cite", "",
                f"> {reference(package)}", "",
                "`CITATION.cff` says the same to programs. Name the version that you used: records are corrected from one to the next.")
    if name := licence(package).get("name"):
        yield from ("", f"Licence of the data: {name}.")
