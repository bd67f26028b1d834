"""python -m differential: our checks of form and Frictionless on seeded random mutations, and what they differ on."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from .cases import case
from .compare import Outcome, compare, examine, replay
from .exceptions import EXCEPTIONS

SHOWN = 20  # disagreements that are printed
TOLD_EACH = 500  # cases after which a line says how far it is


@dataclass
class Tally:
    """What the cases gave, by kind of package and kind of mutation."""

    cases: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    findings: int = 0
    needed: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, kinds: list[str], outcome: Outcome) -> None:
        for kind in kinds:
            self.cases[kind] += 1
            self.agreed[kind] += not outcome.unexplained
        self.findings += outcome.agreed
        self.needed += outcome.needed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m differential", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="how many cases (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random mutations (default: %(default)s)")
    parser.add_argument("--case", type=int, help="run this case alone and show its files")
    options = parser.parse_args(arguments)
    numbers = range(options.cases) if options.case is None else [options.case]
    started, tally = time.perf_counter(), Tally()
    for number in numbers:
        run(tally, options.seed, number, show=options.case is not None)
        if (number + 1) % TOLD_EACH == 0:
            print(f"{number + 1:,} cases, {len(tally.wrong):,} disagree", file=sys.stderr, flush=True)
    print_tally(tally, len(numbers), options.seed, time.perf_counter() - started)
    return bool(tally.wrong)


def run(tally: Tally, seed: int, number: int, show: bool = False) -> None:
    """One case: write its package, run both sides on it, compare."""
    made = case(seed, number)
    with tempfile.TemporaryDirectory() as folder:
        made.draft.write(Path(folder))
        world = examine(Path(folder))
        outcome = compare(world, EXCEPTIONS)
        if show:
            print(f"{replay(Path(folder))}\n\nMutations: {', '.join(made.mutations)}")
            for side in (world.ours, world.theirs):
                print("\n".join(["", "Ours:" if side is world.ours else "Theirs:", *map(str, side.refused), *(
                    f"{finding.table} row {finding.row} {finding.field} {finding.kind}: {words[:200]}" for finding,
                    words in side.findings.items())]))
            print(f"\nExceptions: {dict(outcome.needed)}")
    tally.add([f"package: {made.base}", *sorted(set(made.mutations))], outcome)
    if outcome.unexplained:
        tally.wrong.append(f"seed {seed} case {number} ({made.base}; {', '.join(made.mutations)})")
        if len(tally.wrong) <= SHOWN:
            print(f"DISAGREE {tally.wrong[-1]}: replay with --seed {seed} --case {number}")
            print("\n".join(f"  {difference}" for difference in outcome.unexplained[:5]), flush=True)


def print_tally(tally: Tally, cases: int, seed: int, seconds: float) -> None:
    """How many cases of each kind agreed, and how often each known exception was needed."""
    print(f"\n{'kind':40} {'cases':>7} {'agreed':>7}")
    for kind in sorted(tally.cases, key=lambda kind: (not kind.startswith("package: "), kind)):
        print(f"{kind:40} {tally.cases[kind]:7,} {tally.agreed[kind]:7,}")
    print(f"\n{'known exception':60} {'needed':>8}")
    for known in EXCEPTIONS:
        print(f"{known.name:60} {tally.needed[known.name]:8,}")
    print(f"\n{cases:,} cases of seed {seed} in {seconds:,.0f} s: {tally.findings:,} findings of Frictionless are ours too, "
          f"{sum(tally.needed.values()):,} differences are known, {len(tally.wrong):,} cases disagree.")


if __name__ == "__main__":
    sys.exit(main())
