"""Rules on `deployment_citations`."""

from __future__ import annotations

import pandas as pd

from scripts.problem import ERROR
from scripts.rule import Content, Tables, rule
from scripts.support import support

from .shared import supports_something, takes_one_side


@rule("deployment_citations", "supports-unknown", ERROR, ["supports"], needs=("deployments", "citations"),
      message="A source supports the `status`, yet the record has the status `unknown`.",
      hint="Take `status` out of `supports`, or code the status that the source states.",
      good={"deployments": [{"status": "operational"}], "supports": "country_code;parties;status;value_amount"},
      bad={"deployments": [{"status": "unknown"}], "supports": "country_code;parties;status;value_amount"})
def unknown_is_no_fact(content: Content, tables: Tables) -> pd.Series:
    """A status of `unknown` is supported by nothing."""
    deployments = tables["deployments"]
    unknown = deployments.deployment_id[deployments.status == "unknown"]
    return ~(support(tables, "deployments").names("status") & content.rows.deployment_id.isin(unknown))


RULES = [
    unknown_is_no_fact,
    supports_something("deployment_citations", "deployments",
                       good={"deployments": [{"place": "Zzz"}], "supports": "country_code;parties;place;value_amount"},
                       bad={"supports": "country_code;parties;place;value_amount"}),
    takes_one_side("deployment_citations", "deployments", good={"stance": "disputes", "supports": "ai_basis"},
                   bad={"stance": "disputes", "supports": "parties"}),
]
