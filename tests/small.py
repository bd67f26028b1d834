"""Packages of one or two small fictional tables, for a test of one check."""

from __future__ import annotations

import json
from pathlib import Path

from scripts import form, layout
from scripts.package import Package, load
from scripts.problem import Problem
from scripts.read import read
from scripts.tables import Tables

ID = {"name": "zzz_id", "constraints": {"required": True, "unique": True, "pattern": "[a-z0-9]+(?:-[a-z0-9]+)*"}}
TERM = {"title": "Zzz", "definition": "A fictional term.", "example": "zzz", "source": "https://example.org"}
ABSENT, PROFILES = object(), "https://datapackage.org/profiles/2.0"
VOCABULARIES = {"colour": ["dark_red", "green", "blue"]}


def schema(*fields: dict, **keys) -> dict:
    """A Table Schema of `zzz_id` and these fields, with further keys."""
    return {"$schema": f"{PROFILES}/tableschema.json", "fields": [ID, *fields], "primaryKey": ["zzz_id"], **keys}


def table(*rows: str) -> str:
    """A CSV text of a header and rows."""
    return "".join(f"{row}\n" for row in rows)


def resource(name: str) -> dict:
    """A table as the descriptor of the package names it."""
    return {"name": name, "type": "table", "path": f"data/{name}.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "schema": f"schemas/{name}.json"}


def write_small(root: Path, schemas: dict[str, dict], data: dict[str, str | bytes]) -> None:
    """A package of these tables: schema and content by name. A table without content has no file."""
    for folder in ("data", "schemas"):
        (root / folder).mkdir(exist_ok=True)
    vocabularies = {name: {"title": "Zzz", "description": "Fictional.", "terms": dict.fromkeys(terms, TERM)}
                    for name, terms in VOCABULARIES.items()}
    (root / "schemas/vocabularies.yaml").write_text(json.dumps(vocabularies))
    for name, text in data.items():
        (root / f"data/{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    for name, described in schemas.items():
        (root / f"schemas/{name}.json").write_text(json.dumps(described))
    (root / "datapackage.json").write_text(json.dumps(
        {"$schema": f"{PROFILES}/datapackage.json", "name": "zzz", "resources": [resource(name) for name in schemas]}))


def load_small(root: Path, schemas: dict[str, dict], data: dict[str, str | bytes]) -> Package:
    """The same, loaded; it must be sound."""
    write_small(root, schemas, data)
    package, problems = load(root)
    assert package, [problem.text for problem in problems]
    return package


def check_small(root: Path, schemas: dict[str, dict], data: dict[str, str | bytes]) -> Tables:
    """The same, read and checked for bytes and form."""
    tables = read(load_small(root, schemas, data))
    form.check(tables)
    layout.check(tables)
    return tables


def check_values(root: Path, field: dict, *values: str) -> list[Problem]:
    """What the checks of form find in a column of this field with these values, a row each from line 2 on."""
    rows = [f"zzz-{number:03},{value}" for number, value in enumerate(values)]
    return check_small(root, {"zzz": schema(field)}, {"zzz": table(f"zzz_id,{field['name']}", *rows)}).problems.found


def put_json(root: Path, file: str, path: str, value: object) -> None:
    """Set (or take out) what stands at a dotted path of a JSON file; the vocabularies of the small package are JSON too."""
    document = json.loads((root / file).read_text())
    at = document
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        at = at[step]
    if value is ABSENT:
        del at[last]
    else:
        at[last] = value
    (root / file).write_text(json.dumps(document))
