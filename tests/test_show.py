"""`show` prints one record of any kind with what hangs on it, and lets no cell speak to the terminal."""

from __future__ import annotations

import pytest

from scripts import records, show
from scripts.__main__ import main
from scripts.package import load
from scripts.read import read
from tests.fictional import PROJECT, ROWS, write_package
from tests.test_history import commit, git

HOSTILE = "Zzz\x1b[31m red\x1b]0;zzz\x07 \u202ereversed\u2066 \u200bhidden \x9b2J"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("show")
    write_package(root)
    return root


def shown(root, identifier: str, capsys, code: int = 0) -> str:
    """What `show` prints, which is on one stream only."""
    assert main(["show", "--root", str(root), identifier]) == code
    out, err = capsys.readouterr()
    assert not (out and err)
    return out or err


@pytest.mark.parametrize(("identifier", "parts"), [
    ("zzz-deployment", ["deployments zzz-deployment\n", "Title           Camera network of Zzz city\n", "Zzz Land (ZZA)",
                        "System (system)", "Video surveillance (video_surveillance)", "- Xxx Land (ZZC)",
                        "- Zzz Supplier (zzz-supplier); Supplier (supplier)", "Sources (1)", "https://example.org/zzz-source",
                        "supports channel, country_code, parties", "read: excerpt; official document",
                        "claim_records, record_id: zzz-claim"]),
    ("zzz-supplier", ["organizations zzz-supplier\n", "Company (company)", "deployment_parties, organization_id: zzz-deployment"]),
    ("zzz-full", ["citations zzz-full\n", "https://example.org/zzz-full", "Full text (full_text)", "statement_citations, citation_id:",
                  "statement_themes, citation_id: zzz-statement", "claims, made_in: zzz-claim"]),
    ("zzz-role", ["standards_roles zzz-role\n", "Zzz Standards Body (zzz-body)", "Zzz Holder", "supports committee, country_code, holder"]),
    ("zzz-statement", ["policy_statements zzz-statement\n", "Zzz Ministry (zzz-issuer)", "- Privacy (privacy); Supports (supports)",
                       "- Yyy Land (ZZB); Endorsed (endorsed)", "Tallies", "supports issued, themes"]),
    ("zzz-claim", ["claims zzz-claim\n", "The whole text (zzz-full)", "Supported (supported)", "- Zzz Ministry (zzz-issuer)",
                   "- Deployments (deployments); zzz-deployment", "Sources (1)"]),
    ("ZZA", ["countries ZZA\n", "Zzz Land", "policy_statements, country_code: zzz-statement"]),
    ("zzz-gone", ["withdrawn zzz-gone\n", "Deployments (deployments)", "2021-03-01", "A fictional reason."])])
def test_a_record_of_each_kind(root, identifier, parts, capsys):
    text = shown(root, identifier, capsys)
    assert [part for part in parts if part not in text] == []
    assert text.endswith("\n") and max(map(len, text.splitlines())) <= show.WIDTH


def test_every_cell_of_the_record_is_there(root, capsys):
    package, _ = load(root)
    for table, rows in ROWS.items():
        for row in rows:
            text = " ".join(shown(root, row[package.tables[table].id], capsys).split())
            for value in row.values():
                assert all(item in text or item.replace("_", " ") in text for item in value.split(";")), (table, value)


def test_a_source_that_disputes_comes_last(tmp_path, capsys):
    link = {"deployment_id": "zzz-deployment", "citation_id": "zzz-full", "supports": "status", "stance": "disputes", "locator": "page 2"}
    write_package(tmp_path, {"deployment_citations": [link], "citations": [
        {"citation_id": "zzz-full", "original_publisher": "Zzz Agency", "published": ""}]})
    text = shown(tmp_path, "zzz-deployment", capsys)
    assert text.index("zzz-source") < text.index("zzz-full") < text.index("disputes status")
    assert "Zzz Press (text of Zzz Agency), no date" in text and "page 2" in text


def test_a_source_that_supports_and_disputes_is_one_source(tmp_path, capsys):
    link = {"deployment_id": "zzz-deployment", "citation_id": "zzz-source", "supports": "ai_basis", "stance": "disputes"}
    write_package(tmp_path, {"deployment_citations": [link]})
    text = shown(tmp_path, "zzz-deployment", capsys)
    assert "Sources (1)" in text and text.count("https://example.org/zzz-source") == 1
    assert text.index("supports channel") < text.index("disputes ai_basis")


def test_all_users_are_there(tmp_path, capsys):
    countries = [{"country_code": f"Z{a}{b}", "name": "Zzz"} for a in "DEF" for b in "ABCDEFGHIJ"]
    more = [{"organization_id": f"zzz-{n:02}", "name": "Zzz", "organization_type": "company", "country_code": "ZZC"} for n in range(25)]
    write_package(tmp_path, {"countries": countries, "organizations": more})
    text = shown(tmp_path, "ZZC", capsys)
    assert all(f"zzz-{n:02}" in text for n in range(25))


@pytest.mark.parametrize(("typed", "near"), [
    ("zzz-deploymnt", "zzz-deployment"), ("ZZZ Deployment", "zzz-deployment"), ("zzz_role", "zzz-role"), ("zza", "ZZA")])
def test_an_unknown_id_suggests_the_nearest(root, typed, near, capsys):
    assert shown(root, typed, capsys, 1) == f"No record has the id `{typed}`. Did you mean `{near}`?\n"


@pytest.mark.parametrize("typed", ["qqq", "", "x" * 5000])
def test_an_unknown_id_with_nothing_near(root, typed, capsys):
    assert shown(root, typed, capsys, 1) == f"No record has the id `{typed}`.\n"


