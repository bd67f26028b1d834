"""What Arrow reads at once is what the csv module reads line by line, problem by problem."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.read import parse, parse_any
from scripts.regular import is_regular, line_of, read_regular
from tests.test_read import ZZZ

NAMES = ZZZ.columns
CELL = st.sampled_from(["", "a", "zzz-a", "x", "y", ",", '"', 'a "b", c', "é", "中", " ", "=1", "<<<<<<< zzz", "=======", "\t", "\u2028",
                        "\ufeffzzz-a"])
ROW = st.lists(CELL, min_size=len(NAMES), max_size=len(NAMES)).map(lambda cells: written([cells]))
ODD = st.sampled_from(["", ",,,", "zzz-a", 'zzz-a,"A",x,', "zzz-a,A,x,,z", 'zzz-a,5" b,x,', 'zzz-a,"A', '"', "<<<<<<< zzz", "=======",
                       "zzz-a,A\rB,x,", "zzz-a,A\0B,x,", 'a,b "c,"d"e,', "Checked by Zzz,,,", "\ufeff"]).map(lambda line: line + "\n")
HEADER = ",".join(NAMES) + "\n"


def written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def same(data: bytes) -> None:
    """Both ways give the same rows on the same lines and the same problems."""
    (one, found), (other, wanted) = parse(ZZZ, data), parse_any(ZZZ, data)
    pd.testing.assert_frame_equal(one.rows, other.rows, check_index_type=False, check_column_type=False)
    assert sorted(problem.text for problem in found) == sorted(problem.text for problem in wanted)
    assert (one.readable, one.aligned) == (other.readable, other.aligned)


@given(st.lists(ROW, max_size=6))
def test_canonical_lines_are_read_as_the_csv_module_reads_them(rows):
    same((HEADER + "".join(rows)).encode())


@given(st.lists(ROW | ODD, max_size=6))
def test_so_are_lines_beside_odd_ones(rows):
    same((HEADER + "".join(rows)).encode())


@given(st.text(alphabet='a,"\n\ré\0', max_size=12) | st.text(max_size=12))
def test_so_is_whatever_stands_below_the_header(text):
    same((HEADER + text).encode())


@given(st.lists(st.lists(CELL | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0")), min_size=2, max_size=4),
                min_size=1, max_size=3).filter(lambda rows: len(set(map(len, rows))) == 1))
def test_a_line_is_regular_if_it_is_written_as_the_csv_module_writes_it(rows):
    width, data = len(rows[0]), written(rows).encode()
    assert is_regular(width, pa.py_buffer(b"zzz" + data).slice(3))
    assert not is_regular(width + 1, pa.py_buffer(data))
    plain = [cells for cells in rows if not set("".join(cells)) & set(',"')]
    for cells in plain:
        assert not is_regular(width, pa.py_buffer((",".join(f'"{cell}"' for cell in cells) + "\n").encode()))


@pytest.mark.parametrize("line", ["a", "a,b,c", 'a,"b"', '"a",b', 'a,b"', 'a,"b""', 'a,"b,', "a,b\rc", "a,b\0", 'a,"b"c'])
def test_a_line_is_odd_that_is_ragged_or_quoted_in_another_way(line):
    assert not is_regular(2, pa.py_buffer(f"{line}\n".encode())) and is_regular(2, pa.py_buffer(b"a,b\n")) and line_of(2)


@pytest.mark.parametrize("data", [b"", b"a,b\nx,y", b"b,a\nx,y\n", b"a,b\nx,\xff\n", b"a,b\nx,y\r\n", b"a\nx\n", b'a,b\nx,"y\nz,"w"\n',
                                  b"a,b\n\xef\xbb\xbfx,y\n"])
def test_a_file_that_cannot_be_read_line_by_line_is_left_to_the_csv_module(data):
    assert read_regular(("a", "b"), data) is None
    assert read_regular(("a", "b"), b"a,b\nx,y\n").odd == {}
