"""The columns of the synthetic tables whose rows belong to a record: sources, parties, themes, acts of states, claims."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .records import WEIGHTY, Columns, Maker
from .words import Column

PART = {"deployments": "parties", "policy_statements": "themes"}  # what stands in rows of another table and is supported too
SURE = {"deployments": "country_code", "standards_roles": "role", "policy_statements": "title"}  # never empty
LINKS = {"deployment_citations": "deployments", "role_citations": "standards_roles", "statement_citations": "policy_statements"}


@dataclass(frozen=True)
class Rows:
    """Rows that belong to records: for each the position of its record and its own place among that record's rows."""

    record: np.ndarray
    place: np.ndarray


def spread(rng: np.random.Generator, records: np.ndarray, count: int) -> Rows:
    """So many rows spread over the records, at least one each."""
    count = max(count, len(records))
    more = np.bincount(rng.integers(0, len(records), count - len(records)), minlength=len(records)) if len(records) else 0
    sizes = np.full(len(records), 1) + more
    firsts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    return Rows(np.repeat(records, sizes), np.arange(count) - firsts)


def in_turn(rng: np.random.Generator, pool: Column, rows: Rows) -> Column:
    """Values of a pool, none of them twice for a record."""
    start = rng.integers(0, len(pool), rows.record.max(initial=0) + 1)
    return rng.permutation(pool)[(start[rows.record] + rows.place) % len(pool)]


