"""The targets: functions that take bytes as a stranger may send them, one for each parser.

A target lets nothing be raised but what the parser documents, looks at what comes out, and runs within `guard.folder`.
"""

from __future__ import annotations

import io
import os
import shutil
import warnings
import zipfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

import requests

from scripts import fit, form, forms, github, layout, pull_comment, queries, revisions, submission, versions
from scripts.answers import parse as answers_of
from scripts.canonical import mend_bytes
from scripts.cards import read_cards
from scripts.changelog import CHANGELOG, read_changelog, section_of, version_of
from scripts.correction_form import change
from scripts.derive import settings as derived
from scripts.diff_report import as_markdown, as_text, from_json
from scripts.draft import Draft, record
from scripts.names import Names
from scripts.package import DESCRIPTOR, Package, load
from scripts.problem import KINDS, LIMIT, Problem
from scripts.read import parse, read
from scripts.site import settings as site
from scripts.vocabularies import VOCABULARIES, load_vocabularies
from scripts.write import canonical
from tests.small import load_small, schema, table
from tests.web import DAY, Desk

from . import guard

SCHEMA = schema({"name": "title", "constraints": {"maxLength": 9, "pattern": "[a-z \"',]*"}},
                {"name": "kinds", "type": "list", "delimiter": ";", "vocabulary": "colour"}, {"name": "total", "type": "integer"},
                {"name": "parent"}, foreignKeys=[{"fields": "parent", "reference": {"fields": "zzz_id"}}])
ROWS = table("zzz_id,title,kinds,total,parent", 'zzz-a,"a ""b"", c",blue;green,1,', "zzz-b,b,,-2,zzz-a")
TARGETS: dict[str, Callable[[bytes], None]] = {}


def target(run: Callable[[bytes, Path], None]) -> Callable[[bytes], None]:
    """Let a function that takes bytes and a folder be a target under its name."""
    def one_input(data: bytes) -> None:
        with guard.folder() as folder:
            run(data, folder)
    TARGETS[run.__name__] = one_input
    return one_input


@cache
def small() -> Package:
    """A package of one table."""
    with guard.kept() as root:
        return load_small(root, {"zzz": SCHEMA}, {"zzz": ROWS})


@cache
def desk() -> Desk:
    """The fictional package in the project's own schemas, with its forms."""
    with guard.kept() as root:
        return Desk(root)


