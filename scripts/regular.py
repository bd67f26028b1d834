"""Lines of canonical CSV, as RFC 4180 has it and in quotes only where they must be: told by a regular expression, read by Arrow.

Such a line can be read in one way only and is a row by itself, so that lines of another kind change nothing about it.
"""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from .coded import READERS, Coded, of_arrow

CELL = r'(?:[^,"\r\n\x00]*|"[^",\r\n\x00]*(?:,|"")(?:[^"\r\n\x00]|"")*")'


@dataclass(frozen=True)
class Regular:
    """The `columns` of a file as far as its lines are canonical, the `lines` on which these rows stand, and line → cells of the others."""

    columns: dict[str, Coded]
    lines: np.ndarray
    odd: dict[int, list[str]]

    def cells(self, row: int) -> list[str]:
        """The cells of one of the rows."""
        return [column.values[column.codes[row]] for column in self.columns.values()]


def line_of(width: int) -> str:
    """The pattern of a line, without its end, of so many cells."""
    return f"{CELL}(?:,{CELL}){{{width - 1}}}"


def read_regular(names: tuple[str, ...], data: bytes) -> Regular | None:
    """The rows of a file whose columns have these names, or None where it cannot be read line by line."""
    header = ",".join(names).encode() + b"\n"
    if len(names) < 2 or not data.startswith(header) or not data.endswith(b"\n") or b"\0" in data or b"\r" in data:
        return None
    try:
        if is_regular(len(names), data, len(header)):
            columns = read_columns(names, data)
            return Regular(columns, np.arange(2, 2 + len(columns[names[0]].codes)), {})
        lines = lines_from(data, len(header))
        regular = np.asarray(pc.match_substring_regex(lines, rf"\A{line_of(len(names))}\n\z"))
        odd = [line.decode()[:-1] for line in lines.filter(~regular).to_pylist()]
        cells = list(csv.reader(odd, strict=True))
        if len(cells) != len(odd):  # a quote that opens on one line closes on another
            return None
        numbers = np.flatnonzero(~regular) + 2
        columns = read_columns(names, header + bytes_of(lines.filter(regular)))
        return Regular(columns, np.flatnonzero(regular) + 2, dict(zip(numbers.tolist(), cells, strict=True)))
    except (UnicodeDecodeError, csv.Error, pa.ArrowException):
        return None


def lines_from(data: bytes, start: int) -> pa.LargeBinaryArray:
    """The lines from a byte on, each with its end; the last has one."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8, offset=start) == ord("\n")) + 1
    offsets = pa.py_buffer(np.concatenate([np.zeros(1, np.int64), ends]))
    return pa.Array.from_buffers(pa.large_binary(), len(ends), [None, offsets, pa.py_buffer(data).slice(start)])


def bytes_of(lines: pa.LargeBinaryArray) -> bytes:
    """The bytes of lines that a filter gave, one after the other."""
    _, offsets, data = lines.buffers()
    return data[:np.frombuffer(offsets, np.int64)[len(lines)]].to_pybytes() if len(lines) else b""


def is_regular(width: int, data: bytes, start: int) -> bool:
    """Whether from a byte on a file is nothing but canonical lines."""
    ends = pa.py_buffer(np.array([0, len(data) - start], dtype=np.int64))
    rows = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(data).slice(start)])
    return pc.match_substring_regex(rows, rf"\A(?:{line_of(width)}\n)*\z")[0].as_py()


def read_columns(names: tuple[str, ...], data: bytes) -> dict[str, Coded]:
    """The columns of a file that is canonical, every cell as text. Raises pyarrow.ArrowException where it is no UTF-8."""
    found = pyarrow.csv.read_csv(
        pa.BufferReader(data), pyarrow.csv.ReadOptions(use_threads=False),
        convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False))
    with ThreadPoolExecutor(READERS) as pool:
        return dict(zip(names, pool.map(lambda column: of_arrow(column.combine_chunks()), found.columns), strict=True))
