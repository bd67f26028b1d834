"""Rules on `statement_citations`."""

from .shared import supports_something

RULES = [
    supports_something("statement_citations", "policy_statements", good={"supports": "issued;themes"},
                       bad={"supports": "forum;issued;themes"}),
]
