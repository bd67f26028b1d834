"""The workflows: what they may do, and that the check of a contribution says what it should, run as GitHub runs it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scripts.__main__ import main
from tests.adding import edit
from tests.fake_github import repository, run_step, workflow
from tests.fictional import PROJECT, write_package
from tests.test_history import commit, git

FOLDER = PROJECT / ".github/workflows"
WORKFLOWS = sorted(path.name for path in FOLDER.glob("*.y*ml"))
every = pytest.mark.parametrize("name", WORKFLOWS)
MAY_WRITE = {"validate.yml": set(), "comment.yml": {"pull-requests"}, "form.yml": {"issues"},
             "accept.yml": {"contents", "issues", "pull-requests"}, "release.yml": {"contents"}}
PINNED = re.compile(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def zizmor(folder: Path) -> tuple[int, str]:
    """The exit code and what the real zizmor says of the workflows in a folder, at its strictest."""
    command = [Path(sys.executable).with_name("zizmor"), "--offline", "--no-config", "--color", "never", "--format", "plain",
               "--persona", "auditor", *sorted(folder.glob("*.yml"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def schema(path: Path) -> tuple[int, str]:
    """The exit code and what GitHub's own schema of workflows says."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def jobs(name: str) -> list[dict]:
    return list(workflow(name)["jobs"].values())


def test_each_workflow_is_one_of_which_it_is_known_what_it_may_do():
    assert sorted(MAY_WRITE) == WORKFLOWS


def test_zizmor_finds_nothing():
    code, text = zizmor(FOLDER)
    assert code == 0 and "No findings to report" in text
    assert all(f"completed {FOLDER / name}" in text for name in WORKFLOWS)
    assert "(1 ignored)" in text, "that workflow_run is used is the one thing that is allowed, with its reason beside it"


@pytest.mark.parametrize(("old", "new", "finding"), [
    ("permissions: {}", "permissions: write-all", "excessive-permissions"),
    ("          persist-credentials: false\n", "          persist-credentials: true\n", "artipacked"),
    ("checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd", "checkout@v6", "unpinned-uses"),
    ('run: .venv/bin/python -m scripts.github form', 'run: echo "${{ github.event.issue.title }}"', "template-injection")])
def test_zizmor_would_find_it(old, new, finding, tmp_path):
    text = (FOLDER / "form.yml").read_text()
    assert old in text
    (tmp_path / "form.yml").write_text(text.replace(old, new))
    code, found = zizmor(tmp_path)
    assert code != 0 and finding in found


@every
def test_the_schema_of_workflows_holds(name):
    assert schema(FOLDER / name)[0] == 0


def test_the_schema_of_workflows_would_not_hold(tmp_path):
    (tmp_path / "form.yml").write_text((FOLDER / "form.yml").read_text().replace("runs-on:", "run-on:"))
    assert schema(tmp_path / "form.yml")[0] == 1


@every
def test_every_action_is_pinned_to_a_commit_and_says_its_version(name):
    lines = [line.strip() for line in (FOLDER / name).read_text().splitlines() if "uses:" in line]
    assert len(lines) == sum("uses" in step for job in jobs(name) for step in job["steps"])
    assert lines and all(PINNED.fullmatch(line.removeprefix("- ")) for line in lines)


@every
def test_a_workflow_may_do_only_what_it_must(name):
    text = (FOLDER / name).read_text()
    assert workflow(name)["permissions"] == {} and "pull_request_target" not in text and "secrets." not in text
    assert {scope for job in jobs(name) for scope, what in job["permissions"].items() if what == "write"} == MAY_WRITE[name]
    for job in jobs(name):
        assert job["timeout-minutes"] <= 30
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "what a stranger wrote reaches no shell"
            assert "checkout" not in step.get("uses", "") or step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", sorted(set(WORKFLOWS) - {"validate.yml", "release.yml"}))
def test_what_may_write_runs_only_what_is_on_the_main_branch(name):
    triggers = workflow(name)[True]  # YAML 1.1 reads the word `on` so
    assert set(triggers) <= {"issues", "workflow_run"}, "events for which GitHub takes the workflow and the checkout from there"
    for job in jobs(name):
        (checkout,) = [step for step in job["steps"] if "checkout" in step.get("uses", "")]
        assert checkout["with"].get("ref") in (None, "${{ github.event.repository.default_branch }}")


def test_a_release_is_built_and_tested_without_a_right_to_write_and_published_without_our_code():
    assert workflow("release.yml")[True] == {"push": {"tags": ["v[0-9]+.[0-9]+.[0-9]+"]}}
    build, publish = workflow("release.yml")["jobs"]["build"], workflow("release.yml")["jobs"]["publish"]
    assert build["permissions"] == {"contents": "read"} and publish["needs"] == "build" and publish["environment"] == "release"
    commands = [step["run"] for step in build["steps"] if "run" in step]
    assert any("release --check" in command for command in commands) and any(".ci/run" in command for command in commands)
    uses = [step.get("uses", "").split("@")[0] for step in publish["steps"]]
    assert uses == ["actions/download-artifact", ""] and "scripts" not in publish["steps"][1]["run"]


