"""Rules on `role_citations`."""

from .shared import supports_something

RULES = [
    supports_something("role_citations", "standards_roles", good={"supports": "committee;country_code;holder;role"},
                       bad={"supports": "committee;country_code;ended;holder;role"}),
]
