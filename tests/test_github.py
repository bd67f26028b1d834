"""What the workflows write on GitHub: comments, labels and pull requests, run as the workflows run them, whatever strangers send."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import github as commands
from scripts import pull_comment
from scripts.__main__ import main
from scripts.add import add
from scripts.package import load
from scripts.pull_comment import COMMENT, SUMMARY, UNCOMPARED, UNFINISHED, markdown
from scripts.read import read
from tests.fake_github import NAME, TOKEN, FakeGitHub, repository, run_step, serving
from tests.test_history import git

SHA, OTHER = "a" * 40, "b" * 40
PROBLEM = {"severity": "error", "code": "enum", "table": "zzz", "file": "data/zzz.csv", "line": 3, "column": "colour", "record": "zzz-a",
           "message": "`bleu` is wrong.", "hint": "Did you mean `blue`?", "count": 1, "new": True}
REPORT = {"valid": False, "tables": {"zzz": 1}, "counts": {"enum": 1}, "problems": [PROBLEM]}
CELL = {"column": "title", "old": "Old", "new": "New"}
RECORD = {"table": "zzz", "id": "zzz-a", "kind": "changed", "title": "Zzz", "cells": [CELL], "links": [], "reason": "", "replaced_by": "",
          "sources": None, "publishers": None}
DIFFERENCE = {"records": [RECORD], "counts": {"table": {"zzz": [1, 2]}}, "columns": {}, "unread": {}}
MARKUP = ("<img src=x onerror=alert(1)> @zzz-team **b** [a](javascript:b) #1 ![i](https://example.org/i) </code></details>`` ` \n\n"
          "# Heading\r\n- [ ] zzz <!-- ai-governance-reach: check --> https://example.org www.example.org")
BRANCHES = ["$(touch zzz-here)`touch zzz-here`';touch zzz-here;'", "zzz", '"&&touch<zzz-here', "a&head=b#c%0A::error::zzz", "名"]


@pytest.fixture
def hub() -> Iterator[FakeGitHub]:
    with serving(FakeGitHub()) as state:
        yield state


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """What a workflow checks out of the repository on GitHub."""
    return repository(tmp_path_factory.mktemp("zzz") / "checkout")


@pytest.fixture
def root(hub, checkout, tmp_path) -> Path:
    """A checkout of its own, and what GitHub knows of the repository."""
    root = shutil.copytree(checkout, tmp_path / "checkout", symlinks=True)
    hub.git = root / ".git"
    hub.roles = {"zzz-maintainer": {"permission": "write", "role_name": "write"},
                 "zzz-triager": {"permission": "read", "role_name": "triage"}, "zzz-reader": {"permission": "read", "role_name": "read"}}
    return root


def event(root: Path, **parts: object) -> Path:
    """The file in which GitHub tells a workflow what happened."""
    path = root / "event.json"
    path.write_text(json.dumps({"repository": {"default_branch": "main"}, **parts}))
    return path


def finished(root: Path, branch: str = "zzz", repository: str = "zzz-fork/zzz-repository", **parts: object) -> Path:
    """The event of a run that has checked a branch of a fork."""
    fork = {"full_name": repository, "owner": {"login": repository.split("/")[0]}}
    return event(root, workflow_run={"id": 77, "head_sha": SHA, "head_branch": branch, "head_repository": fork, **parts})


def stored(root: Path, report: object = REPORT, difference: object = DIFFERENCE) -> Path:
    """A folder with what a run stored: objects as JSON, texts and bytes as they are."""
    folder = root / "temp/stored"
    folder.mkdir(parents=True, exist_ok=True)
    for name, what in ((pull_comment.REPORT, report), (pull_comment.DIFFERENCE, difference)):
        text = what if isinstance(what, str | bytes) else json.dumps(what)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def call(hub: FakeGitHub, monkeypatch, path: Path, *arguments: object) -> int:
    """Run a command in this process, for an event; the exit code."""
    for name, value in {"GITHUB_TOKEN": TOKEN, "GITHUB_REPOSITORY": NAME, "GITHUB_API_URL": hub.url, "GITHUB_EVENT_PATH": str(path),
                        "GITHUB_SERVER_URL": "https://github.com"}.items():
        monkeypatch.setenv(name, value)
    return commands.main([str(argument) for argument in arguments])


def bodies(hub: FakeGitHub, number: int) -> list[str]:
    return [comment["body"] for comment in hub.comments.get(number, [])]


# The comment on a pull request


@pytest.mark.slow
def test_the_workflow_comments_once_and_then_replaces_it(hub, root, tmp_path):
    stored(tmp_path)
    hub.add_pull(5, BRANCHES[0], SHA, "zzz-fork/zzz-repository")
    settings = {"GITHUB_API_URL": hub.url, "GITHUB_EVENT_PATH": finished(tmp_path, BRANCHES[0])}
    assert run_step("comment.yml", "Comment", root, **settings).returncode == 0
    stored(tmp_path, {**REPORT, "valid": True, "counts": {}, "problems": []})
    assert run_step("comment.yml", "Comment", root, **settings).returncode == 0
    (text,) = bodies(hub, 5)
    assert "**The dataset holds:** 0 errors" in text and f"https://github.com/{NAME}/actions/runs/77" in text
    assert hub.writes == [("POST", "/issues/5/comments"), ("PATCH", "/issues/comments/5000")]
    assert not list(tmp_path.rglob("zzz-here"))


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_pull_request_is_found_whatever_its_branch_is_called(hub, tmp_path, monkeypatch, branch):
    hub.add_pull(4, "zzz-else", OTHER, "zzz-fork/zzz-repository")
    hub.add_pull(5, branch, SHA, "zzz-fork/zzz-repository")
    assert call(hub, monkeypatch, finished(tmp_path, branch), "comment", stored(tmp_path)) == 0
    assert list(hub.comments) == [5] and hub.requests[0].query["head"] == f"zzz-fork:{branch}"


@pytest.mark.parametrize("pull", [
    {"sha": OTHER}, {"repository": "zzz-else/zzz-repository"}, {"repository": "zzz-fork/zzz-else"}, {"base": "zzz-base"}], ids=str)
def test_a_pull_request_that_was_not_checked_gets_no_comment(hub, tmp_path, monkeypatch, capsys, pull):
    """It has newer commits, is from another fork, or is not for the main branch."""
    hub.add_pull(5, **{"branch": "zzz", "sha": SHA, "repository": "zzz-fork/zzz-repository", **pull})
    assert call(hub, monkeypatch, finished(tmp_path), "comment", stored(tmp_path)) == 0
    assert not hub.writes and "no comment" in capsys.readouterr().out


def test_of_two_pull_requests_from_branches_of_one_name_the_checked_one_gets_the_comment(hub, tmp_path, monkeypatch):
    hub.add_pull(5, "zzz", SHA, "zzz-else/zzz-repository")
    hub.add_pull(6, "zzz", SHA, "zzz-fork/zzz-repository", base="zzz-base")
    hub.add_pull(7, "zzz", SHA, "zzz-fork/zzz-repository")
    assert call(hub, monkeypatch, finished(tmp_path), "comment", stored(tmp_path)) == 0
    assert list(hub.comments) == [7]


def test_a_fork_that_is_gone(hub, tmp_path, monkeypatch):
    assert call(hub, monkeypatch, finished(tmp_path, head_repository=None), "comment", stored(tmp_path)) == 0
    assert hub.requests == []


def test_the_number_is_not_taken_from_what_was_stored(hub, tmp_path, monkeypatch):
    folder = stored(tmp_path)
    (folder / "pr_number").write_text("9")
    (folder / "event.json").write_text('{"number": 9}')
    hub.add_pull(5, "zzz", SHA, "zzz-fork/zzz-repository")
    assert call(hub, monkeypatch, finished(tmp_path), "comment", folder) == 0
    assert list(hub.comments) == [5]


def test_somebody_elses_comment_stays(hub, tmp_path, monkeypatch):
    """Also on the second page, and of an account that is gone; ours may have been saved with other line ends."""
    hub.add_pull(5, "zzz", SHA, "zzz-fork/zzz-repository")
    marker = commands.MARKER.format("check")
    for number in range(150):
        hub.add_comment(5, f"{marker}zzz {number}", "zzz-stranger")
    hub.comments[5][3]["user"] = None
    hub.add_comment(5, "zzz " + marker)
    hub.add_comment(5, marker.replace("\n", "\r\n") + "old")
    before = json.loads(json.dumps(hub.comments[5]))
    assert call(hub, monkeypatch, finished(tmp_path), "comment", stored(tmp_path)) == 0
    assert hub.comments[5][:-1] == before[:-1] and hub.comments[5][-1]["body"].startswith(marker + "### Check")


@pytest.mark.parametrize("report", [
    "", "[", "null", "[]", "\x00", b"\xff\xfe", "[" * 1_000_000, '{"a":' * 100_000, json.dumps({**REPORT, "more": 1}),
    json.dumps({**REPORT, "valid": "true"}), json.dumps({**REPORT, "valid": 1}), json.dumps({**REPORT, "problems": {"0": PROBLEM}}),
    *(json.dumps({**REPORT, "problems": [{**PROBLEM, **change}]}) for change in (
        {"line": "3"}, {"line": True}, {"message": None}, {"message": ["a"]}, {"zzz": 1}, {"new": "false"}, {"severity": 1})),
    json.dumps({**REPORT, "counts": {"enum": 1}}).replace("1", "9" * 10_000), '{"valid": NaN}', " " * 21 * 2**20],
    ids=lambda text: repr(text[:60]))
def test_a_report_that_is_none_is_not_shown(tmp_path, report):
    text = markdown(stored(tmp_path, report), "https://github.com/zzz", COMMENT)
    assert UNFINISHED in text and "https://github.com/zzz" in text and len(text) < 300


@pytest.mark.parametrize("difference", [
    "", "{}x", json.dumps({**DIFFERENCE, "records": [{**RECORD, "kind": "<b>"}]}), json.dumps({**DIFFERENCE, "counts": {"<b>": {}}}),
    b"\xff", "[" * 1_000_000], ids=lambda text: repr(text[:60]))
def test_a_difference_that_is_none_is_not_shown(tmp_path, difference):
    text = markdown(stored(tmp_path, difference=difference), "", COMMENT)
    assert UNCOMPARED in text and "1 error" in text and "<b>" not in text


def test_what_is_no_file_of_its_own_is_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(json.dumps(REPORT))
    folder = stored(tmp_path)
    for make in (lambda path: path.symlink_to(secret), os.mkfifo, lambda path: path.mkdir()):
        path = folder / pull_comment.REPORT
        path.unlink()
        make(path)
        assert UNFINISHED in markdown(folder, "", COMMENT)
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        path.touch()
    assert UNFINISHED in markdown(tmp_path / "zzz-missing", "", COMMENT)


def test_no_text_of_a_contribution_is_markup(tmp_path):
    """In code, with marks as entities, GitHub makes no elements, links, pictures or mentions."""
    problems = [{**PROBLEM, **dict.fromkeys(("code", "file", "column", "message", "hint", "table", "record"), MARKUP), "severity": severity}
                for severity in ("error", "warning", MARKUP)]
    record = {**RECORD, **dict.fromkeys(("table", "id", "title"), MARKUP), "cells": [dict.fromkeys(CELL, MARKUP)]}
    report = {**REPORT, "tables": {MARKUP: 1}, "counts": {MARKUP: 1}, "problems": problems}
    difference = {**DIFFERENCE, "records": [record], "counts": {"table": {MARKUP: [1, 2]}}, "unread": {MARKUP: MARKUP}}
    text = markdown(stored(tmp_path, report, difference), "", COMMENT)
    outside = re.sub(r"<code>[^<>`@\[\]!*\n\r]*</code>", "", text)
    assert text.count("zzz-team") > 10
    assert not any(word in outside for word in ("zzz", "img", "javascript", "example.org", "Heading", "<!--", "alert"))
    assert set(re.findall("<[^>]*>", outside)) <= {
        "<details>", "<details open>", "</details>", "<summary>", "</summary>", "<ul>", "</ul>", "<li>", "</li>"}


@pytest.mark.parametrize("room", [COMMENT, SUMMARY])
@pytest.mark.parametrize("mark", ["@", "\U0010ffff", "中"], ids=ascii)
def test_a_long_report_is_cut(tmp_path, room, mark):
    text = mark * 400
    problems = [{**PROBLEM, "message": text, "severity": severity} for severity in ("error", "warning") for _ in range(2_000)]
    record = {**RECORD, "title": text, "cells": [{**CELL, "new": text}] * 3}
    folder = stored(tmp_path, {**REPORT, "problems": problems}, {**DIFFERENCE, "records": [record] * 500})
    found = markdown(folder, "https://github.com", room)
    assert room / 2 < len(found) <= room and len(found.encode()) < 2**20
    assert "more errors" in found and "more warnings" in found and "more records" in found
    assert found.count("<code>") == found.count("</code>") and found.count("<details") == found.count("</details>")


def test_new_errors_come_first_and_known_ones_are_counted(tmp_path):
    problems = [{**PROBLEM, "message": "known", "new": False}, {**PROBLEM, "message": "odd", "severity": "warning"}, PROBLEM]
    text = markdown(stored(tmp_path, {**REPORT, "problems": problems}), "", COMMENT)
    assert "1 error, 1 warning, 1 known before." in text and text.index("bleu") < text.index("odd") and "<code>known" not in text


# The answer to a form, and the pull request that it becomes


BODY = ("### Record to withdraw\n\nzzz-role\n\n### Reason\n\nIt stood there twice.\n\n"
        "### Record that holds its facts\n\n_No response_")
INCOMPLETE = BODY.replace("zzz-role", "zzz-no-such-role")


def issue(body: str | None, sender: str = "zzz-maintainer") -> dict:
    return {"issue": {"number": 7, "body": body, "user": {"login": "zzz-author"}}, "sender": {"login": sender}}


def step(hub: FakeGitHub, root: Path, file: str, **parts: object) -> subprocess.CompletedProcess:
    """Run the step that answers or proposes, for an event."""
    name = {"form.yml": "Answer", "accept.yml": "Propose"}[file]
    return run_step(file, name, root, GITHUB_API_URL=hub.url, GITHUB_EVENT_PATH=event(root.parent, **parts))


@pytest.mark.slow
def test_a_form_is_answered_and_labelled_and_again_when_it_is_mended(hub, root):
    assert step(hub, root, "form.yml", **issue(INCOMPLETE)).returncode == 0
    assert hub.labels[7] == ["form: incomplete"] and "Not ready yet" in bodies(hub, 7)[0]
    assert step(hub, root, "form.yml", **issue(BODY)).returncode == 0
    (text,) = bodies(hub, 7)
    assert hub.labels[7] == ["form: ready"] and "Ready for a maintainer" in text and "zzz-role" in text
    assert git(root, "status", "--porcelain") == "", "nothing is written to the checkout"


def test_an_issue_that_is_no_form_is_left_alone(hub, checkout, tmp_path, monkeypatch):
    monkeypatch.chdir(checkout)
    for body in (None, "", "It does not work.", "### Record to withdraw" * 250_000, "x" * 5_000_000):
        assert call(hub, monkeypatch, event(tmp_path, **issue(body)), "form") == 0
    assert hub.requests == []


@pytest.mark.parametrize("hostile", [
    f"$(touch zzz-here)`touch zzz-here`\n::error::zzz\n##[add-mask]zzz\n!!python/object:os.system x\n&a [*a, *a]\n{MARKUP}", "=1+1",
    "x" * 200_000], ids=lambda text: text[:20])
def test_an_answer_of_a_form_is_only_text(hub, checkout, tmp_path, monkeypatch, capsys, hostile):
    monkeypatch.chdir(checkout)
    body = BODY.replace("It stood there twice.", hostile)
    assert call(hub, monkeypatch, event(tmp_path, **issue(body)), "form") == 0
    (text,) = bodies(hub, 7)
    plain = re.sub(r"(?ms)^(`{3,}).*?^\1$|<code>[^<>]*</code>", "", text)
    assert "@zzz" not in plain and "<img" not in plain and "javascript" not in plain and len(text) <= 65_536
    log = "".join(capsys.readouterr())
    assert TOKEN not in log and "::" not in log and "##[" not in log and not list(checkout.rglob("zzz-here"))


@pytest.mark.slow
def test_an_accepted_form_becomes_a_pull_request_with_the_rows_that_add_writes(hub, root, tmp_path):
    done = step(hub, root, "accept.yml", **issue(BODY))
    assert (done.returncode, done.stderr) == (0, "")
    (pull,) = hub.pulls
    assert (pull["head"]["ref"], pull["base"]["ref"]) == ("form/issue-7", "main")
    assert pull["title"] == "A withdrawal zzz-role (form of issue 7)" and "Closes #7" in pull["body"] and "zzz-role" in pull["body"]
    assert "Approve workflows to run" in pull["body"] and len(pull["body"]) <= 65_536
    assert git(root, "log", "--format=%an|%s", "main..form/issue-7").strip() == "github-actions[bot]|Take in the form of issue 7"
    (tmp_path / "card.yaml").write_text("withdrawn: [{record: zzz-role, reason: It stood there twice.}]\n")
    package, _ = load(root)
    assert add(package, read(package), [tmp_path / "card.yaml"]).problems == []
    assert git(root, "diff", "form/issue-7") == "", "the branch is what `add` makes of the main branch"
    assert git(root, "diff", "--name-only") == git(root, "diff", "--name-only", "main..form/issue-7")
    git(tmp_path, "clone", "--quiet", "--branch", "form/issue-7", str(hub.git), "fetched")
    assert main(["validate", "--root", str(tmp_path / "fetched"), "--base", "origin/main"]) == 0
    (text,) = bodies(hub, 7)
    assert f"#{pull['number']}" in text


def test_a_form_that_is_accepted_again_renews_its_pull_request(hub, root, tmp_path, monkeypatch):
    monkeypatch.chdir(root)
    assert call(hub, monkeypatch, event(tmp_path, **issue(BODY)), "accept") == 0
    first = git(root, "rev-parse", "form/issue-7")
    assert call(hub, monkeypatch, event(tmp_path, **issue(BODY.replace("twice", "three times"), "zzz-triager")), "accept") == 0
    assert len(hub.pulls) == 1 and len(bodies(hub, 7)) == 1 and git(root, "rev-parse", "form/issue-7") != first
    assert git(root, "rev-parse", "form/issue-7~1") == git(root, "rev-parse", "main"), "it has one commit"
    assert "three times" in git(root, "show", "form/issue-7:data/withdrawn.csv") and "three times" in hub.pulls[0]["body"]


@pytest.mark.parametrize(("body", "sender", "reason"), [
    (INCOMPLETE, "zzz-maintainer", "Not ready yet"), (BODY.replace("zzz-role", "zzz-gone"), "zzz-maintainer", "is withdrawn"),
    ("It does not work.", "zzz-maintainer", "none of the forms"),
    ("x" * 5_000_000, "zzz-maintainer", "longer than"), (None, "zzz-maintainer", "none of the forms"),
    (BODY, "zzz-reader", "Only people who may label issues"), (BODY, "zzz-author", "Only people who may label issues"),
    (BODY, "../../zzz?a=b", "Only people who may label issues")], ids=lambda text: str(text)[:30])
def test_what_cannot_be_accepted_is_turned_down(hub, root, tmp_path, monkeypatch, body, sender, reason):
    """An author may bring the label along from a template; it is taken off, and the reason is said."""
    monkeypatch.chdir(root)
    hub.labels[7] = ["accepted", "zzz"]
    assert call(hub, monkeypatch, event(tmp_path, **issue(body, sender)), "accept") == 0
    assert hub.labels[7] == ["zzz"] and reason in bodies(hub, 7)[0] and len(bodies(hub, 7)) == 1
    assert {path for _, path in hub.writes} == {"/issues/7/comments", "/issues/7/labels/accepted"}
    assert git(root, "branch", "--list").split() == ["*", "main"]


@pytest.mark.parametrize(("title", "line"), [
    ("A deployment: Zzz", "A deployment Zzz"), ("Fixes #1, @zzz-team\nGH-2 <b>`x`</b>", "Fixes 1, zzz-team GH 2 b x b"),
    ("", "A form"), ("\u202e::error::", "error"), ("x" * 500, "x" * 150)])
def test_the_title_of_a_pull_request_names_nobody_and_closes_nothing(title, line):
    assert commands.one_line(title) == line


# When GitHub does not do what it should


@pytest.mark.parametrize(("code", "message"), [(403, "GitHub Actions is not permitted to create or approve pull requests."), (500, None),
                                               (401, "Bad\n::error::credentials ##[add-mask]zzz " + "x" * 10_000)])
def test_a_refusal_of_github_is_one_line(hub, tmp_path, monkeypatch, capsys, code, message):
    hub.down = (code, message)
    assert call(hub, monkeypatch, finished(tmp_path), "comment", stored(tmp_path)) == 2
    out, line = capsys.readouterr()
    assert out == "" and line.startswith(f"error: GitHub answered {code} to GET /pulls: {(message or 'Internal Server Error')[:3]}")
    assert line.count("\n") == 1 and len(line) < 500 and TOKEN not in line and "::" not in line and "##[" not in line


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"workflow_run": 1}', '{"workflow_run": {"head_repository": {"owner": null}}}'])
def test_an_event_of_another_form_is_one_line(hub, tmp_path, monkeypatch, capsys, text):
    (tmp_path / "event.json").write_text(text)
    assert call(hub, monkeypatch, tmp_path / "event.json", "comment", stored(tmp_path)) == 2
    out, line = capsys.readouterr()
    assert out == "" and line.startswith("error: ") and line.count("\n") == 1 and TOKEN not in line
