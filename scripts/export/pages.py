"""Pages of the documentation that stand in a release: how to load it, how the facts were gathered, what is known to be missing."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from urllib.parse import urlsplit

from ..tables import Tables

PAGES = ("docs/using.md", "docs/methodology.md", "docs/known-gaps.md")
THERE = {page: posixpath.basename(page) for page in PAGES} | {"docs/answers.md": "answers.md", "docs/codebook.md": "codebook.html"}
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s#]*)(#[^)\s]*)?\)")


def write(tables: Tables, folder: Path) -> None:
    """Write the pages into the folder. Raises OSError where one cannot be read or written."""
    for page in PAGES:
        text = (tables.package.root / page).read_text(encoding="utf-8")
        (folder / THERE[page]).write_bytes(relinked(page, text).encode())


def relinked(page: str, text: str) -> str:
    """The Markdown of a page of the repository with its links as they are in a release."""
    return LINK.sub(lambda found: link(page, *found.groups()), text)


def link(page: str, words: str, target: str, anchor: str | None) -> str:
    """A link of a page of the repository as it stands in a release: to where the file stands there, or only its words."""
    if urlsplit(target).scheme or not target:
        return f"[{words}]({target}{anchor or ''})"
    path = path_of(page, target)
    there = path if path.startswith("schemas/") else THERE.get(path)
    return f"[{words}]({there}{anchor or ''})" if there else words


def path_of(page: str, target: str) -> str:
    """The path in the repository of what a page of it links to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
