"""`record_quality`: each of its numbers and reasons, on the fictional package, and what must hold for every real record."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from scripts.derive.quality import COLUMNS, LINKED, RATED, add_has_parts, record_quality, same_name
from scripts.derive.settings import load_settings
from scripts.derived import with_derived
from scripts.package import load
from scripts.read import read
from tests.fictional import PROJECT, ROWS, write_package

OFFICIAL, NEWS = {"citation_id": "zzz-source"}, {"citation_id": "zzz-source", "citation_type": "news"}
LINK = {"deployment_id": "zzz-deployment", "stance": "supports", "supports": "country_code"}
STATED = {"ai_basis": "stated"}
SECOND = {"deployment_id": "zzz-part", "part_of": "zzz-deployment"}


def quality(root, example=None, record="zzz-deployment", table="deployments") -> dict:
    package = write_package(root, example, table)
    return record_quality(read(package), load_settings(package.root)[0]).set_index("record_id").loc[record].to_dict()


def two_sources(second: dict, link: dict | None = None) -> dict:
    """The deployment with its own source as news and a second one, their publishers Zzz Press and, if not given, Yyy Times."""
    return {"citations": [NEWS, {"citation_type": "news", "publisher": "Yyy Times", "citation_id": "zzz-second", **second}],
            "deployment_citations": [{**LINK, "citation_id": "zzz-second", **(link or {})}]}


def test_the_columns_are_those_of_the_schema(tmp_path):
    whole, problems = with_derived(load(PROJECT)[0])
    assert problems == [] and set(COLUMNS) == set(whole.tables["record_quality"].columns)
    package = write_package(tmp_path, dict.fromkeys(ROWS))
    assert list(record_quality(read(package), load_settings(PROJECT)[0]).columns) == COLUMNS


@pytest.mark.parametrize(("record", "table"), [
    ("zzz-deployment", "deployments"), ("zzz-role", "standards_roles"), ("zzz-statement", "policy_statements")])
def test_a_row_for_each_record(record, table, tmp_path):
    assert quality(tmp_path, {}, record)["table"] == table


def test_a_source_counts_as_linked_and_as_read(tmp_path):
    row = quality(tmp_path, two_sources({"access": "full_text"}))
    assert (row["sources"], row["sources_read"], row["independent_publishers"], row["share_full_text"]) == (2, 2, 2, 0.5)


@pytest.mark.parametrize(("second", "link", "disputed"), [
    ({"access": "listed"}, {}, False), ({"access": "excerpt"}, {"stance": "disputes"}, True)])
def test_a_source_that_was_only_listed_or_disputes_is_not_read(second, link, disputed, tmp_path):
    row = quality(tmp_path, two_sources(second, link))
    assert (row["sources"], row["sources_read"], row["independent_publishers"], row["disputed"]) == (2, 1, 1, disputed)


@pytest.mark.parametrize(("second", "publishers"), [
    ({}, 2), ({"publisher": "ZZZ  Press"}, 2), ({"publisher": "zzz préss"}, 1), ({"original_publisher": "Zzz Press"}, 1),
    ({"publisher": "Zzz Press", "original_publisher": "Xxx Agency"}, 2)])
def test_one_publisher_counts_once_and_a_repost_by_whose_text_it_is(second, publishers, tmp_path):
    assert quality(tmp_path, two_sources(second))["independent_publishers"] == publishers


def test_a_name_is_compared_without_case_accents_and_surrounding_space():
    assert same_name(" Zürcher ZEITUNG ") == same_name("zurcher Zeitung") != same_name("Zeitung")
    assert same_name("新华社") == "新华社"


@pytest.mark.parametrize(("type_", "official", "primary"), [
    ("official_document", True, True), ("standards_body", True, True), ("company_release", False, True), ("news", False, False)])
def test_official_and_primary_sources(type_, official, primary, tmp_path):
    row = quality(tmp_path, {"citations": [{**OFFICIAL, "citation_type": type_}]})
    assert (row["has_official_source"], row["has_primary_source"]) == (official, primary)


def test_an_official_source_that_was_not_read_is_none(tmp_path):
    assert not quality(tmp_path, {"citations": [{**OFFICIAL, "access": "listed"}]})["has_official_source"]


@pytest.mark.parametrize(("published", "newest"), [
    ("2021", "2021-01-05"), ("2021-01", "2021-01-05"), ("2021-02", "2021-02"), ("", "2021-01-05"), ("2021-01-06", "2021-01-06")])
def test_the_newest_source_by_the_first_possible_day(published, newest, tmp_path):
    assert quality(tmp_path, two_sources({"published": published}))["newest_source"] == newest


def test_without_a_source_there_is_no_share_and_no_date(tmp_path):
    row = quality(tmp_path, {"deployment_citations": None})
    assert row["sources"] == 0 and row["share_full_text"] != row["share_full_text"]
    assert not isinstance(row["newest_source"], str) and "single_weak_source" in row["reasons"]


@pytest.mark.parametrize(("table", "record", "cells", "share"), [
    ("deployments", "zzz-deployment", {}, 1 / 5), ("deployments", "zzz-deployment", {"place": "Zzz", "started": "2019"}, 3 / 5),
    ("deployments", "zzz-deployment", {"channel": "model", "announced": "2019"}, 1 / 3),
    ("deployments", "zzz-deployment", {"channel": "information_operation"}, 0),
    ("standards_roles", "zzz-role", {}, 2 / 4), ("standards_roles", "zzz-role", {"holder": ""}, 1 / 4),
    ("standards_roles", "zzz-role", {"role": "secretariat", "holder": ""}, 1 / 2),
    ("standards_roles", "zzz-role", {"role": "member", "country_code": ""}, 1 / 4),
    ("policy_statements", "zzz-statement", {}, 1), ("policy_statements", "zzz-statement", {"issued": ""}, 1 / 2)])
def test_completeness_by_the_columns_of_its_kind(table, record, cells, share, tmp_path):
    assert quality(tmp_path, cells, record, table)["completeness"] == share


@pytest.mark.parametrize(("themes", "share"), [(None, 1 / 2), ([{**ROWS["statement_themes"][0], "stance": "absent"}], 1)])
def test_a_statement_is_complete_with_a_coded_theme_of_any_stance(themes, share, tmp_path):
    assert quality(tmp_path, {"statement_themes": themes}, "zzz-statement")["completeness"] == share


def test_the_optional_columns_are_columns_or_linked_rows():
    package, settings = load(PROJECT)[0], load_settings(PROJECT)[0]
    assert set(settings.optional_columns) == set(RATED)
    for name, kinds in settings.optional_columns.items():
        linked = {part for part, table in LINKED.items() if package.tables[name].id in package.tables[table].columns}
        assert {column for columns in kinds.values() for column in columns} <= {*package.tables[name].columns, *linked}


@pytest.mark.parametrize(("cells", "reasons"), [
    (STATED, []), ({}, ["ai_not_stated"]), ({"ai_basis": "inferred"}, []),
    ({**STATED, "status": "announced"}, ["not_committed"]), ({**STATED, "status": "offered"}, ["not_committed"]),
    ({**STATED, "status": "agreed"}, []), ({**STATED, "status": "suspended"}, ["suspended"]),
    ({"status": "cancelled"}, ["ai_not_stated", "cancelled"]), ({**STATED, "status": "unknown"}, ["status_unknown"])])
def test_reasons_of_status_and_ai_basis(cells, reasons, tmp_path):
    row = quality(tmp_path, cells)
    assert row["reasons"] == reasons and row["recommended_for_aggregates"] == (not reasons)


@pytest.mark.parametrize(("change", "weak"), [
    ({}, False), ({"citations": [NEWS]}, True), (two_sources({}), False), (two_sources({"publisher": "Zzz Press"}), True),
    (two_sources({"publisher": "Zzz Press", "citation_type": "ngo_report"}), False),
    (two_sources({"citation_type": "ngo_report"}, {"stance": "disputes"}), True),
    (two_sources({"citation_type": "research", "access": "listed"}), True)])
def test_a_single_weak_source(change, weak, tmp_path):
    assert ("single_weak_source" in quality(tmp_path, {**STATED, **change})["reasons"]) is weak


def test_a_role_and_a_statement_can_rest_on_a_single_weak_source(tmp_path):
    assert quality(tmp_path / "a", {"citations": [NEWS]}, "zzz-role")["reasons"] == ["single_weak_source"]
    assert quality(tmp_path / "b", {}, "zzz-role")["reasons"] == []
    assert quality(tmp_path / "c", {}, "zzz-statement")["reasons"] == ["single_weak_source"]


@pytest.mark.parametrize(("part", "reasons"), [
    ({}, ["has_parts"]), ({"status": "announced"}, []), ({"ai_basis": "not_stated"}, []), ({"part_of": ""}, [])])
def test_a_whole_is_left_out_where_a_part_is_counted(part, reasons, tmp_path):
    parts = [{"deployment_id": "zzz-deployment", **STATED}, {**SECOND, **STATED, **part}]
    cited = [{**LINK, "deployment_id": "zzz-part", "citation_id": "zzz-source"}]
    assert quality(tmp_path, {"deployments": parts, "deployment_citations": cited})["reasons"] == reasons


def test_a_part_of_a_part_counts_and_the_project_counts_once():
    reasons = {"zzz-a": set(), "zzz-b": {"cancelled"}, "zzz-c": set(), "zzz-d": {"suspended"}}
    add_has_parts(reasons, {"zzz-a": "", "zzz-b": "zzz-a", "zzz-c": "zzz-b", "zzz-d": "zzz-c"})
    assert reasons == {"zzz-a": {"has_parts"}, "zzz-b": {"cancelled", "has_parts"}, "zzz-c": set(), "zzz-d": {"suspended"}}


def test_a_circle_of_parts_ends():
    reasons = {"zzz-a": set(), "zzz-b": set()}
    add_has_parts(reasons, {"zzz-a": "zzz-b", "zzz-b": "zzz-a"})
    assert reasons == {"zzz-a": {"has_parts"}, "zzz-b": {"has_parts"}}


@pytest.fixture(scope="module")
def real():
    return record_quality(read(load(PROJECT)[0]), load_settings(PROJECT)[0])


def rows(table: str) -> list[dict[str, str]]:
    with (PROJECT / f"data/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_real_record_has_a_row_and_sound_numbers(real):
    ids = {(table, row[id_]) for table, id_ in [("deployments", "deployment_id"), ("standards_roles", "role_id"),
                                                ("policy_statements", "statement_id")] for row in rows(table)}
    assert set(zip(real.table, real.record_id, strict=True)) == ids and real.record_id.is_unique
    assert (real.independent_publishers.between(1, real.sources_read) & (real.sources_read <= real.sources)).all()
    assert real.share_full_text.between(0, 1).all() and real.completeness.between(0, 1).all()
    assert (real.has_official_source <= real.has_primary_source).all()
    assert (real.recommended_for_aggregates == (real.reasons.map(len) == 0)).all()


def test_a_recount_of_the_real_sources_agrees(real):
    citations = {row["citation_id"]: row for row in rows("citations")}
    linked, read_ = defaultdict(set), defaultdict(set)
    for table, id_ in (("deployment_citations", "deployment_id"), ("role_citations", "role_id"), ("statement_citations", "statement_id")):
        for row in rows(table):
            linked[row[id_]].add(row["citation_id"])
            if row["stance"] == "supports" and citations[row["citation_id"]]["access"] != "listed":
                read_[row[id_]].add(row["citation_id"])
    assert dict(zip(real.record_id, real.sources, strict=True)) == {record: len(found) for record, found in linked.items()}
    assert dict(zip(real.record_id, real.sources_read, strict=True)) == {record: len(read_[record]) for record in linked}


def test_each_real_project_with_parts_still_counts_where_a_part_of_it_could(real):
    reasons = dict(zip(real.record_id, real.reasons, strict=True))
    wholes = {row["part_of"] for row in rows("deployments") if row["part_of"]}
    for whole in wholes:
        parts = [reasons[row["deployment_id"]] for row in rows("deployments") if row["part_of"] == whole]
        assert ("has_parts" in reasons[whole]) == any(part in ([], ["has_parts"]) for part in parts)
