"""The cases: from a seed and a number, a package with mutations in it, always the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from . import shape  # noqa: F401  its mutations register themselves
from .broken import BREAKS
from .draft import Draft
from .invent import invent
from .mutate import MUTATIONS, mutate
from .slices import real, slices

WHOLE_EACH = 400  # one case in so many is on the whole package, the others in turn on these
BASES = ("slice", "invented", "invented", "descriptor", "invented", "invented", "descriptor", "invented")


@dataclass
class Case:
    """A package to compare the sides on: what it was made of, and the mutations in it."""

    number: int
    base: str
    mutations: list[str]
    draft: Draft


def case(seed: int, number: int) -> Case:
    """The case of a number: on the whole package, a slice of it, an invented package, or a broken descriptor."""
    rng = Random(f"{seed}/{number}")
    if number % WHOLE_EACH == WHOLE_EACH - 1:
        return of_tables(rng, number, "whole", real().copy())
    base = BASES[number % len(BASES)]
    if base == "slice":
        return of_tables(rng, number, base, rng.choice(slices()).copy())
    draft = invent(rng)
    if base == "descriptor":
        names = rng.sample(list(BREAKS), rng.choice([1, 1, 1, 2]))
        return Case(number, base, [name for name in names if BREAKS[name](rng, draft) is not False], draft)
    return of_tables(rng, number, base, draft)


def of_tables(rng: Random, number: int, base: str, draft: Draft) -> Case:
    """A case with one or several mutations of the tables."""
    return Case(number, base, mutate(rng, draft, chosen(rng, list(MUTATIONS))), draft)


def chosen(rng: Random, names: Sequence[str]) -> list[str]:
    """Some mutations: of cells first, of shape and bytes last."""
    picked = set(rng.sample(range(len(names)), rng.choice([1, 1, 2, 3, 5])))
    return [name for number, name in enumerate(names) if number in picked]
