"""The release before this one: which it is, and its tables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from . import versions
from .changelog import CHANGELOG, read_changelog, version_of
from .delta import ids_of
from .derived import with_derived
from .package import Package
from .read import read
from .tables import Tables

TAGS = ("refs/tags/v{}", "refs/tags/{}")


@dataclass(frozen=True, eq=False)
class Previous:
    """The release before: its version, and its recorded tables under a package that has the derived ones too, where it had such. A first
    release has none, and an empty version. Where there is one that cannot be had, `notice` says why, and there are no tables."""

    version: str = ""
    tables: Tables | None = None
    notice: str = ""


def previous_release(package: Package, given: str | None = None) -> Previous:
    """The release before the version of a package: what `given` names (a git revision, a folder or a zip), else the newest older version
    of the changelog, found by its git tag, `v1.2.0` or `1.2.0`."""
    if given is not None:
        tables, notice = read_version(versions.version(package.root, given), given)
        return Previous(str(tables.package.descriptor.get("version", "")) if tables else given, tables, notice)
    version = version_before(package)
    if not version:
        return Previous()
    tables, notice = tagged(package.root, version)
    return Previous(version, tables, notice and f"{CHANGELOG} names {version} as the release before, but {notice[0].lower()}{notice[1:]}")


def version_before(package: Package) -> str:
    """The newest released version in the changelog that is older than that of the package, or ''."""
    now = version_of(package.descriptor.get("version"))
    released = [version_of(section.version) for section in read_changelog(package.root)[0] if section.version]
    older = [version for version in released if now is None or version < now]
    return str(max(older)) if older else ""


def tagged(root: Path, version: str) -> tuple[Tables | None, str]:
    """The tables at the git tag of a version, or None and why there are none."""
    tag = next((tag for tag in (name.format(version) for name in TAGS) if versions.resolve(root, tag)[0]), None)
    if tag is None:
        return None, f"There is no git tag `v{version}` here."
    name = tag.removeprefix("refs/tags/")
    tables, reason = read_version(versions.revision(root, tag), name)
    if tables and tables.package.descriptor.get("version") != version:
        return None, f"The git tag `{name}` holds the version {tables.package.descriptor.get('version')}."
    return tables, reason


def read_version(version: AbstractContextManager[tuple[Package | None, str]], name: str) -> tuple[Tables | None, str]:
    """The tables of a version of the dataset, or None and why they cannot be compared."""
    with version as (package, reason):
        if package is None:
            return None, reason or f"`{name}` holds no dataset that can be loaded."
        tables = read(package)
        reason = unsound(tables)
        return (None, f"`{name}`: {reason}") if reason else (Tables(with_derived(package)[0] or package, tables.contents), "")


def unsound(tables: Tables) -> str:
    """Why tables cannot be compared, or '': one cannot be read, or a key stands twice."""
    for content in tables:
        if not content.whole:
            return f"the table `{content.table.name}` cannot be read."
        if len(set(ids := ids_of(content.rows, content.table))) < len(ids):
            return f"a key stands twice in the table `{content.table.name}`."
    return ""
