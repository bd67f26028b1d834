"""Rules on `deployments`."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pycountry

from scripts.problem import ERROR, WARNING
from scripts.rule import Content, Rows, Tables, rule
from scripts.support import support

from .shared import dates, dates_in_order, has_read_source, id_is_free, no_cycle, no_near_duplicate, should_be_supported, supported

LINK = "deployment_citations"
CEASED = ("completed", "suspended", "cancelled", "removed", "defunct")
NEEDS_SUPPLIER = ("system", "infrastructure", "model", "technology_transfer")
WEIGHTY = ("official_document", "research", "dataset", "ngo_report")
MONEY = ["value_amount", "value_currency", "value_kind"]
SECOND = {"deployment_id": "zzz-second", "title": "Something else entirely new"}
NOBODY = {"deployment_parties": None, "claim_organizations": [{"organization_id": "zzz-supplier"}]}
LINKED = {"deployment_parties": [{"deployment_id": "zzz-second"}], LINK: [{"deployment_id": "zzz-second"}]}


@rule("deployments", "ended-status", ERROR, ["ended", "status"], message="The status is `{status}`, yet `ended` is {ended}.",
      hint=f"`ended` goes with {', '.join(CEASED)}; finishing construction is no end.",
      good={"ended": "2021", "status": "completed"}, bad={"ended": "2021", "status": "operational"})
def ended_with_status(content: Content, _tables: Tables) -> pd.Series:
    """`ended` stands only with a status that says so."""
    return (content.rows.ended == "") | content.rows.status.isin(CEASED)


def not_given(rows: Rows, _tables: Tables) -> pd.DataFrame:
    """The first of amount, currency and kind that is empty."""
    return pd.DataFrame({"at": (rows[MONEY] == "").idxmax(axis=1)})


@rule("deployments", "value-together", ERROR, MONEY, message="Of amount, currency and kind of the value only some are given.",
      hint="Give all three or none.", explain=not_given,
      good={"value_kind": "contract"}, bad={"value_kind": ""})
def value_together(content: Content, _tables: Tables) -> pd.Series:
    """Amount, currency and kind of a value stand together."""
    given = (content.rows[MONEY] != "").sum(axis=1)
    return given.isin([0, len(MONEY)])


@rule("deployments", "unknown-currency", ERROR, ["value_currency"], message="`{value_currency}` is no currency of ISO 4217.",
      hint="Use its three-letter code: USD, EUR, CNY …", good={"value_currency": "CNY"}, bad={"value_currency": "ZZZ"})
def currency_exists(content: Content, _tables: Tables) -> pd.Series:
    """A currency code is one of ISO 4217."""
    return content.rows.value_currency.isin(currencies())


@cache
def currencies() -> frozenset[str]:
    """The codes of ISO 4217, and the empty text. Source: pycountry."""
    return frozenset(currency.alpha_3 for currency in pycountry.currencies) | {""}


def with_party(content: Content, tables: Tables, *roles: str) -> pd.Series:
    """Which records have a party (in one of the roles)."""
    parties = tables["deployment_parties"]
    return content.rows.deployment_id.isin(parties.deployment_id[parties.party_role.isin(roles)] if roles else parties.deployment_id)


@rule("deployments", "no-party", ERROR, ["channel"], needs=("deployment_parties",), lacks=True,
      message="The record names no party.", hint="Add a row to data/deployment_parties.csv: who supplies, runs or pays for it.",
      good={"channel": "information_operation", **NOBODY, LINK: [{"supports": "country_code;value_amount"}]},
      bad={"channel": "training", **NOBODY, LINK: [{"supports": "country_code;value_amount"}]})
def has_party(content: Content, tables: Tables) -> pd.Series:
    """A deployment has at least one party, but for an information operation whose operator is unknown."""
    return with_party(content, tables) | (content.rows.channel == "information_operation")


@rule("deployments", "no-supplier", WARNING, ["channel"], needs=("deployment_parties",), lacks=True,
      message="The record names no supplier.", hint="Add the supplier if a source names it; a firm that only offered is `bidder`.",
      good={"channel": "model", "deployment_parties": [{"party_role": "bidder"}, {"party_role": "supplier", "-": "left out"}]},
      bad={"channel": "model", "deployment_parties": [{"party_role": "partner"}, {"party_role": "supplier", "-": "left out"}]})
def has_supplier(content: Content, tables: Tables) -> pd.Series:
    """A system, infrastructure, model or technology transfer names its supplier, or who sought to be it."""
    return with_party(content, tables, "supplier", "bidder") | ~content.rows.channel.isin(NEEDS_SUPPLIER) | ~with_party(content, tables)


@rule("deployments", "weak-documented", WARNING, ["rights_concern"], needs=(LINK, "citations"), lacks=True,
      message="The rights concern is `documented`, but no source is an official document, research, dataset or NGO report.",
      hint="Add such a source, or code it `alleged`.",
      good={"rights_concern": "documented", "citations": [{"citation_type": "ngo_report"}]},
      bad={"rights_concern": "documented", "citations": [{"citation_type": "news"}]})
def documented_by_weight(content: Content, tables: Tables) -> pd.Series:
    """A documented rights concern has an official document, research, dataset or NGO report among its sources."""
    links, types = support(tables, "deployments"), tables.contents["citations"].coded("citation_type")
    weighty = np.append(types.in_rows(pc.is_in(types.texts, pa.array(WEIGHTY))), False)[links.source]
    return (content.rows.rights_concern != "documented") | links.of(weighty)


def missing_support(column: str) -> dict:
    """The supports of the example record without the column."""
    every = ["country_code", "parties", "rights_concern", "value_amount"]
    return {LINK: [{"supports": ";".join(name for name in every if name != column)}]}


RULES = [
    id_is_free("deployments", good={"deployments": [SECOND], **LINKED},
               bad={"deployments": [{**SECOND, "deployment_id": "zzz-body"}], "deployment_parties": [{"deployment_id": "zzz-body"}],
                    LINK: [{"deployment_id": "zzz-body"}]}),
    *dates("deployments", "status_as_of", "announced", "started", "ended", example="started"),
    dates_in_order("deployments", "announced", "started", "ended",
                   good={"announced": "2019", "started": "2019-04"}, bad={"announced": "2020", "started": "2019-04"}),
    ended_with_status, value_together, currency_exists, has_party, has_supplier,
    has_read_source("deployments", LINK, good={}, bad={"citations": [{"citation_id": "zzz-source", "access": "listed"}]}),
    supported("deployments", LINK, "country_code", good={}, bad=missing_support("country_code")),
    supported("deployments", LINK, "parties", when=with_party, good={}, bad=missing_support("parties")),
    supported("deployments", LINK, "rights_concern", when=lambda content, _: content.rows.rights_concern != "none_reported",
              good={"rights_concern": "none_reported", **missing_support("rights_concern")},
              bad={"rights_concern": "alleged", **missing_support("rights_concern")}),
    supported("deployments", LINK, "value_amount", when=lambda content, _: content.rows.value_amount != "", good={},
              bad=missing_support("value_amount")),
    *(should_be_supported("deployments", LINK, column, good={column: ""}, bad={column: cell, "status": "completed"})
      for column, cell in [("place", "Zzz"), ("announced", "2019"), ("started", "2019"), ("ended", "2021")]),
    *(should_be_supported("deployments", LINK, column, unless, good={}, bad=missing_support(column))
      for column, unless in [("channel", ""), ("technologies", ""), ("purposes", ""), ("status", "unknown")]),
    documented_by_weight,
    no_cycle("deployments", "part_of", good={}, bad={"part_of": "zzz-deployment"}),
    no_near_duplicate("deployments", "title", "country_code", leave_out=True,
                      good={"deployments": [SECOND], **LINKED},
                      bad={"deployments": [{**SECOND, "title": "Camera network, the Zzz city"}], **LINKED}),
]
