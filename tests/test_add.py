"""`add` takes cards into the tables: all or nothing, twice nothing, and never over what stands there."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.add import add
from scripts.package import load
from scripts.read import read
from scripts.validate import validate
from scripts.write import canonical
from tests.adding import CARD, CITATION, CITATIONS, DEPLOYMENT, REFERENCES, SECOND, added, edit, files, fresh, refused, rows


@pytest.fixture
def root(tmp_path):
    return fresh(tmp_path / "package")


def test_adds(root):
    outcome = added(root, CARD)
    assert outcome.added == {"organizations": 2, "citations": 1, "deployments": 1, "deployment_countries": 1,
                             "deployment_parties": 2, "deployment_citations": 1}
    assert outcome.changed == {}
    assert [(notice.record, notice.column) for notice in outcome.notices] == [
        ("zzz-network", "ai_basis"), ("zzz-network", "value_kind")]
    assert all(notice.value in notice.text for notice in outcome.notices)
    (row,) = rows(root, "deployments")
    assert (row["value_amount"], row["value_currency"], row["ai_basis"]) == ("1500", "USD", "not_stated")
    assert validate(root, fast=True).valid


def test_twice_changes_nothing(root):
    added(root, CARD)
    before = files(root)
    outcome = added(root, CARD)
    assert (outcome.added, outcome.changed, outcome.notices) == ({}, {}, [])
    assert files(root) == before


def test_the_order_of_cards_and_files_does_not_matter(root, tmp_path):
    other = fresh(tmp_path / "other")
    added(root, REFERENCES, DEPLOYMENT)
    added(other, DEPLOYMENT, REFERENCES, DEPLOYMENT)
    assert {name: data for name, (data, _) in files(root).items()} == {name: data for name, (data, _) in files(other).items()}


def test_only_tables_that_change_are_written(root):
    added(root, CARD)
    before = files(root)
    outcome = added(root, SECOND)
    assert outcome.added == {"citations": 1, "deployment_citations": 1}
    changed = {name for name, state in files(root).items() if state != before[name]}
    assert changed == {"citations.csv", "deployment_citations.csv"}
    assert [row["stance"] for row in rows(root, "deployment_citations")] == ["disputes", "supports"]


def test_a_key_that_the_card_lacks_never_conflicts(root):
    added(root, CARD)
    outcome = added(root, "deployments: [{id: zzz-network, note: '', title: Network of Zzz City}]")
    assert (outcome.added, outcome.changed) == ({}, {})


def test_an_empty_cell_is_filled(root):
    added(root, CARD)
    outcome = added(root, "deployments: [{id: zzz-network, note: A fictional note.}]")
    assert (outcome.added, outcome.changed) == ({}, {"deployments": 1})
    assert rows(root, "deployments")[0]["note"] == "A fictional note."


def test_another_value_is_a_conflict_that_shows_both(root):
    added(root, CARD)
    other = CARD.replace("status: operational", "status: suspended").replace("country: ZZA\n", "country: ZZB\n")
    problems = refused(root, other)
    assert [(problem.code, problem.column, problem.record) for problem in problems] == [
        ("card-conflict", "country_code", "zzz-network"), ("card-conflict", "status", "zzz-network")]
    assert "`country` is `ZZB` on the card and `ZZA` in data/deployments.csv line 2" in problems[0].message
    assert problems[0].file == str(root / "card-1.yaml") and problems[0].line == 10


def test_long_values_are_shown_where_they_differ(root):
    added(root, CARD.replace("network under", "network " + "word " * 100 + "here under"))
    (problem,) = refused(root, CARD.replace("network under", "network " + "word " * 100 + "there under"))
    assert "here under" in problem.message and "there under" in problem.message and len(problem.message) < 500


def test_a_link_that_differs_is_a_conflict(root):
    added(root, CARD)
    (problem,) = refused(root, "deployments: [{id: zzz-network, sources: [{citation: zzz-report, supports: [country]}]}]")
    assert (problem.code, problem.table, problem.column) == ("card-conflict", "deployment_citations", "supports")


def test_a_default_that_is_not_written_does_not_conflict(root):
    added(root, CARD.replace("started, channel]", "started, channel]\n    stance: supports"))
    outcome = added(root, CARD)
    assert (outcome.added, outcome.changed) == ({}, {})


def test_a_source_may_dispute_one_column_and_support_another(root):
    added(root, CARD)
    added(root, SECOND)
    both = SECOND.replace("{citation: zzz-denial", "{citation: zzz-denial, supports: [place]}\n  - {citation: zzz-denial")
    (problem,) = refused(root, both)
    assert (problem.code, problem.column) == ("supports-nothing", "supports")
    assert added(root, both.replace("[place]", "[status]")).added == {"deployment_citations": 1}
    assert [(row["citation_id"], row["stance"], row["supports"]) for row in rows(root, "deployment_citations")][:2] == [
        ("zzz-denial", "disputes", "started"), ("zzz-denial", "supports", "status")]


def test_a_source_does_not_take_both_sides_on_one_column(root):
    added(root, CARD)
    added(root, SECOND)
    (problem,) = refused(root, SECOND.replace("disputes", "supports"))
    assert (problem.code, problem.table, problem.column) == ("both-sides", "deployment_citations", "supports")


def test_a_list_conflicts_by_its_items_not_by_their_order(root):
    added(root, CARD)
    edit(root, "deployments", "command_centre;video_surveillance", "video_surveillance;command_centre")
    assert added(root, CARD).changed == {}


def test_what_a_rule_filled_never_conflicts(root):
    added(root, CARD)
    edit(root, "deployments", "not_stated", "inferred")
    assert added(root, CARD).changed == {}


def test_all_or_nothing_over_several_files(root):
    problems = refused(root, CARD, "organizations:\n- {id: zzz-bank, nmae: Zzz Bank}\n")
    assert [(problem.code, problem.file, problem.line) for problem in problems] == [("unknown-key", str(root / "card-2.yaml"), 2)]
    assert "`name`" in problems[0].hint


def test_problems_of_reading_and_conflicts_come_together(root):
    added(root, CARD)
    problems = refused(root, CARD.replace("operational", "suspended"), "zzz: []", "zzz")
    assert {problem.code for problem in problems} == {"card-conflict", "unknown-section", "broken-yaml"}


def test_conflicts_and_errors_of_values_come_together_in_the_order_of_the_card(root):
    added(root, CARD)
    card = """deployments:
