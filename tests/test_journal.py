"""Several tables are replaced all or none: what a command that was killed left behind is undone, and what others left is not trusted."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from scripts import journal
from scripts.__main__ import main
from scripts.journal import HALF_CHANGE, NEW, OLD, RECORD, WORKING
from scripts.lock import lock
from scripts.package import Package, load
from scripts.read import read
from tests.fictional import PROJECT, write_package
from tests.programs import needs
from tests.small import load_small, put_json, schema, table

CHANGED = ("claims", "countries", "withdrawn")


class Killed(BaseException):
    """Stands in for what ends a program without its leave."""


@pytest.fixture
def package(tmp_path) -> Package:
    (tmp_path / "root").mkdir()
    return write_package(tmp_path / "root")


def content(package: Package) -> dict[str, bytes]:
    """Every file beside the tables, hidden ones too."""
    return {path.relative_to(package.root).as_posix(): path.read_bytes() for path in (package.root / "data").rglob("*") if path.is_file()}


def stopped(package: Package, monkeypatch, moved: int = 2) -> dict[str, bytes]:
    """Leave a change as a kill after so many moves leaves it; the tables before."""
    before, move = content(package), Path.replace
    moves = []

    def replace(self: Path, target: Path) -> Path:
        moves.extend([target] if self.suffix == NEW and self.stem != RECORD else [])
        if len(moves) > moved:
            raise Killed
        return move(self, target)

    def unlink(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, "replace", replace)
        patch.setattr(Path, "unlink", unlink)
        patch.setattr(journal, "undone", lambda *_: None)
        journal.replace(package.places, {name: (before[f"data/{name}.csv"] + b"zzz-new\n") for name in CHANGED})
    now = content(package)
    assert sum(now[path] != before[path] for path in before) == moved
    return before


def refused(package: Package) -> str:
    """Why a package cannot be opened; nothing is touched."""
    before = content(package)
    opened, problems = load(package.root)
    assert opened is None and [problem.code for problem in problems] == [HALF_CHANGE.code]
    assert content(package) == before
    return problems[0].text


@pytest.mark.parametrize("moved", [0, 1, 2, 3])
def test_a_change_that_was_stopped_is_undone_by_whoever_opens_the_package(moved, package, monkeypatch):
    before = stopped(package, monkeypatch, moved)
    assert load(package.root)[1] == [] and content(package) == before and not (package.root / "data" / WORKING).exists()


@pytest.mark.parametrize("command", [["show", "zzz-full"], ["format", "--check"], ["validate", "--fast"], ["diff", "ROOT"]], ids=" ".join)
def test_commands_that_only_read_see_the_tables_before(command, package, monkeypatch, capsys):
    before = stopped(package, monkeypatch)
    assert main([*(str(package.root) if word == "ROOT" else word for word in command), "--root", str(package.root)]) == 0
    assert content(package) == before


def test_what_was_left_before_the_record_was_written_goes(package):
    before = content(package)
    (package.root / "data" / WORKING).mkdir()
    (package.root / "data" / WORKING / f"claims{NEW}").write_text("half")
    assert load(package.root)[1] == [] and content(package) == before


def test_a_table_that_was_not_there_before_goes_again(package, monkeypatch):
    (package.root / "data/withdrawn.csv").unlink()
    move, moves = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        moves.append(target)
        if target.suffix == ".csv" and len(moves) > 2:
            raise OSError(28, "No space left on device")
        return move(self, target)

    before = content(package)
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="No space"):
        journal.replace(package.places, {"withdrawn": b"new", "claims": b"new"})
    assert content(package) == before


def test_the_mode_of_a_table_and_a_symbolic_link_stay(package):
    place = package.places["claims"]
    place.rename(package.root / "there.csv")
    place.symlink_to("../there.csv")
    (package.root / "there.csv").chmod(0o640)
    journal.replace(package.places, {"claims": b"new"})
    assert place.is_symlink() and (package.root / "there.csv").read_bytes() == b"new"
    assert stat.S_IMODE((package.root / "there.csv").stat().st_mode) == 0o640


def test_a_change_that_is_at_work_is_waited_for(package):
    folder, opened = package.root / "data" / WORKING, []
    reader = threading.Thread(target=lambda: opened.append(load(package.root)[0]))
    folder.mkdir()
    with lock(folder):
        reader.start()
        reader.join(0.5)
        assert reader.is_alive() and folder.exists()
        folder.rmdir()
    reader.join(30)
    assert opened[0] is not None


def test_a_working_folder_that_a_reader_took_away_is_made_again(package, monkeypatch):
    made, mkdir = [], Path.mkdir

    def taken(self: Path, *given: object, **more: object) -> None:
        mkdir(self, *given, **more)
        made.append(self)
        if len(made) == 1:
            self.rmdir()

    monkeypatch.setattr(Path, "mkdir", taken)
    journal.replace(package.places, {"claims": b"new"})
    assert len(made) == 2 and package.places["claims"].read_bytes() == b"new" and not made[0].exists()


def test_a_package_without_tables(package):
    path = package.root / "datapackage.json"
    descriptor = json.loads(path.read_text())
    path.write_text(json.dumps({**descriptor, "resources": [{**one, "derived": True} for one in descriptor["resources"]]}))
    assert load(package.root)[0].tables == {}


def test_whoever_reads_while_tables_are_moved_waits_until_all_are(package, monkeypatch):
    """Though the package was opened before the change began."""
    between, go_on, move, moves, found = threading.Event(), threading.Event(), Path.replace, [], []

    def replace(self: Path, target: Path) -> Path:
        moves.append(target)
        if len(moves) == 3:  # after the record and one table
            between.set()
            assert go_on.wait(30)
        return move(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    new = {name: package.places[name].read_bytes().replace(b"fictional", b"new").replace(b"Zzz", b"Yyy") for name in CHANGED}
    writer = threading.Thread(target=journal.replace, args=(package.places, new))
    reader = threading.Thread(target=lambda: found.append(read(package)))
    writer.start()
    assert between.wait(30)
    reader.start()
    reader.join(0.5)
    waits = reader.is_alive()
    go_on.set()
    writer.join(30)
    reader.join(30)
    assert waits and {name: found[0].contents[name].data for name in CHANGED} == new


# --- what cannot be undone is refused

def test_a_table_that_was_edited_since_is_not_overwritten(package, monkeypatch):
    stopped(package, monkeypatch)
    with package.places["claims"].open("ab") as file:
        file.write(b"by hand\n")
    text = refused(package)
    assert "claims changed since" in text and "data/.replacing" in text and "delete the folder" in text
    shutil.rmtree(package.root / "data" / WORKING)
    assert load(package.root)[1] == []


def test_a_table_that_was_put_back_by_hand_is_let_be(package, monkeypatch):
    before = stopped(package, monkeypatch)
    package.places["claims"].write_bytes(before["data/claims.csv"])
    assert load(package.root)[1] == [] and content(package) == before


def test_a_copy_of_a_half_done_change_is_refused(package, monkeypatch, tmp_path):
    """Also what a pull request or a download brings along: the record counts in the folder in which it was written alone."""
    stopped(package, monkeypatch)
    shutil.copytree(package.root, tmp_path / "copy")
    there, problems = load(tmp_path / "copy")
    assert there is None and "brought along" in problems[0].text


def own(folder: Path, tables: object) -> None:
    """A record as if it had been written in this folder."""
    folder.mkdir()
    (folder / RECORD).write_text(json.dumps({"folder": folder.stat().st_ino, "tables": tables}))


@pytest.mark.parametrize("make", [
    lambda folder: folder.symlink_to("/tmp"), lambda folder: folder.write_text("zzz"), lambda folder: own(folder, []),
    lambda folder: own(folder, {"../../zzz": [None, None]}), lambda folder: own(folder, {"claims": "zzz"}),
    lambda folder: own(folder, {"claims": ["zzz", "zzz"]}), lambda folder: (folder.mkdir(), (folder / RECORD).write_text("{")),
    lambda folder: (folder.mkdir(), (folder / RECORD).mkdir()), lambda folder: (folder.mkdir(), (folder / RECORD).symlink_to("/dev/zero")),
    lambda folder: (folder.mkdir(), (folder / RECORD).write_text("[" * 100_000)),
    lambda folder: (folder.mkdir(), os.mkfifo(folder / RECORD))])
def test_what_no_command_left_is_refused(make, package):
    make(package.root / "data" / WORKING)
    assert "elete" in refused(package)


def test_a_link_in_place_of_the_old_table_is_not_taken_over(package, monkeypatch, tmp_path):
    before = stopped(package, monkeypatch)
    copy = package.root / "data" / WORKING / f"claims{OLD}"
    (tmp_path / "elsewhere").write_bytes(copy.read_bytes())
    copy.unlink()
    copy.symlink_to(tmp_path / "elsewhere")
    assert "is not the old file" in load(package.root)[1][0].text and not package.places["claims"].is_symlink()
    assert before["data/claims.csv"] == (tmp_path / "elsewhere").read_bytes()


def test_where_nothing_may_be_written_half_a_change_is_told_and_not_read(package, monkeypatch, capsys):
    stopped(package, monkeypatch)

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", refuse)
    assert "Read-only file system" in refused(package)
    assert main(["show", "zzz-full", "--root", str(package.root)]) == 2
    assert "Run any command where this folder may be written to." in capsys.readouterr().err


def test_git_does_not_see_it(tmp_path):
    shutil.copy(PROJECT / ".gitignore", tmp_path)
    (tmp_path / "data" / WORKING).mkdir(parents=True)
    (tmp_path / "data" / WORKING / RECORD).touch()
    subprocess.run([needs("git"), "init", "--quiet", str(tmp_path)], check=True)
    done = subprocess.run(["git", "-C", str(tmp_path), "status", "--porcelain", "--untracked-files=all"], capture_output=True, check=True)
    assert done.stdout == b"?? .gitignore\n"


@pytest.mark.parametrize("command", [["format"], ["validate", "--fast"]])
def test_tables_in_the_root_itself_wait_for_nobody(command, tmp_path, capsys):
    root = load_small(tmp_path, {"zzz": schema()}, {"zzz": table("zzz_id", "zzz-b", "zzz-a")}).root
    (root / "data/zzz.csv").rename(root / "zzz.csv")
    (root / "data").rmdir()
    put_json(root, "datapackage.json", "resources.0.path", "zzz.csv")
    main([*command, "--root", str(root)])
    assert (root / "zzz.csv").read_text() == ("zzz_id\nzzz-a\nzzz-b\n" if command == ["format"] else "zzz_id\nzzz-b\nzzz-a\n")


def test_what_no_command_left_in_the_working_folder_is_told_and_stays(package):
    folder = journal.working_folder(package.places)
    folder.mkdir()
    (folder / "notes.txt").write_text("zzz")
    found, problems = load(package.root)
    assert found is None and [problem.code for problem in problems] == [HALF_CHANGE.code]
    assert (folder / "notes.txt").read_text() == "zzz"
