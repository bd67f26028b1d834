"""The records of a country: deployments there, roles, statements that it issued, organizations with their seat there."""

from __future__ import annotations

from dataclasses import dataclass

from ..derive.countries import projects
from ..package import MISSING
from ..records import Row
from .cells import Item, record_item
from .content import Site
from .lists import Kept, Line, Listing, explorer, kept, newest_first, of_records, record_line

COUNTS = "“deploys” rests on it"


@dataclass(frozen=True)
class Roles:
    """Roles whose own country it is; those without a country of their own and with an affiliation that has its seat there; those of
    another country with such an affiliation."""

    own: Listing
    by_affiliation: Listing
    of_others: Listing


def deployed(site: Site, code: str) -> list[Row]:
    """The deployments in a country, those that have it as a further country included."""
    further = [site.row("deployments_flat", row["deployment_id"]) for row in site.where("deployment_countries", "country_code", code)]
    return [*site.where("deployments_flat", "country_code", code), *further]


def counting(site: Site, code: str) -> list[str]:
    """The deployments that the answer on what a country deploys rests on."""
    return [one.deployment_id for one in projects(site.tables, site.settings).get(code, []) if one.counts]


def deployments(site: Site, code: str) -> Listing:
    """The deployments in a country by status, the newest first."""
    resting = counting(site, code)
    groups: dict[str, list[Line]] = {title: [] for title in site.own.status_groups}
    of_status = {status: title for title, statuses in site.own.status_groups.items() for status in statuses}
    for row in deployed(site, code):
        identifier, elsewhere = row["deployment_id"], row["country_code"] != code
        marks = [mark for mark, holds in ((COUNTS, identifier in resting), (f"recorded under {row['country_name']}", elsewhere)) if holds]
        groups[of_status[row["status"]]].append(record_line(site, "deployments", identifier, ["country_code"], marks))
    everything = []
    if site.where("deployments_flat", "country_code", code):
        everything.append(explorer("deployments", "Those of this country in the list of deployments", country_code=code))
    if site.where("deployment_countries", "country_code", code):
        everything.append(explorer("deployments", "Those that have it as a further country", further_countries=code))
    return of_records(site, "deployments", {title: sorted(lines, key=newest_first) for title, lines in groups.items()}, everything)


def held(site: Site, code: str) -> list[str]:
    """The roles that count as a country's: its own, and those without a country that have an affiliation with its seat there."""
    own = [row["role_id"] for row in site.where("standards_roles", "country_code", code)]
    return own + [row["role_id"] for row in affiliated(site, code) if row["country_code"] == MISSING]


def affiliated(site: Site, code: str) -> list[Row]:
    """The roles with an affiliation that has its seat in a country."""
    return site.where("standards_roles_flat", "affiliation_country_code", code)


def roles(site: Site, code: str) -> Roles:
    """The roles that have to do with a country, the newest first."""
    def listed(rows: list[Row], *everything: Item) -> Listing:
        lines = [record_line(site, "standards_roles", row["role_id"], ["country_code"] if row["country_code"] in (code, MISSING) else [])
                 for row in rows]
        return of_records(site, "standards_roles", sorted(lines, key=newest_first), everything)

    others = affiliated(site, code)
    all_of_seat = explorer("standards_roles", "All with such an affiliation in the list of roles", affiliation_country_code=code)
    return Roles(listed(site.where("standards_roles", "country_code", code),
                        explorer("standards_roles", "These in the list of roles", country_code=code)),
                 listed([row for row in others if row["country_code"] == MISSING], all_of_seat),
                 listed([row for row in others if row["country_code"] not in (code, MISSING)], all_of_seat))


def organizations(site: Site, code: str) -> list[Kept]:
    """The organizations with their seat in a country, by type in the order of the vocabulary."""
    found: dict[str, list[Item]] = {term: [] for term in site.package.vocabularies["organization_type"].terms}
    for row in sorted(site.where("organizations", "country_code", code), key=lambda row: (row["name"], row["organization_id"])):
        found[row["organization_type"]].append(record_item(site, "organizations", row["organization_id"]))
    return kept({site.term("organization_type", term): some for term, some in found.items()})
