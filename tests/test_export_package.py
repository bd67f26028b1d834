"""The Data Package of a release: what it holds, that others accept it, and that it can be read again as a version."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scripts.__main__ import main
from scripts.export import (
    citation,
    codebook_html,
    croissant,
    data_package,
    dataset_card,
    linked_data,
    release_name,
)
from scripts.package import load
from scripts.tables import Tables
from scripts.versions import version
from tests.fictional import PROJECT, write_package
from tests.released import everything, real, released

EXPORTERS = (data_package, linked_data, croissant, citation, dataset_card, codebook_html)
COPIES = {"schemas/vocabularies.yaml", "schemas/derived.json", "schemas/derived/vocabularies.yaml", "schemas/derived/settings.yaml"}


def run(*command: object, env: dict | None = None, umask: int = -1, cwd: Path = PROJECT) -> subprocess.CompletedProcess:
    """A program, its output as text."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, env={**os.environ, **(env or {})},
                          umask=umask, cwd=cwd)


def files(folder: Path) -> dict[str, bytes]:
    """All files in a folder: path → bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def frictionless(path: Path) -> subprocess.CompletedProcess:
    """The verdict of `frictionless validate`, in JSON."""
    return run(Path(sys.executable).with_name("frictionless"), "validate", path.name, "--json", cwd=path.parent)


def errors(done: subprocess.CompletedProcess) -> list[str]:
    """The types of the errors in a verdict."""
    return sorted({error["type"] for task in json.loads(done.stdout)["tasks"] for error in task["errors"]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A release of the real data."""
    folder = tmp_path_factory.mktemp("release")
    data_package.write(real(), folder)
    return folder


@pytest.fixture
def small(tmp_path) -> tuple[Tables, Path]:
    """The fictional tables, and a release of them."""
    tables = released(tmp_path / "zzz")
    (tmp_path / "out").mkdir()
    data_package.write(tables, tmp_path / "out")
    return tables, tmp_path / "out"


def described(folder: Path) -> dict[str, dict]:
    return {resource["name"]: resource for resource in json.loads((folder / "datapackage.json").read_bytes())["resources"]}


def test_what_is_recorded_is_byte_for_byte_what_the_repository_holds(folder):
    for table in load(PROJECT)[0].tables.values():
        assert (folder / table.path).read_bytes() == (PROJECT / table.path).read_bytes(), table.path
    for name in COPIES | {"LICENSE"}:
        assert (folder / name).read_bytes() == (PROJECT / name).read_bytes(), name


def test_every_table_is_a_resource_with_its_size_and_hash_and_nothing_else_is(folder):
    resources, package = described(folder), real().package
    assert list(resources) == list(package.tables)
    for name, resource in resources.items():
        data = (folder / resource["path"]).read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
        assert resource["title"] and resource["description"] and resource["mediatype"] == "text/csv"
        assert resource["path"] == package.tables[name].path and (folder / resource["schema"]).is_file()
    tables = {resource["path"] for resource in resources.values()} | {resource["schema"] for resource in resources.values()}
    assert set(files(folder)) == tables | COPIES | {"LICENSE", "datapackage.json", f"{release_name(package)}.zip"}


def test_what_is_worked_out_is_marked_and_what_is_recorded_is_not(folder):
    marked = {name for name, resource in described(folder).items() if resource.get("derived")}
    assert marked == set(real().package.tables) - set(load(PROJECT)[0].tables) and {"record_quality", "deployments_flat"} <= marked


def test_the_zip_holds_the_package_and_nothing_of_the_machine(folder):
    name = f"{release_name(real().package)}.zip"
    with zipfile.ZipFile(folder / name) as archive:
        members = archive.infolist()
        assert {member.filename: archive.read(member) for member in members} == {
            path: data for path, data in files(folder).items() if path != name}
    assert [member.filename for member in members] == sorted(member.filename for member in members)
    assert {(member.date_time, member.external_attr >> 16, member.create_system) for member in members} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644, 3)}


def test_a_column_for_each_term_is_written_out(folder):
    schemas = [json.loads((folder / resource["schema"]).read_bytes()) for resource in described(folder).values()]
    assert all("each" not in field and "{" not in field["name"] for schema in schemas for field in schema["fields"])
    for table, schema in zip(real().package.tables.values(), schemas, strict=True):
        assert [field["name"] for field in schema["fields"]] == list(table.columns)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["datapackage.json", "zip"])
