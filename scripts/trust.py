"""What a path in a descriptor of unknown origin may lead to: what lies inside the package."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

LONGEST = 200  # characters of a path


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
