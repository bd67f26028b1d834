"""The derived tables: what a release works out of the recorded ones, described like them in `schemas/derived.json`."""

from __future__ import annotations

from dataclasses import replace

from .documents import MAX_ITEMS, load_json
from .package import BAD_PACKAGE, Package, check_references, load_table
from .problem import ERROR, Problem
from .vocabularies import load_vocabularies

DERIVED = "schemas/derived.json"
VOCABULARIES = "schemas/derived/vocabularies.yaml"


def with_derived(package: Package) -> tuple[Package | None, list[Problem]]:
    """The package with the derived and flat tables and their vocabularies after its own, or None and why there is none."""
    descriptor, problems = load_json(package.root / DERIVED, DERIVED)
    vocabularies, more = load_vocabularies(package.root, VOCABULARIES)
    problems += more
    if descriptor is None or vocabularies is None:
        return None, problems
    vocabularies = {**package.vocabularies, **vocabularies}
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or len(resources) > MAX_ITEMS:
        return None, [*problems, BAD_PACKAGE.at(f"It names no resources, or more than {MAX_ITEMS:,}.", "List the tables under `resources`.",
                                                file=DERIVED)]
    tables = dict(package.tables)
    for position, resource in enumerate(resources, 1):
        table, more = load_table(package.root, resource, position, vocabularies, package.tables)
        problems += more
        if table and table.name in tables:
            problems.append(BAD_PACKAGE.at(f"The resource `{table.name}` stands twice.", "Keep one.", file=DERIVED))
        elif table:
            tables[table.name] = table
    problems += [problem for table in tables.values() for problem in check_references(table, tables, set(tables))]
    if any(problem.severity == ERROR for problem in problems):
        return None, problems
    return replace(package, tables=tables, vocabularies=vocabularies), problems
