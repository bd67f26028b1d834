"""The flat tables: one table a channel, with the names, years and sources of other tables joined in."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..tables import Tables, remembered
from ..typed import values
from .quality import record_quality
from .settings import Settings
from .statements import instruments

PARTIES = {"supplier": "suppliers", "client": "clients", "operator": "operators", "financier": "financiers"}  # those with own columns
SEMICOLON, IN_NAME, IN_ADDRESS = ";", "；", "%3B"
QUALITY = ("disputed", "recommended_for_aggregates", "reasons")  # columns taken over from `record_quality`
THEMES = {"supports": "themes_supported", "opposes": "themes_opposed", "restricts": "themes_restricted", "absent": "themes_absent"}


def deployments(tables: Tables, settings: Settings) -> pd.DataFrame:
    """`deployments` with country, parties, years, sources and quality: a row a project, values as in `deployments_flat`."""
    rows = recorded(tables, "deployments")
    ids = tables["deployments"].deployment_id
    further = gathered(tables["deployment_countries"], "deployment_id", "country_code")
    titles = dict(zip(ids, tables["deployments"].title, strict=True))
    return rows.assign(
        country_name=looked_up(tables, "countries", "name", rows.country_code),
        region=looked_up(tables, "countries", "region", rows.country_code),
        further_countries=[sorted(further.get(one, [])) for one in ids],
        part_of_title=[titles.get(one) for one in rows.part_of],
        **parties(tables, ids), **years(rows, "announced", "started", "ended"), **sources(tables, "deployments"),
        **quality(tables, settings, ids))


def standards_roles(tables: Tables, settings: Settings) -> pd.DataFrame:
    """`standards_roles` with body, affiliation, country, years, sources and quality: a row a role, values as in
    `standards_roles_flat`."""
    rows = recorded(tables, "standards_roles")
    return rows.assign(
        body_name=looked_up(tables, "organizations", "name", rows.body_id),
        affiliation_name=looked_up(tables, "organizations", "name", rows.affiliation_id),
        affiliation_country_code=looked_up(tables, "organizations", "country_code", rows.affiliation_id),
        country_name=looked_up(tables, "countries", "name", rows.country_code),
        **years(rows, "started", "ended"), **sources(tables, "standards_roles"),
        **quality(tables, settings, tables["standards_roles"].role_id))


def policy_statements(tables: Tables, settings: Settings) -> pd.DataFrame:
    """`policy_statements` with issuer, country, kind, themes, backers, years, sources and quality: a row a text, values as in
    `policy_statements_flat`."""
    rows = recorded(tables, "policy_statements")
    ids = tables["policy_statements"].statement_id
    coded = tables["statement_themes"]
    themes = {column: gathered(coded[coded.stance == stance], "statement_id", "theme") for stance, column in THEMES.items()}
    acts = tables["statement_endorsements"]
    backs = [basis == "named" and action in settings.backing.get(stage, ())
             for basis, action, stage in zip(acts.basis, acts.action, acts.stage, strict=True)]
    backers = gathered(acts[pd.Series(backs, index=acts.index, dtype=bool)], "statement_id", "country_code")
    judged = instruments(tables, settings).set_index("statement_id").reindex(ids)
    return rows.assign(
        issuer_name=looked_up(tables, "organizations", "name", rows.issuer_id),
        country_name=looked_up(tables, "countries", "name", rows.country_code),
        instrument_kind=judged.instrument_kind.tolist(), meets_rights_based_rule=judged.meets_rights_based_rule.tolist(),
        **{column: [sorted(found.get(one, [])) for one in ids] for column, found in themes.items()},
        backed_by=[sorted(set(backers.get(one, []))) for one in ids],
        **years(rows, "issued", "ended"), **sources(tables, "policy_statements"), **quality(tables, settings, ids))


def recorded(tables: Tables, name: str) -> pd.DataFrame:
    """A recorded table as values, its columns only."""
    rows, table = tables[name], tables.contents[name].table
    return pd.DataFrame({field.name: pd.Series(values(field, rows[field.name]), dtype=object) for field in table.fields})


def gathered(rows: pd.DataFrame, key: str, column: str) -> dict[str, list[str]]:
    """The texts of a column for each key, in the order of the rows."""
    found: dict[str, list[str]] = {}
    for one, text in zip(rows[key], rows[column], strict=True):
        found.setdefault(one, []).append(text)
    return found


@remembered
def column_by_id(tables: Tables, name: str, column: str) -> dict[str, str | None]:
    """The texts of a column by the id of their rows, an empty one as None."""
    rows = tables[name]
    return {id_: text or None for id_, text in zip(rows[tables.contents[name].table.id], rows[column], strict=True)}


def looked_up(tables: Tables, name: str, column: str, ids: Iterable[str | None]) -> list[str | None]:
    """What a column of a table holds for each of these ids; None where there is no id or the cell is empty."""
    known = column_by_id(tables, name, column)
    return [known[one] if one is not None else None for one in ids]


def years(rows: pd.DataFrame, *columns: str) -> dict[str, list[int | None]]:
    """For each date column its year, as a column of its own."""
    return {f"{column}_year": [int(date[:4]) if date else None for date in rows[column]] for column in columns}


def items(texts: Iterable[str], stand_in: str) -> list[str]:
    """Free texts as items of a list: each semicolon, which would split the item, gives way to its stand-in."""
    return [text.replace(SEMICOLON, stand_in) for text in texts]


def parties(tables: Tables, ids: Iterable[str]) -> dict[str, list[list[str]]]:
    """For each project the ids and names of its suppliers, clients, operators and financiers, and those of all others with their
    roles."""
    names = column_by_id(tables, "organizations", "name")
    found: dict[str, list[tuple[str, str]]] = {}
    links = tables["deployment_parties"]
    for id_, role, organization in zip(links.deployment_id, links.party_role, links.organization_id, strict=True):
        found.setdefault(id_, []).append((role, organization))
    ordered = [sorted(found.get(id_, [])) for id_ in ids]

    columns = {"other_party_roles": [[role for role, _ in one if role not in PARTIES] for one in ordered]}
    for role, plural in {**PARTIES, "other_party": "other_parties"}.items():
        chosen = [[organization for own, organization in one if PARTIES.get(own, "other_parties") == plural] for one in ordered]
        columns[f"{role}_ids"] = chosen
        columns[plural] = [items((names[organization] for organization in one), IN_NAME) for one in chosen]
    return columns


def sources(tables: Tables, name: str) -> dict[str, list]:
    """For each record of a table how many sources it has, the ids, publishers and addresses of those that support it, and the ids and
    addresses of those that dispute it; addresses only of pages that were read. A source that does both is in both."""
    link, ids = tables.link_to_sources(name), tables[name][tables.contents[name].table.id]
    rows = tables[link.name]
    supporting, disputing = (by_record(rows[rows.stance == stance], link.id, ids) for stance in ("supports", "disputes"))
    publisher = column_by_id(tables, "citations", "publisher")
    return {"sources": [len({*one, *other}) for one, other in zip(supporting, disputing, strict=True)],
            "citation_ids": supporting, "disputing_citation_ids": disputing,
            "publishers": [items(sorted({publisher[one] for one in some}), IN_NAME) for some in supporting],
            "urls": addresses(tables, supporting), "disputing_urls": addresses(tables, disputing)}


def by_record(links: pd.DataFrame, key: str, ids: Iterable[str]) -> list[list[str]]:
    """For each record the ids of the sources in these links, sorted."""
    found = gathered(links, key, "citation_id")
    return [sorted(found.get(one, [])) for one in ids]


def addresses(tables: Tables, sources_of_each: list[list[str]]) -> list[list[str]]:
    """For each list of sources the addresses of those that were read, each once, as items of a list."""
    url, access = (column_by_id(tables, "citations", column) for column in ("url", "access"))
    return [items(dict.fromkeys(url[one] for one in some if access[one] != "listed"), IN_ADDRESS) for some in sources_of_each]


def quality(tables: Tables, settings: Settings, ids: Iterable[str]) -> dict[str, list]:
    """For each record whether it is disputed and recommended for aggregates, and why not, from `record_quality`."""
    found = record_quality(tables, settings).set_index("record_id").reindex(ids)
    return {column: found[column].tolist() for column in QUALITY}
