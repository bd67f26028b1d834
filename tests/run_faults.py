"""`make faults`: every command that writes, killed hundreds of times; every step of it failing; many of them at once."""

from __future__ import annotations

import argparse
import errno
import gc
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandera.backends.pandas.builtin_checks  # noqa: F401 (this and the next, so that no fork has to import them)

import scripts.add
import scripts.canonical
import scripts.release
import scripts.show
import scripts.site.build  # noqa: F401
from scripts.__main__ import main
from scripts.folder import SUMS, new_folder, sums
from scripts.package import load
from tests import faults
from tests.faults import Build, Scene, build, failed_at_each_step, forked, killed_at, killed_at_each_step, killed_at_random, scene, tally
from tests.fictional import ROWS, write_package
from tests.test_site import PLACES, dataset

CARD = """organizations: [{id: zzz-new, name: Zzz New, type: company, country: ZZB}]
claims: [{id: zzz-claim-new, claim: Zzz is new., channel: policy, made_in: zzz-full, finding: not_checked, organizations: [zzz-new]}]
"""
WITHDRAWAL = "withdrawn: [{record: zzz-role, reason: A fictional reason.}]\n"
CLAIM = "claims:\n- {{id: zzz-claim-{0}, claim: Zzz number {0}., channel: policy, made_in: zzz-full, finding: not_checked, " \
        "organizations: [zzz-firm-{0}]}}\norganizations: [{{id: zzz-firm-{0}, name: Zzz Firm {0}, type: company, country: ZZB}}]\n"
UNSORTED = ("organizations", "citations", "claims", "countries", "deployments", "withdrawn")
SEED = 7
Outcomes = Counter


def package(root: Path) -> Path:
    """A fictional package, newly written."""
    root.mkdir()
    write_package(root)
    return root


def formatting(place: Path, tables: tuple[str, ...] = UNSORTED) -> Scene:
    """`format` of several tables as another program saved them."""
    root = package(place / "format")
    for name in tables:
        path = root / f"data/{name}.csv"
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return scene(root, ["format"])


def adding(place: Path, card: str = CARD) -> Scene:
    """`add` of a card that touches three tables, or more."""
    (place / "card.yaml").write_text(card)
    return scene(package(place / "add"), ["add", str(place / "card.yaml")])


def at_each_step(made: Scene, every: int, stride: int = 1) -> Outcomes:
    """Kill the command before each step; every so often it is run again, and works."""
    found = Counter()
    for number, outcome in killed_at_each_step(made, stride):
        found[outcome] += 1
        if number % every == 0:
            made.again()
    return found


def recovery(made: Scene) -> Outcomes:
    """Kill the command between two of its moves, and then what undoes that before each of its own steps."""
    names = faults.steps(made.arguments, made.root)
    moves = [number for number, name in enumerate(names, 1) if name == "os.rename"]
    halves = partial(faults.command, made.arguments, made.root, killed_at(moves[-1]))  # all tables but the last are new

    def undo(act: faults.Act) -> int:
        faults.watch(made.root, act)
        return 0 if load(made.root)[0] else 1

    found = Counter()
    for number in range(1, sys.maxsize):
        made.reset()
        assert forked(halves).code == -signal.SIGKILL
        half = faults.seen(made.root, made.before, made.after)
        assert half == "some of each", half
        ended = forked(partial(undo, killed_at(number)))
        found[f"{faults.seen(made.root, made.before, made.after)}, then {made.opened()}"] += 1
        if ended.code == 0:  # it has no more steps
            return found
    return found


FAILURES = ((errno.ENOSPC, False), (errno.EIO, True), (errno.EROFS, True))  # whether all later steps fail too


