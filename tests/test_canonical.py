"""What `format` mends, where it stops, and that it never changes a meaning. Everything in the tables is fictional."""

from __future__ import annotations

import csv
import io
import json
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts import package, read
from scripts.canonical import Outcome, clean, mend, mend_bytes
from scripts.package import Package

EDTF = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
REQUIRED = {"required": True}
TERM = {"title": "Zzz", "definition": "A fictional term.", "example": "zzz", "source": "https://example.org"}
PROJECTS = [
    {"name": "project_id", "constraints": {**REQUIRED, "unique": True, "pattern": SLUG}},
    {"name": "title", "constraints": REQUIRED},
    {"name": "open", "type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    {"name": "topics", "type": "list", "delimiter": ";", "vocabulary": "topic"},
    {"name": "authors", "type": "list", "delimiter": ";", "keepOrder": True},
    {"name": "started", "constraints": {"pattern": EDTF}},
    {"name": "summary"},
    {"name": "note"}]
LINKS = [
    {"name": "project_id", "constraints": REQUIRED},
    {"name": "part_of", "constraints": {"pattern": SLUG}},
    {"name": "role", "constraints": {"enum": ["yyy", "zzz"], **REQUIRED}, "vocabulary": "role"},
    {"name": "locator"}]
HEADER, LINK_HEADER = (",".join(field["name"] for field in fields) for fields in (PROJECTS, LINKS))
ROW_A = "zzz-a,Zzz tower,true,x;y,,2019-04,A fictional tower,Zzz"
ROW_B = "zzz-b,Zzz bridge,false,,Zzz B;Zzz A,2020,,"
PLAIN = f"{HEADER}\n{ROW_A}\n{ROW_B}\n"
LINKED = f"{LINK_HEADER}\nzzz-a,zzz-p,yyy,p. 1\nzzz-b,,zzz,\n"


def make(root: Path, projects: str | bytes = PLAIN, links: str | bytes = LINKED) -> Package:
    """A package of two tables in `root`, with these contents."""
    for folder in ("data", "schemas"):
        (root / folder).mkdir(exist_ok=True)
    vocabularies = {name: {"title": "Zzz", "description": "Fictional.", "terms": dict.fromkeys(terms, TERM)}
                    for name, terms in {"topic": ["x", "y"], "role": ["yyy", "zzz"]}.items()}
    (root / "schemas/vocabularies.yaml").write_text(json.dumps(vocabularies))
    key = {"fields": ["project_id"], "reference": {"resource": "projects", "fields": ["project_id"]}}
    schemas = {"projects": {"fields": PROJECTS, "primaryKey": ["project_id"]},
               "links": {"fields": LINKS, "primaryKey": ["project_id", "role"], "foreignKeys": [key]}}
    for name, schema in schemas.items():
        (root / f"schemas/{name}.json").write_text(json.dumps(schema))
    resources = [{"name": name, "path": f"data/{name}.csv", "schema": f"schemas/{name}.json"} for name in schemas]
    (root / "datapackage.json").write_text(json.dumps({"name": "zzz", "resources": resources}))
    for name, content in {"projects": projects, "links": links}.items():
        (root / f"data/{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    loaded, problems = package.load(root)
    assert loaded, problems
    return loaded


@pytest.fixture(scope="module")
def zzz(tmp_path_factory) -> Package:
    return make(tmp_path_factory.mktemp("zzz"))


def as_csv(rows: list, **dialect) -> str:
    """Rows as a CSV text."""
    out = io.StringIO(newline="")
    csv.writer(out, **{"lineterminator": "\n", **dialect}).writerows(rows)
    return out.getvalue()


def mended(zzz: Package, content: str | bytes, name: str = "projects") -> str:
    """The content of a table once mended, which must work."""
    data, problems = mend_bytes(zzz, zzz.tables[name], content if isinstance(content, bytes) else content.encode())
    assert not problems, problems
    assert data is not None
    return data.decode()


def codes(zzz: Package, content: str | bytes, name: str = "projects") -> list[tuple[str, int | None]]:
    """Code and line of each problem of a table that cannot be mended."""
    data, problems = mend_bytes(zzz, zzz.tables[name], content if isinstance(content, bytes) else content.encode())
    assert data is None
    assert problems
    assert all(p.table == name and p.file == f"data/{name}.csv" and p.message and p.hint for p in problems)
    return [(problem.code, problem.line) for problem in problems]


def cell(zzz: Package, column: str, text: str) -> str:
    """What becomes of one cell."""
    row = {**dict.fromkeys(HEADER.split(","), ""), "project_id": "zzz-a", "title": "Zzz", column: text}
    return next(csv.DictReader(io.StringIO(mended(zzz, as_csv([row, row.values()])))))[column]


@pytest.mark.parametrize("content", [
    PLAIN.encode("utf-8-sig"), b"\xef\xbb\xbf" + PLAIN.encode("utf-8-sig"), PLAIN.encode("utf-16"),
    b"\xfe\xff" + PLAIN.encode("utf-16-be"), PLAIN.replace("\n", "\r\n").encode(), PLAIN.replace("\n", "\r").encode(),
    PLAIN.replace("\n", "\r\n", 1).encode(), PLAIN.rstrip("\n").encode(), ("\n" + PLAIN).encode(),
    (PLAIN + "\n\n").encode(), (PLAIN + ",,,,,,,\n , ,\n").encode()])
def test_bytes(zzz, content):
    assert mended(zzz, content) == PLAIN


@pytest.mark.parametrize(("content", "code"), [
    ("Zürich".encode("latin-1"), "encoding"), (PLAIN.encode() + "Zürich".encode("cp1252"), "encoding"),
    (PLAIN.encode("utf-16")[:-1], "encoding"), (PLAIN.encode("utf-16-le"), "encoding"), (PLAIN.encode("utf-32"), "encoding"),
    (b"PK\x03\x04\x00\x00", "encoding"), (b"", "empty-file"), (b"\n \n", "empty-file"), (b"\xef\xbb\xbf", "empty-file"),
    (b"\xff\xfe", "empty-file"), (b",,\n,,\n", "empty-file"), (b"sep=;\n", "empty-file"),
    (PLAIN + 'zzz-c,"Zzz,,,,,,\n', "unbalanced-quote"), (PLAIN + 'zzz-c,"Zzz" x,,,,,,\n', "unbalanced-quote")])
def test_bytes_that_nobody_can_be_sure_of(zzz, content, code):
    assert [found for found, _ in codes(zzz, content)] == [code]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("first", ["", "sep={}\n", '"sep={}"\n'])
def test_delimiter(zzz, delimiter, first):
    assert mended(zzz, HEADER.replace(",", delimiter)) == HEADER + "\n"
    assert mended(zzz, first.format(delimiter) + as_csv(csv.reader(io.StringIO(PLAIN)), delimiter=delimiter)) == PLAIN


def test_delimiter_is_the_one_of_the_header(zzz):
    assert codes(zzz, f"{HEADER}\n{ROW_A.replace(';', '+').replace(',', ';')}\n") == [("ragged-row", 2)]
    assert {code for code, _ in codes(zzz, f"{HEADER.replace(',', ':')}\n")} == {"unknown-column"}


def test_quotes(zzz):
    assert codes(zzz, "".join(f'"{line}"\n' for line in PLAIN.replace(",", "\t").splitlines())) == [("delimiter", 1)]
    assert mended(zzz, '"' + PLAIN.replace(",", '","').replace("\n", '"\n"')[:-1]) == PLAIN
    assert mended(zzz, PLAIN.replace("Zzz tower", 'Zzz "new" tower')) == PLAIN.replace("Zzz tower", '"Zzz ""new"" tower"')


@pytest.mark.parametrize("title", [' "Zzz"', ' "Zzz, tower"'])
def test_a_space_before_a_quote_is_left(zzz, title):
    assert codes(zzz, PLAIN.replace("Zzz tower", title)) == [("unbalanced-quote", 2)]
    inside = PLAIN.replace("Zzz tower", '"Zzz, ""tower"""')
    assert mended(zzz, inside) == inside


def reordered(content: str, columns: list[int]) -> str:
    return as_csv([[row[i] for i in columns] for row in csv.reader(io.StringIO(content))])


def test_columns(zzz):
    assert mended(zzz, reordered(PLAIN, [7, 0, 2, 1, 4, 3, 6, 5])) == PLAIN
    assert mended(zzz, PLAIN.replace("project_id,title,", " Project ID ,TITLE,")) == PLAIN
    assert mended(zzz, reordered(PLAIN, [0, 1, 2, 3, 3, 4, 5, 6, 7])) == PLAIN
    assert mended(zzz, "".join(f",{line},,\n" for line in PLAIN.splitlines())) == PLAIN


def test_columns_that_are_left(zzz):
    assert codes(zzz, PLAIN.replace(",title,", ",Titel,")) == [("unknown-column", 1)]
    assert codes(zzz, f"{HEADER},extra\n{ROW_A},\n{ROW_B},\n") == [("unknown-column", 1)]
    assert codes(zzz, reordered(PLAIN, [0, 1, 2, 3, 4, 5, 6])) == [("missing-column", 1)]
    assert codes(zzz, f"{HEADER},Title\n{ROW_A},Another\n") == [("repeated-column", 1)]
    assert codes(zzz, f"{HEADER},\n{ROW_A},stray\n") == [("unknown-column", 2)]
    assert codes(zzz, PLAIN.replace(HEADER, "A list of projects,,,,,,,")) == [("unknown-column", 1)]


def test_row_with_one_reading_is_filled_up_or_cut(zzz):
    assert mended(zzz, LINKED.replace("yyy,p. 1", "yyy"), "links") == LINKED.replace("p. 1", "")
    assert mended(zzz, LINKED.replace("yyy,p. 1", "yyy,,,"), "links") == LINKED.replace("p. 1", "")


@pytest.mark.parametrize("row", ["zzz-b,zzz", "zzz-b,zzz-p", "zzz-b"], ids=["the role under part_of", "no role", "an id alone"])
def test_short_row_that_does_not_fit_is_left(zzz, row):
    assert codes(zzz, f"{LINK_HEADER}\nzzz-a,,yyy,\n{row}\n", "links") == [("ragged-row", 3)]


def test_short_row_with_two_readings_is_left(zzz):
    """The last text may be the summary or the note, or both."""
    assert codes(zzz, f"{HEADER}\nzzz-c,Zzz,true,,,2019,A text\n{ROW_B}\n") == [("ragged-row", 2)]


def test_short_rows_throughout_are_filled_up(zzz):
    rows = ["zzz-a,Zzz,true,,,2019,A text", "zzz-b,Zzz", "zzz-c,Zzz,,,,,A text,A note"]
    assert mended(zzz, "\n".join([HEADER, *rows, ""])) == f"{HEADER}\n{rows[0]},\n{rows[1]},,,,,,\n{rows[2]}\n"
    assert codes(zzz, "\n".join([HEADER, *rows, "zzz-d,Zzz,,,,,,", ""])) == [("ragged-row", 2)]


def test_rows_in_blocks_of_one_width_are_filled_up_or_cut(zzz):
    whole = [f"zzz-{i:02},Zzz,,,,,A text," for i in range(45)]
    blocks = whole[:15] + [row[:-1] for row in whole[15:31]] + [row + ",," for row in whole[31:]]
    assert mended(zzz, "\n".join([HEADER, *blocks, ""])) == "\n".join([HEADER, *whole, ""])
    blocks[20] += ","
    assert [line for _, line in codes(zzz, "\n".join([HEADER, *blocks, ""]))] == [*range(17, 22), *range(23, 33)]


def test_a_few_short_rows_at_the_end_are_no_block(zzz):
    rows = [f"zzz-{i:02},Zzz,,,,,A text," for i in range(15)] + ["zzz-98,Zzz,,,,,A text", "zzz-99,Zzz,,,,,A text"]
    rows[0] += "A note"
    rows[1] = "zzz-01,Zzz,,,,,,"
    assert codes(zzz, "\n".join([HEADER, *rows, ""])) == [("ragged-row", 17), ("ragged-row", 18)]


def test_long_row_that_may_hold_a_bare_comma_is_left(zzz):
    assert codes(zzz, PLAIN.replace("Zzz tower", "Zzz, tower")) == [("ragged-row", 2)]
    assert codes(zzz, f"{HEADER}\nzzz-a,Zzz,,,,,A text, and more,\n") == [("ragged-row", 2)]


def test_rows_are_sorted_by_code_point_and_equal_ones_kept(zzz):
    rows = ["zzz-b,,,,,,,", "zzz-a-b,,,,,,,", "zzz-a,Y,,,,,,", "Zzz-a,,,,,,,", "zzz-a,X,,,,,,", "zzz-a,X,,,,,,"]
    assert mended(zzz, "\n".join([HEADER, *rows, ""])).splitlines()[1:] == [rows[i] for i in (3, 2, 4, 5, 1, 0)]


@pytest.mark.parametrize(("found", "wanted"), [
    (" Zzz  tower ", "Zzz tower"), ("\tZzz\t", "Zzz"), ("Zzz\u00a0tower\u202f!", "Zzz tower !"), ("Zzz\ntower", "Zzz tower"),
    ("Zzz \r\n\r\n tower\n", "Zzz tower"), ("Zzz\u2028tower", "Zzz tower"),
    ("Zu\u0308rich", "Zürich"), ("全\u3000角", "全\u3000角"), ("\u3000全角\u3000", "全角"),
    ("TRUE", "TRUE"), ("b;a", "b;a"), ("Zz\u200bz", "Zz\u200bz"), ("\u202eZzz", "\u202eZzz"), ("Zz\x07z\x85", "Zz\x07z\x85"),
    ("=1+1", "=1+1"), ("ZÃ¼rich", "ZÃ¼rich"), ("NA", "NA"), ("007", "007"), ("1.500,00", "1.500,00"), ('"Zzz"', '"Zzz"')])
def test_text(zzz, found, wanted):
    assert cell(zzz, "note", found) == wanted


@pytest.mark.parametrize(("found", "wanted"), [
    ("TRUE", "true"), ("True", "true"), (" FALSE\n", "false"), ("false", "false"), ("yes", "yes"), ("1", "1"), ("", "")])
def test_boolean(zzz, found, wanted):
    assert cell(zzz, "open", found) == wanted


@pytest.mark.parametrize(("column", "found", "wanted"), [
    ("topics", "y;x", "x;y"), ("topics", " y ;  x;\nx", "x;y"), ("topics", "y;", "y"), ("topics", " ; ", ""),
    ("topics", "Y;not a term;x", "Y;not a term;x"), ("topics", "y,x", "y,x"),
    ("authors", "Zzz B; Zzz A", "Zzz B;Zzz A"), ("authors", "Zzz B;Zzz A;Zzz B", "Zzz B;Zzz A")])
def test_list(zzz, column, found, wanted):
    assert cell(zzz, column, found) == wanted


def state(root: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (root / "data").iterdir() if path.is_file()}


def test_canonical_files_are_not_touched(tmp_path):
    zzz = make(tmp_path)
    before = state(tmp_path)
    assert mend(zzz) == Outcome([], [])
    assert state(tmp_path) == before


def test_check_writes_nothing(tmp_path):
    zzz = make(tmp_path, PLAIN.replace(",", ";").replace("x;y", '"x;y"').replace("Zzz B;Zzz A", '"Zzz B;Zzz A"'))
    before = state(tmp_path)
    assert mend(zzz, check=True).changed == ["projects"]
    assert state(tmp_path) == before
    assert mend(zzz).changed == ["projects"]
    assert (tmp_path / "data/projects.csv").read_text() == PLAIN
    assert state(tmp_path)["links.csv"] == before["links.csv"]
    assert mend(zzz, check=True).changed == []


def test_one_bad_table_does_not_hold_up_the_others(tmp_path):
    bad = PLAIN.encode() + b"zzz-c,Z\xfcrich,,,,,,\n"
    zzz = make(tmp_path, bad, LINKED.replace("\n", "\r\n"))
    outcome = mend(zzz)
    assert outcome.changed == ["links"]
    assert [(p.code, p.file, p.line) for p in outcome.problems] == [("encoding", "data/projects.csv", 4)]
    assert (tmp_path / "data/projects.csv").read_bytes() == bad
    assert (tmp_path / "data/links.csv").read_text() == LINKED


def test_a_file_that_is_missing_or_a_folder(tmp_path):
    zzz = make(tmp_path)
    for name in ("projects", "links"):
        (tmp_path / f"data/{name}.csv").unlink()
    (tmp_path / "data/links.csv").mkdir()
    outcome = mend(zzz)
    assert [(p.code, p.table) for p in outcome.problems] == [("unreadable-file", "projects"), ("unreadable-file", "links")]
    assert not (tmp_path / "data/projects.csv").exists()


def test_files_that_cannot_be_written(tmp_path, monkeypatch):
    zzz = make(tmp_path, PLAIN + "\n", LINKED + "\n")
    before = state(tmp_path)

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scripts.journal.os.fsync", full)
    outcome = mend(zzz)
    assert (outcome.changed, [p.code for p in outcome.problems]) == ([], ["unwritable-file"])
    assert state(tmp_path) == before


TEXT = st.text(st.sampled_from('aZü 5,;|"\t\n\r=\u00a0\u0308\u3000\u200b\u037e\ufeff\x0b'), max_size=6)
CELL = st.one_of(TEXT, st.sampled_from(["", "zzz-a", "zzz-b", "TRUE", "x;y", "2019", "yyy", "zzz"]))
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
relaxed = settings(max_examples=200, suppress_health_check=CHECKS, deadline=None)


@st.composite
def tables(draw) -> bytes:
    """A file that is nearly one of projects or links, or not at all."""
    names = draw(st.sampled_from([HEADER, HEADER, LINK_HEADER])).split(",")
    header = draw(st.one_of(st.just(names), st.permutations(names), st.lists(CELL, max_size=9)))
    header = [draw(st.sampled_from([name, name, name, name.upper(), f" {name} "])) for name in header]
    rows = draw(st.lists(st.lists(CELL, max_size=9), max_size=6))
    dialect = {"delimiter": st.sampled_from(",;\t|"), "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
               "lineterminator": st.sampled_from(["\n", "\r\n", "\r"])}
    text = as_csv([header, *rows], **{name: draw(values) for name, values in dialect.items()})
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])))


