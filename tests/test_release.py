"""The command `release`: every file, the same bytes anywhere, all or nothing, and only what is sound."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.__main__ import main
from scripts.export.pages import PAGES
from scripts.folder import SUMS
from scripts.metadata import metadata_problems
from scripts.package import load
from scripts.release import EXPORTERS
from tests.fictional import PROJECT
from tests.programs import needs
from tests.released import everything
from tests.releases import SECTION, edited, numbered, tagged_release

FILES = {"datapackage.json", "ai-governance-reach-0.2.0.zip", "ai-governance-reach.sqlite", "datasette.json", "ai-governance-reach.xlsx",
         "dataset.jsonld", "croissant.json", "README.md", "CITATION.cff", ".zenodo.json", "codebook.html",
         "using.md", "methodology.md", "known-gaps.md", "answers.md",
         "delta.csv", "delta_derived.csv", "RELEASE_NOTES.md", "LICENSE", SUMS}
FOLDERS = {"answers", "data", "derived", "flat", "parquet", "schemas", "stata"}
NAME = "ai-governance-reach-0.2.0"
HERE = {"TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1"}


@pytest.fixture
def root(tmp_path) -> Path:
    """A fictional dataset of version 0.2.0 that can be released."""
    numbered(tmp_path / "root", "0.2.0", SECTION.format(version="0.2.0"))
    return with_texts(tmp_path / "root")


def with_texts(root: Path) -> Path:
    """Add the texts that a release takes over."""
    for text in ("LICENSE", *PAGES):
        (root / text).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / text, root / text)
    return root


def built(root: Path, *arguments: str, before: tuple[str, ...] = (), **settings: str) -> subprocess.CompletedProcess:
    """`python -m scripts release` in a process of its own, behind another command if one is given."""
    return subprocess.run([*before, sys.executable, "-m", "scripts", "release", "--root", str(root), *arguments], cwd=PROJECT,
                          env={**os.environ, **settings}, capture_output=True, text=True, check=False)


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(capsys, *arguments: object) -> str:
    """What a command says that must fail without a traceback."""
    code = main(["release", *map(str, arguments)])
    text = "".join(capsys.readouterr())
    assert code == 1 and "Traceback" not in text and "fault of the tools" not in text
    return text


@pytest.mark.slow
def test_it_stands_in_dist_with_every_file_and_says_how_far_it_is(root, capsys):
    assert main(["release", "--root", str(root)]) == 0
    out, err = capsys.readouterr()
    folder = root / "dist" / NAME
    assert {path.name for path in folder.iterdir()} == FILES | FOLDERS
    assert out == f"The release stands in {folder}.\n"
    assert [line.split("]")[1].rsplit(maxsplit=2)[0].strip() for line in err.splitlines()[1:]] == list(EXPORTERS)
    before = content(folder)
    assert main(["release", "--root", str(root)]) == 0  # an earlier release is replaced, by the same bytes
    assert content(folder) == before and [path.name for path in folder.parent.iterdir()] == [NAME]
    assert subprocess.run([needs("sha256sum"), "--check", "--strict", SUMS], cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_two_builds_under_another_clock_language_time_zone_and_umask_are_equal_to_the_byte(root, tmp_path):
    first = built(root, "--out", str(tmp_path / "first"), **HERE)
    another = (needs("faketime"), "2031-05-05 11:11:11", "sh", "-c", 'umask 077; "$@"', "sh")
    second = built(root, "--out", str(tmp_path / "second"), before=another, **ELSEWHERE)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    one, other = content(tmp_path / "first"), content(tmp_path / "second")
    assert set(one) == set(other) and [name for name in one if one[name] != other[name]] == []
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "second").rglob("*") if path.is_file()} == {0o644}


# --- bad input

@pytest.mark.parametrize(("make", "words"), [
    (lambda place: place.write_text("zzz"), "is a file"),
    (lambda place: (place.mkdir(), (place / "mine.txt").write_text("zzz")), "mine.txt"),
    (lambda place: place.symlink_to("/"), "symbolic link")])
def test_a_place_that_is_not_for_it(make, words, root, tmp_path, capsys):
    make(tmp_path / "out")
    before = content(tmp_path)
    assert words in refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert content(tmp_path) == before


def test_a_file_on_the_way(root, tmp_path, capsys):
    (tmp_path / "yyy").write_text("zzz")
    assert "is a file" in refused(capsys, "--root", root, "--out", tmp_path / "yyy" / "out")


def test_a_dataset_with_errors_is_not_released(root, tmp_path, capsys):
    table = root / "data" / "deployments.csv"
    table.write_text(table.read_text().replace(",operational,", ",operatoinal,"))
    text = refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert "holds 1 error." in text and "`operational`" in text and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("file", "words"), [
    ("schemas/derived.json", "derived.json"), ("schemas/derived/settings.yaml", "settings.yaml"), ("schemas/answers.yaml", "answers.yaml"),
    ("schemas/derived/signatories.json", "signatories.json"), ("schemas/derived/vocabularies.yaml", "vocabularies.yaml"),
    ("docs/using.md", "using.md"), ("LICENSE", "LICENSE")])
def test_a_file_that_it_is_made_of_is_missing_or_broken(file, words, root, tmp_path, capsys):
    (root / file).unlink()
    assert words in refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists() and not list(tmp_path.glob(".out*"))


def test_a_version_to_compare_with_that_is_not_there(root, tmp_path, capsys):
    assert "zzz" in refused(capsys, "--root", root, "--out", tmp_path / "out", "--previous", "zzz")


def test_a_version_that_is_no_name_of_a_folder(root, capsys):
    edited(root, "datapackage.json", lambda package: package.update(version="../../zzz"))
    assert "version" in refused(capsys, "--root", root)
    assert not (root.parent / "zzz").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("options", "words"), [("size=200k", "No space left"), ("ro", "Read-only")])
def test_a_full_disk_and_one_that_cannot_be_written(options, words, root, tmp_path):
    """A small file system of its own, in a space of names of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    as_root = [] if os.getuid() == 0 else ["sudo", "--non-interactive", "--preserve-env"]
    inside = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && "$@"; code=$?; ls -A "$0"; exit $code'
    done = built(root, "--out", str(place / "out"), before=(*as_root, needs("unshare"), "--mount", "sh", "-c", inside, str(place), options,
                                                            str(place)))
    assert done.returncode == 1 and words in done.stderr and "Nothing was changed" in done.stderr and "Traceback" not in done.stderr
    assert done.stdout == ""  # nothing stands on the disk


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda sent: sent.name)
def test_a_build_that_is_stopped_leaves_the_old_release(sent, root, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "scripts", "release", "--root", str(root), "--out", str(out)]
    assert subprocess.run(command, cwd=PROJECT, capture_output=True, check=False).returncode == 0
    before = content(out)
    build = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert build.stderr.readline().startswith("[ 0/") and build.stderr.readline().startswith("[ 1/")
    build.send_signal(sent)
    _, err = build.communicate(timeout=60)
    assert build.returncode == 2 and "Traceback" not in err and "Stopped" in err
    assert content(out) == before and not list(tmp_path.glob(".out*"))


