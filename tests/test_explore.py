"""The database browser: `make explore` serves a release with its metadata, asked over HTTP."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import escape, unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from scripts.export import datasette, release_name, sqlite
from scripts.package import load
from scripts.queries import load_queries
from scripts.tables import Tables
from tests.fictional import PROJECT, write_package
from tests.programs import needs
from tests.released import everything, real, released

DATABASE = "/ai-governance-reach"
HOSTILE = "<script>alert('zzz')</script>"
RELEASE = """
import shutil, sys
assert sys.argv[1:] == ["release"], sys.argv
shutil.copytree("ready", "dist/" + open("name.txt").read(), dirs_exist_ok=True)
print("built")
"""


class Server:
    """A running browser: what it answers."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, **query: str) -> str:
        """The text of a page. Raises HTTPError for any answer but success."""
        address = f"http://127.0.0.1:{self.port}{path}" + ("?" + urlencode(query) if query else "")
        with urlopen(address, timeout=30) as answer:
            return answer.read().decode()

    def json(self, path: str, **query: str):
        return json.loads(self.get(path, **query))


def write(tables: Tables, folder: Path) -> None:
    folder.mkdir(parents=True)
    for module in (sqlite, datasette):
        module.write(tables, folder)


def project(root: Path, tables: Tables, built: bool) -> Path:
    """A folder with the Makefile, an environment that is ready and the release of this version, or one that `release` would build."""
    python = root / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    for name in ("Makefile", "datapackage.json", "requirements.txt"):
        shutil.copyfile(PROJECT / name, root / name)
    os.utime(root / "requirements.txt", (0, 0))
    (root / ".venv/.complete").touch()
    name = release_name(tables.package)
    write(tables, root / "dist" / name if built else root / "ready")
    if not built:
        (root / "scripts").mkdir()
        (root / "scripts/__main__.py").write_text(RELEASE)
        (root / "name.txt").write_text(name)
    return root


@contextmanager
def explored(root: Path) -> Iterator[Server]:
    """`make explore` in a folder on a free port, until it answers, and stopped afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(free.getsockname()[1])
    command = [needs("make"), "explore", f"PORT={server.port}"]
    with (root / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log, start_new_session=True)
    try:
        for _ in range(300):
            assert process.poll() is None, (root / "log.txt").read_text()
            try:
                server.get("/-/versions.json")
                break
            except OSError:
                time.sleep(0.2)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The browser of the real data."""
    with explored(project(tmp_path_factory.mktemp("project"), real(), built=True)) as server:
        yield server


@pytest.mark.slow
def test_the_first_page_names_the_dataset_and_its_licence(server):
    page, descriptor = server.get("/"), real().package.descriptor
    for words in (descriptor["title"], descriptor["description"], descriptor["licenses"][0]["title"]):
        assert escape(words) in page
    assert f'href="{DATABASE}"' in page


@pytest.mark.slow
def test_a_table_page_has_its_words_and_those_of_its_columns_in_their_menus(server):
    page, table = unescape(server.get(f"{DATABASE}/deployments")), real().package.tables["deployments"]
    for words in (table.title, table.description, f'data-column-description="{table.by_name["ai_basis"].description}"'):
        assert words.replace("`", "") in page
    assert datasette.STYLE in page


@pytest.mark.slow
def test_every_table_page_opens(server):
    for content in real():
        if content.table.folder != "flat":
            found = server.json(f"{DATABASE}/{content.table.name}.json", _size="1")
            assert found["filtered_table_rows_count"] == len(content.rows)
            server.get(f"{DATABASE}/{content.table.name}")


@pytest.mark.slow
def test_a_foreign_key_is_a_link_with_a_label(server):
    page = server.get(f"{DATABASE}/deployments", country_code="ZMB")
    assert f'<a href="{DATABASE}/countries/ZMB">Zambia</a>&nbsp;<em>ZMB</em>' in page
    role = real()["role_citations"].role_id[2]
    assert f'<a href="{DATABASE}/standards_roles/{role}">{role}</a>' in server.get(f"{DATABASE}/role_citations")


@pytest.mark.slow
def test_a_row_page_links_to_the_rows_that_name_it(server):
    page, rows = server.get(f"{DATABASE}/organizations/huawei"), real()["deployment_parties"]
    assert "Huawei" in page
    count = (rows.organization_id == "huawei").sum()
    assert f'{DATABASE}/deployment_parties?organization_id=huawei">' in page
    assert f"{count:,} row" in " ".join(page.split())


@pytest.mark.slow
def test_facets_count_terms_and_items_of_lists(server):
    found, rows = server.json(f"{DATABASE}/deployments.json")["facet_results"], real()["deployments"]
    assert {one["value"]: one["count"] for one in found["channel"]["results"]} == rows.channel.value_counts().to_dict()
    items = rows.technologies.str.split(";").explode().value_counts()
    assert [one["count"] for one in found["technologies"]["results"]] == items.tolist()[:30]
    assert {"purposes", "ai_basis", "status", "rights_concern"} <= set(found)


