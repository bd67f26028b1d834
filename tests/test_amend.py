"""Cards correct what the tables say and withdraw records: only what they say stands there, twice nothing, and nothing is left that
names what is gone."""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest

from scripts.add import plan
from scripts.package import load
from scripts.problem import KINDS
from scripts.read import read
from scripts.validate import validate
from tests.adding import added, edit, files, refused, rows
from tests.fictional import PROJECT, ROWS, write_package

ID = "zzz-deployment"
FIRM, SOURCE = {"organization": "zzz-supplier", "role": "supplier"}, {"citation": "zzz-source"}
SUPPORTS = ["channel", "country", "parties", "purposes", "rights_concern", "status", "technologies", "value"]
@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The fictional package, for tests that change nothing."""
    return write_package(tmp_path_factory.mktemp("amend") / "package").root


@pytest.fixture
def root(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "package")


def card(**sections: list[dict]) -> str:
    """A card with each entry on a line of its own, after one of its section."""
    return "".join(f"{name}:\n" + "".join(f"- {json.dumps(entry)}\n" for entry in entries) for name, entries in sections.items())


def correction(column: str, old: object, new: object, record: str = ID) -> dict:
    return {"record": record, "column": column, "old": old, "new": new}


def corrected(*corrections: tuple) -> str:
    return card(corrections=[correction(*each) for each in corrections])


def withdrawn(record: str, replaced_by: str = "", **keys: str) -> str:
    return card(withdrawn=[{"record": record, "reason": "It was recorded twice.", "replaced_by": replaced_by, **keys}])


# another deployment with another supplier and a source of its own
OTHERS = card(organizations=[{"id": "zzz-other", "name": "Quite Another", "type": "company", "country": "ZZB"}],
              citations=[{"id": "zzz-copy", "title": "On another thing", "publisher": "Yyy Press", "url": "https://example.org/zzz-copy",
                          "language": "en", "type": "news", "access": "excerpt", "accessed": "2021-02-01"}])


def with_second(**changes: str) -> str:
    return OTHERS + card(deployments=[{
        "id": "zzz-second", "title": "Something else entirely new", "country": "ZZB", "channel": "training", "technologies": ["cloud"],
        "purposes": ["other"], "ai_basis": "not_stated", "status": "unknown", "rights_concern": "none_reported",
        "summary": "A fictional course.", "parties": [{"organization": "zzz-other", "role": "supplier"}],
        "sources": [{"citation": "zzz-copy", "supports": ["country", "parties"]}], **changes}])


def row(root, table: str, key: str) -> dict[str, str]:
    return next(row for row in rows(root, table) if next(iter(row.values())) == key)


def twice(root, text: str) -> None:
    """A second time changes nothing, and what is there is sound."""
    before = files(root)
    outcome = added(root, text)
    assert not (outcome.added or outcome.changed or outcome.removed) and files(root) == before
    assert validate(root, fast=True).valid


# Cells

@pytest.mark.parametrize(("key", "old", "new", "column", "cell"), [
    ("status", "operational", "suspended", "status", "suspended"),
    ("country", "ZZA", "ZZB", "country_code", "ZZB"),
    ("country_code", "ZZA", "ZZB", "country_code", "ZZB"),
    ("technologies", ["video_surveillance"], ["facial_recognition", "cloud"], "technologies", "cloud;facial_recognition"),
    ("note", "", "A fictional\nnote.", "note", "A fictional note."),
    ("value", "5", "7", "value_amount", "7"),
    ("value_usd", "5", "7", "value_amount", "7"),
    ("currency", "USD", "EUR", "value_currency", "EUR")])
def test_a_cell_is_corrected(root, key, old, new, column, cell):
    outcome = added(root, corrected((key, old, new)))
    assert (outcome.added, outcome.changed, outcome.removed) == ({}, {"deployments": 1}, {})
    assert rows(root, "deployments")[0] == {**dict.fromkeys(row(root, "deployments", ID), ""), **ROWS["deployments"][0], column: cell}
    twice(root, corrected((key, old, new)))


@pytest.mark.parametrize(("key", "old", "new", "there"), [
    ("status", "planned", "suspended", "`status` to be `planned`; data/deployments.csv line 2 has `operational`"),
    ("note", "A note.", "Another.", "`note` to be `A note.`; data/deployments.csv line 2 has empty"),
    ("purposes", ["other"], ["e_government"], "`purposes` to be `other`; data/deployments.csv line 2 has `public_security`"),
    ("value", "", "7", "`value` to be empty; data/deployments.csv line 2 has `5`"),
    ("parties", {**FIRM, "role": "client"}, FIRM | {"role": "partner"}, "`parties` to be `zzz-supplier client`; "
     "data/deployment_parties.csv has no such row"),
    ("sources", {**SOURCE, "supports": ["place"]}, SOURCE | {"supports": ["country"]},
     "`supports` in `sources` to be `place`; data/deployment_citations.csv line 2 has `channel;country_code;")])
def test_a_correction_out_of_date_shows_both(sound, key, old, new, there):
    (problem,) = refused(sound, corrected((key, old, new)))
    assert (problem.code, problem.record, problem.line, problem.column) == ("correction-out-of-date", ID, 2, key)
    assert there in problem.message and f"show {ID}" in problem.hint


def test_a_sum_in_dollars_is_not_one_in_another_currency(root):
    edit(root, "deployments", "USD", "EUR")
    (problem,) = refused(root, corrected(("value_usd", "5", "7")))
    assert (problem.code, problem.column) == ("correction-out-of-date", "currency") and "`EUR`" in problem.message


def test_a_list_may_be_given_in_any_order(root):
    added(root, corrected(("purposes", ["public_security"], ["other", "e_government"])))
    added(root, corrected(("purposes", ["other", "e_government"], ["other"])))
    assert rows(root, "deployments")[0]["purposes"] == "other"


def test_a_cell_is_emptied_but_not_one_that_is_needed(root):
    added(root, corrected(("committee", "ZZZ 1", "", "zzz-role"), ("sources", {"citation": "zzz-source"}, {
        "citation": "zzz-source", "supports": ["country", "holder", "role"]}, "zzz-role")))
    assert rows(root, "standards_roles")[0]["committee"] == ""
    (problem,) = refused(root, corrected(("note", "", "A note."), ("title", ROWS["deployments"][0]["title"], "")))
    assert (problem.code, problem.line, problem.column) == ("required", 3, "title")


def test_a_source_that_would_support_an_empty_cell_is_named_at_the_correction(sound):
    (problem,) = refused(sound, corrected(("note", "", "Note."), ("committee", "ZZZ 1", "", "zzz-role")))
    assert (problem.code, problem.line, problem.record) == ("supports-nothing", 3, "zzz-role")
    assert problem.file.endswith("card-1.yaml")


@pytest.mark.parametrize(("corrections", "code", "line"), [
    ([("note", "", "Note.", "zzz-role"), ("committee", "ZZZ 1", "", "zzz-role")], "supports-nothing", 3),
    ([("status", "operational", "operatoinal"), ("note", "", "Note.")], "enum", 2)])
def test_a_problem_stands_at_the_correction_that_caused_it_and_no_other_of_the_record(sound, corrections, code, line):
    (problem,) = refused(sound, corrected(*corrections))
    assert (problem.code, problem.line) == (code, line)


@pytest.mark.parametrize(("record", "column", "code", "hint"), [
    ("zzz-deploiment", "status", "unknown-record", "Did you mean `zzz-deployment`?"),
    ("zzz-gone", "status", "unknown-record", "Leave this out"),
    ("ZZA", "name", "unknown-record", "Open an issue"),
    (ID, "statsu", "no-such-column", "Did you mean `status`?"),
    (ID, "partise", "no-such-column", "Did you mean `parties`?"),
    (ID, "id", "no-such-column", "Known: title"),
    (ID, "deployment_id", "no-such-column", "Known: title")])
def test_what_is_corrected_is_there(sound, record, column, code, hint):
    (problem,) = refused(sound, corrected((column, "a", "b", record)))
    assert (problem.code, problem.line) == (code, 2) and hint in problem.hint
    assert code in KINDS


@pytest.mark.parametrize(("key", "old", "new", "code"), [
    ("status", "operational", ["suspended"], "card-shape"), ("technologies", ["video_surveillance"], "cloud", "card-shape"),
    ("parties", [FIRM], "", "card-shape"), ("parties", FIRM, {"organization": "zzz-body"}, "incomplete-entry"),
    ("parties", FIRM, {"organisation": "zzz-body", "role": "supplier"}, "unknown-key"),
    ("status", "operational", "operatoinal", "enum"), ("summary", ROWS["deployments"][0]["summary"], "=1+1", "formula"),
    ("started", "", "2999", "future-date"), ("note", "", "a\u202eb", "invisible-character")])
def test_a_correction_obeys_the_rules_of_its_place(sound, key, old, new, code):
    problems = refused(sound, corrected((key, old, new)))
    assert problems[0].code == code and problems[0].file.endswith("card-1.yaml") and problems[0].line == 2


# Rows that belong to a record

def test_a_party_is_exchanged_taken_out_and_given(root):
    edit(root, "deployment_parties", f"{ID},zzz-supplier", f"{ID},zzz-issuer,client\n{ID},zzz-supplier")
    text = corrected(("parties", FIRM, {"organization": "zzz-body", "role": "supplier"}),
                     ("parties", {"organization": "zzz-issuer", "role": "client"}, ""),
                     ("parties", "", {"organization": "zzz-body", "role": "client"}))
    outcome = added(root, text)
    assert (outcome.added, outcome.removed) == ({"deployment_parties": 2, "withdrawn": 1}, {"deployment_parties": 2, "organizations": 1})
    assert outcome.orphans == ["zzz-supplier (organizations)"]
    assert [(row["organization_id"], row["party_role"]) for row in rows(root, "deployment_parties")] == [
        ("zzz-body", "client"), ("zzz-body", "supplier")]
    twice(root, text)


def test_the_last_party_is_not_taken_out(sound):
    problems = refused(sound, corrected(("parties", FIRM, "")))
    assert {(problem.code, problem.file[-11:], problem.line) for problem in problems} == {("no-party", "card-1.yaml", 2)}


@pytest.mark.parametrize("party", [{"organization": "zzz-suplier", "role": "supplier"}, {**FIRM, "role": "suplier"}])
def test_a_party_that_never_was_is_not_taken_out(sound, party):
    assert [problem.code for problem in refused(sound, corrected(("parties", party, "")))] == ["correction-out-of-date"]


def test_what_a_source_supports_changes_and_the_rest_stays(root):
    added(root, card(deployments=[{"id": ID, "sources": [
        {"citation": "zzz-full", "supports": ["status"], "stance": "disputes", "locator": "p. 2"}]}]))
    text = corrected(("sources", {"citation": "zzz-full", "stance": "disputes"}, {"citation": "zzz-full", "supports": ["purposes"]}))
    assert added(root, text).changed == {"deployment_citations": 1}
    there = row(root, "deployment_citations", ID)
    assert (there["citation_id"], there["supports"], there["stance"], there["locator"]) == ("zzz-full", "purposes", "disputes", "p. 2")
    twice(root, text)
    added(root, corrected(("sources", {"citation": "zzz-full", "stance": "disputes"}, {"citation": "zzz-full", "locator": ""})))
    assert row(root, "deployment_citations", ID)["locator"] == ""


def test_a_locator_does_not_move_to_another_page(root):
    edit(root, "statement_themes", "privacy,supports,", "privacy,supports,principle 2")
    added(root, corrected(("themes", {"theme": "privacy"}, {"theme": "privacy", "note": "A note."}, "zzz-statement")))
    assert rows(root, "statement_themes")[0]["locator"] == "principle 2"
    added(root, corrected(("themes", {"theme": "privacy"}, {"theme": "privacy", "citation": "zzz-source"}, "zzz-statement")))
    theme = rows(root, "statement_themes")[0]
    assert (theme["citation_id"], theme["note"], theme["locator"]) == ("zzz-source", "A note.", "")


def test_endorsements_tallies_and_what_a_claim_names_are_corrected(root):
    text = corrected(
        ("endorsements", {"country": "ZZB", "action": "endorsed"}, {"country": "ZZC", "action": "endorsed"}, "zzz-statement"),
        ("tallies", {"action": "endorsed", "total": "3"}, {"action": "endorsed", "total": "4"}, "zzz-statement"),
        ("countries", "ZZA", "ZZB", "zzz-claim"),
        ("records", {"table": "deployments", "record": ID}, {"table": "standards_roles", "record": "zzz-role"}, "zzz-claim"))
    added(root, text)
    assert [(row["country_code"], row["date"], row["citation_id"]) for row in rows(root, "statement_endorsements")] == [
        (code, "2019-03-02", "zzz-full") for code in ("ZZA", "ZZC")]
    assert rows(root, "statement_tallies")[0]["total"] == "4" and rows(root, "claim_countries")[0]["country_code"] == "ZZB"
    assert rows(root, "claim_records")[0]["record_id"] == "zzz-role"
    twice(root, text)


# Several at once

@pytest.mark.parametrize(("one", "other"), [
    (("status", "operational", "suspended"), ("status", "operational", "removed")),
    (("status", "operational", "suspended"), ("status", "operational", "operational ")),
    (("parties", FIRM, {"organization": "zzz-body", "role": "supplier"}), ("parties", FIRM, FIRM | {"organization": "zzz-issuer"})),
    (("sources", SOURCE, {**SOURCE, "locator": "p. 2"}), ("sources", SOURCE, {**SOURCE, "locator": "p. 3"})),
    (("sources", SOURCE, {**SOURCE, "locator": "p. 2"}), ("sources", SOURCE, ""))])
def test_two_corrections_that_contradict_each_other(sound, one, other):
    (problem,) = refused(sound, corrected(one, other))
    assert (problem.code, problem.line) == ("cards-disagree", 3) and "card-1.yaml line 2" in problem.message


def test_two_corrections_that_agree(root):
    text = corrected(("status", "operational", "removed"), ("status", "operational", "removed"), ("ended", "", "2021"),
                     ("sources", SOURCE, {**SOURCE, "locator": "p. 2"}), ("sources", SOURCE, {**SOURCE, "supports": [*SUPPORTS, "ended"]}))
    assert added(root, text, text).changed == {"deployments": 1, "deployment_citations": 1}
    twice(root, text)


@pytest.mark.parametrize(("status", "taken"), [("suspended", True), ("operational", False)])
def test_an_entry_agrees_with_the_correction_of_its_record(root, status, taken):
    text = corrected(("status", "operational", "suspended")) + card(deployments=[{"id": ID, "status": status, "note": "A note."}])
    if taken:
        added(root, text)
        assert (rows(root, "deployments")[0]["status"], rows(root, "deployments")[0]["note"]) == ("suspended", "A note.")
    else:
        (problem,) = refused(root, text)
        assert problem.code == "cards-disagree" and "`suspended` in" in problem.message and "card-1.yaml line 2" in problem.message


def test_what_a_card_adds_it_does_not_correct(sound):
    (problem,) = refused(sound, with_second(), corrected(("status", "unknown", "planned", "zzz-second")))
    assert problem.code == "unknown-record" and "themselves add `zzz-second`" in problem.message


# Withdrawals

def test_a_record_goes_with_all_that_only_it_used(root):
    firm = {"id": "zzz-holding", "name": "Whole Works", "type": "company"}
    added(root, card(organizations=[firm, {"id": "zzz-supplier", "parent": "zzz-holding"}],
                     citations=[{"id": "zzz-only", "title": "On one thing only", "publisher": "Yyy Press", "language": "en",
                                 "url": "https://example.org/only", "type": "news", "access": "excerpt", "accessed": "2021-02-01"}],
                     deployments=[{"id": ID, "sources": [{"citation": "zzz-only", "supports": ["status"]}]}]))
    text = withdrawn(ID, "")
    package = load(root)[0]
    path = root / "card.yaml"
    path.write_text(text)
    found = plan(package, read(package), [path], date(2021, 5, 6))
    assert found.outcome.orphans == [f"{name} ({table})" for name, table in [
        ("zzz-supplier", "organizations"), ("zzz-only", "citations"), ("zzz-holding", "organizations")]]
    gone = found.after["withdrawn"].set_index("record_id")
    assert gone.loc[ID].tolist() == ["deployments", "2021-05-06", "It was recorded twice.", ""]
    assert gone.loc["zzz-holding"].tolist() == ["organizations", "2021-05-06", "No record uses it any more.", ""]
    assert added(root, text).removed == {"organizations": 2, "citations": 1, "deployments": 1, "deployment_countries": 1,
                                         "deployment_parties": 1, "deployment_citations": 2, "claim_records": 1}
    twice(root, text)


def test_others_name_the_successor_of_a_record(root):
    added(root, with_second(part_of=ID))
    added(root, card(deployments=[{"id": "zzz-second", "parties": [FIRM]}], organizations=[{"id": "zzz-other", "parent": "zzz-supplier"}]),
          card(claims=[{"id": "zzz-claim", "organizations": ["zzz-supplier", "zzz-body"]}]))
    text = withdrawn("zzz-supplier", "zzz-body", withdrawn_on="2021-04-01")
    assert added(root, text).orphans == []
    assert [row["organization_id"] for row in rows(root, "deployment_parties")] == ["zzz-body", "zzz-body", "zzz-other"]
    assert [row["organization_id"] for row in rows(root, "claim_organizations")] == ["zzz-body", "zzz-issuer"]
    assert row(root, "organizations", "zzz-other")["parent_organization_id"] == "zzz-body"
    assert row(root, "withdrawn", "zzz-supplier") == {"record_id": "zzz-supplier", "table": "organizations", "replaced_by": "zzz-body",
                                                      "withdrawn_on": "2021-04-01", "reason": "It was recorded twice."}
    twice(root, text)


def test_a_link_that_is_there_twice_after_a_withdrawal_keeps_all_that_is_supported(root):
    added(root, card(deployments=[{"id": ID, "sources": [{"citation": "zzz-full", "supports": ["status"], "locator": "p. 2"}]}]))
    (problem,) = refused(root, withdrawn("zzz-source", "zzz-full"))  # which would be a source of the claim that it makes
    assert (problem.code, problem.record, problem.line) == ("claim-cites-itself", "zzz-claim", 2)
    added(root, withdrawn("zzz-source", "zzz-full"), corrected(("citations", "zzz-source", "", "zzz-claim")))
    (link,) = rows(root, "deployment_citations")
    assert link["supports"] == ROWS["deployment_citations"][0]["supports"] and link["locator"] == "p. 2"


def test_records_and_parts_of_a_deployment_move_to_its_successor(root):
    added(root, with_second(), card(claims=[{"id": "zzz-claim", "records": [{"table": "standards_roles", "record": "zzz-role"}]}]))
    added(root, with_second(id="zzz-third", title="One more", part_of=ID))
    added(root, withdrawn(ID, "zzz-second"))
    assert row(root, "deployments", "zzz-third")["part_of"] == "zzz-second"
    assert {row["record_id"] for row in rows(root, "claim_records")} == {"zzz-second", "zzz-role"}


def test_sources_that_do_not_stand_with_the_successor_are_told(root):
    added(root, with_second())
    said = f"The sources of `{ID}` that do not stand with `zzz-second`: zzz-source. Move them there on the same card if they show it."
    moved = card(deployments=[{"id": "zzz-second", "sources": [{"citation": "zzz-source", "supports": ["country"]}]}])
    for text, told in ((withdrawn(ID, "zzz-second"), [said]), (withdrawn(ID, "zzz-second") + moved, []), (withdrawn(ID), [])):
        (root / "card.yaml").write_text(text)
        package = load(root)[0]
        outcome = plan(package, read(package), [root / "card.yaml"]).outcome
        assert not outcome.problems and [notice.text for notice in outcome.notices] == told


def test_successors_that_are_withdrawn_too(root):
    added(root, with_second())
    text = withdrawn(ID, "zzz-second") + '- {"record": "zzz-second", "reason": "Twice.", "replaced_by": "zzz-third"}\n'
    third = with_second(id="zzz-third")
    added(root, text + third)
    assert rows(root, "claim_records")[0]["record_id"] == "zzz-third"
    twice(root, text + third)


@pytest.mark.parametrize(("record", "named"), [
    ("zzz-issuer", "`zzz-statement` under `issuer`, `zzz-claim` under `organizations`"),
    ("zzz-source", f"`{ID}` under `sources`, `zzz-role` under `sources`, `zzz-claim` under `citations`")])
def test_what_is_still_named_needs_a_successor(sound, record, named):
    (problem,) = refused(sound, withdrawn(record))
    assert (problem.code, problem.line) == ("still-named", 2) and f"still named by {named}." in problem.message


def test_what_no_longer_names_it_may_be_said_in_the_same_call(root):
    added(root, corrected(("made_in", "zzz-full", "zzz-source", "zzz-claim"), ("citations", "zzz-source", "", "zzz-claim"),
                          ("note", "", "A note.", ID)))
    added(root, withdrawn("zzz-issuer"), withdrawn("zzz-statement"), corrected(("organizations", "zzz-issuer", "zzz-body", "zzz-claim")))
    assert not rows(root, "policy_statements") and not rows(root, "statement_endorsements")
    assert validate(root, fast=True).valid


def test_a_claim_goes_with_the_records_it_names(root):
    assert added(root, withdrawn("zzz-claim")).removed["claim_records"] == 1
    assert not rows(root, "claim_records") and validate(root, fast=True).valid


@pytest.mark.parametrize(("text", "code", "column", "says"), [
    (withdrawn("zzz-deploiment"), "unknown-record", "record", "Did you mean `zzz-deployment`?"),
    (withdrawn("ZZA"), "unknown-record", "record", "data/countries.csv"),
    (withdrawn(ID, "zzz-deploiment"), "unknown-record", "replaced_by", "Did you mean `zzz-deployment`?"),
    (withdrawn(ID, ID), "unknown-record", "replaced_by", "cannot replace itself"),
    (withdrawn(ID, "zzz-role"), "unknown-record", "replaced_by", "`zzz-role` is a record of `standards_roles`"),
    (withdrawn(ID, table="citations"), "unknown-record", "table", "is a record of `deployments`"),
    (withdrawn(ID, withdrawn_on="2999-01-01"), "future-date", "withdrawn_on", "lies in the future"),
    (withdrawn(ID, reason=""), "required", "reason", "is empty"),
    (withdrawn(ID, reason="=cmd()"), "formula", "reason", "a spreadsheet would run it"),
    (withdrawn(ID, because="Zzz"), "unknown-key", "because", "is not a key"),
    (withdrawn("zzz-gone"), "card-conflict", "reason", "`A fictional reason.`"),
    (withdrawn(ID) + f'- {{"record": {ID}, "reason": "Other."}}', "cards-disagree", "reason", "`Other.` here"),
    (withdrawn(ID) + card(deployments=[{"id": ID, "note": "A note."}]), "card-id-withdrawn", "deployment_id", "belonged to"),
    (withdrawn(ID) + corrected(("note", "", "A note.")), "unknown-record", "record", "is withdrawn"),
    (withdrawn("zzz-second") + with_second(), "unknown-record", "record", "themselves add `zzz-second`")])
def test_a_withdrawal_that_cannot_be(sound, text, code, column, says):
    (problem,) = refused(sound, text)
    assert (problem.code, problem.column) == (code, column) and says in problem.text
    assert problem.file.endswith("card-1.yaml")


def test_what_a_card_has_an_entry_for_is_not_withdrawn_behind_its_back(sound):
    (problem,) = refused(sound, withdrawn(ID) + card(organizations=[{"id": "zzz-supplier", "name": "Zzz Supplier"}]))
    assert (problem.code, problem.record, problem.line) == ("unused", "zzz-supplier", 4)
    (problem,) = refused(sound, withdrawn(ID) + card(organizations=[{"id": "zzz-supplier"}]))
    assert problem.file == "data/organizations.csv" and problem.message.startswith("`zzz-supplier`: Nothing refers to")


def test_a_reason_is_one_line(root):
    added(root, withdrawn(ID, reason="It was\r\n  recorded\u2028twice."))
    assert row(root, "withdrawn", ID)["reason"] == "It was recorded twice."


def test_the_examples_of_the_page_on_cards(root):
    page = (PROJECT / "docs/cards.md").read_text(encoding="utf-8")
    for text in [block.split("```")[0] for block in page.split("```yaml\n")[1:]]:
        added(root, text)
        twice(root, text)
    assert row(root, "withdrawn", "yyy-unit")["replaced_by"] == "yyy-firm"