@relaxed
@given(st.one_of(st.binary(max_size=60), tables()), st.sampled_from(["projects", "links"]))
def test_twice_changes_nothing_and_nothing_raises(zzz, data, name):
    table = zzz.tables[name]
    once, problems = mend_bytes(zzz, table, data)
    assert (once is None) == bool(problems)
    if once is not None:
        assert mend_bytes(zzz, table, once) == (once, [])
        _, left = read.parse(table, once)
        assert not left


@settings(relaxed, max_examples=60)
@given(data=st.one_of(st.binary(max_size=60), tables()))
def test_refused_files_stay_as_they_are(tmp_path, data):
    zzz = make(tmp_path, data)
    outcome = mend(zzz)
    after = (tmp_path / "data/projects.csv").read_bytes()
    if outcome.problems:
        assert after == data
    assert (after != data) == (outcome.changed == ["projects"])


WORD = st.text(st.sampled_from("aZzüé全\u3000 ,;|\"'=5"), max_size=8).map(clean)


@st.composite
def canonical_tables(draw) -> str:
    """A canonical table of projects."""
    ids = sorted(draw(st.sets(st.sampled_from([f"zzz-{i}" for i in range(12)]), min_size=1)))
    rows = [[name, draw(WORD) or "Zzz", draw(st.sampled_from(["true", "false", ""])), draw(st.sampled_from(["x;y", "x", ""])),
             draw(st.sampled_from(["Zzz B;Zzz A", ""])), draw(st.sampled_from(["2019", "2019-04", ""])), draw(WORD), draw(WORD)]
            for name in ids]
    return as_csv([HEADER.split(","), *rows])


