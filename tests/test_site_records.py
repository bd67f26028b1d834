"""The page of a record says all that the tables say of it; and how links, places and texts become part of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import yaml
from jinja2 import TemplateError
from lxml import html

from scripts.package import load
from scripts.revisions import Revision
from scripts.site import address, build, record_pages
from scripts.site.page import Page, count, environment, inline, per_cent, render, web
from tests.fictional import PROJECT
from tests.places import Element, pages_of, section, text
from tests.sites import REPOSITORY, URL, fictional_site

EXAMPLE = {
    "deployments": [{"deployment_id": "zzz-deployment", "place": "Zzz city", "value_amount": "1234567", "value_currency": "USD",
                     "value_kind": "loan"}],
    "citations": [{"citation_id": "zzz-listed", "title": "A title alone", "url": "https://example.org/zzz-listed", "access": "listed",
                   "citation_type": "news", "archive_url": "https://example.org/archive"}],
    "deployment_citations": [
        {"deployment_id": "zzz-deployment", "citation_id": "zzz-listed", "stance": "supports", "supports": "place", "locator": ""},
        {"deployment_id": "zzz-deployment", "citation_id": "zzz-full", "stance": "disputes", "supports": "status;parties",
         "locator": "p. 7"}],
    "withdrawn": [{"record_id": "zzz-gone", "reason": "It stood there twice.", "replaced_by": "zzz-deployment"}]}
REVISION = Revision("0123456789" * 4, "2021-03-04", "A fictional change")


Pages = Callable[[str], Element]  # the page at a place


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Pages:
    """The pages of the records of the fictional package but organizations and countries."""
    return pages(tmp_path_factory.mktemp("records"))


def pages(folder: Path, **changes: str) -> Pages:
    """The same with changes to what they are made from."""
    site = replace(fictional_site(folder / "package", EXAMPLE), history={("deployments", "zzz-deployment"): [REVISION]}, **changes)
    return pages_of(record_pages, site, folder / "site")


@pytest.fixture
def deployment(page) -> Element:
    return page("deployments/zzz-deployment/")


def part(page: Element, name: str) -> str:
    """What a reader reads in a section of a page."""
    return text(section(page, name))


# --- records

def test_each_field_stands_there_with_its_value_its_definition_and_its_place_in_the_codebook(deployment):
    table = load(PROJECT)[0].tables["deployments"]
    fields = {row.find(".//a").get("href").rpartition("#")[2]: row for row in deployment.xpath("//section[@id='fields']//dl/div")}
    assert set(fields) == {f"deployments.{one.name}" for one in table.fields if one.name not in ("deployment_id", "title", "summary")}
    place = fields["deployments.place"]
    assert place.findtext("dt/a") == table.by_name["place"].title and text(place.find("dd")) == "Zzz city"
    assert text(place.find("dd[@class='about']"))[:20] == table.by_name["place"].description[:20].replace("`", "")
    assert text(fields["deployments.ended"].find("dd")) == "not recorded"


def test_a_term_stands_there_by_its_title_with_what_it_means_and_a_record_by_its_name_with_a_link(deployment):
    term = load(PROJECT)[0].vocabularies["status"].terms["operational"]
    fields = part(deployment, "fields")
    assert f"{term.title} {term.definition[:20]}" in fields and "operational Zzz" not in fields
    country = deployment.xpath("//section[@id='fields']//dd/a[text()='Zzz Land']")
    assert [one.get("href") for one in country] == ["../../countries/ZZA/index.html"]


def test_whole_numbers_have_their_thousands_apart(deployment):
    assert "1,234,567" in part(deployment, "fields")


def test_each_source_says_what_it_supports_whether_it_was_read_and_what_it_disputes(deployment):
    sources = [text(one) for one in deployment.xpath("//section[@id='sources']//li")]
    assert part(deployment, "sources").startswith("3 sources")
    listed, read, disputes = sources
    assert "A report of Zzz" in read and "read: excerpt" in read and "✓ Supports Channel, Country" in read and "Parties" in read
    assert "A title alone" in listed and "not read: " in listed and "✓ Supports Place" in listed
    assert "The whole text" in disputes and "✗ Disputes Status, Parties (p. 7)" in disputes
    assert [one.get("href") for one in deployment.xpath("//section[@id='sources']//a[text()='archived copy']")] == [
        "https://example.org/archive"]


def test_rows_that_belong_to_a_record_stand_there_with_links(deployment):
    party = deployment.xpath("//section[@id='deployment_parties']//tbody//td")
    assert text(party[0]) == "Zzz Supplier" and party[0].find("a").get("href") == "../../organizations/zzz-supplier/index.html"


def test_the_quality_stands_there_with_its_reasons(deployment):
    quality = part(deployment, "quality")
    assert "Sources read1" in quality and "DisputedYes" in quality and "Recommended for aggregatesNo" in quality
    assert "AI not stated No source says a word of AI." in quality


def test_what_names_a_record_is_told(deployment, page):
    assert "Claims of the founding texts (1)" in part(deployment, "users") and "Zzz land does what it says." in part(deployment, "users")
    assert "Camera network of Zzz city" in part(page("sources/zzz-source/"), "users")


def test_the_history_links_each_commit(deployment):
    assert part(deployment, "history") == "History 2021-03-04 A fictional change 0123456"
    assert deployment.xpath("//section[@id='history']//a/@href") == [f"{REPOSITORY}/commit/{REVISION.commit}"]


def test_it_says_how_to_cite_it(deployment):
    cite = part(deployment, "cite")
    assert "“Camera network of Zzz city”, record zzz-deployment" in cite and f"{URL}deployments/zzz-deployment/" in cite


def test_the_link_to_the_form_fills_in_the_record(deployment):
    (link,) = deployment.xpath("//section[@id='correct']//a/@href")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    form = yaml.safe_load((PROJECT / ".github" / "ISSUE_TEMPLATE" / asked["template"]).read_text(encoding="utf-8"))
    assert link.startswith(f"{REPOSITORY}/issues/new?") and form["name"] == "A correction"
    assert [one["attributes"]["label"] for one in form["body"] if one.get("id") in asked] == ["Record to correct"]
    assert asked["change-record"] == "zzz-deployment"


def test_without_the_address_of_the_repository_the_page_says_what_to_do(tmp_path):
    page = pages(tmp_path, repository="", url="")("deployments/zzz-deployment/")
    assert page.xpath("//section[@id='correct']//a/@href") == ["../../correct/index.html"]
    assert not page.xpath("//section[@id='history']//a") and "example.org/zzz/" not in part(page, "cite")


def test_a_source_leads_to_its_address(page):
    source = page("sources/zzz-source/")
    assert source.xpath("//a[text()='Open the source']/@href") == ["https://example.org/zzz-source"]
    assert "A report of Zzz" in text(source.find(".//h1"))


def test_a_withdrawn_record_says_why_and_what_replaces_it(page):
    gone = page("deployments/zzz-gone/")
    assert text(gone.find(".//h1")) == "This record was withdrawn" and "Withdrawn on 2021-03-01. It stood there twice." in text(gone)
    assert "../../deployments/zzz-deployment/index.html" in gone.xpath("//main//a/@href")


def test_each_record_has_one_page(tmp_path):
    assert [one.place for one in record_pages.pages(fictional_site(tmp_path, EXAMPLE))] == [
        "deployments/zzz-deployment/", "roles/zzz-role/", "statements/zzz-statement/", "sources/zzz-full/", "sources/zzz-listed/",
        "sources/zzz-source/", "deployments/zzz-gone/"]


# --- places

@pytest.mark.parametrize(("here", "there", "file"), [
    ("", "", "index.html"), ("", "roles/zzz/", "roles/zzz/index.html"), ("roles/zzz/", "", "index.html"),
    ("roles/zzz/", "roles/zzz/", "roles/zzz/index.html"), ("roles/zzz/", "roles/yyy/#sources", "roles/yyy/index.html#sources"),
    ("404.html", "cite/", "cite/index.html"), ("cite/", "assets/site.css", "assets/site.css"),
    ("", "downloads/a b.csv", "downloads/a%20b.csv"),
    ("", "deployments/?status=a&status=b", "deployments/index.html?status=a&status=b"),
    ("compare/", "codebook/#vocabulary-theme", "codebook/index.html#vocabulary-theme")])
def test_a_link_leads_from_the_file_of_a_page_to_that_of_another(here, there, file):
    link = address.href(here, there)
    assert urljoin(f"file:///zzz/{address.file_of(here)}", link) == f"file:///zzz/{file}" and not urlsplit(link).scheme


def test_every_table_with_pages_has_a_section():
    assert set(address.SECTIONS) <= set(load(PROJECT)[0].tables) and address.of_record("standards_roles", "zzz") == "roles/zzz/"


# --- texts

@pytest.mark.parametrize(("url", "shown"), [
    ("https://example.org/", True), ("http://example.org/", True), ("HTTPS://example.org/", True), ("", False),
    ("javascript:alert(1)", False), (" javascript:alert(1)", False), ("java\nscript:alert(1)", False), ("data:text/html,zzz", False),
    ("//example.org/", False), ("https://[zzz", False), ("file:///zzz", False)])
def test_only_an_address_of_the_web_is_a_link(url, shown):
    assert web(url) == (url if shown else "")


@pytest.mark.parametrize(("arguments", "words"), [
    ((1, "source"), "1 source"), ((0, "source"), "0 sources"), ((2000, "country", "countries"), "2,000 countries"), ((1234,), "1,234")])
def test_a_number_has_its_noun(arguments, words):
    assert count(*arguments) == words


def test_a_share_is_told_in_per_cent():
    assert [per_cent(share) for share in (0, 0.126, 1)] == ["0%", "13%", "100%"]


def test_a_description_keeps_its_emphasis_and_code_and_nothing_else():
    assert inline("*Zzz* `zzz` <b>") == "<em>Zzz</em> <code>zzz</code> &lt;b&gt;"
    assert "<a" not in inline("[zzz](https://example.org) <https://example.org>") and "<img" not in inline("![zzz](zzz.png)")


def rendered(template: str, **values: object) -> str:
    """What a template makes of values."""
    templates = environment()
    templates.loader = None
    return templates.from_string(template).render(page=Page("roles/zzz/", "Zzz", ""), **values)


@pytest.mark.parametrize(("value", "shown"), [
    ("<b>", "&lt;b&gt;"), ("a\u202eb", "a\\u202eb"), ("a\nb", "a\nb"), ("\x00", "\\x00"), ("中\u3000文 é 😀", "中\u3000文 é 😀"), (5, "5"),
    ("\u2028", "\\u2028"), ("{{ 7*7 }}", "{{ 7*7 }}")])
def test_a_value_stands_there_as_text_and_what_is_not_seen_is_written_out(value, shown):
    assert rendered("{{ value }}", value=value) == shown


def test_a_place_becomes_a_link_from_the_page_that_is_written():
    assert rendered("{{ 'cite/'|href }}") == "../../cite/index.html"


def test_a_value_that_a_template_misses_is_an_error():
    with pytest.raises(TemplateError):
        rendered("{{ zzz }}")


def test_a_page_names_its_title_once_and_what_it_loads_relative_to_it(tmp_path):
    site = fictional_site(tmp_path)
    templates = environment(descriptor=site.package.descriptor, created="2021-03-01", navigation=build.NAVIGATION, url="", repository="",
                            licence={"name": "Zzz", "path": "https://example.org/zzz"})
    page = html.fromstring(render(Page("roles/zzz/", "</title><b>Zzz", "not_found.html", scripts=("zzz.js",)), templates))
    assert page.findtext("head/title").startswith("</title><b>Zzz · ") and page.find(".//b") is None
    assert page.xpath("//script/@src") == ["../../assets/zzz.js"] and "../../assets/site.css" in page.xpath("//link/@href")
