"""What strangers send to the workflows on GitHub, as a reader sees the answer to it; and a GitHub that fails at any moment."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts import github as commands
from scripts import pull_comment
from scripts.package import load
from scripts.pull_comment import UNFINISHED
from scripts.read import read
from scripts.submission import forms
from tests.fake_github import NAME, TOKEN, workflow
from tests.page import OURS, SPOKEN, Page, read_as_page
from tests.test_github import (
    CELL,
    DIFFERENCE,
    INCOMPLETE,
    MARKUP,
    PROBLEM,
    RECORD,
    REPORT,
    SHA,
    bodies,
    call,
    checkout,
    event,
    finished,
    hub,
    issue,
    root,
    stored,
)
from tests.test_history import git
from tests.web import GOOD, rendered

__all__ = ["checkout", "hub", "root"]  # fixtures
RUN = f"https://github.com/{NAME}/actions/runs/77"


@pytest.mark.parametrize("comment", ["<b>x</b>", "[x](https://example.org)", "![x](y)", "@zzz", "https://example.org", "<!-- x -->", "# x",
                                     "*x*", "<details>", "<code onclick=x>y</code>", "</details>"])
def test_markup_of_others_would_be_found(comment):
    with pytest.raises((AssertionError, IndexError)):
        read_as_page(comment, "")


def commented(hub, tmp_path: Path, monkeypatch, folder: Path) -> str:
    """The comment on the pull request whose check left this folder."""
    hub.add_pull(5, "zzz", SHA, "zzz-fork/zzz-repository")
    assert call(hub, monkeypatch, finished(tmp_path), "comment", folder) == 0
    (text,) = bodies(hub, 5)
    return text


def test_every_text_of_a_stored_report_stands_in_code(hub, tmp_path, monkeypatch):
    problem = PROBLEM | dict.fromkeys(("code", "table", "file", "column", "record", "message", "hint"), MARKUP)
    link = {"table": MARKUP, "kind": "added", "key": [MARKUP], "row": {MARKUP: MARKUP}, "cells": [dict.fromkeys(CELL, MARKUP)]}
    record = RECORD | dict.fromkeys(("table", "id", "title", "reason", "replaced_by"), MARKUP) | {"cells": link["cells"], "links": [link]}
    difference = DIFFERENCE | {"records": [record | {"kind": kind} for kind in ("added", "changed", "merged", "returned")],
                               "counts": {"country": {MARKUP: [1, 2]}}, "columns": {MARKUP: [MARKUP]}, "unread": {MARKUP: MARKUP}}
    folder = stored(tmp_path, REPORT | {"problems": [problem, problem | {"severity": "warning"}]}, difference)
    page = read_as_page(commented(hub, tmp_path, monkeypatch, folder), "check", (RUN,))
    assert page.coded.count("<img src=x onerror=alert(1)>") > 40 and "Heading" not in page.plain


@pytest.mark.parametrize("leave", [
    lambda _: None, lambda path: path.symlink_to("/etc/passwd"), lambda path: path.symlink_to("/dev/zero"), os.mkfifo, Path.mkdir,
    lambda path: path.write_text(json.dumps(REPORT)[:-1]), lambda path: path.write_text("[" * 100_000),
    lambda path: path.write_text(json.dumps(REPORT | {"pull": 9})), lambda path: path.write_text(json.dumps(REPORT | {"tables": [1]})),
    lambda path: path.write_bytes(json.dumps(REPORT).encode().ljust(25 * 2**20))],
    ids=["missing", "link", "device", "pipe", "folder", "broken", "deep", "extra", "types", "25 MB"])
def test_a_run_that_left_no_report_is_said_to_be_unfinished(hub, tmp_path, monkeypatch, leave):
    folder = stored(tmp_path)
    (folder / pull_comment.REPORT).unlink()
    leave(folder / pull_comment.REPORT)
    text = commented(hub, tmp_path, monkeypatch, folder)
    assert UNFINISHED in text and RUN in text and "root:" not in text and len(text) < 500
    read_as_page(text, "check", (RUN,))


def test_the_answer_to_a_form_is_only_text_to_a_reader(hub, checkout, tmp_path, monkeypatch):
    """In the answer that something is missing, and in the one that it is ready."""
    monkeypatch.chdir(checkout)
    for body in (INCOMPLETE.replace("It stood there twice.", MARKUP).replace("zzz-no-such-role", f"zzz {MARKUP}"), deployment(checkout)):
        assert call(hub, monkeypatch, event(tmp_path, **issue(body)), "form") == 0
        page = Page(bodies(hub, 7)[0])
        assert page.links == [] and page.elements <= OURS and not SPOKEN.search(page.plain) and "@zzz-team" in page.coded
    assert len(bodies(hub, 7)) == 1 and hub.labels[7] == ["form: ready"]


def deployment(root: Path) -> str:
    """The text of an issue with a form that is ready, in which all that may be said freely is markup."""
    form = next(form for form in forms.load(read(load(root)[0]))[0] if form.name == "deployment")
    hostile = {heading: f"Zzz {MARKUP}".replace("\r", "") for heading in ("Summary", "Where on the page")}
    return rendered(form, GOOD["deployment"] | hostile | {"Title": "Zzz @zzz-team <img src=x> [x](https://example.org) #1 GH-2 `c` **b**"})


def test_the_pull_request_of_a_form_is_only_text_to_a_reader(hub, root, tmp_path, monkeypatch):
    monkeypatch.chdir(root)
    assert call(hub, monkeypatch, event(tmp_path, **issue(deployment(root))), "accept") == 0
    (pull,) = hub.pulls
    assert re.fullmatch(r"A deployment Zzz zzz-team [\w ,.()'’–-]+ \(form of issue 7\)", pull["title"]) and "GH-" not in pull["title"]
    page = Page(pull["body"].replace("#7", "its issue"))
    assert page.elements <= OURS | {"em"} and not page.links and not SPOKEN.search(page.plain) and "@zzz-team" in page.coded
    assert git(root, "log", "--format=%B", "main..form/issue-7").strip() == "Take in the form of issue 7"


def test_every_command_of_a_workflow_that_may_write_is_run_by_a_test():
    steps = [step for name in ("comment.yml", "form.yml", "accept.yml") for job in workflow(name)["jobs"].values() for step in job["steps"]]
    assert [step["name"] for step in steps if step.get("run") not in (None, "make .venv/.complete")] == ["Comment", "Answer", "Propose"]


# A GitHub that fails


@contextmanager
def server(answer: bytes | None) -> Iterator[str]:
    """The address of a server that answers one request with these bytes, or never."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def serve() -> None:
            with listening.accept()[0] as connection:
                connection.recv(65_536)
                connection.sendall(answer)

        if answer is not None:
            threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def one_line(capsys) -> str:
    """What a command that could not do its work said."""
    out, line = capsys.readouterr()
    assert out == "" and line.startswith("error: ") and line.count("\n") == 1 and TOKEN not in line and len(line) < 1_200
    return line


