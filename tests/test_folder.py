"""A folder of files is written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scripts import folder as folders
from scripts.folder import MARK, MARKER, NEW, OLD, SUMS, Taken, new_folder, sums, unusable
from tests.programs import needs

PROJECT = Path(folders.__file__).parent.parent
LEFT = ".zzz.building-abcd_123"  # as a build that was killed leaves it


def ours(folder: Path) -> bool:
    return (folder / "a" / "b.txt").is_file()


def write(place: Path, text: str = "zzz") -> None:
    with new_folder(place, ours) as folder:
        (folder / "a").mkdir()
        (folder / "a" / "b.txt").write_text(text)
        (folder / SUMS).write_text(sums(folder))


def working(place: Path, mark: str = MARK) -> Path:
    """A folder like those to build in."""
    (place / NEW).mkdir(parents=True)
    (place / NEW / "half.txt").write_text("half")
    (place / MARKER).write_text(mark)
    return place


def content(place: Path) -> dict[str, str]:
    return {path.relative_to(place).as_posix(): path.read_text() for path in place.rglob("*") if path.is_file() and path.name != SUMS}


def test_it_stands_under_its_name_and_nothing_beside_it(tmp_path):
    write(tmp_path / "new" / "zzz")
    assert content(tmp_path / "new" / "zzz") == {"a/b.txt": "zzz"}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["zzz"]


def test_an_earlier_one_is_replaced(tmp_path):
    write(tmp_path / "zzz", "old")
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
    with pytest.raises(type(stop)), new_folder(tmp_path / "zzz", ours) as folder:
        (folder / "half.txt").write_text("half")
        raise stop
    assert content(tmp_path) == {"zzz/a/b.txt": "old"} and len(list(tmp_path.iterdir())) == 1


def test_what_fails_while_it_is_moved_puts_the_old_one_back(tmp_path, monkeypatch):
    write(tmp_path / "zzz", "old")
    real = Path.rename

    def rename(self, target):
        if self.name == NEW:
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


# --- what a build that was killed left

def test_what_a_killed_build_left_is_cleared(tmp_path):
    write(tmp_path / "zzz", "old")
    working(tmp_path / LEFT)
    other = working(tmp_path / LEFT.replace("zzz", "yyy"))
    write(tmp_path / "zzz", "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "zzz"]


@pytest.mark.parametrize(("name", "mark"), [(LEFT, "mine"), (f"{LEFT}-2025", MARK), (".zzz.building-2025", MARK),
                                            (".zzz.old-abcd_123", MARK)])
def test_folders_of_others_that_are_called_alike_stay(name, mark, tmp_path):
    before = content(working(tmp_path / name, mark))
    write(tmp_path / "zzz")
    assert content(tmp_path / name) == before


@pytest.mark.parametrize("name", ["a**b", "[a]", "a?", "{a}", " a ", "-a", "é"])
def test_a_name_is_no_pattern(name, tmp_path):
    for text in ("old", "new"):
        working(tmp_path / LEFT.replace("zzz", name))
        write(tmp_path / name, text)
    assert content(tmp_path) == {f"{name}/a/b.txt": "new"}


def test_a_folder_that_a_killed_build_had_moved_away_comes_back(tmp_path):
    write(tmp_path / "zzz", "old")
    (tmp_path / "zzz").rename(working(tmp_path / LEFT) / OLD)
    with pytest.raises(OSError, match="zzz"), new_folder(tmp_path / "zzz", ours):
        raise OSError("zzz")
    assert content(tmp_path) == {"zzz/a/b.txt": "old"} and len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_build_had_replaced_goes(tmp_path):
    write(tmp_path / "zzz", "old")
    (tmp_path / "zzz").rename(working(tmp_path / LEFT) / OLD)
    (tmp_path / LEFT / NEW).rename(tmp_path / "zzz")
    folders.clear(tmp_path / "zzz")
    assert content(tmp_path) == {"zzz/half.txt": "half"} and len(list(tmp_path.iterdir())) == 1


# --- where it may stand

def changed(place: Path, file: str, text: str | None) -> None:
    write(place)
    if text is None:
        (place / file).unlink()
    else:
        (place / file).write_text(text)


def with_sums(place: Path) -> None:
    place.mkdir()
    (place / "zzz.iso").write_text("zzz")
    (place / SUMS).write_text(sums(place))


def linked(place: Path) -> None:
    write(place)
    (place.parent / "yyy").mkdir()
    (place / "mine").symlink_to(place.parent / "yyy")


def moved(place: Path) -> None:
    write(place)
    (place / "a" / "b.txt").rename(place.parent / "b.txt")
    (place / "a" / "b.txt").symlink_to(place.parent / "b.txt")


@pytest.mark.parametrize(("make", "words"), [
    (lambda place: place.write_text("zzz"), "is a file"),
    (lambda place: (place.mkdir(), (place / "mine.txt").write_text("zzz")), "wrote: mine.txt"),
    (lambda place: (write(place), (place / "mine.txt").write_text("zzz")), "wrote: mine.txt"),
    (lambda place: (place.parent / "yyy").mkdir() or place.symlink_to("yyy"), "symbolic link"),
    (linked, "wrote: mine."), (moved, "a/b.txt is changed"), (with_sums, "no release of this dataset, but zzz.iso"),
    (lambda place: changed(place, "a/b.txt", "by hand"), "a/b.txt is changed"),
    (lambda place: changed(place, "a/b.txt", None), "a/b.txt is missing"),
    (lambda place: changed(place, SUMS, ""), f"wrote: {SUMS}, a/b.txt"),
    (lambda place: changed(place, SUMS, "a/b.txt\n"), f"wrote: {SUMS}, a/b.txt")])
def test_what_cannot_be_written_to(make, words, tmp_path):
    make(tmp_path / "zzz")
    assert words in unusable(tmp_path / "zzz", ours)


@pytest.mark.parametrize("make", [lambda place: None, lambda place: place.mkdir(), write,
                                  lambda place: (place.mkdir(), (place / ".DS_Store").write_text("")),
                                  lambda place: (write(place), (place / ".DS_Store").write_text(""), (place / "~$a.xlsx").write_text(""))])
def test_what_can_be_written_to(make, tmp_path):
    make(tmp_path / "zzz")
    assert unusable(tmp_path / "zzz", ours) == ""


def test_a_file_on_the_way_there(tmp_path):
    (tmp_path / "yyy").write_text("zzz")
    assert "yyy is a file" in unusable(tmp_path / "yyy" / "zzz", ours)


@pytest.mark.skipif(os.getuid() == 0, reason="nothing is closed to this user")
def test_a_folder_that_cannot_be_looked_into(tmp_path):
    (tmp_path / "zzz" / "closed").mkdir(parents=True)
    (tmp_path / "zzz" / "closed").chmod(0)
    try:
        assert "cannot be read: Permission denied" in unusable(tmp_path / "zzz", ours)
    finally:
        (tmp_path / "zzz" / "closed").chmod(0o700)


@pytest.mark.parametrize(("out", "words"), [
    ("new/..", "ends in `..`"), ("root", "holds the dataset"), (".", "holds the dataset"), ("root/data", "lies in"),
    ("root/data/a/b", "lies in"), ("root/dist/../data/a", "lies in"), ("link", "symbolic link"),
    ("link/data/a", "lies in"), ("/", "holds the dataset")])
def test_the_dataset_is_no_place(out, words, tmp_path):
    (tmp_path / "root" / "data").mkdir(parents=True)
    (tmp_path / "link").symlink_to("root")
    assert words in unusable(tmp_path / out, ours, tmp_path / "root", [tmp_path / "root" / "data"])


@pytest.mark.parametrize("out", ["root/dist/zzz", "root/data-of-mine", "other", "root/../other"])
def test_beside_the_dataset_is_a_place(out, tmp_path):
    (tmp_path / "root" / "data").mkdir(parents=True)
    assert unusable(tmp_path / out, ours, tmp_path / "root", [tmp_path / "root" / "data"]) == ""


# --- what comes in between

@pytest.mark.parametrize("before", [lambda place: None, lambda place: place.mkdir(), write])
def test_what_comes_there_during_the_build_stops_the_move(before, tmp_path):
    before(tmp_path / "zzz")
    with pytest.raises(Taken, match=r"mine.txt.*nothing was changed"), new_folder(tmp_path / "zzz", ours) as folder:
        (folder / "b.txt").write_text("new")
        (tmp_path / "zzz").mkdir(exist_ok=True)
        (tmp_path / "zzz" / "mine.txt").write_text("mine")
        was = content(tmp_path / "zzz")
    assert was["mine.txt"] == "mine" and content(tmp_path / "zzz") == was and len(list(tmp_path.iterdir())) == 1


def test_a_release_that_is_edited_during_the_build_stays(tmp_path):
    write(tmp_path / "zzz", "old")
    with pytest.raises(Taken, match=r"a/b\.txt is changed"), new_folder(tmp_path / "zzz", ours):
        (tmp_path / "zzz" / "a" / "b.txt").write_text("mine")
    assert content(tmp_path) == {"zzz/a/b.txt": "mine"}


def between(monkeypatch, name: str, act) -> None:
    """Let something happen right before the folder of this name is moved."""
    real = Path.rename

    def rename(self, target):
        if self.name == name:
            act()
        return real(self, target)
    monkeypatch.setattr(Path, "rename", rename)


def test_what_comes_there_at_the_last_moment_is_put_back(tmp_path, monkeypatch):
    write(tmp_path / "zzz", "old")
    between(monkeypatch, "zzz", lambda: (tmp_path / "zzz" / "mine.txt").write_text("mine"))
    with pytest.raises(Taken, match=r"mine\.txt"):
        write(tmp_path / "zzz", "new")
    assert content(tmp_path) == {"zzz/a/b.txt": "old", "zzz/mine.txt": "mine"} and len(list(tmp_path.iterdir())) == 1


def test_where_the_place_is_taken_between_the_moves_both_are_kept(tmp_path, monkeypatch):
    write(tmp_path / "zzz", "old")
    between(monkeypatch, NEW, lambda: ((tmp_path / "zzz").mkdir(), (tmp_path / "zzz" / "mine.txt").write_text("mine")))
    with pytest.raises(Taken, match=r"Another program made .*before is .*building-.*old now"):
        write(tmp_path / "zzz", "new")
    monkeypatch.undo()
    assert content(tmp_path / "zzz") == {"mine.txt": "mine"}
    folders.clear(tmp_path / "zzz")
    shutil.rmtree(tmp_path / "zzz")
    folders.clear(tmp_path / "zzz")
    assert content(tmp_path) == {"zzz/a/b.txt": "old"} and len(list(tmp_path.iterdir())) == 1


def test_folders_made_on_the_way_go_if_it_fails_and_others_stay(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(OSError, match="zzz"), new_folder(tmp_path / "empty" / "b" / "c" / "zzz", ours):
        raise OSError("zzz")
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_folders_made_on_the_way_stay_if_something_came_into_them(tmp_path):
    with pytest.raises(OSError, match="zzz"), new_folder(tmp_path / "b" / "c" / "zzz", ours):
        (tmp_path / "b" / "mine.txt").write_text("mine")
        raise OSError("zzz")
    assert content(tmp_path) == {"b/mine.txt": "mine"} and not (tmp_path / "b" / "c").exists()


# --- two at once

def two_builds(place: Path) -> tuple[dict[str, BaseException | None], bool]:
    """What comes of two builds into one place, the second begun while the first is half done, and whether they met."""
    first_in, second_in, met, ends = threading.Event(), threading.Event(), [], {}

    def build(name: str, entered: threading.Event, wait: threading.Event | None) -> None:
        ends[name] = None
        try:
            with new_folder(place, ours) as folder:
                (folder / "a").mkdir()
                (folder / "a" / "b.txt").write_text(name)
                entered.set()
                if wait:
                    met.append(wait.wait(0.5))
                    time.sleep(0.1)  # for the other to go on
                (folder / "a" / "c.txt").write_text(name)
                (folder / SUMS).write_text(sums(folder))
        except OSError as error:
            ends[name] = error

    threads = [threading.Thread(target=build, args=("first", first_in, second_in)),
               threading.Thread(target=build, args=("second", second_in, None))]
    threads[0].start()
    assert first_in.wait(30)
    threads[1].start()
    for thread in threads:
        thread.join(30)
    return ends, met[0]


def test_of_two_builds_at_once_the_second_waits_and_each_is_whole(tmp_path):
    ends, met = two_builds(tmp_path / "new" / "zzz")
    assert ends == {"first": None, "second": None} and not met
    assert content(tmp_path) == {"new/zzz/a/b.txt": "second", "new/zzz/a/c.txt": "second"}
    assert unusable(tmp_path / "new" / "zzz", ours) == "" and len(list((tmp_path / "new").iterdir())) == 1


def test_without_the_lock_two_builds_at_once_are_in_each_others_way(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "lock", lambda folder: contextlib.nullcontext())
    ends, met = two_builds(tmp_path / "new" / "zzz")
    assert met and any(ends.values())


def test_a_build_that_waited_goes_on_though_the_first_failed_and_took_the_folder_away(tmp_path):
    def second() -> None:
        write(tmp_path / "new" / "zzz", "second")
    thread = threading.Thread(target=second)
    with pytest.raises(OSError, match="zzz"), new_folder(tmp_path / "new" / "zzz", ours):
        thread.start()
        time.sleep(0.2)
        raise OSError("zzz")
    thread.join(30)
    assert content(tmp_path) == {"new/zzz/a/b.txt": "second"}


# --- stopped from outside

@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda sent: sent.name)
def test_a_build_that_is_stopped_leaves_the_old_one(sent, tmp_path):
    write(tmp_path / "zzz", "old")
    code = ("import signal, sys, time; from pathlib import Path; from scripts.folder import new_folder\n"
            "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
            "with new_folder(Path(sys.argv[1]), bool) as folder:\n"
            "    (folder / 'half').write_text('half')\n    print('on', flush=True)\n    time.sleep(60)")
    build = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "zzz")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             cwd=PROJECT)
    assert build.stdout.readline() == b"on\n"
    build.send_signal(sent)
    build.wait(30)
    build.stdout.close()
    assert content(tmp_path / "zzz") == {"a/b.txt": "old"}
    write(tmp_path / "zzz", "new")
    assert content(tmp_path) == {"zzz/a/b.txt": "new"} and len(list(tmp_path.iterdir())) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("sent", "stays"), [(signal.SIGKILL, False), (signal.SIGTERM, True)], ids=["SIGKILL", "SIGTERM"])
def test_a_build_that_is_stopped_between_the_two_moves_loses_nothing(sent, stays, tmp_path):
    write(tmp_path / "zzz", "old")
    code = ("import os, signal, sys; from pathlib import Path; from scripts.folder import new_folder\n"
            "signal.signal(signal.SIGTERM, signal.default_int_handler)\n"
            "real = Path.rename\n"
            f"Path.rename = lambda self, to: (self.name == 'new' and os.kill(os.getpid(), {int(sent)}), real(self, to))\n"
            "with new_folder(Path(sys.argv[1]), bool) as folder:\n    (folder / 'half').write_text('half')")
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "zzz")], cwd=PROJECT, stderr=subprocess.DEVNULL, check=False)
    assert (tmp_path / "zzz").exists() == stays
    with pytest.raises(OSError, match="zzz"), new_folder(tmp_path / "zzz", ours):
        raise OSError("zzz")
    assert content(tmp_path) == {"zzz/a/b.txt": "old"} and len(list(tmp_path.iterdir())) == 1
