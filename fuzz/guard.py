"""What a target may do: files stay in its folder, and what it tells of a bad input is bounded."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager
from functools import cache
from pathlib import Path

from scripts.problem import Problem

LONGEST = 2_000  # characters of a problem: its place, message and hint
PROJECT = Path(__file__).resolve().parent.parent
READ = tuple(os.path.realpath(path) for path in {  # what any program reads while it runs
    *(str(PROJECT / folder) for folder in ("fuzz", "schemas", "scripts", "tests")), sys.prefix, sys.base_prefix, sys.exec_prefix,
    *sysconfig.get_paths().values(), "/dev/null", "/etc/localtime", "/usr/share/zoneinfo", "/proc/self", "/proc/meminfo", "/sys/fs/cgroup"})
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = {"os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime",
            "shutil.move", "shutil.rmtree"}
RUNNING = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.connect", "ctypes.dlopen"}

_kept: list[tempfile.TemporaryDirectory] = []  # folders that go when the program ends
_folder: str | None = None  # where the target that runs may read and write; None while none runs


class Trespass(BaseException):
    """A target touched what is outside of its folder; no `except Exception` may hide it."""


def _watch(event: str, arguments: tuple) -> None:
    """An audit hook, which Python calls before anything of the kind happens."""
    if _folder is None:
        return
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        writes = bool(isinstance(arguments[2], int) and arguments[2] & WRITING)
        _check(event, arguments[0], () if writes else READ)
    elif event in CHANGING:
        for path in arguments[:2]:
            if isinstance(path, (str, bytes, os.PathLike)):
                _check(event, path, ())
    elif event in RUNNING:
        raise Trespass(f"{event} {arguments[0]!r}")


def _check(event: str, path: str | bytes | os.PathLike, others: Iterable[str]) -> None:
    try:
        at = os.path.realpath(os.fsdecode(path))
    except ValueError:  # a NUL in it: nothing is opened
        return
    if not any(at == place or at.startswith(f"{place}{os.sep}") for place in (_folder, *others)):
        raise Trespass(f"{event} {at}")


sys.addaudithook(_watch)


def new() -> Path:
    """A new folder, which goes when the program ends."""
    _kept.append(tempfile.TemporaryDirectory(prefix="zzz-fuzz-"))
    return Path(os.path.realpath(_kept[-1].name))


@contextmanager
def kept() -> Iterator[Path]:
    """A new folder for what targets read; it may be filled while the context lasts, whoever runs."""
    global _folder, READ
    (before, tempfile.tempdir), (within, _folder) = (tempfile.tempdir, None), (_folder, None)
    try:
        made = new()
        READ = (*READ, str(made))
        yield made
    finally:
        tempfile.tempdir, _folder = before, within


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder; while the context lasts, nothing outside of it may be written, nothing but what every program reads be read, and no
    program run. No temporary file that is made meanwhile may be left."""
    global _folder
    root = _workplace()
    place, own = root / "here", root / "temporary"
    place.mkdir()
    before, tempfile.tempdir, _folder = tempfile.tempdir, str(own), str(root)
    try:
        with chdir(place):  # what is opened below an open folder has a relative name
            yield place
        assert not any(own.iterdir()), "a temporary file was left"
    finally:
        tempfile.tempdir, _folder = before, None
        shutil.rmtree(place)


@cache
def _workplace() -> Path:
    """Where the targets run, one after the other."""
    root = new()
    (root / "temporary").mkdir()
    return root


def bounded(problems: Iterable[Problem], most: int) -> list[Problem]:
    """The problems of an input, which are at most so many, each with a message and a hint within a bounded length."""
    problems = list(problems)
    assert len(problems) <= most, len(problems)
    for problem in problems:
        assert problem.message and problem.hint and len(problem.text) <= LONGEST, (problem.code, len(problem.text))
    return problems
