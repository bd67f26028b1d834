"""Frames to canonical files, whole or not at all."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from . import journal
from .package import Package, Table


class _Line:
    """A file for csv.writer that keeps the line it was given last."""

    def write(self, text: str) -> None:
        self.text = text


def canonical_lines(rows: pd.DataFrame) -> Iterator[str]:
    """The header and the rows of a frame as canonical CSV lines, in the order they stand, without line ends. No cell may hold
    a line break: what reads or makes rows sees to that."""
    line = _Line()
    writer = csv.writer(line, lineterminator="\r\n")  # what ends a line is put in quotes within one
    for cells in [rows.columns.tolist(), *zip(*(rows[column].tolist() for column in rows.columns), strict=True)]:
        writer.writerow(cells)
        yield line.text.removesuffix("\r\n")


def key_order(rows: pd.DataFrame, table: Table) -> list[tuple[str, ...]]:
    """The primary key of each row as a tuple of texts: what rows are sorted by."""
    return list(zip(*(rows[column].tolist() for column in table.primary_key), strict=True))


def canonical(rows: pd.DataFrame, table: Table) -> bytes:
    """The bytes of a table: columns in schema order, rows sorted by primary key, LF, UTF-8."""
    order = sorted(range(len(rows)), key=key_order(rows, table).__getitem__)
    return "".join(line + "\n" for line in canonical_lines(rows.iloc[order][list(table.columns)])).encode()


def replace_tables(package: Package, files: dict[Path, bytes]) -> None:
    """Give tables new bytes, all or none, even where the program is killed; `files` are by their path in the package. Raises OSError,
    with nothing changed, if one cannot be written. Nobody else may change the tables meanwhile: see `lock`."""
    names = {path: name for name, path in package.places.items()}
    if files:
        journal.replace(package.places, {names[path]: data for path, data in files.items()})


def replace_files(files: dict[Path, bytes]) -> None:
    """Write each file beside its place and, when all are written, move them there; a symbolic link stays one. Raises OSError,
    with nothing changed, if one cannot be written or moved; stopped in between, it changes nothing either."""
    files = {path.resolve(): data for path, data in files.items()}
    waiting: list[tuple[Path, Path]] = []
    before = {path: path.read_bytes() if path.exists() else None for path in files}
    moved: list[Path] = []
    try:
        for path, data in files.items():
            waiting.append((write_beside(path, data), path))
        while waiting:
            waiting[0][0].replace(waiting[0][1])
            moved.append(waiting.pop(0)[1])
    except BaseException:  # whoever stops the program must not leave half a change either
        for path in moved:
            put_back(path, before[path])
        raise
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def write_beside(path: Path, data: bytes) -> Path:
    """A new file in the folder of `path` with these bytes, safe on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def put_back(path: Path, data: bytes | None) -> None:
    """Undo a move: the old bytes again, or no file."""
    if data is None:
        path.unlink(missing_ok=True)
    else:
        write_beside(path, data).replace(path)
