"""The explorer: a static site of all tables, in which every number leads to its records and every record to its sources."""