def put(folder: Path, name: str, data: bytes) -> Path:
    """A file of these bytes in a folder."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def bounded(problems: list[Problem]) -> list[Problem]:
    return guard.bounded(problems, LIMIT)


@target
def csv(data: bytes, folder: Path) -> None:
    """A table: raises nothing; what is read without a broken cell, written in canonical form, is read as the same without a problem."""
    described = small().tables["zzz"]
    content, problems = parse(described, data)
    assert bounded(problems) or content.whole
    if not any(KINDS[problem.code].breaks for problem in problems):
        written = canonical(content.rows, described)
        again, problems = parse(described, written)
        assert problems == [] and again.whole and canonical(again.rows, described) == written
        assert sorted(map(tuple, again.rows.to_numpy().tolist())) == sorted(
            map(tuple, content.rows[list(described.columns)].to_numpy().tolist()))


@target
def mend(data: bytes, folder: Path) -> None:
    """A table that `format` mends: raises nothing; what is mended once stays as it is and has no problem of bytes."""
    described = small().tables["zzz"]
    mended, problems = mend_bytes(small(), described, data)
    assert (mended is not None) or bounded(problems)
    if mended is not None:
        assert mend_bytes(small(), described, mended)[0] == mended
        assert not parse(described, mended)[1]


@target
def descriptor(data: bytes, folder: Path) -> None:
    """A datapackage.json beside sound schemas and tables: loaded, or told why not."""
    check_package(folder, DESCRIPTOR, data)


@target
def table_schema(data: bytes, folder: Path) -> None:
    """A Table Schema in a sound package: loaded, or told why not; the tables are then checked by it."""
    check_package(folder, "schemas/zzz.json", data)


def check_package(folder: Path, name: str, data: bytes) -> None:
    shutil.copytree(small().root, folder, dirs_exist_ok=True)
    put(folder, name, data)
    package, problems = load(folder)
    assert (package is None) == bool(bounded(problems))
    if package:
        tables = read(package)
        form.check(tables)
        layout.check(tables)
        bounded(tables.problems.found)


@target
def vocabularies(data: bytes, folder: Path) -> None:
    """A file of vocabularies."""
    put(folder, VOCABULARIES, data)
    found, problems = load_vocabularies(folder)
    assert found is not None or problems
    bounded(problems)


@target
def card(data: bytes, folder: Path) -> None:
    """A record card: rows, or told why not; a cell that it gives is one line."""
    found = read_cards([put(folder, "card.yaml", data)], desk().package)
    assert found.rows or found.corrections or found.problems
    bounded(found.problems)
    for row in found.rows:
        assert set(row.cells) == set(row.table.columns) and not any("\n" in cell for cell in row.cells.values())


@target
def form_body(data: bytes, folder: Path) -> None:
    """The text of an issue that may be a form, as far as its card: that can be read, and nothing in it is markup of YAML."""
    there = desk()
    known = list(there.forms.values())
    found = answers_of(data.decode("utf-8", "surrogateescape"), known)
    if found is not None:
        made = Draft(found, Names(there.tables), known)
        (record if found.form.section else change)(made)
        text = submission.as_yaml(made.card)
        assert not text or not {problem.code for problem in read_cards([put(folder, "card.yaml", text.encode())], there.package).problems
                                if KINDS[problem.code].group == "package"}
        assert all(len(complaint.message) + len(complaint.hint) <= guard.LONGEST for complaint in found.complaints)


@target
def issue(data: bytes, folder: Path) -> None:
    """The same with all checks, which take a second: a card or complaints, and a comment that fits."""
    there = desk()
    with patch.object(forms, "load", lambda tables: (list(there.forms.values()), [])):
        found = submission.answer(there.package, there.tables, data.decode("utf-8", "surrogateescape"), DAY)
    assert found.ready or found.complaints
    assert all(len(complaint.message) + len(complaint.hint) <= guard.LONGEST for complaint in found.complaints)
    assert len(found.comment) < github.LONGEST and len(found.title.splitlines()) <= 1 and submission.as_json(found)


@target
def archive(data: bytes, folder: Path) -> None:
    """A file that should be a release as a zip: unpacked into the folder for it, or told why not."""
    unpacked(put(folder, "zzz.zip", data), folder / "place")


@target
def archive_names(data: bytes, folder: Path) -> None:
    """A zip whose members have the names that stand on the lines of a text."""
    with zipfile.ZipFile(folder / "zzz.zip", "w") as made, warnings.catch_warnings(action="ignore"):
        for name in [DESCRIPTOR.encode(), *data.split(b"\n")]:
            (member := zipfile.ZipInfo("zzz")).filename = name.decode("utf-8", "replace")
            made.writestr(member, b"{}")
    unpacked(folder / "zzz.zip", folder / "place")


def unpacked(file: Path, place: Path) -> None:
    place.mkdir()
    reason = versions.unzip(file, place)
    assert len(reason) <= guard.LONGEST
    found = [path.relative_to(place) for path in place.rglob("*")]
    assert all(path.parts[0] in versions.PARTS and not (place / path).is_symlink() for path in found)
    if not reason:
        package, problems = load(place)
        assert package or bounded(problems)


@target
def history(data: bytes, folder: Path) -> None:
    """What `git log --patch` says, in which messages and rows are what strangers wrote."""
    with patch.object(revisions, "git", lambda *_arguments: CompletedProcess([], 0, data, b"")):
        found = revisions.revisions(small())
    assert all(table == "zzz" for table, _ in found)


@target
def stored_report(data: bytes, folder: Path) -> None:
    """The report that a run of strangers' code left: a comment that fits, whatever stands there."""
    put(folder, pull_comment.REPORT, data)
    assert len(pull_comment.markdown(folder, "https://example.org/run", pull_comment.COMMENT)) <= pull_comment.COMMENT


