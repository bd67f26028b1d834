"""Small packages cut from the real one: some fifty rows of several tables, closed under their foreign keys."""

from __future__ import annotations

import csv
import json
from copy import deepcopy
from functools import cache
from pathlib import Path

from .draft import Draft, DraftTable

PROJECT = Path(__file__).parent.parent
PREFIX = "zzz_"  # of the tables of a slice: the rules of meaning, which Frictionless has no opinion on, know them by their own names
ROWS = 12  # of a table that others do not ask for
GROUPS = [
    ["deployments", "deployment_parties", "deployment_citations", "deployment_countries"],
    ["standards_roles", "role_citations"],
    ["policy_statements", "statement_themes", "statement_endorsements", "statement_tallies"],
    ["claims", "claim_citations", "claim_countries", "claim_records", "withdrawn"],
]


@cache
def real() -> Draft:
    """The real package, without what a release derives."""
    tables = {}
    for resource in json.loads((PROJECT / "datapackage.json").read_text(encoding="utf-8"))["resources"]:
        if not resource.get("derived"):
            schema = json.loads((PROJECT / resource["schema"]).read_text(encoding="utf-8"))
            with (PROJECT / resource["path"]).open(encoding="utf-8", newline="") as file:
                header, *rows = csv.reader(file)
            tables[resource["name"]] = DraftTable(resource["name"], schema, header, rows)
    return Draft(tables, (PROJECT / "schemas/vocabularies.yaml").read_text(encoding="utf-8"))


@cache
def slices() -> tuple[Draft, ...]:
    """One slice of each group of tables."""
    return tuple(cut(group) for group in GROUPS)


def cut(names: list[str]) -> Draft:
    """A slice: the first rows of these tables, and the rows of all tables that they refer to."""
    whole = real().tables
    kept: dict[str, set[int]] = {}
    wanted = [(name, number) for name in names for number in range(min(ROWS, len(whole[name].rows)))]
    while wanted:
        name, number = wanted.pop()
        if number not in kept.setdefault(name, set()):
            kept[name].add(number)
            wanted += [target for key in whole[name].schema.get("foreignKeys", []) if (target := named(whole, name, number, key))]
    return Draft({PREFIX + name: DraftTable(PREFIX + name, renamed(table.schema), list(table.header),
                                            [list(table.rows[number]) for number in sorted(kept[name])])
                  for name, table in whole.items() if name in kept}, small_vocabularies())


def named(whole: dict[str, DraftTable], name: str, number: int, key: dict) -> tuple[str, int] | None:
    """The row that a foreign key of a row refers to: its table and number."""
    (column,), (there,) = key["fields"], key["reference"]["fields"]
    target = key["reference"].get("resource") or name
    value = whole[name].rows[number][whole[name].position(column)]
    return (target, index(target, there)[value]) if value else None


@cache
def index(name: str, column: str) -> dict[str, int]:
    """Value → number of its row, in a column of the real package."""
    table = real().tables[name]
    return {row[table.position(column)]: number for number, row in enumerate(table.rows)}


def renamed(schema: dict) -> dict:
    """A schema whose foreign keys lead to the tables of a slice, and whose texts that no check reads are left out."""
    schema = deepcopy(schema)
    for key in schema.get("foreignKeys", []):
        if key["reference"].get("resource"):
            key["reference"]["resource"] = PREFIX + key["reference"]["resource"]
    for field in schema["fields"]:
        if field.get("columnsOf"):
            field["columnsOf"] = PREFIX + field["columnsOf"]
    return schema


@cache
def small_vocabularies() -> str:
    """The real vocabularies as JSON, which is YAML too and read faster."""
    import yaml
    return json.dumps(yaml.safe_load(real().vocabularies))
