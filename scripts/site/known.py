"""How much is known: shares of the records that say how far to trust them, and the page with the records behind those that no list
can be asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .cells import Item, record_item
from .content import Site
from .lists import explorer
from .page import Page
from .years import PLACE as YEARS
from .years import UNDATED, first_dated

PLACE = "known/"


@dataclass(frozen=True)
class Share:
    """So many of so many, what they are in words, the page with them or with why, and on the page `known/` an anchor and the records."""

    number: int
    of: int
    words: str
    place: str
    anchor: str = ""
    items: tuple[Item, ...] = ()

    @property
    def share(self) -> float:
        return self.number / self.of if self.of else 0


def listed(anchor: str, items: list[Item], of: int, words: str) -> Share:
    """A share whose records stand on the page `known/`."""
    return Share(len(items), of, words, f"{PLACE}#{anchor}", anchor, tuple(items))


def shares(site: Site) -> list[Share]:
    """All of them, but those of nothing."""
    return [share for share in (*of_sources(site), *of_records(site), *of_deployments(site), *of_lists(site)) if share.of]


def pages(site: Site) -> Iterator[Page]:
    """The page with the records behind some shares."""
    yield Page(PLACE, "How much is known: the records", "known.html", {"shares": [share for share in shares(site) if share.anchor]},
               about="The records that rest on one publisher, the terms without a start or an end, the lists that are not complete.")


def of_sources(site: Site) -> Iterator[Share]:
    sources = len(site.rows("citations"))
    for access, words in (("full_text", "sources were read in full"), ("excerpt", "sources were read in part"),
                          ("listed", "sources are only known from another source and were not read")):
        yield Share(len(site.where("citations", "access", access)), sources, words, explorer("citations", "", access=access).place)


def of_records(site: Site) -> Iterator[Share]:
    rows = site.rows("record_quality")
    alone = [record_item(site, row["table"], row["record_id"]) for row in rows if row["independent_publishers"] == "1"]
    yield listed("one-publisher", alone, len(rows), "deployments, roles and texts rest on one publisher")


def of_deployments(site: Site) -> Iterator[Share]:
    rows = site.rows("deployments_flat")
    unstated = sorted({row["ai_basis"] for row in rows} - {"stated"})
    yield Share(sum(row["disputed"] == "true" for row in rows), len(rows), "deployments are disputed in some part by a source",
                explorer("deployments", "", disputed="true").place)
    yield Share(sum(row["ai_basis"] in unstated for row in rows), len(rows), "deployments have no source that says that AI is at work",
                explorer("deployments", "", ai_basis=unstated).place)
    yield Share(sum(first_dated(row) == UNDATED for row in rows), len(rows), "deployments have no date of announcement or start",
                f"{YEARS}#{UNDATED.lower()}")


def of_lists(site: Site) -> Iterator[Share]:
    roles, shares, lists = (site.rows(name) for name in ("standards_roles", "standards_share", "signatories"))
    undated = [record_item(site, "standards_roles", row["role_id"]) for row in roles if not (row["started"] and row["ended"])]
    yield listed("undated-terms", undated, len(roles), "terms in standards bodies lack a start or an end")
    yield Share(sum((row["share_low"], row["share_high"]) == ("0", "1") for row in shares), len(shares),
                "rows of shares, of a country in a role, body and year, have the bounds 0 and 100%", "standards/#shares")
    yield listed("open-lists", [open_list(site, row) for row in lists if row["complete"] == "false"], len(lists),
                 "lists of those who backed or declined a text are not shown to be complete")


def open_list(site: Site, row: dict[str, str]) -> Item:
    """A list that is not complete: the text, and the act that it is a list of."""
    text = record_item(site, "policy_statements", row["statement_id"])
    return Item(f"{text.text}: {site.term('endorsement_action', row['action']).lower()}", text.place)
