"""Sound inputs for each target, from which mutation starts: the project's own files and what its tools write."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache

from scripts import forms, queries
from scripts.changelog import CHANGELOG
from scripts.derive import settings as derived
from scripts.diff import diff
from scripts.diff_report import as_json
from scripts.package import DESCRIPTOR
from scripts.report import render
from scripts.site import settings as site
from scripts.validate import validate
from scripts.vocabularies import VOCABULARIES
from tests.adding import CARD, SECOND
from tests.fictional import PROJECT, write_package
from tests.web import GOOD

from . import guard
from .targets import ROWS, SCHEMA, desk, small

LOG = f"\0{'0' * 40}\x002021-03-04\0Zzz: a subject\n\ndiff --git a/data/zzz.csv b/data/zzz.csv\n--- a/data/zzz.csv\n+++ b/data/zzz.csv\n"
NAMES = "data/zzz.csv\nschemas/zzz.json\nzzz/datapackage.json\n/data/zzz.csv\n../zzz.csv\ndata/../../zzz.csv\nC:\\data\\zzz.csv"
CORRECTION = "corrections:\n- {record: zzz-deployment, column: status, old: operational, new: suspended}\n"


@cache
def of(name: str) -> list[bytes]:
    """The sound inputs of a target."""
    return [seed if isinstance(seed, bytes) else seed.encode() for seed in SEEDS[name]()]


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(path for path in small().root.rglob("*") if path.is_file()):
            made.write(path, path.relative_to(small().root).as_posix())
    return data.getvalue()


def report() -> str:
    with guard.kept() as root:
        write_package(root, {"deployments": [{"status": "zzz"}]})
        return render(validate(root, fast=True), "json")


def difference() -> str:
    with guard.kept() as root:
        return as_json(diff(desk().package, write_package(root, {"deployments": [{"status": "suspended"}]})))


def events() -> Iterator[str]:
    yield json.dumps({"issue": {"number": 1, "body": desk().body("withdrawal")}})
    fork = {"full_name": "zzz/yyy", "owner": {"login": "zzz"}}
    yield json.dumps({"workflow_run": {"id": 1, "head_repository": fork, "head_branch": "zzz", "head_sha": "0" * 40},
                      "repository": {"default_branch": "main"}})


def file(name: str):
    return lambda: [(PROJECT / name).read_bytes()]


SEEDS = {
    "csv": lambda: [ROWS, ROWS.replace("\n", "\r\n"), "\ufeff" + ROWS, ROWS.replace(",", ";")],
    "mend": lambda: [ROWS, ROWS.replace("\n", "\r\n"), "\ufeff" + ROWS, ROWS.replace(",", ";")],
    "descriptor": lambda: [(small().root / DESCRIPTOR).read_bytes()],
    "table_schema": lambda: [json.dumps(SCHEMA)],
    "vocabularies": lambda: [(PROJECT / VOCABULARIES).read_bytes()[:3_000], (small().root / VOCABULARIES).read_bytes()],
    "card": lambda: [CARD, SECOND, CORRECTION],
    "issue": lambda: [desk().body(form) for form in GOOD],
    "form_body": lambda: [desk().body(form) for form in GOOD],
    "archive": lambda: [zipped()],
    "archive_names": lambda: [NAMES],
    "history": lambda: [f"{LOG}@@ -1,0 +2 @@\n+zzz-a,a\n-zzz-b,b\n{LOG}-zzz-c"],
    "stored_report": lambda: [report()],
    "stored_difference": lambda: [difference()],
    "event": events,
    "changelog": file(CHANGELOG),
    "citation": lambda: [(PROJECT / name).read_bytes() for name in ("CITATION.cff", ".zenodo.json", "pyproject.toml")],
    "settings": file(derived.SETTINGS),
    "site_settings": file(site.SETTINGS),
    "answers": file(queries.ANSWERS),
    "web_forms": file(forms.FORMS)}
