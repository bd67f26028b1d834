"""The flat tables and the table of terms: what is joined in, on the fictional package, and a recount of the real data."""

from __future__ import annotations

import json

import pytest

from scripts.derive import flat, terms
from scripts.derive.build import derive
from scripts.derive.settings import load_settings
from scripts.derived import with_derived
from scripts.package import load
from scripts.read import read
from tests.fictional import CITATION, PROJECT, ROWS, write_package
from tests.released import real, released

FLAT = {"deployments_flat": "deployments", "standards_roles_flat": "standards_roles", "policy_statements_flat": "policy_statements"}
SETTINGS, _ = load_settings(PROJECT)
LISTED = {**CITATION, "citation_id": "zzz-listed", "title": "A page of Zzz", "url": "https://example.org/zzz-listed",
          "publisher": "Yyy Press", "citation_type": "news", "access": "listed"}


def first(root, table: str, example: dict | None = None) -> dict[str, str]:
    """The cells of the first row."""
    return released(root, example)[table].iloc[0].to_dict()


def party(organization: str, role: str) -> dict:
    return {"deployment_id": "zzz-deployment", "organization_id": organization, "party_role": role}


def act(country: str, action: str = "endorsed", **cells: str) -> dict:
    return {**ROWS["statement_endorsements"][0], "country_code": country, "action": action, **cells}


# descriptors

@pytest.mark.parametrize(("name", "base"), FLAT.items())
def test_a_flat_table_has_the_columns_of_its_base_first_and_as_described_there(name, base):
    package, _ = load(PROJECT)
    whole, problems = with_derived(package)
    own, others = whole.tables[name], package.tables[base]
    assert problems == [] and own.columns[:len(others.columns)] == others.columns
    for there in others.fields:
        here = own.by_name[there.name]
        assert here.options == {key: part for key, part in there.options.items() if key != "card"}
        assert (here.description, here.terms, here.constraints) == (there.description, there.terms, there.constraints)
    assert not own.is_record and others.is_record  # its rows are no records of their own
    written = json.dumps(own.schema)
    assert '"base"' not in written and '"card"' not in written and own.schema["fields"][0]["name"] == others.id


@pytest.mark.parametrize("base", ["zzz", ["deployments"], "record_quality"])
def test_a_base_that_is_no_recorded_table_is_refused(base, tmp_path):
    package = write_package(tmp_path)
    path = tmp_path / "schemas/derived/deployments_flat.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "base": base}))
    whole, problems = with_derived(package)
    assert whole is None and any("`base`" in problem.text for problem in problems)


def test_a_recorded_table_has_no_base(tmp_path):
    write_package(tmp_path)
    path = tmp_path / "schemas/deployments.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "base": "countries"}))
    package, problems = load(tmp_path)
    assert package is None and any("`base`" in problem.text for problem in problems)


# what is joined in

def test_a_deployment_with_what_other_tables_say_of_it(tmp_path):
    found = first(tmp_path, "deployments_flat", {
        "deployments": [{"deployment_id": "zzz-deployment", "announced": "2018-05", "ended": "2020"}],
        "deployment_parties": [party("zzz-issuer", "client"), party("zzz-issuer", "supplier"), party("zzz-body", "donor"),
                               party("zzz-issuer", "regulator")]})
    assert {name: found[name] for name in (
        "title", "country_name", "region", "further_countries", "part_of_title", "announced_year", "started_year", "ended_year")} == {
        "title": "Camera network of Zzz city", "country_name": "Zzz Land", "region": "Zzz", "further_countries": "ZZC", "part_of_title": "",
        "announced_year": "2018", "started_year": "", "ended_year": "2020"}
    assert (found["supplier_ids"], found["suppliers"]) == ("zzz-issuer;zzz-supplier", "Zzz Ministry;Zzz Supplier")
    assert (found["client_ids"], found["clients"], found["operators"], found["financier_ids"]) == ("zzz-issuer", "Zzz Ministry", "", "")
    assert (found["other_party_ids"], found["other_parties"], found["other_party_roles"]) == (
        "zzz-body;zzz-issuer", "Zzz Standards Body;Zzz Ministry", "donor;regulator")


def test_a_part_shows_the_title_of_the_whole(tmp_path):
    rows = released(tmp_path, {"deployments": [{"deployment_id": "zzz-part", "part_of": "zzz-deployment"}]})["deployments_flat"]
    assert dict(zip(rows.deployment_id, rows.part_of_title, strict=True)) == {
        "zzz-deployment": "", "zzz-part": "Camera network of Zzz city"}


@pytest.mark.parametrize(("name", "base"), FLAT.items())
def test_quality_is_that_of_the_table_of_quality(name, base):
    quality = real()["record_quality"].set_index("record_id")
    rows = real()[name].set_index(real().contents[base].table.id)
    for column in ("disputed", "recommended_for_aggregates", "reasons", "sources"):
        assert rows[column].to_dict() == quality[column].reindex(rows.index).to_dict()
        assert rows[column].nunique() > 1