def disturbed(content: str, rng: random.Random) -> bytes:
    """What a spreadsheet or an editor may make of a table without changing what it says."""
    def chance() -> bool:
        return rng.random() < 0.5

    header, *rows = csv.reader(io.StringIO(content))
    order, at = list(range(len(header))), rng.randrange(len(header) + 1)
    rng.shuffle(order)
    rng.shuffle(rows)
    cell_by_cell = [lambda text: text.upper() if text in ("true", "false") else text,
                    lambda text: text.replace("x;y", "y; x").replace("Zzz B;", "Zzz B ; "),
                    lambda text: unicodedata.normalize("NFD", text),
                    lambda text: f" {text}\u00a0" if rng.random() < 0.2 else text.replace(" ", "\u00a0\n")]
    for change in filter(lambda _: chance(), cell_by_cell):
        rows = [[change(text) for text in row] for row in rows]
    table = [[row[i] for i in order] for row in [header, *rows]]
    if chance():
        table[0] = [name.upper().replace("_", " ") for name in table[0]]
    if chance():
        table = [[*row[:at], "", "", *row[at:]] for row in table]
    for _ in range(rng.randrange(3)):
        table.insert(rng.randrange(1, len(table) + 1), [""] * rng.choice([1, len(header), 30]))
    delimiter, end = rng.choice(",;\t|"), rng.choice(["\n", "\r\n", "\r"])
    quoting = csv.QUOTE_ALL if end == "\r" else rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    text = as_csv(table, delimiter=delimiter, quoting=quoting, lineterminator=end)
    if chance():
        text = f"sep={delimiter}\r\n{text}"
    if chance() and any(table[-1]):
        text = text.rstrip("\r\n")
    return text.encode(rng.choice(["utf-8", "utf-8-sig", "utf-16"]))


@relaxed
@given(canonical_tables(), st.randoms(use_true_random=False))
def test_disturbed_tables_become_what_they_were(zzz, content, rng):
    assert mended(zzz, content) == content
    assert mended(zzz, disturbed(content, rng)) == content


@relaxed
@given(canonical_tables(), st.randoms(use_true_random=False))
def test_a_lost_or_bare_comma_never_moves_a_cell(zzz, content, rng):
    """One separator taken from a row, or one added in a text: the table is left, or every other cell stays where it was."""
    header, *rows = csv.reader(io.StringIO(content))
    row, at = rng.randrange(len(rows)), rng.randrange(1, len(header) - 1)
    found = [list(cells) for cells in rows]
    if rng.random() < 0.5:
        found[row][at:at + 2] = [found[row][at] + found[row][at + 1]]
    else:
        found[row][at:at + 1] = ["Zzz", " and more"]
        rows[row][at] = "Zzz, and more"
    data, problems = mend_bytes(zzz, zzz.tables["projects"], as_csv([header, *found]).encode())
    if data is None:
        assert [problem.line for problem in problems] == [row + 2]
    else:
        assert list(csv.reader(io.StringIO(data.decode())))[1:] == rows
