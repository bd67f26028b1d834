"""The snippets of docs/using.md, and ways to run them as they stand from inside a release."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fictional import PROJECT
from tests.programs import needs

PAGE = PROJECT / "docs" / "using.md"
READERS = PROJECT / ".venv-readers" / "bin" / "python"
OURS = ("frictionless", "mlcroissant", "datasette")  # they come with the project's own environment
SPARK = ("--conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1 --conf spark.ui.enabled=false "
         "--conf spark.sql.shuffle.partitions=2 --conf spark.ui.showConsoleProgress=false --driver-memory 1g "
         '--driver-java-options "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" '  # our tables are too small to be worth what Java optimizes
         "pyspark-shell")
MARK = "\n--- what the snippet left ---\n"
LEFT = """
import json, sys
names = {}
exec(compile(sys.argv[1], "snippet", "exec"), names)
print(sys.argv[2] + json.dumps(eval(sys.argv[3], names), default=str))
"""


@dataclass(frozen=True)
class Snippet:
    """A fenced block: the section it stands in with its number there, as `DuckDB 2`, its language and text."""

    name: str
    language: str
    text: str


def snippets(page: str) -> list[Snippet]:
    """The fenced blocks of a page."""
    found = []
    for section in re.split(r"(?m)^## ", page):
        blocks = re.findall(r"(?ms)^```(\S*)\n(.*?)^```$", section)
        found += [Snippet(f"{section.splitlines()[0]} {number}", language, text) for number, (language, text) in enumerate(blocks, 1)]
    return found


def readers() -> str:
    """The Python of users, which has none of our code. Without it the test is skipped; on CI it fails."""
    if not READERS.exists():
        reason = "there is no .venv-readers: run `make test`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return str(READERS)


def environment() -> dict[str, str]:
    """Ours with the programs of both environments on the path; Spark stays on this machine."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_SUBMIT_ARGS": SPARK,
            "PYSPARK_PYTHON": str(READERS)}


def run(command: list[str], folder: Path) -> str:
    """What a program prints that is run in a folder and goes well."""
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(snippet: Snippet, folder: Path, expression: str):
    """Run a Python snippet as it stands; then the value of an expression over the names that it leaves, as JSON has it. It must print
    something."""
    assert snippet.language == "python"
    if "pyspark" in snippet.text:
        needs("java")
    own = any(f"import {name}" in snippet.text or f"from {name}" in snippet.text for name in OURS)
    printed, _, left = run([sys.executable if own else readers(), "-c", LEFT, snippet.text, MARK, expression], folder).partition(MARK)
    assert printed.strip()
    return json.loads(left)