def test_sources_count_each_once_and_addresses_are_of_those_that_were_read(tmp_path):
    link = {**ROWS["deployment_citations"][0], "supports": "summary"}
    found = first(tmp_path, "deployments_flat", {
        "citations": [LISTED],
        "deployment_citations": [{**link, "citation_id": "zzz-listed"}, {**link, "citation_id": "zzz-full"}]})
    assert (found["sources"], found["citation_ids"]) == ("3", "zzz-full;zzz-listed;zzz-source")
    assert (found["publishers"], found["urls"]) == ("Yyy Press;Zzz Press", "https://example.org/zzz-full;https://example.org/zzz-source")
    assert (found["disputed"], found["disputing_citation_ids"], found["disputing_urls"]) == ("false", "", "")


def test_a_source_that_only_disputes_stands_apart_from_those_that_support(tmp_path):
    link = {**ROWS["deployment_citations"][0], "supports": "summary", "stance": "disputes"}
    found = first(tmp_path, "deployments_flat", {
        "citations": [{**CITATION, "citation_id": "zzz-against", "url": "https://example.org/a;b", "publisher": "Xxx Press"}, LISTED],
        "deployment_citations": [{**link, "citation_id": "zzz-against"}, {**link, "citation_id": "zzz-listed"}]})
    assert (found["sources"], found["citation_ids"], found["publishers"], found["urls"]) == (
        "3", "zzz-source", "Zzz Press", "https://example.org/zzz-source")
    assert (found["disputed"], found["disputing_citation_ids"], found["disputing_urls"]) == (
        "true", "zzz-against;zzz-listed", "https://example.org/a%3Bb")


def test_a_source_for_one_part_and_against_another_is_one_source_and_stands_in_both(tmp_path):
    found = first(tmp_path, "deployments_flat", {
        "deployment_citations": [{**ROWS["deployment_citations"][0], "supports": "summary", "stance": "disputes"}]})
    assert (found["sources"], found["disputed"]) == ("1", "true")
    assert found["citation_ids"] == found["disputing_citation_ids"] == "zzz-source"
    assert found["urls"] == found["disputing_urls"] == "https://example.org/zzz-source"


@pytest.mark.parametrize(("name", "base"), FLAT.items())
def test_every_real_link_stands_under_its_stance_and_no_other(name, base):
    link, rows = real().link_to_sources(base), real()[name]
    for stance, column in (("supports", "citation_ids"), ("disputes", "disputing_citation_ids")):
        links = real()[link.name]
        links = links[links.stance == stance]
        stated = [(id_, one) for id_, some in zip(rows[link.id], rows[column], strict=True) for one in some.split(";") if one]
        assert sorted(stated) == sorted(zip(links[link.id], links.citation_id, strict=True)) and stated


def test_a_role_with_its_names(tmp_path):
    role = {"role_id": "zzz-role", "affiliation_id": "zzz-supplier", "started": "2019-04-05"}
    found = first(tmp_path, "standards_roles_flat", {"standards_roles": [role]})
    names = ("body_name", "affiliation_name", "affiliation_country_code", "country_name", "started_year", "ended_year", "publishers")
    assert [found[name] for name in names] == ["Zzz Standards Body", "Zzz Supplier", "ZZB", "Zzz Land", "2019", "", "Zzz Press"]


def test_a_role_without_country_and_affiliation_has_no_names(tmp_path):
    found = first(tmp_path, "standards_roles_flat", {"standards_roles": [{"role_id": "zzz-role", "country_code": ""}]})
    assert [found[name] for name in ("affiliation_name", "affiliation_country_code", "country_name")] == ["", "", ""]


def test_a_statement_with_issuer_kind_and_themes(tmp_path):
    coded = [{**ROWS["statement_themes"][0], "theme": theme, "stance": stance}
             for theme, stance in (("labour", "absent"), ("children", "supports"), ("security", "opposes"), ("talent", "restricts"))]
    found = first(tmp_path, "policy_statements_flat", {"statement_themes": coded})
    names = ("issuer_name", "country_name", "instrument_kind", "themes_supported", "themes_opposed", "themes_restricted", "themes_absent",
             "issued_year", "binding", "meets_rights_based_rule")
    assert [found[name] for name in names] == [
        "Zzz Ministry", "Zzz Land", "undetermined", "children;privacy", "security", "talent", "labour", "2019", "false", "false"]


def test_whether_the_rights_based_rule_is_met_is_shown_also_for_other_kinds(tmp_path):
    themes = ("human_rights", "democracy")
    coded = [{**ROWS["statement_themes"][0], "theme": theme, "stance": "supports"} for theme in themes]
    found = first(tmp_path, "policy_statements_flat", {
        "countries": [{**ROWS["countries"][0], "country_code": "CHN"}],
        "policy_statements": [{"statement_id": "zzz-statement", "country_code": "CHN"}], "statement_themes": coded,
        "statement_endorsements": None})
    assert (found["instrument_kind"], found["meets_rights_based_rule"]) == ("china_led", "true")


