"""From fork to merge through each door, as a contributor and a maintainer walk it, with the real git and a real spreadsheet program."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts import forms
from scripts.__main__ import main
from scripts.package import load
from scripts.read import read
from tests.fictional import ROWS, write_package
from tests.spreadsheet import opened_as_text, rows_of, type_into
from tests.test_history import commit, git
from tests.web import rendered

pytestmark = pytest.mark.slow

SOURCE = {"title": "The news of Zzz", "publisher": "Zzz News", "published": "2022-03-04", "url": "https://example.org/zzz-news",
          "language": "en", "type": "news", "access": "full_text", "accessed": "2022-04-05"}
SOURCE_ANSWERS = {
    "Source title": SOURCE["title"], "Source publisher": SOURCE["publisher"], "Source published": SOURCE["published"],
    "Source address": SOURCE["url"], "Source language": "en", "Source type": "News", "How far you read the source": "Full text",
    "Day on which you read the source": SOURCE["accessed"]}
RECORD = {"title": "Cloud of Zzz Land", "country": "ZZA", "channel": "infrastructure", "technologies": ["cloud"],
          "purposes": ["e_government"], "ai_basis": "enabling", "status": "agreed", "rights_concern": "none_reported",
          "summary": "The fictional firm Zzz Supplier agreed on a fictional cloud."}
SUPPORTS = ["channel", "country_code", "parties", "purposes", "status", "technologies"]
ANSWERS = SOURCE_ANSWERS | {
    "Title": RECORD["title"], "Country": "Zzz Land (ZZA)", "Parties": "Zzz Supplier; supplier", "Channel": "Infrastructure",
    "Technologies": ["Cloud"], "Purposes": ["E-government"], "Basis for AI": "Enabling", "Status": "Agreed",
    "Rights concern": "None reported", "Summary": RECORD["summary"],
    "What the source itself states": ["Country", "Channel", "Technologies", "Purposes", "Status", "Parties"]}
CELLS = {
    "citations": {**{key: value for key, value in SOURCE.items() if key != "type"}, "citation_id": "zzz-news", "citation_type": "news"},
    "deployments": {**{key: ";".join(value) if isinstance(value, list) else value for key, value in RECORD.items() if key != "country"},
                    "deployment_id": "zzz-cloud", "country_code": "ZZA"},
    "deployment_parties": {"deployment_id": "zzz-cloud", "organization_id": "zzz-supplier", "party_role": "supplier"},
    "deployment_citations": {"deployment_id": "zzz-cloud", "citation_id": "zzz-news", "supports": ";".join(SUPPORTS), "stance": "supports"}}
CARD = {"citations": [{"id": "zzz-news", **SOURCE}],
        "deployments": [{"id": "zzz-cloud", **RECORD, "parties": [{"organization": "zzz-supplier", "role": "supplier"}],
                         "sources": [{"citation": "zzz-news", "supports": SUPPORTS}]}]}
# Five mistakes, each in an answer of its own: a term, a date, a formula, a sum, an address
WRONG_CELLS = {"status": "aggreed", "announced": "May 2019", "title": "=Zzz cloud", "value_amount": "1,500"}
WRONG_URL = "example.org/zzz-news"
FIVE = ("`aggreed`", "`May 2019`", "as a formula", "`1,500`", "`example.org/zzz-news`")


@dataclass
class Fork:
    """A contributor's clone, on a branch of its own; `said` is what the commands printed."""

    root: Path
    capsys: pytest.CaptureFixture
    said: list[str] = field(default_factory=list)

    def run(self, command: str, *arguments: object) -> int:
        """Run one of our commands here."""
        code = main([command, "--root", str(self.root), *map(str, arguments)])
        self.said += self.capsys.readouterr()
        return code

    def form(self, name: str, answers: dict) -> int:
        """Submit a web form and take in the card that it becomes, as the workflow does."""
        package, _ = load(self.root)
        (form,) = [form for form in forms.load(read(package))[0] if form.name == name]
        body = self.root.parent / f"{self.root.name}.md"
        body.write_text(rendered(form, answers), encoding="utf-8")
        code = self.run("form", body)
        return code or self.card(self.said[-2])

    def card(self, card: object) -> int:
        """Take a card in."""
        path = self.root.parent / f"{self.root.name}.yaml"
        path.write_text(str(card), encoding="utf-8")
        return self.run("add", path)

    def sheet(self, typing: dict[str, list[tuple]]) -> int:
        """Open the tables in the spreadsheet program, type into cells, save with semicolons, and mend what that did."""
        package, _ = load(self.root)
        type_into(package, opened_as_text, "semicolons", typing)
        (self.root / "book.gnumeric").unlink()
        return self.run("format")

    def below(self, rows: dict[str, dict]) -> dict[str, list[tuple]]:
        """What to type to add a row to tables."""
        lines = {name: len(rows_of(self.root / f"data/{name}.csv")) + 1 for name in rows}
        return {name: [(lines[name], *cell) for cell in cells.items()] for name, cells in rows.items()}

    def line(self, table: str, key: str) -> int:
        """The line of the first row with a key."""
        return [row[0] for row in rows_of(self.root / f"data/{table}.csv")].index(key) + 1

    def changed(self) -> str:
        return git(self.root, "status", "--porcelain", "data")


