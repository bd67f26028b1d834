"""A version of the dataset as a package: a folder, a release zip, or a git revision."""

from __future__ import annotations

import io
import lzma
import os
import shutil
import stat
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from .package import DESCRIPTOR, Package, load

PARTS = (DESCRIPTOR, "schemas", "data")
MOST_BYTES = 500 * 2**20  # of a release, packed and unpacked
MOST_FILES = 10_000  # in a zip
RECORD = b"PK\x01\x02"  # how what a zip's directory says of a file starts
COMPRESSED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # of other ways a small block may unpack to any size at once
BROKEN_ZIP = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def version(root: Path, name: str | None) -> Iterator[tuple[Package | None, str]]:
    """The package that `name` stands for: a revision of the git repository that `root` lies in, else a folder with a dataset or a
    zip; without a name the files in `root` as they are. None with the reason where there is none, or none that can be loaded.
    What had to be unpacked is there until the context ends.

    A revision comes first, so that a change cannot choose what it is compared with by adding a folder of that name; a path that
    starts with `./` or `/` is never one.
    """
    write = None
    if name is None:
        yield loaded(root)
    elif resolve(root, name)[0]:
        write = partial(check_out, root, name)
    elif name and exists(Path(name) / DESCRIPTOR):
        yield loaded(Path(name))
    elif exists(Path(name)):
        write = partial(unzip, Path(name))
    else:
        yield None, f"`{name}` is no revision of a git repository here, no folder with a {DESCRIPTOR} and no zip."
    if write:
        with unpacked(write) as (package, reason):
            yield package, "" if package else reason or f"`{name}` holds no dataset that can be loaded."


def loaded(folder: Path) -> tuple[Package | None, str]:
    """The package in a folder, or None and the first reason why it cannot be loaded."""
    package, problems = load(folder)
    return package, "" if package else problems[0].text


def exists(path: Path) -> bool:
    """Whether a path is a file, whatever the path."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def revision(root: Path, name: str) -> AbstractContextManager[tuple[Package | None, str]]:
    """The package at a revision of the git repository that `root` lies in, or None: with a reason if there is no such revision,
    without one if it holds no dataset that can be loaded."""
    return unpacked(partial(check_out, root, name))


@contextmanager
def unpacked(write: Callable[[Path], str]) -> Iterator[tuple[Package | None, str]]:
    """The package that `write` writes to a folder for as long as the context lasts, or why it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        reason = write(Path(folder))
        yield (None, reason) if reason else (load(Path(folder))[0], "")


def git(root: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess:
    """Run git in a folder."""
    return subprocess.run(["git", "-C", str(root), *arguments], input=given, capture_output=True, check=False)


def resolve(root: Path, revision: str) -> tuple[str, str]:
    """The commit id of a revision, or '' and why there is none."""
    try:
        found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except (OSError, ValueError) as error:
        return "", f"git cannot be run: {error}."
    commit = found.stdout.decode(errors="replace").strip()
    return ("", f"`{revision}` is no revision of a git repository here.") if found.returncode or not commit else (commit, "")


def check_out(root: Path, revision: str, place: Path) -> str:
    """Write the dataset of a git revision to a folder; return why that cannot be done, or ''."""
    commit, reason = resolve(root, revision)
    if reason:
        return reason
    present = [part for part in PARTS if git(root, "cat-file", "-e", f"{commit}:./{part}").returncode == 0]
    if DESCRIPTOR not in present:
        return ""
    listed = git(root, "ls-tree", "-r", "-z", "--long", commit, "--", *present)  # not `git archive`: attributes of the tree steer that
    entries = [entry.split(b"\t", 1) for entry in listed.stdout.split(b"\0")[:-1]]
    files = {PurePosixPath(os.fsdecode(path)): kind.split() for kind, path in entries if kind.startswith(b"100")}  # no links
    if sum(int(size) for *_, size in files.values()) > MOST_BYTES:
        return f"The dataset at `{revision}` is larger than {MOST_BYTES // 2**20} MB."
    blobs = git(root, "cat-file", "--batch", given=b"".join(blob + b"\n" for _, _, blob, _ in files.values()))
    if listed.returncode or blobs.returncode:
        return f"git cannot read the dataset at `{revision}`."
    stream = io.BytesIO(blobs.stdout)
    for path in files:
        data = stream.read(int(stream.readline().split()[2]) + 1)[:-1]
        if ".." not in path.parts:
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(data)
    return ""


def unzip(archive: Path, place: Path) -> str:
    """Write the dataset of a release zip to a folder; return why that cannot be done, or ''. The dataset may lie in one
    folder within the zip; of other members, of links and of names that lead elsewhere, nothing is written."""
    try:
        if reason := too_much(archive):
            return reason
        with zipfile.ZipFile(archive) as release:
            members = {PurePosixPath(member.filename.replace("\\", "/")): member for member in release.infolist() if is_file(member)}
            base = min((path.parent for path in members if path.name == DESCRIPTOR), key=lambda path: len(path.parts), default=None)
            if base is None:
                return f"`{archive}` holds no {DESCRIPTOR}."
            wanted = {path.relative_to(base): member for path, member in members.items() if path.is_relative_to(base)}
            wanted = {path: member for path, member in wanted.items() if path.parts and path.parts[0] in PARTS and ".." not in path.parts}
            if sum(member.file_size for member in wanted.values()) > MOST_BYTES:
                return f"`{archive}` is larger than {MOST_BYTES // 2**20} MB when unpacked."
            if strange := [path for path, member in wanted.items() if member.compress_type not in COMPRESSED]:
                return f"`{archive}` holds `{str(strange[0])[:80]}` compressed in another way than zips of releases: pack it again."
            for path, member in wanted.items():
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                with release.open(member) as packed, (place / path).open("wb") as file:
                    shutil.copyfileobj(packed, file)
    except BROKEN_ZIP as error:
        return f"`{archive}` cannot be read as a zip: {str(getattr(error, 'strerror', None) or error)[:200]}."
    return ""


def too_much(archive: Path) -> str:
    """Why a zip is not even opened, or ''. Its directory, which is read as a whole, has a record for each of its files."""
    if archive.stat().st_size > MOST_BYTES:
        return f"`{archive}` is larger than {MOST_BYTES // 2**20} MB."
    records, last = 0, b""
    with archive.open("rb") as file:
        while block := file.read(2**20):
            records += (last + block).count(RECORD)
            last = block[1 - len(RECORD):]
    return f"`{archive}` holds more than {MOST_FILES:,} files." if records > MOST_FILES else ""


def is_file(member: zipfile.ZipInfo) -> bool:
    """Whether a member of a zip is a file that has a name: no folder and no link."""
    return bool(member.filename) and not member.is_dir() and not stat.S_ISLNK(member.external_attr >> 16)
