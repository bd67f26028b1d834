"""Who held which role when: what is certain, what is possible, and the shares that follow."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pandas as pd
import pytest

from scripts.derive.settings import load_settings
from scripts.derive.standards import GROUP, committee_level, days_of, held, role_countries, role_years, standards_share, terms_of
from scripts.package import load
from scripts.read import read
from tests.fictional import PROJECT, write_package

SETTINGS = load_settings(PROJECT)[0]
REAL = read(load(PROJECT)[0])
CREATED = REAL.package.created
LEVELS = {
    "": "body", "Telecommunication Standardization Bureau": "body",
    "3GPP TSG CT": "committee", "3GPP SA2": "subgroup", "APT preparatory group for WTSA-24": "committee",
    "CEN-CENELEC Focus Group on AI": "committee", "ETSI ISG SAI": "committee", "ETSI TC SAI": "committee",
    "IEC Standardization Management Board": "committee", "IEC SyC Smart Cities WG 1": "subgroup", "IEEE BITWG (P2884)": "subgroup",
    "IEEE C/DC 2941 WG": "subgroup", "IEEE ECPAIS": "committee", "IEEE P2941.2": "work_item", "IEEE P3652.1 FML WG": "subgroup",
    "IEEE P7003 WG": "subgroup", "IRTF NMRG": "subgroup", "ISO Council Standing Committee on Strategy and Policy": "committee",
    "ISO/IEC JTC 1/SC 42": "committee", "ISO/IEC JTC 1/SC 42 (ISO/IEC AWI TR 18988)": "work_item", "ISO/IEC JTC 1/SC 42/JWG 3": "subgroup",
    "ISO/IEC JTC 1/WG 11": "subgroup", "ITU-T FG-AI4H": "committee", "ITU-T FG-AI4H WG-DAISAM": "subgroup", "ITU-T FG-ML5G WG2": "subgroup",
    "ITU-T FG-MV task group on tourism": "subgroup", "ITU-T Q22/16": "work_item", "ITU-T SG13": "committee", "ITU-T SG13 WP1": "subgroup",
    "ITU-T SG16 (feature-based distributed intelligent systems)": "work_item", "ITU-T SG17 CG-AISEC": "subgroup",
    "ITU-T TSAG RG-StdsStrat": "subgroup", "LF AI & Data Governing Board": "committee",
    "National AI Standardization General Group": "committee",
    "SAC/TC 28/SC 37 facial recognition working group": "subgroup", "SAC/TC 28/SC 42": "committee",
    "W3C Technical Architecture Group": "committee", "W3C Web Machine Learning Community Group": "subgroup"}


def tables(root, *roles: dict, **more):
    """The fictional package with these roles alone; `seen` of a role is a list of dates of sources that show it."""
    rows, links, sources = [{"role_id": "zzz-role", "-": "left out"}], [{"role_id": "zzz-role", "-": "left out"}], []
    for at, role in enumerate(roles):
        rows.append({"role_id": f"zzz-{at}", "started": "", "ended": "", **{key: cell for key, cell in role.items() if key != "seen"}})
        for position, published in enumerate(role.get("seen", [])):
            sources.append({"citation_id": f"zzz-{at}-{position}", "published": published})
            links.append({"role_id": f"zzz-{at}", "citation_id": f"zzz-{at}-{position}", "supports": "holder;role"})
    changes = {"standards_roles": [*rows[1:], rows[0]], "role_citations": [*links[1:], links[0]], "citations": sources, **more}
    return read(load(write_package(root, changes).root)[0])


def spans(root, *roles: dict, **more) -> list[tuple[str, str, str, str]]:
    """Of each role the first and last certain and the first and last possible day, where the body is known since 1999."""
    given = tables(root, *roles, {"committee": "Far", "started": "1999-01-01"}, **more)
    found = []
    for term in terms_of(given, SETTINGS)[:len(roles)]:
        sure, maybe = term.certain(date.fromisoformat(CREATED)), term.possible(date(1999, 1, 1), date.fromisoformat(CREATED))
        found.append(tuple(str(day) for days in (sure, maybe) for day in ((days.first, days.last) if days else ("", ""))))
    return found


@pytest.mark.parametrize(("term", "span"), [
    ({"started": "2018-02-03", "ended": "2019-04-05"}, ("2018-02-03", "2019-04-05", "2018-02-03", "2019-04-05")),
    ({"started": "2018", "ended": "2020"}, ("2018-12-31", "2020-01-01", "2018-01-01", "2020-12-31")),
    ({"started": "2016-02", "ended": "2016-06"}, ("2016-02-29", "2016-06-01", "2016-02-01", "2016-06-30")),
    ({"started": "2018", "ended": "2099", "seen": ["2019"]}, ("2018-12-31", CREATED, "2018-01-01", CREATED)),
    ({"started": "2018", "seen": ["2019-05", "2021"]}, ("2018-12-31", "2021-01-01", "2018-01-01", CREATED)),
    ({"started": "2018-05-01", "seen": ["2018-05-01"]}, ("2018-05-01", "2018-05-01", "2018-05-01", CREATED)),
    ({"ended": "2020-06-30", "seen": ["2017-03", "2019"]}, ("2017-03-31", "2020-06-30", "1999-01-01", "2020-06-30")),
    ({"seen": ["2017", "2019-05", "2018"]}, ("2017-12-31", "2019-05-01", "1999-01-01", CREATED)),
    ({}, ("", "", "1999-01-01", CREATED)),
    ({"ended": "2020"}, ("", "", "1999-01-01", "2020-12-31"))])
def test_a_term_is_certain_and_possible_by_the_readings_of_its_dates(term, span, tmp_path):
    assert spans(tmp_path, term) == [span]


@pytest.mark.parametrize("term", [
    {"started": "2018", "ended": "2018"}, {"ended": "2020", "seen": ["2020-03-01"]}, {"started": "2018", "seen": ["2017-12-01"]},
    {"ended": "2016", "seen": ["2018-01-01", "2019-01-01"]}, {"started": "2018"}, {"seen": ["2025"]}])
def test_a_term_whose_certain_stretch_is_empty_counts_for_nothing_for_certain(term, tmp_path):
    years = role_years(tables(tmp_path, term, {"committee": "Far", "started": "1999-01-01"}), SETTINGS)
    own = years[years.role_id == "zzz-0"]
    assert len(own) and not own.certain.any() and own.possible.all()


@pytest.mark.parametrize(("source", "link", "counts"), [
    ({}, {}, True), ({"access": "listed"}, {}, False), ({}, {"stance": "disputes"}, False), ({}, {"supports": "holder"}, False),
    ({"published": ""}, {}, False)])
def test_only_a_dated_source_that_was_read_and_bears_the_role_out_shows_it(source, link, counts, tmp_path):
    (span,) = spans(tmp_path, {"started": "2018-01-01"}, citations=[{"citation_id": "zzz-source", "published": "2020-01-01", **source}],
                    role_citations=[{"role_id": "zzz-0", "citation_id": "zzz-source", "supports": "role", **link}])
    assert (span[1] == "2020-01-01") is counts


def test_a_later_holder_ends_a_term_without_an_end(tmp_path):
    first, second = spans(tmp_path, {"started": "2010-01-01", "seen": ["2011"]}, {"started": "2015", "ended": "2018"})
    assert first == ("2010-01-01", "2014-12-31", "2010-01-01", "2015-12-31") and second[0] == "2015-12-31"


@pytest.mark.parametrize("change", [{"role": "vice_chair"}, {"committee": "ZZZ 2"}, {"role": "co_chair"}])
def test_a_later_holder_of_another_office_or_of_one_that_many_hold_ends_no_term(change, tmp_path):
    both = {"role": change["role"]} if "role" in change else {}
    first, _ = spans(tmp_path, {"started": "2010-01-01", "seen": ["2011"], **both}, {"started": "2015", "ended": "2018", **change})
    assert first == ("2010-01-01", "2011-01-01", "2010-01-01", CREATED)


def test_a_source_from_after_the_next_holders_start_does_not_lengthen_a_term(tmp_path):
    first, _ = spans(tmp_path, {"started": "2010-01-01", "seen": ["2020"]}, {"started": "2015-01-01"})
    assert first[1] == "2014-12-31" and first[3] == "2015-01-01"
    first, _ = spans(tmp_path / "open", {"seen": ["2010-01-01", "2020"]}, {"started": "2015-01-01"})
    assert first[:2] == ("2010-01-01", "2014-12-31")


def test_a_holder_seen_once_is_not_certain_until_the_next_one(tmp_path):
    first, _ = spans(tmp_path, {"seen": ["2010-01-01"]}, {"started": "2015-01-01"})
    assert first == ("2010-01-01", "2010-01-01", "1999-01-01", "2015-01-01")


@pytest.mark.parametrize(("starts", "end"), [(("2010", "2010-06"), "2010-06-30"), (("2010-03", "2010-03-20"), "2010-03-20")])
def test_of_two_starts_that_overlap_the_one_that_can_be_earlier_ends_with_the_other(starts, end, tmp_path):
    first, second = spans(tmp_path, {"started": starts[0]}, {"started": starts[1], "seen": ["2012-01-01"]})
    assert first[3] == end and (first[0] > first[1] or not first[0]) and second[3] == CREATED and second[1] == "2012-01-01"
    first, _, _ = spans(tmp_path / "third", {"started": starts[0]}, {"started": starts[1]}, {"started": "2015-01-01"})
    assert first[3] == end and first[0] > first[1]


@pytest.mark.parametrize(("one", "other"), [
    ({"started": "2010"}, {"started": "2010"}), ({"started": "2010", "seen": ["2012"]}, {"started": "2010-06"}),
    ({"started": "2010"}, {"started": "2010-06", "ended": "2010-08"}), ({"started": "2010", "role": "vice_chair"},
                                                                       {"started": "2010-06", "role": "vice_chair"})])
def test_overlapping_starts_end_nothing_where_the_order_stays_open(one, other, tmp_path):
    first, _ = spans(tmp_path, one, other)
    assert first[3] == CREATED


@pytest.mark.parametrize("starts", [("2010", "2010"), ("2010", "2010-06"), ("2010-05-01", "2010-05-01")])
def test_holders_whose_order_is_not_known_do_not_end_each_other(starts, tmp_path):
    both = spans(tmp_path, *({"started": start, "seen": ["2012-01-01"]} for start in starts))
    assert [span[1] for span in both] == ["2012-01-01"] * 2 and [span[3] for span in both] == [CREATED] * 2


def test_a_holder_who_starts_later_in_the_same_year_ends_the_term(tmp_path):
    first, _ = spans(tmp_path, {"started": "2010-02", "seen": ["2012"]}, {"started": "2010-09"})
    assert first == ("2010-02-28", "2010-08-31", "2010-02-01", "2010-09-30")


def test_two_who_held_it_together_both_end_with_the_next(tmp_path):
    *both, _ = spans(tmp_path, {"started": "2010"}, {"started": "2010"}, {"started": "2015-01-01"})
    assert both == [("2010-12-31", "2014-12-31", "2010-01-01", "2015-01-01")] * 2


def test_a_holder_without_a_start_begins_after_the_one_before(tmp_path):
    _, second = spans(tmp_path, {"started": "2010", "ended": "2012"}, {"ended": "2016-05-01", "seen": ["2014"]})
    assert second == ("2014-12-31", "2016-05-01", "2012-01-01", "2016-05-01")
    _, second = spans(tmp_path / "seen", {"started": "2010", "seen": ["2011-05-01"]}, {"seen": ["2014", "2016"]})
    assert second[2] == "2011-05-01" and second[0] == "2014-12-31"


def test_a_source_from_before_the_end_of_the_one_before_only_announces(tmp_path):
    _, second = spans(tmp_path, {"started": "2010", "ended": "2012"}, {"ended": "2016", "seen": ["2011-10-05", "2013-07"]})
    assert second[0] == "2013-07-31"
    _, second = spans(tmp_path / "co", {"started": "2010", "ended": "2012", "role": "vice_chair"},
                      {"ended": "2016", "seen": ["2011-10-05", "2013-07"], "role": "vice_chair"})
    assert second[0] == "2011-10-05" and second[2] == "1999-01-01"


def test_a_later_holder_without_a_start_ends_what_is_possible_but_makes_nothing_certain(tmp_path):
    first, second = spans(tmp_path, {"started": "2009", "seen": ["2012-11-30", "2014"]}, {"seen": ["2016-11-30"]})
    assert first == ("2009-12-31", "2014-01-01", "2009-01-01", "2016-11-30")
    assert second == ("2016-11-30", "2016-11-30", "2014-01-01", CREATED)
    first, _ = spans(tmp_path / "mixed", {"started": "2009", "seen": ["2017"]}, {"seen": ["2016-11-30"]})
    assert first[3] == CREATED


def test_days_of_a_leap_year(tmp_path):
    years = role_years(tables(tmp_path, {"started": "2019-12-31", "ended": "2020-01-31"}), SETTINGS).set_index("year")
    assert years.certain.to_dict() == {2019: round(1 / 365, 4), 2020: round(31 / 366, 4)} == years.possible.to_dict()
    years = role_years(tables(tmp_path / "year", {"started": "2020-01-01", "ended": "2020-12-31"}), SETTINGS)
    assert years.certain.tolist() == [1] and str(days_of("2020-02").last) == "2020-02-29" and str(days_of("2019-02").last) == "2019-02-28"


def test_a_role_of_a_body_of_which_nothing_is_dated_has_no_row(tmp_path):
    given = tables(tmp_path, {}, {"committee": "Far"})
    assert role_years(given, SETTINGS).empty and standards_share(given, SETTINGS).empty
    assert list(role_years(given, SETTINGS).columns) and len(role_countries(given)) == 2
    assert len(role_years(tables(tmp_path / "dated", {}, {"committee": "Far", "ended": "2019"}), SETTINGS).role_id.unique()) == 2


def test_the_country_is_the_roles_own_then_that_of_the_affiliation(tmp_path):
    given = tables(tmp_path, {"affiliation_id": "zzz-supplier"}, {"affiliation_id": "zzz-supplier", "country_code": ""},
                   {"affiliation_id": "zzz-body", "country_code": ""}, {"affiliation_id": "", "country_code": ""})
    assert [tuple(row) for row in role_countries(given)[["country_code", "country_basis"]].itertuples(index=False, name=None)] == [
        ("ZZA", "holder"), ("ZZB", "affiliation"), (None, "unknown"), (None, "unknown")]


def test_bounds_of_a_share(tmp_path):
    sure, maybe = ({"role": "vice_chair", "started": f"2010{start}", "ended": f"2010{end}"}
                   for start, end in [("-01-01", "-12-31"), ("", "")])
    given = tables(tmp_path, sure, {**maybe, "country_code": ""}, {**sure, "country_code": "", "affiliation_id": "zzz-supplier"},
                   {**maybe, "country_code": "ZZC"})
    found = standards_share(given, SETTINGS).set_index("country_code")
    assert found.loc["ZZA", ["total_certain", "total_possible"]].tolist() == [2, 4] and "unknown" not in set(found.country_basis)
    assert [found.loc[code, ["share_low", "share_high"]].tolist() for code in ("ZZA", "ZZB")] == [[1 / 4, 2 / 3]] * 2
    assert found.loc["ZZC", ["share_low", "share_high"]].tolist() == [0, 1 / 2]
    alone = standards_share(tables(tmp_path / "alone", {"started": "2010", "ended": "2010"}), SETTINGS)
    assert alone.share_high.tolist() == [1] and alone.share_low.isna().all()


def test_roles_of_unknown_country_may_be_anybodys(tmp_path):
    sure = {"role": "vice_chair", "started": "2010-01-01", "ended": "2010-12-31"}
    nobody = {**sure, "country_code": ""}
    found = standards_share(tables(tmp_path, sure, nobody, nobody, nobody), SETTINGS)
    assert found[["country_code", "share_low", "share_high"]].to_numpy().tolist() == [["ZZA", 1 / 4, 1]]
    known = standards_share(tables(tmp_path / "known", sure, nobody, {**sure, "country_code": "ZZC"}), SETTINGS)
    assert known[["share_low", "share_high"]].to_numpy().tolist() == [[1 / 3, 2 / 3]] * 2


@pytest.mark.parametrize(("name", "level"), LEVELS.items())
def test_level_of_a_committee(name, level):
    assert committee_level(name, SETTINGS) == level


def test_bounds_of_the_real_roles():
    years = role_years(REAL, SETTINGS)
    assert not years.duplicated(["role_id", "year"]).any() and years.year.max() == int(CREATED[:4])
    assert ((years.certain >= 0) & (years.certain <= years.possible) & (years.possible <= 1) & (years.possible > 0)).all()
    assert (years.country_code.isna() == (years.country_basis == "unknown")).all()


def test_no_real_office_of_one_is_certainly_held_by_two():
    offices = defaultdict(list)
    roles = REAL["standards_roles"].set_index("role_id")
    for row in role_years(REAL, SETTINGS).itertuples():
        if row.role in SETTINGS.exclusive_roles:
            offices[row.body_id, roles.committee[row.role_id], row.role, row.year].append(row.certain)
    assert offices and max(map(sum, offices.values())) <= 1 + 1.5 / 365  # a day on which one hands over to the other is of both


def test_real_closed_terms_counted_day_by_day():
    shares = {(role, year): (certain, possible) for role, year, certain, possible in held(REAL, SETTINGS)}
    checked = 0
    for row in REAL["standards_roles"].itertuples():
        if len(row.started) == 4 and row.ended and row.ended[:4] < CREATED[:4]:
            day, days = date(int(row.started), 1, 1), defaultdict(lambda: [0, 0, 0])
            while day.year <= int(row.ended[:4]):
                text, counts = day.isoformat(), days[day.year]
                is_possible = text[:len(row.ended)] <= row.ended
                is_certain = text >= row.started + "-12-31" and is_possible and (text[:len(row.ended)] < row.ended or text.endswith(
                    "-01-01"[len(row.ended) - 4:]))
                days[day.year], day = [counts[0] + is_certain, counts[1] + is_possible, counts[2] + 1], day + timedelta(days=1)
            for year, (certain, possible, every) in days.items():
                assert shares[row.role_id, year] == pytest.approx((certain / every, possible / every), abs=1e-4), (row.role_id, year)
            checked += 1
    assert checked > 50


def test_real_shares_recounted():
    years, found = role_years(REAL, SETTINGS), standards_share(REAL, SETTINGS)
    assert len(found) == len(years[years.country_code.notna()].drop_duplicates([*GROUP, "country_code", "country_basis"]))
    rows = years.to_dict("records")
    for row in found.sample(60, random_state=1).to_dict("records"):
        group = [one for one in rows if all(one[column] == row[column] for column in GROUP)]
        own = [one for one in group if (one["country_code"], one["country_basis"]) == (row["country_code"], row["country_basis"])]
        others = [one for one in group if one not in own]
        assert row["role_years_certain"] == pytest.approx(sum(one["certain"] for one in own))
        assert row["total_possible"] == pytest.approx(sum(one["possible"] for one in group))
        least = row["role_years_certain"] + sum(one["possible"] for one in others)
        unknown = sum(one["possible"] for one in others if one["country_basis"] == "unknown")
        known = sum(one["certain"] for one in others if one["country_basis"] != "unknown")
        most = row["role_years_possible"] + unknown
        assert row["share_high"] == pytest.approx(most / (most + known))
        assert (row["share_low"] == pytest.approx(row["role_years_certain"] / least)) if least else pd.isna(row["share_low"])
    low, high = found.share_low.fillna(0), found.share_high.fillna(1)
    assert ((low >= 0) & (low <= high) & (high <= 1)).all()
