"""The front page: its numbers are those of the tables, unknown stands apart from no, and each view of the map leads to what it counts."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from lxml import html

from scripts.derive.build import derive
from scripts.derive.settings import load_settings
from scripts.derived import with_derived
from scripts.package import Package
from scripts.previous import Previous
from scripts.read import read
from scripts.revisions import Revision
from scripts.site import build, front_page, land, years
from scripts.site.assets import OURS
from scripts.site.content import Site
from scripts.site.country_records import counting
from scripts.site.cross import asked, cross
from scripts.site.known import shares
from scripts.site.map_chart import deployments_map, statuses, views
from scripts.site.map_chart import kinds as map_kinds
from scripts.site.news import news
from tests.browsing import DESKTOP, PHONE, too_wide, violations
from tests.fictional import PROJECT, ROWS, write_package
from tests.hostile import ATTRIBUTE, ELEMENT
from tests.sites import fictional_site, site_of, written

USED = {"deployment_id": "zzz-used", "country_code": "ZZC", "technologies": "facial_recognition", "ai_basis": "stated",
        "status": "operational", "announced": "2020", "started": "2018-05"}
USED_ROWS = {"deployments": [USED], "deployment_parties": [{"deployment_id": "zzz-used"}],
             "deployment_citations": [{"deployment_id": "zzz-used"}]}
RIGHTS_BASED = {"statement_themes": [{"theme": "human_rights"}, {"theme": "democracy"}]}
COMPLETE = {"statement_tallies": [{"statement_id": "zzz-statement", "action": "endorsed", "stage": "adopted", "total": "2"}]}
MAURITIUS = {"countries": [{"country_code": "MUS", "name": "Zzz Island"}], "deployments": [{"country_code": "MUS"}]}
NOTHING = {name: [] for name in ROWS if name != "countries"}


def of_zzz(root: Path, example: dict) -> Site:
    """The fictional site, in which technology of Yyy Land is what the question is about."""
    package: Package = write_package(root, example)
    settings = replace(load_settings(PROJECT)[0], china="ZZB")
    tables = derive(read(package), with_derived(package)[0], settings)
    return replace(site_of(tables), settings=settings)


def names(site: Site) -> dict[tuple[str, str], list[str]]:
    """The countries in the chart by both answers, where there are any."""
    return {(cell.deploys, cell.signs): [country.page.text for country in cell.countries]
            for cells in cross(site).rows.values() for cell in cells if cell.countries}


# --- what a country deploys by what it signs

def test_a_country_stands_where_its_profile_puts_it(tmp_path):
    assert names(of_zzz(tmp_path, {**USED_ROWS, **RIGHTS_BASED})) == {
        ("yes", "unknown"): ["Xxx Land"], ("not_recorded", "yes"): ["Yyy Land", "Zzz Land"]}


def test_unknown_becomes_no_only_where_a_list_is_complete(tmp_path):
    found = of_zzz(tmp_path, {**USED_ROWS, **RIGHTS_BASED, **COMPLETE})
    assert names(found)["yes", "no"] == ["Xxx Land"] and asked(found) == (1, 1)


def test_the_records_behind_a_country_are_those_that_count(tmp_path):
    [used] = [country for country in cross(of_zzz(tmp_path, {**USED_ROWS, **RIGHTS_BASED})).listed if country.deployments]
    assert [item.place for item in used.deployments] == ["deployments/zzz-used/"] and used.row["deployments"] == "2" and not used.texts


# --- the map

def test_a_view_counts_what_its_switches_say(tmp_path):
    found = {view.words: view.counts for view in views(fictional_site(tmp_path, USED_ROWS))}
    assert found[""] == {"ZZA": 1, "ZZC": 1} and found["AI stated"] == found["AI stated, Operational"] == {"ZZC": 1}
    assert found["Surveillance technology"] == {"ZZA": 1, "ZZC": 1} and found["Announced, agreed or under way"] == {}


def test_a_further_country_of_a_deployment_has_no_dot(tmp_path):
    site = fictional_site(tmp_path)
    assert site.rows("deployment_countries") and views(site)[0].counts == {"ZZA": 1}


def test_a_country_that_the_atlas_lacks_stands_beside_the_map(tmp_path):
    found = deployments_map(fictional_site(tmp_path, USED_ROWS), "")
    assert [item.text for item in found.beside] == ["Zzz Land (1)", "Xxx Land (1)"] and "<a" not in found.chart.svg


def test_a_country_of_the_atlas_has_a_dot_that_leads_to_its_records(tmp_path):
    found = deployments_map(fictional_site(tmp_path, MAURITIUS), "")
    first = html.fromstring(found.chart.svg).find(".//a")
    assert first.get("href") == "deployments/index.html?country_code=MUS" and first.find("title").text == "Zzz Island: 1 deployment"
    assert not found.beside


def test_countries_are_marked_in_the_middle_of_their_largest_part():
    assert all(abs(x - east) < 2 and abs(y - north) < 2 for (x, y), (east, north) in (
        (land.place("KEN", ""), (38, 0.5)), (land.place("USA", ""), (-99, 39.5)), (land.place("XKX", "Kosovo"), (21, 42.5))))
    assert land.place("ZZA", "Zzz Land") is None and land.place("EUU", "European Union") is None


def test_the_stylesheet_knows_every_switch_of_the_map(tmp_path):
    site, rules = fictional_site(tmp_path), (OURS / "site.css").read_text(encoding="utf-8")
    for name, options in (("what", map_kinds(site)), ("status", statuses(site))):
        assert all(f"#map-{name}{number}:not(:checked)" in rules for number in range(len(options)))


# --- years, news, what is known

def test_a_deployment_stands_in_the_year_of_its_first_date(tmp_path):
    found = years.groups(fictional_site(tmp_path, USED_ROWS))
    assert {year: sum(len(group.rows) for group in some) for year, some in found.items()} == {"2018": 1, years.UNDATED: 1}


def test_a_first_release_names_the_records_that_were_added_last(tmp_path):
    history = {("deployments", "zzz-deployment"): [Revision("1" * 40, "2021-03-01", "changed"), Revision("0" * 40, "2021-01-01", "added")],
               ("standards_roles", "zzz-role"): [Revision("1" * 40, "2021-02-01", "added")], ("citations", "zzz-source"): []}
    found = news(replace(fictional_site(tmp_path), history=history))
    assert [(day, item.place) for day, item in found.newest] == [
        ("2021-02-01", "roles/zzz-role/"), ("2021-01-01", "deployments/zzz-deployment/")]
    assert not found.before and not found.changes


def test_a_later_release_counts_what_was_added_and_changed(tmp_path):
    before = fictional_site(tmp_path / "before").tables
    after = fictional_site(tmp_path / "after", {**USED_ROWS, "standards_roles": [{"holder": "Another Zzz"}]})
    found = news(replace(after, before=Previous("0.0.1", before)))
    assert [(one.table, one.added, one.changed, one.withdrawn) for one in found.changes] == [
        ("Deployments", 1, 0, 0), ("Standards roles", 0, 1, 0)]
    assert [item.place for item in found.changes[0].first] == ["deployments/zzz-used/"] and not found.newest


def test_shares_are_of_something(tmp_path):
    found = {share.words: (share.number, share.of) for share in shares(fictional_site(tmp_path))}
    assert found["sources were read in full"] == (1, 2) and found["terms in standards bodies lack a start or an end"] == (1, 1)
    assert not shares(fictional_site(tmp_path / "empty", NOTHING))


# --- the page as a whole

@pytest.fixture
def page_of(tmp_path, monkeypatch) -> Callable[[Site], html.HtmlElement]:
    """A function that writes the front page of a site and reads it again."""
    monkeypatch.setattr(build, "PAGES", (front_page,))
    return lambda site: html.parse(str(written(site, tmp_path / "written") / "index.html")).getroot()


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_first_lines_answer_as_far_as_the_data_go(tmp_path, page_of):
    found = text(page_of(of_zzz(tmp_path, {**USED_ROWS, **RIGHTS_BASED, **COMPLETE})).find_class("standfirst")[0])
    assert "In 1 country or area surveillance technology with AI and a supplier or integrator from China is recorded" in found
    assert "Of these 0 are recorded as backing a rights-based text on AI; 1 is known to have backed none; of 0 it is unknown" in found


def test_an_empty_dataset_is_told_in_words(tmp_path, page_of):
    page = page_of(fictional_site(tmp_path, NOTHING))
    assert "In no country" in text(page) and "0 deployments in 0 countries" in text(page) and len(page.findall(".//h1")) == 1
    assert page.find_class("signs-no")[0].find("p") is not None


def test_an_empty_no_stays_and_says_why_and_unknown_looks_otherwise(tmp_path, page_of):
    page = page_of(of_zzz(tmp_path, {**USED_ROWS, **RIGHTS_BASED}))
    empty, unknown = page.find_class("signs-no")[0], page.find_class("signs-unknown")[0]
    assert "known to have backed none of the 1 rights-based text" in text(empty) and "0 have a list" in text(empty)
    assert text(empty.find_class("big")[0]) == "–"
    assert "Xxx Land" in text(unknown) and "Signs: unknown" in text(unknown)


def test_china_is_named_where_it_is_one_of_the_countries(tmp_path, page_of):
    there = {**USED_ROWS, "deployments": [{**USED, "country_code": "ZZB"}]}
    assert ", Yyy Land among them, surveillance" in text(page_of(of_zzz(tmp_path, there)).find_class("standfirst")[0])


def test_china_is_not_named_where_it_is_none_of_the_countries(tmp_path, page_of):
    assert "among them" not in text(page_of(of_zzz(tmp_path, USED_ROWS)).find_class("standfirst")[0])


def test_a_country_names_what_its_answer_rests_on(tmp_path):
    site = of_zzz(tmp_path, USED_ROWS)
    assert counting(site, "ZZC") == ["zzz-used"] and counting(site, "ZZA") == []


def test_the_records_behind_a_share_stand_on_a_page_of_their_own(tmp_path):
    site = fictional_site(tmp_path)
    found = {share.anchor: [item.place for item in share.items] for share in shares(site) if share.anchor}
    assert found == {"one-publisher": ["deployments/zzz-deployment/", "roles/zzz-role/", "statements/zzz-statement/"],
                     "undated-terms": ["roles/zzz-role/"], "open-lists": ["statements/zzz-statement/"]}


def test_hostile_cells_are_text_on_the_front_page(hostile_site):
    for name in ("index.html", "years/index.html"):
        page = html.parse(str(hostile_site / name)).getroot()
        assert page.find(f".//{ELEMENT}") is None and not page.xpath(f"//@{ATTRIBUTE}")
        assert ELEMENT in text(page)


# --- the real page, against the tables of its downloads

@pytest.fixture(scope="module")
def real_page(site_folder) -> html.HtmlElement:
    return html.parse(str(site_folder / "index.html")).getroot()


@pytest.fixture(scope="module")
def table(site_folder) -> Callable[[str], list[dict]]:
    """A function that reads a table of the downloads."""
    def rows(name: str) -> list[dict]:
        with (site_folder / "downloads" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    return rows


def test_the_chart_names_the_countries_of_the_profiles(real_page, table):
    rows = table("derived/country_profiles")
    for deployed in {row["deploys"] for row in rows}:
        [part] = real_page.find_class(f"deploys-{deployed}")
        for signed in ("yes", "no", "unknown"):
            [cell] = part.find_class(f"signs-{signed}")
            expected = sorted(row["name"] for row in rows if (row["deploys"], row["signs"]) == (deployed, signed))
            assert sorted(text(link) for link in cell.findall(".//li/a")) == expected
            assert text(cell.find_class("big")[0]) == (str(len(expected)) if expected or signed != "no" else "–")


def test_each_country_in_the_table_has_as_many_records_as_its_profile_counts(real_page, table):
    profiles = {row["name"]: row for row in table("derived/country_profiles")}
    rows = real_page.xpath("//section[@id='deploys-and-signs']//tbody/tr")
    assert len(rows) == sum(row["deploys"] == "yes" or row["signs"] == "yes" for row in profiles.values())
    for row in rows:
        profile, cells = profiles[text(row.find("th"))], row.findall("td")
        assert len(cells[3].findall(".//a")) == int(profile["deployments_surveillance_ai"]) == int(text(cells[0]))
        assert len(cells[8].findall(".//a")) == int(profile["rights_based_yes"]) == int(text(cells[4]))


def matching(rows: list[dict], link: str) -> list[dict]:
    """The deployments that a list with this filter in its address shows."""
    wanted = parse_qs(link.partition("?")[2])
    return [row for row in rows if all(set(row[column].split(";")) & set(terms) for column, terms in wanted.items())]


def test_each_view_of_the_map_leads_to_as_many_records_as_it_counts(real_page, table):
    rows, seen = table("flat/deployments"), []
    for view in real_page.xpath("//div[@class='views']/div"):
        head = view.find(".//a")
        found = matching(rows, head.get("href"))
        countries = Counter(row["country_code"] for row in found)
        assert [int(number.replace(",", "")) for number in re.findall(r"[\d,]+", text(head))] == [len(found), len(countries)]
        dots = real_page.xpath(f"//*[contains(@class, '{view.get('class')}_marks')]/a")
        assert len(dots) == len(countries)
        assert all(f": {len(matching(rows, dot.get('href')))} deployment" in dot.find("title").text for dot in dots)
        seen.append(len(found))
    assert seen[0] == len(rows) and len(seen) == 9


def test_the_bars_are_the_deployments_by_the_year_of_their_first_date(real_page, site_folder, table):
    dates = [[row[name][:4] for name in ("announced", "started") if row[name]] for row in table("data/deployments")]
    expected = Counter(min(known) if known else "Undated" for known in dates)
    rows = real_page.xpath("//figure[@id='years']//tbody/tr")
    assert {text(row[0]): int(text(row[-1])) for row in rows if text(row[-1]) != "0"} == expected
    lists = html.parse(str(site_folder / "years" / "index.html")).getroot()
    for link in real_page.xpath("//figure[@id='years']//svg//a"):
        [anchor] = lists.xpath(f"//h3[@id='{link.get('href').partition('#')[2]}']")
        assert link.find("title").text.endswith(f": {len(anchor.getnext())} deployment" + "s" * (len(anchor.getnext()) != 1))


def test_what_is_known_is_what_the_tables_say(real_page, table):
    said = {text(line.find("a")) for line in real_page.xpath("//ul[@class='shares']/li")}
    sources, quality = table("data/citations"), table("derived/record_quality")
    assert f"{sum(row['access'] == 'full_text' for row in sources):,} of {len(sources):,}" in said
    assert f"{sum(row['independent_publishers'] == '1' for row in quality):,} of {len(quality):,}" in said


def shown(page) -> tuple[str, list[str]]:
    """What stands beside the map, and the classes of the dots, as far as they are seen."""
    return page.evaluate("""() => {
        const seen = one => one.getClientRects().length > 0 && getComputedStyle(one).display !== "none"
        return [[...document.querySelectorAll(".views > div")].filter(seen).map(one => one.className).join(),
                [...document.querySelectorAll("#map .mark-symbol")].filter(seen).map(one => one.classList[2])]}""")


def test_the_switches_of_the_map_work_without_scripts(visit, site_folder):
    page = visit(site_folder)
    assert shown(page) == ["what0_status0", ["what0_status0_marks"]]
    page.check("#map-what1")
    page.check("#map-status2")
    assert shown(page) == ["what1_status2", ["what1_status2_marks"]]
    without = visit(site_folder, javascript=False)
    without.check("#map-what2")
    assert without.locator(".views .what2_status0").is_visible() and not without.locator(".views .what0_status0").is_visible()


@pytest.mark.parametrize(("width", "dark"), [(DESKTOP, True), (PHONE, False)], ids=["desktop at night", "phone by day"])
def test_everybody_can_read_what_is_folded_too(visit, site_folder, width, dark):
    page = visit(site_folder, width=width, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert not too_wide(page) and not violations(page)
