"""What the workflows on GitHub call: `python -m scripts.github COMMAND`.

All that strangers wrote, be it an issue or the name of a branch, comes from the file of the event, never from a command line.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests

from . import pull_comment
from .diff_report import as_markdown
from .problem import visible
from .report import for_log

if TYPE_CHECKING:
    from .add import Plan
    from .submission import Answer
    from .tables import Tables

BOT = "github-actions[bot]"  # who comments where a workflow does; nobody else can have the name
MARKER = "<!-- ai-governance-reach: {} -->\n"
TIMEOUT = 30  # seconds
PAGE, PAGES = 100, 50
LONGEST = 65_500  # characters of a comment; GitHub takes 65,536
ACCEPTED = "accepted"
READY, INCOMPLETE = "form: ready", "form: incomplete"
TRUSTED = {"triage", "write", "maintain", "admin"}  # roles that may label an issue
NOT_ALLOWED = "Only people who may label issues in this repository can accept a form, so the label was taken off."
NOT_READY = "This cannot become a pull request yet, so the label was taken off.\n\n"
PROPOSED = ("Pull request #{} holds the rows of this form. It shows the form as it was when it was labelled: after a change, take the "
            f"label `{ACCEPTED}` off and set it again.")
BODY = """The rows of the form in issue #{number}, taken in by a workflow.

- To start the checks, choose *Approve workflows to run* below: GitHub holds them back where a workflow opened the pull request.
- Review the sources, not only the cells. Merging closes the issue.

{change}
Closes #{number}
"""


class Refused(Exception):
    """What stops a command; its text is one plain sentence or two."""


def setting(name: str) -> str:
    """What the workflow's environment says. Raises Refused without it."""
    if not os.environ.get(name):
        raise Refused(f"{name} is not set. This command is called by the workflows in .github/workflows.")
    return os.environ[name]


@dataclass
class Repository:
    """The repository of the workflow on GitHub, through its REST API."""

    name: str
    session: requests.Session
    api: str

    def call(self, method: str, path: str, **options) -> dict | list | None:
        """What GitHub answers to a request for a path below the repository; None where it finds nothing to get or to delete.
        Raises Refused."""
        try:
            answer = self.session.request(method, f"{self.api}/repos/{self.name}{path}", timeout=TIMEOUT, **options)
            if answer.status_code == 404 and method in ("GET", "DELETE"):
                return None
            if not answer.ok:
                raise Refused(f"GitHub answered {answer.status_code} to {method} {path}: {reason_of(answer)}")
            return answer.json() if answer.content else None
        except requests.RequestException as error:
            raise Refused(f"GitHub gave no usable answer to {method} {path}: {type(error).__name__}.") from None

    def comments(self, number: int) -> Iterator[dict]:
        """The comments of an issue or pull request, the oldest first."""
        for page in range(1, PAGES + 1):
            found = self.call("GET", f"/issues/{number}/comments", params={"per_page": PAGE, "page": page}) or []
            yield from found
            if len(found) < PAGE:
                return

    def comment(self, number: int, what: str, text: str) -> None:
        """Write our one comment of a kind on an issue or pull request, in place of what it said before."""
        marker = MARKER.format(what)
        text = (marker + text)[:LONGEST]
        for there in self.comments(number):
            if (there["user"] or {}).get("login") == BOT and (there["body"] or "").replace("\r\n", "\n").startswith(marker):
                self.call("PATCH", f"/issues/comments/{there['id']}", json={"body": text})
                return
        self.call("POST", f"/issues/{number}/comments", json={"body": text})

    def label(self, number: int, *, on: str | None = None, off: str) -> None:
        """Set one label of an issue and take another off."""
        if on:
            self.call("POST", f"/issues/{number}/labels", json={"labels": [on]})
        self.call("DELETE", f"/issues/{number}/labels/{quote(off, safe='')}")

    def trusts(self, login: str) -> bool:
        """Whether somebody has a role here that may label issues."""
        found = self.call("GET", f"/collaborators/{quote(login, safe='')}/permission") or {}
        return bool(TRUSTED & {found.get("permission"), found.get("role_name")})


