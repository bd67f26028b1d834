"""The choices of the site, from `schemas/site.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..derive.settings import BAD_SETTINGS
from ..documents import load_yaml
from ..problem import Problem, did_you_mean
from ..tables import Tables
from .address import SECTIONS

SETTINGS = "schemas/site.yaml"
MAP_STATUSES = 4  # switches of the map beside "all" for which the stylesheet has rules

Title = Annotated[str, Field(min_length=1)]  # of what a page shows
Terms = Annotated[list[str], Field(min_length=1)]


class Explorer(BaseModel):
    """The columns of a list of records; those with a filter; those that other pages filter by in their links, which its page therefore
    loads at once; and those that hold ids of records which no foreign key names, with the table of these."""

    model_config = ConfigDict(extra="forbid", strict=True)
    columns: Terms
    filters: list[str]
    linked: list[str] = []
    ids: dict[str, str] = {}


class SiteSettings(BaseModel):
    """Each attribute is explained at its key in the file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    status_groups: dict[Title, Terms]
    map_statuses: dict[Title, Terms]
    compared_statements: list[str]
    explorers: dict[str, Explorer]


@dataclass(frozen=True)
class Name:
    """A name in the settings: where it stands, what is allowed there."""

    place: str
    name: str
    allowed: frozenset[str]


def load_site_settings(root: Path) -> tuple[SiteSettings | None, list[Problem]]:
    """The settings of the site of the dataset in `root`, or None and what is wrong with the file."""
    document, problems = load_yaml(root / SETTINGS, SETTINGS)
    if document is None:
        return None, problems
    try:
        return SiteSettings.model_validate(document), problems
    except ValidationError as error:
        return None, [*problems, *(BAD_SETTINGS.at(f"`{'.'.join(map(str, one['loc']))[:200]}`: {one['msg'][:200]}.",
                                                   "See the file in the repository.", file=SETTINGS) for one in error.errors())]


def check_site_settings(settings: SiteSettings, tables: Tables) -> list[Problem]:
    """Names in the settings that stand nowhere in the dataset, and statuses that stand in no group or in two, and more
    switches than the map can have."""
    statuses = [term for terms in settings.status_groups.values() for term in terms]
    known = tables.package.vocabularies["status"].terms
    uneven = [term for term in known if statuses.count(term) != 1]
    return [*(BAD_SETTINGS.at(f"`{one.place}` names `{one.name[:80]}`, which is not there.",
                              did_you_mean(one.name, one.allowed) or "Correct or delete it.", file=SETTINGS)
              for one in names(settings, tables) if one.name not in one.allowed),
            *(BAD_SETTINGS.at(f"The status `{term}` stands in {statuses.count(term)} groups.", "Put it into one.", file=SETTINGS)
              for term in uneven),
            *(BAD_SETTINGS.at(f"`{title[:80]}` is one switch of the map too many.", f"Leave at most {MAP_STATUSES}.", file=SETTINGS)
              for title in list(settings.map_statuses)[MAP_STATUSES:])]


def names(settings: SiteSettings, tables: Tables) -> Iterator[Name]:
    """All names that must stand somewhere in the dataset."""
    status = frozenset(tables.package.vocabularies["status"].terms)
    for place in ("status_groups", "map_statuses"):
        yield from (Name(place, term, status) for terms in getattr(settings, place).values() for term in terms)
    statements = frozenset(tables["policy_statements"].statement_id)
    yield from (Name("compared_statements", one, statements) for one in settings.compared_statements)
    for table, explorer in settings.explorers.items():
        yield Name("explorers", table, frozenset(tables.package.tables))
        if table in tables.package.tables:
            columns = frozenset(tables.package.tables[table].columns)
            yield from (Name(f"explorers.{table}.{key}", one, columns) for key in ("columns", "filters", "linked", "ids")
                        for one in getattr(explorer, key))
            yield from (Name(f"explorers.{table}.ids", one, frozenset(SECTIONS)) for one in explorer.ids.values())
