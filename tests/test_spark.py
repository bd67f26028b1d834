"""Every Parquet table in Spark: for users who outgrow one machine and join it there with data of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from scripts import edtf
from scripts.package import Field
from tests.programs import needs
from tests.released import real
from tests.using import readers, run

TYPES = {"string": "string", "integer": "bigint", "number": "double", "boolean": "boolean", "list": "array<string>", "date": "date"}
PROGRAM = """
import json, sys
from pathlib import Path
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").getOrCreate()
left = {}
for path in sorted(Path("parquet").glob("*.parquet")):
    table = spark.read.parquet(str(path))
    table.createOrReplaceTempView(path.stem)
    left[path.stem] = {"types": dict(table.dtypes), "count": table.count(), "rows": [list(row) for row in table.collect()]}
joined = spark.sql(Path(sys.argv[2]).read_text())
left[""] = [list(row) for row in joined.collect()]
Path(sys.argv[1]).write_text(json.dumps(left, default=str))
"""
JOIN = """
SELECT c.name, count(DISTINCT p.deployment_id) AS deployments, sum(size(d.technologies)) AS technologies
FROM (SELECT deployment_id, country_code FROM deployments UNION ALL SELECT deployment_id, country_code FROM deployment_countries) AS p
JOIN deployments AS d ON d.deployment_id = p.deployment_id
JOIN countries AS c ON c.country_code = p.country_code
WHERE d.announced_last >= DATE '2015-01-01' OR d.announced IS NULL
GROUP BY c.name
ORDER BY c.name
"""


def columns(field: Field) -> list[str]:
    """The columns of a field: a partial date has three."""
    is_partial = field.constraints.get("pattern") == edtf.PATTERN
    return [field.name, f"{field.name}_first", f"{field.name}_last"] if is_partial else [field.name]


def values(field: Field, cell: str) -> list:
    """What stands in the columns of a field, as JSON has it."""
    if len(columns(field)) == 3:
        last = pd.Period(cell).end_time.date().isoformat() if cell else None
        return [cell or None, (cell + "-01-01"[len(cell) - 4:] if cell else None), last]
    if cell == "":
        return [None]
    return [{"integer": int, "number": float, "boolean": "true".__eq__, "list": lambda text: text.split(";")}.get(field.type, str)(cell)]


@pytest.mark.parametrize(("cell", "first", "last"), [
    ("2020", "2020-01-01", "2020-12-31"), ("2020-02", "2020-02-01", "2020-02-29"), ("2020-02-03", "2020-02-03", "2020-02-03")])
def test_the_days_of_a_partial_date(cell, first, last):
    assert values(real().contents["deployments"].table.by_name["announced"], cell) == [cell, first, last]


@pytest.mark.slow
def test_spark_reads_every_table_with_types_nulls_and_lists_and_joins_them(release_folder, tmp_path):
    needs("java")
    (tmp_path / "join.sql").write_text(JOIN)
    run([readers(), "-c", PROGRAM, str(tmp_path / "left.json"), str(tmp_path / "join.sql")], release_folder)
    left = json.loads((tmp_path / "left.json").read_text())
    joined = left.pop("")
    tables = {content.table.name: content for content in real() if content.table.folder != "flat"}
    assert list(left) == sorted(tables) == sorted(path.stem for path in Path(release_folder / "parquet").iterdir())
    for name, content in tables.items():
        fields, found = content.table.fields, left[name]
        assert found["count"] == len(content.rows) == len(found["rows"]), name
        assert found["types"] == {column: TYPES[field.type] if column == field.name else "date"
                                  for field in fields for column in columns(field)}, name
        rows = [[value for field, cell in zip(fields, cells, strict=True) for value in values(field, cell)]
                for cells in content.rows.itertuples(index=False, name=None)]
        assert [(row, other) for row, other in zip(found["rows"], rows, strict=True) if row != other][:3] == [], name
    assert joined == joined_by_pandas()


def joined_by_pandas() -> list[list]:
    """The same join as JOIN on the text tables."""
    deployments, further, countries = (real()[name] for name in ("deployments", "deployment_countries", "countries"))
    places = pd.concat([deployments[["deployment_id", "country_code"]], further[["deployment_id", "country_code"]]])
    late = deployments[(deployments.announced == "") | (deployments.announced.str[:4] >= "2015")]
    late = late.assign(technologies=late.technologies.str.split(";").str.len())[["deployment_id", "technologies"]]
    rows = places.merge(late, on="deployment_id").merge(countries, on="country_code")
    groups = rows.groupby("name").agg(deployments=("deployment_id", "nunique"), technologies=("technologies", "sum")).reset_index()
    return [[name, int(number), int(items)] for name, number, items in sorted(groups.itertuples(index=False, name=None))]
