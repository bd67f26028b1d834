"""Near duplicates: rows whose names are the same words, or all but one, within the same block. Time grows with the rows.

Two names are near when their sets of words are equal or become equal when one word is left out of either; numbers must
agree. The words left out are hashed one by one, the deletion neighbourhood of SymSpell (W. Garbe 2012) on words. A set of words is
known by the sum of its words' hashes, 64 bits wide, from which a word is left out by taking its hash away: of a million sets two
different ones have the same sum once in ten million runs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .coded import Coded

FILLER = frozenset({
    "a", "an", "and", "at", "by", "de", "del", "des", "di", "du", "e", "el", "en", "et", "for", "from", "in", "la", "le", "les", "of", "on",
    "the", "to", "und", "with", "y", "co", "company", "corp", "corporation", "group", "inc", "limited", "llc", "ltd"})
ACCENTS = re.compile("[\u0300-\u036f]")
WORDS = re.compile(r"[^\W_]+")
BETWEEN_WORDS = re.compile(r"(?:[^\w\n]|_)+")
PLAIN_BYTES = bytes(byte if byte > 127 else ord(chr(byte).lower() if chr(byte).isalnum() else " ") for byte in range(256))
LEAST = 3  # words that must remain when one is left out
MOST = 40  # words of a name; of a longer one none is left out
CROWD = 20  # rows that share a signature beyond which it says nothing


def words(name: str) -> frozenset[str]:
    """The words of a name without case, accents, punctuation and filler; a text in Chinese characters is one word."""
    found = plain(name).split()
    return frozenset(word for word in found if word not in FILLER) or frozenset(found)


def plain(name: str) -> str:
    """The words of a name in their order, without case, accents and punctuation."""
    return " ".join(WORDS.findall(ACCENTS.sub("", unicodedata.normalize("NFKD", name.casefold()))))


def signatures(name: str, leave_out: bool) -> Iterable[frozenset[str]]:
    """The word set of a name and, if asked, those with one word (never a number) left out."""
    whole = words(name)
    yield whole
    if leave_out and LEAST < len(whole) <= MOST:
        yield from (whole - {word} for word in whole if not word.isdigit())


def all_plain(names: pa.StringArray) -> pa.StringArray:
    """`plain` of each name, with any number of spaces between the words. In ASCII, where a letter is a byte, of all at once."""
    _, offsets, letters = names.buffers()
    found = pa.Array.from_buffers(pa.string(), len(names), [None, offsets, pa.py_buffer(bytes(letters or b"").translate(PLAIN_BYTES))],
                                  offset=names.offset)
    foreign = pc.invert(pc.string_is_ascii(names))
    return pc.replace_with_mask(found, foreign, pa.array(plain_lines(names.filter(foreign).to_pylist()), pa.string()))


def plain_lines(names: list[str]) -> list[str]:
    """`plain` of each name, with a space more around it where there was a sign; all of them at once, as one text with a line each."""
    text = "\n".join(name.replace("\n", " ") for name in names)
    return BETWEEN_WORDS.sub(" ", ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))).split("\n") if names else []


@dataclass(frozen=True)
class Bags:
    """The sets of words of names: a `word` of `owner` each, sorted by owner; `owners` is how many there are."""

    owner: np.ndarray
    word: np.ndarray
    spelt: list[str]
    owners: int

    @cached_property
    def size(self) -> np.ndarray:
        """How many words each owner has."""
        return np.bincount(self.owner, minlength=self.owners)

    @cached_property
    def hash(self) -> np.ndarray:
        """The hash of each word."""
        return pd.util.hash_array(np.array(self.spelt, dtype=object))[self.word]

    @cached_property
    def total(self) -> np.ndarray:
        """The sum of the hashes of each owner's words."""
        ends = np.concatenate([np.zeros(1, np.uint64), np.cumsum(self.hash)])  # sums wrap round, and their differences back
        last = np.cumsum(self.size)
        return ends[last] - ends[last - self.size]

    @cached_property
    def may_go(self) -> np.ndarray:
        """Which words may be left out of their owner's."""
        number = np.array([word.isdigit() for word in self.spelt], dtype=bool)
        size = self.size[self.owner]
        return (size > LEAST) & (size <= MOST) & ~number[self.word]


def bags(names: pa.StringArray) -> Bags:
    """The sets of words of some names, without filler where anything else is in them."""
    lists = pc.ascii_split_whitespace(all_plain(names))
    found = pc.list_flatten(lists).dictionary_encode()
    spelt, word = found.dictionary.to_pylist(), found.indices.to_numpy().astype(np.int64)
    owner = np.asarray(pc.list_parent_indices(lists))
    filler = np.array([text in FILLER or not text for text in spelt], dtype=bool)[word]
    says = np.bincount(owner[~filler], minlength=len(names)) > 0
    keep = ~filler | (~says[owner] & (np.array(list(map(len, spelt)))[word] > 0))
    both = pd.unique(owner[keep] * max(len(spelt), 1) + word[keep])  # they stand by owner as before
    return Bags(both // max(len(spelt), 1), both % max(len(spelt), 1), spelt, len(names))


def pairs(names: Coded, blocks: Sequence[Hashable], leave_out: bool) -> dict[int, int]:
    """Position → position of another row with a near name in the same block; rows without one, or without a name, lack."""
    named = np.flatnonzero(~names.is_text(""))
    block = pd.util.hash_array(pd.factorize(np.asarray(blocks))[0][named])
    found, of = bags(names.texts), names.codes[named]
    rows, sums = [named], [found.total[of] + block]
    if leave_out:
        row, word = left_out(found, of)
        rows.append(named[row])
        sums.append(found.total[of[row]] - found.hash[word] + block[row])
    return partners(np.concatenate(rows), np.concatenate(sums))


def left_out(found: Bags, of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each word that may be left out of each row, `of` giving the owner of its words: position in `of`, and the word's number."""
    words = np.flatnonzero(found.may_go)
    count = np.bincount(found.owner[words], minlength=found.owners)
    start, many = np.cumsum(count) - count, count[of]
    row = np.repeat(np.arange(len(of)), many)
    return row, words[start[of[row]] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)]


def partners(rows: np.ndarray, sums: np.ndarray) -> dict[int, int]:
    """For each row that shares a sum with others, but not a crowd, the first of them."""
    alike = pd.Series(sums).duplicated(keep=False).to_numpy()
    frame = pd.DataFrame({"row": rows[alike], "sum": sums[alike]}).drop_duplicates().sort_values(["sum", "row"])
    size = frame.groupby("sum").row.transform("size")
    first = ~frame["sum"].duplicated()
    frame["other"] = frame.row.where(first).ffill().where(~first, frame.row.shift(-1))
    frame = frame[(size > 1) & (size <= CROWD)].sort_values(["row", "other"]).drop_duplicates("row")
    return dict(zip(frame.row.tolist(), frame.other.astype(int).tolist(), strict=True))