@target
def stored_difference(data: bytes, folder: Path) -> None:
    """The difference that such a run left. Raises ValueError in one short line for what is none."""
    put(folder, pull_comment.REPORT, b'{"valid": true, "tables": {}, "counts": {}, "problems": []}')
    put(folder, pull_comment.DIFFERENCE, data)
    assert len(pull_comment.markdown(folder, "", pull_comment.COMMENT)) <= pull_comment.COMMENT
    try:
        found = from_json(data.decode("utf-8", "replace"))
    except ValueError as error:
        assert len(str(error)) <= guard.LONGEST and str(error).isprintable()
        return
    assert as_text(found) and len(as_markdown(found)) <= 65_000


@target
def event(data: bytes, folder: Path) -> None:
    """The event that starts a workflow: done, or one line that says why not, whatever GitHub answers to it."""
    class Silent(github.Repository):
        def call(self, method: str, path: str, **options) -> None:
            return None

    env = {"GITHUB_EVENT_PATH": str(put(folder, "event.json", data)), "GITHUB_SERVER_URL": "https://example.org"}
    put(folder, "stored/report.json", b"")
    repository, there = Silent("zzz/zzz", requests.Session(), "https://example.org"), desk()
    for command in (["form"], ["comment", str(folder / "stored")]):
        said = io.StringIO()
        said.reconfigure = lambda **_options: None
        with (patch.dict(os.environ, env), patch.object(github, "repository", lambda: repository), redirect_stdout(said),
              redirect_stderr(said), patch.object(github, "dataset", lambda _root: there.tables),
              patch.object(forms, "load", lambda tables: (list(there.forms.values()), []))):
            assert github.main(command) in (0, 2)
        assert len(said.getvalue().splitlines()) == 1 and len(said.getvalue()) <= guard.LONGEST


@target
def changelog(data: bytes, folder: Path) -> None:
    """A changelog: its sections and what is wrong with it."""
    put(folder, CHANGELOG, data)
    sections, problems = read_changelog(folder)
    bounded(problems)
    assert all(not section.version or version_of(section.version) for section in sections)
    assert (section_of(folder, "1.0.0") is None) <= (not any(section.version in ("", "1.0.0") for section in sections))


@target
def citation(data: bytes, folder: Path) -> None:
    """A CITATION.cff that the release compares with the package; it, .zenodo.json and pyproject.toml have one reader each."""
    for name in ("CITATION.cff", ".zenodo.json", "pyproject.toml"):
        put(folder, name, data)
    bounded(list(fit.copies(folder, desk().package)))


@target
def settings(data: bytes, folder: Path) -> None:
    """The settings of the derived tables."""
    put(folder, derived.SETTINGS, data)
    found, problems = derived.load_settings(folder)
    bounded(problems)
    assert found or problems


@target
def site_settings(data: bytes, folder: Path) -> None:
    """The settings of the site."""
    put(folder, site.SETTINGS, data)
    found, problems = site.load_site_settings(folder)
    bounded(problems)
    assert found or problems


@target
def answers(data: bytes, folder: Path) -> None:
    """The queries that a release answers."""
    put(folder, queries.ANSWERS, data)
    found, problems = queries.load_queries(folder)
    bounded(problems)
    assert (found is None) == bool(problems)


@target
def web_forms(data: bytes, folder: Path) -> None:
    """The description of the web forms."""
    tables = desk().tables
    put(folder, forms.FORMS, data)
    moved = type(tables)(replace(tables.package, root=folder), tables.contents)
    found, problems = forms.load(moved)
    bounded(problems)
    assert found or problems or b"forms" in data
