"""Rules on `organizations`."""

from .shared import is_used, no_cycle, no_near_duplicate

SECOND = {"organization_id": "zzz-second", "country_code": "ZZB"}
USE = [{"organization_id": "zzz-second"}]

RULES = [
    no_cycle("organizations", "parent_organization_id",
             good={"organizations": [{"organization_id": "zzz-body", "parent_organization_id": "zzz-issuer"}]},
             bad={"organizations": [{"organization_id": "zzz-body", "parent_organization_id": "zzz-body"}]}),
    is_used("organizations", "organizations", "deployment_parties", "standards_roles", "policy_statements", "claim_organizations",
            good={"organizations": [{**SECOND, "name": "Yyy Works"}], "deployment_parties": USE},
            bad={"organizations": [{**SECOND, "name": "Yyy Works"}]}),
    no_near_duplicate("organizations", "name", "country_code", leave_out=False,
                      good={"organizations": [{**SECOND, "name": "Yyy Works"}], "deployment_parties": USE},
                      bad={"organizations": [{**SECOND, "name": "The ZZZ Supplier Co., Ltd."}], "deployment_parties": USE}),
]