@pytest.fixture
def upstream(tmp_path):
    """The repository of the project, on its main branch."""
    root = tmp_path / "upstream"
    root.mkdir()
    write_package(root)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    return root


@pytest.fixture
def fork(upstream, capsys) -> Callable[[str], Fork]:
    def make(name: str) -> Fork:
        root = upstream.parent / name
        git(upstream.parent, "clone", "--quiet", str(upstream), str(root))
        git(root, "switch", "--quiet", "--create", name)
        return Fork(root, capsys)
    return make


def merge(upstream: Path, contribution: Fork, capsys) -> bool:
    """Merge a contribution whose check passes, as a maintainer does; whether git merged it without a conflict."""
    commit(contribution.root)
    assert contribution.run("validate", "--fast", "--base", "main") == 0, contribution.said[-2:]
    git(upstream, "fetch", "--quiet", str(contribution.root), contribution.root.name)
    try:
        git(upstream, "merge", "--quiet", "--no-ff", "--no-edit", "FETCH_HEAD")
    except subprocess.CalledProcessError:
        return False
    assert main(["validate", "--root", str(upstream)]) == 0, capsys.readouterr().out
    return True


def cells(root: Path, table: str, key: str) -> list[dict]:
    """The rows of a record in a table."""
    header, *rows = rows_of(root / f"data/{table}.csv")
    return [dict(zip(header, row, strict=True)) for row in rows if row[0] == key]


def good_by_form(fork: Fork) -> int:
    return fork.form("deployment", ANSWERS)


def good_by_sheet(fork: Fork) -> int:
    return fork.sheet(fork.below(CELLS))


def good_by_card(fork: Fork) -> int:
    return fork.card(CARD)


GOOD = {"form": good_by_form, "spreadsheet": good_by_sheet, "card": good_by_card}


@pytest.mark.parametrize("door", GOOD)
def test_a_good_row(door, upstream, fork, capsys):
    contribution = fork("good")
    assert GOOD[door](contribution) == 0, contribution.said
    assert merge(upstream, contribution, capsys)
    (key,) = [row[0] for row in rows_of(upstream / "data/deployments.csv") if row[1] == RECORD["title"]]
    (link,) = cells(upstream, "deployment_citations", key)
    assert link["supports"] == ";".join(SUPPORTS)
    assert [row["organization_id"] for row in cells(upstream, "deployment_parties", key)] == ["zzz-supplier"]
    numbers = git(upstream, "diff", "--numstat", "HEAD~").split()
    assert sorted(zip(numbers[::3], numbers[1::3], strict=True)) == [("1", "0")] * 4  # four rows, and no other line


def wrong_by_form(fork: Fork) -> int:
    answers = ANSWERS | {"Status": "aggreed", "Announced": "May 2019", "Title": "=Zzz cloud", "Value": "1,500",
                         "Currency": "USD", "Kind of value": "Contract", "Source address": WRONG_URL}
    return fork.form("deployment", answers)


