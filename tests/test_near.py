"""Names that differ by order, accents, case, filler or one word are near; numbers keep apart."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import near
from scripts.coded import coded

NAME = "Zzz city camera network"


def pairs(names: list[str], blocks: list[str], leave_out: bool = True) -> dict[int, int]:
    """The pairs of some names, as a column has them."""
    return near.pairs(coded(names), blocks, leave_out)


@pytest.mark.parametrize("other", ["Camera network of the ZZZ City", "Zzz city caméra network", "Zzz city camera network (Yyy)",
                                   "Zzz city network camera", "Zzz town camera network"])
def test_near(other):
    assert pairs([NAME, other], ["a", "a"]) == {0: 1, 1: 0}


@pytest.mark.parametrize("other", ["Zzz data centre", "Zzz city camera network phase 2 extension", "Yyy town camera network", ""])
def test_not_near(other):
    assert pairs([NAME, other], ["a", "a"]) == {}


def test_numbers_keep_apart():
    assert pairs(["Zzz camera network phase 1", "Zzz camera network phase 2"], ["a", "a"]) == {}


def test_another_block_keeps_apart():
    assert pairs([NAME, NAME], ["a", "b"]) == {}


def test_no_word_is_left_out_where_that_is_not_asked():
    assert pairs([NAME, NAME + " Yyy"], ["a", "a"], leave_out=False) == {}


def test_names_without_words_of_letters_are_compared_whole():
    assert pairs(["中国标准化协会", "中国标准化协会"], ["a", "a"]) == {0: 1, 1: 0}
    assert pairs(["中国标准化协会", "中国电子技术标准化研究院"], ["a", "a"]) == {}


def test_a_crowd_of_like_names_says_nothing():
    names = [f"{NAME} {number}" for number in range(near.CROWD + 1)]
    assert pairs([NAME] * (near.CROWD + 1), ["a"] * (near.CROWD + 1)) == {}
    assert pairs(names, ["a"] * len(names)) == {}


def test_of_a_very_long_name_no_word_is_left_out():
    """Each word left out makes another set of words: of thousands, that would fill the memory."""
    name = " ".join(f"zzz{number}" for number in range(5_000))
    assert len(list(near.signatures(name, leave_out=True))) == 1
    assert pairs([name, name], ["a", "a"]) == {0: 1, 1: 0}


@pytest.mark.parametrize(("name", "words"), [
    ("Élan-Vital, the ß Co.", {"elan", "vital", "ss"}), ("x_z 2", {"x", "z", "2"}), ("The Company", {"the", "company"}), ("--", set()),
    ("ﬁnance", {"finance"}), ("中国标准化协会", {"中国标准化协会"})])
def test_words_of_a_name(name, words):
    assert near.words(name) == words


def test_a_set_of_words_and_those_without_one_of_them_stand_for_a_name():
    assert {frozenset(found) for found in near.signatures("zzz city 5 camera", leave_out=True)} == {
        frozenset(found.split()) for found in ("zzz city 5 camera", "city 5 camera", "zzz 5 camera", "zzz city 5")}
    assert len(list(near.signatures("zzz city camera", leave_out=True))) == 1
    assert len(list(near.signatures("zzz city 5 camera", leave_out=False))) == 1
    for count, several in ((near.MOST, True), (near.MOST + 1, False)):
        assert (len(list(near.signatures(numbered(count), leave_out=True))) > 1) == several


WORD = st.sampled_from(["zzz", "the", "of", "2", "1", "élan", "elan", "中国", "Camera", "camera", "net-work", "x_y", "ﬁx", "ß", "²", "--",
                        "", "co"])


def one_by_one(names: list[str], blocks: list[str], leave_out: bool) -> dict[int, int]:
    """The same by sets of words, row by row."""
    sets: dict[tuple, list[int]] = {}
    for position, (name, block) in enumerate(zip(names, blocks, strict=True)):
        for signature in near.signatures(name, leave_out) if name else ():
            sets.setdefault((block, signature), []).append(position)
    found: dict[int, set[int]] = {}
    for positions in sets.values():
        for position in positions if len(positions) <= near.CROWD else []:
            found.setdefault(position, set()).update(other for other in positions if other != position)
    return {position: min(others) for position, others in found.items() if others}


@given(st.lists(st.tuples(st.lists(WORD, max_size=6).map(" ".join), st.sampled_from("ab")), max_size=30), st.booleans())
def test_sums_of_hashes_find_what_sets_of_words_find(rows, leave_out):
    names, blocks = [name for name, _ in rows], [block for _, block in rows]
    assert pairs(names, blocks, leave_out) == one_by_one(names, blocks, leave_out)


def numbered(count: int) -> str:
    """A name of so many words."""
    return " ".join(f"zzz{number}" for number in range(count))


@pytest.mark.parametrize(("words", "near_one"), [(2, False), (3, True), (39, True), (40, False)])
def test_a_name_has_three_words_left_and_at_most_forty_in_all_where_one_is_left_out(words, near_one):
    assert pairs([numbered(words), numbered(words + 1)], ["a", "a"]) == ({0: 1, 1: 0} if near_one else {})


def test_names_of_which_each_has_a_word_of_its_own_are_near_from_four_words_on():
    assert pairs(["zzz city camera network", "zzz city camera system"], ["a", "a"]) == {0: 1, 1: 0}
    assert pairs(["zzz camera network", "zzz camera system"], ["a", "a"]) == {}


def test_a_number_is_never_the_word_that_is_left_out():
    assert pairs(["zzz city camera network", "zzz city camera network 5"], ["a", "a"]) == {}


def test_as_many_as_a_crowd_less_one_are_told():
    for count, told in ((near.CROWD, near.CROWD), (near.CROWD + 1, 0)):
        assert len(pairs([NAME] * count, ["a"] * count)) == told


def test_each_of_several_is_near_to_the_first_and_the_first_to_the_next():
    names = ["Yyy data centre in the harbour", NAME, "", NAME.upper(), NAME, "Yyy data centre in a harbour"]
    assert pairs(names, ["a"] * 6) == {0: 5, 1: 3, 3: 1, 4: 1, 5: 0}


def test_a_name_and_another_with_a_word_more_are_near_in_any_block():
    assert pairs(["Xxx", NAME, f"{NAME} Yyy"], ["a", "b", "b"]) == {1: 2, 2: 1}


def test_names_of_one_word_in_all():
    assert pairs(["Zzz", "zzz"], ["a", "a"]) == pairs(["A", "a"], ["a", "a"]) == {0: 1, 1: 0}
    assert pairs(["The --", "The"], ["a", "a"]) == {0: 1, 1: 0}
    assert pairs(["A", "--"], ["a", "a"]) == {}


@pytest.mark.parametrize("names", [["Élan\nVital", "a-b", "x é"], ["a", "b"], ["--", ""], []])
@pytest.mark.parametrize("skipped", [0, 1])
def test_all_names_are_taken_apart_as_one_is(names, skipped):
    found = near.all_plain(pa.array(names, pa.string()).slice(skipped))
    assert [" ".join(name.split()) for name in found.to_pylist()] == [near.plain(name) for name in names[skipped:]]


def test_of_several_that_are_near_in_different_ways_the_first_is_told():
    assert pairs(["zzz city camera system", NAME, NAME.upper()], ["a"] * 3) == {0: 1, 1: 0, 2: 0}


def test_a_row_of_another_block_between_them_changes_nothing():
    assert pairs([NAME, NAME, NAME, "Xxx"], ["a", "b", "a", "b"]) == {0: 2, 2: 0}


def test_names_of_filler_or_signs_alone_are_compared_as_they_are():
    assert pairs(["The Company", "the company", "The Group"], ["a"] * 3) == {0: 1, 1: 0}
    assert pairs(["Zzz", "The Zzz", "Zzz Ltd."], ["a"] * 3) == {0: 1, 1: 0, 2: 0}
    assert pairs(["Zürich–Netz", "zurich netz", "Zurich netze"], ["a"] * 3) == {0: 1, 1: 0}
