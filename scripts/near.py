"""Near duplicates: rows whose names are the same words, or all but one, within the same block. Time grows with the rows.

Two names are near when their sets of words are equal or become equal when one word is left out of either; numbers must
agree. The words left out are hashed one by one, the deletion neighbourhood of SymSpell (W. Garbe 2012) on words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

FILLER = frozenset({
    "a", "an", "and", "at", "by", "de", "del", "des", "di", "du", "e", "el", "en", "et", "for", "from", "in", "la", "le", "les", "of", "on",
    "the", "to", "und", "with", "y", "co", "company", "corp", "corporation", "group", "inc", "limited", "llc", "ltd"})
ACCENTS = re.compile("[\u0300-\u036f]")
WORDS = re.compile(r"[^\W_]+")
LEAST = 3  # words that must remain when one is left out
MOST = 40  # words of a name; of a longer one none is left out
CROWD = 20  # rows that share a signature beyond which it says nothing


def words(name: str) -> frozenset[str]:
    """The words of a name without case, accents, punctuation and filler; a text in Chinese characters is one word."""
    plain = name.casefold()
    found = WORDS.findall(plain if plain.isascii() else ACCENTS.sub("", unicodedata.normalize("NFKD", plain)))
    return frozenset(word for word in found if word not in FILLER) or frozenset(found)


def signatures(name: str, leave_out: bool) -> Iterable[frozenset[str]]:
    """The word set of a name and, if asked, those with one word (never a number) left out."""
    whole = words(name)
    yield whole
    if leave_out and LEAST < len(whole) <= MOST:
        yield from (whole - {word} for word in whole if not word.isdigit())


def pairs(names: Iterable[str], blocks: Iterable[object], leave_out: bool = True) -> dict[int, int]:
    """Position → position of another row with a near name in the same block; rows without one, or without a name, lack."""
    by_signature: dict[tuple, list[int]] = defaultdict(list)
    for position, (name, block) in enumerate(zip(names, blocks, strict=True)):
        for signature in signatures(name, leave_out) if name else ():
            by_signature[block, signature].append(position)
    found: dict[int, int] = {}
    for positions in by_signature.values():
        if 1 < len(positions) <= CROWD:
            for position in positions:
                found.setdefault(position, next(other for other in positions if other != position))
    return found