def errors(made: Scene, failures: tuple[tuple[int, bool], ...] = FAILURES, stride: int = 1) -> Outcomes:
    """Let each step fail, as on a full disk, a broken one and one that turns read-only; then write files only up to a size."""
    found = Counter()
    for error, lasting in failures:
        found += tally(failed_at_each_step(made, error, lasting, stride))
    largest = max(len(data) for path, data in made.after.items() if path.startswith("data/"))
    for size in range(0, largest, largest // 8):
        made.reset()
        ended = forked(partial(faults.limited, made.arguments, size))
        assert ended.code == 1 and "File too large" in ended.text, ended.text
        assert faults.state(made.root) == made.before
        found["files limited: before"] += 1
    return found


def together(place: Path, many: int, killed: int, seed: int) -> Outcomes:
    """Many `add` at once, `format` and readers among them, some of them killed: each card is in whole or not at all, and each whose
    command said so is in."""
    root, chance = package(place / f"together-{seed}"), random.Random(seed)
    cards = [place / f"{number}-{seed}.yaml" for number in range(many)]
    for number, card in enumerate(cards):
        card.write_text(CLAIM.format(number))
    with (place / "said").open("w+b") as said:
        adds = [faults.start(partial(main, ["add", str(card), "--root", str(root)]), said.fileno()) for card in cards]
        others = [faults.start(partial(main, [*words, "--root", str(root)]), said.fileno())
                  for words in (["format"], ["show", "zzz-full"], ["format", "--check"])]
        for pid in chance.sample(adds, killed):
            time.sleep(chance.uniform(0, 0.5))
            os.kill(pid, signal.SIGKILL)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in adds]
        assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in others] == [0, 0, 0], (place / "said").read_text()
    assert forked(partial(main, ["format", "--root", str(root)])).code == 0
    claims, firms = ((root / f"data/{name}.csv").read_text() for name in ("claims", "organizations"))
    found = Counter()
    for number, code in enumerate(codes):
        there = f"zzz-claim-{number}," in claims
        assert there == (f"zzz-firm-{number}," in firms) and there >= (code == 0) and code in (0, -signal.SIGKILL), (number, code)
        found["added" if code == 0 else "killed, in" if there else "killed, out"] += 1
    assert claims.count("\n") == firms.count("\n") - len(ROWS["organizations"]) + len(ROWS["claims"])
    assert sorted(path.suffix for path in (root / "data").iterdir()) == [".csv"] * len(ROWS)
    return found


# --- folders

def small_build(place: Path) -> Build:
    """A folder of a few files, built as a release is."""
    source = place / "source.txt"
    source.write_text("old")

    def work() -> int:
        with new_folder(place / "out" / "zzz", bool) as folder:
            for name in ("a", "b/c"):
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_text(source.read_text())
            (folder / SUMS).write_text(sums(folder))
        return 0

    return build(lambda: source.write_text("new"), work, place / "out" / "zzz")


def product(place: Path, name: str) -> Build:
    """The release or the site of a fictional dataset, of which one stands and a cell changed since."""
    root, out = dataset(place / name), place / f"{name}-out" / name
    table = root / "data/claims.csv"
    arguments = [name, "--root", str(root), "--out", str(out), *(PLACES if name == "site" else ())]
    return build(lambda: table.write_text(table.read_text().replace("does what it says", "does what it said")),
                 partial(main, arguments), out)


def folder_steps(made: Build, numbers: Callable[[list[str]], Iterator[int]]) -> Outcomes:
    """Kill a build before some of its steps."""
    made.reset()
    with tempfile.NamedTemporaryFile("r") as told, Path(told.name).open("w") as telling:
        forked(partial(watched, made, lambda _, name: print(name, file=telling, flush=True)))
        names = told.read().split()
    return tally(made.killed(partial(watched, made, killed_at(number))) for number in numbers(names))


def watched(made: Build, act: faults.Act) -> int:
    faults.watch(made.place.parent, act)
    return made.work()


