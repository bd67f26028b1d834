"""All derived and flat tables at once."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ..package import Package
from ..tables import Content, Tables
from . import countries, flat, quality, standards, statements, terms
from .content import as_content, in_order
from .settings import Settings

DERIVED: dict[str, Callable[[Tables, Settings], pd.DataFrame]] = {  # the frames hold values, not text
    "record_quality": quality.record_quality,
    "instruments": statements.instruments,
    "signatories": statements.signatories,
    "theme_matrix": statements.theme_matrix,
    "country_instruments": statements.country_instruments,
    "country_profiles": countries.country_profiles,
    "country_years": countries.country_years,
    "role_years": standards.role_years,
    "standards_share": standards.standards_share,
    "vocabulary_terms": terms.vocabulary_terms,
    "deployments_flat": flat.deployments,
    "standards_roles_flat": flat.standards_roles,
    "policy_statements_flat": flat.policy_statements,
}


def derive(tables: Tables, package: Package, settings: Settings) -> Tables:
    """The recorded tables and after them the derived and flat ones of `package` (see `derived.with_derived`), all as text cells in
    canonical order. The recorded tables must be sound."""
    recorded = Tables(package, dict(tables.contents))
    contents = {name: Content(package.tables[name], in_order(content.rows, content.table)) for name, content in tables.contents.items()}
    for name, function in DERIVED.items():
        contents[name] = as_content(function(recorded, settings), package.tables[name])
    return Tables(package, contents)