# --- the release before

@pytest.mark.slow
def test_what_changed_is_told_against_the_tag_of_the_release_before(tmp_path, capsys):
    root = tmp_path / "root"
    tagged_release(root, "0.2.0", "v0.1.0", example={"deployments": [{"deployment_id": "zzz-deployment", "place": "Zzz city"}]})
    with_texts(root)
    assert main(["release", "--root", str(root)]) == 0
    folder = root / "dist" / NAME
    assert (folder / "delta.csv").read_text() == ("operation,table,id,column,old,new\n"
                                                  "MOD,deployments,zzz-deployment,place,,Zzz city\n")
    assert "Compared with 0.1.0" in (folder / "RELEASE_NOTES.md").read_text()
    assert "notice" not in capsys.readouterr().out
    again = tmp_path / "again"
    assert main(["release", "--root", str(root), "--out", str(again), "--previous", str(folder / f"{NAME}.zip")]) == 0
    assert (again / "delta.csv").read_text() == "operation,table,id,column,old,new\n"  # the zip is a version like any other


@pytest.mark.slow
def test_a_release_before_without_a_tag_is_noticed(root, capsys):
    numbered(root, "0.2.0", SECTION.format(version="0.2.0"), SECTION.format(version="0.1.0"))
    assert main(["release", "--root", str(root)]) == 0
    assert "notice: CHANGELOG.md names 0.1.0" in capsys.readouterr().out


