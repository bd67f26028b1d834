"""Which commits changed each record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .package import RECORDED, Package
from .versions import git

PLAIN = ("--src-prefix=a/", "--dst-prefix=b/", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--relative")
FORMAT = "%x00%H%x00%as%x00%s"
ENTRY = re.compile("\n\0([0-9a-f]{40}(?:[0-9a-f]{24})?)\0([0-9-]{10})\0")  # a line of a patch starts with a sign, whatever a table holds


@dataclass(frozen=True)
class Revision:
    """A commit: its full id, its day, and the first line of its message."""

    commit: str
    day: str
    subject: str


def revisions(package: Package) -> dict[tuple[str, str], list[Revision]]:
    """Table and id of a record → the commits that changed a row of it, the newest first. Nothing where the dataset is in no git
    repository, or in one whose history is cut off: its oldest commit seems to have made every record. Like `git log` it follows no
    merge in its own right."""
    if is_cut_off(package):
        return {}
    owners = {table.path: table.owner for table in package.tables.values() if table.folder == RECORDED}
    try:
        log = git(package.root, "log", f"--format={FORMAT}", "--encoding=UTF-8", "--patch", "--unified=0", *PLAIN, "--", *owners)
    except OSError:  # no git
        return {}
    found: dict[tuple[str, str], list[Revision]] = {}
    _, *entries = ENTRY.split("\n" + log.stdout.decode(errors="replace"))
    for commit, day, rest in zip(*[iter(entries)] * 3, strict=True):
        subject, _, patch = rest.partition("\n")
        for key in dict.fromkeys(changed(patch, owners)):
            found.setdefault(key, []).append(Revision(commit, day, subject))
    return found


def is_cut_off(package: Package) -> bool:
    """Whether the repository that the dataset lies in has the newest commits only (`git clone --depth`)."""
    try:
        return git(package.root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    except OSError:  # no git
        return False


def changed(patch: str, owners: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Table and id of each record of which a patch adds or removes a row."""
    owner = None
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            owner = None
        elif line.startswith(("--- a/", "+++ b/")):
            owner = owners.get(line[6:].rstrip("\t"), owner)
        elif owner and line[:1] in ("+", "-") and not line.startswith(("+++ /dev/null", "--- /dev/null")):
            yield owner, line[1:].split(",", 1)[0].strip('"')
