"""The matrix of texts and themes: what is not coded is apart from what is absent, and each mark leads to its passage."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from scripts.site import compare_page, record_pages
from scripts.site.assets import OURS
from scripts.site.compare_page import LOCATOR, all_groups, stances
from scripts.site.content import Site
from tests.places import Element, lines, pages_of, section, text
from tests.released import real
from tests.sites import fictional_site, site_of

OF_CHINA = {"countries": [{"country_code": "CHN", "name": "Zzz Other Land"}], "policy_statements": [{"country_code": "CHN"}]}
OF_ALL = {"organizations": [{"organization_id": "unesco", "name": "Zzz Organ"}], "policy_statements": [{"issuer_id": "unesco"}]}
LATER = {"policy_statements": [{"statement_id": "zzz-later", "title": "Another of Zzz", "issued": "2020"}]}


def matrix(site: Site, root: Path) -> Element:
    """The page of the matrix."""
    return pages_of(compare_page, site, root / "site")(compare_page.PLACE)


def cells(page: Element, theme: str) -> list[Element]:
    """The cells of one theme, by its title."""
    return next(row.findall("td") for row in section(page, "matrix").xpath(".//tbody/tr") if text(row.find("th")) == theme)


def coded(root: Path, **theme: str) -> Element:
    """The cell of privacy of the fictional text with its coding changed."""
    [cell] = cells(matrix(fictional_site(root, {"statement_themes": [theme]}), root), "Privacy")
    return cell


def script(site: Site, root: Path) -> dict:
    """What the script of the matrix holds."""
    (root / "assets").mkdir()
    compare_page.write(site, root)
    words = (root / "assets" / compare_page.DATA).read_text(encoding="utf-8")
    start = f"window.{compare_page.GLOBAL} = "
    assert words.startswith(start) and words.endswith(";\n")
    return json.loads(words.removeprefix(start).removesuffix(";\n"))


@pytest.fixture(scope="module")
def whole() -> Site:
    """The site of the real data."""
    return site_of(real())


# --- a mark

def test_a_mark_leads_to_its_passage(tmp_path):
    site = fictional_site(tmp_path)
    [link] = cells(matrix(site, tmp_path), "Privacy")[0].findall("a")
    place, _, anchor = link.get("href").partition("#")
    statement = pages_of(record_pages, site, tmp_path / "records")("statements/zzz-statement/")
    assert place == "../statements/zzz-statement/index.html" and "Privacy" in text(section(statement, anchor))


def test_a_mark_says_where_it_is_in_the_text(tmp_path):
    assert coded(tmp_path, locator="article 5", note="A note of Zzz.").find("a").get("title") == "article 5"


def test_a_mark_without_a_locator_says_how_its_note_starts(tmp_path):
    title = coded(tmp_path, note="A long note of Zzz. " * 20).find("a").get("title")
    assert title.startswith("A long note of Zzz.") and title.endswith("…") and len(title) <= LOCATOR


def test_absent_is_a_mark_with_a_passage_and_not_coded_is_none(tmp_path):
    page = matrix(fictional_site(tmp_path, {"statement_themes": [{"stance": "absent"}]}), tmp_path)
    [absent], [nothing] = cells(page, "Privacy"), cells(page, "Democracy")
    assert (absent.get("class"), text(absent), absent.find("a") is None) == ("absent", "○Absent", False)
    assert (nothing.get("class"), text(nothing), nothing.find("a") is None) == ("not_coded", "·Not coded", True)


def test_each_stance_has_a_sign_and_words_of_its_own(whole):
    known = stances(whole)
    assert len({stance.symbol for stance in known}) == len({stance.term.title for stance in known}) == len(known) == 5


def test_a_stance_without_a_sign_has_its_first_letter(whole, monkeypatch):
    monkeypatch.delitem(compare_page.SYMBOLS, "supports")
    assert next(one.symbol for one in stances(whole)) == "S"


def test_the_key_explains_each_stance(tmp_path):
    page = matrix(fictional_site(tmp_path), tmp_path)
    assert [text(one) for one in page.xpath("//dl//dt")] == ["●", "✕", "◐", "○", "·"]
    assert "does not say that the text is silent" in text(page.xpath("//dl")[0])


# --- groups

@pytest.mark.parametrize(("example", "title"), [({}, "Other issuers"), (OF_CHINA, "China-led"), (OF_ALL, "UN-wide")])
def test_texts_stand_in_groups_by_who_issued_them(tmp_path, example, title):
    assert [group.title for group in all_groups(fictional_site(tmp_path, example))] == [title]


def test_the_oldest_text_of_a_group_stands_first(tmp_path):
    [group] = all_groups(fictional_site(tmp_path, LATER))
    assert [text.id for text in group.texts] == ["zzz-statement", "zzz-later"]


# --- which texts

def test_the_page_shows_the_chosen_texts_and_the_script_has_all(tmp_path):
    site = fictional_site(tmp_path, LATER)
    site.own.compared_statements[:] = ["zzz-later"]
    page, data = matrix(site, tmp_path), script(site, tmp_path)
    assert [text(head) for head in section(page, "matrix").xpath(".//th[@scope='col']/a")] == ["Another of Zzz"]
    assert section(page, "matrix").get("data-first") == "zzz-later"
    assert [one[0] for _, texts in data["groups"] for one in texts] == ["zzz-statement", "zzz-later"]


def test_a_page_without_a_chosen_text_says_so(tmp_path):
    site = fictional_site(tmp_path)
    site.own.compared_statements.clear()
    assert text(section(matrix(site, tmp_path), "tally")) == "No text is chosen."


def test_what_a_reader_would_not_see_is_written_out_in_the_script(tmp_path):
    data = script(fictional_site(tmp_path, {"policy_statements": [{"title": "Zzz\u202egpj"}]}), tmp_path)
    assert data["groups"][0][1][0][1] == r"Zzz\u202egpj"


# --- the real data

def test_marks_of_the_page_are_those_of_the_table(whole, tmp_path):
    page, table = matrix(whole, tmp_path), real()["theme_matrix"].set_index("statement_id")
    heads = section(page, "matrix").xpath(".//th[@scope='col']/a/@href")
    drawn = [head.split("/")[2] for head in heads]
    marks = [[cell.get("class") for cell in row.findall("td")] for row in section(page, "matrix").xpath(".//tbody/tr")]
    assert sorted(drawn) == sorted(whole.own.compared_statements) and len(lines(section(page, "matrix"))) == len(table.columns)
    assert marks == table.loc[drawn].T.to_numpy().tolist()


def test_the_numbers_above_the_matrix_are_those_of_the_table(whole, tmp_path):
    counted = Counter(real()["theme_matrix"].set_index("statement_id").loc[whole.own.compared_statements].to_numpy().ravel())
    said = dict(part.split(": ") for part in text(section(matrix(whole, tmp_path), "tally")).rstrip(".").split(", "))
    assert {stance.name: int(said[stance.term.title]) for stance in stances(whole)} == {s.name: counted[s.name] for s in stances(whole)}


def test_marks_of_the_script_are_those_of_the_table(whole, tmp_path):
    data, table = script(whole, tmp_path), real()["theme_matrix"].set_index("statement_id")
    marks = {one[0]: [data["stances"][int(digit)] for digit in one[4]] for _, texts in data["groups"] for one in texts}
    assert data["themes"] == list(table.columns) and marks == dict(zip(table.index, table.to_numpy().tolist(), strict=True))


def test_the_script_stays_small_at_twenty_times_the_texts(whole, tmp_path):
    script(whole, tmp_path)
    assert 20 * (tmp_path / "assets" / compare_page.DATA).stat().st_size < 1_500_000


def test_the_scripts_of_the_page_are_there():
    assert (OURS / compare_page.SCRIPT).is_file()
