"""Web forms about records that are there: a correction for each of its reasons, a dispute, a further source, a withdrawal."""

from __future__ import annotations

import pytest

from scripts.submission import Answer, as_text
from tests.web import DISAGREE, MISREAD, NO_SOURCE, NOW, OUTDATED, SOURCE, THEN, WHY, Desk

OLD = "channel;country_code;parties;purposes;rights_concern;status;technologies;value_amount"
WITHOUT_STATUS = OLD.replace(";status", "")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return Desk(tmp_path_factory.mktemp("package"))


def rows(found: Answer, table: str, record: str) -> list[tuple[str, ...]]:
    """The rows of a record in a table, as they would be, without its id."""
    assert found.ready, as_text(found)
    frame = found.planned.after[table]
    return [tuple(row[1:]) for row in frame[frame.iloc[:, 0] == record].itertuples(index=False, name=None)]


def sources(found: Answer, record: str = "zzz-deployment") -> set[tuple[str, ...]]:
    """Citation, columns and stance of each source of a deployment, as they would be."""
    return {row[:3] for row in rows(found, "deployment_citations", record)}


# --- corrections


def test_a_correction_of_what_was_misread_leaves_the_sources(desk):
    found = desk.send("correction", {WHY: MISREAD, **NO_SOURCE})
    assert sources(found) == {("zzz-source", OLD, "supports")}
    assert found.planned.after["deployments"].status.tolist() == ["suspended"]


def test_a_correction_of_what_has_changed_takes_the_column_from_the_old_sources(desk):
    assert sources(desk.send("correction")) == {("zzz-source", WITHOUT_STATUS, "supports"), ("zzz-daily-zzz-news", "status", "supports")}


def test_a_correction_by_a_better_source_lets_the_old_ones_dispute(desk):
    assert sources(desk.send("correction", {WHY: DISAGREE})) == {
        ("zzz-source", WITHOUT_STATUS, "supports"), ("zzz-source", "status", "disputes"), ("zzz-daily-zzz-news", "status", "supports")}


def test_a_correction_by_a_source_that_the_record_has(tmp_path):
    desk = Desk(tmp_path, {"deployment_citations": [{"citation_id": "zzz-full", "supports": "channel", "stance": "supports"},
                                                    {"stance": "disputes", "supports": "title", "citation_id": "zzz-source"}]})
    known = NO_SOURCE | {"Source address": "https://example.org/zzz-full"}
    found = desk.send("correction", {WHY: DISAGREE, **known})
    assert sources(found) == {("zzz-source", WITHOUT_STATUS, "supports"), ("zzz-source", "status;title", "disputes"),
                              ("zzz-full", "channel;status", "supports")}


def test_a_source_that_supports_nothing_else_goes_with_its_column(tmp_path):
    desk = Desk(tmp_path, {"deployment_citations": [{"citation_id": "zzz-full", "supports": "status", "stance": "supports"}]})
    assert {row[0] for row in sources(desk.send("correction"))} == {"zzz-source", "zzz-daily-zzz-news"}


@pytest.mark.parametrize(("column", "old", "new", "cell", "value"), [
    ("technologies", "video_surveillance", "Drone; video surveillance", "technologies", "drone;video_surveillance"),
    ("Kind of value", "Loan", "grant", "value_kind", "grant"), ("value", "5", "6", "value_amount", "6"),
    ("country", "Zzz Land", "zzb", "country_code", "ZZB"), ("summary", "The fictional firm Zzz Supplier built a fictional network.", "Zzz.",
                                                            "summary", "Zzz.")])
def test_columns_and_values_by_any_of_their_names(column, old, new, cell, value, desk):
    found = desk.send("correction", {"Columns to correct": column, NOW: old, THEN: new})
    assert found.ready, as_text(found)
    assert found.planned.after["deployments"][cell].tolist() == [value]


