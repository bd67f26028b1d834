"""Cells of each type: sound ones, wrong ones, and odd ones on which programs differ."""

from __future__ import annotations

from decimal import Decimal
from random import Random

ODD = ["１２", "1e5", "+1", "-0", "1_000", "007", " 1", "1 ", "1.0", "1.", ".5", "NaN", "nan", "INF", "-inf", "Infinity", "0x1F", "1,000",
       "1 000",
       "٣", "²", "−1", "1e400", "-1e-400", "9" * 40, "9" * 5_000, "0.1000", "1E+2", "true", "TRUE", "True", "1", "0", "yes", "t", "none",
       "None", "NA", "N/A", "null", "NULL", "-", "#N/A", ".", " ", "\t", "\u00a0", "\u3000", "\u200b", "\u202e", "\ufeff", "a\u0301", "á",
       "ß", "ẞ",
       "İ", "𝒜", "👩‍🚀", "全角", "zzz" * 4_000, "2021-02-30", "2020-02-29", "2021-1-1", "20210101", "2021-01-01T00:00:00", "01/02/2021",
       "2021",
       "２０２１", "0000", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "-2021", "+2021", "21", "2021-13", "2021-00", "2021-1",
       "2021-Q1", "2021-12-", "=1+1", "@zzz", "-zzz", "zzz\\", "\\n", "'zzz'", 'z"z', '"', '""', '"zzz"', "z,z", ";", ";;", "a;b", "b;a",
       "a;a", "a; b", "a,b", "|", "a|b", "#zzz", "# zzz", "https://example.org", "http://", "example.org", "mailto:zzz@example.org",
       "a:b", "zzz:", "://zzz", "https://exa mple.org", "https://example.org/ä", "<b>zzz</b>", "%00", "%s{}", "\x7f", "\x1b[0m", "\u2028",
       "\x85", "\x0b",
       "\x0c", "z\x0bz", "z\x1cz", "[]", "{}", "[1]"]
WORDS = ["zzz", "zzz-a", "Zzz", "zzz b", "yyy", "ab", "a", "b", "abc", "ZZA", "zz", "green", "blue", "dark_red", "dark red", "GREEN"]
NEAR = {  # what people write for a type, right and wrong
    "integer": ["0", "1", "-1", "15", "150", "-20", "3", "7"], "number": ["0", "1", "1.5", "-0.5", "2E+8", "10", "1.50", "007.0", "3"],
    "date": ["2021-02-28", "2020-02-29", "1999-12-31", "2021-01-01", "2024-06-30"], "year": ["2021", "1999", "2000", "1000", "0001"],
    "yearmonth": ["2021-01", "2021-12", "1999-06", "2020-02"], "boolean": ["true", "false", "TRUE", "1", "0"],
    "list": ["a", "a;b", "a;b;c", "blue", "blue;green", "b;a"], "any": ["zzz", "1", "a b"], "string": WORDS}
BROKEN = {
    "integer": ["abc", "1.5", "1,500", "--1", "1e3"], "number": ["abc", "1,5", "1e", "--1"], "date": ["2021-02-30", "27/04/2021", "zzz"],
    "year": ["21", "zzz", "20211"], "yearmonth": ["2021-13", "2021", "zzz"], "boolean": ["maybe", "ja", "tRUE", " true"],
    "list": ["zzz;zzz"], "any": [""], "string": ["", " "]}
MISSING = ["NA", "N/A", "null", "None", "-", ".", " ", "NaN", "?", "n/a"]


def fitting(rng: Random, field: dict) -> str:
    """A cell that suits a field more often than not."""
    constraints = field.get("constraints", {})
    if "enum" in constraints and rng.random() < 0.9:
        return text_of(rng.choice(constraints["enum"]))
    bounds = [value for name, value in constraints.items() if "inimum" in name or "aximum" in name]
    if bounds and rng.random() < 0.7:
        return near_bound(rng, field["type"], rng.choice(bounds))
    if "pattern" in constraints and rng.random() < 0.8:
        return rng.choice(PATTERNS.get(constraints["pattern"], WORDS))
    if field["type"] == "boolean" and rng.random() < 0.9:
        return rng.choice([*field.get("trueValues", ["true"]), *field.get("falseValues", ["false"])])
    if field["type"] == "list":
        size = rng.randint(1, 4)
        return field.get("delimiter", ",").join(sorted(rng.sample(["a", "b", "c", "d", "blue", "dark_red", "green"], size)))
    if field.get("format") == "uri" and rng.random() < 0.7:
        return rng.choice(["https://example.org", "http://example.org/a?b=c#d", "mailto:zzz@example.org"])
    return rng.choice(NEAR[field["type"]])


def unfitting(rng: Random, field: dict) -> str:
    """A cell that may suit a field or not."""
    chance = rng.random()
    return rng.choice(ODD) if chance < 0.5 else rng.choice(BROKEN[field["type"]]) if chance < 0.8 else rng.choice(WORDS)


def text_of(value: object) -> str:
    """A value of a descriptor as a cell would have it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def near_bound(rng: Random, type_: str, bound: object) -> str:
    """A value on a bound or next to it."""
    text = str(bound)
    if type_ in ("integer", "year"):
        return str(int(text) + rng.choice([-1, 0, 1]))
    if type_ == "number":
        return str(Decimal(text) + rng.choice([Decimal("-0.1"), Decimal(0), Decimal("0.1")]))
    if type_ == "date":
        return rng.choice([text, text[:8] + "15", str(int(text[:4]) + rng.choice([-1, 1])).zfill(4) + text[4:]])
    return rng.choice([text, str(int(text[:4]) + rng.choice([-1, 1])).zfill(4) + text[4:]])


PATTERNS = {  # patterns, with cells that have the form and cells that nearly do
    "[a-z0-9]+(?:-[a-z0-9]+)*": ["zzz", "zzz-1-a", "0", "zzz-a", "Zzz", "zzz--a", "-zzz", "zzz\n", "zzz "],
    "[A-Z]{3}": ["ZZA", "ZZB", "Zza", "ZZAA", "ZZ"],
    "a|b": ["a", "b", "ab", "ba", "c", "ac"],
    "(?:a|b)": ["a", "b", "ab", "c"],
    r"https?://\S+": ["https://example.org", "http://example.org/a?b", "example.org", "https://", "https://exa mple.org"],
    "[0-9]{4}(?:-[0-9]{2})?": ["2021", "2021-04", "2021-4", "２０２１", "20211"],
    "(?i)zz.": ["zza", "ZZB", "zz", "zzab", "xx"], ".*": ["zzz", "", "a b"], r"\d+": ["1", "12", "１２", "a1", "1a"],
    "zzz$": ["zzz", "zzza", "azzz"], "^zzz": ["zzz", "zzza", "azzz"], "": ["a", "zzz"], "[^,]{0,3}": ["a", "abc", "abcd", "ab,"],
}
