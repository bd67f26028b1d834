"""Rules on `role_citations`."""

from .shared import supports_something, takes_one_side

RULES = [
    supports_something("role_citations", "standards_roles", good={"supports": "committee;country_code;holder;role"},
                       bad={"supports": "committee;country_code;ended;holder;role"}),
    takes_one_side("role_citations", "standards_roles", good={"stance": "disputes", "supports": "started"},
                   bad={"stance": "disputes", "supports": "holder"}),
]
