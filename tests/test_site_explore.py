"""The lists of records: the scripts with their tables, and the plain pages for readers without JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import html

from scripts.site import explore_data, explore_pages
from scripts.site.build import NAVIGATION
from scripts.site.content import Site
from scripts.site.explore_data import GLOBAL, REST
from scripts.site.page import environment, render
from scripts.site.settings import check_site_settings
from tests.released import real
from tests.sites import fictional_site, site_of

HOSTILE = "</script><script>alert(1)</script> & \u2028 \u202e \" ' \\ 张"
TABLES = ("deployments_flat", "standards_roles_flat", "policy_statements_flat", "citations", "organizations")


def read(folder: Path, name: str, variable: str) -> dict | list:
    """What a script sets."""
    text = (folder / "assets" / "data" / name).read_text(encoding="utf-8")
    return json.loads(text.removeprefix(f"window.{variable} = ").removesuffix(";\n"))


def rows(folder: Path, section: str) -> list[dict[str, str]]:
    """The rows that the two scripts of a list hold, with the columns in their order."""
    core = read(folder, f"{section}.js", GLOBAL)
    columns = {one["name"]: one for one in (*core["columns"], *read(folder, f"{section}-rest.js", REST))}
    cells = [[one["values"][place] for place in one["cells"]] if "cells" in one else one["values"]
             for one in (columns[name] for name in core["order"])]
    return [dict(zip(core["order"], row, strict=True)) for row in zip(*cells, strict=True)]


def column(folder: Path, section: str, name: str) -> dict:
    return next(one for one in read(folder, f"{section}.js", GLOBAL)["columns"] if one["name"] == name)


def scripts(site: Site, folder: Path) -> Path:
    explore_data.write(site, folder)
    return folder


def pages(site: Site, section: str) -> dict[str, html.HtmlElement]:
    """The pages of one list by their place."""
    package = site.package
    templates = environment(descriptor=package.descriptor, created=package.created, licence={"path": "", "name": ""}, navigation=NAVIGATION,
                            url="", repository="")
    return {page.place: html.document_fromstring(render(page, templates)) for page in explore_pages.pages(site)
            if page.part_of == f"{section}/"}


def many(number: int) -> dict:
    """The fictional package with this many deployments more."""
    return {"deployments": [{"deployment_id": f"zzz-{place}"} for place in range(number)]}


@pytest.fixture(scope="module")
def real_scripts(tmp_path_factory) -> Path:
    return scripts(site_of(real()), tmp_path_factory.mktemp("scripts"))


@pytest.mark.parametrize("table", TABLES)
def test_the_scripts_hold_every_cell_of_the_table(table, real_scripts):
    known = real().contents[table]
    assert rows(real_scripts, explore_data.section(known.table)) == known.rows.to_dict("records")


def test_every_table_with_a_list_is_one_of_these():
    assert tuple(site_of(real()).own.explorers) == TABLES


def test_a_page_loads_at_once_what_it_shows_and_filters_and_what_links_name(real_scripts):
    explorer = site_of(real()).own.explorers["deployments_flat"]
    first = {one["name"] for one in read(real_scripts, "deployments.js", GLOBAL)["columns"]}
    later = {one["name"] for one in read(real_scripts, "deployments-rest.js", REST)}
    assert {"deployment_id", "recommended_for_aggregates", *explorer.columns, *explorer.filters} <= first
    assert {"note", "urls"} <= later and not first & later


def test_a_hostile_cell_stands_in_a_script_as_text(tmp_path):
    site = fictional_site(tmp_path / "root", {"deployments": [{"deployment_id": "zzz-deployment", "title": HOSTILE, "note": HOSTILE}]})
    scripts(site, tmp_path)
    for name in ("deployments.js", "deployments-rest.js"):
        text = (tmp_path / "assets/data" / name).read_text(encoding="utf-8")
        assert not set(text) & set("<>&\u2028") and "张" in text and text.count("\n") == 1
    assert rows(tmp_path, "deployments")[0]["title"] == HOSTILE == rows(tmp_path, "deployments")[0]["note"]


def test_a_term_has_its_title_in_the_order_of_its_vocabulary_even_if_no_row_has_it(tmp_path):
    site = fictional_site(tmp_path / "root")
    known = column(scripts(site, tmp_path), "deployments", "status")
    assert list(known["titles"]) == list(site.package.vocabularies["status"].terms) and known["titles"]["under_way"] == "Under way"


def test_an_id_has_the_name_of_what_it_names_and_leads_there(tmp_path):
    folder = scripts(fictional_site(tmp_path / "root"), tmp_path)
    supplier = column(folder, "deployments", "supplier_ids")
    assert supplier["titles"] == {"zzz-supplier": "Zzz Supplier"} and supplier["section"] == "organizations"
    assert supplier["title"] == "Suppliers" and supplier["delimiter"] == ";"
    country = column(folder, "deployments", "country_code")
    assert country["titles"] == {"ZZC": "Xxx Land", "ZZB": "Yyy Land", "ZZA": "Zzz Land"}  # by name; ZZB has a page and no deployment
    assert column(folder, "deployments", "title")["section"] == "" == column(folder, "deployments", "deployment_id")["section"]


def test_a_language_and_a_yes_have_words(tmp_path):
    folder = scripts(fictional_site(tmp_path / "root"), tmp_path)
    assert column(folder, "sources", "language")["titles"] == {"en": "English"}
    assert column(folder, "statements", "binding")["titles"] == {"true": "Yes", "false": "No"}


def test_every_record_can_be_reached_without_javascript(tmp_path, monkeypatch):
    monkeypatch.setattr(explore_pages, "PAGE_SIZE", 2)
    site = fictional_site(tmp_path / "root", many(18))
    found = pages(site, "deployments")
    assert list(found) == ["deployments/", *(f"deployments/page/{number}/" for number in range(2, 11))]
    waiting, reached, records = ["deployments/"], set(), []
    while waiting:
        reached.add(place := waiting.pop())
        targets = [target.removeprefix("../" * place.count("/")).removesuffix("index.html")
                   for target in found[place].xpath("//*[@id='plain']//nav//a/@href")]
        waiting += [target for target in targets if target not in reached | {*waiting}]
        records += found[place].xpath("//*[@id='plain']//tbody//td[1]/a/@href")
    assert reached == set(found)
    assert sorted(one.split("/")[-2] for one in records) == sorted(row["deployment_id"] for row in site.rows("deployments"))


def test_a_page_of_a_long_list_links_few_others(tmp_path, monkeypatch):
    monkeypatch.setattr(explore_pages, "PAGE_SIZE", 1)
    found = pages(fictional_site(tmp_path / "root", many(11)), "deployments")
    linked = found["deployments/page/6/"].xpath("//*[@id='plain']//nav//li/*/text()")
    assert linked == [f"Page {number}" for number in (1, 4, 5, 6, 7, 8, 12)]


def test_only_the_first_page_has_the_explorer(tmp_path, monkeypatch):
    monkeypatch.setattr(explore_pages, "PAGE_SIZE", 1)
    found = pages(fictional_site(tmp_path / "root", many(1)), "deployments")
    assert [bool(page.xpath("//*[@id='explorer']")) for page in found.values()] == [True, False]
    assert [len(page.xpath("//script[@src]")) for page in found.values()] == [3, 0]


def test_the_plain_list_says_country_status_and_year_in_words(tmp_path):
    change = {"deployments": [{"deployment_id": "zzz-deployment", "announced": "2020-05-01"}]}
    page = pages(fictional_site(tmp_path / "root", change), "deployments")["deployments/"]
    cells = [cell.text_content() for cell in page.xpath("//*[@id='plain']//tbody/tr[1]/td")]
    assert cells[0] == "Camera network of Zzz city" and {"Zzz Land", "Operational", "2020"} <= set(cells)


def test_a_record_whose_first_cell_is_empty_is_listed_by_its_id(tmp_path):
    page = pages(fictional_site(tmp_path / "root", {"standards_roles": [{"role_id": "zzz-role", "holder": ""}]}), "roles")["roles/"]
    assert page.xpath("//*[@id='plain']//tbody//a[1]/text()")[0] == "zzz-role"


def test_a_list_without_records_says_so(tmp_path):
    site = fictional_site(tmp_path / "root", {"policy_statements": [], "statement_themes": [], "statement_endorsements": [],
                                              "statement_tallies": [], "statement_citations": []})
    page = pages(site, "statements")["statements/"]
    assert "None is recorded so far." in page.text_content() and not page.xpath("//*[@id='plain']//table")
    assert rows(scripts(site, tmp_path), "statements") == []


@pytest.mark.parametrize(("key", "value"), [("columns", ["zzz"]), ("filters", ["zzz"]), ("linked", ["zzz"]), ("ids", {"zzz": "countries"}),
                                            ("ids", {"supplier_ids": "zzz"})])
def test_a_name_in_the_settings_that_is_not_there_is_found(key, value):
    tables, own = real(), site_of(real()).own
    assert not check_site_settings(own, tables)
    changed = own.explorers["deployments_flat"].model_copy(update={key: value})
    wrong = own.model_copy(update={"explorers": {"deployments_flat": changed}})
    assert [problem.message for problem in check_site_settings(wrong, tables)] == [
        f"`explorers.deployments_flat.{key}` names `zzz`, which is not there."]
