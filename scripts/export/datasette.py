"""What Datasette shows of the database: titles, descriptions, labels, facets, queries, in `datasette.json`."""

from __future__ import annotations

from pathlib import Path

from ..documents import as_json
from ..package import FLAT, Package, Table
from ..queries import load_queries
from ..tables import Tables
from .sqlite import OWN, database

FILE = "datasette.json"
QUERIES = 3
PAGE = 50  # rows
FACETS = 8  # each costs a query a page
STYLE = "data:text/css,.column-descriptions{display:none}"  # a page high, above the rows; they stand in the menu of each column too


def write(tables: Tables, folder: Path) -> None:
    """Write the metadata of the database into `folder`. Raises OSError where that fails."""
    package = tables.package
    descriptor = package.descriptor
    words = {key: descriptor[key] for key in ("title", "description") if descriptor.get(key)}
    for of_data in descriptor.get("licenses", [])[:1]:
        words |= {"license": of_data.get("title") or of_data["name"], "license_url": of_data.get("path", "")}
    described = [content.table for content in tables if content.table.folder != FLAT]
    tables_shown = {table.name: options(table) for table in described} | {name: {"hidden": True} for name in OWN}
    shown = {**words, "tables": tables_shown, "queries": queries(package)}
    document = {**words, "extra_css_urls": [STYLE], "databases": {Path(database(package)).stem: shown}}
    (folder / FILE).write_bytes(as_json(document))


def options(table: Table) -> dict:
    """How one table is shown: words, what names its rows where others point to them, order, facets."""
    label = table.label[0] if len(table.label) == 1 else table.primary_key[0]
    facets = [{"array": field.name} if field.type == "list" else field.name for field in table.fields
              if field.terms or field.type == "boolean" or table.targets.get(field.name) == "countries"]
    return {"title": table.title, "description": plain(table.description),
            "columns": {field.name: plain(field.description) for field in table.fields},
            **({} if table.is_link else {"label_column": label}),
            "sort": table.primary_key[0], "size": PAGE, "facets": facets[:FACETS]}


def plain(text: str) -> str:
    """A text without the marks of code, which Datasette would show as they are."""
    return text.replace("`", "")


def queries(package: Package) -> dict[str, dict[str, str]]:
    """The first answers worth having as canned queries: the question is the title, the caveat the description."""
    found, _ = load_queries(package.root)
    return {name: {"title": query.question, "description": plain(query.caveat), "sql": query.sql}
            for name, query in list((found or {}).items())[:QUERIES]}
