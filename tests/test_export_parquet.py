"""Parquet files: what is read back is what the tables hold, with real types, in several programs, byte for byte the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scripts import edtf, typed
from scripts.export import parquet
from scripts.package import Field, Table
from scripts.tables import Content, Tables
from tests.fictional import PROJECT
from tests.programs import needs
from tests.released import real, released

READERS = PROJECT / ".venv-readers/bin/python"
PARTIAL = {"pattern": edtf.PATTERN}
FIELDS = (
    Field("zzz_id", title="Zzz", description="The fictional id.", constraints={"required": True}),
    Field("name"), Field("colour", vocabulary="colour", terms=("red", "green", "blue")), Field("words", "list", delimiter=";"),
    Field("bright", "boolean"), Field("count", "integer"), Field("born", "year"), Field("share", "number"), Field("seen", "date"),
    Field("started", title="Started", description="When it started.", constraints=PARTIAL))
ROWS = [("zzz-a", "None", "blue", "one;two", "true", "7", "2019", "0.25", "2021-03-04", "2021-02"),
        ("zzz-b", *[""] * 9),
        ("zzz-c", "NA", "red", "nan", "false", "0", "1999", "1", "2020-02-29", "2020-02-29")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of the real data."""
    folder = tmp_path_factory.mktemp("release")
    parquet.write(real(), folder)
    return folder / "parquet"


@pytest.fixture
def small(tmp_path) -> pa.Table:
    """A fictional table with a column of each kind, written and read back."""
    return pq.read_table(write_small(tmp_path))


def write_small(folder):
    package = released(folder / "package").package
    table = Table("zzz", "data/zzz.csv", "Zzz", "One row is one zzz.", "schemas/zzz.json", FIELDS, ("zzz_id",))
    rows = pd.DataFrame(ROWS, columns=list(table.columns), dtype=object)
    parquet.write(Tables(package, {"zzz": Content(table, rows)}), folder)
    return folder / "parquet/zzz.parquet"


def back(field: Field, value: object) -> str:
    """A value that was read, as the cell it should have come from."""
    if field.type == "year":
        return "" if value is None else str(value)
    return typed.cell(field, value.isoformat() if isinstance(value, date) else value)


def test_each_recorded_and_derived_table_is_a_file_and_no_flat_one(folder):
    assert {path.name for path in folder.iterdir()} == {f"{content.table.name}.parquet" for content in real()
                                                        if content.table.folder in ("data", "derived")}


def test_every_cell_of_the_real_data_reads_back(folder):
    read = 0
    for content in real():
        if content.table.folder == "flat":
            continue
        table = pq.read_table(folder / f"{content.table.name}.parquet")
        assert len(set(table.column_names)) == table.num_columns
        assert [name for name in table.column_names if name in content.table.columns] == list(content.table.columns)
        for field in content.table.fields:
            assert [back(field, value) for value in table[field.name].to_pylist()] == content.rows[field.name].tolist(), field.name
            read += table.num_rows
    assert read > 50_000


def test_a_column_has_the_type_that_it_is_declared_with(small):
    assert {name: str(small.schema.field(name).type) for name in small.column_names} == {
        "zzz_id": "string", "name": "string", "colour": "dictionary<values=string, indices=int32, ordered=0>",
        "words": "list<element: string>", "bright": "bool", "count": "int64", "born": "int64", "share": "double",
        "seen": "date32[day]", "started": "string", "started_first": "date32[day]", "started_last": "date32[day]"}


def test_a_cell_becomes_the_value_that_it_says(small):
    first, second, third = small.to_pylist()
    assert first == {"zzz_id": "zzz-a", "name": "None", "colour": "blue", "words": ["one", "two"], "bright": True, "count": 7, "born": 2019,
                     "share": 0.25, "seen": date(2021, 3, 4), "started": "2021-02", "started_first": date(2021, 2, 1),
                     "started_last": date(2021, 2, 28)}
    assert second == {"zzz_id": "zzz-b", **dict.fromkeys(small.column_names[1:])}
    assert (third["name"], third["words"], third["bright"], third["count"]) == ("NA", ["nan"], False, 0)


def test_terms_come_in_the_order_of_their_vocabulary(small):
    assert small["colour"].combine_chunks().dictionary.to_pylist() == ["red", "green", "blue"]


def test_only_a_required_or_key_column_promises_that_it_is_never_empty(small):
    assert [field.name for field in small.schema if not field.nullable] == ["zzz_id"]


def test_the_days_of_the_real_data_enclose_their_dates(folder):
    table, found = pq.read_table(folder / "deployments.parquet").to_pylist(), 0
    for row in table:
        for name in ("status_as_of", "announced", "started", "ended"):
            days = (row[f"{name}_first"], row[f"{name}_last"])
            if row[name] is None:
                assert days == (None, None)
            else:
                assert all(day.isoformat().startswith(row[name]) for day in days)
                found += 1
    assert found > 400


