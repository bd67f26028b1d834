"""The measurements: each gives a part of the result, as numbers by name."""

from __future__ import annotations

import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np

from .alone import alone
from .cold import cold_start
from .generate import Made, generate
from .sides import SIDES, Outcome

Numbers = dict[str, object]
SLOW = {"frictionless": 3, "csvw": 5}  # a slow side runs only in every so-manieth round
SMALLEST = 1_000
SMALL = 5_000  # rows below which fixed costs rule


@contextmanager
def made(rows: int, shape: str, seed: int, errors: float = 0.0) -> Iterator[Made]:
    """A package in a folder of its own, for a while."""
    with tempfile.TemporaryDirectory() as folder:
        yield generate(Path(folder), rows, shape, seed, errors)


def timed(side: Callable[[Path], Outcome], root: Path) -> tuple[float, Outcome]:
    """Seconds of one run, with what the run before left behind cleared away."""
    gc.collect()
    started = time.perf_counter()
    outcome = side(root)
    return time.perf_counter() - started, outcome


def in_rounds(root: Path, names: list[str], rounds: int) -> dict[str, tuple[float, Outcome]]:
    """The median seconds of each side over a folder, and what it found; the sides take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in names}
    outcomes: dict[str, Outcome] = {}
    for number in range(rounds):
        for name in names:
            if number % SLOW.get(name, 1) == 0:
                spent, outcomes[name] = timed(SIDES[name], root)
                seconds[name].append(spent)
    return {name: (median(seconds[name]), outcomes[name]) for name in names}


def warm_up(seed: int) -> None:
    """Each side once on little, so that all that it imports late is there."""
    with made(SMALLEST, "whole", seed) as package:
        for side in SIDES.values():
            side(package.root)


def side_by_side(rows: int, seed: int, rounds: int) -> Numbers:
    """All sides on a sound package: every one of them reads every row and finds nothing."""
    with made(rows, "roles", seed) as package:
        found = in_rounds(package.root, list(SIDES), rounds)
        for name, (_, outcome) in found.items():
            assert (outcome.rows, outcome.problems) == (package.total, 0), (name, outcome, package.rows)
        numbers: Numbers = {"rows": package.total, **{f"{name}_s": seconds for name, (seconds, _) in found.items()}}
        numbers["peak_mb"] = alone(package.root)["peak_mb"]
    own = found["ours"][0]
    return {**numbers, "frictionless_ratio": found["frictionless"][0] / own, "csvw_ratio": found["csvw"][0] / own,
            "read_floor_ratio": own / found["read_floor"][0]}


def broken(rows: int, seed: int, rounds: int) -> Numbers:
    """Ours and Frictionless on a package with a fault in each hundredth row: of ours each fault is found, at its place."""
    with made(rows, "roles", seed, 0.01) as package:
        found = in_rounds(package.root, ["ours", "frictionless"], rounds)
        counts, wanted = found["ours"][1].kinds, Counter(fault.code for fault in package.faults)
        assert counts == wanted, counts - wanted | wanted - counts
        assert found["frictionless"][1].problems, "Frictionless found nothing"
        once = SIDES["csvw"](package.root)
        assert once.problems, "csvw found nothing"
    return {"broken_rows": package.total, "broken_faults": len(package.faults), "broken_ours_s": found["ours"][0],
            "broken_frictionless_s": found["frictionless"][0], "broken_frictionless_ratio": found["frictionless"][0] / found["ours"][0],
            "broken_counts": dict(counts), "broken_frictionless_problems": found["frictionless"][1].problems,
            "broken_csvw_problems": once.problems}


def million(rows: int, seed: int) -> Numbers:
    """Ours alone on a package in which every row has a fault."""
    with made(rows, "whole", seed, 1.0) as package:
        result = alone(package.root)
    return {"million_faults": len(package.faults), "million_problems": result["problems"], "million_s": result["seconds"],
            "million_peak_mb": result["peak_mb"], "million_text_lines": result["lines"], "million_text_letters": result["letters"]}


def scaling(sizes: list[int], seed: int, rounds: int) -> Numbers:
    """Ours over growing packages, near duplicates searched: seconds at each size, and the exponent that they grow with."""
    points: dict[int, float] = {}
    for number, rows in enumerate(sizes):
        with made(rows, "whole", seed) as package:
            found = in_rounds(package.root, ["ours"], min(rounds, max(3, rounds - 2 * number)))["ours"]
            assert (found[1].rows, found[1].problems) == (package.total, 0), found[1]
            points[package.total] = found[0]
            if rows == sizes[-1]:
                largest = alone(package.root)
    large = {rows: seconds for rows, seconds in points.items() if rows > SMALL}
    return {"scaling": {str(rows): seconds for rows, seconds in points.items()}, "scaling_exponent": exponent(points),
            "scaling_exponent_large": exponent(large), "scaling_peak_mb": largest["peak_mb"],
            "scaling_near_duplicates": largest["counts"].get("near-duplicate", 0)}


def exponent(points: dict[int, float]) -> float | None:
    """The slope of the logarithm of seconds on that of rows, by least squares."""
    if len(points) < 2:
        return None
    return float(np.polyfit(np.log(list(points)), np.log(list(points.values())), 1)[0])


def cold(runs: int) -> Numbers:
    """Whole commands on the real data."""
    return {"cold_start_s": cold_start(runs)}
