"""Keys, references and terms of a folder of Parquet, checked by DuckDB or Spark: `engines.py duckdb|spark FOLDER`.

Imports nothing of ours: it runs where those engines are installed. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

Query = Callable[[str], int]


def questions(checks: dict) -> Iterator[tuple[str, str]]:
    """What is counted, and a query that counts it in one table; both engines understand them."""
    for table, columns in checks["keys"].items():
        key = ", ".join(f"`{column}`" for column in columns)
        yield "repeated", ("SELECT coalesce(sum(n - 1), 0) AS found "
                           f"FROM (SELECT count(*) AS n FROM `{table}` GROUP BY {key}) AS k WHERE n > 1")
    for table, column, target, key in checks["references"]:
        yield "dangling", (f"SELECT count(*) AS found FROM `{table}` AS a WHERE a.`{column}` <> '' "
                           f"AND NOT EXISTS (SELECT 1 FROM `{target}` AS b WHERE b.`{key}` = a.`{column}`)")
    for table, column, terms in checks["terms"]:
        known = ", ".join(f"'{term}'" for term in terms)
        yield "unknown", f"SELECT count(*) AS found FROM `{table}` WHERE `{column}` <> '' AND `{column}` NOT IN ({known})"


def duckdb(folder: Path, tables: list[str]) -> tuple[Query, int]:
    """DuckDB over the files, and its process."""
    import os

    import duckdb

    database = duckdb.connect()
    for table in tables:
        database.execute(f"""CREATE VIEW "{table}" AS SELECT * FROM read_parquet('{folder}/{table}/*.parquet')""")
    return lambda query: database.execute(query.replace("`", '"')).fetchone()[0], os.getpid()


def spark(folder: Path, tables: list[str]) -> tuple[Query, int]:
    """Spark on this machine alone, and the process of its engine."""
    from pyspark.sql import SparkSession

    settings = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
                "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "3g",
                "spark.local.dir": str(folder)}
    builder = SparkSession.builder.master("local[*]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    for table in tables:
        session.read.parquet(str(folder / table)).createOrReplaceTempView(table)
    return lambda query: session.sql(query).collect()[0][0], session.sparkContext._gateway.proc.pid


def peak(process: int) -> float:
    """The most memory that a process had, in megabytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def main() -> None:
    """Ask for each kind at once, and print what was found, how long it took with the start of the engine, and in how much memory."""
    engine, folder = sys.argv[1], Path(sys.argv[2])
    checks = json.loads((folder / "checks.json").read_text(encoding="utf-8"))
    started = time.perf_counter()
    ask, process = {"duckdb": duckdb, "spark": spark}[engine](folder, checks["tables"])
    queries: dict[str, list[str]] = {}
    for what, query in questions(checks):
        queries.setdefault(what, []).append(query)
    found = {what: int(ask(f"SELECT sum(found) FROM ({' UNION ALL '.join(parts)}) AS counts")) for what, parts in queries.items()}
    print(json.dumps({**found, "seconds": round(time.perf_counter() - started, 2), "peak_mb": peak(process)}))


if __name__ == "__main__":
    main()
