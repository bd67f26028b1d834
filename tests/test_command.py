"""The command line as somebody new meets it: wrong input gives one clear message and an exit code, and changes no file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.__main__ import main, parser
from tests.fictional import PROJECT, write_package
from tests.programs import needs

CARD = "organizations: [{id: zzz-new, name: Zzz New, type: company, country: ZZB}]\n"
ARGUMENTS = {"validate": ["--fast"], "format": [], "add": ["card.yaml"], "form": ["issue.md"],
             "show": ["zzz-deployment"], "diff": ["HEAD"], "release": [], "site": [], "docs": [], "countries": []}
COMMANDS = [[name, *more] for name, more in ARGUMENTS.items()] + [["format", "--check"], ["docs", "--check"],
                                                                  ["release", "--check"],
                                                                  ["validate", "--format", "github"]]
named = pytest.mark.parametrize("command", COMMANDS, ids=" ".join)


def state(folder: Path) -> dict[str, bytes | None]:
    """Every path under a folder with its bytes; None for a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def refused(command: list[str], root: Path, tmp_path: Path, capsys, monkeypatch) -> tuple[int, str]:
    """The exit code and the output of a command that must fail: it has a message, no traceback, and writes nothing."""
    (tmp_path / "card.yaml").write_text(CARD)
    monkeypatch.chdir(tmp_path)
    before = state(tmp_path)
    code = main([*command, "--root", str(root)])
    text = "".join(capsys.readouterr())
    assert code in (1, 2) and text.strip() and "Traceback" not in text and "fault of the tools" not in text
    assert state(tmp_path) == before
    return code, text


