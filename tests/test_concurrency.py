"""Two commands at once: none of them loses what the other wrote."""

from __future__ import annotations

import subprocess
import sys

from tests.fictional import PROJECT, write_package

CARD = "claims:\n- {{id: zzz-claim-{0}, claim: Zzz number {0}., channel: policy, made_in: zzz-full, finding: not_checked}}\n"


def test_cards_added_at_once_are_all_there(tmp_path):
    root = tmp_path / "package"
    root.mkdir()
    write_package(root)
    numbers = range(4)
    for number in numbers:
        (tmp_path / f"{number}.yaml").write_text(CARD.format(number))
    running = [subprocess.Popen([sys.executable, "-m", "scripts", "add", "--root", str(root), str(tmp_path / f"{number}.yaml")],
                                cwd=PROJECT, stdout=subprocess.DEVNULL) for number in numbers]
    assert [process.wait(timeout=120) for process in running] == [0] * len(running)
    text = (root / "data/claims.csv").read_text()
    assert all(f"zzz-claim-{number}," in text for number in numbers)
    assert not [path.name for path in (root / "data").iterdir() if path.name.startswith(".")]
