"""A folder of files is written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import folder as folders
from scripts.folder import SUMS, is_ours, new_folder, sums, unusable
from tests.programs import needs


def write(place: Path, text: str = "zzz") -> None:
    with new_folder(place) as folder:
        (folder / "a").mkdir()
        (folder / "a" / "b.txt").write_text(text)
        (folder / SUMS).write_text(sums(folder))


def content(place: Path) -> dict[str, str]:
    return {path.relative_to(place).as_posix(): path.read_text() for path in place.rglob("*") if path.is_file() and path.name != SUMS}


def test_it_stands_under_its_name_and_nothing_beside_it(tmp_path):
    write(tmp_path / "new" / "zzz")
    assert content(tmp_path / "new" / "zzz") == {"a/b.txt": "zzz"}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["zzz"]


def test_an_earlier_one_is_replaced(tmp_path):
    write(tmp_path / "zzz", "old")
    assert is_ours(tmp_path / "zzz")
    write(tmp_path / "zzz", "new")
    assert content(tmp_path) == {"zzz/a/b.txt": "new"}


def test_the_checksums_are_those_of_the_files_as_sha256sum_reads_them(tmp_path):
    write(tmp_path / "zzz")
    assert (tmp_path / "zzz" / SUMS).read_text() == f"{hashlib.sha256(b'zzz').hexdigest()}  a/b.txt\n"
    check = [needs("sha256sum"), "--check", "--strict", SUMS]
    assert subprocess.run(check, cwd=tmp_path / "zzz", capture_output=True, check=False).returncode == 0
    (tmp_path / "zzz" / "a" / "b.txt").write_text("yyy")
    assert subprocess.run(check, cwd=tmp_path / "zzz", capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("stop", [OSError("zzz"), KeyboardInterrupt(), ValueError("zzz")], ids=repr)
def test_what_fails_while_it_is_written_changes_nothing(stop, tmp_path):
    write(tmp_path / "zzz", "old")
    with pytest.raises(type(stop)), new_folder(tmp_path / "zzz") as folder:
        (folder / "half.txt").write_text("half")
        raise stop
    assert content(tmp_path) == {"zzz/a/b.txt": "old"} and len(list(tmp_path.iterdir())) == 1


def test_what_fails_while_it_is_moved_puts_the_old_one_back(tmp_path, monkeypatch):
    write(tmp_path / "zzz", "old")
    real = Path.rename

    def rename(self, target):
        if ".building-" in self.name:
            raise OSError("zzz")
        return real(self, target)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="zzz"):
        write(tmp_path / "zzz", "new")
    assert content(tmp_path) == {"zzz/a/b.txt": "old"} and len(list(tmp_path.iterdir())) == 1


def test_the_modes_do_not_follow_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        write(tmp_path / "zzz")
    finally:
        os.umask(before)
    assert {oct((tmp_path / "zzz" / name).stat().st_mode & 0o777) for name in ("", "a")} == {"0o755"}
    assert oct((tmp_path / "zzz" / "a" / "b.txt").stat().st_mode & 0o777) == "0o644"


def test_what_a_killed_build_left_is_cleared(tmp_path):
    write(tmp_path / "zzz", "old")
    (tmp_path / ".zzz.building-1").mkdir()
    (tmp_path / ".zzz.old-1").mkdir()
    (tmp_path / ".yyy.building-1").mkdir()
    write(tmp_path / "zzz", "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".yyy.building-1", "zzz"]


def test_a_folder_that_a_killed_build_had_moved_away_comes_back(tmp_path):
    write(tmp_path / "zzz", "old")
    (tmp_path / "zzz").rename(tmp_path / ".zzz.old-1")
    with pytest.raises(OSError, match="zzz"), new_folder(tmp_path / "zzz"):
        raise OSError("zzz")
    assert content(tmp_path) == {"zzz/a/b.txt": "old"}


@pytest.mark.parametrize(("make", "words"), [
    (lambda place: place.write_text("zzz"), "is a file"),
    (lambda place: (place.mkdir(), (place / "mine.txt").write_text("zzz")), "not empty"),
    (lambda place: (write(place), (place / "mine.txt").write_text("zzz")), "not empty"),
    (lambda place: (place.parent / "yyy").mkdir() or place.symlink_to("yyy"), "symbolic link")])
def test_what_cannot_be_written_to(make, words, tmp_path):
    make(tmp_path / "zzz")
    assert words in unusable(tmp_path / "zzz")


@pytest.mark.parametrize("make", [lambda place: None, lambda place: place.mkdir(), write])
def test_what_can_be_written_to(make, tmp_path):
    make(tmp_path / "zzz")
    assert unusable(tmp_path / "zzz") == ""


def test_a_file_on_the_way_there(tmp_path):
    (tmp_path / "yyy").write_text("zzz")
    assert "yyy is a file" in unusable(tmp_path / "yyy" / "zzz")


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda sent: sent.name)
def test_a_build_that_is_stopped_leaves_the_old_one(sent, tmp_path):
    write(tmp_path / "zzz", "old")
    code = ("import signal, sys, time; from pathlib import Path; from scripts.folder import new_folder\n"
            "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
            "with new_folder(Path(sys.argv[1])) as folder:\n"
            "    (folder / 'half').write_text('half')\n    print('on', flush=True)\n    time.sleep(60)")
    build = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "zzz")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             cwd=Path(folders.__file__).parent.parent)
    assert build.stdout.readline() == b"on\n"
    build.send_signal(sent)
    build.wait(30)
    build.stdout.close()
    time.sleep(0.1)
    assert content(tmp_path / "zzz") == {"a/b.txt": "old"}
    write(tmp_path / "zzz", "new")
    assert content(tmp_path) == {"zzz/a/b.txt": "new"}
