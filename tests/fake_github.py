"""A GitHub for tests: what runs a step of a workflow, and the part of the REST API that the workflows use, over a real git repository.

The API answers as GitHub documents it: 404 for what is not there, pages of a list, a filter on `head` that is left out where it has
no colon. What was asked is in `requests`.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

from tests.fictional import PROJECT, write_package
from tests.test_history import commit, git

NAME = "zzz-owner/zzz-repository"
TOKEN = "zzz-secret-token"
BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class Asked:
    """One request: its method, its path below the repository, its query and its body."""

    method: str
    path: str
    query: dict[str, str]
    body: dict


@dataclass
class FakeGitHub:
    """The state of a repository on GitHub; `git` is the folder of its git repository, `down` what each request is refused with."""

    git: Path | None = None
    comments: dict[int, list[dict]] = field(default_factory=dict)
    labels: dict[int, list[str]] = field(default_factory=dict)
    pulls: list[dict] = field(default_factory=list)
    roles: dict[str, dict] = field(default_factory=dict)
    requests: list[Asked] = field(default_factory=list)
    down: tuple[int, str] | None = None
    url: str = ""

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(asked.method, asked.path) for asked in self.requests if asked.method != "GET"]

    def add_comment(self, number: int, body: str, login: str = BOT["login"]) -> None:
        there = self.comments.setdefault(number, [])
        there.append({"id": number * 1_000 + len(there), "user": {"login": login}, "body": body})

    def add_pull(self, number: int, branch: str, sha: str, repository: str = NAME, base: str = "main", **more) -> None:
        head = {"ref": branch, "sha": sha, "repo": {"full_name": repository}}
        self.pulls.append({"number": number, "state": "open", "head": head, "base": {"ref": base}, **more})

    def run_git(self, *arguments: str, given: bytes = b"", **env: str) -> str:
        done = subprocess.run(["git", "-C", str(self.git), *arguments], input=given, capture_output=True, check=False,
                              env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **env})
        if done.returncode:
            raise LookupError(done.stderr.decode())
        return done.stdout.decode().strip()

    def answer(self, asked: Asked) -> object:
        """What GitHub answers; LookupError where there is nothing."""
        for method, pattern, respond in ROUTES:
            match = re.fullmatch(pattern, asked.path)
            if asked.method == method and match:
                return respond(self, asked, *map(unquote, match.groups()))
        raise LookupError("Not Found")

    def list_comments(self, asked: Asked, number: str) -> list[dict]:
        page, size = int(asked.query.get("page", 1)), int(asked.query.get("per_page", 30))
        return self.comments.get(int(number), [])[(page - 1) * size:page * size]

    def new_comment(self, asked: Asked, number: str) -> dict:
        self.add_comment(int(number), asked.body["body"])
        return self.comments[int(number)][-1]

    def edit_comment(self, asked: Asked, comment: str) -> dict:
        there = self.find(comment)
        there["body"] = asked.body["body"]
        return there

    def find(self, comment: str) -> dict:
        for there in self.comments.values():
            for one in there:
                if one["id"] == int(comment):
                    return one
        raise LookupError("Not Found")

    def add_labels(self, asked: Asked, number: str) -> list[str]:
        there = self.labels.setdefault(int(number), [])
        there += [label for label in asked.body["labels"] if label not in there]
        return there

    def remove_label(self, asked: Asked, number: str, label: str) -> list[str]:
        if label not in self.labels.get(int(number), []):
            raise LookupError("Label does not exist")
        self.labels[int(number)].remove(label)
        return self.labels[int(number)]

    def list_pulls(self, asked: Asked) -> list[dict]:
        owner, colon, branch = asked.query.get("head", "").partition(":")
        return [pull for pull in self.pulls if pull["state"] == asked.query.get("state", "open")
                and asked.query.get("base", pull["base"]["ref"]) == pull["base"]["ref"]
                and (not colon or (pull["head"]["repo"]["full_name"].split("/")[0], pull["head"]["ref"]) == (owner, branch))]

    def new_pull(self, asked: Asked) -> dict:
        sha = self.run_git("rev-parse", f"refs/heads/{asked.body['head']}")
        self.add_pull(len(self.pulls) + 100, asked.body["head"], sha, base=asked.body["base"],
                      title=asked.body["title"], body=asked.body["body"])
        return self.pulls[-1]

    def edit_pull(self, asked: Asked, number: str) -> dict:
        (pull,) = [pull for pull in self.pulls if pull["number"] == int(number)]
        pull.update(asked.body)
        return pull

    def role(self, asked: Asked, login: str) -> dict:
        return self.roles[login]

    def new_blob(self, asked: Asked) -> dict:
        assert asked.body["encoding"] == "base64"
        return {"sha": self.run_git("hash-object", "-w", "--stdin", given=base64.b64decode(asked.body["content"], validate=True))}

    def show_commit(self, asked: Asked, sha: str) -> dict:
        return {"sha": sha, "tree": {"sha": self.run_git("rev-parse", "--verify", f"{sha}^{{tree}}")}}

    def new_tree(self, asked: Asked) -> dict:
        index = {"GIT_INDEX_FILE": str(self.git / "zzz-index")}
        self.run_git("read-tree", asked.body["base_tree"], **index)
        for entry in asked.body["tree"]:
            assert entry["type"] == "blob"
            self.run_git("update-index", "--add", "--cacheinfo", f"{entry['mode']},{entry['sha']},{entry['path']}", **index)
        return {"sha": self.run_git("write-tree", **index)}

    def new_commit(self, asked: Asked) -> dict:
        parents = [part for sha in asked.body["parents"] for part in ("-p", sha)]
        who = {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER")
               for part, text in (("NAME", BOT["login"]), ("EMAIL", "bot@example.org"))}
        return {"sha": self.run_git("commit-tree", asked.body["tree"], *parents, "-m", asked.body["message"], **who)}

    def show_ref(self, asked: Asked, ref: str) -> dict:
        return {"object": {"sha": self.run_git("rev-parse", "--verify", f"refs/{ref}")}}

    def new_ref(self, asked: Asked) -> dict:
        self.run_git("update-ref", asked.body["ref"], asked.body["sha"], "")
        return {"ref": asked.body["ref"]}

    def move_ref(self, asked: Asked, ref: str) -> dict:
        assert asked.body["force"] is True
        self.run_git("update-ref", f"refs/{ref}", asked.body["sha"])
        return {"ref": f"refs/{ref}"}


ROUTES = [
    ("GET", r"/issues/(\d+)/comments", FakeGitHub.list_comments), ("POST", r"/issues/(\d+)/comments", FakeGitHub.new_comment),
    ("PATCH", r"/issues/comments/(\d+)", FakeGitHub.edit_comment), ("POST", r"/issues/(\d+)/labels", FakeGitHub.add_labels),
    ("DELETE", r"/issues/(\d+)/labels/([^/]+)", FakeGitHub.remove_label), ("GET", "/pulls", FakeGitHub.list_pulls),
    ("POST", "/pulls", FakeGitHub.new_pull), ("PATCH", r"/pulls/(\d+)", FakeGitHub.edit_pull),
    ("GET", r"/collaborators/([^/]+)/permission", FakeGitHub.role), ("POST", "/git/blobs", FakeGitHub.new_blob),
    ("GET", r"/git/commits/([0-9a-f]{40})", FakeGitHub.show_commit), ("POST", "/git/trees", FakeGitHub.new_tree),
    ("POST", "/git/commits", FakeGitHub.new_commit), ("GET", r"/git/ref/(heads/.+)", FakeGitHub.show_ref),
    ("POST", "/git/refs", FakeGitHub.new_ref), ("PATCH", r"/git/refs/(heads/.+)", FakeGitHub.move_ref)]


@contextmanager
def serving(state: FakeGitHub) -> Iterator[FakeGitHub]:
    """A server with this state for as long as the context lasts; its address is in `url`."""
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            address = urlsplit(self.path)
            prefix = f"/repos/{NAME}"
            assert address.path.startswith(prefix) and self.headers["Authorization"] == f"Bearer {TOKEN}"
            given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {key: values[0] for key, values in parse_qs(address.query).items()}
            asked = Asked(self.command, address.path.removeprefix(prefix), query, json.loads(given or b"{}"))
            state.requests.append(asked)
            try:
                code, found = (state.down[0], {"message": state.down[1]}) if state.down else (200, state.answer(asked))
            except LookupError as error:
                code, found = 404, {"message": str(error)}
            data = json.dumps(found).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = handle_any

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def workflow(name: str) -> dict:
    """A workflow of the project."""
    return yaml.safe_load((PROJECT / ".github/workflows" / name).read_text(encoding="utf-8"))


def repository(root: Path) -> Path:
    """The project's tools and the fictional tables in a git repository of one commit, as a workflow checks it out."""
    for folder in ("scripts", "schemas"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".gitignore").write_text(".venv\n__pycache__/\nstored/\n")
    (root / ".venv").symlink_to(sys.prefix)
    write_package(root)
    git(root, "init", "--quiet", "--initial-branch=main")
    commit(root)
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    return root


def run_step(file: str, step: str, root: Path, **settings: object) -> subprocess.CompletedProcess:
    """Run the step of that name of a workflow as GitHub does: its text as a script for bash, in the checkout, with what the step
    sets, the token, and these settings as environment."""
    (found,) = [one for job in workflow(file)["jobs"].values() for one in job["steps"] if one.get("name") == step]
    own = {name: text.replace("${{ github.token }}", TOKEN) for name, text in found.get("env", {}).items()}
    assert not any("${{" in text for text in own.values())
    script = root.parent / "script.sh"
    script.write_text(found["run"])
    env = {"PATH": os.environ["PATH"], "HOME": str(root.parent), "LANG": "C.UTF-8", "RUNNER_TEMP": str(root.parent / "temp"),
           "GITHUB_REPOSITORY": NAME, "GITHUB_SERVER_URL": "https://github.com", **{name: str(text) for name, text in settings.items()}}
    done = subprocess.run(["bash", "-e", str(script)], cwd=root, env={**env, **own}, capture_output=True, text=True, check=False)
    assert TOKEN not in done.stdout + done.stderr and "Traceback" not in done.stderr
    return done
