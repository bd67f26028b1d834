"""Synthetic packages in the project's own schemas, of any size, visibly fictional and the same for the same seed.

`python -m benchmarks.generate FOLDER --rows 250000 --shape roles --errors 0.01` writes one.
"""

from __future__ import annotations

import argparse
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.package import DESCRIPTOR, Package, load
from scripts.write import canonical_lines

from .faults import Fault, break_rows, with_extra_cells
from .links import Linker
from .records import Maker
from .words import Words

PROJECT = Path(__file__).parent.parent
ROWS = {  # of version 0.1.0, but for the countries: the proportions of the shape `whole`
    "organizations": 614, "citations": 1746, "deployments": 415, "deployment_countries": 23, "deployment_parties": 1017,
    "deployment_citations": 1311, "standards_roles": 303, "role_citations": 459, "policy_statements": 113, "statement_themes": 738,
    "statement_endorsements": 570, "statement_tallies": 41, "statement_citations": 415, "claims": 71, "claim_citations": 197,
    "claim_countries": 109, "claim_organizations": 97, "claim_records": 408, "withdrawn": 36}
LISTED = 0.01  # citations that nobody opened
MOST_ORGANIZATIONS = 600  # of the shape `roles`


@dataclass(frozen=True)
class Made:
    """A package that was written: the rows of each table, and each fault that was put into it."""

    root: Path
    rows: dict[str, int]
    faults: list[Fault] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    @property
    def kinds(self) -> Counter[str]:
        """How many faults there are of each kind."""
        return Counter(fault.kind for fault in self.faults)


def described() -> tuple[Package, pd.DataFrame]:
    """The project's package, and its real table of countries."""
    package, problems = load(PROJECT)
    assert package, problems
    countries = pd.read_csv(PROJECT / package.tables["countries"].path, dtype=str, keep_default_na=False)
    return package, countries


def roles(maker: Maker, rows: int) -> dict[str, pd.DataFrame]:
    """Two fifths standards roles, two fifths their sources, a fifth citations, and the small tables that they need."""
    many = max(rows * 2 // 5, 40)
    maker.organizations(min(MOST_ORGANIZATIONS, many // 4))
    maker.citations(max(rows // 5, 20), 0)
    maker.standards_roles(many, maker.made["organizations"]["organization_id"][18:])
    Linker(maker).sources({"role_citations": many})
    return maker.frames()


def whole(maker: Maker, rows: int) -> dict[str, pd.DataFrame]:
    """Every table, in about the proportions of the real data."""
    share = max(rows - len(maker.countries), 600) / sum(ROWS.values())
    counts = {name: max(round(many * share), 3) for name, many in ROWS.items()}
    maker.organizations(counts["organizations"])
    maker.citations(counts["citations"], LISTED)
    for name in ("standards_roles", "deployments", "policy_statements", "claims", "withdrawn"):
        getattr(maker, name)(counts[name])
    linker = Linker(maker)
    linker.sources(counts)
    for name in ("deployment_parties", "deployment_countries", "statement_themes"):
        getattr(linker, name)(counts[name])
    linker.statement_endorsements(counts["statement_endorsements"], counts["statement_tallies"])
    linker.of_claims(counts)
    return maker.frames()


SHAPES = {"roles": roles, "whole": whole}


def tables(rows: int, shape: str = "whole", seed: int = 0, start: int = 0) -> dict[str, pd.DataFrame]:
    """The tables of a sound package, sorted. `start` is the number in the first id, for packages that are put together."""
    package, countries = described()
    return SHAPES[shape](Maker(package, Words(np.random.default_rng(seed)), countries, start), rows)


def generate(root: Path, rows: int, shape: str = "whole", seed: int = 0, errors: float = 0.0) -> Made:
    """Write a package to a folder, with one fault in this share of its rows, and say what was made."""
    package, _ = described()
    frames = tables(rows, shape, seed)
    frames, faults = break_rows(package, frames, errors, np.random.default_rng([seed, 1]))
    shutil.copytree(PROJECT / "schemas", root / "schemas", ignore=shutil.ignore_patterns("*.py", "__pycache__"), dirs_exist_ok=True)
    shutil.copy(PROJECT / DESCRIPTOR, root)
    (root / "data").mkdir(exist_ok=True)
    for name, frame in frames.items():
        lines = with_extra_cells(canonical_lines(frame), {fault.line for fault in faults if fault.adds_cell(name)})
        (root / package.tables[name].path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return Made(root, {name: len(frame) for name, frame in frames.items()}, faults)


def main() -> None:
    """Write the package that the command line asks for, and print what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=250_000)
    parser.add_argument("--shape", choices=SHAPES, default="whole")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--errors", type=float, default=0.0, help="share of the rows with a fault, such as 0.01")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    made = generate(asked.folder, asked.rows, asked.shape, asked.seed, asked.errors)
    print(f"{made.total:,} rows in {asked.folder}; faults: {dict(made.kinds)}")


if __name__ == "__main__":
    main()
