"""All checks of a package, in their order, as one report."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from . import form, layout
from .package import DESCRIPTOR, load
from .problem import ERROR, Problem, Problems, kind
from .read import read
from .tables import Tables, ahead

CANNOT_RUN = kind("cannot-run", ERROR, "package", "The folder to check is there and holds a Data Package.",
                  good="--root . with a datapackage.json", bad="--root zzz that does not exist")


@dataclass
class Report:
    """What a validation found. `ran` is False where it could not start; `rows` counts the rows of each table that was read."""

    problems: Problems
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    ran: bool = True
    based: bool = False  # whether problems are told apart by a base revision

    @property
    def valid(self) -> bool:
        """No error; with a base, no new one."""
        if not self.ran:
            return False
        if not self.based:
            return not self.problems.severities[ERROR]
        listed = sum(problem.severity == ERROR for problem in self.problems.found)
        return (listed == self.problems.severities[ERROR]  # an error too many to be listed counts as new
                and not any(problem.severity == ERROR and problem.new for problem in self.problems.found))

    @property
    def exit_code(self) -> int:
        return 2 if not self.ran else 0 if self.valid else 1


def validate(root: Path, *, base: str | None = None, fast: bool = False) -> Report:
    """Every check on the package in `root`: bytes, form, meaning, Frictionless (unless `fast`), history (with a `base`)."""
    started = time.perf_counter()
    if not root.is_dir():
        return cannot_run(no_folder(root))
    package, problems = load(root)
    if package is None:
        report = Report(Problems(), ran=(root / DESCRIPTOR).is_file())
        report.problems.add(*problems)
        return report
    tables = read(package)
    tables.problems.add(*problems)
    check(tables, fast=fast)
    report = Report(tables.problems, {c.table.name: len(c.lines) for c in tables if c.readable}, based=base is not None)
    if base is not None:
        from . import history
        before, reason = history.read_base(package, base)
        if before is None:
            return cannot_run(CANNOT_RUN.at(reason, "Give a git revision that exists here, such as origin/main, with --base."))
        check(before, fast=True)
        history.check(tables, before)
    report.problems.found.sort(key=order(list(package.tables)))
    report.seconds = time.perf_counter() - started
    return report


def check(tables: Tables, *, fast: bool) -> None:
    """Add every problem of form and meaning, and unless `fast` every difference from Frictionless, to `tables.problems`."""
    from . import meaning  # here, as below: the libraries behind them take a while to import
    with ahead(tables, meaning.views(tables)):
        form.check(tables)
        layout.check(tables)
        if not fast:
            from . import reference
            reference.check(tables)
        meaning.check(tables)


def no_folder(root: Path) -> Problem:
    """The problem of a root that is not there."""
    return CANNOT_RUN.at(f"There is no folder {root}.", "Give the folder that holds datapackage.json with --root.")


def cannot_run(problem: Problem) -> Report:
    """The report of a validation that could not start."""
    report = Report(Problems(), ran=False)
    report.problems.add(problem)
    return report


def order(names: list[str]):
    """Problems by table in package order, then line and column; those of no table first."""
    position = {name: number for number, name in enumerate(names)}

    def key(problem: Problem) -> tuple:
        return (position.get(problem.table, -1), problem.file or "", problem.line or 0, problem.column or "", problem.code)
    return key


