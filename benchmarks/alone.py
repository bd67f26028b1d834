"""Our checks in a process of their own, to see what they need: `python -m benchmarks.alone FOLDER` prints one JSON object."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

from scripts import report as reports
from scripts.validate import validate

PROJECT = Path(__file__).parent.parent


def alone(root: Path) -> dict:
    """Seconds, peak memory in megabytes, counts of problems and the length of the printed report, from a new process."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.alone", str(root)], cwd=PROJECT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """Check the folder and print what that took."""
    report = validate(Path(sys.argv[1]), fast=True)
    text = reports.render(report, "text")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # kilobytes on Linux
    print(json.dumps({"seconds": report.seconds, "peak_mb": round(peak, 1), "rows": sum(report.rows.values()), "lines": text.count("\n"),
                      "letters": len(text), "problems": sum(report.problems.counts.values()), "counts": dict(report.problems.counts)}))


if __name__ == "__main__":
    main()
