"""The release before this one: which it is, its tables, and the settings of its derived tables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from . import versions
from .changelog import CHANGELOG, read_changelog, version_of
from .delta import ids_of
from .derive.build import derive
from .derive.settings import read_settings, settings_of
from .derived import with_derived
from .package import RECORDED, Package
from .read import read
from .tables import Tables

TAG = "refs/tags/v{}"  # as the workflow of releases takes it


@dataclass(frozen=True, eq=False)
class Previous:
    """The release before: its version, and its recorded tables under a package that has the derived ones too, where it had such. A first
    release has none, and an empty version. Where there is one that cannot be had, `notice` says why, and there are no tables. `settings`
    are those of its derived tables as they were written (None where it had none), `given` is the name that a person gave for it,
    None where nobody did."""

    version: str = ""
    tables: Tables | None = None
    notice: str = ""
    settings: dict | None = None
    given: str | None = None


def previous_release(package: Package, given: str | None = None) -> Previous:
    """The release before the version of a package: what `given` names (a git revision, a folder or a zip), else the newest older version
    of the changelog, found by its git tag, `v1.2.0`."""
    if given is not None and not given.strip():
        return Previous(given, notice="`--previous` names nothing.", given=given)
    if given is not None:
        found = read_version(versions.version(package.root, given), given)
        missing = " There is no file or folder of that name either." * bool(found.notice and not is_there(given))
        return replace(found, version=found.version if found.tables else given, notice=found.notice + missing, given=given)
    version = version_before(package)
    if not version:
        return Previous()
    found = tagged(package.root, version)
    notice = found.notice and f"{CHANGELOG} names {version} as the release before, but {found.notice[0].lower()}{found.notice[1:]}"
    return replace(found, version=version, notice=notice)


def is_there(name: str) -> bool:
    """Whether a name is the path of a file or folder, whatever the name."""
    try:
        return Path(name).exists()
    except (OSError, ValueError):
        return False


def version_before(package: Package) -> str:
    """The newest released version in the changelog that is older than that of the package, or ''."""
    now = version_of(package.descriptor.get("version"))
    released = [version_of(section.version) for section in read_changelog(package.root)[0] if section.version]
    older = [version for version in released if now is None or version < now]
    return str(max(older)) if older else ""


def tagged(root: Path, version: str) -> Previous:
    """What stands at the git tag of a version; without tables where there is none, or none that can be had."""
    tag = TAG.format(version)
    if not versions.resolve(root, tag)[0]:
        return Previous(version, notice=f"There is no git tag `v{version}` here.")
    name = tag.removeprefix("refs/tags/")
    found = read_version(versions.revision(root, tag), name)
    if found.tables and found.version != version:
        return Previous(version, notice=f"The git tag `{name}` holds the version {found.version}.")
    return found


def read_version(version: AbstractContextManager[tuple[Package | None, str]], name: str) -> Previous:
    """A version of the dataset, with its tables and settings or why they cannot be compared."""
    with version as (package, reason):
        if package is None:
            return Previous(notice=reason or f"`{name}` holds no dataset that can be loaded.")
        tables, number = read(package), str(package.descriptor.get("version", ""))
        reason = unsound(tables)
        if reason:
            return Previous(number, notice=f"`{name}`: {reason}")
        return Previous(number, Tables(with_derived(package)[0] or package, tables.contents), settings=read_settings(package.root))


def derived_before(previous: Previous, package: Package) -> tuple[Tables | None, str]:
    """The tables of the release before with the derived ones, by its own settings and vocabularies and by the code and the columns of
    today, those of `package`; a setting that it lacks is taken as it is today. None and why where there are none."""
    if previous.tables is None or previous.settings is None:
        return None, "The release before has no settings to work them out by." if previous.tables else ""
    now = read_settings(package.root) or {}
    settings, problems = settings_of({key: previous.settings.get(key, value) for key, value in now.items()})
    own = previous.tables.package
    recorded = {name: table for name, table in own.tables.items() if table.folder == RECORDED}
    whole, more = with_derived(replace(own, root=package.root, tables=recorded))
    if settings is None or whole is None:
        return None, (problems + more)[0].message
    try:
        tables = derive(previous.tables, replace(whole, vocabularies={**whole.vocabularies, **own.vocabularies}), settings)
        reason = unsound(tables)
        return (None, f"Worked out of the data of then, {reason}") if reason else (tables, "")
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        return None, f"The code of today cannot work them out of the data of then ({type(error).__name__}: {error})."


def unsound(tables: Tables) -> str:
    """Why tables cannot be compared, or '': one cannot be read, or a key stands twice."""
    for content in tables:
        if not content.whole:
            return f"the table `{content.table.name}` cannot be read."
        if len(set(ids := ids_of(content.rows, content.table))) < len(ids):
            return f"a key stands twice in the table `{content.table.name}`."
    return ""
