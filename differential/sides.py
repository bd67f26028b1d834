"""What each side finds in a package on disk, in the same words: a table, a row, a field and a kind of finding.

Rows are counted as Frictionless does, by record of the CSV file, the header being 1. A finding of a table as a whole has row 0.
"""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from scripts.package import Package, Table, load
from scripts.problem import ERROR, KINDS, Problem
from scripts.read import read
from scripts.validate import check

LIMIT = 100_000  # errors of a table that Frictionless lists
DIALECT = {"headerRows": [1], "csv": {"delimiter": ",", "quoteChar": '"', "skipInitialSpace": False}}  # else it guesses from the first rows
OUR_CELLS = {"required": "required", "type": "type", "pattern": "pattern", "enum": "enum", "minimum": "minimum", "maximum": "maximum",
             "exclusive-minimum": "exclusiveMinimum", "exclusive-maximum": "exclusiveMaximum", "min-length": "minLength",
             "max-length": "maxLength", "unique": "unique"}
OUR_KEYS = ("primary-key", "foreign-key")
OUR_SHAPE = {"ragged-row": "shape", "blank-row": "blank"}
OUR_FILES = ("encoding", "empty-file", "unreadable-file", "delimiter")  # a file that Frictionless too cannot read, or not as this table
OUR_HEADER = ("unknown-column", "missing-column", "repeated-column", "column-order")
THEIR_SHAPE = {"missing-cell": "shape", "extra-cell": "shape", "blank-row": "blank"}
THEIR_HEADER = {"extra-label", "missing-label", "blank-label", "duplicate-label", "incorrect-label", "blank-header"}
CONSTRAINT = re.compile('constraint "([A-Za-z]+)" is ')


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that a side finds. `field` is a column, or the columns of a key with commas; `kind` is a constraint or `type`,
    `primary-key`, `foreign-key`, `shape` or `blank` of a row, `header` or `file` of a table, `label` where the field is a word of the
    header that is no column; or the code of a problem of ours on
    which Frictionless has no opinion."""

    table: str
    row: int
    field: str
    kind: str


@dataclass
class Side:
    """What a side finds: why it refuses the descriptors, or the findings with what was said."""

    refused: dict[str, str] = field(default_factory=dict)  # words → code
    findings: dict[Finding, str] = field(default_factory=dict)

    @cached_property
    def places(self) -> dict[tuple[str, int, str], set[str]]:
        """The kinds of finding of each cell or row."""
        found: dict[tuple[str, int, str], set[str]] = {}
        for finding in self.findings:
            found.setdefault((finding.table, finding.row, finding.field), set()).add(finding.kind)
        return found


def theirs(root: Path) -> Side:
    """What Frictionless finds: its own words for a table, a row and a field."""
    from frictionless import FrictionlessException
    from frictionless import Package as Theirs

    side, descriptor = Side(), their_descriptor(root)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            report = Theirs.from_descriptor(their_descriptor(root), basepath=str(root)).validate(limit_errors=LIMIT)
    except FrictionlessException as error:
        reasons = error.reasons or [error.error]
        return Side({reason.message: reason.type for reason in reasons})
    except Exception as error:  # it is theirs to crash: that is no opinion but is told
        return Side({f"{type(error).__name__}: {error}": "crash"})
    side.refused = {error.message: error.type for error in report.errors}
    for task in report.tasks:
        columns = next(columns_of(resource) for resource in descriptor["resources"] if resource["name"] == task.name)
        for error in task.errors:
            for finding in their_findings(task.name, error, columns):
                side.findings.setdefault(finding, error.message)
    return side


def their_descriptor(root: Path) -> dict:
    """The descriptor of a package with its schemas in it, without what a release derives, and with the dialect of all its files."""
    descriptor = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    resources = []
    for resource in descriptor["resources"]:
        if not resource.get("derived"):
            schema = json.loads((root / resource["schema"]).read_text(encoding="utf-8"))
            resources.append({**resource, "schema": schema, "dialect": deepcopy(DIALECT)})
    return {**descriptor, "resources": resources}


def columns_of(resource: dict) -> set[str]:
    return {field["name"] for field in resource["schema"]["fields"]}


def their_findings(table: str, error, columns: set[str]) -> list[Finding]:
    """An error of Frictionless as findings."""
    row = getattr(error, "row_number", 0)
    if error.type == "type-error":
        return [Finding(table, row, error.field_name, "type")]
    if error.type == "constraint-error":
        return [Finding(table, row, error.field_name, CONSTRAINT.match(error.note)[1])]
    if error.type == "unique-error":
        return [Finding(table, row, error.field_name, "unique")]
    if error.type == "primary-key":
        return [Finding(table, row, "", "primary-key")]
    if error.type == "foreign-key":
        return [Finding(table, row, ",".join(error.field_names), "foreign-key")]
    if error.type in THEIR_SHAPE:
        return [Finding(table, row, "", THEIR_SHAPE[error.type])]
    if error.type in THEIR_HEADER:
        label = getattr(error, "label", "").strip()
        return [Finding(table, 1, "", "header"), *([Finding(table, 1, label[:80], "label")] if label not in {"", *columns} else [])]
    return [Finding(table, 0, "", "file")]


def ours(root: Path) -> Side:
    """What our checks find, through `load`, `read` and `check` alone."""
    package, problems = load(root)
    if package is None:
        return Side({problem.text: problem.code for problem in problems if problem.severity == ERROR})
    tables = read(package)
    check(tables, fast=True)
    side = Side({problem.text: problem.code for problem in (*problems, *tables.problems.found)
                 if problem.severity == ERROR and KINDS[problem.code].group == "package"})
    rows = {name: row_numbers((root / table.path).read_bytes()) for name, table in package.tables.items()}
    for problem in tables.problems.found:
        if problem.severity == ERROR and problem.table in package.tables and KINDS[problem.code].group in ("form", "bytes"):
            for finding in our_findings(package, problem, rows[problem.table]):
                side.findings.setdefault(finding, problem.text)
    return side


def our_findings(package: Package, problem: Problem, rows: dict[int, int]) -> list[Finding]:
    """A problem of ours as findings in the words of Frictionless, where it has words for it."""
    table, row = package.tables[problem.table], rows.get(problem.line, 0)
    code, column, name = problem.code, problem.column or "", problem.table
    if code in OUR_HEADER:
        named = code == "unknown-column" and column.strip()
        return [Finding(name, 1, "", "header"), *([Finding(name, 1, column.strip(), "label")] if named else [])]
    if code in OUR_FILES:
        return [Finding(name, 0, "", "file")]
    if code in OUR_SHAPE:
        return [Finding(name, row, "", OUR_SHAPE[code])]
    if code == "primary-key":
        alone = table.by_name[column] if column else None
        more = [Finding(name, row, column, "unique")] if alone and alone.constraints.get("unique") else []
        return [Finding(name, row, "", "primary-key"), *more]
    if code == "unique":
        alone = column and table.by_name[column].constraints.get("unique")
        return [Finding(name, row, column, "unique" if alone else "unique-key")]
    if code == "foreign-key":
        return [Finding(name, row, column or composite(table), "foreign-key")]
    return [Finding(name, row, column, OUR_CELLS.get(code, code))]


def composite(table: Table) -> str:
    """The columns of the foreign key of several columns; a table of the mutations has at most one."""
    return next(",".join(key.fields) for key in table.foreign_keys if len(key.fields) > 1)


def row_numbers(data: bytes) -> dict[int, int]:
    """Line on which a record starts → number of the record, the header being 1."""
    numbers, line = {}, 1
    for number, _ in enumerate(reader := csv_reader(data), 1):
        numbers[line] = number
        line = reader.line_num + 1
    return numbers


def csv_reader(data: bytes):
    """The records of a file as Frictionless reads them."""
    return csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))


def cells(data: bytes) -> list[list[str]]:
    """The cells of a file: record n is at n - 1."""
    return list(csv_reader(data))
