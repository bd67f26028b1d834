"""A pattern matches in RE2 what it matches in Python, or is refused; none can stall."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from ftfy.badness import BADNESS_RE, MOJIBAKE_CATEGORIES, is_bad
from hypothesis import given
from hypothesis import strategies as st

from scripts.patterns import matches, may_stall, translate, whole, without_layout

TEXTS = st.text(alphabet=st.sampled_from("ab1_é中²٣ \t\n\r\x0b\x1c\x85\u00a0\u2003\u3000-.{,]") | st.characters(codec="utf-8"), max_size=5)
SAME = [r"\s+", r"\S*", r"[\s\d]+", r"\d{,2}", r"[a-z\d_]+", r"\w+", r"\W?", r"a|b", r"[]a]+", r"[^]\s]+", r"a{,2}b", r"[{,]+",
        r"(?i:ab)+", r"\D\S", r"\.\-", r".+", r"(?:a|b)*c?", r"https?://\S+", "", r"[a\[]\w", r"a{,b}",
        r"\\b", r"ab\Z", r"\u00e9?a", r"[\u00e0-\u00ff]+", r"[\b]"]


@pytest.mark.parametrize("pattern", SAME)
@given(text=TEXTS)
def test_what_fullmatch_matches(pattern, text):
    assert matches(whole(pattern), text) == bool(re.fullmatch(pattern, text)), text


@pytest.mark.parametrize("pattern", [r"a(?=b)", r"(?<!a)b", r"(a)\1", r"a++", r"(?>a)", r"\bzzz", r"zzz\B", r"[[:alpha:]]", r"[^\S]",
                                     r"[a[:digit:]]", r"[a[]b", r"[\W]", r"a{2000}", r"(?x: a)"])
def test_what_has_no_counterpart_is_refused(pattern):
    assert whole(pattern) is None and may_stall(pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "a**", None, 5, ["a"]])
def test_what_is_no_pattern_at_all_is_told_elsewhere(pattern):
    assert not may_stall(pattern) and not (isinstance(pattern, str) and whole(pattern))


def test_a_pattern_that_python_would_never_end_with_ends():
    assert not matches(whole("(a+)+b"), "a" * 50_000)


def test_b_is_a_backspace_within_brackets_and_nothing_else():
    assert matches(whole(r"[\b]"), "\x08") and not matches(whole(r"[\b]"), "X")


def test_half_a_surrogate_pair_matches_nothing_special():
    assert not matches(whole("[a-z]+"), "a\ud800") and matches(whole("a.*"), "a\ud800")


MOJIBAKE = sorted({*"".join(re.sub(r"\\.", "", letters) for letters in MOJIBAKE_CATEGORIES.values()), *"abzAZ ."})


@given(st.text(alphabet=st.sampled_from(MOJIBAKE), max_size=6))
def test_text_read_in_the_wrong_encoding_is_told_as_ftfy_tells_it(text):
    """The pattern is ftfy's own, without its layout."""
    pattern = translate(without_layout(BADNESS_RE.pattern))
    assert pc.match_substring_regex(pa.array([text]), pattern)[0].as_py() == bool(is_bad(text))
