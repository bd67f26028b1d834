"""Rules on `claims`."""

RULES: list = []
