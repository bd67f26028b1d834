"""Mutation testing of the rules with mutmut: does a test notice when one spot of a rule or a check is changed? `python -m mutation`."""
