"""Texts of invented words, ids and partial dates, a whole column at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
ACCENTS = str.maketrans("aeou", "áèöü")
SCRIPTS = [(0x4E00, 0x9FA5, 2), (0x0430, 0x044F, 6), (0x03B1, 0x03C9, 6), (0x0627, 0x0648, 5), (0x10D0, 0x10F0, 6)]  # first, last, letters
MANY = 4_000  # invented words
ACCENTED, FOREIGN, QUOTED = 0.006, 0.002, 0.002  # shares of the words that have an accent, another script, quotes around them, so that as
# many texts have a letter beyond ASCII as in version 0.1.0: 4 %
COMMA, STOP = 0.07, 0.05  # words that end a clause or a sentence within a text
PLAIN, CAPITAL, WITH_COMMA, WITH_STOP = range(4)
Column = np.ndarray  # of texts


class Words:
    """A seeded source of texts. The same seed gives the same texts."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.latin = self._invent()
        mixed = [self._dressed(word, share) for word, share in zip(self.latin, rng.random(MANY), strict=True)]
        forms = [*mixed, *map(str.capitalize, mixed), *(f"{word}," for word in mixed), *(f"{word}." for word in mixed)]
        self.forms = pa.array(forms)
        self.names = pa.array([word.capitalize() for word in self.latin])
        self.latin = pa.array(self.latin)

    def _invent(self) -> list[str]:
        """MANY different words of two to four syllables."""
        syllables = [c + v for c in CONSONANTS for v in VOWELS]
        words: dict[str, None] = {}
        while len(words) < MANY:
            picks = self.rng.integers(0, len(syllables), self.rng.integers(2, 5))
            words["".join(syllables[pick] for pick in picks)] = None
        return list(words)

    def _dressed(self, word: str, share: float) -> str:
        """A word as it is or, for a small share of them, with accents, in another script or in quotes."""
        if share < QUOTED:
            return f'"{word}"'
        if share < QUOTED + FOREIGN:
            first, last, letters = SCRIPTS[int(share * 1e6) % len(SCRIPTS)]
            return "".join(map(chr, self.rng.integers(first, last, letters)))
        return word.translate(ACCENTS) if share < QUOTED + FOREIGN + ACCENTED else word

    def texts(self, count: int, mean: int, least: int = 3, end: str = "") -> Column:
        """Texts of `mean` words in the mean; common words are more common than rare ones."""
        lengths = least + self.rng.poisson(mean - least, count)
        stops = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        total = int(stops[-1])
        words, share = (self.rng.random(total) ** 2 * MANY).astype(np.int64), self.rng.random(total)
        form = np.select([share < COMMA, share < COMMA + STOP], [WITH_COMMA, WITH_STOP], PLAIN)
        form[stops[1:] - 1] = PLAIN
        form[1:][form[:-1] == WITH_STOP] = CAPITAL
        form[stops[:-1]] = CAPITAL
        lists = pa.ListArray.from_arrays(pa.array(stops), self.forms.take(pa.array(words + MANY * form)))
        joined = pc.binary_join(lists, " ")
        return column(pc.binary_join_element_wise(joined, end, "") if end else joined)

    def people(self, count: int, last: str = "") -> Column:
        """Names of two words, and a third that all share if there is one."""
        parts = [self.names.take(self.picks(count)) for _ in range(2)]
        return column(pc.binary_join_element_wise(*parts, *([last] if last else []), " "))

    def ids(self, count: int, letter: str, start: int = 0) -> Column:
        """Different ids, `zzz-word-word-d7`; the letter tells the tables apart. They are not in the order of their numbers."""
        numbers = pc.cast(pa.array(np.arange(start, start + count)), pa.string())
        ends = pc.binary_join_element_wise(letter, numbers, "")
        return column(pc.binary_join_element_wise("zzz", *(self.latin.take(self.picks(count)) for _ in range(2)), ends, "-"))

    def picks(self, count: int) -> pa.Array:
        """Positions of words."""
        return pa.array(self.rng.integers(0, MANY, count))

    def days(self, count: int, first: str, last: str) -> np.ndarray:
        """Days between two, the later ones as likely as the earlier."""
        start, stop = np.datetime64(first), np.datetime64(last)
        return start + self.rng.integers(0, int((stop - start).astype(int)) + 1, count)

    def dates(self, days: np.ndarray) -> Column:
        """Days as partial dates: nearly half of them to the day, a quarter to the month, the rest to the year."""
        text, share = np.datetime_as_string(days, unit="D"), self.rng.random(len(days))
        return np.select([share < 0.45, share < 0.7], [text, text.astype("U7")], text.astype("U4")).astype(object)

    def some(self, values: Column, empty: float) -> Column:
        """A column of which this share of the cells is emptied."""
        return np.where(self.rng.random(len(values)) < empty, "", values).astype(object)

    def terms(self, terms: tuple[str, ...], count: int) -> Column:
        """Terms of a vocabulary, the first of them the most common."""
        weights = 1 / np.arange(1, len(terms) + 1)
        return np.array(terms, dtype=object)[self.rng.choice(len(terms), count, p=weights / weights.sum())]

    def lists(self, terms: tuple[str, ...], count: int) -> Column:
        """Sorted lists of one to three terms."""
        pairs = [";".join(sorted({a, b, c})) for a in terms for b in terms for c in terms]
        return np.array(pairs, dtype=object)[self.rng.integers(0, len(pairs), count)]

    def out_of(self, pool: Column, count: int, needed: Column | None = None) -> Column:
        """Values of a pool, some far more often than others; each of the `needed` is among them if there is room."""
        if needed is None:
            return pool[(self.rng.random(count) ** 3 * len(pool)).astype(np.int64)]
        more = self.out_of(pool, max(count - len(needed), 0))
        return self.rng.permutation(np.concatenate([self.rng.permutation(needed)[:count], more]))


def column(array: pa.Array | pa.ChunkedArray) -> Column:
    """A column of Arrow as a numpy array of texts."""
    return array.to_numpy(zero_copy_only=False)
