"""Files that attack whoever reads them: zips, descriptors, YAML and JSON, links and pipes. Each is refused, and its like that does not
attack is taken. More of the kind: tests/test_package.py (documents, paths), tests/test_cards.py, tests/test_diff.py (zips, revisions),
tests/test_folder.py (places to write to), tests/test_fuzz.py."""

from __future__ import annotations

import json
import os
import re
import stat
import zipfile
from pathlib import Path

import pytest

from scripts import documents, versions
from scripts.__main__ import main
from scripts.documents import MAX_ITEMS, load_json, load_yaml
from scripts.package import DESCRIPTOR, load
from scripts.read import read
from scripts.validate import validate
from scripts.versions import unzip
from scripts.vocabularies import VOCABULARIES
from tests.fictional import write_package
from tests.small import put_json, schema, table, write_small

PLAIN_ZIP = {DESCRIPTOR: b"{}", "data/zzz.csv": b"zzz_id\n", "schemas/zzz.json": b"{}"}


@pytest.fixture
def small(tmp_path) -> Path:
    """A sound package of one table, with room for traps beside it."""
    root = tmp_path / "package"
    root.mkdir()
    write_small(root, {"zzz": schema({"name": "title"})}, {"zzz": table("zzz_id,title", "zzz-a,Zzz")})
    return root


# --- zips