def harmless(text: str) -> bool:
    """Whether a terminal would show each character of a text, and obey none."""
    return all(character.isprintable() or character == "\n" for character in text)


def test_hostile_cells_are_written_out(tmp_path, capsys):
    cells = {"title": HOSTILE, "place": HOSTILE, "summary": f"{HOSTILE} " * 9, "technologies": f"{HOSTILE};zzz", "status": HOSTILE}
    write_package(tmp_path, {
        "deployments": [{"deployment_id": "zzz-deployment", **cells}], "countries": [{"country_code": "ZZA", "name": HOSTILE}],
        "organizations": [{"organization_id": "zzz-supplier", "name": HOSTILE}],
        "citations": [{"citation_id": "zzz-source", "title": HOSTILE, "publisher": HOSTILE, "url": HOSTILE, "original_publisher": HOSTILE}],
        "deployment_citations": [{"deployment_id": "zzz-deployment", "citation_id": "zzz-source", "locator": HOSTILE,
                                  "supports": HOSTILE, "stance": HOSTILE}],
        "claim_records": [{"claim_id": HOSTILE}]})
    text = shown(tmp_path, "zzz-deployment", capsys)
    assert harmless(text) and "Zzz\\x1b[31m red\\x1b]0;zzz\\x07 \\u202ereversed\\u2066" in text and "\\x9b2J" in text
    assert harmless(shown(tmp_path, "zzz-supplier", capsys)) and harmless(shown(tmp_path, "zzz-source", capsys))


def test_a_hostile_id_is_written_out(tmp_path, capsys):
    write_package(tmp_path, {"claims": [{"claim_id": f"zzz-{HOSTILE}"}]})
    assert harmless(shown(tmp_path, f"zzz-{HOSTILE}", capsys)) and harmless(shown(tmp_path, f"zzz-{HOSTILE}zz", capsys, 1))


def test_text_of_other_scripts_stays(tmp_path, capsys):
    write_package(tmp_path, {"organizations": [{"organization_id": "zzz-supplier", "name_local": "虚构\u3000公司 Zürich سدسد"}]})
    assert "虚构\u3000公司 Zürich سدسد" in shown(tmp_path, "zzz-supplier", capsys)


def test_a_table_that_cannot_be_read_is_named(tmp_path, capsys):
    write_package(tmp_path)
    (tmp_path / "data/deployments.csv").unlink()
    (tmp_path / "data/citations.csv").write_text("citation_id,zzz\n")
    assert main(["show", "--root", str(tmp_path), "zzz-deployment"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "data/deployments.csv: The file is missing." in err and "No record has the id" in err
    assert main(["show", "--root", str(tmp_path), "zzz-role"]) == 0
    out, err = capsys.readouterr()
    assert "Zzz Holder" in out and "data/citations.csv" in err


def test_records_of_the_dataset_can_be_shown():
    tables = read(load(PROJECT)[0])
    for identifier in records.identifiers(tables)[::151]:
        text = show.render(records.find(tables, identifier), tables)
        assert harmless(text.replace("\u3000", "")) and identifier in text


def test_a_file_beside_the_tables_does_not_matter_here(tmp_path, capsys):
    write_package(tmp_path)
    (tmp_path / "data/zzz (1).csv").write_text("zzz")
    assert main(["show", "--root", str(tmp_path), "zzz-role"]) == 0 and capsys.readouterr().err == ""


def test_what_makes_a_record_good_is_shown_as_a_release_rates_it(root, capsys):
    text = shown(root, "zzz-deployment", capsys)
    quality = text.split("\nQuality\n")[1].split("\n\n")[0]
    assert "Recommended for aggregates  false" in quality and "AI not stated (ai_not_stated)" in quality
    assert "Quality" not in shown(root, "zzz-supplier", capsys)


@pytest.mark.parametrize(("table", "edit", "rated"), [
    ("deployment_citations", lambda text: text.replace("zzz-source", "zzz-none"), False),
    ("deployment_citations", lambda text: text + "zzz-deployment\n", False),
    ("citations", lambda text: text + text.splitlines()[-1] + "\n", False),
    ("deployments", lambda text: text.replace("Zzz city", "Zzz town"), True)])
def test_a_record_is_rated_only_where_the_cells_and_keys_of_the_tables_hold(table, edit, rated, tmp_path, capsys):
    path = tmp_path / write_package(tmp_path).tables[table].path
    path.write_text(edit(path.read_text()))
    text = shown(tmp_path, "zzz-deployment", capsys)
    assert ("Recommended for aggregates" in text) == rated != ("Not rated: the tables have errors, which `validate` names." in text)


def test_the_commits_that_changed_a_record_or_what_belongs_to_it_are_its_history(tmp_path, capsys):
    write_package(tmp_path)
    assert "History" not in shown(tmp_path, "zzz-deployment", capsys)
    git(tmp_path, "init", "--quiet")
    for message, table, old, new in (("First", "deployments", "", ""), ("A place", "deployments", "Zzz city", "Zzz town"),
                                     ("A party", "deployment_parties", ",supplier", ",integrator"), ("Another", "claims", "does", "did")):
        path = tmp_path / "data" / f"{table}.csv"
        path.write_text(path.read_text().replace(old, new))
        commit(tmp_path, message)
    lines = shown(tmp_path, "zzz-deployment", capsys).split("\nHistory\n")[1].splitlines()
    assert [line.split(maxsplit=3)[3] for line in lines] == ["A party", "A place", "First"]