@pytest.mark.parametrize(("version", "code", "words"), [("0.2.0", 0, "fit together"), ("0.2", 1, "is no version"),
                                                      ("0.3.0", 1, "CHANGELOG")])
def test_check_writes_nothing(version, code, words, root, capsys):
    edited(root, "datapackage.json", lambda package: package.update(version=version))
    before = content(root)
    assert main(["release", "--check", "--root", str(root)]) == code
    assert words in "".join(capsys.readouterr()) and content(root) == before


def test_a_query_that_does_not_fit_the_database(root, tmp_path, capsys):
    path = root / "schemas" / "answers.yaml"
    path.write_text(path.read_text().replace("FROM country_profiles", "FROM zzz_profiles", 1))
    text = refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert "zzz_profiles" in text and "answers.yaml" in text and not (tmp_path / "out").exists()


@pytest.mark.slow
def test_what_changed_in_the_derived_tables_stands_beside(tmp_path):
    root = tmp_path / "root"
    tagged_release(root, "0.2.0", "v0.1.0")
    path = with_texts(root) / "schemas/derived/settings.yaml"
    path.write_text(path.read_text().replace("  not_stated: ai_not_stated", "  stated: ai_not_stated"))
    assert main(["release", "--root", str(root)]) == 0
    folder = root / "dist" / NAME
    header, *lines = (folder / "delta_derived.csv").read_text().splitlines()
    assert header == "operation,table,id,column,old,new" and all(",flat" not in line and "_flat," not in line for line in lines)
    assert any(line.startswith("MOD,record_quality,") for line in lines) and (folder / "delta.csv").read_text() == f"{header}\n"
    assert "- `excluded_ai_bases.stated`: `nothing` → `ai_not_stated`" in (folder / "RELEASE_NOTES.md").read_text()


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_misspelt_setting_is_refused(arguments, root, tmp_path, capsys):
    path = root / "schemas/derived/settings.yaml"
    path.write_text(path.read_text().replace("- facial_recognition", "- face_recognition"))
    assert "Did you mean `facial_recognition`?" in refused(capsys, "--root", root, *arguments)


@pytest.mark.parametrize("arguments", [[], ["--check"]])
@pytest.mark.parametrize("given", ["", "zzz/zzz.zip"])
def test_a_previous_that_is_not_there_is_told(arguments, given, root, capsys):
    text = refused(capsys, "--root", root, "--previous", given, *arguments)
    assert "--previous" in text and "datapackage.json, version" not in text


# --- the metadata of the package

def bad_metadata(root: Path, **changes: object) -> list:
    """What is wrong with the metadata of a release with these changes; None takes a property out."""
    edited(root, "datapackage.json", lambda package: (package.update(changes), [package.pop(key) for key in changes
                                                                                if changes[key] is None]))
    package, problems = load(root)
    assert package, [problem.text for problem in problems]
    return metadata_problems(package)


LICENSE = {"name": "ZZZ-1.0", "title": "Zzz", "path": "https://example.org/zzz"}


