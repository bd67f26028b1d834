"""Names that differ by order, accents, case, filler or one word are near; numbers keep apart."""

from __future__ import annotations

import pytest

from scripts import near

NAME = "Zzz city camera network"


@pytest.mark.parametrize("other", ["Camera network of the ZZZ City", "Zzz city caméra network", "Zzz city camera network (Yyy)",
                                   "Zzz city network camera", "Zzz town camera network"])
def test_near(other):
    assert near.pairs([NAME, other], ["a", "a"]) == {0: 1, 1: 0}


@pytest.mark.parametrize("other", ["Zzz data centre", "Zzz city camera network phase 2 extension", "Yyy town camera network", ""])
def test_not_near(other):
    assert near.pairs([NAME, other], ["a", "a"]) == {}


def test_numbers_keep_apart():
    assert near.pairs(["Zzz camera network phase 1", "Zzz camera network phase 2"], ["a", "a"]) == {}


def test_another_block_keeps_apart():
    assert near.pairs([NAME, NAME], ["a", "b"]) == {}


def test_no_word_is_left_out_where_that_is_not_asked():
    assert near.pairs([NAME, NAME + " Yyy"], ["a", "a"], leave_out=False) == {}


def test_names_without_words_of_letters_are_compared_whole():
    assert near.pairs(["中国标准化协会", "中国标准化协会"], ["a", "a"]) == {0: 1, 1: 0}
    assert near.pairs(["中国标准化协会", "中国电子技术标准化研究院"], ["a", "a"]) == {}


def test_a_crowd_of_like_names_says_nothing():
    names = [f"{NAME} {number}" for number in range(near.CROWD + 1)]
    assert near.pairs([NAME] * (near.CROWD + 1), ["a"] * (near.CROWD + 1)) == {}
    assert near.pairs(names, ["a"] * len(names)) == {}


def test_of_a_very_long_name_no_word_is_left_out():
    """Each word left out makes another set of words: of thousands, that would fill the memory."""
    name = " ".join(f"zzz{number}" for number in range(5_000))
    assert len(list(near.signatures(name, leave_out=True))) == 1
    assert near.pairs([name, name], ["a", "a"]) == {0: 1, 1: 0}
