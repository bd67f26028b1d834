"""What is recorded of each country, as a whole and year by year."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from scripts.derive.content import as_content
from scripts.derive.countries import KINDS, country_profiles, country_years, signs
from scripts.derive.quality import record_quality
from scripts.derive.settings import load_settings
from scripts.derive.standards import role_years, standards_share
from scripts.derive.statements import country_instruments
from scripts.package import load, load_table
from scripts.read import read
from scripts.vocabularies import load_vocabularies
from tests.fictional import PROJECT, write_package

SETTINGS = load_settings(PROJECT)[0]
FICTIONAL = replace(SETTINGS, china="ZZB")  # where the fictional supplier is
REAL = read(load(PROJECT)[0])
CREATED = int(REAL.package.created[:4])
USED = {"deployment_id": "zzz-used", "technologies": "facial_recognition", "ai_basis": "stated", "status": "operational"}
RIGHTS = [{"theme": "human_rights"}, {"theme": "democracy"}]
EMPTY = {name: [] for name in REAL.package.tables}


def tables(root, example: dict | None = None):
    return read(load(write_package(root, example).root)[0])


def with_used(root, *changes: dict, **more):
    """The fictional package with a deployment that `deploys` rests on, changed, in place of its own one."""
    rows = [{**USED, "deployment_id": f"zzz-used-{at}", **change} for at, change in enumerate(changes or [{}])]
    links, parties = [{"deployment_id": row["deployment_id"]} for row in rows], more.pop("deployment_parties", [])
    gone = {"deployment_id": "zzz-deployment", "-": "left out"}
    return tables(root, {"deployments": [*rows, gone], "deployment_citations": [*links, gone],
                         "deployment_parties": [*links, *parties, gone],
                         "deployment_countries": [*links, {**gone, "country_code": "ZZC"}], **more})


def profile(given, code: str) -> dict:
    return next(row for row in country_profiles(given, FICTIONAL).to_dict("records") if row["country_code"] == code)


def panel(given, code: str, column: str) -> dict[int, int]:
    """Year → number, where there is one."""
    rows = country_years(given, FICTIONAL)
    return {row["year"]: row[column] for row in rows[rows.country_code == code].to_dict("records") if row[column]}


def endorsements(*changes: dict) -> list[dict]:
    """Acts of Zzz Land in place of the fictional ones."""
    gone = [{"statement_id": "zzz-statement", "country_code": code, "action": "endorsed", "stage": "adopted", "-": "left out"}
            for code in ("ZZA", "ZZB")]
    acts = [{"country_code": "ZZC", "stage": "adopted", "basis": "named", "date": "", **change} for change in changes]
    return [*gone[1:], *acts, gone[0]]


def test_a_deployment_counts_for_its_country_and_each_further_one(tmp_path):
    given = tables(tmp_path)
    for code in ("ZZA", "ZZC"):
        found = profile(given, code)
        assert (found["deployments"], found["channel_system"], found["channel_model"], found["status_operational"]) == (1, 1, 0, 1)
        assert found["suppliers"] == ["zzz-supplier"] and found["deployments_surveillance"] == 1 and found["deployments_ai_stated"] == 0
        assert found["deployments_undated"] == 1 and found["first_year"] is None is found["last_year"]
    assert profile(given, "ZZB")["deployments"] == 0 and profile(given, "ZZB")["suppliers"] == []


def test_only_suppliers_are_listed(tmp_path):
    given = tables(tmp_path, {"deployment_parties": [{"organization_id": "zzz-issuer", "party_role": "client"}]})
    assert profile(given, "ZZA")["suppliers"] == ["zzz-supplier"]


def test_years_are_those_of_the_first_date_of_each_deployment(tmp_path):
    given = with_used(tmp_path, {"announced": "2016-05", "started": "2018"}, {"started": "2014-03-01"}, {"announced": "2017"}, {})
    found = profile(given, "ZZA")
    assert (found["first_year"], found["last_year"], found["deployments_undated"]) == (2014, 2017, 1)
    assert panel(given, "ZZA", "deployments_first_dated") == {2014: 1, 2016: 1, 2017: 1}


@pytest.mark.parametrize(("change", "deploys"), [
    ({}, "yes"), ({"status": "removed"}, "yes"), ({"status": "defunct"}, "yes"), ({"status": "completed"}, "not_recorded"),
    ({"technologies": "cloud;video_surveillance"}, "yes"),
    ({"technologies": "command_centre"}, "not_recorded"), ({"ai_basis": "inferred"}, "not_recorded"),
    ({"ai_basis": "not_stated"}, "not_recorded"), ({"status": "agreed"}, "not_recorded"), ({"status": "offered"}, "not_recorded"),
    ({"status": "unknown"}, "not_recorded")])
def test_deploys_rests_on_surveillance_with_ai_that_was_put_to_use(change, deploys, tmp_path):
    found = profile(with_used(tmp_path, change), "ZZA")
    assert found["deploys"] == deploys and found["deployments_surveillance_ai"] == (deploys == "yes")


def test_deploys_does_not_rest_on_a_record_that_is_not_recommended(tmp_path):
    found = profile(with_used(tmp_path, citations=[{"citation_id": "zzz-source", "citation_type": "news"}]), "ZZA")
    assert found["deploys"] == "not_recorded" and found["deployments_recommended"] == 0 and found["deployments_ai_stated"] == 1


@pytest.mark.parametrize(("country", "parent", "role", "deploys"), [
    ("ZZB", "", "supplier", "yes"), ("ZZB", "", "integrator", "yes"), ("ZZC", "zzz-middle", "supplier", "yes"),
    ("ZZB", "", "bidder", "not_recorded"), ("ZZC", "", "supplier", "not_recorded"), ("", "", "supplier", "not_recorded")])
def test_deploys_rests_on_technology_of_china(country, parent, role, deploys, tmp_path):
    firms = [{"organization_id": "zzz-supplier", "country_code": country, "parent_organization_id": parent},
             {"organization_id": "zzz-middle", "country_code": "ZZC", "parent_organization_id": "zzz-top"},
             {"organization_id": "zzz-top", "country_code": "ZZB"}]
    own = [{"deployment_id": "zzz-used-0", "party_role": "supplier", "-": "left out"}, {"deployment_id": "zzz-used-0", "party_role": role}]
    found = profile(with_used(tmp_path, organizations=firms, deployment_parties=own), "ZZA")
    assert found["deploys"] == deploys and found["deployments_recommended"] == found["deployments_ai_stated"] == 1


@pytest.mark.parametrize(("party", "type_", "count"), [
    ("client", "government", 1), ("operator", "government", 1), ("partner", "government", 0), ("client", "company", 0)])
def test_an_authority_counts_in_its_own_country_alone(party, type_, count, tmp_path):
    user = [{"deployment_id": "zzz-used-0", "organization_id": "zzz-issuer", "party_role": party}]
    given = with_used(tmp_path, organizations=[{"organization_id": "zzz-issuer", "organization_type": type_}], deployment_parties=user)
    assert [profile(given, code)["deployments_surveillance_ai_by_authority"] for code in ("ZZA", "ZZC")] == [count, 0]
    assert [profile(given, code)["deployments_surveillance_ai"] for code in ("ZZA", "ZZC")] == [1, 1]


@pytest.mark.parametrize(("supports", "stance", "count"), [
    ("purposes;technologies", "disputes", 1), ("status", "disputes", 1), ("ai_basis", "disputes", 1), ("country_code", "disputes", 1),
    ("parties;purposes", "disputes", 1), ("purposes", "disputes", 0), ("status", "supports", 0)])
def test_a_use_is_disputed_where_a_source_disputes_what_is_used_whether_or_where(supports, stance, count, tmp_path):
    given = with_used(tmp_path)
    links = given.contents["deployment_citations"]
    more = pd.concat([links.rows, links.rows.iloc[:1].assign(supports=supports, stance=stance)], ignore_index=True)
    given.contents["deployment_citations"] = links.with_rows(more)
    assert profile(given, "ZZA")["deployments_surveillance_ai_disputed"] == count


def test_a_refusal_is_told_from_a_known_absence(tmp_path):
    given = tables(tmp_path, {"statement_themes": RIGHTS, "statement_tallies": [{"total": "2"}]})
    assert (profile(given, "ZZC")["rights_based_no"], profile(given, "ZZC")["rights_based_refused"]) == (1, 0)
    given = tables(tmp_path / "refused", {"statement_themes": RIGHTS, "statement_tallies": None,
                                          "statement_endorsements": endorsements({"action": "declined"})})
    assert (profile(given, "ZZC")["rights_based_no"], profile(given, "ZZC")["rights_based_refused"]) == (1, 1)
    assert profile(given, "ZZA")["rights_based_refused"] == 0 == profile(given, "ZZC")["china_led_refused"]


@pytest.mark.parametrize(("answers", "word"), [
    ([], "unknown"), (["no"], "no"), (["no", "no"], "no"), (["no", "unknown"], "unknown"), (["unknown"], "unknown"),
    (["no", "unknown", "yes"], "yes")])
def test_signs_keeps_unknown_apart_from_no(answers, word):
    assert signs(answers) == word


def test_signs_is_about_rights_based_instruments_alone(tmp_path):
    assert profile(tables(tmp_path), "ZZB")["signs"] == "unknown"
    given = tables(tmp_path / "rights", {"statement_themes": RIGHTS})
    assert profile(given, "ZZB")["signs"] == "yes" and profile(given, "ZZB")["rights_based_yes"] == 1
    assert profile(given, "ZZC")["signs"] == "unknown" and profile(given, "ZZC")["rights_based_unknown"] == 1
    given = tables(tmp_path / "complete", {"statement_themes": RIGHTS, "statement_tallies": [{"total": "2"}]})
    assert profile(given, "ZZC")["signs"] == "no" and profile(given, "ZZC")["rights_based_no"] == 1


def test_roles_count_by_the_roles_country_then_by_affiliation(tmp_path):
    given = tables(tmp_path, {"standards_roles": [{"role_id": "zzz-b", "country_code": "", "affiliation_id": "zzz-supplier"},
                                                  {"role_id": "zzz-c", "country_code": "ZZC", "affiliation_id": "zzz-supplier"}]})
    assert [profile(given, code)["roles"] for code in ("ZZA", "ZZB", "ZZC")] == [1, 1, 1]


def test_the_panel_tells_a_start_from_an_announcement(tmp_path):
    given = with_used(tmp_path, {"announced": "2015", "started": "2018"}, {"announced": "2016"}, {},
                      {"status": "announced", "started": "2017"})
    assert panel(given, "ZZA", "surveillance_ai_projects_started") == {2018: 1}
    assert panel(given, "ZZA", "surveillance_ai_announced") == {2016: 1}
    assert panel(given, "ZZA", "surveillance_ai_to_date") == dict.fromkeys(range(2018, CREATED + 1), 1)
    assert profile(given, "ZZA")["deployments_surveillance_ai_undated"] == 1 and profile(given, "ZZA")["deployments_surveillance_ai"] == 3


@pytest.mark.parametrize(("act", "year"), [
    ({"action": "endorsed", "date": "2021-05"}, 2021), ({"action": "joined", "date": "2022"}, 2022), ({"action": "issued"}, 2019),
    ({"action": "voted_for"}, 2019), ({"action": "co_sponsored", "stage": "draft"}, 2019), ({"action": "endorsed"}, None),
    ({"action": "signed"}, None), ({"action": "joined"}, None), ({"action": "ratified"}, None), ({"action": "adhered"}, None)])
def test_an_act_without_a_date_has_the_year_of_issue_only_where_it_cannot_be_later(act, year, tmp_path):
    given = tables(tmp_path, {"statement_themes": RIGHTS, "statement_tallies": None, "statement_endorsements": endorsements(act)})
    assert panel(given, "ZZC", "rights_based_backed") == ({year: 1} if year else {})
    found = profile(given, "ZZC")
    assert (found["rights_based_yes"], found["rights_based_undated"], found["signs"]) == (1, 0 if year else 1, "yes")


def test_a_refusal_is_not_in_the_panel(tmp_path):
    given = tables(tmp_path, {"statement_themes": RIGHTS, "statement_tallies": None,
                              "statement_endorsements": endorsements({"action": "abstained", "date": "2019"})})
    assert panel(given, "ZZC", "rights_based_backed") == {} and profile(given, "ZZC")["rights_based_no"] == 1


def test_the_panel_has_every_country_in_every_year(tmp_path):
    rows = country_years(with_used(tmp_path, {"started": "2011-02"}), SETTINGS)
    assert [*zip(rows.country_code, rows.year, strict=True)] == [(code, year) for code in ("ZZA", "ZZB", "ZZC")
                                                                   for year in range(2011, CREATED + 1)]


def test_nothing_recorded_gives_no_rows(tmp_path):
    given = tables(tmp_path, EMPTY)
    assert country_profiles(given, SETTINGS).empty and country_years(given, SETTINGS).empty


@pytest.mark.parametrize(("name", "function"), [("country_profiles", country_profiles), ("country_years", country_years),
                                                ("role_years", role_years), ("standards_share", standards_share)])
@pytest.mark.parametrize("example", [{}, EMPTY])
def test_the_columns_are_those_of_the_schema(name, function, example, tmp_path):
    vocabularies = {**REAL.package.vocabularies, **load_vocabularies(PROJECT, "schemas/derived/vocabularies.yaml")[0]}
    resource = {"name": name, "path": f"derived/{name}.csv", "schema": f"schemas/derived/{name}.json"}
    table, problems = load_table(PROJECT, resource, 1, vocabularies)
    assert not problems
    rows = as_content(function(tables(tmp_path, example), SETTINGS), table).rows
    for field in table.fields:
        cells = rows[field.name]
        assert not (field.required and (cells == "").any()) and (not field.terms or set(cells) <= set(field.terms)), field.name


def test_every_real_country_of_a_record_has_a_profile():
    codes = set(country_profiles(REAL, SETTINGS).country_code)
    for name in ("deployments", "deployment_countries", "statement_endorsements", "standards_roles", "claim_countries"):
        assert set(REAL[name].country_code) - {""} <= codes, name
    assert codes == set(country_instruments(REAL, SETTINGS).country_code)


def test_the_real_profiles_recounted():
    rows = {row["country_code"]: row for row in country_profiles(REAL, SETTINGS).to_dict("records")}
    both = Counter(REAL["deployments"].country_code) + Counter(REAL["deployment_countries"].country_code)
    assert {code: row["deployments"] for code, row in rows.items() if row["deployments"]} == dict(both)
    for row in rows.values():
        for part in ("channel", "status"):
            assert sum(count for column, count in row.items() if column.startswith(f"{part}_")) == row["deployments"]
        assert max(row[f"deployments_surveillance_ai_{of}"] for of in ("by_authority", "disputed")) <= row["deployments_surveillance_ai"]
        assert all(row[f"{kind}_refused"] <= row[f"{kind}_no"] for kind in KINDS)
        assert row["deployments_surveillance_ai"] <= min(row[f"deployments_{of}"] for of in ("recommended", "surveillance", "ai_stated"))
        assert (row["deploys"] == "yes") == (row["deployments_surveillance_ai"] > 0)
        assert (row["signs"] == "yes") == (row["rights_based_yes"] > 0)
    assert sum(row["roles"] for row in rows.values()) <= len(REAL["standards_roles"])
    named = REAL["standards_roles"].country_code
    assert sum(row["roles"] for row in rows.values()) >= (named != "").sum()


def test_the_real_headline_recounted_from_the_rows():
    quality, found = record_quality(REAL, SETTINGS).set_index("record_id"), set()
    firms, parties = REAL["organizations"].set_index("organization_id"), REAL["deployment_parties"]

    def chinese(firm: str) -> bool:
        return bool(firm) and (firms.country_code[firm] == "CHN" or chinese(firms.parent_organization_id[firm]))

    tied = {row.deployment_id for row in parties.itertuples() if row.party_role in ("supplier", "integrator")
            and chinese(row.organization_id)}
    for row in REAL["deployments"].to_dict("records"):
        if (row["ai_basis"] == "stated" and not SETTINGS.surveillance_technologies.isdisjoint(row["technologies"].split(";"))
                and row["status"] in SETTINGS.put_to_use and row["deployment_id"] in tied
                and quality.reasons[row["deployment_id"]] in ([], ["has_parts"])):
            further = REAL["deployment_countries"]
            found |= {row["country_code"], *further.country_code[further.deployment_id == row["deployment_id"]]}
    profiles = country_profiles(REAL, SETTINGS)
    assert set(profiles.country_code[profiles.deploys == "yes"]) == found


def test_the_real_panel_and_what_is_undated_make_the_profiles():
    years, profiles = country_years(REAL, SETTINGS), country_profiles(REAL, SETTINGS).set_index("country_code")
    sums = years.drop(columns="year").groupby("country_code").sum()
    assert len(years) == len(profiles) * years.year.nunique() and years.year.max() == CREATED
    assert (sums.deployments_first_dated + profiles.deployments_undated == profiles.deployments).all()
    assert (sums.surveillance_ai_projects_started + sums.surveillance_ai_announced + profiles.deployments_surveillance_ai_undated
            == profiles.deployments_surveillance_ai).all()
    for kind in KINDS:
        assert (sums[f"{kind}_backed"] + profiles[f"{kind}_undated"] == profiles[f"{kind}_yes"]).all()
    last = years[years.year == CREATED].set_index("country_code")
    assert (last.deployments_to_date == sums.deployments_first_dated).all()
    assert (last.rights_based_to_date == sums.rights_based_backed).all()


def test_a_whole_that_is_left_out_only_for_its_parts_shows_that_the_country_deploys(tmp_path):
    whole = {"deployment_id": "zzz-deployment", "technologies": "facial_recognition", "ai_basis": "stated"}
    part = {"deployment_id": "zzz-part", "part_of": "zzz-deployment", "technologies": "video_surveillance", "ai_basis": "enabling"}
    tables = read(write_package(tmp_path, {"deployments": [whole, part], "deployment_citations": [{"deployment_id": "zzz-part"}]}))
    settings = replace(load_settings(tmp_path)[0], china="ZZB")
    quality = record_quality(tables, settings).set_index("record_id")
    assert quality.loc["zzz-deployment", "reasons"] == ["has_parts"]
    profile = country_profiles(tables, settings).set_index("country_code").loc["ZZA"]
    assert (profile.deploys, profile.deployments_surveillance_ai, profile.deployments_recommended) == ("yes", 1, 1)
