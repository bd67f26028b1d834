"""The answers worth having: each query says what a recount of the text tables says, only reads, and stands on a sound page."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.derive.settings import load_settings
from scripts.export import answers, datasette, sqlite
from scripts.queries import ANSWERS, load_queries, page
from tests.fictional import PROJECT, write_package
from tests.page import MARKDOWN
from tests.released import real, released

QUERIES = load_queries(PROJECT)[0] or {}
INITIATIVE = "chn-2023-global-ai-governance-initiative"
HOSTILE = "a|b <img src=x> `c` *d* [e](https://example.org) \\ _f_"


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> Path:
    """The database of the real data."""
    folder = tmp_path_factory.mktemp("database")
    sqlite.write(real(), folder)
    return folder / sqlite.database(real().package)


def opened(path: Path) -> sqlite3.Connection:
    """A database that can only be read."""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)


def answer(path: Path, name: str) -> tuple[list[str], list[tuple]]:
    """The columns and rows of an answer."""
    with closing(opened(path)) as connection:
        cursor = connection.execute(QUERIES[name].sql)
        return [column[0] for column in cursor.description], cursor.fetchall()


def table(name: str) -> pd.DataFrame:
    return real()[name]


def recommended() -> set[str]:
    quality = table("record_quality")
    return set(quality.record_id[quality.recommended_for_aggregates == "true"])


def places() -> pd.DataFrame:
    """Deployment and country, the further countries included."""
    pair = ["deployment_id", "country_code"]
    return pd.concat([table("deployments")[pair], table("deployment_countries")[pair]]).drop_duplicates()


EXTRA = ("by_authority", "disputed")


def chinese(settings) -> set[str]:
    """Deployments that a Chinese organization, or one that belongs to such, supplied or integrated."""
    organizations = table("organizations").set_index("organization_id")
    parties = table("deployment_parties")
    found = set()
    for row in parties[parties.party_role.isin(settings.china_ties)].itertuples():
        one = row.organization_id
        while one:
            if organizations.country_code[one] == "CHN":
                found.add(row.deployment_id)
            one = organizations.parent_organization_id[one]
    return found


def deploys_and_signs() -> list[tuple]:
    """From the recorded tables, the kind of instruments aside."""
    settings, rows = load_settings(PROJECT)[0], table("deployments")
    watches = rows.technologies.str.split(";").map(lambda items: not settings.surveillance_technologies.isdisjoint(items))
    quality = table("record_quality").set_index("record_id").reasons
    counts = rows.deployment_id.map(quality).isin(["", "has_parts"]) & rows.deployment_id.isin(chinese(settings))
    used = rows[watches & (rows.ai_basis == "stated") & rows.status.isin(settings.put_to_use) & counts]
    number = places().merge(used[["deployment_id"]], on="deployment_id").country_code.value_counts()

    kinds = table("instruments").set_index("statement_id")
    acts = table("statement_endorsements")
    backs = [action in settings.backing.get(stage, ()) for action, stage in zip(acts.action, acts.stage, strict=True)]
    key = ["statement_id", "action", "stage"]
    whole = acts.merge(table("signatories").query("complete == 'true'")[key], on=key, how="left", indicator=True)._merge.eq("both")
    shown = (acts.basis.eq("named") | whole.to_numpy()) & acts.statement_id.map(kinds.instrument_kind).eq("rights_based")
    named = acts[shown & np.array(backs)]
    statements = table("policy_statements").set_index("statement_id")
    found: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: {"actions": [], "dates": []})
    for row in named.itertuples():
        found[row.country_code, row.statement_id]["actions"].append(row.action)
        found[row.country_code, row.statement_id]["dates"].append(row.date)
    for statement, country in statements.country_code[statements.country_code != ""].items():
        if kinds.instrument_kind[statement] == "rights_based" and kinds.open_to_states[statement] == "true":
            found[country, statement]["dates"].append(statements.issued[statement])
    countries, profiles = table("countries").set_index("country_code").name, table("country_profiles").set_index("country_code")
    column = "deployments_surveillance_ai_"
    return [(country, countries[country], int(number[country]), *(int(profiles.at[country, column + name]) for name in EXTRA),
             statements.title[statement],
             ", ".join(sorted(set(row["actions"]))) or "issued", min(filter(None, row["dates"]), default=None))
            for (country, statement), row in sorted(found.items(), key=lambda item: (-number.get(item[0][0], 0), item[0]))
            if number.get(country, 0)]


def suppliers_by_year() -> list[tuple]:
    rows = table("deployments")
    rows = rows[rows.deployment_id.isin(recommended())]
    years = {row.deployment_id: min(int(date[:4]) for date in (row.announced, row.started) if date)
             for row in rows.itertuples() if row.announced or row.started}
    parties = table("deployment_parties")
    pairs = places().merge(parties[parties.party_role == "supplier"], on="deployment_id")
    pairs = pairs[pairs.deployment_id.isin(years)].assign(year=pairs.deployment_id.map(years))
    number = pairs.groupby(["year", "organization_id", "country_code"]).deployment_id.nunique()
    firms, countries = table("organizations").set_index("organization_id").name, table("countries").set_index("country_code").name
    found = [(int(year), firms[firm], countries[country], int(count)) for (year, firm, country), count in number.items()]
    return sorted(found, key=lambda row: (-row[0], -row[3], row[1], row[2]))


def chairs_of_china() -> list[tuple]:
    rows = table("role_years")
    bodies = table("organizations").set_index("organization_id")
    rows = rows[rows.role.isin(["chair", "co_chair"]) & rows.body_id.map(bodies.country_code).eq("")]
    rows = rows.assign(year=rows.year.astype(int), certain=rows.certain.astype(float), possible=rows.possible.astype(float))
    found = []
    for (body, year), held in rows.groupby(["body_id", "year"]):
        china, nobody = held[held.country_code == "CHN"], held[held.country_code == ""]
        others = held[~held.country_code.isin(["CHN", ""])]
        low = [china.certain.sum(), others.possible.sum() + nobody.possible.sum()]
        high = [china.possible.sum() + nobody.possible.sum(), others.certain.sum()]
        found.append((body, (bodies.name[body], int(year), len(held), len(china), len(nobody),
                             low[0] / sum(low) if sum(low) else None, high[0] / sum(high) if sum(high) else 0.0)))
    narrowest = defaultdict(lambda: 1.0)
    for body, row in found:
        narrowest[body] = min(narrowest[body], round(row[6], 2) - round(row[5] or 0, 2))
    return [row for _, row in sorted(found, key=lambda one: (round(narrowest[one[0]], 2), one[1][0], -one[1][1]))]


def china_and_the_g7() -> list[tuple]:
    coded, statements = table("statement_themes"), table("policy_statements")
    g7 = statements[statements.issuer_id.eq("g7") & statements.title.str.contains("Hiroshima") & statements.issued.str.startswith("2023")]
    found = []
    for theme, rows in coded.groupby("theme"):
        sides = [rows[rows.statement_id == INITIATIVE], rows[rows.statement_id.isin(g7.statement_id)]]
        said = [", ".join(sorted(set(side.stance))) or "not coded" for side in sides]
        if set(said) != {"not coded"}:
            found.append((theme, *said, sides[1].statement_id.nunique()))
    return sorted(found, key=lambda row: (row[1:3].count("not coded"), row[1] == row[2], row[0]))


def one_publisher() -> list[tuple]:
    citations = table("citations").set_index("citation_id")
    whose = citations.original_publisher.where(citations.original_publisher != "", citations.publisher)
    authority = citations.citation_type.isin(load_settings(PROJECT)[0].official_types)
    found = defaultdict(list)
    for name in ("deployments", "standards_roles", "policy_statements"):
        links = table(real().link_to_sources(name).name)
        links = links[links.stance.eq("supports") & links.citation_id.map(citations.access).ne("listed")]
        for record, group in links.groupby(links.columns[0]):
            publishers = sorted({whose[source] for source in group.citation_id})
            if len({publisher.casefold() for publisher in publishers}) == 1:
                official = "yes" if any(authority[source] for source in group.citation_id) else "no"
                found[publishers[0], official, name].append(record)
    rows = [(*key, len(records), ", ".join(sorted(records))) for key, records in found.items()]
    return sorted(rows, key=lambda row: (row[1], -row[3], row[0], row[2]))


RECOUNTS = {"deploys-and-signs": deploys_and_signs, "suppliers-by-year": suppliers_by_year, "chairs-of-china": chairs_of_china,
            "china-and-the-g7": china_and_the_g7, "one-publisher": one_publisher}


def test_every_query_is_recounted():
    assert list(QUERIES) == list(RECOUNTS)


@pytest.mark.parametrize("name", RECOUNTS)
def test_an_answer_is_what_a_recount_of_the_text_tables_gives(name, database):
    columns, rows = answer(database, name)
    expected = RECOUNTS[name]()
    assert rows and len(set(columns)) == len(columns) == len(rows[0]) and len(rows) == len(expected)
    for row, other in zip(rows, expected, strict=True):
        assert row == pytest.approx(other, abs=0.0051)
        assert [cell for cell in row if isinstance(cell, str)] == [cell for cell in other if isinstance(cell, str)]


@pytest.mark.parametrize("name", QUERIES)
def test_the_rows_stand_in_one_order_on_any_machine(name, database):
    with closing(opened(database)) as connection:
        plain = connection.execute(QUERIES[name].sql).fetchall()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA reverse_unordered_selects = on")
        assert connection.execute(QUERIES[name].sql).fetchall() == plain


def test_bounds_are_in_order(database):
    columns, rows = answer(database, "chairs-of-china")
    for row in (dict(zip(columns, row, strict=True)) for row in rows):
        assert 0 <= (row["at_least"] or 0) <= row["at_most"] <= 1 and row["of_china"] + row["country_unknown"] <= row["possible_chairs"]


def test_what_the_caveat_on_the_g7_says(database):
    """Five texts of 2023, each read in part."""
    named = table("policy_statements").statement_id.map(lambda one: f"'{one}'" in QUERIES["china-and-the-g7"].sql)
    texts = table("policy_statements")[named]
    assert sorted(texts.issued.str[:4]) == ["2023"] * 6 and list(texts.issuer_id).count("g7") == 5
    assert not table("statement_themes").query("statement_id in @texts.statement_id").stance.eq("absent").any()


def test_most_chairs_lack_a_start_or_an_end():
    rows = table("standards_roles")
    rows = rows[rows.role.isin(["chair", "co_chair"])]
    assert ((rows.started == "") | (rows.ended == "")).mean() > 0.5


def test_the_first_three_are_those_of_the_browser():
    shown = datasette.queries(real().package)
    assert {name: query["sql"] for name, query in shown.items()} == {name: QUERIES[name].sql for name in list(RECOUNTS)[:3]}


def test_a_query_that_writes_is_refused(database):
    bad = type(QUERIES["one-publisher"])("Zzz?", "WITH zzz AS (SELECT 1) DELETE FROM deployments", "Zzz.")
    with pytest.raises(answers.Unanswered, match="`zzz` cannot be run"):
        answers.results({"zzz": bad}, database)


@pytest.mark.parametrize(("sql", "words"), [
    ("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", "does not end"),
    ("SELECT hex(randomblob(16))", "not authorized"), ("SELECT datetime('now')", "not authorized"),
    ("SELECT current_date", "not authorized"),
    ("SELECT zzz FROM deployments", "no such column"), ("SELECT readfile('zzz')", "no such function")])
def test_a_query_that_never_ends_or_that_asks_for_more_than_the_data_is_refused(sql, words, database):
    with pytest.raises(answers.Unanswered, match=words):
        answers.results({"zzz": type(QUERIES["one-publisher"])("Zzz?", sql, "Zzz.")}, database)


@pytest.mark.parametrize(("old", "new", "words"), [
    ("question:", "questions:", "not made of question, sql, caveat"), ("  caveat: \"Not", "  caveat: \"\" #", "not made of"),
    ("  sql: |\n    SELECT p", "  sql: |\n    DELETE FROM p; SELECT p", "not one statement that reads"),
    ("WHERE p.deploys", "; DROP TABLE deployments; SELECT p.deploys", "not one statement that reads"),
    ("deploys-and-signs:", "Deploys and signs:", "cannot stand in an address"), ("deploys-and-signs:", "deploys-and-signs: [", ""),
    ("deploys-and-signs:", "suppliers-by-year:", "twice")])
def test_queries_that_cannot_be_used_are_told_with_their_place(old, new, words, tmp_path):
    path = write_package(tmp_path).root / ANSWERS
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found, problems = load_queries(tmp_path)
    assert found is None and any(words in problem.text for problem in problems)
    assert all(problem.file == ANSWERS and problem.line and problem.hint for problem in problems)


def test_no_file_with_queries(tmp_path):
    (write_package(tmp_path).root / ANSWERS).unlink()
    found, problems = load_queries(tmp_path)
    assert found is None and [problem.file for problem in problems] == [ANSWERS]


def tables_of(text: str) -> list[list[list[str]]]:
    """The tables of a page in Markdown as it is shown: rows of cells as text without markup, of which there may be none but code."""
    tokens, found = MARKDOWN.parse(text), []
    for before, token in pairwise(tokens):
        if before.type == "table_open":
            found.append([])
        if before.type == "tr_open":
            found[-1].append([])
        if token.type == "inline" and before.type in ("th_open", "td_open"):
            assert {child.type for child in token.children} <= {"text", "text_special"}, token.content
            found[-1][-1].append("".join(child.content for child in token.children))
    return found


def test_the_page_gives_each_answer_as_it_is(database):
    results = answers.results(QUERIES, database)
    text = page(QUERIES, {name: list(answers.table(rows, f"answers/{name}.csv")) for name, rows in results.items()})
    shown = tables_of(text)
    assert len(shown) == len(QUERIES)
    for name, rows in zip(QUERIES, shown, strict=True):
        columns, found = answer(database, name)
        cells = [["" if cell is None else str(cell) for cell in row] for row in found[:answers.SHOWN]]
        assert rows == [columns, *cells] and f"{len(found):,} rows" in text and QUERIES[name].caveat in text


def test_every_answer_is_there_whole_as_csv(release_folder, database):
    for name in QUERIES:
        columns, rows = answer(database, name)
        found = pd.read_csv(release_folder / "answers" / f"{name}.csv", dtype=str, keep_default_na=False)
        assert found.columns.tolist() == columns
        assert found.to_numpy().tolist() == [["" if cell is None else str(cell) for cell in row] for row in rows]


def test_hostile_cells_stay_cells(tmp_path):
    tables = released(tmp_path, {
        "deployments": [{"deployment_id": "zzz-deployment", "ai_basis": "stated", "started": "2020"}],
        "organizations": [{"organization_id": "zzz-supplier", "name": HOSTILE}],
        "countries": [{"country_code": "ZZA", "name": "<b>|</b>"}]})
    sqlite.write(tables, tmp_path)
    answers.write(tables, tmp_path)
    shown = tables_of((tmp_path / "answers.md").read_text(encoding="utf-8"))
    assert ["2020", HOSTILE, "<b>|</b>", "1"] in shown[1]


def test_a_page_without_a_release_has_no_results():
    text = page(QUERIES)
    assert tables_of(text) == [] and text.count("```sql") == len(QUERIES) and all(query.question in text for query in QUERIES.values())