HTML = b"<!DOCTYPE html><title>Unicorn!</title>"


@pytest.mark.parametrize(("answer", "words"), [
    (b"HTTP/1.1 200 OK\r\n\r\n" + HTML, "no usable answer to GET /pulls: JSONDecodeError"),
    (b"HTTP/1.1 502 Bad Gateway\r\n\r\n" + HTML, "answered 502 to GET /pulls: Bad Gateway"),
    (b"HTTP/1.1 403 Forbidden\r\n\r\n[]", "answered 403 to GET /pulls: Forbidden"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[]", "no usable answer to GET /pulls: ChunkedEncodingError"),
    (b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 100_000, "RecursionError"), (b"HTTP/1.1 200 OK\r\n\r\n[[]]", "TypeError"),
    (b"zzz\r\n\r\n", "no usable answer to GET /pulls: ConnectionError"), (None, "no usable answer to GET /pulls: ReadTimeout")],
    ids=lambda value: str(value)[:40])
def test_whatever_github_answers_a_failure_is_one_line(hub, tmp_path, monkeypatch, capsys, answer, words):
    monkeypatch.setattr(commands, "TIMEOUT", 5 if answer else 0.1)
    with server(answer) as hub.url:
        assert call(hub, monkeypatch, finished(tmp_path), "comment", stored(tmp_path)) == 2
    assert words in one_line(capsys)


@pytest.mark.parametrize("command", ["form", "accept"])
def test_a_form_that_github_lets_nobody_answer(hub, checkout, tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(checkout)
    hub.down = (403, "Resource not accessible by integration")
    assert call(hub, monkeypatch, event(tmp_path, **issue(INCOMPLETE)), command) == 2
    assert "GitHub answered 403" in one_line(capsys) and hub.comments == {} and len(hub.requests) == 1


def test_a_pull_request_that_github_does_not_let_workflows_open_is_opened_at_the_next_try(hub, root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(root)
    path = event(tmp_path, **issue(deployment(root)))
    with monkeypatch.context() as patch:
        patch.setattr(hub, "add_pull", lambda *_, **__: hub.roles["GitHub Actions is not permitted to create pull requests."])
        assert call(hub, monkeypatch, path, "accept") == 2
    assert "to POST /pulls: 'GitHub Actions is not permitted" in one_line(capsys) and bodies(hub, 7) == []
    assert call(hub, monkeypatch, path, "accept") == 0
    assert [pull["head"]["ref"] for pull in hub.pulls] == ["form/issue-7"] and len(bodies(hub, 7)) == 1


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_EVENT_PATH", "GITHUB_SERVER_URL"])
def test_without_what_a_workflow_sets_the_reason_is_said(hub, tmp_path, monkeypatch, capsys, name):
    hub.add_pull(5, "zzz", SHA, "zzz-fork/zzz-repository")
    assert call(hub, monkeypatch, finished(tmp_path), "comment", stored(tmp_path)) == 0
    capsys.readouterr()
    monkeypatch.setenv(name, "")
    assert commands.main(["comment", str(tmp_path)]) == 2
    assert one_line(capsys) == f"error: {name} is not set. This command is called by the workflows in .github/workflows.\n"


def test_an_event_that_is_not_there_is_one_line(hub, tmp_path, monkeypatch, capsys):
    assert call(hub, monkeypatch, tmp_path / "zzz.json", "form") == 2
    assert "FileNotFoundError" in one_line(capsys)
