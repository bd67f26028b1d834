"""Run mutmut, then print the score of each module and what survived: `python -m mutation [NAME …]`, such as `schemas.shared*`.

Results are kept in `mutants/`; only what changed since is run again, and what is named. `python -m mutation show NAME` shows a change.
"""

from __future__ import annotations

import sys
from collections import Counter

from mutmut.__main__ import cli
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

from . import decorated, guards

KILLED = ("killed", "timeout", "segfault")


def report() -> str:
    """Killed of all by module, and the names of those that no test noticed."""
    lines, survivors = [], []
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        statuses = {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items()}
        if statuses:
            counted = Counter(statuses.values())
            rest = ", ".join(f"{count} {status}" for status, count in counted.items() if status != "killed")
            lines.append(f"{path}: {sum(counted[status] for status in KILLED)} of {len(statuses)} killed{f'; {rest}' if rest else ''}")
            survivors += [f"  {name}: {status}" for name, status in statuses.items() if status not in (*KILLED, "not checked")]
    return "\n".join([*lines, *survivors])


def main(arguments: list[str]) -> None:
    """Run a command of mutmut, or all mutants (those whose names are given) and the report."""
    decorated.install()
    guards.install()
    config()
    sys.dont_write_bytecode = False  # the modules with all their mutants take seconds to compile
    if arguments[:1] == ["report"]:
        print(report())
    elif arguments[:1] and arguments[0] in cli.commands:
        cli(arguments)
    else:
        cli(["run", "--max-children", "2", *arguments], standalone_mode=False)
        print(report())


if __name__ == "__main__":
    main(sys.argv[1:])
