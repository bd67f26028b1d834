"""A package in the making: tables as rows of cells until their bytes are asked for, schemas as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

PROFILES = "https://datapackage.org/profiles/2.0"
TERMS = ["blue", "dark_red", "green"]
VOCABULARIES = json.dumps({"colour": {"title": "Zzz", "description": "Fictional.", "terms": {term: {
    "title": "Zzz", "definition": "A fictional term.", "example": "zzz", "source": "https://example.org"} for term in TERMS}}})


@dataclass
class DraftTable:
    """A table: its schema, its header and rows, and what is done to its text and bytes once these are written."""

    name: str
    schema: dict
    header: list[str]
    rows: list[list[str]]
    dress: list[Callable[[bytes], bytes]] = field(default_factory=list)

    @property
    def fields(self) -> list[dict]:
        return self.schema["fields"]

    @property
    def key(self) -> list[str]:
        return self.schema["primaryKey"]

    def position(self, column: str) -> int:
        """Where a column stands in the rows: as in the schema, whatever the header says."""
        return next(i for i, described in enumerate(self.fields) if described["name"] == column)

    def data(self) -> bytes:
        """The bytes of its file."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.header, *self.rows])
        data = out.getvalue().encode("utf-8", "surrogatepass")
        for change in self.dress:
            data = change(data)
        return data


@dataclass
class Draft:
    """A package: its tables by name, its vocabularies, and what is done to its descriptors once these are made."""

    tables: dict[str, DraftTable]
    vocabularies: str = VOCABULARIES

    def copy(self) -> Draft:
        return Draft({name: DraftTable(name, deepcopy(table.schema), list(table.header), [list(row) for row in table.rows])
                      for name, table in self.tables.items()}, self.vocabularies)

    def descriptor(self) -> dict:
        """The descriptor of the package, as datapackage.json has it."""
        return {"$schema": f"{PROFILES}/datapackage.json", "name": "zzz", "resources": [
            {"name": name, "type": "table", "path": f"data/{name}.csv", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
             "schema": f"schemas/{name}.json"} for name in self.tables]}

    def write(self, root: Path) -> None:
        """Write all its files under `root`."""
        for folder in ("data", "schemas"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / "schemas/vocabularies.yaml").write_text(self.vocabularies, encoding="utf-8")
        for name, table in self.tables.items():
            (root / f"schemas/{name}.json").write_text(json.dumps(table.schema), encoding="utf-8")
            (root / f"data/{name}.csv").write_bytes(table.data())
        (root / "datapackage.json").write_text(json.dumps(self.descriptor()), encoding="utf-8")