def around_the_moves(names: list[str]) -> list[int]:
    """The steps before, between and after the moves of two folders, and one while the old folder is removed."""
    moves = [number for number, name in enumerate(names, 1) if name == "os.rename"][-2:]
    return [*moves, moves[-1] + 1, (moves[-1] + len(names)) // 2, len(names)]


def between_the_moves(names: list[str]) -> list[int]:
    """The step at which neither the old folder nor the new one stands at the place."""
    return around_the_moves(names)[1:2]


def folder_at_random(made: Build, times: int, seed: int) -> Outcomes:
    """Kill a build at random moments."""
    made.reset()
    seconds, chance = forked(made.work).seconds, random.Random(seed)
    return tally(made.killed(made.work, chance.uniform(0, seconds * 1.1)) for _ in range(times))


def all_steps(names: list[str]) -> range:
    return range(1, len(names) + 1)


# --- all of it

def slices(place: Path) -> dict[str, Callable[[], Outcomes]]:
    """What runs on each change."""
    return {"format": lambda: at_each_step(formatting(place, UNSORTED[:3]), every=12),
            "add": lambda: at_each_step(adding(place), every=12, stride=2),
            "recovery": lambda: recovery(formatting(under(place, 1), UNSORTED[:3])),
            "errors": lambda: errors(formatting(under(place, 2), UNSORTED[:3]), FAILURES[:1], stride=2),
            "folder": lambda: folder_steps(small_build(place), all_steps),
            "together": lambda: together(place, 5, 1, SEED),
            "release": lambda: folder_steps(product(place, "release"), between_the_moves)}


def everything(place: Path, times: int) -> dict[str, Callable[[], Outcomes]]:
    """What `make faults` runs."""
    return {"format, at each step": lambda: at_each_step(formatting(under(place, 1)), every=5),
            "format, at random": lambda: tally(killed_at_random(formatting(under(place, 2)), times, SEED)),
            "format, undone": lambda: recovery(formatting(under(place, 3))),
            "format, failing": lambda: errors(formatting(under(place, 4))),
            "add, at each step": lambda: at_each_step(adding(under(place, 5), CARD + WITHDRAWAL), every=5),
            "add, at random": lambda: tally(killed_at_random(adding(under(place, 6), CARD + WITHDRAWAL), times, SEED)),
            "add, undone": lambda: recovery(adding(under(place, 7), CARD + WITHDRAWAL)),
            "add, failing": lambda: errors(adding(under(place, 8), CARD + WITHDRAWAL)),
            "eight at once, none killed": lambda: together(under(place, 9), 8, 0, SEED),
            "eight at once, some killed": lambda: sum((together(under(place, 10), 8, 4, SEED + i) for i in range(times // 20)), Counter()),
            "a folder, at each step": lambda: folder_steps(small_build(under(place, 11)), all_steps),
            "release, around the moves": lambda: folder_steps(product(under(place, 12), "release"), around_the_moves),
            "release, at random": lambda: folder_at_random(product(under(place, 13), "release"), times // 5, SEED),
            "site, around the moves": lambda: folder_steps(product(under(place, 14), "site"), around_the_moves),
            "site, at random": lambda: folder_at_random(product(under(place, 15), "site"), times // 5, SEED)}


def under(place: Path, number: int) -> Path:
    (place / str(number)).mkdir(exist_ok=True)
    return place / str(number)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", help="one part of it alone, or one of the slice that the tests run")
    parser.add_argument("--times", type=int, default=100, help="how often each command is killed at random")
    parser.add_argument("place", type=Path, nargs="?", help="an empty folder to work in")
    given = parser.parse_args()
    gc.freeze()  # so that forks share what was imported
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.place or Path(temporary)
        known = everything(folder, given.times)
        parts = {name: {**known, **slices(folder)}[name] for name in given.part or known}
        for title, run in parts.items():
            started = time.monotonic()
            print(f"{title}: ", end="", flush=True)
            outcomes = run()
            print("; ".join(f"{count} × {outcome}" for outcome, count in sorted(outcomes.items())),
                  f"({time.monotonic() - started:.0f} s)", flush=True)
