"""The rows of the table `countries`: every code that a record may name.

Codes and names come from `pycountry` (ISO 3166-1). United Nations membership and the M49 geographic group
come from the data file that `country_converter` ships; the file is read as it is, because the library's own
class mistakes Namibia's two-letter code for a missing value. A code implies no view on sovereignty.
"""

import csv
from importlib import resources

import pycountry

COLUMNS = ("country_code", "name", "kind", "region", "subregion")

# The usual English name where ISO's list has neither it nor a common name of its own.
NAMES = {
    "BRN": "Brunei",
    "COD": "Democratic Republic of the Congo",
    "COG": "Republic of the Congo",
    "FSM": "Micronesia",
    "MAF": "Saint Martin",
    "PSE": "Palestine",
    "RUS": "Russia",
    "SXM": "Sint Maarten",
    "VAT": "Holy See",
    "VGB": "British Virgin Islands",
    "VIR": "United States Virgin Islands",
}

# The UN's own grouping: geographic group → (region, sub-region). M49 folds some groups into one sub-region.
LATIN_AMERICA = ("Americas", "Latin America and the Caribbean")
SUB_SAHARAN = ("Africa", "Sub-Saharan Africa")
GROUPS = {
    "Northern Africa": ("Africa", "Northern Africa"),
    "Eastern Africa": SUB_SAHARAN,
    "Middle Africa": SUB_SAHARAN,
    "Southern Africa": SUB_SAHARAN,
    "Western Africa": SUB_SAHARAN,
    "Northern America": ("Americas", "Northern America"),
    "Caribbean": LATIN_AMERICA,
    "Central America": LATIN_AMERICA,
    "South America": LATIN_AMERICA,
    "Central Asia": ("Asia", "Central Asia"),
    "Eastern Asia": ("Asia", "Eastern Asia"),
    "South-eastern Asia": ("Asia", "South-eastern Asia"),
    "Southern Asia": ("Asia", "Southern Asia"),
    "Western Asia": ("Asia", "Western Asia"),
    "Eastern Europe": ("Europe", "Eastern Europe"),
    "Northern Europe": ("Europe", "Northern Europe"),
    "Southern Europe": ("Europe", "Southern Europe"),
    "Western Europe": ("Europe", "Western Europe"),
    "Australia and New Zealand": ("Oceania", "Australia and New Zealand"),
    "Melanesia": ("Oceania", "Melanesia"),
    "Micronesia": ("Oceania", "Micronesia"),
    "Polynesia": ("Oceania", "Polynesia"),
}

# The two observer states of the United Nations count as countries beside its members.
OBSERVERS = {"PSE", "VAT"}
# M49 has no region for Antarctica and puts Nauru in Micronesia, where the data file has Polynesia. It leaves
# out Taiwan and Kosovo, which are placed by geography.
PLACED = {
    "ATA": ("", ""),
    "NRU": GROUPS["Micronesia"],
    "TWN": GROUPS["Eastern Asia"],
    "XKX": GROUPS["Southern Europe"],
}
# Codes that ISO 3166-1 reserves for users or for other purposes, and that the records need.
ADDED = {"EUU": ("European Union", "bloc"), "XKX": ("Kosovo", "territory")}


def rows() -> list[dict[str, str]]:
    """Return the whole table, sorted by code, every value as the text of its CSV cell."""
    facts = _facts()
    table = [_row(country, facts[country.alpha_3]) for country in pycountry.countries]
    for code, (name, kind) in ADDED.items():
        region, subregion = PLACED.get(code, ("", ""))
        table.append(dict(zip(COLUMNS, (code, name, kind, region, subregion), strict=True)))
    return sorted(table, key=lambda row: row["country_code"])


def _row(country, facts: dict[str, str]) -> dict[str, str]:
    code = country.alpha_3
    name = NAMES.get(code) or getattr(country, "common_name", country.name)
    kind = "country" if facts["UNmember"] or code in OBSERVERS else "territory"
    region, subregion = PLACED[code] if code in PLACED else GROUPS[facts["UNregion"]]
    return dict(zip(COLUMNS, (code, name, kind, region, subregion), strict=True))


def _facts() -> dict[str, dict[str, str]]:
    """Return code → the library's facts. `UNmember` is the year of joining, or empty."""
    file = resources.files("country_converter") / "country_data.tsv"
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["ISO3"]: row for row in csv.DictReader(lines, delimiter="\t")}
