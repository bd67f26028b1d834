"""A page for each organization: what it supplies and where, roles, statements, parents and subsidiaries, claims."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.site import organization_pages
from scripts.site.lists import LONGEST
from tests.places import Element, frame, lines, number, page, pages_of, section, text
from tests.sites import REPOSITORY, URL, fictional_site

CHAIN = {"organizations": [{"organization_id": "zzz-issuer", "parent_organization_id": "zzz-body"},
                           {"organization_id": "zzz-supplier", "parent_organization_id": "zzz-issuer", "name_local": "組織"}]}
RING = {"organizations": [*CHAIN["organizations"], {"organization_id": "zzz-body", "parent_organization_id": "zzz-supplier"}]}


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Callable[[str], Element]:
    """A function that gives the page at a place for the fictional package as it is."""
    root = tmp_path_factory.mktemp("organizations")
    return pages_of(organization_pages, fictional_site(root / "package"), root / "site")


def organization(root: Path, name: str, example: dict) -> Element:
    """The page of an organization of the fictional package with an example changed."""
    return pages_of(organization_pages, fictional_site(root / "package", example), root / "site")(f"organizations/zzz-{name}/")


def anchors(found: Element) -> set[str]:
    return {one.get("id") for one in found.iter("section")}


# --- deployments

def test_a_supplier_says_how_many_deployments_where_and_since_when(tmp_path):
    found = section(organization(tmp_path, "supplier", {"deployments": [{"announced": "2020-05", "started": "2019"}]}), "supplier")
    assert text(found.find("h2")) == "Supplier of 1 deployment"
    assert "1 deployment is recorded with it as supplier, in 1 country or area and of any status" in text(found)
    assert "1 is operational" in text(found)
    assert "is in 2019." in text(found) and [text(one) for one in found.findall(".//td")][:4] == ["Zzz Land", "Operational", "2020", "2019"]


def test_a_supplier_of_undated_deployments_has_no_year(plain):
    assert "None is dated." in text(section(plain("organizations/zzz-supplier/"), "supplier"))


def test_roles_in_deployments_stand_apart(tmp_path):
    second = {"deployment_id": "zzz-deployment", "organization_id": "zzz-supplier", "party_role": "operator"}
    found = organization(tmp_path, "supplier", {"deployment_parties": [second]})
    assert [text(section(found, role).find("h2")) for role in ("supplier", "operator")] == ["Supplier of 1 deployment",
                                                                                           "Operator of 1 deployment"]


def test_several_countries_are_counted_each_with_its_list(tmp_path):
    more = {"deployments": [{"deployment_id": "zzz-more", "country_code": "ZZB", "announced": "2021"}],
            "deployment_parties": [{"deployment_id": "zzz-more"}]}
    found = section(organization(tmp_path, "supplier", more), "supplier").find_class("short")[0]
    assert [text(one) for one in found] == ["Yyy Land: 1, earliest date 2021", "Zzz Land: 1"]
    assert found.findall(".//a")[1].get("href").endswith("deployments/index.html?country_code=ZZB&supplier_ids=zzz-supplier")


def test_two_roles_that_a_list_cannot_tell_apart_lead_to_none(tmp_path):
    rows = [{"deployment_id": "zzz-deployment", "organization_id": "zzz-supplier", "party_role": role} for role in ("bidder", "partner")]
    one = organization(tmp_path / "one", "supplier", {"deployment_parties": rows[:1]})
    two = organization(tmp_path / "two", "supplier", {"deployment_parties": rows})
    assert section(one, "bidder").xpath(".//a[contains(@href, 'other_party_ids=')]")
    assert not section(two, "bidder").xpath(".//a[contains(@href, 'other_party_ids=')]")


# --- roles, statements, claims

def test_a_body_lists_the_roles_held_in_it_and_no_others(plain):
    found = plain("organizations/zzz-body/")
    assert text(section(found, "body").find("h2")) == "1 role held in it" and "affiliation" not in anchors(found)


def test_an_affiliation_lists_the_roles_of_its_people(tmp_path):
    found = organization(tmp_path, "supplier", {"standards_roles": [{"affiliation_id": "zzz-supplier"}]})
    assert lines(section(found, "affiliation"))[0].startswith("Chair") and "body" not in anchors(found)


def test_an_issuer_lists_its_statements_and_the_claims_about_it(plain):
    found = plain("organizations/zzz-issuer/")
    assert lines(section(found, "statements"))[0].startswith("Declaration of Zzz")
    assert lines(section(found, "claims")) == ["Zzz land does what it says."] and "supplier" not in anchors(found)


# --- parents and subsidiaries

def test_the_whole_tree_stands_on_each_page(tmp_path):
    read = pages_of(organization_pages, fictional_site(tmp_path / "package", CHAIN), tmp_path / "site")
    top, bottom = (section(read(f"organizations/zzz-{name}/"), "tree") for name in ("body", "supplier"))
    assert "2 organizations below it" in text(top) and [text(one) for one in top.iter("a")] == ["Zzz Ministry", "Zzz Supplier"]
    assert text(bottom.find("p")) == "Owned by or part of: Zzz Standards Body › Zzz Ministry › Zzz Supplier"


def test_an_organization_alone_has_no_tree(plain):
    assert "tree" not in anchors(plain("organizations/zzz-body/"))


def test_a_ring_of_parents_ends(tmp_path):
    found = section(organization(tmp_path, "supplier", RING), "tree")
    assert [text(one) for one in found.iter("a")] == ["Zzz Standards Body", "Zzz Ministry"]


# --- what every record's page has

def test_a_name_stands_with_its_script_and_machines_are_told_of_it(tmp_path):
    found = organization(tmp_path, "supplier", CHAIN)
    assert text(found.find(".//h1")) == "Zzz Supplier 組織" and found.find(".//h1/bdi") is not None
    assert json.loads(found.find(".//script").text) == {
        "@context": "https://schema.org/", "@type": "Organization", "name": "Zzz Supplier", "identifier": "zzz-supplier",
        "url": f"{URL}organizations/zzz-supplier/", "alternateName": "組織", "parentOrganization": {
            "@type": "Organization", "name": "Zzz Ministry", "identifier": "zzz-issuer", "url": f"{URL}organizations/zzz-issuer/"}}


def test_an_organization_without_a_parent_names_none(plain):
    assert "parentOrganization" not in json.loads(plain("organizations/zzz-body/").find(".//script").text)


def test_a_page_ends_with_fields_history_citation_and_correction(plain):
    found = plain("organizations/zzz-body/")
    assert len(section(found, "fields").findall(".//dt")) == 5
    assert "record zzz-body, in" in text(section(found, "cite")) and URL in text(section(found, "cite"))
    assert section(found, "correct").find(".//a").get("href").startswith(f"{REPOSITORY}/issues/new?")


# --- the real pages, against the tables of their downloads

def test_each_page_counts_and_lists_what_the_tables_hold(site_folder):
    parties = frame(site_folder, "data/deployment_parties")
    expected = parties.groupby(["organization_id", "party_role"]).size().to_dict()
    for part, table, column in (("affiliation", "standards_roles", "affiliation_id"), ("body", "standards_roles", "body_id"),
                                ("statements", "policy_statements", "issuer_id"), ("claims", "claim_organizations", "organization_id")):
        numbers = frame(site_folder, f"data/{table}")[column].value_counts()
        expected |= {(one, part): many for one, many in numbers.items()}
    for one in frame(site_folder, "data/organizations").organization_id:
        found = page(site_folder, f"organizations/{one}/")
        parts = {name: section(found, name) for name in anchors(found) - {"tree", "fields", "history", "cite", "correct"}}
        assert {name: number(text(part.find("h2"))) for name, part in parts.items()} == {
            name: many for (whose, name), many in expected.items() if whose == one}
        assert all(len(lines(part)) == min(expected[one, name], LONGEST) for name, part in parts.items()), one


def test_the_tree_is_as_the_table_has_it(site_folder):
    rows = frame(site_folder, "data/organizations")
    for parent, children in rows[rows.parent_organization_id != ""].groupby("parent_organization_id"):
        tree = section(page(site_folder, f"organizations/{parent}/"), "tree")
        assert sorted(text(one) for one in tree.xpath("./ul/li/a")) == sorted(children.name)
