"""What is measured side by side: our checks, Frictionless, the package csvw, and the floor, pandas reading the same files as text.

Each side reads all tables of one folder and says how many rows it saw and how many problems it found.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import csvw
import frictionless
import pandas as pd

from scripts.package import Field, Package, Table, load
from scripts.problem import ERROR, KINDS
from scripts.validate import Report, validate

EVERY = 10**9  # errors that Frictionless may list of a table
OF_FIELD = ("name", "type", "format", "constraints", "delimiter", "itemType", "trueValues", "falseValues")  # what Table Schema defines
OF_SCHEMA = ("missingValues", "primaryKey", "foreignKeys")
METADATA = "csv-metadata.json"


@dataclass(frozen=True)
class Outcome:
    """What one side says of a package; `kinds` counts its problems by its own names for them."""

    rows: int
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def problems(self) -> int:
        return self.kinds.total()


def ours(root: Path) -> Outcome:
    """`python -m scripts validate --fast`."""
    return outcome(validate(root, fast=True))


def outcome(report: Report) -> Outcome:
    """What our report says; warnings are no problems that the others know."""
    assert report.ran, [problem.text for problem in report.problems.found]
    errors = {code: count for code, count in report.problems.counts.items() if KINDS[code].severity == ERROR}
    return Outcome(sum(report.rows.values()), Counter(errors))


def with_frictionless(root: Path) -> Outcome:
    """Frictionless on the plain descriptors, keys between tables included, with no limit to what it lists."""
    package = frictionless.Package.from_descriptor(descriptor(described(root)), basepath=str(root))
    report = package.validate(limit_errors=EVERY)
    assert not report.errors, report.errors
    return Outcome(sum(task.stats.get("rows", 0) for task in report.tasks),  # it leaves out those of a table without any
                   Counter(error.type for task in report.tasks for error in task.errors))


def descriptor(package: Package) -> dict:
    """The package for Frictionless: of its schemas only what the standard defines."""
    def plain(table: Table) -> dict:
        fields = [{key: one[key] for key in OF_FIELD if key in one} for one in table.schema["fields"]]
        return {"fields": fields, **{key: table.schema[key] for key in OF_SCHEMA if key in table.schema}}

    return {"name": "zzz", "resources": [
        {"name": table.name, "type": "table", "path": table.path, "format": "csv", "encoding": "utf-8", "schema": plain(table)}
        for table in package.tables.values()]}


def with_csvw(root: Path) -> Outcome:
    """The package csvw: every row read with its types, then primary keys and references."""
    group = csvw.TableGroup.from_file(root / METADATA, data=metadata(described(root)))
    found: set[str] = set()  # it reads rows again for the references and repeats what it said
    log = logging.Logger("csvw")
    log.addHandler(Listener(found))
    rows = sum(1 for table in group.tables for _ in table.iterdicts(log=log))
    for table in group.tables:
        table.check_primary_key(log=log)
    group.check_referential_integrity(log=log)
    return Outcome(rows, Counter({"logged": len(found)}))


class Listener(logging.Handler):
    """Takes down what is logged."""

    def __init__(self, found: set[str]) -> None:
        super().__init__()
        self.found = found

    def emit(self, record: logging.LogRecord) -> None:
        self.found.add(record.getMessage())


def metadata(package: Package) -> dict:
    """The same constraints as CSVW metadata. Source: https://www.w3.org/TR/tabular-metadata/"""
    return {"@context": "http://www.w3.org/ns/csvw", "tables": [
        {"url": table.path, "tableSchema": {
            "columns": [column(field) for field in table.fields], "primaryKey": list(table.primary_key),
            "foreignKeys": [{"columnReference": list(key.fields), "reference": {
                "resource": package.tables[key.resource].path, "columnReference": list(key.reference)}} for key in table.foreign_keys]}}
        for table in package.tables.values()]}


def column(field: Field) -> dict:
    """A field as a column of CSVW, which writes a vocabulary as a pattern."""
    known, terms = field.constraints, field.constraints.get("enum", field.terms)
    datatype = {"base": field.type if field.type in ("date", "integer", "boolean") else "string",
                **{key: known[key] for key in ("minimum", "maximum") if key in known}}
    if field.type == "boolean":
        datatype["format"] = "true|false"
    elif terms or "pattern" in known:
        datatype["format"] = "|".join(map(re.escape, terms)) if terms else known["pattern"]
    return {"name": field.name, "titles": field.name, "datatype": datatype, "required": field.required, "null": "",
            **({"separator": field.delimiter} if field.type == "list" else {})}


def floor(root: Path) -> Outcome:
    """pandas, reading every table as text: no check."""
    return Outcome(sum(len(pd.read_csv(root / table.path, dtype=str, keep_default_na=False)) for table in described(root).tables.values()))


def described(root: Path) -> Package:
    """The package in a folder."""
    package, problems = load(root)
    assert package, problems
    return package


SIDES: dict[str, Callable[[Path], Outcome]] = {
    "ours": ours, "frictionless": with_frictionless, "csvw": with_csvw, "read_floor": floor}
