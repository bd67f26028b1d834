"""The decisions that the derived tables rest on, from `schemas/derived/settings.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path

from ..documents import load_yaml
from ..problem import ERROR, Problem, kind

SETTINGS = "schemas/derived/settings.yaml"
BAD_SETTINGS = kind(
    "bad-settings", ERROR, "package", "The settings of the derived tables name each decision once, in the form that is expected.",
    good="un_wide_issuers: [zzz]", bad="un_wide_issuer: [zzz]")


@dataclass(frozen=True)
class Level:
    """A committee level and the pattern that a committee's name of it holds."""

    level: str
    pattern: re.Pattern


@dataclass(frozen=True, eq=False)
class Settings:
    """Each attribute is explained at its key in the file."""

    surveillance_technologies: frozenset[str]
    excluded_statuses: dict[str, str]
    excluded_ai_bases: dict[str, str]
    put_to_use: frozenset[str]
    official_types: frozenset[str]
    primary_types: frozenset[str]
    strong_types: frozenset[str]
    backing: dict[str, list[str]]
    refusing: dict[str, list[str]]
    stays_open: frozenset[str]
    bloc_members: dict[str, list[str]]
    dated_by_issue: frozenset[str]
    un_wide_issuers: frozenset[str]
    china_led_country: str
    rights_based_themes: dict[str, list[str]]
    exclusive_roles: frozenset[str]
    seats_of_organizations: frozenset[str]
    optional_columns: dict[str, dict[str, list[str]]]
    committee_levels: tuple[Level, ...]


def load_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """The settings of the dataset in `root`, or None and what is wrong with the file."""
    document, problems = load_yaml(root / SETTINGS, SETTINGS)
    if document is None:
        return None, problems
    wanted = {field.name: field.type for field in fields(Settings)}
    problems += [BAD_SETTINGS.at(f"`{key}` is missing.", "Put it back.", file=SETTINGS) for key in wanted if key not in document]
    problems += [BAD_SETTINGS.at(f"`{key}` is no setting.", f"Delete it; the settings are {', '.join(wanted)}.", file=SETTINGS)
                 for key in document if key not in wanted]
    if problems:
        return None, problems
    try:
        return Settings(**{key: made(key, wanted[key], document[key]) for key in wanted}), []
    except (TypeError, KeyError, ValueError, AttributeError, re.error) as error:
        return None, [BAD_SETTINGS.at(f"A setting has another form than expected: {error}.", "See the file in the repository.",
                                     file=SETTINGS)]


def made(key: str, type_: str, value: object) -> object:
    """A value of the file as the attribute wants it. Raises TypeError for another form, re.error for a broken pattern."""
    if key == "committee_levels":
        return tuple(Level(one["level"], re.compile(one["pattern"])) for one in value)
    form = {"frozenset[str]": list, "str": str}.get(type_, dict)
    if not isinstance(value, form) or (form is list and not all(isinstance(one, str) for one in value)):
        raise TypeError(f"`{key}` is no {form.__name__}")
    return frozenset(value) if form is list else value
