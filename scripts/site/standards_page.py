"""The page on who led what in standards bodies, and on countries' shares of the roles there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import shares, timeline
from .cells import Item, record_item
from .content import Site
from .page import Page

PLACE = "standards/"


@dataclass(frozen=True)
class Body:
    """A body, how many roles in it are recorded and how many of them are leading ones, and the lists of both."""

    item: Item
    roles: int
    leading: int
    all_place: str
    leading_place: str


def pages(site: Site) -> Iterator[Page]:
    """The page."""
    rows = site.rows("standards_roles")
    dated = sum(bool(row["started"] and row["ended"]) for row in rows)
    offices = timeline.leading_roles(site)
    leading = sum(row["role"] in offices for row in rows)
    yield Page(PLACE, "Who led what in standards bodies", "standards.html", {
        "roles": len(rows), "undated": len(rows) - dated, "leading": leading, "bodies": bodies(site),
        "offices": [site.term("standards_role", role) for role in offices],
        "timelines": list(timeline.charts(site, PLACE)), "with_years": sum(1 for _ in timeline.terms(site)),
        "shares": list(shares.charts(site, PLACE)), "share_kinds": len(shares.kinds(site)), "dated_part": shares.DATED,
        "open_shares": shares.undetermined(site),
        "china": site.label("countries", site.settings.china)},
        about="Who held leading roles in standards bodies in which years, as far as sources tell, and countries' shares of the roles.",
        part_of=PLACE)


def bodies(site: Site) -> list[Body]:
    """Every body with a recorded role, those with most roles first."""
    found, offices = [], timeline.leading_roles(site)
    for body in site.values("standards_roles", "body_id"):
        rows, item = site.where("standards_roles", "body_id", body), record_item(site, "organizations", body)
        found.append(Body(item, len(rows), sum(row["role"] in offices for row in rows), shares.roles_place(body),
                          shares.roles_place(body, *offices)))
    return sorted(found, key=lambda body: (-body.roles, body.item.text, body.all_place))
