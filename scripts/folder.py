"""A folder of files, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .lock import lock

SUMS = "SHA256SUMS"
LITTER = (".DS_Store", "Thumbs.db", "desktop.ini", ".~lock.*#", "~$*")  # what programs leave where somebody looked at files
BUILDING, NEW, OLD = ".building-", "new", "old"  # the working folder beside the place, and what it holds
MARKER, MARK = ".a-release-is-built-here", "This folder goes when the release beside it stands, or when the next one is built.\n"
LINE = re.compile(r"([0-9a-f]{64})  (.+)")

Ours = Callable[[Path], bool]  # whether a folder whose list of checksums is right is of the kind that may be replaced


class Taken(OSError):
    """What stands at the place may not be replaced; the text says why."""


def listed(folder: Path) -> list[Path]:
    """Every file and symbolic link under a folder, relative to it, sorted by its path as text. Raises OSError if one cannot be seen."""
    def stop(error: OSError) -> None:
        raise error

    found = [Path(above, name) for above, folders, files in os.walk(folder, onerror=stop)
             for name in (*files, *(name for name in folders if Path(above, name).is_symlink()))]
    return sorted((path.relative_to(folder) for path in found), key=lambda path: path.as_posix())


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(folder: Path) -> str:
    """The list of checksums that `sha256sum --check` reads: all files under the folder but the list itself."""
    return "".join(f"{digest(folder / path)}  {path.as_posix()}\n" for path in listed(folder) if path.as_posix() != SUMS)


def recorded(folder: Path) -> dict[str, str]:
    """The checksum of each file by the folder's list of them; nothing where there is no such list or it is not one of `sums`."""
    sheet = folder / SUMS
    if sheet.is_symlink() or not sheet.is_file():
        return {}
    lines = [LINE.fullmatch(line) for line in sheet.read_text(encoding="utf-8", errors="replace").removesuffix("\n").split("\n")]
    return {line[2]: line[1] for line in lines} if all(lines) else {}


def worth_keeping(folder: Path, ours: Ours) -> str:
    """Why a folder may not be replaced, or '': it is free of files but litter, or holds what was written here before, unchanged.
    Raises OSError if it cannot be read."""
    present = {path.as_posix() for path in listed(folder)}
    was = recorded(folder)
    known = {*was, SUMS} if was else set()
    if others := sorted(name for name in present - known if not any(Path(name).match(pattern) for pattern in LITTER)):
        return f"holds what no release wrote: {some(others)}"
    if wrong := [f"{name} is {'changed' if name in present else 'missing'}" for name, digits in was.items()
                 if not regular(folder / name) or digest(folder / name) != digits]:
        return f"is not as its {SUMS} says: {some(wrong)}"
    return f"holds no release of this dataset, but {some(list(was))}" if was and not ours(folder) else ""


