"""Our checks of form against the real Frictionless on seeded random mutations: a slice of `make differential`, and that it can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from differential import sides
from differential.__main__ import main
from differential.broken import BREAKS
from differential.cases import BASES, WHOLE_EACH, case
from differential.compare import Outcome, compare, examine
from differential.exceptions import EXCEPTIONS
from differential.mutate import MUTATIONS
from scripts.validate import check

SEED = 7
CHUNK, CHUNKS = 35, 6
MISSED = ["required", "type", "pattern", "enum", "minimum", "exclusive-maximum", "max-length", "unique", "primary-key", "foreign-key",
          "ragged-row", "blank-row", "column-order", "missing-column", "encoding"]


def outcome(root: Path, seed: int, number: int) -> Outcome:
    """What a case gives."""
    case(seed, number).draft.write(root / str(number))
    return compare(examine(root / str(number)), EXCEPTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_both_sides_agree_but_for_the_known_exceptions(chunk, tmp_path):
    for number in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        found = [str(difference) for difference in outcome(tmp_path, SEED, number).unexplained]
        assert found == [], f"replay with python -m differential --seed {SEED} --case {number}"


@pytest.mark.slow
def test_both_sides_agree_on_the_whole_package(tmp_path):
    assert case(SEED, WHOLE_EACH - 1).base == "whole"
    assert [str(difference) for difference in outcome(tmp_path, SEED, WHOLE_EACH - 1).unexplained] == []


@pytest.mark.slow
@pytest.mark.parametrize("known", EXCEPTIONS, ids=lambda known: f"{known.who}-{known.name.replace(' ', '-')}")
def test_each_exception_is_still_needed(known, tmp_path):
    """On its example the sides still differ, this exception explains it, and without it nothing does."""
    known.example.write(tmp_path)
    world = examine(tmp_path)
    whole = compare(world, EXCEPTIONS)
    assert whole.unexplained == [] and whole.needed[known.name], "the difference is gone: take the exception out"
    assert compare(world, [other for other in EXCEPTIONS if other is not known]).unexplained


def test_each_exception_has_a_name_of_its_own_and_a_reason():
    assert len({known.name for known in EXCEPTIONS}) == len(EXCEPTIONS)
    assert all(known.reason.endswith(".") for known in EXCEPTIONS)
    assert {known.who for known in EXCEPTIONS} == {"ours", "theirs"}


def test_the_cases_of_a_seed_are_always_the_same():
    for number in range(10):
        one, other = case(SEED, number), case(SEED, number)
        assert one.mutations == other.mutations
        assert [table.data() for table in one.draft.tables.values()] == [table.data() for table in other.draft.tables.values()]
        assert [table.schema for table in one.draft.tables.values()] == [table.schema for table in other.draft.tables.values()]
    assert case(SEED, 1).draft.tables != case(SEED + 1, 1).draft.tables


def test_every_mutation_is_drawn():
    drawn = {name for number in range(1_000) for name in case(SEED, number).mutations}
    assert set(MUTATIONS) | set(BREAKS) == drawn


def dropped(*codes):
    """A check that misses these kinds of problem."""
    def broken(problems):
        return [problem for problem in problems if problem.code not in codes]
    return broken


def shifted(problems):
    """A check that tells each cell one line too late."""
    return [replace(problem, line=problem.line + 1) if problem.line and problem.column else problem for problem in problems]


def misplaced(problems):
    """A check that tells each cell in the first column."""
    return [replace(problem, column="zzz_id") if problem.column else problem for problem in problems]


def renamed(problems):
    """A check that calls a wrong type a wrong pattern."""
    return [replace(problem, code="pattern") if problem.code == "type" else problem for problem in problems]


def doubled(problems):
    """A check that refuses the row before, too."""
    return [*problems, *(replace(problem, line=problem.line - 1) for problem in problems if problem.code == "required")]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [
    *map(dropped, MISSED), shifted, misplaced, renamed, doubled], ids=[*MISSED, "shifted", "misplaced", "renamed", "doubled"])
def test_a_broken_check_of_ours_is_detected(fault, tmp_path, monkeypatch):
    def faulty(tables, *, fast):
        check(tables, fast=fast)
        tables.problems.found[:] = fault(tables.problems.found)

    monkeypatch.setattr(sides, "check", faulty)
    monkeypatch.setattr(sides, "theirs", remembered(sides.theirs))
    invented = (number for number in range(1_000) if BASES[number % len(BASES)] == "invented")
    assert any(outcome(tmp_path, SEED, number).unexplained for number in invented)


def remembered(theirs, found={}):  # noqa: B006  one for all faults, as the cases are the same
    """What Frictionless finds in a folder called by the number of a case, worked out once."""
    def of(root):
        if root.name not in found:
            found[root.name] = theirs(root)
        return found[root.name]
    return of


def test_a_disagreement_can_be_replayed(capsys, monkeypatch):
    monkeypatch.setattr(sides, "check", lambda tables, *, fast: tables.problems.found.clear())
    number = next(number for number in range(100) if main(["--seed", str(SEED), "--cases", str(number)]))
    capsys.readouterr()
    assert main(["--seed", str(SEED), "--case", str(number - 1)]) == 1
    shown = capsys.readouterr().out
    assert f"DISAGREE seed {SEED} case {number - 1}" in shown and "--- data/" in shown and "Theirs:" in shown
    assert shown.endswith("1 cases disagree.\n")
