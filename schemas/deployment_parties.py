"""Rules on `deployment_parties`."""

RULES: list = []