def test_a_yes_or_no_and_an_organization(desk):
    asked = {"Record to correct": "zzz-statement", WHY: MISREAD, **NO_SOURCE}
    (entry,) = desk.ready("correction", {**asked, "Columns to correct": "binding", NOW: "No", THEN: "yes"})["corrections"]
    assert (entry["old"], entry["new"]) == ("false", "true")
    card = desk.ready("correction", {**asked, "Columns to correct": "issuer", NOW: "Zzz Ministry", THEN: "Zzz Office; government; zza"})
    assert card["corrections"][0]["new"] == card["organizations"][0]["id"] == "zzz-office"


def test_a_value_that_goes_is_no_longer_supported(tmp_path):
    desk = Desk(tmp_path, {"deployments": [{"deployment_id": "zzz-deployment", "place": "Zzz"}],
                           "deployment_citations": [{"supports": OLD.replace(";purposes", ";place;purposes")}]})
    asked = {"Columns to correct": "place", NOW: "Zzz", THEN: "", **NO_SOURCE}
    for why in (MISREAD, OUTDATED, DISAGREE):
        assert sources(desk.send("correction", {**asked, WHY: why})) == {("zzz-source", OLD, "supports")}
    assert desk.told("correction", {**asked, **SOURCE}) == [("Source address", "A value that goes has no source.")]


def test_lines_of_parties_countries_and_themes(desk):
    parties = {"Columns to correct": "parties", NOW: "Zzz Supplier; supplier",
               THEN: "Zzz Supplier; integrator\nZzz Makers; supplier; company"}
    found = desk.send("correction", parties)
    assert rows(found, "deployment_parties", "zzz-deployment") == [("zzz-supplier", "integrator"), ("zzz-makers", "supplier")]
    assert sources(found) == {("zzz-source", OLD, "supports"), ("zzz-daily-zzz-news", "parties", "supports")}
    found = desk.send("correction", {"Columns to correct": "further countries", NOW: "Xxx Land", THEN: "Yyy Land"})
    assert rows(found, "deployment_countries", "zzz-deployment") == [("ZZB",)]
    found = desk.send("correction", {"Record to correct": "zzz-statement", "Columns to correct": "themes", NOW: "privacy; supports",
                                     THEN: "Privacy; opposes; part 1"})
    assert rows(found, "statement_themes", "zzz-statement") == [("privacy", "opposes", "part 1", "", "zzz-daily-zzz-news")]


@pytest.mark.parametrize(("changes", "heading", "says"), [
    ({NOW: "planned"}, NOW, "is not known as status"), ({NOW: "removed"}, NOW, "operational"),
    ({THEN: "Suspendd"}, THEN, "is not known as status"),
    ({"Record to correct": "zzz-deploymant"}, "Record to correct", "No record"),
    ({"Record to correct": "zzz-gone"}, "Record to correct", "withdrawn"),
    ({"Columns to correct": "state"}, "Columns to correct", "is no column"),
    ({"Columns to correct": "id"}, "Columns to correct", "The id of a record"),
    ({"Columns to correct": "sources"}, "Columns to correct", "is no column"), ({WHY: ""}, WHY, "missing"),
    ({WHY: "Because"}, WHY, "none of"),
    ({"How far you read the source": "Listed"}, "How far you read the source", "not opened"),
    ({"Columns to correct": "parties", NOW: "Zzz Supplier; supplier", THEN: "Zzz Supplier; integrator", WHY: DISAGREE}, WHY, "same list"),
    (NO_SOURCE, "Source address", "needs one"), ({NOW: "", THEN: ""}, THEN, "Neither"), ({THEN: "operational"}, THEN, "the same"),
    ({"Columns to correct": "technologies", NOW: "video surveillance", THEN: "", **NO_SOURCE}, THEN, "empty"),
    ({"Columns to correct": "parties", NOW: "Zzz Supplier", THEN: "", **NO_SOURCE}, NOW, "does not say the role"),
    ({"Record to correct": "zzz-source", "Columns to correct": "title", NOW: "A report of Zzz", THEN: "Zzz"}, "Source address",
     "can be linked"),
    ({"Source language": "xx"}, "Source language", "no language")])
