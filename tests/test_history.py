"""Against a base revision: ids stay or are withdrawn, and only what is new, or what the change touches, can fail it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.__main__ import main
from scripts.problem import ERROR
from scripts.validate import Report, validate
from tests.fictional import write_package
from tests.programs import needs

NO_CLAIM = dict.fromkeys(("claims", "claim_citations", "claim_countries", "claim_organizations", "claim_records"))
OLD_ERROR = {"deployments": [{"deployment_id": "zzz-deployment", "status": "operatoinal"}]}
OLD = ("enum", "deployments", "zzz-deployment")
BASE = "HEAD"


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder, without the settings of this machine."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=Zzz", "-c", "user.email=zzz@example.org"]
    return subprocess.run([needs("git"), *identity, *arguments], cwd=root, env=env, check=True, capture_output=True, text=True).stdout


def committed(root: Path, example: dict | None = None, folder: str = ".") -> Path:
    """A new git repository in `root` whose only commit holds the fictional package, changed by an example; the package's folder."""
    package = root / folder
    package.mkdir(parents=True, exist_ok=True)
    write_package(package, example)
    git(root, "init", "--quiet")
    commit(root)
    return package


def commit(root: Path, message: str = "zzz") -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", message)


def against_base(root: Path, example: dict | None = None) -> Report:
    """The report on the working tree, changed by an example, against the last commit."""
    write_package(root, example)
    return validate(root, base=BASE, fast=True)


def errors(report: Report) -> list[tuple]:
    return [(p.code, p.table, p.record) for p in report.problems.found if p.severity == ERROR]


def known(report: Report) -> list[tuple]:
    """The errors that the base has too."""
    return [(p.code, p.table, p.record) for p in report.problems.found if p.severity == ERROR and p.new is False]


def test_no_change(tmp_path):
    report = against_base(committed(tmp_path))
    assert report.based and report.exit_code == 0 and report.problems.found == []


def test_an_id_that_vanishes(tmp_path):
    report = against_base(committed(tmp_path), NO_CLAIM)
    (problem,) = report.problems.found
    assert (problem.code, problem.table, problem.file, problem.line, problem.record, problem.new) == (
        "vanished-id", "claims", "data/claims.csv", None, "zzz-claim", True)
    assert "data/withdrawn.csv" in problem.hint and report.exit_code == 1


def test_an_id_that_vanishes_into_withdrawn(tmp_path):
    report = against_base(committed(tmp_path), {**NO_CLAIM, "withdrawn": [{"record_id": "zzz-claim", "table": "claims"}]})
    assert (errors(report), report.exit_code) == ([], 0)


def test_a_withdrawn_row_that_vanishes(tmp_path):
    report = against_base(committed(tmp_path), {"withdrawn": None})
    assert (errors(report), report.exit_code) == ([("withdrawal-gone", "withdrawn", "zzz-gone")], 1)


@pytest.mark.parametrize(("change", "expected"), [
    ({}, ("withdrawn-yet-there", "withdrawn", "zzz-gone")),
    ({"withdrawn": None}, ("withdrawal-gone", "withdrawn", "zzz-gone"))], ids=["row-kept", "row-gone"])
def test_a_withdrawn_id_that_comes_back(change, expected, tmp_path):
    report = against_base(committed(tmp_path), {"claims": [{"claim_id": "zzz-gone"}], **change})
    assert (errors(report), report.exit_code) == ([expected], 1)


@pytest.mark.parametrize("to", ["Zzz-claim", "zzz claim", ""])
def test_a_malformed_id_is_not_also_a_vanished_one(to, tmp_path):
    root = committed(tmp_path)
    text = (root / "data/claims.csv").read_text(encoding="utf-8")
    (root / "data/claims.csv").write_text(text.replace("zzz-claim,", f"{to},"), encoding="utf-8")
    report = validate(root, base=BASE, fast=True)
    assert [(p.code, p.table, p.line) for p in report.problems.found] == [("pattern" if to else "required", "claims", 2)]


def test_an_id_overwritten_by_another_is_not_also_a_vanished_one(tmp_path):
    other = {"claims": [{"claim_id": "zzz-other", "claim": "Zzz land says another thing."}]}
    root = committed(tmp_path, other)
    path = root / "data/claims.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("zzz-other", "zzz-claim"), encoding="utf-8")
    assert errors(validate(root, base=BASE, fast=True)) == [("primary-key", "claims", "zzz-claim")]


