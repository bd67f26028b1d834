"""The decisions that the derived tables rest on, from `schemas/derived/settings.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import NamedTuple, get_args, get_origin, get_type_hints

from ..documents import load_yaml
from ..package import Package
from ..problem import ERROR, Problem, did_you_mean, kind
from ..tables import Tables

SETTINGS = "schemas/derived/settings.yaml"
BAD_SETTINGS = kind(
    "bad-settings", ERROR, "package", "The settings of the derived tables name each decision once, in the form that is expected.",
    good="un_wide_issuers: [zzz]", bad="un_wide_issuer: [zzz]")
KINDS = {"deployments": "channel", "standards_roles": ("", "person"), "policy_statements": ("",)}  # what decides on optional columns
LENGTH = 60  # letters of a text that a message shows
SHOWN = 6  # terms of a list that a message shows


def of(*names: object, every: tuple[int, ...] = ()) -> dict:
    """The metadata of an attribute whose names belong somewhere: `names` says where, for its keys, their keys and at last its terms. A
    text is a vocabulary, `TABLE.COLUMN` what may stand in a column, `TABLE.*` the columns of a table and what follows a `|`; `{}` in it
    is the outermost key. A tuple is the names themselves, a dict one of these for each outermost key. Of the depths in `every` each
    name must stand there."""
    return {"names": names, "every": every}


@dataclass(frozen=True)
class Level:
    """A committee level and the pattern that a committee's name of it holds."""

    level: str
    pattern: re.Pattern


