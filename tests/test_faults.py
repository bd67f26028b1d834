"""Whatever kills a command, and wherever a disk fails: the tables are those before or those after. `make faults` does more of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.fictional import PROJECT, write_package
from tests.programs import needs

CARD = "claims: [{id: zzz-claim-new, claim: Zzz is new., channel: policy, made_in: zzz-full, finding: not_checked}]\n"


@pytest.mark.slow
@pytest.mark.parametrize("parts", [("format", "recovery", "add"), ("folder", "errors", "together", "release")], ids=" ".join)
def test_a_slice_of_make_faults(parts, tmp_path):
    """In a process of its own, since it forks."""
    done = subprocess.run([sys.executable, "-m", "tests.run_faults", *(f"--part={part}" for part in parts), str(tmp_path)], cwd=PROJECT,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


INSIDE = """mount -t tmpfs -o size=8m none "$1" && cp -r "$0/." "$1" && cd "$1" || exit 98
case $2 in full) cat /dev/zero > filler 2>/dev/null;; ro) mount -o remount,ro "$1";; esac
shift 2
cd "$OLDPWD" && "$@"
code=$?
diff -r --exclude=filler "$0" "$PLACE" >&2 || exit 99
exit $code"""


@pytest.mark.slow
@pytest.mark.parametrize(("command", "disk", "words"), [("add", "full", "No space left"), ("format", "ro", "Read-only")])
def test_tables_on_a_full_disk_and_on_one_that_cannot_be_written(command, disk, words, tmp_path):
    """A small file system of its own, in a space of names of its own."""
    root, place = tmp_path / "root", tmp_path / "disk"
    for folder in (root, place):
        folder.mkdir()
    write_package(root)
    (tmp_path / "card.yaml").write_text(CARD)
    if command == "format":
        (root / "data/claims.csv").write_bytes((root / "data/claims.csv").read_bytes().replace(b"\n", b"\r\n"))
    as_root = [] if os.getuid() == 0 else ["sudo", "--non-interactive", "--preserve-env"]
    card = [str(tmp_path / "card.yaml")] if command == "add" else []
    ours = [sys.executable, "-m", "scripts", command, *card, "--root", str(place)]
    done = subprocess.run([*as_root, needs("unshare"), "--mount", "sh", "-c", INSIDE, str(root), str(place), disk, *ours], cwd=PROJECT,
                          env={**os.environ, "PLACE": str(place)}, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and words in said and "othing was" in said and "Traceback" not in said, said
