"""The benchmark: its packages are sound or broken in known ways, each side does its work, and the last line can be read by a program.

No time is asserted: how long something took says nothing of another machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks import beyond, faults, sides
from benchmarks.__main__ import main
from benchmarks.generate import SHAPES, described, generate, tables
from benchmarks.table import KEYS
from scripts.problem import ERROR
from scripts.validate import validate
from tests.fictional import PROJECT
from tests.using import readers

ROWS = 2_000
KINDS = {way.kind for table in described()[0].tables.values() for way in faults.ways(table)}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_generated_package_is_sound(shape, tmp_path):
    made = generate(tmp_path, ROWS, shape)
    report = validate(tmp_path, fast=True)
    assert report.valid, [problem.text for problem in report.problems.found][:5]
    assert report.rows == made.rows and not made.faults
    assert report.problems.counts.total() < ROWS / 100


def test_a_generated_package_has_near_duplicates(tmp_path):
    generate(tmp_path, 5 * ROWS)
    assert set(validate(tmp_path, fast=True).problems.counts) == {"near-duplicate"}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_seed_makes_the_same_package_and_another_one_another(shape):
    first, again, other = tables(ROWS, shape, 1), tables(ROWS, shape, 1), tables(ROWS, shape, 2)
    assert all(first[name].equals(again[name]) for name in first)
    assert not first["citations"].equals(other["citations"])


def test_a_package_has_about_as_many_rows_as_asked_for():
    for rows in (ROWS, 10 * ROWS):
        assert sum(map(len, tables(rows, "whole").values())) == pytest.approx(rows, rel=0.01)
        frames = tables(rows, "roles")
        many = [len(frames[name]) for name in ("standards_roles", "role_citations", "citations")]
        assert many == [rows * 2 // 5, rows * 2 // 5, rows // 5]


def test_ids_are_fictional_and_addresses_lead_nowhere():
    for name, frame in tables(ROWS, "whole").items():
        key = described()[0].tables[name].id
        assert name == "countries" or frame[key].str.startswith("zzz-").all()
    assert tables(ROWS, "roles")["citations"].url.str.startswith("https://example.org/").all()


@pytest.mark.parametrize("shape", SHAPES)
def test_what_was_broken_is_found_there_and_nothing_else(shape, tmp_path):
    made = generate(tmp_path, 5_000, shape, 0, 0.1)
    found = [problem for problem in validate(tmp_path, fast=True).problems.found if problem.severity == ERROR]
    places = Counter((problem.code, problem.table, problem.line, problem.column) for problem in found)
    assert places == Counter((fault.code, fault.table, fault.line, fault.column) for fault in made.faults)
    assert set(made.kinds) == KINDS or shape == "roles"


@pytest.mark.parametrize("kind", [
    "missing cell", "unknown term", "bad date", "wrong pattern", "wrong type", "dangling key", "repeated key"])
def test_each_side_that_checks_finds_a_fault_of_this_kind(kind, tmp_path):
    only = faults.ways
    with patch.object(faults, "ways", lambda table: (way for way in only(table) if way.kind == kind)):
        made = generate(tmp_path, ROWS // 2, "whole", 0, 0.05)
    for side in (sides.ours, sides.with_frictionless, sides.with_csvw):
        assert side(tmp_path).problems >= len(made.faults) > 0, side.__name__


def test_each_side_reads_every_row_of_a_sound_package_and_finds_nothing(tmp_path):
    made = generate(tmp_path, ROWS // 2)
    assert {name: (side(tmp_path).rows, side(tmp_path).problems) for name, side in sides.SIDES.items()} == dict.fromkeys(
        sides.SIDES, (made.total, 0))


@pytest.mark.slow
def test_the_last_line_is_one_object_with_every_number():
    done = subprocess.run([sys.executable, "-m", "benchmarks", "--quick", "--rows", "1000"], cwd=PROJECT, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result.keys() >= set(KEYS) and all(result[key] for key in KEYS)
    assert set(result["cold_start_s"]) == {"validate", "show", "diff", "add"}
    assert result["broken_faults"] == sum(result["broken_counts"].values())


def test_what_is_left_out_is_null_in_the_last_line(capsys):
    with patch.object(sys, "argv", ["benchmarks", "--quick", "--only", "scaling"]), patch("benchmarks.measure.warm_up"):
        main()
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["ours_s"] is None and result["cold_start_s"] is None and len(result["scaling"]) == 2


def test_another_engine_finds_what_was_broken_in_the_parquet(tmp_path):
    with patch.object(beyond, "READERS", Path(readers())), patch.object(beyond, "BROKEN", 0.02), patch.object(beyond, "CHUNK", ROWS):
        rows, broken = beyond.write(tmp_path, 2 * ROWS, 0)
        found = beyond.ask("duckdb", tmp_path)
    assert rows == pytest.approx(2 * ROWS, rel=0.1) and all(broken.values())
    assert {kind: found[kind] for kind in broken} == broken
