"""Lines of canonical CSV, as RFC 4180 has it and in quotes only where they must be: told by a regular expression or, without any quote, by
how many cells they have; read by Arrow.

Such a line can be read in one way only and is a row by itself, so that lines of another kind change nothing about it.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from .coded import Coded, of_arrow

CELL = r'(?:[^,"\r\n\x00]*|"[^",\r\n\x00]*(?:,|"")(?:[^"\r\n\x00]|"")*")'


@dataclass(frozen=True)
class Regular:
    """The `columns` of a file, a row for each line after the header, and row → cells of the lines that are not canonical: `odd` ones, of
    which the columns hold as many cells as there are columns."""

    columns: dict[str, Coded]
    odd: dict[int, list[str]]

    def cells(self, row: int) -> list[str]:
        """The cells of one of the rows."""
        return [column.texts[column.codes[row]].as_py() for column in self.columns.values()]


def line_of(width: int) -> str:
    """The pattern of a line, without its end, of so many cells."""
    return f"{CELL}(?:,{CELL}){{{width - 1}}}"


def read_regular(names: tuple[str, ...], data: bytes) -> Regular | None:
    """The rows of a file whose columns have these names, or None where it cannot be read line by line."""
    header = ",".join(names).encode() + b"\n"
    if len(names) < 2 or not data.startswith(header) or not data.endswith(b"\n") or b"\0" in data or b"\r" in data:
        return None
    if data.startswith(BOM_UTF8, len(header)):  # which Arrow would take away
        return None
    body = pa.py_buffer(data).slice(len(header))
    try:
        columns = read_whole(names, body, quotes=b'"' in data)
        return Regular(columns, {}) if columns else read_lines(names, body)
    except (UnicodeDecodeError, csv.Error, pa.ArrowException):
        return None


def read_whole(names: tuple[str, ...], body: pa.Buffer, quotes: bool) -> dict[str, Coded] | None:
    """The columns of lines that are all canonical, None of others. Those without quotes are if each has as many cells:
    Arrow counts them."""
    if quotes:
        return read_columns(names, body) if is_regular(len(names), body) else None
    try:
        return read_columns(names, body)
    except pa.ArrowInvalid:
        return None


def read_lines(names: tuple[str, ...], body: pa.Buffer) -> Regular | None:
    """The columns of lines some of which are odd: the csv module reads those, and Arrow all of them once those are canonical too. None
    where a quote that opens on one line closes on another."""
    lines, width = lines_of(body), len(names)
    odd = ~np.asarray(pc.match_substring_regex(lines, rf"\A{line_of(width)}\n\z"))
    texts = [line.decode()[:-1] for line in lines.filter(pa.array(odd)).to_pylist()]
    cells = list(csv.reader(texts, strict=True))
    if len(cells) != len(texts):
        return None
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows((found + [""] * width)[:width] for found in cells)
    mended = pa.array(written.getvalue().encode().splitlines(keepends=True), pa.large_binary())
    columns = read_columns(names, bytes_of(pc.replace_with_mask(lines, pa.array(odd), mended)))
    return Regular(columns, dict(zip(np.flatnonzero(odd).tolist(), cells, strict=True)))


def lines_of(body: pa.Buffer) -> pa.LargeBinaryArray:
    """The lines of a file, each with its end; the last has one."""
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n")) + 1
    return pa.Array.from_buffers(pa.large_binary(), len(ends), [None, pa.py_buffer(np.concatenate([np.zeros(1, np.int64), ends])), body])


def bytes_of(lines: pa.LargeBinaryArray) -> pa.Buffer:
    """The bytes of lines that were put together anew, one after the other."""
    _, offsets, data = lines.buffers()
    return data.slice(0, np.frombuffer(offsets, np.int64)[len(lines)].item())


def is_regular(width: int, body: pa.Buffer) -> bool:
    """Whether a file is, but for its header, nothing but canonical lines."""
    ends = pa.py_buffer(np.array([0, body.size], dtype=np.int64))
    rows = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, body])
    return pc.match_substring_regex(rows, rf"\A(?:{line_of(width)}\n)*\z")[0].as_py()


def read_columns(names: tuple[str, ...], body: pa.Buffer) -> dict[str, Coded]:
    """The columns of canonical lines, every cell as text. Raises pyarrow.ArrowException where they have more or fewer cells than there
    are names, or are no UTF-8."""
    if not body.size:
        return dict.fromkeys(names, of_arrow(pa.array([], pa.string())))
    found = pyarrow.csv.read_csv(
        pa.BufferReader(body), pyarrow.csv.ReadOptions(column_names=names),
        pyarrow.csv.ParseOptions(ignore_empty_lines=False),
        pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False))
    return {name: of_arrow(column.combine_chunks()) for name, column in zip(names, found.columns, strict=True)}
