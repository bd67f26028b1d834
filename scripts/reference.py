"""The reference run: the real Frictionless over the same descriptors and bytes, and where its verdict and ours differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import constraints, form
from .package import DESCRIPTOR
from .problem import ERROR, Problem, kind
from .tables import Content, Tables

LIMIT = 10_000  # errors per table that Frictionless lists

DISAGREES = kind("reference-disagrees", ERROR, "reference", "Our checks of form and Frictionless give the same verdict.",
                 good="both refuse total: 0", bad="Frictionless refuses a cell that we accept, or the reverse")
REFUSES = kind("reference-refuses", ERROR, "reference", "Frictionless accepts the descriptors.",
               good='"required" under "constraints"', bad='"required" beside "constraints"')
CELLS = {  # on these Frictionless has an opinion
    form.REQUIRED, constraints.TYPE, constraints.PATTERN, constraints.ENUM, *constraints.BOUND.values()}
LENIENT = ("integer", "number", "date", "yearmonth", "boolean")  # types of which Frictionless also takes forms that are not canonical


@dataclass(frozen=True)
class Verdict:
    """What Frictionless says of a table: broken cells, rows that break a key, and whether it stopped at LIMIT."""

    cells: set[tuple[int, str]]
    primary_key: set[int]
    foreign_key: set[int]
    cut: bool


def check(tables: Tables) -> None:
    """Add a problem for each cell or row on which Frictionless and our checks of form differ.

    Tables whose rows cannot be matched by number (missing, ragged, other columns) have been reported and are left out.
    """
    if tables.problems.counts[constraints.UNKNOWN_CONSTRAINT.code]:
        return  # Frictionless would refuse the descriptors for the same
    sound = {content.table.name: content for content in tables if is_sound(content)}
    verdicts, problems = run(tables, sound)
    tables.problems.add(*problems)
    for name, verdict in verdicts.items():
        tables.problems.add(*compare(tables, sound[name], verdict, sound))


def is_sound(content: Content) -> bool:
    """Whether row n of the table is line n of its file, column by column."""
    return content.readable and content.aligned and list(content.header) == list(content.table.columns)


def run(tables: Tables, sound: dict[str, Content]) -> tuple[dict[str, Verdict], list[Problem]]:
    """Frictionless on the sound tables, from the bytes that were read: a verdict per table, and what it refuses otherwise."""
    from frictionless import FrictionlessException, Package  # here: it costs a quarter of a second

    try:
        package = Package.from_descriptor(descriptor(tables, sound))
        for resource in package.resources:
            resource.path, resource.scheme, resource.data = None, "buffer", sound[resource.name].data
        report = package.validate(limit_errors=LIMIT)
    except FrictionlessException as error:
        notes = [reason.message for reason in error.reasons] or [error.error.message]
        return {}, [REFUSES.at(f"Frictionless says: {note}", "Correct the descriptor.", file=DESCRIPTOR) for note in notes]
    problems = [REFUSES.at(f"Frictionless says: {error.message}", "Correct the descriptor.", file=DESCRIPTOR) for error in report.errors]
    verdicts = {}
    for task in report.tasks:
        verdicts[task.name] = Verdict(
            {(e.row_number, e.field_name) for e in task.errors if e.type in ("type-error", "constraint-error", "unique-error")},
            {e.row_number for e in task.errors if e.type == "primary-key"},
            {e.row_number for e in task.errors if e.type == "foreign-key"}, len(task.errors) >= LIMIT)
        known = ("type-error", "constraint-error", "primary-key", "foreign-key", "unique-error")
        problems += [REFUSES.at(f"Frictionless says: {error.message}", "Correct the file or its schema.", table=task.name,
                                file=sound[task.name].table.path) for error in task.errors if error.type not in known]
    return verdicts, problems


def descriptor(tables: Tables, sound: dict[str, Content]) -> dict:
    """The package's descriptor with the schemas of the sound tables in it, without keys to tables that are not sound."""
    resources = []
    for resource in tables.package.descriptor["resources"]:
        if resource["name"] in sound:
            table = sound[resource["name"]].table
            keys = zip(table.schema.get("foreignKeys", []), table.foreign_keys, strict=True)
            kept = [key for key, own in keys if own.resource in sound]
            resources.append({**resource, "schema": {**table.schema, "foreignKeys": kept}})
    return {**tables.package.descriptor, "resources": resources}


def compare(tables: Tables, content: Content, verdict: Verdict, sound: dict[str, Content]) -> Iterator[Problem]:
    """Where Frictionless finds what we do not, and where we find what it does not though it has an opinion."""
    table, problems = content.table, tables.problems
    ours = {(p.line, p.column) for p in problems.found if p.table == table.name and p.code in {k.code for k in CELLS}
            and p.column in table.by_name and table.by_name[p.column].type not in LENIENT}
    for line, column in sorted(verdict.cells):
        if line not in problems.broken_lines(table.name, [column]):
            yield differs(content, line, column, "refuses", "accept")
    for line, column in sorted(ours - verdict.cells) if not verdict.cut else []:
        yield differs(content, line, column, "accepts", "refuse")
    for line in sorted(verdict.primary_key - problems.broken_lines(table.name, table.primary_key)):
        yield differs(content, line, None, "finds a repeated primary key in", "find none in")
    keys = [key for key in table.foreign_keys if key.resource in sound]
    doubtful = any(tables.broken(key.resource, *key.reference).any() for key in keys)
    for line in sorted(verdict.foreign_key - problems.broken_lines(table.name, [c for key in keys for c in key.fields])):
        if not doubtful:  # a reference to a row whose own key is broken is not reported again
            yield differs(content, line, None, "finds a broken reference in", "find none in")


def differs(content: Content, line: int, column: str | None, theirs: str, ours: str) -> Problem:
    """The problem of one cell or row on which the two differ."""
    return DISAGREES.at(f"Frictionless {theirs} this {'cell' if column else 'row'}, our checks {ours} it.",
        "This is a fault of the checks: please report it with the row.", column=column, **form.place(content, line))