@pytest.mark.slow
def test_the_search_finds_a_word_that_is_there_and_none_that_is_not(server):
    found = server.json(f"{DATABASE}/deployments.json", _search="safe city", _shape="array", _size="max")
    assert len(found) > 5
    assert all("cit" in (row["title"] + row["summary"] + (row["place"] or "")).lower() for row in found)
    assert server.json(f"{DATABASE}/deployments.json", _search="zzzqqq", _shape="array") == []
    assert 'type="search"' in server.get(f"{DATABASE}/deployments")


@pytest.mark.slow
def test_the_canned_queries_answer_what_the_database_answers(server, tmp_path):
    queries, problems = load_queries(PROJECT)
    assert not problems
    sqlite.write(real(), tmp_path)
    with closing(sqlite3.connect(tmp_path / sqlite.database(real().package))) as connection:
        for name, query in list(queries.items())[:3]:
            found = server.json(f"{DATABASE}/{name}.json", _shape="arrays")["rows"]
            assert [tuple(row) for row in found] == connection.execute(query.sql).fetchmany(1000) != []
            page = server.get(f"{DATABASE}/{name}")
            assert escape(query.question) in page.replace("&#39;", "&#x27;")
    assert [query["name"] for query in server.json(f"{DATABASE}.json")["queries"]] == list(queries)[:3]


@pytest.mark.slow
def test_nothing_can_be_changed(server):
    assert [one["is_mutable"] for one in server.json("/-/databases.json")] == [False]
    assert server.json("/-/plugins.json") == []
    with pytest.raises(HTTPError) as refused:
        server.get(f"{DATABASE}.json", sql="DELETE FROM countries")
    with refused.value as answer:
        assert answer.code == 400


@pytest.mark.slow
def test_the_browser_is_for_this_machine_alone(server):
    socket.create_connection(("127.0.0.1", server.port), 5).close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", server.port), 5)  # this machine too, but not the address that is served


@pytest.mark.slow
def test_the_release_is_built_first_where_it_is_not_there(tmp_path):
    root = project(tmp_path / "project", released(tmp_path / "package"), built=False)
    with explored(root) as server:
        assert server.json(f"{DATABASE}/deployments.json", _shape="array")[0]["deployment_id"] == "zzz-deployment"
    assert "built" in (root / "log.txt").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(("changed", "built"), [(True, True), (False, False)])
def test_a_release_that_is_older_than_the_data_is_built_anew(changed, built, tmp_path):
    tables = released(tmp_path / "package")
    root = project(tmp_path / "project", tables, built=False)
    release = root / "dist" / release_name(tables.package)
    shutil.copytree(root / "ready", release)
    (release / "SHA256SUMS").write_text("zzz")
    (root / "data").mkdir()
    (root / "schemas").mkdir()
    for path in root.rglob("*"):
        os.utime(path, (1, 1))
    os.utime(root / ".venv/.complete", (2, 2))
    os.utime(root / "data" if changed else release / "SHA256SUMS", (3, 3))
    with explored(root) as server:
        assert server.json(f"{DATABASE}/deployments.json", _shape="array")[0]["deployment_id"] == "zzz-deployment"
    assert ("built" in (root / "log.txt").read_text()) is built


@pytest.mark.slow
def test_markup_in_the_data_or_the_descriptions_is_text_on_the_page(tmp_path):
    package = write_package(tmp_path / "package", {
        "deployments": [{"title": HOSTILE}], "countries": [{"country_code": "ZZA", "name": HOSTILE}], "organizations": [{"name": HOSTILE}]})
    path = package.root / "schemas/deployments.json"
    path.write_text(path.read_text().replace('"description": "', f'"description": "{HOSTILE}'))
    with explored(project(tmp_path / "project", everything(package.root), built=True)) as server:
        for page in ("", "/deployments", "/deployments/zzz-deployment", "/deployment_parties", "/countries/ZZA", "/deployments_named"):
            text = server.get(DATABASE + page)
            assert "<script>alert" not in text, page
            assert page == "" or "&lt;script&gt;alert" in text, page


def options(**schema) -> dict:
    """What is shown of the deployments of the fictional package's schemas."""
    package, _ = load(PROJECT)
    return datasette.options(package.tables[schema["of"]])


def test_rows_are_labelled_by_a_column_that_says_enough():
    assert options(of="countries")["label_column"] == "name"
    assert options(of="standards_roles")["label_column"] == "role_id"
    assert "label_column" not in options(of="deployment_parties")


def test_countries_terms_truth_values_and_lists_of_terms_are_facets():
    assert options(of="policy_statements")["facets"] == ["country_code", "statement_type", "binding", "scope"]
    assert options(of="deployments")["facets"] == [
        "country_code", "channel", {"array": "technologies"}, {"array": "purposes"}, "ai_basis", "status", "value_kind", "rights_concern"]
    assert options(of="claim_countries")["facets"] == ["country_code"] and options(of="claim_citations")["facets"] == []


def test_without_answers_there_are_no_queries(tmp_path):
    package = write_package(tmp_path)
    assert len(datasette.queries(package)) == 3
    (tmp_path / "schemas/answers.yaml").unlink()
    assert datasette.queries(package) == {}
