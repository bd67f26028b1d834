"""A validation as text for people, JSON for machines, or annotations for GitHub."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from .problem import ERROR, LIMIT, WARNING, Problem, visible
from .validate import Report

FIRST = 5  # like problems that the text shows in full
KEYS = ("severity", "code", "table", "file", "line", "column", "record", "message", "hint", "count", "new")
ANNOTATIONS = 10  # errors, and as many warnings, that GitHub shows of one step


def render(report: Report, form: str) -> str:
    """The report in one of the FORMATS, ending with a line break."""
    return FORMATS[form](report)


def as_json(report: Report) -> str:
    """One JSON object; at most LIMIT problems, new errors before all others if there are more, while the counts are whole."""
    problems = report.problems.found
    if len(problems) > LIMIT:
        problems = sorted(problems, key=lambda problem: (problem.severity != ERROR, problem.new is False))[:LIMIT]
    found = [{key: getattr(problem, key) for key in KEYS} for problem in problems]
    whole = {"valid": report.valid, "tables": report.rows, "counts": dict(sorted(report.problems.counts.items())), "problems": found}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_text(report: Report) -> str:
    """Problems by severity, like ones summed up, then the tables and the verdict."""
    return "".join(f"{line}\n" for line in (*problem_lines(report), *table_lines(report), *rule_lines(report), verdict(report)))


def problem_lines(report: Report) -> Iterator[str]:
    """The problems summed up, and how many of each kind were only counted."""
    yield from summed_up(report.problems.found)
    hidden = report.problems.counts - Counter(problem.code for problem in report.problems.found)
    for code, count in hidden.items():
        yield f"… and {count:,} more of {code} that are only counted."


def summed_up(found: Iterable[Problem]) -> Iterator[str]:
    """Errors, then warnings, of each the known ones last: the first FIRST of each kind in each column (of the header: in each
    file) in full, then how many more there are."""
    groups: dict[tuple, list[Problem]] = defaultdict(list)
    for problem in found:
        column = problem.column if problem.line != 1 else None
        groups[problem.severity != ERROR, problem.new is False, problem.severity, problem.code, problem.file, column].append(problem)
    for (_, known, severity, code, file, column), problems in sorted(groups.items(), key=lambda item: item[0][:2]):
        words = f"{'known ' if known else ''}{severity} {code}"
        for problem in problems[:FIRST]:
            yield f"{words}: {problem.text}"
        if len(problems) > FIRST:
            place = f" in {file}{', ' + column if column else ''}" if file else ""
            yield f"{words}: … and {len(problems) - FIRST:,} more like it{visible(place)}."


def table_lines(report: Report) -> Iterator[str]:
    """Rows, errors and warnings of each table."""
    if not report.rows:
        return
    errors, warnings = ({table: count for (table, found), count in report.problems.by_table.items() if found == severity}
                        for severity in (ERROR, WARNING))
    width = max(map(len, report.rows))
    yield ""
    yield f"{'table':<{width}} {'rows':>8} {'errors':>8} {'warnings':>9}"
    for name, rows in report.rows.items():
        yield f"{name:<{width}} {rows:>8,} {errors.get(name, 0):>8,} {warnings.get(name, 0):>9,}"
    yield f"{'all':<{width}} {sum(report.rows.values()):>8,} {sum(errors.values()):>8,} {sum(warnings.values()):>9,}"


def rule_lines(report: Report) -> Iterator[str]:
    """How often each rule was broken."""
    if report.problems.counts:
        yield ""
        width = max(map(len, report.problems.counts))
        severity = {problem.code: problem.severity for problem in report.problems.found}
        for code, count in sorted(report.problems.counts.items(), key=lambda item: (severity.get(item[0], ""), -item[1], item[0])):
            yield f"{severity.get(code, ''):<8} {code:<{width}} {count:>8,}"


def verdict(report: Report) -> str:
    """The last line."""
    errors, warnings = report.problems.severities[ERROR], report.problems.severities[WARNING]
    counts = f"{errors:,} error{'s' * (errors != 1)}, {warnings:,} warning{'s' * (warnings != 1)}"
    if not report.ran:
        return "\nThe check could not run."
    if report.based:
        new = sum(problem.new is not False for problem in report.problems.found if problem.severity == ERROR)
        counts += f"; {new:,} new error{'s' * (new != 1)}"
    words = "The dataset holds" if report.valid else "The dataset does not hold"
    return f"\n{words}: {counts}, {report.seconds:.1f} seconds. What each rule asks: docs/rules.md"


def as_github(report: Report) -> str:
    """Workflow commands that mark the lines of a pull request, but for what the base has too, then the text."""
    lines = [annotation(problem) for severity in (ERROR, WARNING)
             for problem in [p for p in report.problems.found if p.severity == severity and p.new is not False][:ANNOTATIONS]]
    return "".join(f"{line}\n" for line in lines) + for_log(as_text(report))


def for_log(text: str) -> str:
    """A text for the log of a workflow: no cell in it speaks to the runner."""
    return re.sub(r"(?<=:)(?=:)|(?<=##)(?=\[)", " ", text)


def annotation(problem: Problem) -> str:
    """One workflow command. Source of the escapes: the toolkit's `command` of GitHub Actions."""
    def escape(text: str, more: str = "") -> str:
        for character in "%\r\n" + more:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    place = {"file": problem.file, "line": problem.line, "title": problem.code}
    properties = ",".join(f"{key}={escape(visible(str(value)), ':,')}" for key, value in place.items() if value)
    return f"::{problem.severity} {properties}::{escape(problem.text)}"


FORMATS = {"text": as_text, "json": as_json, "github": as_github}