def test_frictionless_accepts_the_release(folder, what):
    done = frictionless(folder / (what if what != "zip" else f"{release_name(real().package)}.zip"))
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["valid"] and {task["name"] for task in report["tasks"]} == set(real().package.tables)


def test_frictionless_refuses_a_changed_byte(small):
    path = small[1] / "data/countries.csv"
    path.write_bytes(path.read_bytes().replace(b"Zzz Land", b"Zzz Lamd"))
    done = frictionless(small[1] / "datapackage.json")
    assert (done.returncode, errors(done)) == (1, ["hash-count"])


def test_frictionless_refuses_a_changed_byte_in_the_zip(small):
    tables, out = small
    changed = {path: data for path, data in files(out).items() if not path.endswith(".zip")}
    changed["derived/country_profiles.csv"] = changed["derived/country_profiles.csv"].replace(b"Zzz Land", b"Zzz Lands")
    (out / "changed.zip").write_bytes(data_package.zipped(changed))
    assert errors(frictionless(out / "changed.zip")) == ["byte-count", "hash-count"]
    assert frictionless(out / f"{release_name(tables.package)}.zip").returncode == 0


def test_a_release_is_a_version_without_what_it_works_out(small, tmp_path):
    tables, out = small
    recorded, _ = load(tmp_path / "zzz")
    for name in (out / f"{release_name(tables.package)}.zip", out):
        with version(PROJECT, str(name)) as (package, reason):
            assert reason == "" and package.tables == recorded.tables and package.vocabularies == recorded.vocabularies
            assert [table.name for table in package.tables.values() if table.is_record]


def test_a_release_is_compared_with_a_later_state(small, tmp_path, capsys):
    tables, out = small
    zipped = str(out / f"{release_name(tables.package)}.zip")
    assert main(["diff", zipped, "--root", str(tmp_path / "zzz")]) == 0
    assert capsys.readouterr().out == "No change in content.\n"
    write_package(tmp_path / "zzz", {"deployments": [{"title": "Another title of Zzz"}]})
    assert main(["diff", zipped, "--root", str(tmp_path / "zzz")]) == 0
    assert "Another title of Zzz" in capsys.readouterr().out


def test_what_is_worked_out_can_be_worked_out_again_from_the_zip(small, tmp_path):
    tables, out = small
    with zipfile.ZipFile(out / f"{release_name(tables.package)}.zip") as archive:
        archive.extractall(tmp_path / "again")
    (tmp_path / "second").mkdir()
    data_package.write(everything(tmp_path / "again"), tmp_path / "second")
    again, first = files(tmp_path / "second"), files(out)
    assert {path for path in again if path.startswith(("derived/", "flat/"))}
    assert {path: data for path, data in again.items() if path.endswith(".csv")} == {
        path: data for path, data in first.items() if path.endswith(".csv")}


def test_a_folder_that_cannot_be_written_is_an_os_error(small, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/data").write_text("zzz")
    with pytest.raises(OSError):
        data_package.write(small[0], tmp_path / "full")


WRITE = """
import sys
from pathlib import Path
from tests.released import everything
from tests.test_export_package import EXPORTERS
tables = everything(Path(sys.argv[1]))
for exporter in EXPORTERS:
    exporter.write(tables, Path(sys.argv[2]))
"""


def test_no_clock_locale_umask_or_hash_reaches_a_byte(tmp_path):
    root = write_package(tmp_path / "zzz", {"organizations": [{"organization_id": "zzz-supplier", "name_local": "虚构公司"}]}).root
    machines = (({"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "1"}, 0o077),
                ({"TZ": "America/Adak", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}, 0o002))
    found = []
    for number, (env, umask) in enumerate(machines):
        (out := tmp_path / f"out-{number}").mkdir()
        done = run(sys.executable, "-c", WRITE, root, out, env=env, umask=umask)
        assert done.returncode == 0, done.stderr
        found.append(files(out))
    assert found[0] == found[1]
    assert {"datapackage.json", "dataset.jsonld", "croissant.json", "CITATION.cff", ".zenodo.json", "README.md",
            "codebook.html"} <= set(found[0])
    assert any("虚构公司".encode() in data for data in found[0].values())
