"""Whatever kills a command, and wherever a disk fails: the tables are those before or those after. `make faults` does more of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fictional import PROJECT


@pytest.mark.slow
@pytest.mark.parametrize("part", ["format", "add", "recovery", "errors", "folder", "together", "release"])
def test_a_slice_of_make_faults(part, tmp_path):
    """In a process of its own, since it forks."""
    done = subprocess.run([sys.executable, "-m", "tests.run_faults", "--part", part, str(tmp_path)], cwd=PROJECT, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