def regular(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def standing(at: Path, place: Path, ours: Ours) -> str:
    """Why what stands at a path (named `place` to people) may not be replaced, or ''."""
    if at.is_symlink():
        return f"{place} is a symbolic link. Name the folder itself."
    if at.exists() and not at.is_dir():
        return f"{place} is a file. Name a folder that does not exist yet."
    reason = worth_keeping(at, ours) if at.is_dir() else ""
    return f"{place} {reason}. Name another folder, or clear this one." if reason else ""


def unusable(place: Path, ours: Ours, root: Path | None = None, kept: Iterable[Path] = ()) -> str:
    """Why a folder cannot be written at `place`, or '': only a new name, an empty folder or one that was written here before and is
    unchanged is taken; not `root` (the dataset) or a folder that it lies in, and nothing in the folders `kept`."""
    try:
        if place.name == "..":
            return f"{place} ends in `..`. Name the folder itself."
        at = real(place)
        if at.is_symlink():
            return standing(at, place, ours)
        if root is not None and any(same(at, folder) for folder in (root.resolve(), *root.resolve().parents)):
            return f"{place} holds the dataset itself. Name another folder."
        if inside := [folder for folder in kept if any(same(above, folder) for above in (at, *at.parents))]:
            return f"{place} lies in {inside[0]}, where files of the dataset are. Name another folder."
        if reason := standing(at, place, ours):
            return reason
        above = next((parent for parent in at.parents if parent.exists()), None)
        if above is not None and not above.is_dir():
            return f"{above} is a file, so {place} cannot be made. Name another folder."
    except OSError as error:
        return f"{place} cannot be read: {error.strerror or error}. Name another folder."
    return ""


def real(place: Path) -> Path:
    """A place without symbolic links and `..` on the way there."""
    place = place.absolute()
    return Path(os.path.realpath(place.parent), place.name)


def same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


@contextmanager
def new_folder(place: Path, ours: Ours) -> Iterator[Path]:
    """A folder to write into; when the context ends well it is moved to `place`, and the one of `ours` that stood there goes. Raises
    Taken if by then something else stands there, OSError where it cannot be written or moved; then, and when the context is left by
    an exception, all is as it was. What a build that was killed left beside the place is removed."""
    at = real(place)
    with locked_parent(at.parent):
        clear(at)
        work = Path(tempfile.mkdtemp(prefix=f".{at.name}{BUILDING}", dir=at.parent))
        try:
            (work / MARKER).write_text(MARK, encoding="utf-8")
            (work / NEW).mkdir()
            yield work / NEW
            set_modes(work / NEW)
            swap(work, at, lambda path: standing(path, place, ours))
        finally:
            settle(work, at)


@contextmanager
def locked_parent(folder: Path) -> Iterator[None]:
    """Let one build at a time into a folder, which is made; folders that were made for it go again if they are left empty."""
    while True:
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            before = folder.stat()
        except BaseException:
            remove_empty(made)
            raise
        with lock(folder):
            if folder.exists() and os.path.samestat(before, folder.stat()):  # not taken away while this build waited
                try:
                    yield
                finally:
                    remove_empty(made)
                return


def remove_empty(folders: list[Path]) -> None:
    """Remove folders, the innermost first, as long as they are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def clear(place: Path) -> None:
    """Remove what a build that was killed left beside a place; the folder that it had moved away is put back."""
    prefix = f".{place.name}{BUILDING}"
    for path in sorted(place.parent.iterdir()):
        if path.name.startswith(prefix) and re.fullmatch(r"[a-z0-9_]{8}", path.name.removeprefix(prefix)) and is_working(path):
            settle(path, place)


def is_working(folder: Path) -> bool:
    """Whether a folder was made here to build in; one whose build was killed at its start, or at its end, has no whole mark in it."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    mark, within = folder / MARKER, [path.name for path in folder.iterdir()]
    return not within or (regular(mark) and (mark.read_bytes() == MARK.encode() or (within == [MARKER] and not mark.stat().st_size)))


def set_modes(folder: Path) -> None:
    """Files that everyone may read and the owner write, whatever the umask."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def swap(work: Path, place: Path, taken: Callable[[Path], str]) -> None:
    """Put the new folder at its place and the one that stood there into the working folder; `settle` ends it. Raises Taken, with the
    reason that `taken` gives, if what stands there must stay."""
    def refuse(path: Path) -> None:
        if reason := taken(path):
            raise Taken(f"{reason} This came about while the release was built; nothing was changed.")

    if os.path.lexists(place):
        refuse(place)
        place.rename(work / OLD)
        refuse(work / OLD)  # here nobody adds to it by its name any more
    try:
        (work / NEW).rename(place)
    except OSError as error:
        if os.path.lexists(place):
            kept = f" The folder that stood there before is {work / OLD} now." if os.path.lexists(work / OLD) else ""
            raise Taken(f"Another program made {place} while the release was built.{kept}") from error
        raise


def settle(work: Path, place: Path) -> None:
    """End a build, wherever it stopped: what stood at the place is put back unless the new folder stands there now, and the working
    folder goes. Where neither can be because something else came to the place, both stay in the working folder."""
    new, old = work / NEW, work / OLD
    if os.path.lexists(old) and os.path.lexists(new):
        if os.path.lexists(place):
            return
        old.rename(place)
    for path in (new, old):
        shutil.rmtree(path, ignore_errors=True)
    if not any(os.path.lexists(path) for path in (new, old)):  # without its mark nobody would remove it later
        with suppress(OSError):
            (work / MARKER).unlink(missing_ok=True)
            work.rmdir()