def python(*arguments: str, stdout: int = subprocess.PIPE, **settings: str) -> subprocess.CompletedProcess:
    """Run Python in the project's folder, without this machine's settings for Python and its language, but with these."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run([sys.executable, *arguments], cwd=PROJECT, stdout=stdout, stderr=subprocess.PIPE, check=False,
                          env={**env, **settings})


def test_every_command_is_tried_here():
    (commands,) = [action.choices for action in parser()._actions if action.dest == "command"]
    assert set(commands) == set(ARGUMENTS)
    assert all(command.description.endswith(".") for command in commands.values())


@pytest.mark.parametrize("arguments", [[], ["zzz"], ["--zzz"], ["show"], ["add"], ["validate", "--format", "zzz"], ["format", "zzz"],
                                       ["validate", "--base"]], ids=" ".join)
def test_a_command_line_that_makes_no_sense(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    out, err = capsys.readouterr()
    assert (exit_.value.code, out) == (2, "") and err.startswith("usage: python -m scripts") and "error: " in err


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in ARGUMENTS)], ids=" ".join)
def test_help(arguments, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 0 and "--help" in capsys.readouterr().out


@named
def test_a_root_that_is_not_there(command, tmp_path, capsys, monkeypatch):
    code, text = refused(command, tmp_path / "zzz-missing", tmp_path, capsys, monkeypatch)
    assert code == 2 and ("zzz-missing" in text or "datapackage.json" in text)


@named
def test_a_root_that_is_a_file(command, tmp_path, capsys, monkeypatch):
    (tmp_path / "zzz.csv").write_text("zzz\n")
    code, text = refused(command, tmp_path / "zzz.csv", tmp_path, capsys, monkeypatch)
    assert code == 2 and ("zzz.csv" in text or "datapackage.json" in text)


@named
def test_a_root_without_a_descriptor(command, tmp_path, capsys, monkeypatch):
    (tmp_path / "empty").mkdir()
    code, text = refused(command, tmp_path / "empty", tmp_path, capsys, monkeypatch)
    assert code == 2 and "datapackage.json: There is no such file." in text


@named
@pytest.mark.parametrize("content", [b'{"name": "zzz",', b"\xff\xfe\x00", b"[]", b"{}", b"", b'{"resources": [{"name": "zzz"}]}'])
def test_a_broken_descriptor(command, content, tmp_path, capsys, monkeypatch):
    root = tmp_path / "package"
    root.mkdir()
    write_package(root)
    (root / "datapackage.json").write_bytes(content)
    code, text = refused(command, root, tmp_path, capsys, monkeypatch)
    assert code == (1 if command[0] == "validate" else 2) and "datapackage.json" in text


@pytest.mark.parametrize("command", [command for command in COMMANDS if command[0] not in ("diff", "docs", "countries")], ids=" ".join)
@pytest.mark.parametrize("lost", [["deployments"], ["deployments", "citations", "countries"], None], ids=["one", "three", "all"])
def test_missing_tables(command, lost, tmp_path, capsys, monkeypatch):
    root = tmp_path / "package"
    root.mkdir()
    write_package(root)
    for path in (root / "data").glob("*.csv"):
        if lost is None or path.stem in lost:
            path.unlink()
    code, text = refused(command, root, tmp_path, capsys, monkeypatch)
    assert code == 1 and "The file is missing." in text and "data/deployments.csv" in text


def test_a_folder_in_place_of_a_table(tmp_path, capsys, monkeypatch):
    root = tmp_path / "package"
    root.mkdir()
    write_package(root)
    (root / "data/claims.csv").unlink()
    (root / "data/claims.csv").mkdir()
    assert "There is a folder" in refused(["validate", "--fast"], root, tmp_path, capsys, monkeypatch)[1]
    assert "There is a folder" in refused(["format"], root, tmp_path, capsys, monkeypatch)[1]


def test_a_card_that_is_not_there(tmp_path, capsys, monkeypatch):
    write_package(tmp_path)
    code, text = refused(["add", "zzz.yaml"], tmp_path, tmp_path, capsys, monkeypatch)
    assert code == 1 and "zzz.yaml: There is no such file." in text and "Nothing was written." in text


@pytest.mark.parametrize("root", ["zzz-missing", "broken"])
def test_json_is_printed_in_every_outcome(root, tmp_path, capsys):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/datapackage.json").write_text("{")
    main(["validate", "--format", "json", "--root", str(tmp_path / root)])
    report = json.loads(capsys.readouterr().out)
    assert (report["valid"], report["tables"], len(report["problems"])) == (False, {}, sum(report["counts"].values()))


@pytest.mark.parametrize(("command", "place"), [("docs", "docs/codebook.md"), ("docs", "docs"), ("countries", "data/countries.csv")])
def test_something_else_in_the_place_of_a_file_is_named(command, place, tmp_path, capsys):
    write_package(tmp_path)
    (tmp_path / place).unlink(missing_ok=True)
    (tmp_path / place).write_text("zzz") if place == "docs" else (tmp_path / place).mkdir(parents=True)
    before = state(tmp_path)
    assert main([command, "--root", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert str(tmp_path / place) in err and "Nothing was changed. Check" in err and "fault of the tools" not in err
    assert state(tmp_path) == before


def test_a_fault_of_the_tools_is_one_line(tmp_path, capsys, monkeypatch):
    write_package(tmp_path)
    monkeypatch.delenv("TRACEBACK", raising=False)
    monkeypatch.setattr("scripts.form.check", lambda tables: 1 / 0)
    assert main(["validate", "--root", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 1 and "ZeroDivisionError" in err


def test_a_reader_that_leaves_early():
    for arguments in (["validate", "--fast"], ["show", "huawei"], ["validate", "--fast", "--format", "json"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = python("-m", "scripts", *arguments, stdout=writer)
        os.close(writer)
        assert (done.stderr.decode(), done.returncode) == ("", 1)


def test_output_is_utf_8_on_any_machine(tmp_path):
    write_package(tmp_path, {"organizations": [{"organization_id": "zzz-supplier", "name_local": "虚构公司 Zürich"}]})
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = python("-m", "scripts", "show", "zzz-supplier", "--root", str(tmp_path), **ascii_only)
    assert (done.returncode, done.stderr) == (0, b"") and "虚构公司 Zürich" in done.stdout.decode("utf-8")
    done = python("-m", "scripts", "show", "zürich", "--root", str(tmp_path), **ascii_only)
    assert done.returncode == 1 and b"Traceback" not in done.stderr and done.stderr.decode("utf-8").startswith("No record has the id `z")


def test_the_modules_stand_on_their_floors():
    done = python("-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache")
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    (contract,) = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    on_a_floor = {name for floor in contract["layers"] for name in floor.split(" : ")}
    modules = {f"scripts.{path.stem}" for path in (PROJECT / "scripts").glob("*.py")} - {"scripts.__init__"}
    modules |= {f"scripts.{path.parent.name}" for path in (PROJECT / "scripts").glob("*/__init__.py")}
    assert modules | {"schemas"} == on_a_floor


def test_ruff_is_content():
    done = python("-m", "ruff", "check", "--no-cache", ".")
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/methodology.md"])
def test_the_pages_name_commands_that_exist(page):
    text = (PROJECT / page).read_text(encoding="utf-8")
    assert set(re.findall(r"python -m scripts ([a-z]+)", text)) <= set(ARGUMENTS)
    if page == "README.md":
        table = text.split("\n## Commands\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `([a-z]+)", table, re.MULTILINE) == list(ARGUMENTS)


def test_make_says_what_it_would_do():
    done = subprocess.run([needs("make"), "--dry-run", "all", "test", "format", "docs", "lint", "clean"], cwd=PROJECT,
                          capture_output=True, check=False)
    assert done.returncode == 0 and b"-m scripts validate" in done.stdout
