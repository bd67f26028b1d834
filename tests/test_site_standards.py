"""Who led what: certain years apart from possible ones, shares as bounds, and no role out of reach."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from scripts.site import shares, standards_page, timeline
from scripts.site.bars import CHINA, OTHER, UNKNOWN, Stretch, side
from scripts.site.chart import Chart
from scripts.site.content import Site
from scripts.site.shares import Seats, bounds, roles_place, undetermined
from scripts.site.timeline import stretch, surely, years
from tests.places import Element, lines, pages_of, section, text
from tests.released import real
from tests.sites import fictional_site, site_of

UNDATED = {"citations": [{"citation_id": "zzz-source", "published": ""}, {"citation_id": "zzz-full", "published": ""}]}
NO_ROLES = {"standards_roles": [], "role_citations": []}
CHAIRS = {"standards_roles": [{"role_id": f"zzz-{year}", "holder": f"Zzz {year}", "started": f"{year}-01-01", "ended": f"{year}-12-31"}
                              for year in (2018, 2020)]}
DEPUTIES = {"standards_roles": [{"role_id": f"zzz-{name}", "holder": name, "role": "vice_chair", "country_code": code,
                                 "started": "2018-01-01", "ended": "2020-12-31"} for name, code in (("one", "ZZA"), ("two", "ZZB"))]}


def standards(site: Site, root: Path) -> Element:
    """The page on standards."""
    return pages_of(standards_page, site, root / "site")(standards_page.PLACE)


def timelines(site: Site) -> list[Chart]:
    return list(timeline.charts(site, standards_page.PLACE))


def of_zzz(site: Site) -> Site:
    """A site that is about Zzz Land."""
    return replace(site, settings=replace(site.settings, china="ZZA"))


@pytest.fixture(scope="module")
def whole() -> Site:
    """The site of the real data."""
    return site_of(real())


@pytest.fixture(scope="module")
def page(whole, tmp_path_factory) -> Element:
    """The page of the real data."""
    return standards(whole, tmp_path_factory.mktemp("standards"))


# --- stretches of years

def test_a_stretch_fills_the_years_between_its_first_and_its_last():
    assert stretch([(2018, 0.25), (2019, 1.0), (2020, 0.5)], None) == Stretch(2018.75, 2020.5)


def test_years_without_a_day_are_no_part_of_a_stretch():
    assert stretch([(2018, 0.0), (2019, 0.5), (2020, 0.5), (2021, 0.0)], None) == Stretch(2019.5, 2020.5)
    assert stretch([(2018, 0.0)], None) is None


def test_a_stretch_within_one_year_lies_in_the_middle_of_what_is_possible_there():
    assert stretch([(2018, 0.5)], None) == Stretch(2018.25, 2018.75)
    assert stretch([(2018, 0.25)], Stretch(2018.5, 2020.0)) == Stretch(2018.625, 2018.875)


@pytest.mark.parametrize(("first", "last", "said"), [
    (2018.75, 2020.5, "2018–2020"), (2018.0, 2019.0, "2018"), (2018.9973, 2020.0, "2018–2019"), (2018.5, 2018.5027, "2018")])
def test_years_of_a_stretch_are_those_of_its_days(first, last, said):
    assert years(Stretch(first, last)) == said


@pytest.mark.parametrize(("held", "said"), [
    ([(2018, 0.0)], "none"), ([(2018, 1.0)], "2018"), ([(2018, 1.0), (2019, 1.0)], "2018–2019"),
    ([(2009, 0.0027), (2010, 0.0027)], "2 days in 2009 and 2010"), ([(2018, 0.0027), (2019, 0.0)], "1 day in 2018"),
    ([(2018, 0.5)], "part of 2018"), ([(2018, 0.0027), (2019, 1.0), (2020, 1.0), (2021, 0.5)], "2019–2020, part of 2018 and 2021")])
def test_years_are_certain_only_where_all_their_days_are(held, said):
    assert surely(held) == said


# --- leading roles

def test_a_row_tells_certain_years_from_possible_ones_and_leads_to_the_role(tmp_path):
    [chart] = timelines(fictional_site(tmp_path, {"standards_roles": [{"started": "2018", "ended": "2020"}]}))
    holder = {"text": "Zzz Holder", "place": "roles/zzz-role/"}
    assert chart.rows == [[holder, "Chair, ZZZ 1", "Zzz Land", "2019, part of 2018 and 2020", "2018–2020"]]
    assert 'href="../roles/zzz-role/index.html"' in chart.svg and "Certain: 2019, part of 2018 and 2020. Possible: 2018–2020." in chart.svg


def test_a_term_without_an_end_is_possible_beyond_what_is_certain(tmp_path):
    [chart] = timelines(fictional_site(tmp_path, {"standards_roles": [{"started": "2018-02-01"}]}))
    [[*_, certain, possible]] = chart.rows
    assert certain == "2019–2020, part of 2018 and 2021" and possible.startswith("2018–2")


def test_a_role_that_several_hold_at_once_is_in_no_timeline(tmp_path):
    assert not timelines(fictional_site(tmp_path, {"standards_roles": [{"role": "member"}]}))


def test_a_body_with_some_leading_roles_has_a_chart_of_its_own(tmp_path):
    few, some = timelines(fictional_site(tmp_path / "few"))[0], timelines(fictional_site(tmp_path / "some", CHAIRS))[0]
    assert few.title == "Other bodies: 1 leading role recorded, 0 of CHN"
    assert some.title == "Zzz Standards Body: 3 leading roles recorded, 0 of CHN"


def test_bodies_after_the_first_stand_together_and_the_chart_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(timeline, "BODIES", 0)
    [chart] = timelines(fictional_site(tmp_path, CHAIRS))
    assert chart.title.startswith("Other bodies: 3 leading roles") and "and all after the first 0." in chart.note


def test_terms_of_an_office_stand_in_the_order_of_their_years(tmp_path):
    [chart] = timelines(fictional_site(tmp_path, {"standards_roles": [*reversed(CHAIRS["standards_roles"]), {"started": "2021-01-02"}]}))
    assert [row[0]["text"] for row in chart.rows] == ["Zzz 2018", "Zzz 2020", "Zzz Holder"]


def test_a_chart_of_many_roles_says_what_it_leaves_out(tmp_path, monkeypatch):
    monkeypatch.setattr(timeline, "MOST", 2)
    [chart] = timelines(fictional_site(tmp_path, CHAIRS))
    assert len(chart.rows) == 2 and "Drawn are 2; the list has all." in chart.note


def test_a_role_of_china_is_told_apart_by_colour_and_by_type(tmp_path):
    site = fictional_site(tmp_path)
    assert 'font-weight="bold"' in timelines(of_zzz(site))[0].svg and 'font-weight="bold"' not in timelines(site)[0].svg
    assert (side(of_zzz(site), "ZZA"), side(site, "ZZA"), side(site, "")) == (CHINA, OTHER, UNKNOWN)


def test_a_country_that_follows_from_the_employer_is_marked(tmp_path):
    example = {"standards_roles": [{"country_code": "", "affiliation_id": "zzz-supplier"}]}
    assert timelines(fictional_site(tmp_path, example))[0].rows[0][2] == "Yyy Land (by employer)"


def test_who_works_for_a_firm_of_china_is_not_counted_as_its_holder(tmp_path):
    example = {"standards_roles": [{"country_code": "", "affiliation_id": "zzz-supplier"}]}
    site = fictional_site(tmp_path, example)
    ours = replace(site, settings=replace(site.settings, china="ZZB"))
    assert timelines(ours)[0].title.endswith("0 of Yyy Land, 1 more by employer") and timelines(site)[0].title.endswith("0 of CHN")


def test_a_role_without_a_country_says_so(tmp_path):
    [chart] = timelines(fictional_site(tmp_path, {"standards_roles": [{"country_code": ""}]}))
    assert chart.rows[0][2] == "country not recorded" and chart.note.endswith("1 without a recorded country.")


def test_a_leading_role_that_nothing_dates_is_in_words_and_in_the_list(tmp_path):
    page = standards(fictional_site(tmp_path, UNDATED), tmp_path)
    assert "No leading role is recorded with any date." in text(section(page, "years"))
    assert "Not drawn, because nothing dates any role of its body: 1 leading role." in text(section(page, "years"))
    assert lines(section(page, "bodies")) == ["Zzz Standards Body"]


def test_a_dataset_without_roles_says_so(tmp_path):
    assert "No role in a standards body is recorded so far." in text(standards(fictional_site(tmp_path, NO_ROLES), tmp_path))


# --- shares

def seats(*rows: tuple, certain: float, possible: float) -> Seats:
    """Seats with rows of a country, its certain and its possible role-years."""
    return Seats("zzz-body", "committee", "vice_chair", 2020, certain, possible, [
        {"country_code": code, "country_basis": next(iter(basis), "holder"), "role_years_certain": str(sure),
         "role_years_possible": str(open_)} for code, sure, open_, *basis in rows])


def test_bounds_take_the_others_and_the_unknown_at_their_most_and_at_their_least():
    one, other = shares.shares(seats(("ZZA", 2, 3), ("ZZB", 2, 4), certain=5, possible=8))  # one possible role-year of nobody known
    assert (one.low, one.high) == (2 / (2 + 5), (3 + 1) / (3 + 1 + 2))
    assert (other.low, other.high) == (2 / (2 + 4), (4 + 1) / (4 + 1 + 2))


def test_a_country_with_two_bases_has_one_share_of_both():
    one, _ = shares.shares(seats(("ZZA", 1, 1), ("ZZA", 2, 3), ("ZZB", 2, 4), certain=9, possible=15))
    assert (one.certain, one.possible, one.low, one.high) == (3, 4, 3 / (3 + 11), (4 + 7) / (4 + 7 + 2))


@pytest.mark.parametrize(("bases", "mark"), [
    (["holder"], ""), (["affiliation"], " (by employer)"), (["holder", "affiliation"], " (some by employer)")])
def test_a_country_to_which_employers_tie_the_roles_is_marked(bases, mark):
    [one] = shares.shares(seats(*(("ZZA", 1, 1, basis) for basis in bases), certain=2, possible=2))
    assert one.mark == mark


def test_the_mark_of_the_employer_stands_in_the_table_and_on_the_bar(tmp_path):
    by_employer = [{**row, "country_code": "", "affiliation_id": "zzz-supplier"} for row in DEPUTIES["standards_roles"]]
    [chart] = shares.charts(fictional_site(tmp_path, {"standards_roles": by_employer}), standards_page.PLACE)
    assert chart.rows[0][1]["text"] == "Yyy Land (by employer)" and "Yyy Land (by employer) · 100%" in chart.svg


def test_role_years_of_unknown_country_are_said(tmp_path):
    third = {**DEPUTIES["standards_roles"][0], "role_id": "zzz-three", "holder": "three", "country_code": ""}
    [chart] = shares.charts(fictional_site(tmp_path, {"standards_roles": [*DEPUTIES["standards_roles"], third]}), standards_page.PLACE)
    assert "Of the possible ones 1 have no recorded country: they may be anybody's and are not drawn." in chart.note
    [known] = shares.charts(fictional_site(tmp_path / "known", DEPUTIES), standards_page.PLACE)
    assert "no recorded country" not in known.note


def test_more_kinds_and_years_than_are_shown_are_said(tmp_path, monkeypatch):
    site = fictional_site(tmp_path, DEPUTIES)
    monkeypatch.setattr(shares, "MOST", 2)
    [chart] = shares.charts(site, standards_page.PLACE)
    assert {row[0] for row in chart.rows} == {"2020", "2019"} and "The table has the latest 2 of 3 years" in chart.note
    monkeypatch.setattr(shares, "CHARTS", 0)
    assert not list(shares.charts(site, standards_page.PLACE)) and len(shares.kinds(site)) == 1


def test_the_latest_dated_year_is_drawn_and_the_table_has_each(tmp_path):
    [chart] = shares.charts(fictional_site(tmp_path, DEPUTIES), standards_page.PLACE)
    assert chart.title == "Zzz Standards Body, vice-chair (committee), 2020: 2 countries in 2 recorded role-years"
    assert [(row[0], row[1]["text"], row[2]) for row in chart.rows] == [
        (year, name, "50%") for year in ("2020", "2019", "2018") for name in ("Zzz Land", "Yyy Land")]
    assert "The table has 2 more years." in chart.note


def test_the_title_names_the_share_of_china(tmp_path):
    [chart] = shares.charts(of_zzz(fictional_site(tmp_path, DEPUTIES)), standards_page.PLACE)
    assert chart.title.endswith("2020: Zzz Land 50% of 2 recorded role-years")


def test_what_one_holds_or_little_dates_is_not_drawn(tmp_path):
    one = {"standards_roles": DEPUTIES["standards_roles"][:1]}
    undated = {"standards_roles": [{**row, "started": "", "ended": ""} for row in DEPUTIES["standards_roles"]]}
    for name, example in (("one", one), ("undated", undated)):
        page = standards(fictional_site(tmp_path / name, example), tmp_path / f"{name}-site")
        assert "no year in which the records narrow shares down" in text(section(page, "shares"))


def test_a_share_links_to_the_roles_behind_it(tmp_path):
    [chart] = shares.charts(fictional_site(tmp_path, DEPUTIES), standards_page.PLACE)
    assert roles_place("zzz-body", "chair", "treasurer") == "roles/?body_id=zzz-body&role=chair&role=treasurer"
    assert roles_place("zzz-body") == "roles/?body_id=zzz-body"
    assert 'href="../roles/index.html?body_id=zzz-body&amp;role=vice_chair"' in chart.svg


@pytest.mark.parametrize(("low", "high", "said"), [(0.125, 1 / 7, "12.5–14.3%"), (1 / 3, 1 / 3, "33.3%"), (0.0, 1.0, "0–100%")])
def test_bounds_are_said_with_both_ends(low, high, said):
    assert bounds(shares.Share("ZZA", 0, 0, low, high)) == said


# --- the real data

def test_shares_on_one_basis_are_those_of_the_table(whole):
    table, compared = real()["standards_share"], 0
    assert len(table)
    for one in shares.seats(whole):
        found = {share.country_code: share for share in shares.shares(one)}
        for row in one.rows:
            if sum(other["country_code"] == row["country_code"] for other in one.rows) == 1:
                share, compared = found[row["country_code"]], compared + 1
                assert (share.low, share.high) == pytest.approx((float(row["share_low"] or 0), float(row["share_high"] or 0)), abs=2e-4)
    assert compared > len(table) / 2


def test_the_caveats_have_the_numbers_of_the_tables(whole, page):
    roles, table = real()["standards_roles"], real()["standards_share"]
    undated = int(((roles.started == "") | (roles.ended == "")).sum())
    open_ = int(((table.share_low.astype(str) == "0") & (table.share_high.astype(str) == "1")).sum())
    assert f"{undated:,} of {len(roles):,} terms ({100 * undated / len(roles):.0f}%) lack a start or an end" in text(page)
    assert undetermined(whole)[::2] == (open_, len(table)) and f"In {open_:,} of {len(table):,} shares" in text(section(page, "shares"))


def test_each_leading_role_with_years_is_drawn_once(page):
    roles, held = real()["standards_roles"], set(real()["role_years"].role_id)
    leading = set(roles.role_id[roles.role.isin(site_of(real()).settings.exclusive_roles)]) & held
    drawn = [link.split("/")[2] for link in page.xpath("//section[@id='years']//*[local-name()='svg']//*[local-name()='a']/@href")]
    assert sorted(drawn) == sorted(leading)


def test_the_list_of_bodies_counts_all_roles_and_leads_to_them(page):
    flat = real()["standards_roles_flat"]
    rows = section(page, "bodies").xpath(".//tbody/tr")
    assert sum(int(text(row[1])) for row in rows) == len(flat) and len(rows) == flat.body_id.nunique()
    for row in rows:
        [name] = parse_qs(row[1].find("a").get("href").partition("?")[2])["body_id"]
        assert (flat.body_id == name).sum() == int(text(row[1]))