def packed(folder: Path, files: dict[str | zipfile.ZipInfo, bytes], way: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip of these members beside those of a small dataset."""
    with zipfile.ZipFile(folder / "zzz.zip", "w", way) as made:
        for name, data in {**PLAIN_ZIP, **files}.items():
            made.writestr(name, data)
    return folder / "zzz.zip"


def unpacked(archive: Path) -> tuple[str, set[str]]:
    """Why a zip is refused, and the files that stand in the folder afterwards."""
    place = archive.parent / "above/place"
    place.mkdir(parents=True)
    reason = unzip(archive, place)
    outside = [path for path in archive.parent.rglob("*") if path.is_file() and path != archive and not path.is_relative_to(place)]
    assert not outside and not [path for path in place.rglob("*") if path.is_symlink()]
    return reason, {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def member(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """A member of any name, as `zipfile` itself would write none, and of a kind of file."""
    made = zipfile.ZipInfo("zzz")
    made.filename, made.external_attr, made.create_system = name, mode << 16, 3
    return made


@pytest.mark.parametrize("name", [
    "../zzz.csv", "data/../../zzz.csv", "/data/../../zzz.csv", "/zzz.csv", "/etc/zzz.csv", "..\\zzz.csv", "data\\..\\..\\zzz.csv",
    "C:\\zzz.csv", "\\\\zzz\\zzz.csv", "zzz.csv", ".git/config", "", "\0", "..", "/", "scripts/zzz.py"])
def test_a_name_in_a_zip_that_leads_elsewhere_is_left_out(name, tmp_path):
    assert unpacked(packed(tmp_path, {member(name): b"zzz"})) == ("", set(PLAIN_ZIP))


def test_a_name_in_a_zip_that_leads_into_the_dataset_is_taken(tmp_path):
    found = unpacked(packed(tmp_path, {member("data/in/zzz.csv"): b"zzz", member("data\\yyy.csv"): b"zzz"}))
    assert found == ("", {*PLAIN_ZIP, "data/in/zzz.csv", "data/yyy.csv"})


def test_a_link_in_a_zip_is_left_out(tmp_path):
    links = {member("data/link.csv", stat.S_IFLNK | 0o777): b"/etc/passwd", member("data/up", stat.S_IFLNK | 0o777): b"../.."}
    assert unpacked(packed(tmp_path, {**links, member("schemas/yyy.json"): b"{}"})) == ("", {*PLAIN_ZIP, "schemas/yyy.json"})


@pytest.mark.parametrize("name", ["data/" + "z" * 300, "data", "data/zzz.csv/zzz", "data/" + "z/" * 3_000 + "z"])
def test_a_name_in_a_zip_that_no_file_can_have_is_told(name, tmp_path):
    reason, _ = unpacked(packed(tmp_path, {member(name): b"zzz"}))
    assert "cannot be read as a zip" in reason and len(reason) < 1_000


def test_a_zip_of_too_many_files_is_not_opened(tmp_path, monkeypatch):
    archive = packed(tmp_path, {f"zzz/{number}": b"" for number in range(20)})
    monkeypatch.setattr(versions, "MOST_FILES", 23)
    assert versions.too_much(archive) == ""
    monkeypatch.setattr(versions, "MOST_FILES", 22)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "holds more than 22 files" in unzip(archive, tmp_path)


def test_a_zip_that_is_larger_than_any_release_is_not_opened(tmp_path, monkeypatch):
    archive = packed(tmp_path, {})
    monkeypatch.setattr(versions, "MOST_BYTES", archive.stat().st_size - 1)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "is larger than" in unzip(archive, tmp_path)


def test_a_file_in_a_zip_that_unpacks_to_more_than_it_says_fills_nothing(tmp_path):
    archive = packed(tmp_path, {"data/bomb.csv": b"z" * 5_000_000})
    data = archive.read_bytes()
    assert data.count((5_000_000).to_bytes(4, "little")) == 2
    archive.write_bytes(data.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    reason, _ = unpacked(archive)
    assert "cannot be read as a zip" in reason
    assert (archive.parent / "above/place/data/bomb.csv").stat().st_size <= 10


@pytest.mark.parametrize(("way", "words"), [(zipfile.ZIP_BZIP2, "pack it again"), (zipfile.ZIP_LZMA, "pack it again"),
                                            (zipfile.ZIP_STORED, ""), (zipfile.ZIP_DEFLATED, "")])
def test_a_zip_is_compressed_in_a_way_that_cannot_unpack_to_any_size_at_once(way, words, tmp_path):
    reason, found = unpacked(packed(tmp_path, {}, way))
    assert words in reason if words else (reason, found) == ("", set(PLAIN_ZIP))


# --- JSON and YAML


def test_a_key_that_stands_twice_among_many_is_found_in_one_pass(tmp_path, monkeypatch):
    """Each key is looked at a bounded number of times."""
    looks = []

    class Key(str):
        def __hash__(self):
            looks.append(1)
            return super().__hash__()

        def __eq__(self, other):
            looks.append(1)
            return super().__eq__(other)

    sound, many = json.loads, 2_000
    monkeypatch.setattr(json, "loads", lambda text, object_pairs_hook: object_pairs_hook(
        [(Key(key), value) for key, value in sound(text, object_pairs_hook=list)]))
    path = tmp_path / "zzz.json"
    path.write_text("{" + ",".join(f'"z{number}": 1' for number in [*range(many), 7]) + "}")
    assert [problem.message for problem in load_json(path, "zzz")[1]] == ["The key `z7` stands twice in one object."]
    assert len(looks) < 20 * many


@pytest.mark.parametrize(("load_it", "text", "most"), [
    (load_json, '{"a": [1, 2, 3]}', 4), (load_json, '{"a": {"b": [[], []]}}', 6), (load_yaml, "a: [1, 2, 3]", 6),
    (load_yaml, "- a\n- b", 3)])
def test_a_document_of_more_values_than_any_needs_is_refused(load_it, text, most, tmp_path, monkeypatch):
    (tmp_path / "zzz").write_text(text)
    monkeypatch.setattr(documents, "MAX_VALUES", most)
    assert "more than" not in str(load_it(tmp_path / "zzz", "zzz")[1])
    monkeypatch.setattr(documents, "MAX_VALUES", most - 1)
    (problem,) = load_it(tmp_path / "zzz", "zzz")[1]
    assert "more than" in problem.message


@pytest.mark.skipif(not Path("/proc/self/pagemap").exists(), reason="a file of Linux")
def test_a_file_that_says_it_is_empty_and_never_ends_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    (problem,) = load_json(Path("/proc/self/maps"), "zzz")[1]
    assert "larger than" in problem.message


def test_a_key_of_any_length_gives_a_short_message(tmp_path):
    long = "z" * 50_000
    (tmp_path / "zzz").write_text(f'{{"{long}": 1, "{long}": 2}}')
    assert [len(problem.text) < 300 for problem in load_json(tmp_path / "zzz", "zzz")[1]] == [True]
    (tmp_path / "zzz").write_text(f"? {long}\n: 1\n? {long}\n: 2")
    assert [len(problem.text) < 300 for problem in load_yaml(tmp_path / "zzz", "zzz")[1]] == [True]


# --- descriptors


@pytest.mark.parametrize("path", [
    "http://example.org/zzz.csv", "https://example.org/zzz.csv", "file:///etc/passwd", "file:zzz.csv", "s3://zzz/zzz.csv",
    "//example.org/zzz.csv", "C:/zzz.csv", "C:\\zzz.csv", "\\\\zzz\\zzz.csv", "data\\zzz.csv", "/etc/passwd",
    "~/../zzz.csv", "../zzz.csv", "data/../../zzz.csv",
    "data/zzz\0.csv", "data/zzz\n.csv", "data/\u202ezzz.csv", "data/" + "z" * 300 + ".csv",
    "z/" * 5_000 + "zzz.csv",
    ".git/zzz.csv", "data/.zzz.csv", ".git/hooks/pre-commit", "scripts/__main__.py", "datapackage.json", "data/\ud800.csv",
    "", ".", "data", None, 5, ["data/zzz.csv"]])
def test_a_path_that_is_no_table_of_the_package_is_refused(path, small):
    put_json(small, DESCRIPTOR, "resources.0.path", path)
    package, problems = load(small)
    assert package is None and [problem.code for problem in problems] == ["bad-package"] and len(problems[0].text) < 400


@pytest.mark.parametrize("path", ["data/zzz.csv", "data/in/zzz.csv", "data/Zürich.csv", "zzz.csv"])
def test_a_path_within_the_package_is_taken(path, small):
    put_json(small, DESCRIPTOR, "resources.0.path", path)
    assert load(small)[1] == []


@pytest.mark.parametrize("name", [DESCRIPTOR, VOCABULARIES, "schemas/zzz.json", "data/zzz.csv"])
@pytest.mark.parametrize("leads", ["out", "within"])
def test_a_link_may_not_lead_out_of_the_package(name, leads, small):
    (small / "in").mkdir()
    away = (small.parent if leads == "out" else small / "in") / f"moved{Path(name).suffix}"
    (small / name).rename(away)
    (small / name).symlink_to(away)
    package, problems = load(small)
    if leads == "within":
        assert package and problems == [] and read(package).problems.found == []
    else:
        assert package is None and [problem.code for problem in problems] == ["bad-package"]


@pytest.mark.parametrize("folder", ["data", "schemas"])
def test_a_folder_that_is_a_link_may_not_lead_out_of_the_package(folder, small):
    (small / folder).rename(small.parent / folder)
    (small / folder).symlink_to(small.parent / folder)
    package, problems = load(small)
    assert package is None and {problem.code for problem in problems} == {"bad-package"}


@pytest.mark.parametrize(("there", "words"), [
    (lambda path: os.mkfifo(path), "missing"), (lambda path: path.symlink_to("/dev/zero"), "no path inside the package"),
    (lambda path: path.symlink_to("/dev/stdin"), "no path inside the package"), (lambda path: path.mkdir(), "folder"),
    (lambda path: path.symlink_to(path), "no path inside the package"),
    (lambda path: path.symlink_to(path.with_name("gone.csv")), "missing")])
def test_a_table_that_is_no_file_is_told_and_nothing_waits(there, words, small):
    (small / "data/zzz.csv").unlink()
    there(small / "data/zzz.csv")
    report = validate(small, fast=True)
    assert report.exit_code == 1 and words in report.problems.found[0].text


@pytest.mark.parametrize("lay", [
    lambda data: os.mkfifo(data / "pipe"), lambda data: (data / "zero").symlink_to("/dev/zero"),
    lambda data: (data / "loop").symlink_to("loop"),
    lambda data: (data / "up").symlink_to(".."), lambda data: (data / "out.csv").symlink_to("/etc/passwd")])
def test_what_lies_beside_the_tables_is_told_and_not_opened(lay, small):
    lay(small / "data")
    report = validate(small, fast=True)
    assert [problem.code for problem in report.problems.found] == ["stray-file"]


def many(count: int, **more) -> list[dict]:
    return [{"name": f"z{number}", **more} for number in range(count)]


@pytest.mark.parametrize(("file", "path", "value"), [
    (DESCRIPTOR, "resources", many(MAX_ITEMS + 1, path="data/zzz.csv", schema="schemas/zzz.json")),
    ("schemas/zzz.json", "fields", many(MAX_ITEMS + 1)), ("schemas/zzz.json", "fields", [
        {"name": f"z{number}_{{term}}", "each": "colour"} for number in range(MAX_ITEMS // 2)]),
    ("schemas/zzz.json", "uniqueKeys", [["zzz_id"]] * (MAX_ITEMS + 1)), ("schemas/zzz.json", "uniqueKeys", [["title"] * (MAX_ITEMS + 1)]),
    ("schemas/zzz.json", "foreignKeys", [{"fields": "title", "reference": {"fields": "zzz_id"}}] * (MAX_ITEMS + 1))])
def test_a_descriptor_of_more_parts_than_any_needs_is_one_problem(file, path, value, small):
    put_json(small, file, path, value)
    package, problems = load(small)
    assert package is None and len(problems) == 1 and "more than 1,000" in problems[0].message


def test_a_descriptor_of_as_many_parts_as_one_may_have_is_taken(small):
    put_json(small, "schemas/zzz.json", "fields", [{"name": "zzz_id"}, *many(MAX_ITEMS - 1)])
    assert load(small)[1] == []


# --- patterns


@pytest.mark.parametrize("pattern", ["(?=a)a", "(?!a)b", "(?<=a)b", r"(a)\1", "(?P<x>a)(?P=x)", "(?>a+)b", "a*+b",
                                     "(?:a{1000}){1000}", "a{1001}"])
def test_a_pattern_whose_search_may_take_forever_is_refused(pattern, small):
    put_json(small, "schemas/zzz.json", "fields.1.constraints", {"pattern": pattern})
    package, (problem,) = load(small)
    assert package is None and problem.code == "bad-schema" and (problem.file, problem.column) == ("schemas/zzz.json", "title")
    assert pattern in problem.message and "without what looks ahead" in problem.hint


@pytest.mark.parametrize("pattern", ["[a-z0-9]+(?:-[a-z0-9]+)*", r"https?://\S+", "(a+)+$", "(?i)zzz|yyy", "[0-9]{4}", r"\d{3}", "", "é",
                                     "^a|b$"])
def test_a_pattern_that_is_searched_for_in_linear_time_is_taken(pattern, small):
    put_json(small, "schemas/zzz.json", "fields.1.constraints", {"pattern": pattern})
    assert load(small)[1] == []


# --- places to write to


def everything(folder: Path) -> dict[str, bytes]:
    """Every file and folder below a folder, by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


@pytest.mark.parametrize("identifier", ["../../../zzz", "/tmp/zzz-escaped", "zzz/../../..", "..", "zzz\\..\\..", "CON"])
@pytest.mark.parametrize("command", ["release", "site"])
def test_an_id_that_is_a_path_makes_no_page_and_no_file(command, identifier, tmp_path, capsys):
    root = write_package(tmp_path / "package", {"claims": [{"claim_id": identifier}]}).root
    before = everything(tmp_path)
    assert main([command, "--root", str(root), "--out", str(tmp_path / "made/out")]) == 1
    assert everything(tmp_path) == before and not Path("/tmp/zzz-escaped").exists()
    assert re.search("claims.csv|node_modules", capsys.readouterr().err)  # without the libraries of the site it does not begin


@pytest.mark.parametrize("name", ["zzz", "zzz\nzzz.json", "$(touch zzz-escaped)", "\u202ezzz", "-", "--root", "é.json", "in/zzz.json"])
def test_a_report_is_saved_under_the_name_that_is_given_and_nothing_else_is_written(name, small, monkeypatch):
    (place := small.parent / "place").mkdir()
    before = everything(small.parent)
    monkeypatch.chdir(place)
    assert main(["validate", "--fast", "--root", str(small), f"--save={name}"]) == 0
    made = everything(small.parent).keys() - before.keys()
    assert made == {f"place/{name}", *(["place/in"] if "/" in name else [])}


@pytest.mark.parametrize("name", ["zzz" * 100, "", "there", "there/zzz.json"])
def test_a_report_that_cannot_be_saved_leaves_nothing(name, small, monkeypatch, capsys):
    (place := small.parent / "place").mkdir()
    (place / "there").write_text("zzz")
    before = everything(small.parent)
    monkeypatch.chdir(place)
    assert main(["validate", "--fast", "--root", str(small), f"--save={name}"]) == 2
    assert everything(small.parent) == before and "fault of the tools" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["data/zzz.json", "data/in/zzz.json", "schemas/../data/zzz.json"])
