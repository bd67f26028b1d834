"""The documents: the generated ones are current and whole, and no link in any of them leads nowhere."""

from __future__ import annotations

import pkgutil
import re
import shutil
from importlib import import_module
from itertools import pairwise

import pytest

import scripts
from schemas import rules_of
from scripts.__main__ import main
from scripts.add import add, plan
from scripts.docs import documents
from scripts.package import load
from scripts.problem import KINDS
from scripts.read import read
from tests.fictional import PROJECT, write_package

GENERATED = ("docs/codebook.md", "docs/rules.md")
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", *sorted(f"docs/{path.name}" for path in (PROJECT / "docs").glob("*.md"))]
PACKAGE, _ = load(PROJECT)


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def test_the_generated_documents_are_current(capsys):
    assert (main(["docs", "--check", "--root", str(PROJECT)]), capsys.readouterr().out) == (0, "")


def test_a_changed_descriptor_makes_them_stale(tmp_path, capsys):
    write_package(tmp_path)
    root = ["--root", str(tmp_path)]
    assert main(["docs", *root]) == 0
    assert main(["docs", "--check", *root]) == 0
    schema = tmp_path / "schemas/claims.json"
    text = schema.read_text(encoding="utf-8")
    schema.write_text(text.replace("Permanent id of the claim.", "Zzz id."), encoding="utf-8")
    before = {name: (tmp_path / name).read_bytes() for name in GENERATED}
    capsys.readouterr()
    assert main(["docs", "--check", *root]) == 1
    assert capsys.readouterr().out == "docs/codebook.md is not current: run `python -m scripts docs`.\n"
    assert {name: (tmp_path / name).read_bytes() for name in GENERATED} == before
    assert main(["docs", *root]) == 0 and main(["docs", "--check", *root]) == 0
    assert "Zzz id." in (tmp_path / "docs/codebook.md").read_text(encoding="utf-8")


def test_a_missing_document_is_stale(tmp_path):
    write_package(tmp_path)
    assert main(["docs", "--check", "--root", str(tmp_path)]) == 1
    assert not (tmp_path / "docs").exists()


def test_the_documents_depend_on_no_row_but_those_of_the_countries(tmp_path):
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copy(PROJECT / "datapackage.json", tmp_path)
    (tmp_path / "data").mkdir()
    shutil.copy(PROJECT / "data/countries.csv", tmp_path / "data")
    empty, problems = load(tmp_path)
    assert problems == []
    assert documents(empty) == documents(PACKAGE)


def test_every_kind_of_problem_stands_in_the_catalogue():
    for module in pkgutil.walk_packages(scripts.__path__, "scripts."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for table in PACKAGE.tables:
        rules_of(table)
    rows = dict(re.findall(r'^\| <a name="([^"]+)"></a>(.*)$', text_of("docs/rules.md"), re.MULTILINE))
    assert set(rows) == set(KINDS)
    for code, kind in KINDS.items():
        assert rows[code].startswith(f"`{code}` | {kind.severity} | ") and kind.sentence.endswith(".")


def test_every_column_and_term_stands_in_the_codebook():
    codebook = text_of("docs/codebook.md")
    for table in PACKAGE.tables.values():
        section = codebook.split(f'\n## <a name="{table.name}"></a>{table.name}\n')[1].split("\n## ")[0]
        columns = re.findall(r'^\| <a name="([^"]+)"></a>`(\w+)`', section, re.MULTILINE)
        assert columns == [(f"{table.name}.{column}", column) for column in table.columns]
    for name, vocabulary in PACKAGE.vocabularies.items():
        section = codebook.split(f'\n### <a name="vocabulary-{name}"></a>{name}\n')[1].split("\n### ")[0]
        terms = re.findall(r'^\| <a name="([^"]+)"></a>`(\w+)` \|', section, re.MULTILINE)
        assert terms == [(f"{name}.{term}", term) for term in vocabulary.terms]


def test_a_cell_of_a_generated_table_never_breaks_it():
    for name in GENERATED:
        for line, following in pairwise(text_of(name).splitlines()):
            if line.startswith("|") and following.startswith("|"):
                assert cells(line) == cells(following), following


def cells(line: str) -> int:
    """How many cells a line of a Markdown table has."""
    return len(re.findall(r"(?<!\\)\|", line)) - 1


def without_code(text: str) -> str:
    """A page without its code, in which a bracket is no link."""
    return re.sub(r"(`+).*?\1", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def anchors(text: str) -> set[str]:
    """The anchors of a page: those that it names and those that GitHub makes of its headings."""
    headings = re.findall(r"^#+ +(.+?)\s*$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", re.sub(r"<[^>]*>", "", heading)).strip().lower().replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a name="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES)
def test_no_link_leads_nowhere(page):
    links = re.findall(r"\]\(\s*<?([^)>\s]+)", without_code(text_of(page)))
    for link in links:
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            assert link.startswith("https://"), link
            continue
        target = (PROJECT / page).parent / path if path else PROJECT / page
        assert target.resolve().is_relative_to(PROJECT) and target.exists(), f"{page}: {link}"
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{page}: {link}"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/methodology.md"])
def test_a_file_that_a_page_names_exists(page):
    named = re.findall(r"`((?:data|schemas|docs|scripts|tests)/[\w./-]+\.\w+)`", text_of(page))
    assert [name for name in named if "TABLE" not in name and not (PROJECT / name).exists()] == []


def card_of(page, folder):
    """The first card on a page, as a file."""
    card = folder / "card.yaml"
    card.write_text(text_of(page).split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    return card


def test_the_card_on_the_page_of_cards_is_one_that_add_takes(tmp_path):
    package, card = write_package(tmp_path / "zzz"), card_of("docs/cards.md", tmp_path)
    first = add(package, read(package), [card])
    assert first.problems == [] and first.added["deployments"] == 1
    second = add(package, read(package), [card])
    assert (second.problems, second.added, second.changed) == ([], {}, {})


def test_the_worked_example_for_contributors_is_what_the_tables_say(tmp_path):
    package, _ = load(PROJECT)
    outcome = plan(package, read(package), [card_of("CONTRIBUTING.md", tmp_path)]).outcome
    assert (outcome.problems, outcome.added, outcome.changed, outcome.removed) == ([], {}, {}, {})


def test_the_worked_example_entered_again_is_recognized(tmp_path):
    package, _ = load(PROJECT)
    card = card_of("CONTRIBUTING.md", tmp_path)
    again = card.read_text(encoding="utf-8").replace("id: mng-huawei-smart-ulaanbaatar", "id: zzz-entered-again")
    card.write_text(again, encoding="utf-8")
    (twin,) = [twin for twin in plan(package, read(package), [card]).outcome.twins if twin.table == "deployments"][:1]
    assert (twin.record, twin.other) == ("zzz-entered-again", "mng-huawei-smart-ulaanbaatar")


def test_the_page_of_cards_shows_every_section_and_key():
    package, _ = load(PROJECT)
    text = (PROJECT / "docs/cards.md").read_text(encoding="utf-8")
    for table in package.tables.values():
        if table.card and table.name != "withdrawn":
            place = table.card.get("key") or table.card["section"]
            assert re.search(rf"\b{place}:", text), place
