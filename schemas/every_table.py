"""What holds for the text of every cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pandas as pd
from ftfy.badness import is_bad

from scripts import edtf
from scripts.package import Field
from scripts.problem import ERROR, FORMAT, kind
from scripts.rule import Rows, Rule, Tables, shared
from scripts.tables import remembered

BY_HAND = "Type the cell anew."
MONTH = ("(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
         "dec(?:ember)?)")
REWRITTEN = re.compile(  # whole cells that one program or another takes for a number, a date, a time, a sum or a yes or no
    r"[-+(]?[$€£¥]? ?\.?[0-9][0-9.,:/' t-]*(?:e[-+]?[0-9]+)? ?(?:%|am|pm|z|[$€£¥)])?"
    rf"|{MONTH}\.?[ ./-]?[0-9][0-9 ,./-]*|[0-9]{{1,4}}[ ./-]?{MONTH}\.?[ ,./-]*[0-9]{{0,4}}|true|false", re.IGNORECASE)
LOST = re.compile(r"\?[^\W\d_]|\?{3}|(?:^|\s)\?\?")
ADDRESS = re.compile(r"https?://\S+")

TEXT: list[tuple[str, str, str, str, str, str, Callable[[str], object]]] = [
    # code, sentence, good, bad, message, hint, what finds it
    ("mojibake", "No cell holds text that was read in the wrong encoding.", "Zürich", "ZÃ¼rich",
     "The text was once read in the wrong encoding.", "Type the letters as the source has them.",
     lambda text: "\ufffd" in text or (not text.isascii() and is_bad(text))),
    ("spreadsheet-error", "No cell holds what a spreadsheet shows where a formula fails.", "Zzz", "#REF!",
     "The cell holds an error of a spreadsheet.", "Write the value itself.",
     re.compile(r"(?:#+|#[A-Z/0]+[!?]|#N/A|#GETTING_DATA|Err:[0-9]{3})$").match),
    ("lost-letters", "No cell holds question marks in the place of letters.", "Zürich", "Z?rich",
     "Question marks stand where letters should be, as after saving in an encoding that lacks them.",
     "Type the letters anew, and save as CSV in UTF-8.", lambda text: LOST.search(ADDRESS.sub("", text))),
    ("rewritten-text", "No text is a number, a date, a time or a yes or no alone, which a spreadsheet rewrites.", "p. 3-4", "3-4",
     "The text is a number, a date, a time or a yes or no alone: spreadsheets rewrite such cells (`3-4` becomes a day).",
     "Put a word to it, such as `p. 3-4` or `section 1.10`.", REWRITTEN.fullmatch),
    ("outer-space", "No cell starts or ends with a space.", "Zzz", "Zzz ", "The cell starts or ends with a space.", FORMAT,
     lambda text: text != text.strip()),
    ("double-space", "No cell holds two spaces in a row.", "Zzz network", "Zzz  network", "Two spaces stand in a row.", FORMAT,
     re.compile(r"\S {2,}\S").search),
    ("control-character", "No cell holds a control character.", "Zzz", "Zzz\x07", "A control character stands in the cell.", BY_HAND,
     re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]").search),
    ("invisible-character", "No cell holds a character that does not show: zero-width, bidirectional, for private use.", "Zzz", "Zz\u200bz",
     "A character that does not show as itself stands in the cell: of no width, turning the direction of writing, or private.", BY_HAND,
     re.compile("[\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u2800\u3164"
                r"\ue000-\uf8ff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]").search),
    ("no-break-space", "No cell holds a no-break space.", "10 000 Zzz", "10\u00a0000 Zzz", "A no-break space stands in the cell.", FORMAT,
     re.compile("[\u00a0\u202f]").search),
    ("formula", "No cell is one that a spreadsheet would run as a formula.", "Zzz", "=1+1",
     "The cell starts with `=`, `+`, `-` or `@`: a spreadsheet would run it as a formula.", "Start it with another character.",
     re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]").match),
    ("leading-apostrophe", "No cell starts with a straight apostrophe, which a spreadsheet takes away.", "‘Zzz’ of Zzz", "'Zzz' of Zzz",
     "The cell starts with `'`: a spreadsheet takes it for a sign that text follows, and drops it.", "Write ‘ or “ instead.",
     re.compile("'").match),
    ("not-nfc", "Text is in Unicode normalisation form C.", "Zürich", "Zu\u0308rich",
     "A letter is stored as letter and accent apart (not NFC).", FORMAT,
     lambda text: not unicodedata.is_normalized("NFC", text)),
]


def printable(text: str) -> str:
    """An example as the catalogue can show it: what cannot be seen is escaped."""
    return text if text.isprintable() and unicodedata.is_normalized("NFC", text) else ascii(text)[1:-1]


KINDS = [(kind(code, ERROR, "meaning", sentence, good, printable(bad)), good, bad, message, hint, finds)
         for code, sentence, good, bad, message, hint, finds in TEXT]
EXAMPLE_COLUMN = {  # a column of free text, where a table has one
    **dict.fromkeys(("countries", "organizations"), "name"), **dict.fromkeys(("citations", "deployments", "policy_statements"), "title"),
    **dict.fromkeys(("deployment_citations", "role_citations", "statement_citations"), "locator"),
    **dict.fromkeys(("statement_themes", "statement_endorsements", "statement_tallies"), "note"),
    "standards_roles": "summary", "claims": "claim", "withdrawn": "reason"}


def rules(table: str) -> list[Rule]:
    """The rules of text for a table."""
    column = EXAMPLE_COLUMN.get(table)
    return [shared(own, table, (), _clean, table, own.code, finds, message=message, hint=hint,
                   good={column: good} if column else {}, bad={column: bad} if column else {})
            for own, good, bad, message, hint, finds in KINDS]


def _clean(table: str, code: str, finds: Callable[[str], object], rows: Rows, tables: Tables) -> pd.DataFrame | bool:
    """Cells in which `finds` finds nothing; True where that is all. Only unusual texts are looked at, each once."""
    found = {text for text in suspects(tables, table) if finds(text)}
    if not found:
        return True
    described = tables.contents[table].table
    spared = [field.name for field in described.fields if code in SPARED and (SPARED[code](field) or field.name in described.targets)]
    return ~rows.isin(found) | rows.columns.isin(spared)


SPARED: dict[str, Callable[[Field], bool]] = {  # columns that a rule leaves to the checks of their own form
    "formula": lambda field: field.type in ("integer", "number"),
    "rewritten-text": lambda field: field.type not in ("string", "list") or field.constraints.get("pattern") == edtf.PATTERN}
UNUSUAL = re.compile(rf"^[\s=+\-@#']|\s$|  |[^\x20-\x7e]|\?\S|^Err:|^(?i:{REWRITTEN.pattern})$")


@remembered
def suspects(tables: Tables, table: str) -> list[str]:
    """The distinct texts of a table that one of the rules of text could find something in."""
    rows = tables[table]
    texts = set().union(*(rows[column].unique() for column in rows))
    return [text for text in texts if UNUSUAL.search(text)]
