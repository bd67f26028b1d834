"""Canonical files, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from scripts.package import load
from scripts.read import parse
from scripts.write import canonical, replace_files
from tests.fictional import write_package


@pytest.fixture
def table(tmp_path):
    return write_package(tmp_path).tables["withdrawn"]


def frame(table, *rows: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{column: row.get(column, "") for column in table.columns} for row in rows], dtype=object)


def test_canonical_form(table):
    rows = frame(table, {"record_id": "zzz-b", "reason": 'He said "Zzz", twice'}, {"record_id": "zzz-a", "reason": "中文"})
    assert canonical(rows[list(table.columns)[::-1]], table).decode() == (
        "record_id,table,withdrawn_on,reason,replaced_by\n" 'zzz-a,,,中文,\n' 'zzz-b,,,"He said ""Zzz"", twice",\n')


def test_rows_are_sorted_by_code_point_not_by_language(table):
    rows = frame(table, {"record_id": "a"}, {"record_id": "Z"}, {"record_id": "é"}, {"record_id": "z"})
    assert [line.split(",")[0] for line in canonical(rows, table).decode().splitlines()[1:]] == ["Z", "a", "z", "é"]


def test_what_is_written_is_read_back(table):
    rows = frame(table, {"record_id": "zzz-a", "reason": 'a "b", c; d'}, {"record_id": "zzz-b", "reason": "NA"})
    content, problems = parse(table, canonical(rows, table))
    assert problems == [] and content.rows.to_dict("records") == rows.to_dict("records")


def test_replaces_all_files(tmp_path):
    replace_files({tmp_path / "a": b"1", tmp_path / "new" / "b": b"2"})
    assert (tmp_path / "a").read_bytes() == b"1" and (tmp_path / "new/b").read_bytes() == b"2"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "new"]


def test_keeps_the_mode_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"0")
    (tmp_path / "a").chmod(0o640)
    replace_files({tmp_path / "a": b"1"})
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("fails_at", [1, 2])
def test_nothing_changes_when_a_file_cannot_be_moved(tmp_path, monkeypatch, fails_at):
    before = {"a": b"0", "b": b"0"}
    for name, data in before.items():
        (tmp_path / name).write_bytes(data)
    real, calls = Path.replace, []

    def replace(self, target):
        calls.append(target)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="No space"):
        replace_files({tmp_path / "a": b"1", tmp_path / "b": b"1"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_nothing_changes_when_a_file_cannot_be_written(tmp_path):
    (tmp_path / "a").write_bytes(b"0")
    (tmp_path / "file").write_bytes(b"0")
    with pytest.raises(OSError):
        replace_files({tmp_path / "a": b"1", tmp_path / "file" / "b": b"1"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "file"] and (tmp_path / "a").read_bytes() == b"0"


def test_the_project_is_canonical():
    package, _ = load(Path(__file__).parent.parent)
    for table in package.tables.values():
        data = (package.root / table.path).read_bytes()
        assert canonical(parse(table, data)[0].rows, table) == data, table.name


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "there").write_bytes(b"0")
    (tmp_path / "link").symlink_to(tmp_path / "there")
    replace_files({tmp_path / "link": b"1"})
    assert (tmp_path / "link").is_symlink() and (tmp_path / "there").read_bytes() == b"1"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_whoever_stops_the_program_between_two_files_leaves_no_half_change(stop, tmp_path, monkeypatch):
    files = {tmp_path / name: b"new" for name in ("a", "b")}
    for path in files:
        path.write_bytes(b"old")
    moves, move = [], Path.replace

    def stopped(self, target):
        moves.append(target)
        if len(moves) == 2:
            raise stop
        return move(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(stop):
        replace_files(files)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old", "b": b"old"}