def test_the_token_reaches_only_steps_that_need_it():
    steps = [(name, step) for name in WORKFLOWS for job in jobs(name) for step in job["steps"] if "github.token" in yaml.safe_dump(step)]
    publish = workflow("release.yml")["jobs"]["publish"]["steps"][1]
    assert [(name, step.get("run", step.get("uses", "")).split("@")[0]) for name, step in steps] == [
        ("accept.yml", ".venv/bin/python -m scripts.github accept"), ("comment.yml", "actions/download-artifact"),
        ("comment.yml", '.venv/bin/python -m scripts.github comment "$RUNNER_TEMP/stored"'),
        ("form.yml", ".venv/bin/python -m scripts.github form"),
        ("release.yml", publish["run"])]


CHECK, COMPARE, SUM_UP = ("Check the dataset, a contribution against the main branch it started from", "Compare the records", "Sum up")
COMMAND = re.compile(r"::(?:error|warning|notice)(?: [a-z]+=[^:,\n]*(?:,[a-z]+=[^:,\n]*)*)?::[^\r\n]*")
MISTAKE = ("operational", "operatoinal")


@pytest.fixture
def contribution(tmp_path) -> Path:
    """What GitHub checks out for a pull request: its branch merged into a main branch that has moved on since, as it will again."""
    root = repository(tmp_path / "checkout")
    git(root, "branch", "zzz-branch")
    edit(root, "organizations", "Zzz Ministry", "Zzz Ministry of Zzz")
    commit(root)
    git(root, "checkout", "--quiet", "zzz-branch")
    return root


def merged(root: Path) -> None:
    """Commit the contribution, merge it as GitHub does for a test, and let the main branch get a further record."""
    commit(root)
    git(root, "checkout", "--quiet", "--detach", "main")
    git(root, "merge", "--quiet", "--no-ff", "-m", "zzz", "zzz-branch")
    git(root, "checkout", "--quiet", "main")
    with (root / "data/withdrawn.csv").open("a") as file:
        file.write("zzz-withdrawn,deployments,2021-03-01,A later one.,\n")
    commit(root)
    git(root, "update-ref", "refs/remotes/origin/main", "main")
    git(root, "checkout", "--quiet", "--detach", "main~1")
    git(root, "merge", "--quiet", "--no-ff", "-m", "zzz", "zzz-branch")


def checked(root: Path, event: str = "pull_request") -> tuple[list[int], str, dict, str]:
    """Run the steps of the check: their exit codes, the log, the stored report, and the summary of the job."""
    page = root.parent / "summary.md"
    done = [run_step("validate.yml", step, root, GITHUB_EVENT_NAME=event, GITHUB_STEP_SUMMARY=page)
            for step in (CHECK, COMPARE, SUM_UP) if event != "push" or step != COMPARE]
    log = "".join(one.stdout + one.stderr for one in done)
    return [one.returncode for one in done], log, json.loads((root / "stored/report.json").read_text()), page.read_text()


