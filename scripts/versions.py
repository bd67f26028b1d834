"""A version of the dataset as a package: a folder, a release zip, or a git revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath

from .package import DESCRIPTOR, Package, load

PARTS = (DESCRIPTOR, "schemas", "data")
MOST_BYTES = 500 * 2**20  # of a release when unpacked


@contextmanager
def version(root: Path, name: str) -> Iterator[tuple[Package | None, str]]:
    """The package that `name` stands for: a folder with a dataset, a zip, or a revision of the git repository that `root` lies in.

    None with a reason where there is no such version; None without one where it exists and holds no dataset that can be loaded.
    What had to be unpacked is there until the context ends.
    """
    if name and (Path(name) / DESCRIPTOR).is_file():
        yield load(Path(name))[0], ""
    elif Path(name).is_file():
        with unpacked(lambda place: unzip(Path(name), place)) as found:
            yield found
    else:
        with revision(root, name) as found:
            yield found


def revision(root: Path, name: str) -> AbstractContextManager[tuple[Package | None, str]]:
    """The package at a revision of the git repository that `root` lies in, as `version` gives it."""
    return unpacked(lambda place: check_out(root, name, place))


@contextmanager
def unpacked(write: Callable[[Path], str]) -> Iterator[tuple[Package | None, str]]:
    """The package that `write` writes to a folder for as long as the context lasts, or why it cannot."""
    with tempfile.TemporaryDirectory() as folder:
        reason = write(Path(folder))
        yield (None, reason) if reason else (load(Path(folder))[0], "")


def check_out(root: Path, revision: str, place: Path) -> str:
    """Write the dataset of a git revision to a folder; return why that cannot be done, or ''."""
    def git(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)

    try:
        found = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except (OSError, ValueError) as error:
        return f"git cannot be run: {error}."
    commit = found.stdout.decode(errors="replace").strip()
    if found.returncode or not commit:
        return f"`{revision}` is no revision of a git repository here."
    present = [part for part in PARTS if git("cat-file", "-e", f"{commit}:./{part}").returncode == 0]
    if DESCRIPTOR not in present:
        return ""
    archive = git("archive", "--format=tar", commit, "--", *present)
    if archive.returncode:
        return f"git cannot read the dataset at `{revision}`."
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as tar:
        tar.extractall(place, filter="data")
    return ""


def unzip(archive: Path, place: Path) -> str:
    """Write the dataset of a release zip to a folder; return why that cannot be done, or ''. The dataset may lie in one
    folder within the zip; of other members, and of names that lead elsewhere, nothing is written."""
    try:
        with zipfile.ZipFile(archive) as release:
            members = {PurePosixPath(member.filename): member for member in release.infolist() if not member.is_dir()}
            base = min((path.parent for path in members if path.name == DESCRIPTOR), key=lambda path: len(path.parts), default=None)
            if base is None:
                return f"`{archive}` holds no {DESCRIPTOR}."
            wanted = {path.relative_to(base): member for path, member in members.items() if path.is_relative_to(base)}
            wanted = {path: member for path, member in wanted.items() if path.parts[0] in PARTS and ".." not in path.parts}
            if sum(member.file_size for member in wanted.values()) > MOST_BYTES:
                return f"`{archive}` is larger than {MOST_BYTES // 2**20} MB when unpacked."
            for path, member in wanted.items():
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(release.read(member))
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        return f"`{archive}` cannot be read as a zip: {error}."
    return ""
