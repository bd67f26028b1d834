"""Beyond one process of ours: ten million rows as Parquet, and other engines that check their keys and terms.

`python -m benchmarks.beyond --rows 10000000`. The engines run in .venv-readers, which `make test` sets up; Spark needs Java. Each must
find exactly what was broken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from scripts.package import Package

from .faults import REPEATED_KEY, break_rows
from .generate import PROJECT, described, tables

READERS = PROJECT / ".venv-readers" / "bin" / "python"
CHUNK = 500_000  # rows that are in memory at a time
BROKEN = 0.0005
FOUND = {REPEATED_KEY: "repeated", "dangling key": "dangling", "unknown term": "unknown"}  # faults that the engines look for


def write(folder: Path, rows: int, seed: int) -> tuple[int, Counter[str]]:
    """Write a folder of Parquet files for each table, part by part; how many rows they have, and what is broken in them."""
    package, _ = described()
    total, broken = 0, Counter(dict.fromkeys(FOUND.values(), 0))
    for part, start in enumerate(range(0, rows, CHUNK)):
        frames, faults = break_rows(package, tables(min(CHUNK, rows - start), "whole", seed + part, start), BROKEN,
                                    np.random.default_rng([seed, part]))
        broken.update(FOUND[fault.kind] for fault in faults if fault.kind in FOUND)
        for name, frame in frames.items():
            if part == 0 or name != "countries":
                total += len(frame)
                write_part(folder / name / f"{part:04}.parquet", frame)
    (folder / "checks.json").write_text(json.dumps(checks(package)), encoding="utf-8")
    return total, broken


def write_part(path: Path, frame: pd.DataFrame) -> None:
    """Some rows of a table."""
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table({name: pa.array(frame[name], pa.string()) for name in frame}), path, compression="zstd")


def checks(package: Package) -> dict:
    """The keys, references and vocabularies of the schemas, for programs that know nothing of them."""
    return {"tables": list(package.tables),
            "keys": {table.name: list(table.primary_key) for table in package.tables.values()},
            "references": [[table.name, key.fields[0], key.resource, key.reference[0]]
                           for table in package.tables.values() for key in table.foreign_keys],
            "terms": [[table.name, field.name, field.constraints["enum"]]
                      for table in package.tables.values() for field in table.fields if "enum" in field.constraints]}


def ask(engine: str, folder: Path) -> dict:
    """What an engine finds, in a process of its own."""
    done = subprocess.run([str(READERS), str(PROJECT / "benchmarks" / "engines.py"), engine, str(folder)], capture_output=True, text=True,
                          env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Write, ask, compare, print; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beyond", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--engines", nargs="+", choices=["duckdb", "spark"], default=["duckdb", "spark"])
    asked = parser.parse_args()
    if not READERS.exists():
        parser.error("there is no .venv-readers, in which the engines are: run `make test` first")
    with tempfile.TemporaryDirectory() as name:
        folder, started = Path(name), time.perf_counter()
        rows, broken = write(folder, asked.rows, asked.seed)
        size = sum(path.stat().st_size for path in folder.rglob("*.parquet")) / 2**20
        result: dict = {"rows": rows, "parquet_mb": round(size), "written_s": round(time.perf_counter() - started, 1), **broken}
        print(result, flush=True)
        for engine in asked.engines:
            result[engine] = found = ask(engine, folder)
            print(engine, found, flush=True)
            assert {key: found[key] for key in broken} == broken, f"{engine} found something else than what was broken"
    print(json.dumps(result))


if __name__ == "__main__":
    main()