def test_a_correction_that_cannot_be_made(changes, heading, says, desk):
    ((told, message),) = desk.told("correction", changes)
    assert told == heading and says in message


SUM = {"Columns to correct": "value; currency; Kind of value", NOW: "5\nUSD\nLoan", THEN: "7\nCNY\ngrant"}


def test_columns_that_go_together_are_corrected_at_once(desk):
    found = desk.send("correction", SUM)
    assert found.ready, as_text(found)
    row = found.planned.after["deployments"].iloc[0]
    assert (row.value_amount, row.value_currency, row.value_kind) == ("7", "CNY", "grant")
    assert sources(found) == {("zzz-source", OLD.replace(";value_amount", ""), "supports"),
                              ("zzz-daily-zzz-news", "value_amount;value_currency;value_kind", "supports")}
    gone = desk.send("correction", SUM | NO_SOURCE | {THEN: "-\n-\n-"})
    assert sources(gone) == {("zzz-source", OLD.replace(";value_amount", ""), "supports")}


def test_each_column_needs_its_line(desk):
    assert desk.told("correction", SUM | {THEN: "7\nCNY"}) == [(THEN, "There are 3 columns and 2 lines.")]


@pytest.fixture
def dated(tmp_path) -> Desk:
    """A desk with a deployment whose status has a date that its source supports."""
    supports = OLD.replace("status;", "status;status_as_of;")
    return Desk(tmp_path, {"deployments": [{"deployment_id": "zzz-deployment", "status_as_of": "2020-11-11"}],
                           "deployment_citations": [{"supports": supports}]})


def test_a_status_is_corrected_with_its_date(dated):
    (complaint,) = dated.send("correction").complaints
    assert (complaint.message, complaint.hint) == ("The record gives its status as of 2020-11-11.",
                                                   "Correct both: `status; status_as_of`, with a line for each.")
    both = {"Columns to correct": "status; status_as_of", NOW: "operational\n2020-11-11", THEN: "suspended\n2021-01"}
    assert ("zzz-daily-zzz-news", "status;status_as_of", "supports") in sources(dated.send("correction", both))


def test_a_status_that_is_unknown_is_supported_by_nothing(dated):
    both = {"Columns to correct": "status; status_as_of", NOW: "operational\n2020-11-11", THEN: "Unknown\n-", **NO_SOURCE}
    for why in (MISREAD, OUTDATED, DISAGREE):
        assert sources(dated.send("correction", {**both, WHY: why})) == {("zzz-source", WITHOUT_STATUS, "supports")}


def test_a_withdrawn_record_is_told_with_reason_and_successor(tmp_path):
    desk = Desk(tmp_path, {"withdrawn": [{"record_id": "zzz-gone"}, {"record_id": "zzz-old", "replaced_by": "zzz-deployment"}]})
    for record, hint in (("zzz-gone", "Nothing replaced it"), ("zzz-old", "Its facts are in `zzz-deployment`.")):
        (complaint,) = desk.send("correction", {"Record to correct": record}).complaints
        assert complaint.message == f"`{record}` is withdrawn: A fictional reason." and complaint.hint.startswith(hint)


# --- disputes and further sources


def test_a_dispute_keeps_the_record_and_both_sources(desk):
    found = desk.send("dispute")
    assert sources(found) == {("zzz-source", OLD, "supports"), ("zzz-daily-zzz-news", "parties;status", "disputes")}
    assert found.planned.after["deployments"].note.tolist() == ["Zzz Daily says that it never ran."]


def test_a_note_is_added_to_the_one_that_is_there(tmp_path):
    desk = Desk(tmp_path, {"deployments": [{"deployment_id": "zzz-deployment", "note": "First."}]})
    assert desk.send("dispute").planned.after["deployments"].note.tolist() == ["First. Zzz Daily says that it never ran."]