- id: zzz-network
  status: suspended
  sources:
  - citation: zzz-rpeort
    supports: [statuss]
    stance: disputs
  country: ZZB
"""
    problems = refused(root, card, "organizations: [{id: zzz-bank, name: Zzz Bank, type: frim}]")
    assert [(problem.code, problem.line) for problem in problems if problem.file.endswith("card-1.yaml")] == [
        ("card-conflict", 3), ("foreign-key", 5), ("unknown-term", 6), ("enum", 7), ("card-conflict", 8)]
    assert [problem.code for problem in problems[5:]] == ["enum"]  # that nothing uses the bank may follow from the rest


def test_what_follows_from_a_conflict_is_not_told_too(root):
    added(root, CARD)
    (problem,) = refused(root, "deployments: [{id: zzz-network, status: ended, ended: '2022'}]")
    assert problem.code == "card-conflict"


@pytest.mark.parametrize(("right", "wrong", "code", "key", "hint"), [
    ("status: operational", "status: operatoinal", "enum", "status", "`operational`"),
    ("value_usd: 1500", "value_usd: a lot", "type", "value", "digits only")])
def test_a_problem_of_a_value_stands_at_its_key(root, right, wrong, code, key, hint):
    (problem,) = refused(root, CARD.replace(right, wrong))
    place = (f"{root}/card-1.yaml", CARD.split("\n").index(f"  {right}") + 1, key)
    assert (problem.code, problem.file, problem.line, problem.column) == (code, *place)
    assert hint in problem.hint


def test_a_reference_to_nothing(root):
    (problem,) = refused(root, CARD.replace("organization: zzz-firm", "organization: zzz-frim"))
    assert (problem.code, problem.line) == ("foreign-key", 22) and "`zzz-firm`" in problem.hint


def test_two_cards_for_one_record_join(root):
    added(root, CARD, "deployments: [{id: zzz-network, note: A fictional note., ai_basis: stated}]")
    assert (rows(root, "deployments")[0]["note"], rows(root, "deployments")[0]["ai_basis"]) == ("A fictional note.", "stated")


def test_two_cards_that_disagree(root):
    (problem,) = refused(root, CARD, "deployments: [{id: zzz-network, status: suspended}]")
    assert problem.code == "cards-disagree" and problem.file == str(root / "card-2.yaml")
    assert "`suspended` here" in problem.message and f"`operational` in {root / 'card-1.yaml'} line 15" in problem.message


@pytest.mark.parametrize(("cells", "code"), [("type: nonsense", "enum"), ("country: ZZX", "foreign-key")])
def test_what_is_wrong_with_a_record_of_two_cards_is_told_on_the_card_that_says_it(root, cells, code):
    problems = refused(root, "organizations:\n- {id: zzz-new, name: Zzz New}\n", f"\n\norganizations:\n- id: zzz-new\n  {cells}\n")
    found = [(problem.file, problem.line) for problem in problems if problem.code == code]
    assert found == [(str(root / "card-2.yaml"), 5)]


def test_a_card_that_says_otherwise_than_the_table_is_named_though_another_is_of_the_same_record(root):
    added(root, CARD)
    (problem,) = refused(root, "organizations: [{id: zzz-firm}]", "\n\norganizations:\n- {id: zzz-firm, type: government}\n")
    assert (problem.code, problem.file, problem.line) == ("card-conflict", str(root / "card-2.yaml"), 4)


def test_what_is_wrong_with_a_correction_is_told_on_the_line_of_its_key(root):
    added(root, CARD)
    for new, code in (("nonsense", "enum"), ("[x]", "card-shape")):
        text = f"corrections:\n- record: zzz-network\n  column: status\n  old: operational\n  new: {new}\n"
        (problem,) = refused(root, text)
        assert (problem.code, problem.line) == (code, 5)
    (problem,) = refused(root, "corrections:\n- {record: zzz-network, column: value_usd, old: '', new: [5]}\n")
    assert (problem.code, problem.message) == ("card-shape", "`value_usd` is a list.")


def test_a_withdrawn_id_stays_withdrawn(root):
    (root / "data/withdrawn.csv").write_text(
        "record_id,table,withdrawn_on,reason,replaced_by\nzzz-network,deployments,2021-03-01,A fictional reason.,\n")
    (problem,) = refused(root, CARD)
    assert (problem.code, problem.record, problem.line) == ("card-id-withdrawn", "zzz-network", 8)


@pytest.mark.parametrize("first", [True, False])
def test_an_id_belongs_to_one_table(root, first):
    if first:
        added(root, CARD)
    clash = "organizations: [{id: zzz-network, name: Zzz Net, type: company}]"
    (problem,) = refused(root, *([clash] if first else [CARD, clash]))
    assert problem.code == "card-id-taken" and "deployments" in problem.message


STATEMENT = """{id: zzz-pact, title: Zzz pact, issuer: zzz-ministry, type: declaration, binding: false, scope: international,
  issued: 2020-02, summary: A fictional pact."""
MINISTRY = "organizations: [{id: zzz-ministry, name: Zzz Ministry, type: government, country: ZZA}]"


def test_a_locator_that_moved_to_the_note_is_the_same_the_second_time(root):
    text = f"""
{MINISTRY}
citations:
- {{id: zzz-one, {CITATION} url: https://example.org/one, access: excerpt}}
- {{id: zzz-two, {CITATION} url: https://example.org/two, access: full_text}}
policy_statements:
- {STATEMENT},
  themes: [{{theme: privacy, stance: supports, locator: principle 1}}],
  endorsements: [{{country: ZZA, action: issued}}, {{country: ZZB, action: issued}}],
  sources: [{{citation: zzz-one, supports: [issued, themes, endorsements]}}"""
    more = ", {citation: zzz-two, supports: [themes]}]}"
    added(root, text.replace("- {id: zzz-two", "#") + "]}")
    assert (rows(root, "statement_themes")[0]["locator"], rows(root, "statement_themes")[0]["note"]) == ("principle 1", "")
    assert added(root, text + more).added == {"citations": 1, "statement_citations": 1}
    assert rows(root, "statement_themes")[0]["citation_id"] == "zzz-one"
    again = text.replace("zzz-pact", "zzz-accord") + more
    added(root, again)
    theme = rows(root, "statement_themes")[0]
    assert (theme["statement_id"], theme["citation_id"], theme["locator"], theme["note"]) == (
        "zzz-accord", "zzz-two", "", "Locator: principle 1.")
    before = files(root)
    assert added(root, again, text + more).added == {}
    assert files(root) == before


def test_endorsements_add_up(root):
    base = f"""
{MINISTRY}
citations: [{{id: zzz-one, {CITATION} url: https://example.org/one, access: excerpt}}]
policy_statements: [{STATEMENT}, sources: [{{citation: zzz-one, supports: [issued]}}]}}]
endorsements: [{{statement: zzz-pact, country: ZZA, action: endorsed, citation: zzz-one}}]
"""
    added(root, base)
    more = "endorsements: [{statement: zzz-pact, country: ZZB, action: endorsed, citation: zzz-one, date: '2020-03'}]"
    assert added(root, more).added == {"statement_endorsements": 1}
    assert added(root, base, more).added == {}
    (problem,) = refused(root, more.replace("2020-03", "2020-04"))
    assert (problem.code, problem.record, problem.column) == ("card-conflict", "zzz-pact", "date")


def test_an_old_error_elsewhere_does_not_block(root):
    added(root, CARD)
    edit(root, "organizations", "Zzz City", "Zzz  City")
    assert added(root, SECOND).added == {"citations": 1, "deployment_citations": 1}


def test_an_old_error_of_a_touched_record_blocks(root):
    added(root, CARD)
    edit(root, "deployments", "public_security", "pubic_security")
    (problem,) = refused(root, SECOND)
    assert (problem.code, problem.record, problem.file) == ("unknown-term", "zzz-network", str(root / "card-1.yaml"))


def test_a_table_that_would_lose_cells_is_left_alone(root):
    added(root, CARD)
    with (root / "data/citations.csv").open("a") as file:
        file.write("zzz-ragged,Zzz\n")
    assert {problem.code for problem in refused(root, SECOND)} == {"unsafe-table"}
    assert added(root, "deployments: [{id: zzz-network, note: A fictional note.}]").changed == {"deployments": 1}


@pytest.mark.parametrize(("data", "code"), [(b"\xff\xfe", "encoding"), (b"zzz\n", "unknown-column"), (None, "unreadable-file")])
def test_a_table_that_cannot_be_read_blocks(root, data, code):
    path = root / "data/claims.csv"
    path.unlink() if data is None else path.write_bytes(data)
    assert code in {problem.code for problem in refused(root, CARD)}


def test_a_table_in_another_order_is_put_in_order(root):
    added(root, CARD)
    path = root / "data/organizations.csv"
    header, *lines = path.read_text().splitlines(keepends=True)
    path.write_text(header + "".join(reversed(lines)))
    added(root, "organizations: [{id: zzz-firm, name_local: Zzz AG}]")
    assert [row["organization_id"] for row in rows(root, "organizations")] == ["zzz-city", "zzz-firm"]
    assert validate(root, fast=True).valid


def test_a_disk_that_refuses(root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "data/zzz.csv")

    monkeypatch.setattr(os, "fsync", full)
    (problem,) = refused(root, CARD)
    assert problem.code == "not-written" and "No space left" in problem.message


def test_the_tables_given_stay_as_they_are(root):
    added(root, CARD)
    tables = read(load(root)[0])
    before = {content.table.name: canonical(content.rows, content.table) for content in tables}
    (root / "card.yaml").write_text(SECOND)
    assert not add(tables.package, tables, [root / "card.yaml"]).problems
    assert {content.table.name: canonical(content.rows, content.table) for content in tables} == before


WORDS = st.text(st.sampled_from("abc éü三"), min_size=1, max_size=12).map(lambda text: "Z" + " ".join(text.split()))
SLUG = st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,3})?", fullmatch=True)
ORGANIZATIONS = st.dictionaries(SLUG, st.fixed_dictionaries(
    {"name": WORDS}, optional={"name_local": WORDS, "country": st.sampled_from(["ZZA", "ZZB"])}), min_size=1, max_size=4)
DEPLOYMENTS = st.dictionaries(SLUG, st.fixed_dictionaries(
    {"technologies": st.lists(st.sampled_from(["cloud", "drone"]), min_size=1, max_size=4), "title": WORDS, "summary": WORDS},
    optional={"note": WORDS, "value_usd": st.integers(1, 10**9), "further_countries": st.just(["ZZB"])}), min_size=1, max_size=3)


@given(ORGANIZATIONS, DEPLOYMENTS)
@settings(max_examples=15, deadline=None)
def test_any_cards_twice_change_nothing(tmp_path_factory, organizations, deployments):
    root = fresh(tmp_path_factory.mktemp("any") / "package")
    fixed = {"country": "ZZA", "channel": "system", "purposes": ["other"], "status": "unknown", "rights_concern": "none_reported",
             "parties": [{"organization": f"o-{slug}", "role": "supplier"} for slug in organizations]}
    firms = [{"id": f"o-{slug}", "type": "company", **keys} for slug, keys in organizations.items()]
    for keys in deployments.values():
        keys["sources"] = [{"citation": "zzz-report", "supports": ["country", "parties", *({"value_usd"} & set(keys))]}]
    projects = [{"id": f"d-{slug}", **fixed, **keys} for slug, keys in deployments.items()]
    card = f"organizations: {json.dumps(firms)}\ndeployments: {json.dumps(projects)}\n" + CITATIONS
    added(root, card)
    before = files(root)
    outcome = added(root, card)
    assert (outcome.added, outcome.changed) == ({}, {}) and files(root) == before
    assert validate(root, fast=True).valid
