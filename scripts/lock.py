"""One at a time: a lock on a folder that ends with the program that holds it, however that ends."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

mine = threading.local()  # the folders that a thread has locked, by device and inode

@contextmanager
def lock(folder: Path, shared: bool = False) -> Iterator[None]:
    """Let one command at a time work in a folder, such as the root of a dataset whose tables it reads and writes; the next one
    waits. Those that ask for a `shared` lock work there together. Who holds the lock already goes on: the tables may lie in the root
    itself. Where the system has no such lock, or the folder cannot be opened, nothing is locked."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield
        return
    key, ours = (os.fstat(handle).st_dev, os.fstat(handle).st_ino), mine.__dict__.setdefault("folders", set())
    try:
        if key in ours or not fcntl:
            yield
            return
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        ours.add(key)
        try:
            yield
        finally:
            ours.discard(key)
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
