"""What a known exception is, and what the predicates of the exceptions ask of a package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .compare import World
from .draft import PROFILES, Draft, DraftTable
from .sides import Finding

ANY = frozenset({"*"})
FILE_CODES = {"file", "unbalanced-quote", "merge-conflict"}  # nothing more is read of it
ROW_CODES = {"shape", "blank", "stray-note"}
KEEPS = {"row-order", "quoting", "line-end", "byte-order-mark", "item-order"}  # the cell can be relied on all the same
NAMES = re.compile("`([^`]*)`")


@dataclass(frozen=True)
class Known:
    """A difference that is known: who has the finding, of which kinds, why it stays so, when it applies, and a package in which
    it is needed."""

    name: str
    who: str
    kinds: frozenset[str]
    reason: str
    applies: Callable[[World, Finding], object]
    example: Draft


def package(*tables: tuple[str, list[dict], str | bytes], **keys) -> Draft:
    """A package of tables with these names, fields and files; `keys` are further keys of the schema of the first."""
    drafts = {}
    for name, fields, data in tables:
        data = data if isinstance(data, bytes) else data.encode()
        schema = {"$schema": f"{PROFILES}/tableschema.json", "fields": [ID, *fields], "primaryKey": ["zzz_id"]}
        drafts[name] = DraftTable(name, schema | (keys if not drafts else {}), [], [], [lambda _, data=data: data])
    return Draft(drafts)


ID = {"name": "zzz_id", "type": "string", "constraints": {"required": True, "unique": True, "pattern": "[a-z0-9]+(?:-[a-z0-9]+)*"}}


def cell(field: dict, *texts: str, **keys) -> Draft:
    """A package of one table with these texts in a column."""
    rows = "".join(f"zzz-{number},\"{text}\"\n" if set(text) & set(',"\n\r') else f"zzz-{number},{text}\n" for number,
                   text in enumerate(texts))
    return package(("one", [{"name": "cell", **field}], f"zzz_id,cell\n{rows}"), **keys)


def data(text: str | bytes, *fields: dict) -> Draft:
    """A package of one table with a text for its file."""
    return package(("one", list(fields) or [{"name": "cell", "type": "string"}], text))


def pair(one: str | bytes, two: str | bytes, **field) -> Draft:
    """A package of two tables: the first has a column `there` that refers to the second, a table of records."""
    key = {"fields": ["there"], "reference": {"resource": "two", "fields": ["zzz_id"]}}
    draft = package(("one", [{"name": "there", "type": "string", **field}], one), ("two", [], two), foreignKeys=[key])
    draft.tables["two"].schema["fields"][0] = {**ID, "card": "id"}
    return draft


def in_doubt(world: World, table: str) -> bool:
    """Whether the rows of a table cannot be matched: its file or its header is refused, or a lone CR stands in it."""
    return bool(world.codes(table) & (FILE_CODES | {"header"})) or has_lone_cr(world.data[table])


def has_lone_cr(data: bytes) -> bool:
    """Whether a CR stands in a file whose lines end otherwise."""
    return b"\n" in data and data.count(b"\r") != data.count(b"\r\n")


def refusal(change: Callable[[dict], object]) -> Draft:
    """A package of one table whose schema is changed."""
    draft = cell({"type": "string"}, "a")
    change(draft.tables["one"].schema)
    return draft


def of_field(**properties) -> Draft:
    """A package of one table with these properties of a field, in which nothing stands."""
    return package(("one", [{"name": "cell", **properties}], "zzz_id,cell\n"))


def broken(world: World, finding: Finding, columns: Iterable[str]) -> bool:
    """Whether we find something wrong in the row of a finding, or in one of these cells of it."""
    return any(set(world.ours.places.get((finding.table, finding.row, column), ())) - KEEPS - {finding.kind} for column in ("", *columns))


def broken_rows(world: World, table: str, columns: Iterable[str]) -> set[int]:
    """Rows of a table in which we find something wrong with one of these cells, or the row."""
    wanted = {"", ",".join(columns), *columns}
    return {finding.row for finding in world.ours.findings if finding.table == table and finding.field in wanted and finding.row > 1
            and finding.kind not in {*KEEPS, "foreign-key"}}


def key_of(world: World, finding: Finding) -> list[str]:
    """The columns that a finding is about."""
    return world.schemas[finding.table]["primaryKey"] if finding.kind == "primary-key" else [c for c in finding.field.split(",") if c]


def reference(world: World, finding: Finding) -> tuple[str, list[str]] | None:
    """The table and columns that a foreign key leads to."""
    for key in world.schemas[finding.table].get("foreignKeys", []):
        if ",".join(key["fields"]) == finding.field:
            return key["reference"].get("resource") or finding.table, key["reference"]["fields"]
    return None


def type_of(world: World, finding: Finding) -> str:
    return world.field(finding.table, finding.field).get("type", "string")


def text_of(world: World, finding: Finding) -> str:
    return world.cell(finding.table, finding.row, finding.field)


def works(function: Callable[[str], object], text: str) -> bool:
    """Whether a function takes a text."""
    try:
        return function(text) is not None
    except (ValueError, ArithmeticError):
        return False
