"""How well each record is sourced and filled, and whether it should enter counts and sums."""

from __future__ import annotations

import unicodedata
from collections import defaultdict

import pandas as pd

from .. import edtf
from ..package import MISSING
from ..tables import Tables, remembered
from .settings import Settings

RATED = ("deployments", "policy_statements", "standards_roles")
COLUMNS = ["record_id", "table", "sources", "sources_read", "independent_publishers", "has_official_source", "has_primary_source",
           "share_full_text", "newest_source", "completeness", "disputed", "recommended_for_aggregates", "reasons"]
LINKED = {"themes": "statement_themes"}  # optional column that is no column of a table → table whose rows fill it
READ = frozenset({"full_text", "excerpt"})


@remembered
def record_quality(tables: Tables, settings: Settings) -> pd.DataFrame:
    """A row for each record of the rated tables: counts of sources (int), shares (float from 0 to 1, None without a source), truth
    values, `newest_source` (EDTF text or None) and `reasons` (sorted list of exclusion reasons)."""
    found = []
    for name in RATED:
        rows, links, id_ = tables[name], sources_of(tables, name), tables.contents[name].table.id
        quality = {record: evidence(links.get(record, []), settings) for record in rows[id_]}
        weak = {record for record, known in quality.items() if is_weak(links.get(record, []), known, settings)}
        reasons = exclusions(rows, settings) if name == "deployments" else {record: set() for record in quality}
        for record in weak:
            reasons[record].add("single_weak_source")
        if name == "deployments":
            add_has_parts(reasons, dict(zip(rows[id_], rows.part_of, strict=True)))
        linked = linked_parts(tables, name)
        found += [{"record_id": row[id_], "table": name, **quality[row[id_]],
                   "completeness": completeness(name, row, linked[row[id_]], settings),
                   "recommended_for_aggregates": not reasons[row[id_]], "reasons": sorted(reasons[row[id_]])}
                  for row in rows.to_dict("records")]
    return pd.DataFrame(found, columns=COLUMNS)


def sources_of(tables: Tables, name: str) -> dict[str, list[dict[str, str]]]:
    """Record → its links to sources, each with the cells of the link and of the source."""
    link = tables.link_to_sources(name)
    citations = tables["citations"].set_index("citation_id")[
        ["publisher", "original_publisher", "published", "citation_type", "access"]].to_dict("index")
    found = defaultdict(list)
    for row in tables[link.name].to_dict("records"):
        found[row[link.id]].append({**row, **citations[row["citation_id"]]})
    return found


def supporting(links: list[dict[str, str]]) -> list[dict[str, str]]:
    """The links whose source was read and bears the record out."""
    return [link for link in links if link["access"] in READ and link["stance"] == "supports"]


def evidence(links: list[dict[str, str]], settings: Settings) -> dict[str, object]:
    """What the sources of one record say of its quality, by column."""
    read = supporting(links)
    types = {link["citation_type"] for link in read}
    access = {link["citation_id"]: link["access"] for link in links}
    dates = [link["published"] for link in read if link["published"] != MISSING]
    return {"sources": len(access), "sources_read": len({link["citation_id"] for link in read}),
            "independent_publishers": len({same_name(link["original_publisher"] or link["publisher"]) for link in read}),
            "has_official_source": bool(types & settings.official_types), "has_primary_source": bool(types & settings.primary_types),
            "share_full_text": list(access.values()).count("full_text") / len(access) if access else None,
            "newest_source": max(dates, key=lambda date: (edtf.first(date), date), default=None),
            "disputed": any(link["stance"] == "disputes" for link in links)}


def same_name(name: str) -> str:
    """A publisher's name without case, accents and surrounding space."""
    return "".join(ch for ch in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(ch)).strip()


def is_weak(links: list[dict[str, str]], known: dict[str, object], settings: Settings) -> bool:
    """Whether a record rests on one publisher at most, and on no source of a type that is enough alone."""
    return known["independent_publishers"] <= 1 and not any(link["citation_type"] in settings.strong_types for link in supporting(links))


def exclusions(deployments: pd.DataFrame, settings: Settings) -> dict[str, set[str]]:
    """Deployment → reasons to leave it out that follow from its own status and AI basis."""
    return {record: {reason for reason in (settings.excluded_statuses.get(status), settings.excluded_ai_bases.get(basis)) if reason}
            for record, status, basis in zip(deployments.deployment_id, deployments.status, deployments.ai_basis, strict=True)}


def add_has_parts(reasons: dict[str, set[str]], wholes: dict[str, str]) -> None:
    """Add `has_parts` to the wholes of parts (at any depth) that can be counted themselves, so that a project counts once, not never."""
    for part in [record for record, known in reasons.items() if not known]:
        whole, seen = wholes[part], {part}
        while whole in wholes and whole not in seen:
            reasons[whole].add("has_parts")
            seen.add(whole)
            whole = wholes[whole]


def linked_parts(tables: Tables, name: str) -> dict[str, set[str]]:
    """Record → the optional columns that rows of another table fill for it."""
    id_ = tables.contents[name].table.id
    filled = {part: set(tables[table][id_]) for part, table in LINKED.items() if id_ in tables[table]}
    return {record: {part for part, records in filled.items() if record in records} for record in tables[name][id_]}


def completeness(table: str, row: dict[str, str], linked: set[str], settings: Settings) -> float | None:
    """The share, from 0 to 1, of the optional columns of the record's kind that are filled, in its row or in `linked`; None where its
    kind has none."""
    columns = settings.optional_columns[table].get(kind_of(table, row, settings), [])
    return sum(column in linked if column in LINKED else row[column] != MISSING for column in columns) / len(columns) if columns else None


def kind_of(table: str, row: dict[str, str], settings: Settings) -> str:
    """Which list of optional columns applies to a record: by channel for deployments, by whether a person holds it for roles."""
    if table == "deployments":
        return row["channel"]
    is_person = table == "standards_roles" and (row["holder"] != MISSING or row["role"] not in settings.seats_of_organizations)
    return "person" if is_person else ""
