"""Rules on `countries`."""

RULES: list = []
