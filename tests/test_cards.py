"""Cards become the rows that the schemas say, and what is no card becomes a problem with its place."""

from __future__ import annotations

import pytest

from scripts import documents
from scripts.cards import read_cards
from scripts.read import read
from scripts.settle import settle
from scripts.tables import Tables, empty
from tests.fictional import write_package

DEPLOYMENT = """
deployments:
- id: zzz-network
  title: Zzz network
  country: ZZA
  further_countries: [ZZC, ZZB]
  channel: system
  technologies: [video_surveillance, cloud, cloud]
  value_usd: 1500
  summary: >
    Two lines
    of text.
  parties: [{organization: zzz-supplier, role: supplier}]
  sources:
  - citation: zzz-source
    supports: [value_usd, currency, country, parties, started, Purposes]
"""
STATEMENT = """
policy_statements:
- id: zzz-pact
  title: Zzz pact
  themes:
  - {theme: privacy, stance: supports, locator: principle 1, note: In short.}
  - {theme: security, stance: supports, locator: para 2}
  - {theme: labour, stance: supports}
  endorsements: [{country: ZZA, action: issued}]
  sources:
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return write_package(tmp_path_factory.mktemp("package"))


def cards(package, folder, text, name="card.yaml"):
    (folder / name).write_text(text, encoding="utf-8")
    return together(read_cards([folder / name], package))


def together(found):
    return found.rows, found.problems


def settled(package, folder, text, stored=False):
    """The rows of a card, settled with the tables as stored or with empty ones."""
    rows, problems = cards(package, folder, text)
    assert not problems, [problem.text for problem in problems]
    tables = read(package) if stored else Tables(package, {name: empty(table) for name, table in package.tables.items()})
    return settle(rows, tables)


def of(rows, table):
    return [row.cells for row in rows if row.table.name == table]


def test_keys_become_columns(package, tmp_path):
    rows, problems = cards(package, tmp_path, DEPLOYMENT)
    assert not problems
    (cells,) = of(rows, "deployments")
    assert (cells["country_code"], cells["technologies"]) == ("ZZA", "cloud;video_surveillance")
    assert cells["summary"] == "Two lines of text."
    assert (cells["value_amount"], cells["value_currency"]) == ("1500", "USD")
    assert [row["country_code"] for row in of(rows, "deployment_countries")] == ["ZZC", "ZZB"]
    assert of(rows, "deployment_parties") == [
        {"deployment_id": "zzz-network", "organization_id": "zzz-supplier", "party_role": "supplier"}]
    assert of(rows, "deployment_citations") == [
        {"deployment_id": "zzz-network", "citation_id": "zzz-source", "stance": "supports", "locator": "",
         "supports": "Purposes;country_code;parties;started;value_amount"}]


def test_defaults_and_rules_are_not_stated(package, tmp_path):
    rows, _ = cards(package, tmp_path, DEPLOYMENT)
    stated = {row.table.name: set(row.stated) for row in rows}
    assert "ai_basis" not in stated["deployments"] and "value_kind" not in stated["deployments"]
    assert stated["deployment_citations"] == {"citation_id", "supports"}
    assert set(rows[0].filled) == {"ai_basis", "value_kind"} and all(rows[0].cells[column] for column in rows[0].filled)


def test_rules_leave_what_a_card_says(package, tmp_path):
    rows, _ = cards(package, tmp_path, DEPLOYMENT + "  ai_basis: enabling\n  value_kind: loan\n")
    assert rows[0].filled == () and (rows[0].cells["ai_basis"], rows[0].cells["value_kind"]) == ("enabling", "loan")


def test_a_tidied_citation_counts_in_both_wordings(package, tmp_path):
    rows, _ = cards(package, tmp_path, "citations: [{id: zzz-a, url: 'https://example.org/a?utm_source=zzz'}]")
    assert rows[0].cells["url"] == "https://example.org/a" == rows[0].stated["url"]
    assert rows[0].also["url"] == "https://example.org/a?utm_source=zzz" and rows[0].filled == ("url",)


def test_authors_keep_their_order(package, tmp_path):
    rows, _ = cards(package, tmp_path, "citations: [{id: zzz-a, authors: [Zoe Zzz, Ann Aaa]}]")
    assert rows[0].cells["authors"] == "Zoe Zzz;Ann Aaa"


def test_role_keys(package, tmp_path):
    rows, _ = cards(package, tmp_path, "standards_roles: [{id: zzz-r, role: chair, start: '2019', end: '2020', "
                    "sources: [{citation: zzz-source, supports: [role, start, end, affiliation]}]}]")
    assert (rows[0].cells["started"], rows[0].cells["ended"]) == ("2019", "2020")
    assert rows[1].cells["supports"] == "affiliation_id;ended;role;started"


def test_endorsements_stand_in_two_places(package, tmp_path):
    text = STATEMENT + "  - {citation: zzz-full, supports: [themes, endorsements, type]}\n" + (
        "endorsements:\n- {statement: zzz-pact, country: ZZB, action: endorsed, stage: draft, citation: zzz-source,"
        " basis: membership}\n"
        "tallies: [{statement: zzz-pact, action: endorsed, total: 2, citation: zzz-source}]\n")
    rows, problems = settled(package, tmp_path, text)
    assert not problems
    assert [tuple(cells.values()) for cells in of(rows, "statement_endorsements")] == [
        ("zzz-pact", "ZZA", "issued", "adopted", "", "zzz-full", "named", ""),
        ("zzz-pact", "ZZB", "endorsed", "draft", "", "zzz-source", "membership", "")]
    assert of(rows, "statement_tallies")[0]["stage"] == "adopted"
    assert of(rows, "statement_citations")[0]["supports"] == "endorsements;statement_type;themes"


def test_a_text_is_no_source_of_its_own_claim(package, tmp_path):
    text = ("claims: [{id: zzz-c, claim: Zzz., made_in: zzz-full, citations: [zzz-full, zzz-source],"
            " records: [{table: claims, record: zzz-c}]}]")
    rows, _ = settled(package, tmp_path, text)
    assert [cells["citation_id"] for cells in of(rows, "claim_citations")] == ["zzz-source"]
    assert of(rows, "claim_records") == [{"claim_id": "zzz-c", "table": "claims", "record_id": "zzz-c"}]
    rows, _ = settled(package, tmp_path, "claims: [{id: zzz-claim, citations: [zzz-full]}]", stored=True)
    assert of(rows, "claim_citations") == []


CITATIONS = "citations:\n" + "".join(f"- {{id: zzz-{name}, access: {access}, type: {kind}}}\n" for name, access, kind in [
    ("first", "excerpt", "news"), ("official", "excerpt", "official_document"), ("whole", "full_text", "news"),
    ("both", "full_text", "official_document")])


@pytest.mark.parametrize(("sources", "best"), [
    (["first"], "first"),
    (["first", "official"], "official"),
    (["first", "official", "whole"], "whole"),
    (["whole", "official", "both"], "both"),
    (["whole", "first"], "whole"),
    (["official", "first"], "official"),
    (["first", "unknown"], "first"),
    (["unknown", "first"], "unknown")])
def test_the_citation_of_a_theme(package, tmp_path, sources, best):
    links = "".join(f"  - {{citation: zzz-{name}, supports: [themes, endorsements]}}\n" for name in sources)
    rows, problems = settled(package, tmp_path, STATEMENT + links + CITATIONS)
    assert not problems
    assert {row.cells["citation_id"] for row in rows if row.key in ("themes", "endorsements")} == {f"zzz-{best}"}
    places = [(cells["locator"], cells["note"]) for cells in of(rows, "statement_themes")]
    assert places == ([("principle 1", "In short."), ("para 2", ""), ("", "")] if len(sources) == 1 else
                      [("", "Locator: principle 1. In short."), ("", "Locator: para 2."), ("", "")])


def test_only_sources_that_speak_for_themes_qualify(package, tmp_path):
    links = ("  - {citation: zzz-both, supports: [title]}\n  - {citation: zzz-whole, supports: [themes], stance: disputes}\n"
             "  - {citation: zzz-first, supports: [themes, endorsements]}\n")
    rows, _ = settled(package, tmp_path, STATEMENT + links + CITATIONS)
    assert [(cells["citation_id"], cells["locator"]) for cells in of(rows, "statement_themes")] == [
        ("zzz-first", "principle 1"), ("zzz-first", "para 2"), ("zzz-first", "")]


def test_a_theme_takes_a_source_that_the_table_has(package, tmp_path):
    text = "policy_statements: [{id: zzz-statement, themes: [{theme: labour, stance: supports, locator: para 3}]}]"
    rows, _ = settled(package, tmp_path, text, stored=True)
    assert [(cells["citation_id"], cells["locator"]) for cells in of(rows, "statement_themes")] == [("zzz-full", "para 3")]


def test_a_stated_citation_stays_with_its_locator(package, tmp_path):
    text = STATEMENT.replace("locator: para 2", "locator: para 2, citation: zzz-own") + (
        "  - {citation: zzz-first, supports: [themes, endorsements]}\n  - {citation: zzz-both, supports: [themes]}\n")
    rows, _ = settled(package, tmp_path, text + CITATIONS)
    assert ("zzz-own", "para 2") in [(cells["citation_id"], cells["locator"]) for cells in of(rows, "statement_themes")]


def test_a_theme_without_any_source(package, tmp_path):
    _, problems = settled(package, tmp_path, STATEMENT + "  - {citation: zzz-first, supports: [endorsements]}\n")
    assert [(problem.code, problem.line, problem.record) for problem in problems] == [
        ("no-source-for-part", line, "zzz-pact") for line in (6, 7, 8)]


@pytest.mark.parametrize(("text", "code", "line", "message", "hint"), [
    ("deployment: []", "unknown-section", 1, "`deployment` is not a section", "Did you mean `deployments`?"),
    ("countries: [{id: ZZD}]", "unknown-section", 1, "`countries`", "`deployments`"),
    ("organizations:\n- id: zzz-a\n  Country: ZZA", "unknown-key", 3, "`Country` is not a key of `organizations`", "`country`"),
    ("deployments:\n- id: zzz-a\n  parties:\n  - {organisation: zzz-b, organization: zzz-b, role: client}", "unknown-key", 4,
     "not a key of `parties`", "Did you mean `organization`?"),
    ("organizations: [{id: zzz-a, value_usd: 3}]", "unknown-key", 1, "`value_usd`", "Known here"),
    ("organizations: zzz", "card-shape", 1, "`organizations` is the text `zzz`", "list"),
    ("organizations: {id: zzz-a}", "card-shape", 1, "a mapping", "list"),
    ("organizations: [zzz-a]", "card-shape", 1, "An entry of `organizations`", "`- id: …`"),
    ("organizations: [[zzz-a]]", "card-shape", 1, "is a list", "`- id: …`"),
    ("organizations:\n- zzz-b", "card-shape", 2, "An entry of `organizations` is the text `zzz-b`", "`- id: …`"),
    ("claims: []\norganizations: zzz", "card-shape", 2, "`organizations` is the text `zzz`", "list"),
    ("organizations: []\ndeployment: []", "unknown-section", 2, "`deployment` is not a section", "Did you mean `deployments`?"),
    ("deployments:\n- id: zzz-a\n  parties:\n  - [zzz-b]\n", "card-shape", 4, "An item of `parties` is a list", "organization"),
    ("deployments:\n- id: zzz-a\n  further_countries:\n  - [ZZA]", "card-shape", 4, "is a list", "plain texts"),
    ("deployments:\n- id: zzz-a\n  parties: zzz-b", "card-shape", 3, "`parties` is the text", "list"),
    ("deployments:\n- id: zzz-a\n  technologies:\n  - cloud\n  - [x]", "card-shape", 5, "An item of `technologies` is a list", "one text"),
    ("citations:\n- id: zzz-a\n  authors:\n  - Zoe\n  - Ann; Aaa", "separator-in-item", 5, "`Ann; Aaa`", "two items"),
    ("deployments:\n- id: zzz-a\n  value_usd: 3\n  currency: EUR", "value-twice", 4, "`currency` stands beside", "Keep"),
    ("organizations: [{id: [zzz-a], name: Zzz}]", "card-shape", 1, "`id` is a list", "one text"),
    ("deployments: [{id: zzz-a, parties: [{organization: [zzz-b], role: client}]}]", "card-shape", 1, "`organization` is", "one text"),
    ("corrections:\n- record: zzz-a\n  column: [x]\n  old: x\n  new: y", "card-shape", 3, "`column` is a list", "one text"),
    ("corrections:\n- zzz", "card-shape", 2, "An entry of `corrections`", "keys"),
    ("organizations: [{id: zzz-a, name: [Zzz]}]", "card-shape", 1, "`name` is a list", "one text"),
    ("organizations: [{id: zzz-a, name: {en: Zzz}}]", "card-shape", 1, "`name` is a mapping", "one text"),
    ("deployments: [{id: zzz-a, technologies: cloud}]", "card-shape", 1, "`technologies` is the text `cloud`", "list"),
    ("deployments: [{id: zzz-a, technologies: [[cloud]]}]", "card-shape", 1, "An item of `technologies` is a list", "one text"),
    ("deployments: [{id: zzz-a, technologies: [cloud, '']}]", "card-shape", 1, "is empty", "one text"),
    ("deployments: [{id: zzz-a, value_usd: [3]}]", "card-shape", 1, "is a list", "one text"),
    ("deployments: [{id: zzz-a, parties: zzz-b}]", "card-shape", 1, "`parties` is the text", "list"),
    ("deployments: [{id: zzz-a, parties: [zzz-b]}]", "card-shape", 1, "An item of `parties`", "{organization: …, role: …}"),
    ("deployments: [{id: zzz-a, further_countries: [{country: ZZA}]}]", "card-shape", 1, "is a mapping", "plain texts"),
    ("organizations: [{name: Zzz}]", "incomplete-entry", 1, "`id` is missing", ""),
    ("organizations: [{id: '', name: Zzz}]", "incomplete-entry", 1, "`id` is missing or empty", ""),
    ("deployments:\n- id: zzz-a\n  parties:\n  - {role: client}", "incomplete-entry", 4, "`organization` is missing", ""),
    ("tallies: [{statement: zzz-a, total: 3}]", "incomplete-entry", 1, "`action` is missing", ""),
    ("citations: [{id: zzz-a, authors: [Zoe Zzz; Ann Aaa]}]", "separator-in-item", 1, "`Zoe Zzz; Ann Aaa`", "two items"),
    ("deployments: [{id: zzz-a, value_usd: 3, value: 3}]", "value-twice", 1, "`value` stands beside", "Keep"),
    ("deployments: [{id: zzz-a, value_usd: 3, currency: EUR}]", "value-twice", 1, "`currency` stands beside", "Keep"),
])
def test_what_is_no_card(package, tmp_path, text, code, line, message, hint):
    rows, (problem,) = cards(package, tmp_path, text)
    assert (problem.code, problem.severity, problem.line) == (code, "error", line), problem.text
    assert message in problem.message and hint in problem.hint, problem.text
    assert problem.file == str(tmp_path / "card.yaml") and problem.hint
    assert not rows


@pytest.mark.parametrize(("text", "code"), [
    ("", "broken-yaml"), ("zzz", "broken-yaml"), ("- zzz", "broken-yaml"), ("a: b: c", "broken-yaml"), ("a: [", "broken-yaml"),
    ("organizations: !!python/object/apply:os.system [zzz]", "unsafe-yaml"),
    ("organizations: [&a {id: zzz-a}, *a]", "unsafe-yaml"),
    ("organizations: " + "[" * 50 + "]" * 50, "unsafe-yaml"),
    ("organizations: []\n---\norganizations: []", "unsafe-yaml"),
    ("organizations: [{id: zzz-a, id: zzz-b}]", "repeated-key"),
    ("organizations: [{[a]: b, id: zzz-a}]", "broken-yaml")])
def test_hostile_yaml(package, tmp_path, text, code):
    _, problems = cards(package, tmp_path, text)
    assert [problem.code for problem in problems] == [code]
    assert problems[0].file == str(tmp_path / "card.yaml") and problems[0].line in (None, 1, 2)


def test_files_that_cannot_be_read(package, tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"organizations: [{id: zzz-\xe9}]")
    (tmp_path / "huge.yaml").write_text("organizations: []" + " " * 200)
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    names = ["missing.yaml", "folder", "latin.yaml", "huge.yaml"]
    rows, problems = together(read_cards([tmp_path / name for name in names], package))
    assert not rows and [problem.file for problem in problems] == [str(tmp_path / name) for name in names]
    assert {problem.code for problem in problems} == {"unreadable-document"}


def test_all_problems_at_once(package, tmp_path):
    (tmp_path / "a.yaml").write_text("organisations: []\norganizations:\n- nmae: Zzz\n  name: [Zzz]\n- id: zzz-a\n")
    (tmp_path / "b.yaml").write_text("zzz")
    rows, problems = together(read_cards([tmp_path / "a.yaml", tmp_path / "b.yaml"], package))
    assert [problem.code for problem in problems] == [
        "unknown-section", "unknown-key", "card-shape", "incomplete-entry", "broken-yaml"]
    assert [row.record for row in rows] == ["zzz-a"]


@pytest.mark.parametrize("nothing", ["null", "~", "", "''"])
def test_an_empty_value_is_as_if_the_key_were_not_there(nothing, package, tmp_path):
    (row, *_), problems = cards(package, tmp_path, f"organizations: [{{id: zzz-a, name: Zzz, name_local: {nothing}}}]\n")
    assert not problems and row.cells["name_local"] == "" and "name_local" not in row.stated


def test_a_quoted_null_is_a_word(package, tmp_path):
    (row, *_), _ = cards(package, tmp_path, "organizations: [{id: zzz-a, name: 'null'}]\n")
    assert row.cells["name"] == "null"


@pytest.mark.parametrize("text", ["claims:\n", "claims: []\n"])
def test_a_card_without_entries_is_told(text, package, tmp_path):
    rows, (problem,) = cards(package, tmp_path, text)
    assert not rows and problem.code == "empty-card"


def test_each_key_has_its_line(package, tmp_path):
    (row, *_), _ = cards(package, tmp_path, "organizations:\n- id: zzz-a\n  name: Zzz\n  country: ZZA\n")
    assert {column: line for column, (_, line) in row.places.items()} == {"organization_id": 2, "name": 3, "country_code": 4}
