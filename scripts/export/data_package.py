"""The Data Package: every table as CSV with its schema, the vocabularies, a descriptor with size and hash of each file, and a zip."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

from .. import derived
from ..derive.settings import SETTINGS
from ..documents import as_json, load_json
from ..package import DESCRIPTOR, RECORDED, Package
from ..tables import Tables
from ..vocabularies import VOCABULARIES
from ..write import canonical
from . import release_name

LICENCE = "LICENSE"
COPIED = (VOCABULARIES, derived.DERIVED, derived.VOCABULARIES, SETTINGS)
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a zip's clock


def write(tables: Tables, folder: Path) -> None:
    """Write the package into a folder, as files and as NAME-VERSION.zip of just these. Raises OSError.

    Schemas are whole, record cards included: by them `diff` and `show` know what a record is when they read a release as a version.
    Columns that stand for each term of a vocabulary are written out.
    """
    package = tables.package
    files = {path: (package.root / path).read_bytes() for path in COPIED}
    if (package.root / LICENCE).is_file():
        files[LICENCE] = (package.root / LICENCE).read_bytes()
    for content in tables:
        files[content.table.path] = canonical(content.rows, content.table)
        files[content.table.schema_path] = as_json(content.table.schema)
    files[DESCRIPTOR] = as_json(descriptor(package, files))
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / f"{release_name(package)}.zip").write_bytes(zipped(files))


def descriptor(package: Package, files: dict[str, bytes]) -> dict:
    """That of the package with a resource for each table: `bytes` and `hash` of its file, and `derived` where a release works it
    out."""
    known = [*package.descriptor["resources"], *load_json(package.root / derived.DERIVED, derived.DERIVED)[0]["resources"]]
    own = {resource["name"]: resource for resource in known}
    resources = []
    for table in package.tables.values():
        data = files[table.path]
        resources.append({
            "name": table.name, "type": "table", "path": table.path, "title": table.title, "description": table.description,
            "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", **own[table.name],
            "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            **({} if table.folder == RECORDED else {"derived": True})})
    return {**package.descriptor, "resources": resources}


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of files by path, the same on any machine: in order of their paths, with one time and one set of permissions."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in sorted(files.items()):
            member = zipfile.ZipInfo(path, FIRST_DAY)
            member.create_system, member.external_attr, member.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return buffer.getvalue()