def test_a_report_is_not_saved_among_the_tables(name, small, monkeypatch, capsys):
    before = everything(small)
    monkeypatch.chdir(small)
    assert main(["validate", "--fast", f"--save={name}"]) == 2
    assert everything(small) == before and "among the tables" in capsys.readouterr().err


@pytest.mark.parametrize("body", ["### Title\n\n../../../zzz\n", "../zzz", "### Record to withdraw\n\n../../zzz\n\n### Reason\n\n/etc/zzz"])
def test_a_form_is_answered_without_writing(body, tmp_path, capsys):
    root = write_package(tmp_path / "package").root
    (tmp_path / "form.md").write_text(body)
    before = everything(tmp_path)
    assert main(["form", "--root", str(root), str(tmp_path / "form.md")]) == 1
    assert everything(tmp_path) == before


@pytest.mark.parametrize("name", ["docs/rules.md", "CITATION.cff", ".github/ISSUE_TEMPLATE/config.yml", "docs"])
@pytest.mark.parametrize("leads", ["out", "within"])
def test_a_generated_document_is_not_written_through_a_link_that_leads_out(name, leads, tmp_path, capsys):
    root = write_package(tmp_path / "package").root
    (away := (tmp_path if leads == "out" else root) / "away").mkdir()
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(away if name == "docs" else away / "zzz")
    before = everything(tmp_path)
    assert main(["docs", "--root", str(root)]) == (2 if leads == "out" else 0)
    assert (everything(tmp_path) == before) == (leads == "out") == ("leads out of the package" in capsys.readouterr().err)
