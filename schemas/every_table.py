"""What holds for the text of every cell."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence, Sized
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ftfy.badness import BADNESS_RE

from scripts import edtf
from scripts.coded import READERS
from scripts.package import Field, Table
from scripts.patterns import translate, without_layout
from scripts.problem import ERROR, FORMAT, kind
from scripts.rule import Content, Rule, Tables, shared
from scripts.tables import remembered

BY_HAND = "Type the cell anew."
MONTH = ("(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
         "dec(?:ember)?)")
REWRITTEN = (  # whole cells that one program or another takes for a number, a date, a time, a sum or a yes or no
    r"(?i:[-+(]?[$€£¥]? ?\.?[0-9][0-9.,:/' t-]*(?:e[-+]?[0-9]+)? ?(?:%|am|pm|z|[$€£¥)])?"
    rf"|{MONTH}\.?[ ./-]?[0-9][0-9 ,./-]*|[0-9]{{1,4}}[ ./-]?{MONTH}\.?[ ,./-]*[0-9]{{0,4}}|true|false)")
LOST = r"\?[\p{L}\p{Nl}\p{No}]|\?{3}|(?:\A|\s)\?\?"
ADDRESS = r"https?://[^\s]+"
INVISIBLE = "".join([  # what Unicode calls default ignorable, but for the selectors of emoji; blanks, private use, and no characters
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb",
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff", "\u2800", "\ue000-\uf8ff\U000f0000-\U0010ffff",
    "\ufdd0-\ufdef\ufffe\uffff", *(f"{chr(plane + 0xfffe)}{chr(plane + 0xffff)}" for plane in range(0x10000, 0xf0000, 0x10000))])
Finder = Callable[[pa.StringArray], pa.BooleanArray]


def has(pattern: str) -> Finder:
    """Which texts a pattern is found in."""
    return partial(pc.match_substring_regex, pattern=translate(pattern))


def lost_letters(texts: pa.StringArray) -> pa.BooleanArray:
    """Texts with question marks for letters, not those of an address."""
    lost = np.asarray(pc.match_substring_regex(texts, translate(LOST)))
    bare = pc.replace_substring_regex(texts.filter(pa.array(lost)), translate(ADDRESS), "")
    lost[lost] = pc.match_substring_regex(bare, translate(LOST))
    return pa.array(lost)


def composed_otherwise(texts: pa.StringArray) -> pa.BooleanArray:
    """Texts that are not in normalisation form C; those without a letter from U+0300 on are."""
    found = np.asarray(pc.match_substring_regex(texts, r"[^\x00-\x{2ff}]"))
    found[found] = [not unicodedata.is_normalized("NFC", text) for text in texts.filter(pa.array(found)).to_pylist()]
    return pa.array(found)


TEXT: list[tuple[str, str, str, str, str, str, Finder]] = [
    # code, sentence, good, bad, message, hint, what finds it
    ("mojibake", "No cell holds text that was read in the wrong encoding.", "Zürich", "ZÃ¼rich",
     "The text was once read in the wrong encoding.", "Type the letters as the source has them.",
     has(f"\ufffd|{without_layout(BADNESS_RE.pattern)}")),
    ("spreadsheet-error", "No cell holds what a spreadsheet shows where a formula fails.", "Zzz", "#REF!",
     "The cell holds an error of a spreadsheet.", "Write the value itself.",
     has(r"\A(?:#+|#[A-Z/0]+[!?]|#N/A|#GETTING_DATA|Err:[0-9]{3})\z")),
    ("lost-letters", "No cell holds question marks in the place of letters.", "Zürich", "Z?rich",
     "Question marks stand where letters should be, as after saving in an encoding that lacks them.",
     "Type the letters anew, and save as CSV in UTF-8.", lost_letters),
    ("rewritten-text", "No text is a number, a date, a time or a yes or no alone, which a spreadsheet rewrites.", "p. 3-4", "3-4",
     "The text is a number, a date, a time or a yes or no alone: spreadsheets rewrite such cells (`3-4` becomes a day).",
     "Put a word to it, such as `p. 3-4` or `section 1.10`.", has(rf"\A(?:{REWRITTEN})\z")),
    ("outer-space", "No cell starts or ends with a space.", "Zzz", "Zzz ", "The cell starts or ends with a space.", FORMAT,
     has(r"\A\s|\s\z")),
    ("double-space", "No cell holds two spaces in a row.", "Zzz network", "Zzz  network", "Two spaces stand in a row.", FORMAT,
     has(r"\S {2,}\S")),
    ("control-character", "No cell holds a control character.", "Zzz", "Zzz\x07", "A control character stands in the cell.", BY_HAND,
     has("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")),
    ("invisible-character", "No cell holds a character that does not show: zero-width, bidirectional, for private use.", "Zzz", "Zz\u200bz",
     "A character that does not show as itself stands in the cell: of no width, turning the direction of writing, or private.", BY_HAND,
     has(f"[{INVISIBLE}]")),
    ("no-break-space", "No cell holds a no-break space.", "10 000 Zzz", "10\u00a0000 Zzz", "A no-break space stands in the cell.", FORMAT,
     has("[\u00a0\u2007\u202f]")),
    ("formula", "No cell is one that a spreadsheet would run as a formula.", "Zzz", "=1+1",
     "The cell starts with `=`, `+`, `-` or `@`: a spreadsheet would run it as a formula.", "Start it with another character.",
     has(r"\A[=+\-@\t\r\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]")),
    ("leading-apostrophe", "No cell starts with a straight apostrophe, which a spreadsheet takes away.", "‘Zzz’ of Zzz", "'Zzz' of Zzz",
     "The cell starts with `'`: a spreadsheet takes it for a sign that text follows, and drops it.", "Write ‘ or “ instead.", has(r"\A'")),
    ("not-nfc", "Text is in Unicode normalisation form C.", "Zürich", "Zu\u0308rich",
     "A letter is stored as letter and accent apart (not NFC).", FORMAT,
     composed_otherwise),
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
    return [shared(own, table, (), _clean, own.code, message=message, hint=hint, view=(flaws,),
                   good={column: good} if column else {}, bad={column: bad} if column else {})
            for own, good, bad, message, hint, _ in KINDS]


def _clean(code: str, content: Content, tables: Tables) -> dict[str, np.ndarray] | bool:
    """Cells in which a rule finds nothing; True where that is all."""
    found = {}
    for column, numbers in flaws(tables)[code].get(content.table.name, {}).items():
        if column in content.table.by_name and not is_spared(code, content.table, column):
            clean = np.ones(len(content.coded(column).texts), dtype=bool)
            clean[numbers] = False
            found[column] = content.coded(column).in_rows(clean)
    return found or True


def is_spared(code: str, table: Table, column: str) -> bool:
    """Whether a rule leaves a column to the checks of its own form."""
    return code in SPARED and (SPARED[code](table.by_name[column]) or column in table.targets)


SPARED: dict[str, Callable[[Field], bool]] = {
    "formula": lambda field: field.type in ("integer", "number"),
    "rewritten-text": lambda field: field.type not in ("string", "list") or field.constraints.get("pattern") == edtf.PATTERN}
SHORT = 100_000  # bytes of a column that are looked through sooner than a pattern is made ready
UNUSUAL = translate(rf"\A[\s=+\-@#']|\s\z|  |[^\x20-\x7e]|\?[^\s]|\AErr:|\A(?:{REWRITTEN})\z")


@remembered
def flaws(tables: Tables) -> dict[str, dict[str, dict[str, np.ndarray]]]:
    """Code → table → column → the numbers of the distinct texts in which that rule finds something. Only unusual texts are looked at, those
    of all columns at once."""
    columns = [(content.table.name, column, content.coded(column).texts) for content in tables for column in content.header]
    with ThreadPoolExecutor(READERS) as pool:  # Arrow lets go of the interpreter while it looks
        unusual = find_unusual([texts for *_, texts in columns], pool)
        suspects = pa.concat_arrays([texts.take(pa.array(numbers)).cast(pa.large_string())
                                     for (*_, texts), numbers in zip(columns, unusual, strict=True)])
        found = list(pool.map(lambda finds: np.asarray(finds(suspects), dtype=bool), [finds for *_, finds in KINDS]))
    of: dict[str, dict[str, dict[str, np.ndarray]]] = {own.code: defaultdict(dict) for own, *_ in KINDS}
    for (own, *_), failing in zip(KINDS, found, strict=True):
        for (table, column, _), numbers, wrong in zip(columns, unusual, in_parts(failing, unusual), strict=True):
            if wrong.any():
                of[own.code][table][column] = numbers[wrong]
    return of


def find_unusual(columns: list[pa.StringArray], pool: Executor) -> list[np.ndarray]:
    """The numbers of the unusual texts of each column. Short columns are looked at as one: to make the pattern ready takes longer."""
    short = [at for at, column in enumerate(columns) if column.nbytes < SHORT]
    batches = [*([at] for at in range(len(columns)) if at not in short), *([short] if short else [])]
    texts = (pa.concat_arrays([columns[at] for at in batch]) for batch in batches)
    found: dict[int, np.ndarray] = {}
    for batch, unusual in zip(batches, pool.map(lambda batch: np.asarray(pc.match_substring_regex(batch, UNUSUAL)), texts), strict=True):
        found.update(zip(batch, in_parts(unusual, [columns[at] for at in batch]), strict=True))
    return [np.flatnonzero(found[at]) for at in range(len(columns))]


def in_parts(values: np.ndarray, lengths: Sequence[Sized]) -> list[np.ndarray]:
    """Values cut into parts as long as some others."""
    return np.split(values, np.cumsum([len(part) for part in lengths])[:-1])
