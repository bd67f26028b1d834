"""The release: what everyone downloads, from the recorded tables to the last checksum."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd
from xlsxwriter.exceptions import XlsxWriterException

from . import fit
from .changelog import section_of
from .delta import as_csv, delta
from .derive.build import derive
from .derive.settings import changed_settings, check_settings, load_settings, read_settings
from .derived import with_derived
from .documents import load_json, read_text
from .export import (
    answers,
    citation,
    codebook_html,
    croissant,
    data_package,
    dataset_card,
    datasette,
    linked_data,
    pages,
    parquet,
    release_name,
    sqlite,
    stata,
    workbook,
)
from .export.data_package import LICENCE
from .export.notes import WorkedOut, notes
from .folder import SUMS, Taken, new_folder, sums, unusable
from .metadata import metadata_problems
from .package import DERIVED, DESCRIPTOR, FLAT, Package
from .previous import Previous, derived_before, previous_release
from .problem import ERROR, Problem, kind
from .queries import load_queries
from .read import read
from .tables import Tables
from .validate import check

DIST = "dist"
OWN = (".ci", ".git", ".github", ".venv", ".venv-readers", "docs", "node_modules", "scripts", "tests")  # nothing is built in these either
EXPORTERS = {  # in this order: what stands below describes what stands above
    "CSV": data_package, "Parquet": parquet, "SQLite": sqlite, "Datasette": datasette, "Excel": workbook, "Stata": stata,
    "answers": answers, "pages": pages, "codebook": codebook_html, "citation": citation, "dataset card": dataset_card,
    "Croissant": croissant, "JSON-LD": linked_data}

BAD_PLACE = kind("bad-place", ERROR, "release", "A release or site is written to a new or empty folder, or over an earlier one.",
                 good="--out zzz, which is not there", bad="--out zzz with your own files in it")
NOT_WRITTEN = kind("half-release", ERROR, "release", "A release or site is written whole or not at all.",
                   good="room on the disk", bad="a full disk")
NOT_SOUND = kind("not-sound", ERROR, "release", "Only a dataset without errors is released.",
                 good="`validate` finds no error", bad="`validate` finds an error")
Tell = Callable[[str], None]  # hears how far the work is


@dataclass
class Outcome:
    """What came of building a release or a site: its folder, or why there is none; `notices` are for whoever builds it."""

    folder: Path | None = None
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if any(problem.severity == ERROR for problem in self.problems) else 0


@dataclass(frozen=True)
class Product:
    """Something that is built of a sound dataset: what people call it, where it stands unless told otherwise, how a folder that
    holds an earlier one is known, what writes it (all tables, the release before, the folder to write to), and what speaks against it."""

    name: str
    place: Path
    ours: Callable[[Path], bool]
    write: Callable[[Tables, Previous, Path], None]
    check: Callable[[Tables], list[Problem]] = lambda tables: []


def release(package: Package, out: Path | None, previous: str | None, tell: Tell) -> Outcome:
    """Build the release of a package in the folder `out` (or `dist/NAME-VERSION`), compared with the release that `previous` names (or
    the one that the changelog names)."""
    if problems := metadata_problems(package):
        return Outcome(problems=problems)
    return build(package, Product("release", Path(DIST, release_name(package)), is_release_of(package.descriptor["name"]),
                                  partial(write_release, tell=tell)), out, previous, tell)


def build(package: Package, product: Product, out: Path | None, previous: str | None, tell: Tell) -> Outcome:
    """Write a product of a package, whose metadata are sound, to the folder `out`, or to its own place; whole or not at all."""
    out = out or package.root / product.place
    if reason := unusable(out, product.ours, package.root, folders_of(package)):
        return Outcome(problems=[BAD_PLACE.at(reason, "--out names the folder.")])
    tell(f"[ 0/{len(EXPORTERS)}] checking and deriving, some seconds …")
    tables, problems = derived_tables(package)
    problems += [problem for file in (LICENCE, *pages.PAGES) for problem in read_text(package.root / file, file)[1]]
    problems += load_queries(package.root)[1]
    before = previous_release(package, previous)
    if previous is not None and before.notice:
        problems.append(fit.no_previous(before))
    problems += product.check(tables) if tables else []
    if tables is None or problems:
        return Outcome(problems=problems)
    try:
        with new_folder(out, product.ours) as folder:
            product.write(tables, before, folder)
            (folder / SUMS).write_bytes(sums(folder).encode())
    except answers.Unanswered as error:
        return Outcome(problems=[error.problem])
    except Taken as error:
        return Outcome(problems=[BAD_PLACE.at(str(error), "--out names the folder.")])
    except (OSError, XlsxWriterException) as error:
        return Outcome(problems=[not_written(error, product.name, out)])
    return Outcome(out, notices=[before.notice] if before.notice else [])


def write_release(tables: Tables, before: Previous, folder: Path, tell: Tell) -> None:
    """Write all formats and what changed since the release before. Raises OSError, XlsxWriterException and Unanswered."""
    for step, (name, exporter) in enumerate(EXPORTERS.items(), 1):
        started = time.perf_counter()
        exporter.write(tables, folder)
        tell(f"[{step:2}/{len(EXPORTERS)}] {name:<12} {time.perf_counter() - started:5.1f} s")
    write_changes(tables, before, folder)


def is_release_of(name: str) -> Callable[[Path], bool]:
    """A function that tells whether a folder holds a Data Package of this name."""
    return lambda folder: (load_json(folder / DESCRIPTOR, DESCRIPTOR)[0] or {}).get("name") == name


def folders_of(package: Package) -> list[Path]:
    """The folders of a dataset in which its tables and schemas lie, and those of its repository, sorted."""
    found = {(package.root / path).parent for table in package.tables.values() for path in (table.path, table.schema_path)}
    found |= {package.root / name for name in OWN}
    return sorted(found - {package.root})


def write_changes(tables: Tables, before: Previous, folder: Path) -> None:
    """Write what changed since the release before: two deltas, and the notes."""
    package = tables.package
    was, reason = derived_before(before, package)
    changes, derived, flat = delta(before.tables, tables), delta(was, tables, DERIVED), delta(was, tables, FLAT)
    settings = changed_settings(before.settings, read_settings(package.root))
    worked_out = WorkedOut(pd.concat([derived, flat]) if was else None, reason, settings)
    section = section_of(package.root, package.descriptor["version"])
    (folder / "delta.csv").write_bytes(as_csv(changes))
    (folder / "delta_derived.csv").write_bytes(as_csv(derived))
    (folder / "RELEASE_NOTES.md").write_bytes(notes(tables, changes, section, before, worked_out).encode())


def fits(package: Package, previous: str | None) -> Outcome:
    """What speaks against releasing a package under its version; nothing is written."""
    if problems := metadata_problems(package):
        return Outcome(problems=problems)
    tables, problems = derived_tables(package)
    if tables is None:
        return Outcome(problems=problems)
    return Outcome(problems=fit.check(package, previous_release(package, previous), tables))


def derived_tables(package: Package) -> tuple[Tables | None, list[Problem]]:
    """All tables of a package with the derived ones, or None and what is wrong with it."""
    recorded = read(package)
    check(recorded, fast=True)
    if count := recorded.problems.severities[ERROR]:
        errors = [problem for problem in recorded.problems.found if problem.severity == ERROR]
        return None, [*errors, NOT_SOUND.at(f"The dataset holds {count:,} error{'s' * (count != 1)}.", "Mend them first.")]
    whole, problems = with_derived(package)
    settings, more = load_settings(package.root)
    if whole is None or settings is None:
        return None, problems + more
    if problems := check_settings(settings, whole, recorded):
        return None, problems
    return derive(recorded, whole, settings), []


def not_written(error: Exception, product: str, out: Path) -> Problem:
    """The problem of a product that could not be written."""
    number, text = getattr(error, "errno", None), getattr(error, "strerror", None) or str(error)
    if number in (errno.ENOSPC, errno.EDQUOT) or "full" in text:
        hint = "Make room, or name another place with --out."
    elif number in (errno.EACCES, errno.EPERM, errno.EROFS):
        hint = "Name a place that you may write to with --out."
    else:
        hint = "Name another place with --out."
    return NOT_WRITTEN.at(f"The {product} could not be written to {out}: {text}. Nothing was changed.", hint)
