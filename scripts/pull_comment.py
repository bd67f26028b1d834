"""What is said of a contribution on GitHub: a stored validation and a stored difference as Markdown.

Whoever opens a pull request can make the stored files say anything, so they are read as data of unknown origin: two names, bounded,
no links, strictly of their form; and all text from them stands in code, where nothing becomes markup, a link or a mention.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from . import diff_report
from .diff_report import code, within
from .problem import ERROR, WARNING, Problem

REPORT, DIFFERENCE = "report.json", "diff.json"
MOST_BYTES = 20 * 2**20  # of either file: LIMIT problems and a change of every record fit
COMMENT = 65_000  # characters; GitHub takes 65,536
SUMMARY = 250_000  # characters, of 4 bytes at most; GitHub takes 1 MiB
MARGIN = 500  # of these for headings and for saying what is left out
UNFINISHED = "The check did not finish, or left no report that can be read."
UNCOMPARED = "What this does to the records could not be worked out."


@dataclass(frozen=True)
class Stored:
    """What `report.as_json` wrote."""

    valid: bool
    tables: dict[str, int]
    counts: dict[str, int]
    problems: list[Problem]


def markdown(folder: Path, run: str, room: int) -> str:
    """The stored report and difference in a folder as at most `room` characters of Markdown; `run` is the address of the run
    that made them, which nothing in the folder has a say in."""
    stored, difference = read_report(folder), read_difference(folder)
    link = f"[The run that checked this]({run}) holds the whole report.\n" if run else ""
    if stored is None:
        return f"### Check of the dataset\n\n**{UNFINISHED}**\n\n{link}"
    check = "\n".join([*report_lines(stored, room // 3), link])
    change = UNCOMPARED if difference is None else diff_report.as_markdown(difference, room - len(check) - MARGIN)
    return f"{check}\n{change.strip()}\n"


def read_report(folder: Path) -> Stored | None:
    """The stored validation, or None where there is none that can be relied on."""
    data = read_file(folder / REPORT)
    try:
        return None if data is None else TypeAdapter(Stored).validate_json(data, strict=True, extra="forbid")
    except ValidationError:
        return None


def read_difference(folder: Path) -> diff_report.Difference | None:
    """The stored difference, or None where there is none that can be relied on."""
    data = read_file(folder / DIFFERENCE)
    try:
        return None if data is None else diff_report.from_json(data.decode())
    except ValueError:
        return None


def read_file(path: Path) -> bytes | None:
    """The bytes of a file, or None if it is missing, too large, or no regular file."""
    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK)  # a named pipe would keep us waiting

    try:
        with open(path, "rb", opener=opener) as file:
            data = file.read(MOST_BYTES + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return None
    return data if 0 < len(data) <= MOST_BYTES else None


def report_lines(stored: Stored, room: int) -> Iterator[str]:
    """The verdict, then the problems of the contribution: errors, then warnings, as many as there is room for."""
    fresh = [problem for problem in stored.problems if problem.new is not False]
    by_severity = {severity: [problem for problem in fresh if problem.severity == severity] for severity in (ERROR, WARNING)}
    counts = [counted(len(found), severity) for severity, found in by_severity.items()]
    if len(fresh) < len(stored.problems):
        counts.append(f"{len(stored.problems) - len(fresh):,} known before")
    words = "The dataset holds" if stored.valid else "The dataset does not hold"
    yield f"### Check of the dataset\n\n**{words}:** {', '.join(counts)}. Errors must go, warnings are advice.\n"
    for severity, found in by_severity.items():
        lines = list(within([f"<li>{problem_line(problem)}</li>" for problem in found], room - MARGIN, f"{severity}s"))
        room -= sum(len(line) + 1 for line in lines)
        if lines:
            fold = " open" if severity == ERROR else ""
            yield f"<details{fold}><summary>{counted(len(found), severity)}</summary>\n<ul>"
            yield from lines
            yield "</ul></details>\n"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def problem_line(problem: Problem) -> str:
    """A problem: its code, where it stands, what is wrong and what to do."""
    return " ".join(code(text) for text in (problem.code, problem.place, problem.message, problem.hint) if text)