def wrong_by_sheet(fork: Fork) -> int:
    rows = {**CELLS, "deployments": CELLS["deployments"] | WRONG_CELLS | {"value_currency": "USD", "value_kind": "contract"},
            "citations": CELLS["citations"] | {"url": WRONG_URL}}
    rows["deployments"]["title"] = "'=Zzz cloud"  # what keeps the program from taking it for a formula of its own
    assert fork.sheet(fork.below(rows)) == 0
    return fork.run("validate", "--fast", "--base", "main")


def wrong_by_card(fork: Fork) -> int:
    wrong = {"status": "aggreed", "announced": "May 2019", "title": "=Zzz cloud", "value": "1,500", "currency": "USD",
             "value_kind": "contract"}
    return fork.card({"citations": [CARD["citations"][0] | {"url": WRONG_URL}], "deployments": [CARD["deployments"][0] | wrong]})


WRONG = {"form": wrong_by_form, "spreadsheet": wrong_by_sheet, "card": wrong_by_card}


@pytest.mark.parametrize("door", WRONG)
def test_a_row_with_five_mistakes_has_all_five_told_at_once(door, fork):
    contribution = fork("wrong")
    assert WRONG[door](contribution) == 1
    said = "\n".join(contribution.said)
    assert [word for word in FIVE if word not in said] == []
    assert "Traceback" not in said
    assert bool(contribution.changed()) == (door == "spreadsheet")  # the other doors wrote nothing


def correct_by_form(fork: Fork) -> int:
    return fork.form("correction", SOURCE_ANSWERS | {
        "Record to correct": "zzz-deployment", "Columns to correct": "Status", "What it says now": "operational",
        "What it should say": "suspended", "Why": "Things have changed since they were written, or they do not say it"})


def correct_by_sheet(fork: Fork) -> int:
    line = fork.line("deployments", "zzz-deployment")
    old = ROWS["deployment_citations"][0]["supports"]
    typing = fork.below({"citations": CELLS["citations"], "deployment_citations": CELLS["deployment_citations"] | {
        "deployment_id": "zzz-deployment", "supports": "status"}})
    typing["deployments"] = [(line, "status", "suspended")]
    typing["deployment_citations"].append((fork.line("deployment_citations", "zzz-deployment"), "supports", old.replace("status;", "")))
    return fork.sheet(typing)


def correct_by_card(fork: Fork) -> int:
    old = ROWS["deployment_citations"][0]["supports"].split(";")
    return fork.card({
        "citations": CARD["citations"],
        "corrections": [{"record": "zzz-deployment", "column": "status", "old": "operational", "new": "suspended"},
                        {"record": "zzz-deployment", "column": "sources", "old": {"citation": "zzz-source", "supports": old},
                         "new": {"citation": "zzz-source", "supports": [column for column in old if column != "status"]}}],
        "deployments": [{"id": "zzz-deployment", "sources": [{"citation": "zzz-news", "supports": ["status"]}]}]})


CORRECT = {"form": correct_by_form, "spreadsheet": correct_by_sheet, "card": correct_by_card}


@pytest.mark.parametrize("door", CORRECT)
def test_a_correction(door, upstream, fork, capsys):
    contribution = fork("correction")
    assert CORRECT[door](contribution) == 0, contribution.said
    assert merge(upstream, contribution, capsys)
    (row,) = cells(upstream, "deployments", "zzz-deployment")
    assert row["status"] == "suspended"
    supports = [link["supports"] for link in cells(upstream, "deployment_citations", "zzz-deployment")]
    assert [text for text in supports if "status" in text] == ["status"] and len(supports) == 2


def withdraw_by_form(fork: Fork) -> int:
    return fork.form("withdrawal", {"Record to withdraw": "zzz-deployment", "Reason": "The fictional network was never built."})


