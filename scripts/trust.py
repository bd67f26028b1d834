"""What a descriptor of unknown origin may name: paths that stay inside the package, and patterns that no text can make stall."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

LONGEST = 200  # characters of a path
LINEAR = ("Write it without what looks ahead or behind, refers back, takes in all at once or repeats something more than 1,000 times: see "
          "https://github.com/google/re2/wiki/Syntax.")


def safe_path(root: Path, path: object) -> bool:
    """Whether a path from a descriptor stays inside the package, symbolic links followed, and leads to nothing hidden there."""
    if not isinstance(path, str) or not 0 < len(path) <= LONGEST or not path.isprintable() or "\\" in path or ":" in path:
        return False
    pure = PurePosixPath(path)
    return not pure.is_absolute() and not any(part.startswith(".") for part in pure.parts) and is_inside(root, pure)


def is_inside(root: Path, path: PurePosixPath) -> bool:
    """Whether a relative path stays inside a folder, symbolic links followed."""
    try:
        return (root / path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def may_stall(pattern: object) -> bool:
    """Whether a regular expression is one that only engines which may take forever can search for."""
    try:
        re.compile(pattern)
    except (TypeError, ValueError, ArithmeticError, re.error, RecursionError):  # no regular expression at all: told with the constraints
        return False
    import pyarrow as pa  # here, as it takes a while to import
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except ValueError:
        return True
    return False
