"""Mutations of the shape of a table and of the bytes of its file."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from .draft import Draft
from .mutate import mutation, some_table


def of_rows(name: str, change: Callable[[Random, list[list[str]], int], object]) -> None:
    """A mutation of the rows of a table: `change` gets the rows and the number of one."""
    @mutation(name)
    def mutate(rng: Random, draft: Draft) -> bool | None:
        table = some_table(rng, draft)
        if table is None:
            return False
        change(rng, table.rows, rng.randrange(len(table.rows)))
        return None


def of_header(name: str, change: Callable[[Random, list[str], int, int], object]) -> None:
    """A mutation of the header of a table alone: `change` gets its cells and two places in it."""
    @mutation(name)
    def mutate(rng: Random, draft: Draft) -> None:
        table = rng.choice(list(draft.tables.values()))
        one, other = rng.sample(range(len(table.header)), 2) if len(table.header) > 1 else (0, 0)
        change(rng, table.header, one, other)


def of_columns(name: str, change: Callable[[Random, list[str], int], object]) -> None:
    """A mutation of whole columns: `change` gets the header and each row with the place of a column."""
    @mutation(name)
    def mutate(rng: Random, draft: Draft) -> bool | None:
        table = rng.choice(list(draft.tables.values()))
        if any(len(row) != len(table.header) for row in table.rows) or len(table.header) < 2:
            return False
        at, seed = rng.randrange(len(table.header)), rng.random()
        for cells in (table.header, *table.rows):
            change(Random(seed), cells, at)
        return None


def of_bytes(name: str, change: Callable[[Random, bytes], bytes]) -> None:
    """A mutation of the bytes of a file."""
    @mutation(name)
    def mutate(rng: Random, draft: Draft) -> None:
        seed = rng.random()
        rng.choice(list(draft.tables.values())).dress.append(lambda data: change(Random(seed), data))


def at_line(rng: Random, data: bytes, insert: bytes) -> bytes:
    """Bytes with others inserted at the start of a line, not the first."""
    starts = [i + 1 for i, byte in enumerate(data) if byte == 10] or [len(data)]
    at = rng.choice(starts)
    return data[:at] + insert + data[at:]


def at_letter(rng: Random, data: bytes, insert: bytes) -> bytes:
    """Bytes with others inserted before an ASCII letter, not in the first line."""
    first = data.find(b"\n") + 1
    places = [i for i in range(first, len(data)) if chr(data[i]).isascii() and chr(data[i]).isalpha()] or [len(data)]
    at = rng.choice(places)
    return data[:at] + insert + data[at:]


def some_ends(rng: Random, data: bytes, end: bytes) -> bytes:
    """Bytes in which some lines end otherwise."""
    return b"".join(line.removesuffix(b"\n") + end if line.endswith(b"\n") and rng.random() < 0.3 else line
                    for line in data.splitlines(keepends=True))


def as_utf16(rng: Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(rng.choice(["utf-16", "utf-16-le"]))


def as_latin(rng: Random, data: bytes) -> bytes:
    """A file in Latin-1 that holds a letter beyond ASCII."""
    text = at_letter(rng, data, "é".encode()).decode("utf-8", "replace")
    return text.encode("latin-1", "replace")


def other_byte(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) or 1)
    return data[:at] + bytes([rng.randrange(256)]) + data[at + 1:]


def note(rng: Random, rows: list[list[str]], at: int) -> None:
    """A row in which somebody has left a word, with the commas of the others or without."""
    rows.insert(at, ["Checked by Zzz", *rng.choice([[], [""] * (len(rows[at]) - 1)])])


def moved(rng: Random, cells: list[str], at: int) -> None:
    cells.insert(rng.randrange(len(cells)), cells.pop(at))


def swapped(_rng: Random, header: list[str], one: int, other: int) -> None:
    header[one], header[other] = header[other], header[one]


def put(text: Callable[[Random, str], str]) -> Callable[[Random, list[str], int, int], None]:
    def change(rng: Random, header: list[str], one: int, _other: int) -> None:
        header[one] = text(rng, header[one])
    return change


of_rows("extra cell", lambda rng, rows, at: rows[at].append(rng.choice(["", "zzz"])))
of_rows("missing cell", lambda rng, rows, at: rows[at].pop(rng.randrange(len(rows[at]))) if rows[at] else None)
of_rows("row cut short", lambda rng, rows, at: rows.__setitem__(at, rows[at][:rng.randrange(len(rows[at]) + 1)]))
of_rows("blank row", lambda rng, rows, at: rows.insert(at, rng.choice([[], [""] * len(rows[at])])))
of_rows("row of spaces", lambda rng, rows, at: rows.insert(at, [" "] * len(rows[at])))
of_rows("note", note)
of_rows("no rows", lambda rng, rows, at: rows.clear())
of_header("header cell renamed", put(lambda rng, name: rng.choice([name + "s", "zzz_other", name[:-1], f"{name}_2", "Bemerkung"])))
of_header("header cell in capitals", put(lambda rng, name: rng.choice([name.upper(), name.capitalize()])))
of_header("header cell with space", put(lambda rng, name: rng.choice([f" {name}", f"{name} ", name.replace("_", " "), f"\ufeff{name}"])))
of_header("header cell blank", put(lambda rng, name: rng.choice(["", " "])))
of_header("header cell repeated", lambda rng, header, one, other: header.__setitem__(one, header[other]))
of_header("header cells swapped", swapped)
of_header("header cell too many", lambda rng, header, one, other: header.insert(one, rng.choice(["zzz_more", "", header[other]])))
of_header("header cell too few", lambda rng, header, one, other: header.pop(one))
of_header("header gone", lambda rng, header, one, other: header.clear())
of_columns("column missing", lambda rng, cells, at: cells.pop(at))
of_columns("column moved", moved)
of_columns("column more", lambda rng, cells, at: cells.insert(at, "zzz_more"))
of_columns("empty column more", lambda rng, cells, at: cells.append(""))
of_bytes("byte order mark", lambda rng, data: b"\xef\xbb\xbf" * rng.choice([1, 1, 2]) + data)
of_bytes("Latin-1", as_latin)
of_bytes("UTF-16", as_utf16)
of_bytes("NUL", lambda rng, data: at_letter(rng, data, b"\0"))
of_bytes("control character", lambda rng, data: at_letter(rng, data, bytes([rng.choice([1, 7, 11, 12, 26, 27, 28, 29, 30, 127])])))
of_bytes("separator of lines", lambda rng, data: at_letter(rng, data, rng.choice("\x85\u2028\u2029\x0b\x0c\x1c").encode()))
of_bytes("CRLF", lambda rng, data: data.replace(b"\n", b"\r\n"))
of_bytes("CR", lambda rng, data: data.replace(b"\n", b"\r"))
of_bytes("some CRLF", lambda rng, data: some_ends(rng, data, b"\r\n"))
of_bytes("some CR", lambda rng, data: some_ends(rng, data, b"\r"))
of_bytes("CR CR LF", lambda rng, data: data.replace(b"\n", b"\r\r\n"))
of_bytes("lone CR", lambda rng, data: at_letter(rng, data, b"\r"))
of_bytes("no final line end", lambda rng, data: data.removesuffix(b"\n"))
of_bytes("blank last line", lambda rng, data: data + rng.choice([b"\n", b"\n\n", b" \n", b",\n"]))
of_bytes("blank first line", lambda rng, data: rng.choice([b"\n", b" \n", b",,\n", b"sep=,\n"]) + data)
of_bytes("stray quote", lambda rng, data: at_letter(rng, data, b'"'))
of_bytes("quote opens", lambda rng, data: at_line(rng, data, b'"'))
of_bytes("everything quoted", lambda rng, data: data.replace(b'"', b"'").replace(b",", b'","').replace(b"\n", b'"\n"').removesuffix(b'"')
         .join([b'"', b""]))
of_bytes("spaces after commas", lambda rng, data: data.replace(b",", b", "))
of_bytes("semicolons", lambda rng, data: data.replace(b",", b";"))
of_bytes("tabs", lambda rng, data: data.replace(b",", b"\t"))
of_bytes("merge conflict", lambda rng, data: at_line(rng, data, rng.choice([b"<<<<<<< zzz\n", b"=======\n", b">>>>>>> zzz\n"])))
of_bytes("comment", lambda rng, data: at_line(rng, data, b"# zzz\n"))
of_bytes("empty file", lambda rng, data: rng.choice([b"", b"\n", b"\xef\xbb\xbf", b" "]))
of_bytes("file cut off", lambda rng, data: data[:rng.randrange(len(data) + 1)])
of_bytes("a byte changed", other_byte)