def withdraw_by_sheet(fork: Fork) -> int:
    package, _ = load(fork.root)
    gone = {**dict.fromkeys(("deployments", "deployment_countries", "deployment_parties", "deployment_citations"), "zzz-deployment"),
            "claim_records": "zzz-claim", "organizations": "zzz-supplier"}
    typing = {name: [(fork.line(name, key), column, "") for column in package.tables[name].columns] for name, key in gone.items()}
    reason = {"withdrawn_on": "2022-04-05", "reason": "The fictional network was never built."}
    typing |= fork.below({"withdrawn": {"record_id": "zzz-deployment", "table": "deployments", **reason}})
    line = typing["withdrawn"][0][0] + 1
    more = {"record_id": "zzz-supplier", "table": "organizations", "withdrawn_on": "2022-04-05", "reason": "No record uses it any more."}
    typing["withdrawn"] += [(line, *cell) for cell in more.items()]
    return fork.sheet(typing)


def withdraw_by_card(fork: Fork) -> int:
    return fork.card({"withdrawn": [{"record": "zzz-deployment", "reason": "The fictional network was never built."}]})


WITHDRAW = {"form": withdraw_by_form, "spreadsheet": withdraw_by_sheet, "card": withdraw_by_card}


@pytest.mark.parametrize("door", WITHDRAW)
def test_a_withdrawal(door, upstream, fork, capsys):
    contribution = fork("withdrawal")
    assert WITHDRAW[door](contribution) == 0, contribution.said
    assert merge(upstream, contribution, capsys)
    left = [path.name for path in (upstream / "data").glob("*.csv") if re.search(r"\bzzz-deployment\b", path.read_text())]
    assert left == ["withdrawn.csv"]
    assert [row["table"] for row in cells(upstream, "withdrawn", "zzz-supplier")] == ["organizations"]  # only it had been used there


def other(text: str) -> dict:
    """The card of a second contributor, whose rows stand right beside those of the first."""
    source = CARD["citations"][0] | {"id": "zzz-newt", "url": "https://example.org/zzz-newt", "title": "An altogether other page"}
    record = CARD["deployments"][0] | {"id": "zzz-cloudy", "title": text, "country": "ZZB",
                                       "sources": [{"citation": "zzz-newt", "supports": SUPPORTS}]}
    return {"citations": [source], "deployments": [record]}


@pytest.mark.parametrize("door", ["form", "spreadsheet"])
def test_two_contributors_at_once(door, upstream, fork, capsys):
    """Rows far apart merge by themselves; where the rows are neighbours, both sides are kept and put in order."""
    first, second = fork("first"), fork("second")
    assert GOOD[door](first) == 0 and second.card(other("Data centre of Yyy Land")) == 0, [first.said, second.said]
    assert merge(upstream, first, capsys)
    if not merge(upstream, second, capsys):
        conflicting = git(upstream, "diff", "--name-only", "--diff-filter=U").split()
        assert conflicting and all(name.startswith("data/") for name in conflicting)
        for name in conflicting:
            keep_both_sides(upstream / name)
        assert main(["format", "--root", str(upstream)]) == 0
        git(upstream, "commit", "--quiet", "--all", "--no-edit")
        assert main(["validate", "--fast", "--base", "HEAD~", "--root", str(upstream)]) == 0, capsys.readouterr().out
    assert {row[1] for row in rows_of(upstream / "data/deployments.csv")} >= {RECORD["title"], "Data centre of Yyy Land"}


def test_neighbouring_rows_do_conflict_and_format_ends_it(upstream, fork, capsys):
    first, second = fork("first"), fork("second")
    assert first.card(CARD) == 0 and second.card(other("Data centre of Yyy Land")) == 0
    assert merge(upstream, first, capsys)
    assert not merge(upstream, second, capsys)
    assert main(["validate", "--fast", "--root", str(upstream)]) == 1  # with the marks in it, nothing passes
    assert "merge conflict" in capsys.readouterr().out
    assert main(["format", "--root", str(upstream)]) == 1  # and nothing is mended over them
    for name in git(upstream, "diff", "--name-only", "--diff-filter=U").split():
        keep_both_sides(upstream / name)
    assert main(["format", "--root", str(upstream)]) == 0
    assert main(["validate", "--root", str(upstream)]) == 0, capsys.readouterr().out


def keep_both_sides(path: Path) -> None:
    """What a person does with a conflict: keep the lines of both sides, delete the marks."""
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))))