def commands(log: str) -> list[str]:
    """The lines of a log that GitHub takes for commands."""
    return [line for line in re.split(r"[\r\n]", log) if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.slow
def test_a_sound_contribution(contribution):
    edit(contribution, "deployments", "Camera network of Zzz city", "Cameras of Zzz city")
    merged(contribution)
    codes, log, report, page = checked(contribution)
    assert codes == [0, 0, 0] and not commands(log) and report["valid"]
    (record,) = json.loads((contribution / "stored/diff.json").read_text())["records"]
    assert (record["id"], record["cells"][0]["column"]) == ("zzz-deployment", "title"), "what others merged is not part of it"
    assert "**The dataset holds:** 0 errors, 0 warnings." in page and "zzz-deployment" in page


@pytest.mark.slow
def test_a_mistake_is_marked_in_its_line(contribution):
    edit(contribution, "deployments", *MISTAKE)
    merged(contribution)
    codes, log, report, page = checked(contribution)
    assert codes == [1, 0, 0] and not report["valid"]
    (command,) = commands(log)
    assert COMMAND.fullmatch(command) and command.startswith("::error file=data/deployments.csv,line=2,title=enum::")
    assert "**The dataset does not hold:** 1 error, 0 warnings." in page and "operatoinal" in page


@pytest.mark.slow
def test_of_many_mistakes_ten_are_marked_and_the_summary_has_the_rest(contribution):
    with (contribution / "data/organizations.csv").open("a") as file:
        file.writelines(f"zzz-{number:02},Zzz {number},,compani,ZZA,\n" for number in range(12))
    merged(contribution)
    codes, log, report, page = checked(contribution)
    errors = [problem for problem in report["problems"] if problem["code"] == "enum"]
    assert codes == [1, 0, 0] and len(errors) == 12
    assert sum(command.startswith("::error") for command in commands(log)) == 10
    assert page.count("<code>enum</code>") == 12


@pytest.mark.slow
def test_the_main_branch_is_checked_against_nothing(contribution):
    edit(contribution, "deployments", *MISTAKE)
    commit(contribution)
    codes, _, report, page = checked(contribution, "push")
    assert codes == [1, 0] and {problem["new"] for problem in report["problems"]} == {None} and "operatoinal" in page


@pytest.mark.slow
def test_a_mistake_of_the_base_does_not_fail_a_contribution(contribution):
    edit(contribution, "deployments", *MISTAKE)
    commit(contribution)
    git(contribution, "update-ref", "refs/remotes/origin/main", "HEAD")
    edit(contribution, "policy_statements", "Declaration of Zzz", "The declaration of Zzz")
    commit(contribution)
    codes, log, _, page = checked(contribution, "workflow_dispatch")
    assert codes == [0, 0, 0] and commands(log) == [] and "1 known before" in page


@pytest.mark.slow
def test_a_contribution_that_cannot_be_compared_is_told_so(contribution):
    git(contribution, "update-ref", "-d", "refs/remotes/origin/main")
    codes, _, report, page = checked(contribution)
    assert codes == [2, 2, 0] and not report["valid"]
    assert "`origin/main` is no revision" in report["problems"][0]["message"] and "is no revision" in page
    assert "What this does to the records could not be worked out." in page
    assert workflow("validate.yml")["jobs"]["data"]["steps"][-3]["continue-on-error"] is True


@pytest.mark.slow
def test_a_contribution_without_a_common_past_is_compared_with_the_main_branch(contribution):
    git(contribution, "checkout", "--quiet", "--orphan", "zzz-alone")
    edit(contribution, "deployments", "Camera network of Zzz city", "Cameras of Zzz city")
    commit(contribution)
    codes = checked(contribution)[0]
    assert codes == [0, 0, 0] and len(json.loads((contribution / "stored/diff.json").read_text())["records"]) == 1


@pytest.mark.slow
def test_no_name_of_a_file_speaks_to_the_runner(contribution):
    """A contribution names its own files, in git and in the descriptor."""
    name = "data/zzz\n::error::Zzz\n##[add-mask]zzz $(touch zzz-here);`touch zzz-here`.csv"
    descriptor = json.loads((contribution / "datapackage.json").read_text())
    descriptor["resources"][0]["path"] = name
    (contribution / "datapackage.json").write_text(json.dumps(descriptor))
    (contribution / "data/countries.csv").rename(contribution / name)
    edit(contribution, "deployments", *MISTAKE)
    merged(contribution)
    codes, log, _, page = checked(contribution)
    assert codes[0] == 1 and commands(log) and all(COMMAND.fullmatch(command) for command in commands(log))
    assert not any(command.startswith("::error::Zzz") for command in commands(log))
    assert not (contribution / "zzz-here").exists() and "\n::error" not in page


def test_a_report_that_cannot_be_saved(tmp_path, capsys):
    write_package(tmp_path)
    assert main(["validate", "--root", str(tmp_path), "--fast", "--save", str(tmp_path / "datapackage.json/zzz.json")]) == 2
    assert "datapackage.json/zzz.json cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["data/claims.csv", "datapackage.json", "data", "zzz-pipe"])
def test_a_report_takes_the_place_of_nothing_but_a_report(name, tmp_path, capsys):
    write_package(tmp_path)
    os.mkfifo(tmp_path / "zzz-pipe")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(["validate", "--root", str(tmp_path), "--fast", "--save", str(tmp_path / name)]) == 2
    assert f"{name} is there already and is no report" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    for _ in range(2):
        assert main(["validate", "--root", str(tmp_path), "--fast", "--save", str(tmp_path / "zzz.json")]) == 0


def test_what_is_stored_is_kept_also_when_the_check_fails():
    *_, compare, sum_up, upload = workflow("validate.yml")["jobs"]["data"]["steps"]
    assert [step["if"] for step in (compare, sum_up, upload)] == [
        "${{ !cancelled() && github.event_name != 'push' }}", "${{ !cancelled() }}", "${{ !cancelled() }}"]
    (download,) = [step for step in jobs("comment.yml")[0]["steps"] if "download-artifact" in step.get("uses", "")]
    assert upload["with"] == {"name": download["with"]["name"], "path": "stored/"}
    assert download["with"]["path"] == "${{ runner.temp }}/stored"


def test_the_check_has_the_whole_past_to_find_where_a_contribution_started():
    checkout, *_ = workflow("validate.yml")["jobs"]["data"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0


def test_the_comment_follows_the_check():
    assert workflow("comment.yml")[True]["workflow_run"]["workflows"] == [workflow("validate.yml")["name"]]
