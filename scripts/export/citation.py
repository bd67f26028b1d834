"""CITATION.cff and .zenodo.json."""

from __future__ import annotations

from pathlib import Path

from .. import citation
from ..tables import Tables


def write(tables: Tables, folder: Path) -> None:
    """Write both files, the same that stand in the repository, into a folder. Raises OSError."""
    for name, data in citation.files(tables.package).items():
        (folder / name).write_bytes(data)