def test_a_renamed_id(tmp_path):
    root = committed(tmp_path)
    write_package(root)
    for path in (root / "data").glob("claim*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace("zzz-claim", "zzz-renamed"), encoding="utf-8")
    assert errors(validate(root, base=BASE, fast=True)) == [("vanished-id", "claims", "zzz-claim")]
    with (root / "data/withdrawn.csv").open("r+", encoding="utf-8") as file:
        header, gone = file.readlines()
        file.seek(0)
        file.writelines([header, "zzz-claim,claims,2021-03-02,It was renamed.,zzz-renamed\n", gone])
    assert errors(validate(root, base=BASE, fast=True)) == []


def test_a_problem_of_the_base_fails_nothing(tmp_path, capsys):
    root = committed(tmp_path, OLD_ERROR)
    assert validate(root, fast=True).exit_code == 1
    report = against_base(root, {**OLD_ERROR, "claims": [{"claim_id": "zzz-claim", "note": "A fictional note."}]})
    assert (errors(report), known(report), report.valid, report.exit_code) == ([OLD], [OLD], True, 0)
    assert main(["validate", "--root", str(root), "--base", BASE, "--fast"]) == 0
    assert "known error enum:" in capsys.readouterr().out


def test_a_problem_of_the_base_stays_known_on_another_line(tmp_path):
    root = committed(tmp_path, OLD_ERROR)
    first = {**OLD_ERROR["deployments"][0], "deployment_id": "aaa-first", "title": "Something else entirely", "status": "completed"}
    report = against_base(root, {**OLD_ERROR, "deployments": [*OLD_ERROR["deployments"], first],
                                 **{f"deployment_{name}": [{"deployment_id": "aaa-first"}] for name in ("parties", "citations")}})
    (problem,) = [p for p in report.problems.found if p.severity == ERROR]
    assert (problem.line, problem.new, report.exit_code) == (3, False, 0)


@pytest.mark.parametrize("touch", [
    {"deployments": [{**OLD_ERROR["deployments"][0], "note": "A fictional note."}]},
    {**OLD_ERROR, "deployment_parties": [{"party_role": "operator"}]},
    {**OLD_ERROR, "deployment_countries": None},
    {**OLD_ERROR, "deployment_citations": [{"deployment_id": "zzz-deployment", "citation_id": "zzz-source", "locator": "page 2"}]}],
    ids=["its-row", "a-new-link-row", "a-lost-link-row", "a-changed-link-row"])
def test_an_old_problem_of_a_touched_record_is_new_again(touch, tmp_path):
    report = against_base(committed(tmp_path, OLD_ERROR), touch)
    assert (errors(report), known(report), report.exit_code) == ([OLD], [], 1)


def test_a_new_error_fails_beside_a_known_one(tmp_path):
    report = against_base(committed(tmp_path, OLD_ERROR), {**OLD_ERROR, "claims": [{"claim_id": "zzz-claim", "finding": "zzz"}]})
    assert (sorted(errors(report)), known(report), report.exit_code) == ([("enum", "claims", "zzz-claim"), OLD], [OLD], 1)


def test_a_second_problem_of_a_known_kind_is_new(tmp_path):
    root = committed(tmp_path, OLD_ERROR)
    report = against_base(root, {**OLD_ERROR, "standards_roles": [{"role_id": "zzz-role", "role": "zzz"}]})
    assert [(p.table, p.new) for p in report.problems.found if p.code == "enum"] == [("deployments", False), ("standards_roles", True)]


def test_a_warning_of_the_base_is_known_and_fails_nothing(tmp_path):
    supported = {"citation_id": "zzz-full", "supports": "issued"}
    root = committed(tmp_path, {"statement_citations": [{"statement_id": "zzz-statement", **supported}]})
    report = validate(root, base=BASE, fast=True)
    assert [(p.severity, p.code, p.new) for p in report.problems.found] == [("warning", "unsupported-column", False)]
    assert report.exit_code == 0


@pytest.mark.parametrize("revision", ["zzz-no-such", "--help", "-x", "--output=zzz", "", "HEAD:data", "a\0b", "HEAD; touch zzz"])
def test_a_revision_that_is_none(revision, tmp_path, capsys):
    root = committed(tmp_path)
    before = sorted(path.name for path in root.iterdir())
    assert main(["validate", "--fast", "--root", str(root), f"--base={revision}"]) == 2
    out, err = capsys.readouterr()
    assert "cannot-run" in out and "--base" in out and "could not run" in out and "Traceback" not in out + err
    assert sorted(path.name for path in root.iterdir()) == before


def test_a_folder_that_is_no_git_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    needs("git")
    write_package(tmp_path)
    report = validate(tmp_path, base=BASE, fast=True)
    (problem,) = report.problems.found
    assert (report.exit_code, problem.code) == (2, "cannot-run") and "git repository" in problem.message


def test_a_machine_without_git(tmp_path, monkeypatch):
    write_package(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    report = validate(tmp_path, base=BASE, fast=True)
    assert report.exit_code == 2 and "git cannot be run" in report.problems.found[0].message


def test_a_base_without_a_dataset(tmp_path):
    git(tmp_path, "init", "--quiet")
    (tmp_path / "README").write_text("zzz\n")
    commit(tmp_path)
    report = against_base(tmp_path, OLD_ERROR)
    assert ([p.new for p in report.problems.found], report.exit_code) == ([True], 1)
    assert against_base(tmp_path).exit_code == 0


def test_a_base_with_a_broken_descriptor(tmp_path):
    root = committed(tmp_path)
    (root / "datapackage.json").write_text("{")
    commit(root)
    report = against_base(root, OLD_ERROR)
    assert ([p.new for p in report.problems.found], report.exit_code) == ([True], 1)


@pytest.mark.parametrize("folder", ["data", "the sub folder/zzz"])
def test_a_dataset_in_a_subfolder(folder, tmp_path):
    root = committed(tmp_path, OLD_ERROR, folder)
    report = against_base(root, {**OLD_ERROR, **NO_CLAIM})
    assert (known(report), report.exit_code) == ([OLD], 1)
    assert sorted(errors(report)) == [OLD, ("vanished-id", "claims", "zzz-claim")]


def described(root: Path, file: str, change: Callable[[dict], None]) -> None:
    """Change a descriptor of the package in `root`."""
    text = json.loads((root / file).read_text(encoding="utf-8"))
    change(text)
    (root / file).write_text(json.dumps(text), encoding="utf-8")


def without_claims(package: dict) -> None:
    package["resources"] = [resource for resource in package["resources"] if not resource["name"].startswith("claim")]


def test_a_table_that_vanishes_is_one_problem(tmp_path):
    root = committed(tmp_path)
    described(root, "datapackage.json", without_claims)
    report = validate(root, base=BASE, fast=True)
    (problem,) = (p for p in report.problems.found if p.code == "vanished-id")
    assert (problem.table, problem.file, problem.record, report.exit_code) == ("claims", "data/claims.csv", None, 1)
    assert "1 record" in problem.message


def test_a_table_without_records_may_go(tmp_path):
    root = committed(tmp_path, NO_CLAIM)
    described(root, "datapackage.json", without_claims)
    assert "vanished-id" not in [p.code for p in validate(root, base=BASE, fast=True).problems.found]


def test_a_problem_of_the_base_stays_known_in_a_file_of_another_name(tmp_path):
    root = committed(tmp_path, OLD_ERROR)
    (root / "data/deployments.csv").rename(root / "data/projects.csv")
    text = (root / "datapackage.json").read_text(encoding="utf-8")
    (root / "datapackage.json").write_text(text.replace("data/deployments.csv", "data/projects.csv"), encoding="utf-8")
    report = validate(root, base=BASE, fast=True)
    assert (errors(report), known(report), report.exit_code) == ([OLD], [OLD], 0)


@pytest.mark.parametrize("place", [0, 99], ids=["first", "last"])
def test_a_new_column_touches_no_record(place, tmp_path):
    root = committed(tmp_path, OLD_ERROR)
    described(root, "schemas/deployments.json", lambda schema: schema["fields"].insert(
        place, {"name": "zzz", "type": "string", "title": "Zzz", "description": "A fictional column.", "example": "zzz"}))
    data = root / "data/deployments.csv"
    rows = [line.split(",") for line in data.read_text(encoding="utf-8").splitlines()]
    assert not any('"' in cell for row in rows for cell in row)
    data.write_text("".join(",".join([*row[:place], "zzz" if row is rows[0] else "", *row[place:]]) + "\n" for row in rows),
                    encoding="utf-8")
    report = validate(root, base=BASE, fast=True)
    assert (errors(report), known(report), report.exit_code) == ([OLD], [OLD], 0)


def test_a_base_without_withdrawn(tmp_path):
    root = committed(tmp_path)
    described(root, "datapackage.json", lambda package: package["resources"].pop(
        [resource["name"] for resource in package["resources"]].index("withdrawn")))
    commit(root)
    assert errors(against_base(root)) == []
    assert errors(against_base(root, NO_CLAIM)) == [("vanished-id", "claims", "zzz-claim")]


def test_a_base_with_a_table_that_cannot_be_read(tmp_path):
    root = committed(tmp_path, OLD_ERROR)
    (root / "data/claims.csv").write_bytes(b"\xff\xfe\xff")
    commit(root)
    report = against_base(root, OLD_ERROR)
    assert (errors(report), known(report), report.exit_code) == ([OLD], [OLD], 0)


@pytest.mark.parametrize(("withdrawn", "expected"), [
    ([], ("vanished-id", "organizations", "zzz-mover")),
    ([{"record_id": "zzz-mover", "table": "organizations"}], ("withdrawn-yet-there", "withdrawn", "zzz-mover"))],
    ids=["silently", "withdrawn"])
def test_an_id_that_moves_to_another_table(withdrawn, expected, tmp_path):
    there = {"organizations": [{"organization_id": "zzz-mover", "name": "Zzz Mover"}], "claim_organizations": [
        {"organization_id": "zzz-mover"}]}
    moved = {"claims": [{"claim_id": "zzz-mover", "claim": "Zzz moves."}], "claim_citations": [{"claim_id": "zzz-mover"}]}
    report = against_base(committed(tmp_path, there), moved | ({"withdrawn": withdrawn} if withdrawn else {}))
    assert errors(report) == [expected]


@pytest.mark.parametrize(("row", "codes"), [
    ({"record_id": "zzz-claim", "table": "claims"}, []),
    ({"record_id": "zzz-claim", "table": "deployments"}, ["vanished-id"]),
    ({"record_id": "zzz-claim", "table": "zzz"}, ["enum"]),
    ({"record_id": "zzz-clam", "table": "claims"}, ["vanished-id", "never-there"])], ids=["right", "wrong table", "no table", "wrong id"])
def test_what_is_withdrawn_stood_in_the_base(row, codes, tmp_path):
    report = against_base(committed(tmp_path), {**NO_CLAIM, "withdrawn": [row]})
    assert [p.code for p in report.problems.found] == codes
    assert all("`zzz-claim`" in p.message or p.code == "enum" or "Did you mean `zzz-claim`?" in p.hint for p in report.problems.found)


def test_what_was_withdrawn_before_need_not_stand_in_the_base(tmp_path):
    assert against_base(committed(tmp_path), {"withdrawn": [{"reason": "Another fictional reason."}]}).problems.found == []


@pytest.mark.parametrize(("rows", "expected"), [
    ([("zzz-a", "zzz-deployment")], []), ([("zzz-a", "zzz-gone")], []), ([("zzz-a", "zzz-b"), ("zzz-b", "zzz-deployment")], []),
    ([("zzz-a", "zzz-none")], ["zzz-a"]), ([("zzz-a", "zzz-claim")], ["zzz-a"]), ([("zzz-a", "zzz-a")], ["zzz-a"]),
    ([("zzz-a", "zzz-b"), ("zzz-b", "zzz-a")], ["zzz-a", "zzz-b"]), ([("zzz-a", "Zzz-Deployment")], ["zzz-a"])],
    ids=["there", "gone", "chain", "nowhere", "other table", "itself", "circle", "other case"])
def test_what_replaces_a_record_holds_its_facts(rows, expected, tmp_path):
    write_package(tmp_path, {"withdrawn": [{"record_id": id_, "replaced_by": heir} for id_, heir in rows]})
    report = validate(tmp_path, fast=True)
    assert errors(report) == [("no-such-replacement", "withdrawn", id_) for id_ in expected]


def test_any_revision_of_the_past(tmp_path):
    root = committed(tmp_path)
    git(tmp_path, "tag", "zzz-first")
    write_package(root, NO_CLAIM)
    commit(root)
    assert validate(root, base="HEAD", fast=True).exit_code == 0
    for revision in ("zzz-first", "HEAD~1", git(tmp_path, "rev-parse", "HEAD~1").strip()):
        assert errors(validate(root, base=revision, fast=True)) == [("vanished-id", "claims", "zzz-claim")]


def begun(*dates: str) -> dict:
    """Roles that started at these dates."""
    return {"standards_roles": [{"role_id": f"zzz-role-{i}", "started": date} for i, date in enumerate(dates)]}


MONTHS = ["2019-04", "2019-05", "2020-01", "2020-12", "2018", "2019-07-02"]


@pytest.mark.parametrize(("days", "lines"), [(4, [3, 4, 5, 6]), (3, [])], ids=["four of four", "three of four"])
def test_months_that_a_spreadsheet_turned_into_days(days, lines, tmp_path):
    now = [f"{month}-01" if i < days else month for i, month in enumerate(MONTHS)]
    found = [p for p in against_base(committed(tmp_path, begun(*MONTHS)), begun(*now)).problems.found if p.code == "month-as-day"]
    assert [(p.line, p.column, p.record) for p in found] == [(line, "started", f"zzz-role-{line - 3}") for line in lines]
    assert all(p.new and "`2019-04-01` was `2019-04`" in p.message and "CONTRIBUTING.md" in p.hint for p in found[:1])


def test_months_of_which_somebody_found_the_days(tmp_path):
    now = [f"{month}-{i + 2:02}" for i, month in enumerate(MONTHS[:4])] + MONTHS[4:]
    found = against_base(committed(tmp_path, begun(*MONTHS)), begun(*now)).problems.found
    assert "month-as-day" not in {p.code for p in found}
