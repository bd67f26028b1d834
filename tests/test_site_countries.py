"""The list of countries and a page for each: every number has its records, and unknown is never no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from scripts.site import country_pages
from scripts.site.content import Site
from scripts.site.lists import LONGEST
from scripts.tables import Tables, empty
from tests.places import Element, frame, lines, number, page, pages_of, section, text
from tests.sites import fictional_site

RIGHTS_BASED = {"statement_themes": [{"theme": "human_rights"}, {"theme": "democracy"}]}
COMPLETE = {"statement_tallies": [{"statement_id": "zzz-statement", "action": "endorsed", "stage": "adopted", "total": "2"}]}
DECLINED = {"statement_endorsements": [{"statement_id": "zzz-statement", "country_code": "ZZC", "action": "declined"}]}
NO_ACTS = {"statement_endorsements": [], "statement_tallies": []}
STATEMENT = "Declaration of Zzz"


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> Callable[[str], Element]:
    """A function that gives the page at a place for the fictional package as it is."""
    root = tmp_path_factory.mktemp("countries")
    return pages_of(country_pages, fictional_site(root / "package"), root / "site")


def country(root: Path, code: str, example: dict) -> Element:
    """The page of a country of the fictional package with an example changed."""
    return pages_of(country_pages, fictional_site(root / "package", example), root / "site")(f"countries/{code}/")


def overview(site: Site, root: Path) -> Element:
    return pages_of(country_pages, site, root / "site")("countries/")


def without_profiles(site: Site) -> Site:
    """The site as if no profile were worked out."""
    table = site.package.tables["country_profiles"]
    return replace(site, tables=Tables(site.package, {**site.tables.contents, table.name: empty(table)}))


# --- which countries have a page

def test_each_country_that_occurs_has_a_page_and_no_other(tmp_path):
    site = fictional_site(tmp_path, {"countries": [{"country_code": "ZZD", "name": "Www Land"}]})
    assert [one.place for one in country_pages.pages(site)] == ["countries/", "countries/ZZA/", "countries/ZZB/", "countries/ZZC/"]


def test_the_list_goes_by_region_and_name_with_those_without_a_region_last(plain):
    assert lines(plain("countries/")) == ["Zzz Land", "Xxx Land", "Yyy Land"]


def test_the_list_counts_deployments_texts_backed_roles_and_organizations(plain):
    row = section(plain("countries/"), "ZZA")
    assert [text(cell) for cell in row.findall("td")] == ["ZZA", "Not recorded", "Unknown", "1", "1", "1", "1"]


def test_a_country_without_a_profile_is_listed_and_has_a_page_that_says_so(tmp_path):
    read = pages_of(country_pages, without_profiles(fictional_site(tmp_path / "package")), tmp_path / "site")
    assert "no profile" in text(section(read("countries/"), "ZZA"))
    assert "no profile is worked out" in text(read("countries/ZZA/")) and lines(section(read("countries/ZZA/"), "deployments"))


def test_a_package_without_records_is_told_in_words(tmp_path):
    site = fictional_site(tmp_path / "package")
    nothing = Tables(site.package, {content.table.name: empty(content.table) for content in site.tables})
    assert "No country occurs in the dataset." in text(overview(replace(site, tables=nothing), tmp_path))


# --- the head

def test_every_answer_has_words(tmp_path):
    vocabularies = fictional_site(tmp_path).package.vocabularies
    assert set(country_pages.DEPLOYS) == set(vocabularies["deploys"].terms)
    assert set(country_pages.SIGNS) == set(vocabularies["answer"].terms)


def test_an_answer_without_words_is_said_by_its_title(tmp_path, monkeypatch):
    monkeypatch.setattr(country_pages, "SIGNS", {})
    site = fictional_site(tmp_path)
    sentence = country_pages.standing(site, "ZZA", country_pages.profile(site, "ZZA")).sentence
    assert sentence.endswith("; Signs: Yes.") or sentence.endswith("; Signs: Unknown."), sentence


def test_the_head_says_what_is_recorded_and_what_is_unknown(plain):
    found = text(plain("countries/ZZC/").find_class("lead")[0])
    assert found == ("No surveillance technology with AI and a supplier or integrator from China is recorded there as in regular use, "
                     "which does not say that there is none; whether it backed any rights-based text is not known.")


def test_missing_from_a_complete_list_is_no(tmp_path):
    found = country(tmp_path, "ZZC", {**RIGHTS_BASED, **COMPLETE})
    assert "it is known to have backed none of the rights-based texts" in text(found.find_class("lead")[0])


@pytest.mark.parametrize(("example", "number"), [(RIGHTS_BASED, "1"), ({}, "0")], ids=["with such a text", "without"])
def test_the_numbers_of_the_head_lead_to_a_part_of_the_page(example, number, tmp_path):
    found = country(tmp_path, "ZZA", example)
    links = {text(one): one.find("strong/a") for one in found.xpath("//ul[@class='numbers']/li")}
    assert links["1 Deployments"].get("href").endswith("#deployments") and (links[f"{number} Rights-based: Yes"] is None) == (number == "0")
    assert all(found.get_element_by_id(link.get("href").partition("#")[2]) is not None for link in links.values() if link is not None)



# --- deployments

def test_a_deployment_stands_under_its_status_with_what_weakens_it(plain):
    found = section(plain("countries/ZZA/"), "deployments")
    assert [text(one) for one in found.find_class("group")] == ["Operational (1)"]
    assert lines(found) == ["Camera network of Zzz city one publisher"]


def test_a_disputed_deployment_is_marked_in_words(tmp_path):
    dispute = {"citation_id": "zzz-full", "deployment_id": "zzz-deployment", "stance": "disputes", "supports": "status"}
    assert "disputed" in lines(section(country(tmp_path, "ZZA", {"deployment_citations": [dispute]}), "deployments"))[0]


def test_a_deployment_that_the_headline_rests_on_is_marked(tmp_path):
    used = {"deployment_id": "zzz-deployment", "technologies": "facial_recognition", "ai_basis": "stated", "status": "operational"}
    site = fictional_site(tmp_path / "package", {"deployments": [used], "organizations": [{"country_code": "ZZB"}]})
    found = pages_of(country_pages, replace(site, settings=replace(site.settings, china="ZZB")), tmp_path / "site")("countries/ZZA/")
    assert "“deploys” rests on it" in lines(section(found, "deployments"))[0]


def test_a_further_country_is_told_where_the_deployment_is_run_from(plain):
    assert lines(section(plain("countries/ZZC/"), "deployments")) == ["Camera network of Zzz city recorded under Zzz Land one publisher"]


def test_a_country_without_deployments_is_not_said_to_have_none(plain):
    assert text(section(plain("countries/ZZB/"), "deployments")).endswith("That does not say that there is none.")


def test_a_long_list_is_cut_and_leads_to_the_whole(tmp_path):
    found = section(country(tmp_path, "ZZA", {"deployments": [{"deployment_id": f"zzz-{one}"} for one in range(LONGEST)]}), "deployments")
    assert len(lines(found)) == LONGEST and f"Shown: {LONGEST} of {LONGEST + 1}" in text(found)
    assert found.xpath(".//a[contains(@href, 'deployments/index.html?country_code=ZZA')]")


# --- texts

def test_acts_of_refusal_stand_apart(tmp_path):
    found = country(tmp_path, "ZZC", DECLINED)
    assert text(section(found, "backed")).endswith("(0)") and text(section(found, "refused")).endswith("(1)")


def test_acts_of_support_stand_apart(plain):
    found = plain("countries/ZZB/")
    assert text(section(found, "backed")).endswith("(1)") and text(section(found, "refused")).endswith("(0)")


@pytest.mark.parametrize(("code", "example", "numbers"), [
    ("ZZB", {}, ["1", "0", "0", "0"]), ("ZZC", {}, ["0", "0", "0", "1"]), ("ZZC", COMPLETE, ["0", "0", "1", "0"]),
    ("ZZC", DECLINED, ["0", "1", "0", "0"])], ids=["backed", "unknown", "not on a complete list", "refused"])
def test_an_answer_counts_as_what_it_is(code, example, numbers, tmp_path):
    rows = section(country(tmp_path, code, example), "texts").xpath(".//table[1]/tbody/tr[td]")
    assert [text(cell) for cell in rows[0].findall("td")] == numbers


def test_an_unknown_answer_shows_the_list_that_leaves_it_open(plain):
    found = section(plain("countries/ZZC/"), "unknown")
    assert "1 list of those who backed a text" in text(found)
    row = found.xpath(".//details[1]//tbody/tr")[0]
    assert [text(cell) for cell in row] == [STATEMENT, "Endorsed", "Adopted", "2", "3", "1"]


def test_a_complete_list_leaves_nothing_open(tmp_path):
    assert "No incomplete list" in text(section(country(tmp_path, "ZZC", COMPLETE), "unknown"))


def test_no_texts_are_told_in_words(tmp_path):
    assert "No text is recorded" in text(section(country(tmp_path, "ZZB", NO_ACTS), "texts"))


# --- roles, statements, organizations

def test_a_role_of_its_own_is_no_role_by_affiliation(plain):
    found = text(section(plain("countries/ZZA/"), "roles"))
    assert "The holder's own country (1)" in found and "By affiliation" not in found


def test_a_role_without_a_country_is_said_to_be_by_affiliation(tmp_path):
    found = text(section(country(tmp_path, "ZZB", {"standards_roles": [{"country_code": "", "affiliation_id": "zzz-supplier"}]}), "roles"))
    assert "By affiliation only (1)" in found and "own country (" not in found


def test_a_role_of_another_country_does_not_count(tmp_path):
    found = country(tmp_path, "ZZB", {"standards_roles": [{"affiliation_id": "zzz-supplier"}]})
    assert "Holders of another country with an affiliation here (1)" in text(section(found, "roles"))
    assert "0 Roles" in [text(one) for one in found.xpath("//ul[@class='numbers']/li")]


def test_statements_and_organizations_of_a_country_stand_on_its_page(plain):
    found = plain("countries/ZZA/")
    assert lines(section(found, "statements"))[0].startswith(STATEMENT)
    assert "Government (1) Zzz Ministry" in text(section(found, "organizations"))


# --- what is not known

def heading(found: Element, words: str) -> int:
    """The number in the heading with these words."""
    [one] = [one for one in section(found, "unknown").iter("h3") if words in text(one)]
    return number(text(one))


def test_records_of_one_publisher_and_without_a_date_are_counted(plain):
    found = plain("countries/ZZA/")  # one deployment, role and statement; only the statement is dated
    assert heading(found, "one publisher") == 3 and heading(found, "without a date") == 2 and heading(found, "disputes") == 0


def test_a_second_publisher_and_a_date_leave_the_lists(tmp_path):
    second = {"citation_id": "zzz-full", "deployment_id": "zzz-deployment", "supports": "status"}
    found = country(tmp_path, "ZZA", {"deployments": [{"announced": "2020"}], "deployment_citations": [second],
                                      "citations": [{"citation_id": "zzz-full", "publisher": "Yyy Press"}]})
    assert heading(found, "one publisher") == 2 and heading(found, "without a date") == 1


def test_claims_that_mention_a_country_stand_on_its_page(plain):
    assert heading(plain("countries/ZZA/"), "Claims") == 1 and heading(plain("countries/ZZB/"), "Claims") == 0


# --- the real pages, against the tables of their downloads

def by_country(rows: pd.DataFrame) -> dict[str, int]:
    """How many rows each country has."""
    return rows.groupby("country_code").size().to_dict()


def places(folder: Path) -> pd.DataFrame:
    """Each deployment with each of its countries."""
    return pd.concat([frame(folder, "data/deployments"), frame(folder, "data/deployment_countries")])[["deployment_id", "country_code"]]


def test_the_list_counts_what_the_tables_hold(site_folder):
    answers, roles = frame(site_folder, "derived/country_instruments"), frame(site_folder, "flat/standards_roles")
    own = roles.country_code.where(roles.country_code != "", roles.affiliation_country_code)
    expected = [by_country(places(site_folder)), by_country(answers[answers.answer == "yes"]), own.value_counts().to_dict(),
                by_country(frame(site_folder, "data/organizations"))]
    rows = page(site_folder, "countries/").xpath("//tbody/tr[@id]")
    assert len(rows) == len(list(site_folder.glob("countries/*/index.html")))
    for row in rows:
        assert [number(text(cell)) for cell in row.findall("td")[3:]] == [one.get(row.get("id"), 0) for one in expected], row.get("id")


def test_each_page_lists_as_many_deployments_and_acts_as_the_tables_hold(site_folder):
    deployments, acts = by_country(places(site_folder)), by_country(frame(site_folder, "data/statement_endorsements"))
    for path in site_folder.glob("countries/*/"):
        found, code = page(site_folder, f"countries/{path.name}/"), path.name
        assert len(lines(section(found, "deployments"))) == min(deployments.get(code, 0), LONGEST), code
        assert number(text(section(found, "backed"))) + number(text(section(found, "refused"))) == acts.get(code, 0), code


def test_each_page_counts_the_answers_as_the_tables_do(site_folder):
    answers = frame(site_folder, "derived/country_instruments")
    expected = answers.assign(kind=answers.answer.where(answers.refused == "false", "refused")).groupby(
        ["country_code", "kind"]).size().unstack(fill_value=0)
    for code in expected.index:
        rows = section(page(site_folder, f"countries/{code}/"), "texts").xpath("(.//table)[1]/tbody/tr")
        sums = [sum(int(text(row.findall("td")[at])) for row in rows) for at in range(4)]
        assert sums == [expected.loc[code].get(kind, 0) for kind in ("yes", "refused", "no", "unknown")], code


def test_pages_are_light(site_folder):
    assert max(path.stat().st_size for path in site_folder.glob("countries/*/index.html")) < 300_000
