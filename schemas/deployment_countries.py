"""Rules on `deployment_countries`."""

from __future__ import annotations

import pandas as pd

from scripts.problem import ERROR
from scripts.rule import Content, Tables, rule


@rule("deployment_countries", "own-further-country", ERROR, ["country_code"], needs=("deployments",),
      message="`{country_code}` is already the country of the project.", hint="Delete the row: only further countries stand here.",
      good={"country_code": "ZZB"}, bad={"country_code": "ZZA"})
def is_further(content: Content, tables: Tables) -> pd.Series:
    """A project's own country is not among its further countries."""
    own = tables["deployments"].drop_duplicates("deployment_id").set_index("deployment_id").country_code
    return content.rows.deployment_id.map(own) != content.rows.country_code


RULES = [is_further]
