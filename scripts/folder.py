"""A folder of files, written whole or not at all."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .write import lock

SUMS = "SHA256SUMS"
BUILDING, OLD = ".building-", ".old-"  # in the names of folders that stand beside the place for a while


def listed(folder: Path) -> list[Path]:
    """Every file under a folder, relative to it, sorted by its path as text."""
    return sorted((path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir()), key=lambda path: path.as_posix())


def sums(folder: Path) -> str:
    """The list of checksums that `sha256sum --check` reads: all files under the folder but the list itself."""
    return "".join(f"{hashlib.sha256((folder / path).read_bytes()).hexdigest()}  {path.as_posix()}\n"
                   for path in listed(folder) if path.as_posix() != SUMS)


def is_ours(folder: Path) -> bool:
    """Whether a folder holds what was written here before and nothing else: its list of checksums names every file in it."""
    sheet = folder / SUMS
    if not sheet.is_file():
        return False
    named = {line.partition("  ")[2] for line in sheet.read_text(encoding="utf-8", errors="replace").splitlines()}
    return {path.as_posix() for path in listed(folder)} == named | {SUMS}


def unusable(place: Path) -> str:
    """Why a folder cannot be written at `place`, or '': only a new name, an empty folder or one that was written here before is taken."""
    if place.is_symlink():
        return f"{place} is a symbolic link. Name the folder itself."
    if place.exists() and not place.is_dir():
        return f"{place} is a file. Name a folder that does not exist yet."
    if place.is_dir() and any(place.iterdir()) and not is_ours(place):
        return f"{place} is not empty and holds other files than an earlier release. Name another folder, or empty this one."
    above = next((parent for parent in place.parents if parent.exists()), None)
    if above is not None and not above.is_dir():
        return f"{above} is a file, so {place} cannot be made. Name another folder."
    return ""


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """A folder beside `place` to write into; when the context ends well it is moved there, and what stood there goes. Raises OSError
    where it cannot be written or moved; then, and when the context is left by an exception, `place` is as it was. What a build that
    was killed left beside the place is removed."""
    place = place.absolute()
    place.parent.mkdir(parents=True, exist_ok=True)
    with lock(place.parent):
        clear(place)
        folder = Path(tempfile.mkdtemp(prefix=f".{place.name}{BUILDING}", dir=place.parent))
        try:
            yield folder
            set_modes(folder)
            move(folder, place)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def clear(place: Path) -> None:
    """Remove what a build that was killed left beside a place; the folder that it had moved away is put back."""
    for old in place.parent.glob(f".{place.name}{OLD}*"):
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(place)
    for half in place.parent.glob(f".{place.name}{BUILDING}*"):
        shutil.rmtree(half, ignore_errors=True)


def set_modes(folder: Path) -> None:
    """Files that everyone may read and the owner write, whatever the umask."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def move(folder: Path, place: Path) -> None:
    """Put a folder at its place; the one that stood there is put back if that fails or is stopped."""
    old = place.parent / folder.name.replace(BUILDING, OLD)
    moved = False
    try:
        if place.exists():
            place.rename(old)
        folder.rename(place)
        moved = True
    finally:
        if moved:
            shutil.rmtree(old, ignore_errors=True)
        elif old.exists() and not place.exists():
            old.rename(place)