def test_a_further_source_and_further_columns_of_one_that_is_there(desk):
    more = {"What the source does": "Supports", "Columns that it speaks to": "country, status", "Note on the disagreement": ""}
    assert ("zzz-daily-zzz-news", "country_code;status", "supports") in sources(desk.send("dispute", more))
    known = NO_SOURCE | {"Source address": "https://example.org/zzz-source", "Columns that it speaks to": "value\nsummary"}
    assert sources(desk.send("dispute", more | known)) == {("zzz-source", f"{OLD.replace('status;', 'status;summary;')}", "supports")}


@pytest.mark.parametrize(("changes", "heading", "says"), [
    ({"Columns that it speaks to": "state"}, "Columns that it speaks to", "is no column"),
    ({"Columns that it speaks to": ";"}, "Columns that it speaks to", "no column"),
    ({"Columns that it speaks to": "started", "What the source does": "Supports"}, "Columns that it speaks to", "started"),
    ({"Columns that it speaks to": "started"}, "Columns that it speaks to", "disputes `started`, which is empty"),
    ({"How far you read the source": "Listed"}, "How far you read the source", "not opened"),
    ({"Record that the source is about": "zzz-supplier"}, "Record that the source is about", "no record of organizations"),
    ({"What the source does": ""}, "What the source does", "missing"), ({"Source title": ""}, "Source title", ""),
    ({"Source address": "example.org"}, "Source address", "")])
def test_a_dispute_that_cannot_be_taken(changes, heading, says, desk):
    ((told, message),) = desk.told("dispute", changes)
    assert told == heading and says in message


def test_what_the_tables_say_already(desk):
    known = NO_SOURCE | {"Source address": "https://example.org/zzz-source", "Note on the disagreement": ""}
    same = {"What the source does": "Supports", "Columns that it speaks to": "status", **known}
    assert desk.told("dispute", same) == [("Record that the source is about", "The tables say all of this already.")]


def test_an_empty_list_can_be_disputed_by_no_source(tmp_path):
    desk = Desk(tmp_path, {"deployment_parties": [],
                           "deployments": [{"deployment_id": "zzz-deployment", "channel": "information_operation"}],
                           "deployment_citations": [{"supports": OLD.replace("parties;", "")}]})
    ((heading, message),) = desk.told("dispute")
    assert heading == "Columns that it speaks to" and "disputes `parties`, which is empty" in message


# --- withdrawals


def test_a_withdrawal_on_its_day(desk):
    found = desk.send("withdrawal")
    assert rows(found, "withdrawn", "zzz-role") == [("standards_roles", "2021-04-01", "It stands there twice.", "")]
    assert rows(found, "standards_roles", "zzz-role") == [] and "zzz-body (organizations)" in found.planned.outcome.orphans
    assert "zzz-body" in found.comment


def test_a_withdrawal_with_a_record_that_holds_the_facts(desk):
    found = desk.send("withdrawal", {"Record to withdraw": "zzz-supplier", "Record that holds its facts": "zzz-issuer"})
    assert rows(found, "withdrawn", "zzz-supplier") == [("organizations", "2021-04-01", "It stands there twice.", "zzz-issuer")]
    assert rows(found, "deployment_parties", "zzz-deployment") == [("zzz-issuer", "supplier")]


@pytest.mark.parametrize(("changes", "heading", "says"), [
    ({"Record to withdraw": "zzz-gone"}, "Record to withdraw", "is withdrawn"),
    ({"Record to withdraw": "zzz"}, "Record to withdraw", "No record"),
    ({"Record to withdraw": "zzz-supplier"}, "Record to withdraw", "still named"), ({"Reason": ""}, "Reason", "missing"),
    ({"Record that holds its facts": "zzz-nothing"}, "Record that holds its facts", "No record"),
    ({"Record that holds its facts": "zzz-deployment"}, "Record that holds its facts", "a record of"),
    ({"Reason": "=1+1"}, "Reason", "formula")])
def test_a_withdrawal_that_cannot_be_made(changes, heading, says, desk):
    ((told, message),) = desk.told("withdrawal", changes)
    assert told == heading and says in message