@pytest.mark.parametrize(("key", "value", "words"), [
    *((key, None, "is missing") for key in ("name", "title", "description", "version", "created")),
    *((key, value, "is empty") for key in ("title", "description", "version") for value in ("", " \u3000")),
    *(("version", value, "is no version") for value in ("v1", "0.2", "../../x", "1.0.0-" + "a" * 60, "9" * 5000 + ".0.0", "1.0.0/x")),
    *(("created", value, "is no day") for value in ("2021-02-29", "0000-01-01", "1899-12-31", "2021-13-01T00:00:00Z")),
    *((key, value, "names no") for key in ("licenses", "contributors") for value in (None, [])),
    *(("licenses", [LICENSE, value], "Number 2") for value in ("MIT", None, [], {"name": "MIT"}, {**LICENSE, "path": " "},
                                                             {**LICENSE, "title": 5})),
    *(("contributors", [value], "Number 1") for value in (5, {}, {"title": ""}, {"givenName": "Zzz"})),
    ("contributors", [{"title": "Zzz", "roles": None}], "`roles`"), ("contributors", [{"title": "Zzz", "roles": "author"}], "`roles`"),
    ("contributors", [{"title": "Zzz", "roles": [{}]}], "`roles`"), ("contributors", [{"title": "Zzz", "familyName": 5}], "`familyName`"),
    ("sources", [{"path": "https://example.org"}], "Number 1"), ("sources", ["zzz"], "Number 1"),
    ("sources", [{"title": "Zzz", "path": None}], "`path`"), ("keywords", ["zzz", 5], "keyword"), ("keywords", [["zzz"]], "keyword"),
    *(("title", f"Zzz{sign}", f"U+{ord(sign):04X}") for sign in "\0\t\n\r\x1b\x7f\x85\ud800\udfff\uffff"),
    ("description", "One.\nTwo.", "U+000A"), ("homepage", "https://example.org/\ud800", "U+D800"), ("keywords", ["zzz\ud800"], "U+D800")])
def test_metadata_that_not_every_format_can_hold_are_one_problem(key, value, words, root):
    found = bad_metadata(root, **{key: value})
    assert [(problem.code, problem.file) for problem in found] == [("bad-metadata", "datapackage.json")], [p.text for p in found]
    assert words in found[0].text and found[0].hint and (found[0].column or "").startswith(key)


@pytest.mark.parametrize(("key", "value"), [
    ("version", "1.0.0-rc.1+zzz"), ("created", "1900-01-01"), ("created", "2024-02-29T23:59:59.5+14:00"), ("title", "Zzz 样品 “é” 😀"),
    ("licenses", [LICENSE]), ("keywords", None), ("sources", None), ("sources", [{"title": "Zzz"}]), ("homepage", None),
    ("contributors", [{"title": "Zzz Yyy", "familyName": "Yyy"}])])
def test_metadata_that_every_format_can_hold(key, value, root, tmp_path):
    assert bad_metadata(root, **{key: value}) == []
    tables = everything(root)
    (tmp_path / "out").mkdir()
    for exporter in EXPORTERS.values():
        exporter.write(tables, tmp_path / "out")


def test_a_line_end_after_the_version_is_no_version(root):
    assert {problem.column for problem in bad_metadata(root, version="0.2.0\n")} == {"version"}


@pytest.mark.parametrize("file", ["schemas/deployments.json", "schemas/derived/signatories.json"])
def test_half_a_character_in_a_schema_is_told(file, root):
    edited(root, file, lambda schema: schema["fields"][0].update(description="Zzz \ud800"))
    assert (file, "fields.0.description") in {(problem.file, problem.column) for problem in bad_metadata(root)}


@pytest.mark.parametrize("options", [[], ["--check"]])
def test_all_that_is_wrong_with_the_metadata_is_told_at_once_and_nothing_written(options, root, capsys):
    edited(root, "datapackage.json", lambda package: package.update(title="", version="v1", created="1850-01-01", licenses=["MIT"]))
    before = content(root)
    text = refused(capsys, *options, "--root", root)
    assert text.count("error bad-metadata: ") == 4 and all(word in text for word in ("title", "`v1`", "1850-01-01", "licenses"))
    assert content(root) == before


def test_a_name_that_leads_out_of_the_folder_is_refused(root, capsys):
    edited(root, "datapackage.json", lambda package: package.update(name="../zzz"))
    before = content(root.parent)
    assert main(["release", "--root", str(root)]) == 2 and "no name of a package" in capsys.readouterr().err
    assert content(root.parent) == before
