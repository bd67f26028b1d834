"""A fictional package in the project's own schemas: one sound record of each kind, and a way to change cells of it.

Nothing in it is real: every name starts with zzz or ends in example.org.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from scripts.package import Package, Table, load
from scripts.write import canonical

PROJECT = Path(__file__).parent.parent
CITATION = {"publisher": "Zzz Press", "published": "2021-01-05", "language": "en", "accessed": "2021-02-01"}
ROWS: dict[str, list[dict[str, str]]] = {
    "countries": [{"country_code": "ZZA", "name": "Zzz Land", "kind": "country", "region": "Zzz", "subregion": "Zzz"},
                  {"country_code": "ZZB", "name": "Yyy Land", "kind": "territory"},
                  {"country_code": "ZZC", "name": "Xxx Land", "kind": "country"}],
    "organizations": [
        {"organization_id": "zzz-supplier", "name": "Zzz Supplier", "organization_type": "company", "country_code": "ZZB"},
        {"organization_id": "zzz-body", "name": "Zzz Standards Body", "organization_type": "standards_body"},
        {"organization_id": "zzz-issuer", "name": "Zzz Ministry", "organization_type": "government", "country_code": "ZZA"}],
    "citations": [
        {**CITATION, "citation_id": "zzz-source", "title": "A report of Zzz", "url": "https://example.org/zzz-source",
         "citation_type": "official_document", "access": "excerpt"},
        {**CITATION, "citation_id": "zzz-full", "title": "The whole text", "url": "https://example.org/zzz-full",
         "citation_type": "news", "access": "full_text"}],
    "deployments": [
        {"deployment_id": "zzz-deployment", "title": "Camera network of Zzz city", "country_code": "ZZA", "channel": "system",
         "technologies": "video_surveillance", "purposes": "public_security", "ai_basis": "not_stated", "status": "operational",
         "value_amount": "5", "value_currency": "USD", "value_kind": "loan", "rights_concern": "none_reported",
         "summary": "The fictional firm Zzz Supplier built a fictional network."}],
    "deployment_countries": [{"deployment_id": "zzz-deployment", "country_code": "ZZC"}],
    "deployment_parties": [
        {"deployment_id": "zzz-deployment", "organization_id": "zzz-supplier", "party_role": "supplier"}],
    "deployment_citations": [
        {"deployment_id": "zzz-deployment", "citation_id": "zzz-source", "stance": "supports",
         "supports": "channel;country_code;parties;purposes;rights_concern;status;technologies;value_amount"}],
    "standards_roles": [
        {"role_id": "zzz-role", "body_id": "zzz-body", "committee": "ZZZ 1", "role": "chair", "holder": "Zzz Holder",
         "country_code": "ZZA", "ai_relevance": "core", "summary": "A fictional person chairs a fictional committee."}],
    "role_citations": [{"role_id": "zzz-role", "citation_id": "zzz-source", "supports": "committee;country_code;holder;role",
                        "stance": "supports"}],
    "policy_statements": [
        {"statement_id": "zzz-statement", "title": "Declaration of Zzz", "issuer_id": "zzz-issuer", "country_code": "ZZA",
         "statement_type": "declaration", "binding": "false", "scope": "international", "issued": "2019-03",
         "summary": "A fictional declaration."}],
    "statement_themes": [{"statement_id": "zzz-statement", "theme": "privacy", "stance": "supports", "citation_id": "zzz-full"}],
    "statement_endorsements": [
        {"statement_id": "zzz-statement", "country_code": code, "action": "endorsed", "stage": "adopted", "date": "2019-03-02",
         "citation_id": "zzz-full", "basis": "named"} for code in ("ZZA", "ZZB")],
    "statement_tallies": [{"statement_id": "zzz-statement", "action": "endorsed", "stage": "adopted", "total": "3",
                           "citation_id": "zzz-full"}],
    "statement_citations": [{"statement_id": "zzz-statement", "citation_id": "zzz-full", "supports": "issued;themes",
                             "stance": "supports"}],
    "claims": [{"claim_id": "zzz-claim", "claim": "Zzz land does what it says.", "channel": "policy", "made_in": "zzz-full",
                "finding": "supported"}],
    "claim_citations": [{"claim_id": "zzz-claim", "citation_id": "zzz-source"}],
    "claim_countries": [{"claim_id": "zzz-claim", "country_code": "ZZA"}],
    "claim_organizations": [{"claim_id": "zzz-claim", "organization_id": "zzz-issuer"}],
    "claim_records": [{"claim_id": "zzz-claim", "table": "deployments", "record_id": "zzz-deployment"}],
    "withdrawn": [{"record_id": "zzz-gone", "table": "deployments", "withdrawn_on": "2021-03-01", "reason": "A fictional reason."}],
}


def changed(rows: list[dict[str, str]], table: Table, change: dict) -> list[dict[str, str]]:
    """The rows with one change: cells for the row whose key they name, else for the first row (as a new row if they give it
    another key); `"-": "left out"` takes the row out."""
    cells = {name: value for name, value in change.items() if name != "-"}

    def key(row: dict) -> tuple:
        return tuple(row.get(column, "") for column in table.primary_key)

    base = next((row for row in rows if all(row.get(c) == cells.get(c) for c in table.primary_key)), rows[0])
    new = {**base, **cells}
    if change.get("-"):
        return [row for row in rows if key(row) != key(new)]
    if key(new) in map(key, rows):
        return [new if key(row) == key(new) else row for row in rows]
    return [*rows, new]


def write_package(root: Path, example: dict | None = None, table: str | None = None) -> Package:
    """Write the fictional package to `root`, with the cells of an example changed (see `scripts.rule.Example`)."""
    shutil.copytree(PROJECT / "schemas", root / "schemas", ignore=shutil.ignore_patterns("*.py", "__pycache__"), dirs_exist_ok=True)
    shutil.copy(PROJECT / "datapackage.json", root)
    package = replace(described(), root=root)
    rows = dict(ROWS)
    own: dict[str, str] = {}
    for name, value in (example or {}).items():
        if name in package.tables and not isinstance(value, str):
            for change in value or []:
                rows[name] = changed(rows[name], package.tables[name], change)
            rows[name] = rows[name] if value else []
        else:
            own[name] = value
    if own:
        rows[table] = changed(rows[table], package.tables[table], own)
    (root / "data").mkdir(exist_ok=True)
    for name, known in package.tables.items():
        if rows[name] is ROWS[name]:
            (root / known.path).write_bytes(sound(name))
        else:
            write_table(root, known, rows[name])
    return package


def write_table(root: Path, table: Table, rows: list[dict[str, str]]) -> None:
    """One table in canonical form."""
    (root / table.path).write_bytes(text_of(table, rows))


@cache
def described() -> Package:
    """The package of the project, read once; the fictional ones have the same tables."""
    package, problems = load(PROJECT)
    assert package, problems
    return package


@cache
def sound(name: str) -> bytes:
    """The table of this name with the rows above."""
    return text_of(described().tables[name], ROWS[name])


def text_of(table: Table, rows: list[dict[str, str]]) -> bytes:
    """A table of these rows in canonical form."""
    frame = pd.DataFrame([{column: row.get(column, "") for column in table.columns} for row in rows],
                         columns=list(table.columns), dtype=object)
    return canonical(frame, table)
