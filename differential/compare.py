"""Where the two sides differ on a package, and which of the differences are known."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from . import sides
from .sides import Finding, Side

CELL_KINDS = frozenset({"type", *sides.OUR_CELLS.values()} - {"unique"})


@dataclass
class World:
    """A package on disk with what each side finds in it."""

    root: Path
    ours: Side
    theirs: Side

    @cached_property
    def schemas(self) -> dict[str, dict]:
        return {resource["name"]: resource["schema"] for resource in sides.their_descriptor(self.root)["resources"]}

    @cached_property
    def data(self) -> dict[str, bytes]:
        return {name: (self.root / f"data/{name}.csv").read_bytes() for name in self.schemas}

    @cached_property
    def cells(self) -> dict[str, list[list[str]]]:
        return {name: sides.cells(data) for name, data in self.data.items()}

    def field(self, table: str, name: str) -> dict:
        """The descriptor of a field; an empty one where the schema has none of the name."""
        return next((field for field in self.schemas[table]["fields"] if field["name"] == name), {})

    def cell(self, table: str, row: int, column: str) -> str:
        """The text of a cell, the header being that of the schema; an empty text where there is none."""
        names = [field["name"] for field in self.schemas[table]["fields"]]
        cells = self.cells[table][row - 1] if 0 < row <= len(self.cells[table]) else []
        return dict(zip(names, cells, strict=False)).get(column, "")

    def codes(self, table: str) -> set[str]:
        """The kinds of all that we find in a table."""
        return {finding.kind for finding in self.ours.findings if finding.table == table}


@dataclass(frozen=True)
class Difference:
    """A finding that only one side has. `who` is the side that has it; a refusal of the descriptors has no table."""

    who: str
    finding: Finding
    words: str

    def __str__(self) -> str:
        place = f"{self.finding.table} row {self.finding.row} {self.finding.field}" if self.finding.table else "the descriptors"
        return f"only {self.who} {'find' if self.who == 'ours' else 'finds'} {self.finding.kind} in {place}: {self.words[:300]}"


@dataclass
class Outcome:
    """What a comparison gave: findings of both sides, differences that no exception explains, and how often each was needed."""

    agreed: int = 0
    unexplained: list[Difference] = field(default_factory=list)
    needed: Counter[str] = field(default_factory=Counter)


def examine(root: Path) -> World:
    """A package on disk, with both sides run on it."""
    return World(root, sides.ours(root), sides.theirs(root))


def compare(world: World, exceptions: Sequence) -> Outcome:
    """Every difference of the two sides, against the known exceptions."""
    outcome = Outcome()
    for difference in differences(world, outcome):
        kinds = {difference.finding.kind, *(["*"] if difference.finding.table else [])}
        known = next((e for e in exceptions if e.who == difference.who and e.kinds & kinds and e.applies(world, difference.finding)), None)
        if known:
            outcome.needed[known.name] += 1
        else:
            outcome.unexplained.append(difference)
    return outcome


def differences(world: World, outcome: Outcome) -> list[Difference]:
    """What one side alone finds. A cell that both refuse is agreed on, as we report only the first that is wrong in it, but
    where our reason is another than any of theirs."""
    mine, other = world.ours, world.theirs
    if mine.refused or other.refused:
        outcome.agreed += bool(mine.refused and other.refused)
        return [Difference(who, Finding("", 0, words, f"refused {code}"), words)
                for who, side, against in (("ours", mine, other), ("theirs", other, mine)) if not against.refused
                for words, code in side.refused.items()]
    found = []
    for finding, words in sorted(other.findings.items()):
        place = (finding.table, finding.row, finding.field)
        if finding in mine.findings or (finding.kind in CELL_KINDS and mine.places.get(place, set()) & CELL_KINDS):
            outcome.agreed += 1
        else:
            found.append(Difference("theirs", finding, words))
    unread = {finding.table for finding in other.findings if finding.kind in ("file", "header")}
    found += [Difference("ours", finding, words) for finding, words in sorted(mine.findings.items())
              if finding not in other.findings and not (finding.kind == "file" and finding.table in unread)]
    return found


def replay(root: Path) -> str:
    """The files of a package as text, to look at a case."""
    return "\n".join(f"--- {path.relative_to(root)}\n{path.read_bytes()[:3_000]!r}"
                     for path in sorted(root.rglob("*.csv"))) + "\n" + "\n".join(
        f"--- {path.relative_to(root)}\n{json.dumps(json.loads(path.read_text(encoding='utf-8')))[:3_000]}"
        for path in sorted(root.rglob("*.json")))
