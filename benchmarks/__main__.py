"""`python -m benchmarks`: ours, Frictionless, csvw and the floor side by side in one process, then errors, growth and cold starts.

The last line is one JSON object. What the numbers mean: docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable

from . import measure
from .table import KEYS, as_table, machine, rounded

SIZES = [1_000, 10_000, 100_000, 1_000_000]
QUICK = [1_000, 2_000]
MILLION = 1_010_000  # rows: a million and some, since nothing is broken in the countries and some faults hide another one


def parts(rows: int, seed: int, rounds: int, quick: bool) -> dict[str, Callable[[], measure.Numbers]]:
    """The measurements by name, in their order."""
    return {"sides": lambda: measure.side_by_side(rows, seed, rounds),
            "broken": lambda: measure.broken(rows, seed, (rounds + 1) // 2),
            "scaling": lambda: measure.scaling(QUICK if quick else SIZES, seed, rounds),
            "million": lambda: measure.million(rows if quick else MILLION, seed),
            "cold": lambda: measure.cold((rounds + 2) // 2)}


def main() -> None:
    """Measure what is asked for; print a table, then the JSON line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, help="rows of the package that the sides are compared on (250,000)")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, help="runs of ours and of the floor, of which the median is taken (9); slow sides run less")
    parser.add_argument("--quick", action="store_true", help="small packages, one run each: shows that it works, not how fast")
    parser.add_argument("--only", nargs="+", choices=[*parts(0, 0, 0, True)], help="leave out all other measurements")
    asked = parser.parse_args()
    result: dict = {"machine": machine(), **dict.fromkeys(KEYS)}
    print(*as_table({"machine": result["machine"]}), sep="\n", flush=True)
    measure.warm_up(asked.seed)
    rows, rounds = asked.rows or (2_000 if asked.quick else 250_000), asked.rounds or (1 if asked.quick else 9)
    for name, part in parts(rows, asked.seed, rounds, asked.quick).items():
        if not asked.only or name in asked.only:
            found = rounded(part())
            print(f"\n--- {name}", *as_table(found), sep="\n", flush=True)
            result |= found
    result["load_at_the_end"] = machine()["load"]
    print()
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
