"""docs/using.md: every snippet runs as it stands from inside a release and finds what the tables hold; every file is told of."""

from __future__ import annotations

import csv
import fnmatch
import io
import json
import re
import signal
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from scripts.folder import listed, sums
from tests.built import copied
from tests.programs import needs
from tests.released import real
from tests.using import PAGE, Snippet, environment, python, readers, run, snippets

TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = {snippet.name: snippet for snippet in snippets(TEXT)}


def rows(name: str) -> list[dict[str, str]]:
    """A table as text."""
    return real()[name].to_dict("records")


def recommended() -> set[str]:
    return {row["record_id"] for row in rows("record_quality") if row["recommended_for_aggregates"] == "true"}


def technologies() -> list[tuple[str, dict[str, str]]]:
    """Technology and deployment, one for each item of the list."""
    return [(item, row) for row in rows("deployments") for item in row["technologies"].split(";")]


def names() -> dict[str, dict[str, str]]:
    return {row["country_code"]: row for row in rows("countries")}


def with_face_recognition() -> list[dict[str, str]]:
    return [row for item, row in technologies() if item == "facial_recognition"]


def pandas_csv(block: Snippet, folder: Path) -> None:
    found = python(block, folder, "[[*key, int(number)] for key, number in by_year.items()]")
    expected = Counter((item, int(row["announced"][:4])) for item, row in technologies() if row["announced"])
    assert found == [[*key, number] for key, number in sorted(expected.items())]
    left = python(block, folder, "[int(deployments.value_amount.sum()), int(deployments.note.isna().sum())]")
    cells = rows("deployments")
    assert left == [sum(int(row["value_amount"]) for row in cells if row["value_amount"]), sum(row["note"] == "" for row in cells)]


def pandas_parquet(block: Snippet, folder: Path) -> None:
    found = python(block, folder, "{key: int(number) for key, number in by_channel.items()}")
    assert found == Counter(row["channel"] for row in rows("deployments") if row["deployment_id"] in recommended())


def polars(block: Snippet, folder: Path) -> None:
    found = python(block, folder, "by_region.rows()")
    expected = Counter(names()[row["country_code"]]["region"] or None for row in with_face_recognition())
    assert dict(found) == expected


def duckdb_parquet(block: Snippet, folder: Path) -> None:
    every = Counter(names()[row["country_code"]]["name"] for row in with_face_recognition())
    counted = Counter(names()[row["country_code"]]["name"] for row in with_face_recognition() if row["deployment_id"] in recommended())
    assert python(block, folder, "by_country.fetchall()") == [[name, every[name], counted[name]] for name in sorted(every)]


def duckdb_csv(block: Snippet, folder: Path) -> None:
    expected = Counter(item for item, row in technologies() if row["deployment_id"] in recommended())
    assert python(block, folder, "by_technology.fetchall()") == [list(pair) for pair in sorted(expected.items())]


def sqlite(block: Snippet, folder: Path) -> None:
    sources, found, counted = python(block, folder, "[sources, found, technologies]")
    citations = {row["citation_id"]: row for row in rows("citations")}
    titles = {row["deployment_id"]: row["title"] for row in rows("deployments") if row["country_code"] == "UGA"}
    assert sources == [[titles[row["deployment_id"]], *(citations[row["citation_id"]][column] for column in ("publisher", "url"))]
                       for row in rows("deployment_citations") if row["deployment_id"] in titles and row["stance"] == "supports"]
    texts = {row["deployment_id"]: " ".join(row[column] for column in ("title", "summary", "place")) for row in rows("deployments")}
    plain = {one for one, text in texts.items() if re.search(r"(?i)\bpolice\b", text) and re.search(r"(?i)\bcamera", text)}
    assert plain and {one for one, _ in found} == plain
    expected = Counter(item for item, _ in technologies())
    assert counted == [list(pair) for pair in sorted(expected.items(), key=lambda pair: (-pair[1], pair[0]))]


def frictionless_validate(block: Snippet, folder: Path) -> None:
    assert block.language == "sh"
    printed = run(["sh", "-c", block.text], folder)
    assert len(re.findall(r"\bVALID\b", printed)) == len(real().contents) and "INVALID" not in printed


def frictionless_read(block: Snippet, folder: Path) -> None:
    found = python(block, folder, "[[row['statement_id'], row['title_local'], row['binding']] for row in statements]")
    assert found == [[row["statement_id"], row["title_local"] or None, row["binding"] == "true"] for row in rows("policy_statements")]


def croissant(block: Snippet, folder: Path) -> None:
    found = python(block, folder, "[[str(key), value.decode() if isinstance(value, bytes) else value] for key, value in record.items()]")
    last = rows("policy_statements")[-1]
    for key, value in found:
        cell = last[key.removeprefix("policy_statements/")]
        assert value == (cell == "true" if key.endswith("/binding") else cell or None), key
    printed = run([str(Path(environment()["PATH"].split(":")[0]) / "python"), "-c", block.text], folder).splitlines()
    assert printed == [f"{row['statement_id']} {row['binding'] == 'true'}" for row in rows("policy_statements")]


