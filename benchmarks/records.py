"""The columns of synthetic tables: as dense, as long and as often empty as those of version 0.1.0, and all of it invented."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.package import Package, Table

from .words import Column, Words

Columns = dict[str, Column]
SINGLE = ("president", "secretary_general", "chair")  # offices that one person holds at a time
ROLES = ("vice_chair", "chair", "participating_member", "board_member", "president", "co_chair", "rapporteur", "convenor", "member")
TERMS = 3  # holders of such an office, one after the other
LATEST = "2026-10-31"
NEAR = 0.002  # records that look like another one
WEIGHTY = ("official_document", "research", "dataset", "ngo_report")
CURRENCIES = ("USD", "EUR", "CNY", "BRL", "KES", "XOF")
LANGUAGES = ("en", "fr", "es", "pt", "zh", "de")


class Maker:
    """Makes the tables of one package, those first that others refer to; `start` is the number of the first id of each."""

    def __init__(self, package: Package, words: Words, countries: pd.DataFrame, start: int = 0) -> None:
        self.package, self.words, self.rng, self.start = package, words, words.rng, start
        self.made: dict[str, Columns] = {"countries": {name: countries[name].to_numpy(object) for name in countries}}
        self.countries = self.made["countries"]["country_code"]

    def enum(self, table: str, column: str, count: int) -> Column:
        """Terms of a column's vocabulary."""
        return self.words.terms(tuple(self.package.tables[table].by_name[column].constraints["enum"]), count)

    def code(self, count: int, empty: float = 0.0) -> Column:
        """Country codes."""
        return self.words.some(self.rng.choice(self.countries, count), empty)

    def organizations(self, count: int) -> None:
        words, parents = self.words, np.full(count, "", dtype=object)
        ids = words.ids(count, "o", self.start)
        children = np.flatnonzero((self.rng.random(count) < 0.02) & (np.arange(count) > 0))
        parents[children] = ids[(self.rng.random(len(children)) * children).astype(np.int64)]
        self.made["organizations"] = {
            "organization_id": ids, "name": words.texts(count, 4, 2), "name_local": words.some(words.texts(count, 3, 2), 0.89),
            "organization_type": self.enum("organizations", "organization_type", count), "country_code": self.code(count, 0.08),
            "parent_organization_id": parents}

    def citations(self, count: int, listed: float) -> None:
        """Sources; the share that was only `listed` stands last."""
        words, ids = self.words, self.words.ids(count, "c", self.start)
        titles, publishers = words.texts(count, 10), words.out_of(words.texts(max(count * 2 // 3, 1), 3, 1), count)
        self.look_alike(titles, publishers)
        access = np.where(self.rng.random(count) < 0.04, "full_text", "excerpt").astype(object)
        access[count - int(count * listed):] = "listed"
        authors = words.people(count) + np.where(self.rng.random(count) < 0.3, ";" + words.people(count, "Zzz"), "")
        paths = np.array([key.removeprefix("zzz-").replace("-", "/", 1) for key in ids], dtype=object)
        self.made["citations"] = {
            "citation_id": ids, "title": titles, "publisher": publishers,
            "original_publisher": words.some(words.people(count, "Press"), 0.83), "authors": words.some(authors, 0.92),
            "published": words.some(words.dates(words.days(count, "2014-01-01", LATEST)), 0.39),
            "url": "https://example.org/zzz/articles-and-reports-of-the-year/" + paths, "language": words.terms(LANGUAGES, count),
            "citation_type": self.enum("citations", "citation_type", count), "access": access,
            "accessed": np.where(self.rng.random(count) < 0.8, "2026-11-21", "2026-11-20").astype(object),
            "note": words.some(words.texts(count, 9, end="."), 0.59)}

    def look_alike(self, names: Column, blocks: Column) -> None:
        """Give a few records nearly the name of the one before, in the same block."""
        rows = np.flatnonzero(self.rng.random(len(names)) < NEAR)
        for row in rows[rows > 0]:
            names[row], blocks[row] = "The " + names[row - 1], blocks[row - 1]

    def standards_roles(self, count: int, needed: Column | None = None) -> None:
        """Roles; the organizations that are `needed` hold one."""
        words, organizations = self.words, self.made["organizations"]["organization_id"]
        bodies = organizations[:18]
        role, committee = words.terms(ROLES, count), self.rng.integers(0, count // 3 + 1, count)
        days = words.days(count, "2008-01-01", "2022-06-30")
        started, ended = words.some(words.dates(days), 0.53), words.some(words.dates(days + self.rng.integers(300, 3000, count)), 0.67)
        single = np.flatnonzero(np.isin(role, SINGLE))
        office, place = np.divmod(np.arange(len(single)), TERMS)
        committee[single], role[single] = count + office, np.array(SINGLE, dtype=object)[office % len(SINGLE)]
        year = 2008 + office % 5 + 4 * place
        dated = self.rng.random(office.max(initial=0) + 1)[office] < 0.5
        started[single] = np.where(dated, year.astype(str), "")
        ended[single] = np.where(dated & ((place < TERMS - 1) | (office % 2 == 0)), (year + 4).astype(str), "")
        affiliation, holder = np.full(count, "", dtype=object), words.some(words.people(count), 0.23)
        held = np.flatnonzero(self.rng.random(count) < 0.49)
        affiliation[held] = words.out_of(organizations, len(held), needed)
        codes = self.code(count, 0.27)
        nobody = (holder == "") & (affiliation == "") & (codes == "")
        codes[nobody] = self.rng.choice(self.countries, nobody.sum())
        self.made["standards_roles"] = {
            "role_id": words.ids(count, "r", self.start), "body_id": bodies[committee % len(bodies)],
            "committee": np.where(committee % 8, "ZZZ/TC 1/SC ", "Zzz committee ").astype(object) + committee.astype(str), "role": role,
            "holder": holder, "affiliation_id": affiliation, "country_code": codes,
            "started": started, "ended": ended, "ai_relevance": self.enum("standards_roles", "ai_relevance", count),
            "summary": words.texts(count, 18, end="."), "note": words.some(words.texts(count, 9, end="."), 0.71)}

    def deployments(self, count: int) -> None:
        words, tables = self.words, self.package.tables["deployments"].by_name
        ids, titles, codes = words.ids(count, "d", self.start), words.texts(count, 7), self.code(count)
        self.look_alike(titles, codes)
        announced = words.days(count, "2012-01-01", "2021-12-31")
        started = announced + self.rng.integers(0, 900, count)
        status = self.enum("deployments", "status", count)
        ended = words.dates(started + self.rng.integers(0, 700, count))
        ended = np.where(np.isin(status, ["completed", "removed", "defunct", "cancelled"]), words.some(ended, 0.6), "")
        amount = words.some(self.rng.integers(10_000, 900_000_000, count).astype(str).astype(object), 0.84)
        parts = np.full(count, "", dtype=object)
        children = np.flatnonzero((self.rng.random(count) < 0.01) & (np.arange(count) > 0))
        parts[children] = ids[(self.rng.random(len(children)) * children).astype(np.int64)]
        self.made["deployments"] = {
            "deployment_id": ids, "title": titles, "country_code": codes, "place": words.some(words.people(count), 0.46),
            "part_of": parts, "channel": self.enum("deployments", "channel", count),
            "technologies": words.lists(tables["technologies"].terms, count), "purposes": words.lists(tables["purposes"].terms, count),
            "ai_basis": self.enum("deployments", "ai_basis", count), "status": status,
            "status_as_of": words.some(words.dates(words.days(count, "2022-01-01", LATEST)), 0.09),
            "announced": words.some(words.dates(announced), 0.53), "started": words.some(words.dates(started), 0.64), "ended": ended,
            "value_amount": amount, "value_currency": np.where(amount == "", "", words.terms(CURRENCIES, count)),
            "value_kind": np.where(amount == "", "", self.enum("deployments", "value_kind", count)),
            "rights_concern": np.where(self.rng.random(count) < 0.75, "none_reported", "alleged").astype(object),
            "summary": words.texts(count, 42, 12, end="."), "note": words.some(words.texts(count, 25, end="."), 0.77)}

    def policy_statements(self, count: int) -> None:
        words = self.words
        issued = words.days(count, "2015-01-01", "2025-12-31")
        self.made["policy_statements"] = {
            "statement_id": words.ids(count, "s", self.start), "title": words.texts(count, 9),
            "title_local": words.some(words.texts(count, 4), 0.8),
            "issuer_id": words.out_of(self.made["organizations"]["organization_id"], count), "country_code": self.code(count, 0.42),
            "forum": words.some(words.texts(count, 5), 0.48), "statement_type": self.enum("policy_statements", "statement_type", count),
            "binding": np.where(self.rng.random(count) < 0.15, "true", "false").astype(object),
            "scope": self.enum("policy_statements", "scope", count), "issued": words.dates(issued),
            "ended": words.some(words.dates(issued + 300), 0.97), "summary": words.texts(count, 40, 12, end="."),
            "note": words.some(words.texts(count, 9, end="."), 0.84)}

    def claims(self, count: int) -> None:
        words, made_in = self.words, self.made["citations"]["citation_id"][:2]
        self.made["claims"] = {
            "claim_id": words.ids(count, "k", self.start), "claim": words.texts(count, 14, end="."),
            "channel": self.enum("claims", "channel", count), "made_in": self.rng.choice(made_in, count),
            "finding": self.enum("claims", "finding", count), "note": words.texts(count, 42, 12, end=".")}

    def withdrawn(self, count: int) -> None:
        words, deployments = self.words, self.made["deployments"]["deployment_id"]
        self.made["withdrawn"] = {
            "record_id": words.ids(count, "w", self.start), "table": np.full(count, "deployments", dtype=object),
            "withdrawn_on": np.full(count, "2026-11-20", dtype=object), "reason": words.texts(count, 9, end="."),
            "replaced_by": words.some(self.rng.choice(deployments, count), 0.83)}

    def frames(self) -> dict[str, pd.DataFrame]:
        """All tables of the package in its order, sorted by their keys; those that were not made have no rows."""
        return {name: frame(table, self.made.get(name, {})) for name, table in self.package.tables.items()}


def frame(table: Table, columns: Columns) -> pd.DataFrame:
    """A table with all columns of its schema, empty where nothing was made, sorted by its primary key."""
    count = len(next(iter(columns.values()), ()))
    made = {name: columns.get(name, np.full(count, "", dtype=object)) for name in table.columns}
    return pd.DataFrame(made, dtype=object).sort_values(list(table.primary_key), ignore_index=True)
