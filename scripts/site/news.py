"""What is new since the last release; where there was none, the records that were added last."""

from __future__ import annotations

from dataclasses import dataclass

from ..delta import ADD, GONE, MOD, delta
from .cells import Item, record_item
from .content import Site

RECORDS = ("deployments", "standards_roles", "policy_statements", "claims", "organizations", "citations")
DATED = RECORDS[:3]  # of these the newest are listed
NEWEST = 8


@dataclass(frozen=True)
class Change:
    """How many records of a table were added, changed and withdrawn, and the first that were added."""

    table: str
    added: int
    changed: int
    withdrawn: int
    first: list[Item]


@dataclass(frozen=True)
class News:
    """The version before ('' for none) and why it cannot be compared ('' where it can), the changes since, and the records that were
    added last with the day, where there is nothing to compare with."""

    before: str
    notice: str
    changes: list[Change]
    newest: list[tuple[str, Item]]


def news(site: Site) -> News:
    """What is new."""
    before = site.before
    return News(before.version, before.notice, changes(site) if before.tables else [], [] if before.tables else newest(site))


def changes(site: Site) -> list[Change]:
    """The tables whose records differ from those of the release before."""
    cells = delta(site.before.tables, site.tables)
    found = []
    for name in RECORDS:
        ids = {operation: list(dict.fromkeys(cells.id[(cells.table == name) & (cells.operation == operation)]))
               for operation in (ADD, MOD, GONE)}
        if any(ids.values()):
            found.append(Change(site.package.tables[name].title, *map(len, ids.values()),
                                [record_item(site, name, one) for one in ids[ADD][:NEWEST]]))
    return found


def newest(site: Site) -> list[tuple[str, Item]]:
    """The records that were added last by the history of the repository, the newest first; nothing where no history is known."""
    added = [(known[-1].day, name, identifier) for (name, identifier), known in site.history.items() if name in DATED]
    return [(day, record_item(site, name, identifier)) for day, name, identifier in sorted(added, reverse=True)
            if site.has_page(name, identifier)][:NEWEST]
