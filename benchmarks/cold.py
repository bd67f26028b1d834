"""How long a command takes from a cold start, a whole process, on the real data in a clone of the repository."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pandas as pd
import pyperf

from scripts.package import load
from scripts.write import canonical

PROJECT = Path(__file__).parent.parent
CARD = """
organizations:
  - {id: zzz-firm, name: Zzz Firm, type: company, country: CHN}
citations:
  - {id: zzz-news-2021, title: A fictional firm builds a fictional network, publisher: Zzz News, url: https://example.org/zzz-news,
     language: en, type: news, access: excerpt, accessed: 2021-02-01}
deployments:
  - id: zzz-benchmark
    title: Zzz camera network
    country: KEN
    channel: system
    technologies: [video_surveillance]
    purposes: [public_security]
    ai_basis: not_stated
    status: operational
    rights_concern: none_reported
    summary: The fictional Zzz Firm built a fictional network.
    parties:
      - {organization: zzz-firm, role: supplier}
    sources:
      - {citation: zzz-news-2021, supports: [country, parties, channel, technologies, purposes, status]}
"""


def cold_start(runs: int) -> dict[str, float]:
    """The median seconds of each command."""
    seconds: dict[str, list[float]] = {}
    for _ in range(runs):
        with clone() as (root, record):
            for name, arguments in commands(root, record).items():
                seconds.setdefault(name, []).append(run(root.parent, arguments))
    return {name: median(values) for name, values in seconds.items()}


@contextmanager
def clone() -> Iterator[tuple[Path, str]]:
    """A clone of the repository in a folder of its own, one cell of one record changed, and the id of that record."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(PROJECT), str(root)], check=True)
        (root.parent / "card.yaml").write_text(CARD, encoding="utf-8")
        package, problems = load(root)
        assert package, problems
        table = package.tables["deployments"]
        rows = pd.read_csv(root / table.path, dtype=str, keep_default_na=False)
        rows.loc[0, "summary"] += " This sentence is fictional."
        (root / table.path).write_bytes(canonical(rows, table))
        yield root, rows.loc[0, table.id]


def commands(root: Path, record: str) -> dict[str, list[str]]:
    """The commands in the order in which they run; `add` comes last, since it changes the tables."""
    return {"validate": ["validate", "--fast"], "show": ["show", record], "diff": ["diff", "HEAD"],
            "add": ["add", str(root.parent / "card.yaml")]}


def run(folder: Path, arguments: list[str]) -> float:
    """Seconds of one command, timed by pyperf."""
    result = folder / "result.json"
    once = ["--processes", "1", "--values", "1", "--warmups", "0", "--loops", "1"]
    timer = [sys.executable, "-m", "pyperf", "command", *once, "--copy-env", "--quiet", "--output", str(result), "--"]
    command = [sys.executable, "-m", "scripts", arguments[0], "--root", str(folder / "clone"), *arguments[1:]]
    done = subprocess.run([*timer, *command], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    seconds = pyperf.Benchmark.load(str(result)).get_values()
    result.unlink()
    return seconds[0]