def test_a_file_says_what_it_and_its_columns_are(small):
    words = {key.decode(): value.decode() for key, value in small.schema.metadata.items()}
    package = json.loads((PROJECT / "datapackage.json").read_text())
    assert words == {"name": "zzz", "title": "Zzz", "description": "One row is one zzz.", "package": package["name"],
                     "package_title": package["title"], "version": package["version"], "created": package["created"][:10],
                     "license": "; ".join(one["title"] for one in package["licenses"])}
    assert small.schema.field("zzz_id").metadata == {b"title": b"Zzz", b"description": b"The fictional id."}
    assert small.schema.field("colour").metadata[b"vocabulary"] == b"colour"
    assert small.schema.field("started_last").metadata[b"description"] == b"Last day that `started` can mean. When it started."


def test_texts_that_look_like_nothing_stay_texts(folder, tmp_path):
    assert "Namibia" in pq.read_table(folder / "countries.parquet")["name"].to_pylist()
    words = ["None", "NA", "null", "nan", "N/A", "#N/A", "true", "007"]
    tables = released(tmp_path / "package", {"organizations": [
        {"organization_id": f"zzz-{number}", "name": word, "country_code": ""} for number, word in enumerate(words)]})
    parquet.write(tables, tmp_path)
    rows = {row["organization_id"]: row for row in pq.read_table(tmp_path / "parquet/organizations.parquet").to_pylist()}
    assert [rows[f"zzz-{number}"]["name"] for number in range(len(words))] == words
    assert rows["zzz-0"]["country_code"] is None


def test_a_table_without_rows_keeps_its_types(tmp_path):
    parquet.write(released(tmp_path / "package", {"claim_countries": None, "withdrawn": None}), tmp_path)
    table = pq.read_table(tmp_path / "parquet/withdrawn.parquet")
    assert (table.num_rows, str(table.schema.field("withdrawn_on").type)) == (0, "date32[day]")


READ = """
import json, sys
from pathlib import Path
import duckdb, pandas, polars
found = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    frames = pandas.read_parquet(path), polars.read_parquet(path), duckdb.sql(f"SELECT * FROM '{path}'")
    found[path.stem] = [len(frames[0]), len(frames[1]), len(frames[2].fetchall())]
deployments = str(Path(sys.argv[1]) / "deployments.parquet")
of_pandas, of_polars = pandas.read_parquet(deployments), polars.read_parquet(deployments)
found["lists"] = [[list(items) for items in of_pandas.technologies], of_polars["technologies"].to_list(),
                  [row[0] for row in duckdb.sql(f"SELECT technologies FROM '{deployments}'").fetchall()]]
found["terms"] = [of_pandas.status.astype(str).tolist(), of_polars["status"].cast(polars.String).to_list(),
                  [row[0] for row in duckdb.sql(f"SELECT status FROM '{deployments}'").fetchall()]]
found["types"] = [str(of_pandas.status.dtype), str(of_polars.schema["started_first"]), str(of_polars.schema["technologies"]),
                  [row[1] for row in duckdb.sql(
                      f"DESCRIBE SELECT technologies, started_last, value_amount FROM '{deployments}'").fetchall()]]
print(json.dumps(found))
"""


@pytest.mark.slow
def test_pandas_polars_and_duckdb_read_the_same(folder):
    run = subprocess.run([needs(str(READERS)), "-c", READ, folder], capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)
    rows = real()["deployments"]
    assert found.pop("lists") == [[cell.split(";") for cell in rows.technologies]] * 3
    assert found.pop("terms") == [rows.status.tolist()] * 3
    assert found.pop("types") == ["category", "Date", "List(String)", ["VARCHAR[]", "DATE", "BIGINT"]]
    assert found == {content.table.name: [len(content.rows)] * 3 for content in real() if content.table.folder != "flat"}


WRITE = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[3], 8))
from scripts.export import parquet
from scripts.package import load
from scripts.read import read
parquet.write(read(load(Path(sys.argv[1]))[0]), Path(sys.argv[2]))
"""


def test_two_writes_in_other_surroundings_give_the_same_bytes(tmp_path):
    found = []
    for name, zone, language, mask in (("a", "UTC", "C", "022"), ("b", "Asia/Tokyo", "de_DE.UTF-8", "077")):
        (tmp_path / name).mkdir()
        subprocess.run([sys.executable, "-c", WRITE, PROJECT, tmp_path / name, mask], check=True, cwd=PROJECT, env={
            **os.environ, "TZ": zone, "LANG": language, "LC_ALL": language, "PYTHONHASHSEED": str(len(found))})
        found.append({path.name: path.read_bytes() for path in (tmp_path / name / "parquet").iterdir()})
    assert len(found[0]) > 15
    assert found[0] == found[1]


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path):
    (tmp_path / "parquet").write_text("a file where the folder should be")
    with pytest.raises(OSError):
        parquet.write(released(tmp_path / "package"), tmp_path)
