"""What is not known of a country: its records that rest on one publisher, are disputed or have no date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..package import MISSING
from .cells import record_item
from .content import Site
from .country_records import deployed, held
from .lists import ALONE, DISPUTED, Kept, kept, quality_marks

DATES = {"deployments": ("announced", "started"), "standards_roles": ("started",), "policy_statements": ("issued",)}


@dataclass(frozen=True)
class Gaps:
    """Records of a country, by their table: those that rest on one publisher, those that a source disputes, those without a date; and
    how many of its acts on texts have none."""

    alone: list[Kept]
    disputed: list[Kept]
    undated: list[Kept]
    undated_acts: int
    acts: int


def gaps(site: Site, code: str) -> Gaps:
    """What weakens the records of a country."""
    records = [*(("deployments", row["deployment_id"]) for row in deployed(site, code)),
               *(("standards_roles", one) for one in held(site, code)),
               *(("policy_statements", row["statement_id"]) for row in site.where("policy_statements", "country_code", code))]

    def those(weak: Callable[[str, str], bool]) -> list[Kept]:
        found = [(table, one) for table, one in records if weak(table, one)]
        return kept({site.package.tables[name].title: [record_item(site, table, one) for table, one in found if table == name]
                     for name in DATES})

    acts = site.where("statement_endorsements", "country_code", code)
    return Gaps(those(lambda table, one: ALONE in quality_marks(site, table, one)),
                those(lambda table, one: DISPUTED in quality_marks(site, table, one)),
                those(lambda table, one: not any(site.row(table, one)[column] for column in DATES[table])),
                sum(row["date"] == MISSING for row in acts), len(acts))