def datasette(block: Snippet, folder: Path) -> None:
    """As it stands but for the port, which may be taken."""
    assert block.language == "sh" and "http://127.0.0.1:8001/" in TEXT and "--port 8001" in block.text
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["sh", "-c", "exec " + block.text.replace("--port 8001", f"--port {port}")]
    server = subprocess.Popen(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answer = asked(f"http://127.0.0.1:{port}/ai-governance-reach.json", server)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    counts = {table["name"]: table["count"] for table in answer["tables"]}
    assert {name: counts[name] for name in ("deployments", "country_profiles")} == {
        name: len(rows(name)) for name in ("deployments", "country_profiles")}


def asked(address: str, server: subprocess.Popen) -> dict:
    """What a server answers once it is up."""
    until = time.monotonic() + 60
    while True:
        assert server.poll() is None and time.monotonic() < until, "the server is not up"
        try:
            with urlopen(address, timeout=30) as answer:
                return json.load(answer)
        except URLError:
            time.sleep(0.2)


def r(block: Snippet, folder: Path) -> None:
    assert block.language == "r"
    columns = '"deployment_id", "note", "announced_year", "recommended_for_aggregates"'
    program = f'{block.text}write.csv(deployments[c({columns})], "left.csv")\n'
    printed = run([needs("Rscript"), "-e", program], folder)
    flat = rows("deployments_flat")
    expected = Counter(row["announced_year"] or "<NA>" for row in flat if row["recommended_for_aggregates"] == "true")
    lines = [line.split() for line in printed.splitlines() if line.strip()]
    shown = [pair for years, numbers in zip(lines[::2], lines[1::2], strict=True) for pair in zip(years, map(int, numbers), strict=True)]
    assert dict(shown) == expected
    with (folder / "left.csv").open(encoding="utf-8", newline="") as file:
        left = list(csv.DictReader(file))
    assert [(row["deployment_id"], row["announced_year"], row["recommended_for_aggregates"].lower(), row["note"]) for row in left] == [
        (row["deployment_id"], row["announced_year"] or "NA", row["recommended_for_aggregates"], row["note"] or "NA") for row in flat]
    (folder / "left.csv").unlink()


def stata(block: Snippet, folder: Path) -> None:
    """Nobody here has Stata; pandas reads the file that the line names."""
    assert block.language == "stata"
    path = re.fullmatch(r"use (\S+\.dta), clear\n", block.text)[1]
    code = f"import pandas as pd, sys; pd.read_stata({path!r}, convert_categoricals=False).to_csv(sys.stdout, index=False)"
    found = list(csv.DictReader(io.StringIO(run([readers(), "-c", code], folder), newline="")))
    assert [(row["deployment_id"], row["title"], row["technologies"]) for row in found] == [
        (row["deployment_id"], row["title"], row["technologies"]) for row in rows("deployments_flat")]


def spark(block: Snippet, folder: Path) -> None:
    joined, counted = python(block, folder, "[[list(row) for row in frame.collect()] for frame in (joined, by_technology)]")
    deploys = {row["country_code"]: row["deploys"] for row in rows("country_profiles")}
    assert joined == [[code, number, deploys.get(code)] for code, number in (("KEN", 1), ("UGA", 2), ("ZMB", 3))]
    assert counted == [list(pair) for pair in sorted(Counter(item for item, _ in technologies()).items())]


CHECKS = {"pandas 1": pandas_csv, "pandas 2": pandas_parquet, "polars 1": polars, "DuckDB 1": duckdb_parquet, "DuckDB 2": duckdb_csv,
          "SQLite 1": sqlite, "Frictionless 1": frictionless_validate, "Frictionless 2": frictionless_read, "Croissant 1": croissant,
          "Datasette 1": datasette, "R 1": r, "Stata 1": stata, "Spark 1": spark}


def test_no_snippet_is_left_out():
    assert list(BLOCKS) == list(CHECKS) and len(BLOCKS) == TEXT.count("```") / 2


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKS)
def test_a_snippet_finds_what_the_tables_hold_and_leaves_nothing_behind(name, release_folder, tmp_path):
    folder = copied(release_folder, tmp_path / "release")
    CHECKS[name](BLOCKS[name], folder)
    assert sums(folder) == sums(release_folder)


def test_a_snippet_that_fails_is_told(tmp_path):
    with pytest.raises(AssertionError, match="zzz"):
        python(Snippet("Zzz 1", "python", "import mlcroissant\nraise ValueError('zzz')\n"), tmp_path, "1")
    with pytest.raises(AssertionError):
        python(Snippet("Zzz 1", "python", "import mlcroissant\n"), tmp_path, "1")


def test_the_table_of_files_names_every_file_and_no_other(release_folder):
    version = real().package.descriptor["version"]
    table = TEXT.split("| file |")[1].split("\n\n")[0]
    named = [name.replace("VERSION", version) for line in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", line.split("|")[1])]
    files = [path.as_posix() for path in listed(release_folder)]
    assert [name for name in named if not any(fits(file, name) for file in files)] == []
    assert [file for file in files if not any(fits(file, name) for name in named)] == []


def fits(file: str, name: str) -> bool:
    return file.startswith(name) if name.endswith("/") else fnmatch.fnmatchcase(file, name)


def test_what_is_named_exists(release_folder):
    """Every name of several words in code, outside of the snippets and the table of files, is a table, column or term."""
    prose = re.sub(r"(?ms)^```.*?^```$|^\|.*?$", "", TEXT)
    tables = real().package.tables
    known = {*tables, *(column for table in tables.values() for column in table.columns)}
    known |= {f"{column}_{end}" for column in known for end in ("first", "last")} | {f"{table}_fts" for table in tables}
    assert {name for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", prose) if name not in known} == set()


def test_its_links_lead_somewhere_in_the_repository_and_in_a_release(release_folder):
    for place in (PAGE, release_folder / "using.md"):
        links = re.findall(r"\]\(([^)]+)\)", place.read_text(encoding="utf-8"))
        assert links and [link for link in links if not (place.parent / link).is_file()] == []
