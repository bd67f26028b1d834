"""Several tables replaced at once: all of them or none, wherever the program or the machine stops.

The way of SQLite's rollback journal. A working folder beside the tables takes the new files, copies of the old ones and, when all of
them are safe on the disk, a record of both. The new files are moved to their places; the change stands once the record is gone.
Whoever opens the package and finds a record puts the old files back, so a command that did not end well changed nothing.

The record holds names of tables and no paths, and counts only in the very folder in which it was written: what a download, a copy
or a pull request brings along is refused, and touches nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .documents import load_json
from .lock import held, lock
from .problem import ERROR, Problem, kind

WORKING, RECORD = ".replacing", "record.json"
NEW, OLD = ".new", ".old"

HALF_CHANGE = kind("half-change", ERROR, "package", "A change of several tables that was stopped half-way is undone before they are read.",
                   good="a folder data that may be written to, where the old files can be put back",
                   bad="a half-done change in a folder that is read-only, or a table that was edited since")


def working_folder(places: Mapping[str, Path]) -> Path:
    """Where a change of these tables is prepared: in the folder in which they lie, or in the first of several, which must then be on
    one file system."""
    return min(path.parent for path in places.values()) / WORKING


def replace(places: Mapping[str, Path], files: Mapping[str, bytes]) -> None:
    """Give tables, by name, new bytes; a symbolic link stays one. Raises OSError, with nothing changed, if one cannot be written or
    moved; stopped in between, it changes nothing either. One command at a time may do so: see `lock`."""
    with begun(working_folder(places)) as folder:
        try:
            prepare(folder, places, files)
            with lock(folder.parent):  # who reads is let finish, who comes waits: see `steady`
                for name in files:
                    (folder / (name + NEW)).replace(places[name].resolve())
                sync(places[name].resolve().parent for name in files)
                (folder / RECORD).unlink()
        except BaseException as stop:  # whoever stops the program must not leave half a change either
            if problem := undone(folder, places):
                raise OSError(problem.text) from stop
            raise
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def begun(folder: Path) -> Iterator[Path]:
    """The working folder, newly made; others keep their hands off it as long as the context lasts."""
    while True:
        folder.mkdir(parents=True)
        with held(folder) as ours:
            if ours:  # else somebody took it, empty and not yet locked, for one that was left behind
                yield folder
                return


def prepare(folder: Path, places: Mapping[str, Path], files: Mapping[str, bytes]) -> None:
    """Write the new files, copies of the old ones and, last, the record to the working folder."""
    tables = {}
    for name, data in files.items():
        old = bytes_at(places[name])
        mode = places[name].stat().st_mode & 0o777 if old is not None else 0o644
        store(folder / (name + NEW), data, mode)
        if old is not None:
            store(folder / (name + OLD), old, mode)
        tables[name] = [digest(old), digest(data)]
    store(folder / (RECORD + NEW), json.dumps({"folder": folder.stat().st_ino, "tables": tables}).encode(), 0o644)
    (folder / (RECORD + NEW)).replace(folder / RECORD)
    sync([folder, folder.parent])


def settle(places: Mapping[str, Path]) -> Problem | None:
    """Undo what a command left half done and remove what it left behind, or say why that cannot be; one that is still at work is
    waited for. On other days this is one look at the folder."""
    if not places:
        return None
    folder = working_folder(places)
    while os.path.lexists(folder):
        if folder.is_symlink() or not folder.is_dir():
            return HALF_CHANGE.at("No command left this here: it is no folder.", "Delete it.", file=name_of(folder))
        with held(folder) as ours:
            if ours:
                return undone(folder, places)
    return None


@contextmanager
def steady(places: Mapping[str, Path]) -> Iterator[Problem | None]:
    """Let no change of the tables begin or stand half done while they are read; None, or why half a change stands."""
    problem, folder = None, working_folder(places) if places else Path(WORKING)
    while True:
        with lock(folder.parent, shared=True):
            if problem or not os.path.lexists(folder / RECORD):
                yield problem
                return
        problem = settle(places)


def undone(folder: Path, places: Mapping[str, Path]) -> Problem | None:
    """Put the old files back where the new ones stand already, and remove the working folder; or why that cannot be done."""
    file = name_of(folder)
    try:
        record = recorded(folder) if os.path.lexists(folder / RECORD) else {}
        ours = {RECORD, RECORD + NEW, *(name + end for name in places for end in (NEW, OLD))}
        if record is None or not set(record) <= set(places) or not {path.name for path in folder.iterdir()} <= ours:
            return HALF_CHANGE.at("No command left this folder here: it was copied or brought along, or its record is broken.",
                                  "Delete it if the tables are as you want them.", file=file)
        there = {name: digest(bytes_at(places[name])) for name in record}
        if edited := [name for name, digests in record.items() if there[name] not in digests]:
            return HALF_CHANGE.at(f"A change was stopped half-way, and {', '.join(edited)} changed since. What stood there before ends in "
                                  f"{OLD} here.", "Take from it what you want, then delete the folder.", file=file)
        for name, (old, new) in record.items():
            if there[name] == new != old:
                put_back(folder / (name + OLD), places[name].resolve(), old)
        sync(places[name].resolve().parent for name in record)
        (folder / RECORD).unlink(missing_ok=True)
    except OSError as error:
        return HALF_CHANGE.at(f"A change was stopped half-way and cannot be undone: {error.strerror or error}.",
                              "Run any command where this folder may be written to.", file=file)
    shutil.rmtree(folder, ignore_errors=True)
    return None


def name_of(folder: Path) -> str:
    """What people call the working folder: `data/.replacing`."""
    return f"{folder.parent.name}/{folder.name}"


def recorded(folder: Path) -> dict[str, list] | None:
    """The digests of the old and of the new file by table; None if the record was not written in this folder."""
    record = load_json(folder / RECORD, RECORD)[0]
    if record is None or record.get("folder") != folder.stat().st_ino or not isinstance(record.get("tables"), dict):
        return None
    tables = record["tables"]
    return tables if all(isinstance(digests, list) and len(digests) == 2 for digests in tables.values()) else None


def put_back(copy: Path, place: Path, old: str | None) -> None:
    """Undo one move: the old file again, or none."""
    if old is None:
        place.unlink()
    elif copy.is_symlink() or digest(bytes_at(copy)) != old:
        raise OSError(f"{copy.name} is not the old file")
    else:
        copy.replace(place)


def bytes_at(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def store(path: Path, data: bytes, mode: int) -> None:
    """A new file with these bytes, safe on the disk."""
    with path.open("xb") as file:
        path.chmod(mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync(folders: Iterable[Path]) -> None:
    """See to it that what was moved in these folders stays so through a power cut; Windows opens no folder for that."""
    for folder in set(folders) if os.name == "posix" else ():
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