def reason_of(answer: requests.Response) -> str:
    """Why GitHub refuses something: in its own words where it gives any, as it does not when it is down."""
    try:
        return str(answer.json()["message"] or answer.reason)[:300]
    except (requests.JSONDecodeError, KeyError, TypeError):
        return answer.reason[:300]


def repository() -> Repository:
    """The repository that the workflow runs in."""
    session = requests.Session()
    session.headers.update({"Authorization": f"Bearer {setting('GITHUB_TOKEN')}", "Accept": "application/vnd.github+json",
                            "X-GitHub-Api-Version": "2022-11-28"})
    return Repository(setting("GITHUB_REPOSITORY"), session, setting("GITHUB_API_URL"))


def read_event() -> dict:
    """What GitHub says of the event that started the workflow."""
    return json.loads(Path(setting("GITHUB_EVENT_PATH")).read_bytes())


def summary(args: argparse.Namespace) -> None:
    """Print what was found, for the page of the run."""
    sys.stdout.write(pull_comment.markdown(args.folder, "", pull_comment.SUMMARY))


def comment(args: argparse.Namespace) -> None:
    """Put what a run found into the pull request whose newest commit it checked."""
    github, event = repository(), read_event()
    number = pull_number(github, event)
    if number is None:
        print("No open pull request has what was checked as its newest commit: no comment.")
        return
    run = f"{setting('GITHUB_SERVER_URL')}/{github.name}/actions/runs/{int(event['workflow_run']['id'])}"
    github.comment(number, "check", pull_comment.markdown(args.folder, run, pull_comment.COMMENT))
    print(f"Commented on pull request {number}.")


def pull_number(github: Repository, event: dict) -> int | None:
    """The open pull request to the main branch whose newest commit a run checked. Nothing that the run left is asked."""
    run = event["workflow_run"]
    fork = run["head_repository"]
    if not fork:  # it has been deleted
        return None
    head = {"state": "open", "head": f"{fork['owner']['login']}:{run['head_branch']}", "base": event["repository"]["default_branch"]}
    for pull in github.call("GET", "/pulls", params=head) or []:
        if pull["head"]["sha"] == run["head_sha"] and (pull["head"]["repo"] or {}).get("full_name") == fork["full_name"]:
            return pull["number"]
    return None


def form(args: argparse.Namespace) -> None:
    """Answer a submitted form, and label it."""
    github, issue = repository(), read_event()["issue"]
    found = answered(dataset(args.root), issue)
    if found.form is None:
        print("This issue is no form.")
        return
    github.comment(issue["number"], "form", found.comment)
    on, off = (READY, INCOMPLETE) if found.ready else (INCOMPLETE, READY)
    github.label(issue["number"], on=on, off=off)
    print(f"Answered issue {issue['number']}: {on}.")


def dataset(root: Path) -> Tables:
    """The tables in a folder. Raises Refused if they cannot be read."""
    from .package import load
    from .read import read

    package, problems = load(root)
    if package is None:
        raise Refused(f"The dataset cannot be loaded: {problems[0].text}")
    return read(package)


def answered(tables: Tables, issue: dict) -> Answer:
    """What there is to say to the text of an issue."""
    from .submission import answer

    return answer(tables.package, tables, issue["body"] or "", datetime.now(UTC).date())


def accept(args: argparse.Namespace) -> None:
    """Make a pull request of a form that a maintainer has labelled."""
    github, event = repository(), read_event()
    issue, number = event["issue"], event["issue"]["number"]
    if not github.trusts(event["sender"]["login"]):
        turn_down(github, number, NOT_ALLOWED)
        return
    found = answered(dataset(args.root), issue)
    if not found.ready:
        turn_down(github, number, NOT_READY + found.comment)
    else:
        commit(github, args.root, branch_of(number), f"Take in the form of issue {number}", found.planned)
        pull = propose(github, event, one_line(found.title), as_markdown(found.change))
        github.comment(number, "accept", PROPOSED.format(pull))
        print(f"Issue {number} is pull request {pull}.")