class Change(NamedTuple):
    """A setting, or a part of one (`backing.adopted`), that differs between two versions, and both as shortened text."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, eq=False)
class Settings:
    """Each attribute is explained at its key in the file."""

    surveillance_technologies: frozenset[str] = field(metadata=of("technology"))
    excluded_statuses: dict[str, str] = field(metadata=of("status", "exclusion_reason"))
    excluded_ai_bases: dict[str, str] = field(metadata=of("ai_basis", "exclusion_reason"))
    put_to_use: frozenset[str] = field(metadata=of("status"))
    china_ties: frozenset[str] = field(metadata=of("party_role"))
    authority_ties: frozenset[str] = field(metadata=of("party_role"))
    authority_types: frozenset[str] = field(metadata=of("organization_type"))
    use_parts: frozenset[str] = field(metadata=of("deployment_citations.supports"))
    official_types: frozenset[str] = field(metadata=of("citation_type"))
    primary_types: frozenset[str] = field(metadata=of("citation_type"))
    strong_types: frozenset[str] = field(metadata=of("citation_type"))
    backing: dict[str, list[str]] = field(metadata=of("endorsement_stage", "endorsement_action"))
    refusing: dict[str, list[str]] = field(metadata=of("endorsement_stage", "endorsement_action"))
    stays_open: frozenset[str] = field(metadata=of("endorsement_action"))
    lower_bounds: frozenset[str] = field(metadata=of())
    bloc_members: dict[str, list[str]] = field(metadata=of("countries.country_code", "countries.country_code"))
    dated_by_issue: frozenset[str] = field(metadata=of("endorsement_action"))
    un_wide_issuers: frozenset[str] = field(metadata=of("organizations.organization_id"))
    china: str = field(metadata=of("countries.country_code"))
    rights_based_themes: dict[str, list[str]] = field(metadata=of(("all", "any"), "theme", every=(0,)))
    exclusive_roles: frozenset[str] = field(metadata=of("standards_role"))
    seats_of_organizations: frozenset[str] = field(metadata=of("standards_role"))
    optional_columns: dict[str, dict[str, list[str]]] = field(metadata=of(tuple(KINDS), KINDS, "{}.*|themes", every=(0, 1)))
    committee_levels: tuple[Level, ...] = field(metadata=of("committee_level"))


def load_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """The settings of the dataset in `root`, or None and what is wrong with the file."""
    document, problems = load_yaml(root / SETTINGS, SETTINGS)
    if document is None:
        return None, problems
    settings, more = settings_of(document)
    return (None if problems else settings), problems + more


def read_settings(root: Path) -> dict | None:
    """The settings of the dataset in `root` as they are written, to compare them with those of another version, or None where there are
    none that can be read."""
    return load_yaml(root / SETTINGS, SETTINGS)[0] if (root / SETTINGS).is_file() else None


def settings_of(document: dict) -> tuple[Settings | None, list[Problem]]:
    """The settings that a document gives, or None and what is wrong with it."""
    wanted = get_type_hints(Settings)
    problems = [BAD_SETTINGS.at(f"`{key}` is missing.", "Put it back.", file=SETTINGS) for key in wanted if key not in document]
    hint = f"Delete it; the settings are {', '.join(wanted)}."
    problems += [BAD_SETTINGS.at(f"`{key[:80]}` is no setting.", did_you_mean(key, wanted) or hint, file=SETTINGS)
                 for key in document if key not in wanted]
    if problems:
        return None, problems
    try:
        return Settings(**{key: made(key, type_, document[key]) for key, type_ in wanted.items()}), []
    except (TypeError, KeyError, ValueError, AttributeError, re.error) as error:
        return None, [BAD_SETTINGS.at(f"A setting has another form than expected: {str(error)[:200]}.", "See the file in the repository.",
                                     file=SETTINGS)]


def made(key: str, type_: type, value: object) -> object:
    """A value of the file as the attribute wants it. Raises TypeError for another form, re.error for a broken pattern."""
    if key == "committee_levels":
        return tuple(Level(one["level"], re.compile(one["pattern"])) for one in value)
    if not has_form(value, type_):
        raise TypeError(f"`{key}` is no {str(type_).replace('frozenset', 'list') if get_origin(type_) else 'text'}")
    return frozenset(value) if get_origin(type_) is frozenset else value


def has_form(value: object, type_: type) -> bool:
    """Whether a value of the file has the form of a type, down to each text."""
    origin, inside = get_origin(type_), get_args(type_)
    if origin is dict:
        return isinstance(value, dict) and all(has_form(one, inside[1]) for one in value.values())
    if origin in (list, frozenset):
        return isinstance(value, list) and all(has_form(one, inside[0]) for one in value)
    return isinstance(value, type_)


def check_settings(settings: Settings, package: Package, tables: Tables | None = None) -> list[Problem]:
    """What the settings name and `package` (with the derived tables) does not have, each with the nearest name. Codes of countries and
    ids of organizations are looked up in `tables`, but not without these, and not in a table that has none of those that the settings
    name: that is another dataset, as in a test."""
    found = [(one, *group) for one in fields(Settings) for group in groups(getattr(settings, one.name), one.metadata["names"])]
    known = {where: names_of(where, package, tables) for _, _, where, _ in found}
    used = {where: {name for _, _, other, names in found if other == where for name in names} for where in known}
    problems = []
    for one, depth, where, names in found:
        if known[where] is None or (is_row(where, package) and not used[where] & set(known[where])):
            continue
        what = f"`{where}` does" if isinstance(where, str) else "the tools do"
        hint = "Look it up there." if is_row(where, package) else f"Known are {', '.join(f'`{name}`' for name in known[where])}."
        problems += [BAD_SETTINGS.at(f"`{one.name}` names `{name}`, which {what} not have.", did_you_mean(name, known[where]) or hint,
                                     file=SETTINGS) for name in names if name not in known[where]]
        problems += [BAD_SETTINGS.at(f"`{one.name}` lacks `{name}`.", "Add it.", file=SETTINGS)
                     for name in known[where] if depth in one.metadata["every"] and name not in names]
    return problems


def groups(value: object, where: tuple, path: tuple[str, ...] = ()) -> Iterator[tuple[int, object, list[str]]]:
    """The names in a setting, those of one mapping or list at a time: their depth, where they belong (see `of`), and they themselves."""
    if not where:
        return
    here = where[0].get(path[0], "") if isinstance(where[0], dict) and path else where[0]
    here = here.format(*path) if isinstance(here, str) else here
    if isinstance(value, dict):
        yield len(path), here, list(value)
        for key, inside in value.items():
            yield from groups(inside, where[1:], (*path, key))
    else:
        items = [value] if isinstance(value, str) else sorted(value) if isinstance(value, frozenset) else value
        yield len(path), here, [getattr(item, "level", item) for item in items]


def is_row(where: object, package: Package) -> bool:
    """Whether the cells of a column decide what may be named."""
    table, _, column = where.partition(".") if isinstance(where, str) else ("", "", "")
    return table in package.tables and column in package.tables[table].columns and not package.tables[table].by_name[column].terms


def names_of(where: object, package: Package, tables: Tables | None) -> list[str] | None:
    """The names that a place has (see `of`); None where that cannot be told."""
    if not isinstance(where, str):
        return list(where)
    where, *more = where.split("|")
    table, _, column = where.partition(".")
    if not column:
        return list(package.vocabularies[where].terms) if where in package.vocabularies else None
    if table not in package.tables:
        return None
    if is_row(where, package):
        return list(tables[table][column]) if tables and tables.whole(table) else None
    columns = package.tables[table].by_name
    return [*columns, *more] if column == "*" else list(columns[column].terms) if column in columns else None


def changed_settings(old: dict | None, new: dict | None) -> list[Change]:
    """The settings that differ between two versions (see `read_settings`), those of the new one first; nothing where one has none. The
    order of terms in a list says nothing."""
    if old is None or new is None:
        return []
    sides = [dict(parts(one)) for one in (old, new)]
    changes = []
    for name in [*sides[1], *(name for name in sides[0] if name not in sides[1])]:
        was, now = (side.get(name) for side in sides)
        if was != now:
            changes.append(Change(name, brief(was, now), brief(now, was)))
    return changes


def parts(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    """The texts and lists of a document by their keys, joined by dots; lists of texts are sorted."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from parts(inside, ".".join(filter(None, (name, str(key)))))
    elif isinstance(value, list):
        yield name, sorted(value) if all(isinstance(one, str) for one in value) else [
            ": ".join(map(str, one.values())) if isinstance(one, dict) else str(one) for one in value]
    else:
        yield name, value


def brief(value: object, other: object) -> str:
    """A text or list in few words, what the other lacks first."""
    if value is None or value == []:
        return "nothing"
    if not isinstance(value, list):
        return cut(str(value), str(other))
    others = other if isinstance(other, list) else []
    items = [cut(one, others[place] if place < len(others) else "") for place, one in enumerate(value) if one not in others]
    items += [cut(one, "") for one in value if one in others]
    shown = items[:SHOWN]
    return ", ".join(shown) + (f" and {len(items) - len(shown)} more" if len(items) > len(shown) else "")


def cut(text: str, other: str) -> str:
    """A text of a few words, from shortly before where it differs from another."""
    same = next((place for place, pair in enumerate(zip(text, other, strict=False)) if pair[0] != pair[1]), min(len(text), len(other)))
    start = max(0, same - LENGTH // 4) if len(text) > LENGTH else 0
    return "…" * (start > 0) + text[start:start + LENGTH] + "…" * (len(text) > start + LENGTH)