@pytest.mark.parametrize(("cells", "backs"), [
    ({}, True), ({"action": "co_sponsored", "stage": "draft"}, True), ({"basis": "membership"}, False), ({"action": "declined"}, False),
    ({"action": "voted_for", "stage": "draft"}, False)])
def test_backed_by_names_those_who_are_said_to_have_backed_it(cells, backs, tmp_path):
    found = first(tmp_path, "policy_statements_flat", {"statement_endorsements": [act("ZZC", **cells)]})
    assert found["backed_by"] == ("ZZA;ZZB;ZZC" if backs else "ZZA;ZZB")


# semicolons

def test_a_semicolon_in_a_name_or_an_address_never_splits_it(tmp_path):
    found = first(tmp_path, "deployments_flat", {
        "organizations": [{**ROWS["organizations"][0], "name": "Zzz; Sons"}],
        "deployment_parties": [party("zzz-issuer", "supplier")],
        "citations": [{**ROWS["citations"][0], "url": "https://example.org/a;b", "publisher": "Press; Zzz"}]})
    assert found["suppliers"].split(";") == ["Zzz Ministry", "Zzz； Sons"]
    assert found["supplier_ids"].split(";") == ["zzz-issuer", "zzz-supplier"]
    assert (found["urls"], found["publishers"]) == ("https://example.org/a%3Bb", "Press； Zzz")


@pytest.mark.parametrize(("ids", "names"), [(f"{role}_ids", plural) for role, plural in flat.PARTIES.items()]
                         + [("other_party_ids", "other_parties"), ("other_party_ids", "other_party_roles")])
def test_each_id_has_its_name(ids, names):
    organizations = dict(zip(real()["organizations"].organization_id, real()["organizations"].name, strict=True))
    rows, filled = real()["deployments_flat"], 0
    for some, named in zip(rows[ids], rows[names], strict=True):
        filled += bool(some)
        assert len(some.split(";")) == len(named.split(";"))
        assert names == "other_party_roles" or not some or [organizations[one] for one in some.split(";")] == named.split(";")
    assert filled


def test_no_party_is_lost():
    rows, found = real()["deployments_flat"], set()
    for row in rows.to_dict("records"):
        for role in flat.PARTIES:
            found |= {(row["deployment_id"], one, role) for one in row[f"{role}_ids"].split(";") if one}
        found |= {(row["deployment_id"], one, role) for one, role in zip(
            row["other_party_ids"].split(";"), row["other_party_roles"].split(";"), strict=True) if one}
    parties = real()["deployment_parties"]
    assert found == set(zip(parties.deployment_id, parties.organization_id, parties.party_role, strict=True))


@pytest.mark.parametrize(("name", "base"), FLAT.items())
def test_recorded_cells_are_kept_to_the_letter(name, base):
    own, recorded = real()[name], real()[base]
    assert list(own.index) == list(recorded.index)
    assert own[list(recorded.columns)].equals(recorded)


@pytest.mark.parametrize("example", [
    dict.fromkeys(ROWS), {"deployment_parties": None, "deployment_citations": None, "statement_themes": None}])
def test_without_rows_nothing_breaks(example, tmp_path):
    tables = released(tmp_path, example)
    assert all(len(tables[name]) == len(tables[base]) for name, base in FLAT.items())


# terms

def test_each_term_stands_once_and_in_its_place(tmp_path):
    package = write_package(tmp_path)
    whole, _ = with_derived(package)
    rows = terms.vocabulary_terms(derive(read(package), whole, SETTINGS), SETTINGS)
    expected = [(name, term) for name, vocabulary in whole.vocabularies.items() for term in vocabulary.terms]
    assert list(zip(rows.vocabulary, rows.term, strict=True)) == expected
    assert {"channel", "instrument_kind"} <= set(rows.vocabulary)
    channel = rows[rows.vocabulary == "channel"]
    assert list(channel.position) == list(range(1, len(channel) + 1))
    assert channel.iloc[0].definition == whole.vocabularies["channel"].terms["system"].definition


def test_a_term_given_up_says_what_to_use(tmp_path):
    package = write_package(tmp_path)
    path = tmp_path / "schemas/vocabularies.yaml"
    path.write_text(path.read_text().replace("system: {title: System,", "system: {title: System, deprecated: Use zzz.,", 1))
    package, _ = load(tmp_path)
    rows = derive(read(package), with_derived(package)[0], SETTINGS)["vocabulary_terms"]
    assert list(rows[rows.deprecated != ""][["vocabulary", "term", "deprecated"]].itertuples(index=False, name=None)) == [
        ("channel", "system", "Use zzz.")]