def turn_down(github: Repository, number: int, reason: str) -> None:
    """Say why an issue becomes no pull request, and take the label off that asked for it."""
    github.comment(number, "accept", reason)
    github.label(number, off=ACCEPTED)
    print(f"Issue {number} was not accepted.")


def branch_of(number: int) -> str:
    """The branch that holds the rows of an issue."""
    return f"form/issue-{int(number)}"


def commit(github: Repository, root: Path, branch: str, message: str, plan: Plan) -> None:
    """Let a branch be the checked-out commit and one more with the planned files. GitHub names the workflow as its author."""
    from .versions import resolve

    parent, reason = resolve(root, "HEAD")
    if reason:
        raise Refused(reason)
    tree = []
    for path, data in plan.files.items():
        blob = github.call("POST", "/git/blobs", json={"content": base64.b64encode(data).decode(), "encoding": "base64"})
        tree.append({"path": path.relative_to(plan.after.package.root).as_posix(), "mode": "100644", "type": "blob", "sha": blob["sha"]})
    base = github.call("GET", f"/git/commits/{parent}")["tree"]["sha"]
    made = github.call("POST", "/git/trees", json={"base_tree": base, "tree": tree})
    new = github.call("POST", "/git/commits", json={"message": message, "tree": made["sha"], "parents": [parent]})
    if github.call("GET", f"/git/ref/heads/{branch}"):
        github.call("PATCH", f"/git/refs/heads/{branch}", json={"sha": new["sha"], "force": True})
    else:
        github.call("POST", "/git/refs", json={"ref": f"refs/heads/{branch}", "sha": new["sha"]})


def propose(github: Repository, event: dict, title: str, change: str) -> int:
    """Open the pull request of an issue, or renew it; its number."""
    number, branch = event["issue"]["number"], branch_of(event["issue"]["number"])
    text = {"title": f"{title} (form of issue {number})", "body": BODY.format(number=number, change=change)}
    owner = github.name.split("/")[0]
    there = github.call("GET", "/pulls", params={"state": "open", "head": f"{owner}:{branch}"}) or []
    pull = next((pull for pull in there if (pull["head"]["ref"], (pull["head"]["repo"] or {}).get("full_name")) == (branch, github.name)),
                None)
    if pull:
        github.call("PATCH", f"/pulls/{pull['number']}", json=text)
    else:
        pull = github.call("POST", "/pulls", json={**text, "head": branch, "base": event["repository"]["default_branch"]})
    return pull["number"]


def one_line(title: str) -> str:
    """A title in which nothing is a mention, a link to an issue, or markup: it can become the message of a commit."""
    words = re.sub(r"[^\w ,.()'’–-]+|(?<=GH)-", " ", title, flags=re.IGNORECASE).split()
    return " ".join(words)[:150] or "A form"


def parser() -> argparse.ArgumentParser:
    """All commands."""
    top = argparse.ArgumentParser(prog="python -m scripts.github", description="What the workflows on GitHub call.")
    top.set_defaults(root=Path())
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for run in (summary, comment, form, accept):
        sub = commands.add_parser(run.__name__, help=run.__doc__, description=run.__doc__)
        sub.set_defaults(run=run)
        if run in (summary, comment):
            sub.add_argument("folder", type=Path, help="where the stored report lies")
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 when all is done, 2 when it could not be, with one line that says why."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = parser().parse_args(argv)
    try:
        args.run(args)
        return 0
    except Refused as error:
        reason = str(error)
    except Exception as error:  # an event or an answer of another form: one line, not a traceback
        if os.environ.get("TRACEBACK"):
            raise
        reason = f"{type(error).__name__}: {error}. The event or an answer of GitHub is not what was expected."
    print(for_log(visible(f"error: {reason[:1_000]}")), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