class Linker:
    """Links the records of a Maker; each record has a source that was read and supports all of it."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.made, self.words, self.rng = maker, maker.made, maker.words, maker.rng

    def ids(self, table: str) -> Column:
        return self.made[table][self.maker.package.tables[table].id]

    def spread(self, table: str, count: int, share: float = 1.0) -> Rows:
        """Rows spread over a share of a table's records."""
        many = len(self.ids(table))
        return spread(self.rng, np.sort(self.rng.permutation(many)[:max(round(many * share), 1)]), count)

    def sources(self, counts: dict[str, int]) -> None:
        """The sources of all records: each citation is used, and those only listed never alone."""
        tables = {link: table for link, table in LINKS.items() if counts.get(link)}
        rows = {link: self.spread(table, counts[link]) for link, table in tables.items()}
        first = np.concatenate([part.place == 0 for part in rows.values()])
        citations, access = self.made["citations"]["citation_id"], self.made["citations"]["access"]
        read = self.rng.permutation(citations[access != "listed"])
        named = np.empty(len(first), dtype=object)
        named[first] = self.words.out_of(read, first.sum(), read[:first.sum()])
        left = np.concatenate([read[first.sum():], citations[access == "listed"]])
        named[~first] = self.words.out_of(citations, (~first).sum(), left)
        at = 0
        for link, table in tables.items():
            self.link(link, table, rows[link], named[at:at + len(rows[link].record)])
            at += len(rows[link].record)

    def link(self, link: str, table: str, rows: Rows, citations: Column) -> None:
        """The sources of one table's records; of two links of a record to one source the first is kept."""
        if table == "deployments":
            self.document(rows, citations)
        columns: Columns = {
            self.maker.package.tables[table].id: self.ids(table)[rows.record], "citation_id": citations,
            "supports": self.supports(table, rows),
            "stance": np.where((rows.place > 0) & (self.rng.random(len(citations)) < 0.06), "disputes", "supports").astype(object),
            "locator": self.words.some(np.array([f"p. {page}" for page in range(400)], dtype=object)[
                self.rng.integers(0, 400, len(citations))], 0.97)}
        pairs = pd.MultiIndex.from_arrays([rows.record, pd.factorize(citations)[0]])
        kept = ~pairs.duplicated()
        self.made[link] = {name: values[kept] for name, values in columns.items()}

    def supports(self, table: str, rows: Rows) -> Column:
        """For a record's first source all that it says, for others a part of it."""
        own = self.made[table]
        names = sorted({*own, *([PART[table]] if table in PART else [])} - {self.maker.package.tables[table].id, "note"})
        codes = np.zeros(len(rows.record), dtype=np.int64)
        for bit, name in enumerate(names):
            says = np.full(len(rows.record), True) if name == PART.get(table) else (own[name] != "")[rows.record]
            if name == "status":
                says &= (own[name] != "unknown")[rows.record]
            codes |= (says & ((rows.place == 0) | (self.rng.random(len(says)) < 0.35) | (name == SURE[table]))).astype(np.int64) << bit
        distinct, where = np.unique(codes, return_inverse=True)
        texts = [";".join(name for bit, name in enumerate(names) if code >> bit & 1) for code in distinct.tolist()]
        return np.array(texts, dtype=object)[where]

    def document(self, rows: Rows, citations: Column) -> None:
        """Some of the concerns are documented where the first source has weight."""
        weighty = self.made["citations"]["citation_id"][np.isin(self.made["citations"]["citation_type"], WEIGHTY)]
        first = rows.place == 0
        sure = rows.record[first][pd.Index(citations[first]).isin(weighty)]
        self.made["deployments"]["rights_concern"][sure[self.rng.random(len(sure)) < 0.1]] = "documented"

    def first_source(self, records: np.ndarray) -> Column:
        """A citation that supports each of these statements."""
        link = pd.DataFrame(self.made["statement_citations"]).drop_duplicates("statement_id").set_index("statement_id").citation_id
        return link.reindex(self.ids("policy_statements")[records]).to_numpy(object)

    def deployment_parties(self, count: int) -> None:
        """Parties: every organization is one; the first of a project is its supplier."""
        rows, organizations = self.spread("deployments", count), self.made["organizations"]["organization_id"]
        roles = np.array(self.maker.package.tables["deployment_parties"].by_name["party_role"].constraints["enum"], dtype=object)
        self.made["deployment_parties"] = {
            "deployment_id": self.ids("deployments")[rows.record], "party_role": roles[rows.place % len(roles)],
            "organization_id": self.words.out_of(organizations, len(rows.record), organizations)}

    def deployment_countries(self, count: int) -> None:
        rows = self.spread("deployments", count, 0.02)
        codes = in_turn(self.rng, self.maker.countries, rows)
        other = codes != self.made["deployments"]["country_code"][rows.record]
        self.made["deployment_countries"] = {"deployment_id": self.ids("deployments")[rows.record][other], "country_code": codes[other]}

    def statement_themes(self, count: int) -> None:
        """Themes; one is absent only where the source was read in full."""
        rows, words = self.spread("policy_statements", count), self.words
        themes = np.array(self.maker.package.tables["statement_themes"].by_name["theme"].constraints["enum"], dtype=object)
        sources, full = self.first_source(rows.record), self.made["citations"]["access"] == "full_text"
        whole = pd.Index(sources).isin(self.made["citations"]["citation_id"][full])
        self.made["statement_themes"] = {
            "statement_id": self.ids("policy_statements")[rows.record], "theme": in_turn(self.rng, themes, rows),
            "stance": np.where(whole & (self.rng.random(len(whole)) < 0.5), "absent", "supports").astype(object),
            "locator": words.some(np.array([f"para {number}" for number in range(90)], dtype=object)[
                self.rng.integers(0, 90, len(whole))], 0.66),
            "note": words.some(words.texts(len(whole), 8, end="."), 0.16), "citation_id": sources}

    def statement_endorsements(self, count: int, tallies: int) -> None:
        """Acts of states on a third of the texts, and how many there were of some."""
        rows, words = self.spread("policy_statements", count, 0.3), self.words
        draft, issued = self.rng.random(len(rows.record)) < 0.18, self.made["policy_statements"]["issued"][rows.record]
        self.made["statement_endorsements"] = acts = {
            "statement_id": self.ids("policy_statements")[rows.record], "country_code": in_turn(self.rng, self.maker.countries, rows),
            "action": np.where(draft, "co_sponsored", "endorsed").astype(object),
            "stage": np.where(draft, "draft", "adopted").astype(object), "date": words.some(issued, 0.1),
            "citation_id": self.first_source(rows.record),
            "basis": np.where(self.rng.random(len(draft)) < 0.9, "named", "membership").astype(object),
            "note": words.some(words.texts(len(draft), 9, end="."), 0.95)}
        counted = pd.DataFrame(acts).groupby(["statement_id", "action", "stage"]).agg(
            total=("date", "size"), citation_id=("citation_id", "first")).reset_index()
        counted = counted.iloc[self.rng.permutation(len(counted))[:tallies]]
        totals = counted.total.to_numpy() + self.rng.integers(3, 30, len(counted))
        self.made["statement_tallies"] = {
            **{name: counted[name].to_numpy(object) for name in ("statement_id", "action", "stage", "citation_id")},
            "total": totals.astype(str).astype(object), "note": words.some(words.texts(len(counted), 8, end="."), 0.54)}

    def of_claims(self, counts: dict[str, int]) -> None:
        """What bears on each claim; the texts that make them are no sources for them."""
        for link, column, pool in [("claim_citations", "citation_id", self.made["citations"]["citation_id"][2:]),
                                   ("claim_countries", "country_code", self.maker.countries),
                                   ("claim_organizations", "organization_id", self.made["organizations"]["organization_id"]),
                                   ("claim_records", "record_id", self.ids("deployments"))]:
            rows = self.spread("claims", counts[link])
            self.made[link] = {"claim_id": self.ids("claims")[rows.record], column: in_turn(self.rng, pool, rows)}
        self.made["claim_records"]["table"] = np.full(len(self.made["claim_records"]["claim_id"]), "deployments", dtype=object)
