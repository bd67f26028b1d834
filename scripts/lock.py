"""One at a time: a lock on a folder that ends with the program that holds it, however that ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextmanager
def lock(folder: Path, shared: bool = False) -> Iterator[None]:
    """Let one command at a time work in a folder, such as the root of a dataset whose tables it reads and writes; the next one
    waits. Those that ask for a `shared` lock work there together. Where the system has no such lock, or the folder cannot be
    opened, nothing is locked."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield
        return
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """The lock on a folder that others may take away, and whether it is still the one that stands there."""
    before = status(folder)
    with lock(folder):
        now = status(folder)
        yield before is not None and now is not None and os.path.samestat(before, now)


def status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
