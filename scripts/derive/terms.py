"""The vocabularies as a table."""

from __future__ import annotations

import pandas as pd

from ..tables import Tables
from .settings import Settings

COLUMNS = ("vocabulary", "term", "vocabulary_title", "position", "title", "definition", "example", "source", "deprecated")


def vocabulary_terms(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each term of each vocabulary of the package, values as in the table of that name."""
    return pd.DataFrame([
        (name, term, vocabulary.title, position, parts.title, parts.definition, parts.example, parts.source, parts.deprecated or None)
        for name, vocabulary in tables.package.vocabularies.items()
        for position, (term, parts) in enumerate(vocabulary.terms.items(), 1)], columns=COLUMNS)
