"""A validation as text, JSON and annotations: to the letter of the design, whatever the tables hold."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import constraints
from scripts import report as reports
from scripts.__main__ import main
from scripts.problem import LIMIT, WARNING, Problem, Problems
from scripts.report import render
from scripts.validate import Report, validate
from tests.fictional import write_package

WRONG, ODD = constraints.ENUM, replace(constraints.TYPE, severity=WARNING)
ENUM = {"countries": [{"country_code": "ZZC", "kind": "countri"}]}
COUNTED = {"deployment_citations": [{"supports": "country_code;parties;value_amount"}]}  # warnings on what should be supported
TYPES = {"severity": str, "code": str, "table": str | None, "file": str | None, "line": int | None, "column": str | None,
         "record": str | None, "message": str, "hint": str, "count": int, "new": bool | None}


def made(*problems: Problem, rows: dict[str, int] | None = None, **options) -> Report:
    report = Report(Problems(), rows if rows is not None else {"zzz": 3}, **options)
    report.problems.add(*problems)
    return report


def run(capsys, *arguments: str) -> tuple[int, str]:
    """The exit code and the standard output of `validate` with these arguments."""
    code = main(["validate", *arguments])
    return code, capsys.readouterr().out


def of_outcome(outcome: str, root: Path, capsys) -> tuple[int, dict]:
    """The exit code and the JSON of one of the outcomes that a validation can have."""
    if outcome != "missing folder":
        write_package(root, {"sound": None, "warning": COUNTED, "error": ENUM}.get(outcome))
    if outcome == "broken descriptor":
        (root / "datapackage.json").write_text("{")
    if outcome == "no descriptor":
        (root / "datapackage.json").unlink()
    if outcome == "hostile descriptor":
        (root / "datapackage.json").write_text('{"resources": [{"name": "zzz", "path": "\\ud800", "schema": "\\ud800"}]}')
    extra = ["--base", "zzz-no-such-revision"] if outcome == "no base" else []
    code, text = run(capsys, "--root", str(root / "zzz" if outcome == "missing folder" else root), "--format", "json", "--fast", *extra)
    return code, json.loads(text)


@pytest.mark.parametrize(("outcome", "code"), [
    ("sound", 0), ("warning", 0), ("error", 1), ("broken descriptor", 1), ("hostile descriptor", 1), ("no descriptor", 2),
    ("missing folder", 2), ("no base", 2)])
def test_json_and_exit_code_of_each_outcome(outcome, code, tmp_path, capsys):
    exit_code, found = of_outcome(outcome, tmp_path, capsys)
    assert exit_code == code
    assert list(found) == ["valid", "tables", "counts", "problems"]
    assert found["valid"] is (code == 0)
    assert bool(found["problems"]) is (outcome != "sound")
    assert all(isinstance(name, str) and isinstance(rows, int) for name, rows in found["tables"].items())
    assert bool(found["tables"]) is (outcome in ("sound", "warning", "error"))
    assert sum(found["counts"].values()) == len(found["problems"])
    for problem in found["problems"]:
        assert list(problem) == list(TYPES)
        assert all(isinstance(problem[key], type_) and not (type_ != bool | None and isinstance(problem[key], bool))
                   for key, type_ in TYPES.items())
        assert problem["severity"] in ("error", "warning") and problem["new"] is None
        assert problem["message"] and problem["hint"] and problem["count"] >= 1


def test_json_of_one_error(tmp_path, capsys):
    _, found = of_outcome("error", tmp_path, capsys)
    assert found["tables"]["countries"] == 3 and found["counts"] == {"enum": 1}
    assert found["problems"] == [{
        "severity": "error", "code": "enum", "table": "countries", "file": "data/countries.csv", "line": 4, "column": "kind",
        "record": "ZZC", "message": "`countri` is not a known country kind.",
        "hint": "Did you mean `country`? The terms are in schemas/vocabularies.yaml.", "count": 1, "new": None}]


def test_the_file_is_told_from_the_root(tmp_path, monkeypatch, capsys):
    write_package(tmp_path / "zzz", ENUM)
    monkeypatch.chdir(tmp_path)
    _, text = run(capsys, "--root", "zzz", "--format", "json", "--fast")
    assert {problem["file"] for problem in json.loads(text)["problems"]} == {"data/countries.csv"}


def test_a_counted_warning_says_how_many(tmp_path, capsys):
    _, found = of_outcome("warning", tmp_path, capsys)
    assert {(p["severity"], p["line"], p["record"]) for p in found["problems"]} >= {("warning", None, None)}


def many(count: int, column: str = "kind") -> Report:
    """A report of so many like errors."""
    report = made(rows={"zzz": count})
    report.problems.add_rows(WRONG, range(2, count + 2), lambda line: WRONG.at(
        f"Wrong {line}.", "Mend it.", table="zzz", file="data/zzz.csv", line=line, column=column), "zzz", [column])
    return report


def test_json_holds_the_only_error_beside_too_many_warnings():
    report = made(*(ODD.at("Odd.", "Look.", line=line) for line in range(2, LIMIT + 3)), WRONG.at("Wrong.", "Mend it.", line=1))
    found = json.loads(render(report, "json"))["problems"]
    assert len(found) == LIMIT and [one["line"] for one in found if one["severity"] == "error"] == [1]


def test_json_holds_ten_thousand_problems_and_whole_counts():
    found = json.loads(render(many(LIMIT + 2_000), "json"))
    assert len(found["problems"]) == LIMIT == 10_000 and found["counts"] == {"enum": 12_000}


def test_text_shows_the_first_of_many_and_counts_the_rest():
    lines = render(many(12_000), "text").splitlines()
    assert lines[:5] == [f"error enum: data/zzz.csv line {line}, kind: Wrong {line}. Mend it." for line in range(2, 7)]
    assert lines[5] == "error enum: … and 9,995 more like it in data/zzz.csv, kind."
    assert lines[6] == "… and 2,000 more of enum that are only counted."
    words = [line.split() for line in lines]
    assert ["zzz", "12,000", "12,000", "0"] in words and ["error", "enum", "12,000"] in words
    assert lines[-1].startswith("The dataset does not hold: 12,000 errors, 0 warnings, ") and len(lines) < 20


def test_text_keeps_columns_and_severities_apart_and_puts_errors_first():
    report = made(*(ODD.at(f"Odd {n}.", "Look.", table="zzz", file="data/zzz.csv", line=n) for n in range(2, 9)),
                  *(WRONG.at(f"Wrong {n}.", "Mend it.", table="zzz", file="data/zzz.csv", line=n, column=column)
                    for column in "ab" for n in range(2, 8)))
    lines = render(report, "text").splitlines()
    assert [line.split(":")[0] for line in lines[:18]] == ["error enum"] * 12 + ["warning type"] * 6
    assert [line for line in lines if "more like it" in line] == [
        "error enum: … and 1 more like it in data/zzz.csv, a.", "error enum: … and 1 more like it in data/zzz.csv, b.",
        "warning type: … and 2 more like it in data/zzz.csv."]


@pytest.mark.parametrize(("report", "last"), [
    (made(), "The dataset holds: 0 errors, 0 warnings, 0.0 seconds. What each rule asks: docs/rules.md"),
    (made(ODD.at("Odd.", "Look.")), "The dataset holds: 0 errors, 1 warning, 0.0 seconds. What each rule asks: docs/rules.md"),
    (made(WRONG.at("Wrong.", "Mend.")), "The dataset does not hold: 1 error, 0 warnings, 0.0 seconds. What each rule asks: docs/rules.md"),
    (made(WRONG.at("Wrong.", "Mend.", new=False), WRONG.at("Wrong.", "Mend.", new=True), based=True),
     "The dataset does not hold: 2 errors, 0 warnings; 1 new error, 0.0 seconds. What each rule asks: docs/rules.md"),
    (made(WRONG.at("Wrong.", "Mend.", new=False), based=True),
     "The dataset holds: 1 error, 0 warnings; 0 new errors, 0.0 seconds. What each rule asks: docs/rules.md"),
    (made(WRONG.at("Wrong.", "Mend."), rows={}, ran=False), "The check could not run.")])
def test_the_last_line_of_the_text(report, last):
    assert render(report, "text").splitlines()[-1] == last


@pytest.mark.parametrize(("report", "code"), [
    (made(), 0), (made(ODD.at("", "")), 0), (made(WRONG.at("", "")), 1), (made(ran=False), 2),
    (made(WRONG.at("", "", new=False), based=True), 0), (made(WRONG.at("", "", new=True), based=True), 1)])
def test_exit_codes(report, code):
    assert report.exit_code == code and report.valid is (code == 0)


def test_a_known_error_is_called_so():
    report = made(WRONG.at("Wrong.", "Mend.", new=False), based=True)
    assert render(report, "text").startswith("known error enum: Wrong. Mend.")


def test_known_problems_are_counted_apart_and_not_marked_in_a_pull_request():
    report = made(*(kind.at(f"Wrong {n}.", "Mend.", table="zzz", file="data/zzz.csv", line=n, new=n > 8)
                    for n in range(2, 16) for kind in (WRONG, ODD)), based=True)
    lines = render(report, "github").splitlines()
    assert [line.split("line=")[1].split(",")[0] for line in lines if line.startswith("::")] == [*map(str, range(9, 16))] * 2
    assert [line for line in lines if "more like it" in line] == [
        f"{words}: … and 2 more like it in data/zzz.csv."
        for words in ("error enum", "known error enum", "warning type", "known warning type")]


HOSTILE = ["::error::Zzz", "a\n::error::Zzz", "a\r\n::stop-commands::zzz", ":::error::", "a\x85::error::b", "##[error]Zzz",
           "a\n##[add-mask]b", "%0A::error::", "100 %", "\x1b[31mred", "\u202eabc", "a,b:c", "\u2028::error::"]
COMMAND = re.compile(r"::error(?: [a-z]+=[^:,\n]*(?:,[a-z]+=[^:,\n]*)*)?::[^\r\n]*")


@pytest.mark.parametrize("cell", HOSTILE)
def test_no_cell_speaks_to_the_runner(cell):
    """GitHub reads commands at the start of a line, `##[…]` also within one, and takes %0A for a line break."""
    place = {"table": "zzz", "file": cell, "line": 2, "column": cell, "record": cell}
    lines = render(made(WRONG.at(f"`{cell}` is wrong.", f"Write `{cell}`.", **place)), "github").split("\n")
    assert COMMAND.fullmatch(lines[0]) and lines[0].startswith("::error file=")
    assert not re.search("%(?!25|0A|0D|3A|2C)", lines[0])
    assert not any("::" in line or "##[" in line for line in lines[1:])
    assert all(line.isprintable() for line in lines)


def test_the_text_of_a_problem_is_one_line_that_hides_nothing():
    problem = WRONG.at("`a\nb\x1b[31m\u202e\u00a0` is wrong; 全\u3000文 é is not.", "", file="data/zzz.csv", line=2)
    assert problem.text == r"data/zzz.csv line 2: `a\nb\x1b[31m\u202e\xa0` is wrong; 全" + "\u3000文 é is not."


def test_an_annotation_is_escaped():
    report = made(WRONG.at("100 %: a, b.", "Mend.", table="zzz", file="data/a,b:c%.csv", line=7, column="x"))
    assert render(report, "github").splitlines()[0] == (
        "::error file=data/a%2Cb%3Ac%25.csv,line=7,title=enum::data/a,b:c%25.csv line 7, x: 100 %25: a, b. Mend.")


def test_annotations_are_at_most_ten_errors_and_ten_warnings():
    problems = [WRONG.at(f"Wrong {n}.", "Mend.", line=n, new=True) for n in range(1, 31)]
    report = made(*problems, *(ODD.at(f"Odd {n}.", "Look.", line=n, new=True) for n in range(1, 31)), based=True)
    lines = [line for line in render(report, "github").splitlines() if line.startswith("::")]
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 10
    assert [int(re.search(r"line=(\d+)", line)[1]) for line in lines] == [*range(1, 11)] * 2


@pytest.mark.parametrize("style", reports.FORMATS)
def test_every_format_ends_its_last_line(style):
    for report in (made(), made(WRONG.at("Wrong.", "Mend.")), made(rows={}, ran=False)):
        assert render(report, style).endswith("\n")


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    return write_package(tmp_path_factory.mktemp("sound")).root


FILES = ["datapackage.json", "schemas/vocabularies.yaml", "schemas/citations.json", *(
    f"data/{name}.csv" for name in ("countries", "organizations", "citations", "deployments", "deployment_citations", "standards_roles",
                                    "policy_statements", "statement_endorsements", "statement_tallies", "claim_records", "withdrawn"))]
NASTY = st.sampled_from([b"\n", b"\r", b"\r\n", b'"', b'""', b",", b";", b"\0", b"\xff", b"\xef\xbb\xbf", b"{", b"}", b"{value}", b"%s",
                         b"=1", b"9" * 400, b"1" * 5_000, b"NaN", b"0000", b"9999-12-31", b"2021-02-30", b"http://[", b"https://example.org:x/",
                         b"\xe2\x80\xae", b"\xed\xa0\x80", b"::error::", b"zzz-source", b"ZZA", b"a" * 200_000])


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(FILES), st.integers(0, 10**6), st.integers(0, 40), NASTY | st.binary(max_size=30), st.booleans())
def test_no_bytes_in_any_file_make_validate_raise(sound, tmp_path_factory, name, start, length, piece, whole):
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(sound, root, dirs_exist_ok=True)
    data = (root / name).read_bytes()
    start %= len(data) + 1
    (root / name).write_bytes(piece if whole else data[:start] + piece + data[start + length:])
    report = validate(root, fast=len(piece) % 4 > 0)  # the reference run now and then
    for style in reports.FORMATS:
        assert render(report, style)
    shutil.rmtree(root)
