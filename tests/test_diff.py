"""`diff` tells what a change does to the records, not to the lines."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from scripts.__main__ import main
from scripts.diff import compare, diff
from scripts.diff_report import as_markdown, as_text
from scripts.package import load
from scripts.read import read
from tests.fictional import write_package
from tests.test_history import commit, committed, git

GONE = {"deployments": None, "deployment_countries": None, "deployment_parties": None, "deployment_citations": None, "claim_records": None}
WITHDRAWN = {"record_id": "zzz-deployment", "table": "deployments", "withdrawn_on": "2021-03-02", "reason": "Entered twice."}
SECOND = {"deployment_id": "zzz-second", "title": "Data centre of Zzz", "country_code": "ZZC"}
HOSTILE = "<script>alert(1)</script> @zzz #1 https://example.org [a](b) **c** `d` | www.example.org </details>"


def difference(tmp_path, example: dict | None = None, before: dict | None = None):
    return diff(write_package(tmp_path / "before", before), write_package(tmp_path / "after", example))


def record(found, table: str = "deployments"):
    (change,) = [change for change in found.records if change.table == table]
    return change


def test_the_same_is_no_change(tmp_path):
    found = difference(tmp_path)
    assert found.is_empty and as_text(found) == "No change in content.\n" and "No change in content." in as_markdown(found)


def test_another_order_or_form_of_the_files_is_no_change(tmp_path):
    before, after = write_package(tmp_path / "before"), write_package(tmp_path / "after")
    for table in after.tables.values():
        path = after.root / table.path
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        if not any('"' in line or ";" in line for line in [header, *rows]):
            text = "\r\n".join(line.replace(",", ";") for line in [header, *reversed(rows)])
            path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert diff(before, after).is_empty


def test_tables_in_memory_are_compared_like_files(tmp_path):
    before = write_package(tmp_path / "before")
    after = write_package(tmp_path / "after", {"deployments": [{"status": "suspended"}, SECOND]})
    found = compare(read(before), read(after))
    assert found == diff(before, after) and not found.is_empty and compare(read(before), read(before)).is_empty


def test_a_changed_cell_shows_old_and_new(tmp_path):
    change = record(difference(tmp_path, {"deployments": [{"status": "suspended"}]}))
    assert (change.kind, change.id) == ("changed", "zzz-deployment")
    assert [(cell.column, cell.old, cell.new) for cell in change.cells] == [("status", "operational", "suspended")]


def test_an_added_record_comes_with_its_rows(tmp_path):
    found = difference(tmp_path, {"deployments": [SECOND], "deployment_parties": [{"deployment_id": "zzz-second"}]})
    change = record(found)
    assert (change.kind, change.id, change.title) == ("added", "zzz-second", "Data centre of Zzz")
    assert [(link.table, link.kind, link.key) for link in change.links] == [
        ("deployment_parties", "added", ("zzz-supplier", "supplier"))]
    assert found.counts["country"] == {"ZZC": (0, 1)} and found.counts["supplier"] == {"zzz-supplier": (1, 2)}
    assert found.counts["status"] == {"operational": (1, 2)} and found.counts["table"]["deployments"] == (1, 2)


def test_a_new_source_is_a_change_of_its_record(tmp_path):
    link = {"deployment_id": "zzz-deployment", "citation_id": "zzz-full", "supports": "place", "stance": "supports"}
    change = record(difference(tmp_path, {"deployment_citations": [link], "citations": [
        {"citation_id": "zzz-full", "original_publisher": "Zzz Agency"}]}))
    assert (change.kind, change.cells) == ("changed", ())
    assert (change.sources, change.publishers) == ((1, 2), (1, 2))


def test_a_repost_is_no_second_publisher_and_a_disputing_source_no_support(tmp_path):
    link = {"deployment_id": "zzz-deployment", "citation_id": "zzz-full", "supports": "place"}
    repost = {"deployment_citations": [{**link, "stance": "supports"}]}
    change = record(difference(tmp_path / "a", repost))
    assert (change.sources, change.publishers) == ((1, 2), (1, 1))
    change = record(difference(tmp_path / "b", {"deployment_citations": [{**link, "stance": "disputes"}]}))
    assert change.sources == (1, 1)


def test_a_changed_row_of_a_record_shows_its_cell(tmp_path):
    change = record(difference(tmp_path, {"deployment_citations": [{"locator": "page 2"}]}))
    (link,) = change.links
    assert (link.kind, [(cell.column, cell.new) for cell in link.cells]) == ("changed", [("locator", "page 2")])


@pytest.mark.parametrize(("rows", "kind", "words"), [
    ([], "vanished", "gone without a row in withdrawn"),
    ([WITHDRAWN], "withdrawn", "withdrawn: Entered twice."),
    ([{**WITHDRAWN, "replaced_by": "zzz-other"}], "withdrawn", "withdrawn for zzz-other, which is not there: Entered twice."),
    ([{**WITHDRAWN, "replaced_by": "zzz-deployment"}], "withdrawn", "withdrawn for zzz-deployment, which is not there"),
])
def test_a_record_that_goes(tmp_path, rows, kind, words):
    found = difference(tmp_path, {**GONE, "withdrawn": rows or [{"record_id": "zzz-gone"}]})
    assert record(found).kind == kind and words in as_text(found)
    assert [change for change in found.records if change.table == "withdrawn"] == []


def renamed(tmp_path, ids: dict[str, str], example: dict | None = None, before: dict | None = None, table: str = "deployments"):
    """The difference where records of a table went for others, and every row that named the old ids names the new ones."""
    old = write_package(tmp_path / "before", before)
    rows = [{"record_id": id_, "table": table, "withdrawn_on": "2021-03-02", "reason": "Entered twice.", "replaced_by": heir}
            for id_, heir in ids.items()]
    new = write_package(tmp_path / "after", {**(example or {}), "withdrawn": rows})
    for path in (new.root / described.path for described in new.tables.values() if described.name != "withdrawn"):
        text = path.read_text(encoding="utf-8")
        for id_, heir in ids.items():
            text = text.replace(id_, heir)
        path.write_text("".join(dict.fromkeys(text.splitlines(keepends=True))), encoding="utf-8")
    return diff(old, new)


def test_a_renamed_record_is_one_change(tmp_path):
    found = renamed(tmp_path, {"zzz-deployment": "zzz-cameras"})
    (change,) = found.records
    assert (change.table, change.kind, change.id, change.replaced_by) == ("deployments", "renamed", "zzz-deployment", "zzz-cameras")
    assert (change.cells, change.links) == ((), []) and set(found.counts) == {"table"}
    assert as_text(found).startswith("1 record renamed\n")
    assert "renamed to zzz-cameras: Entered twice. (unchanged otherwise)\n" in as_text(found)


def test_a_renamed_record_shows_how_it_differs_from_its_old_self(tmp_path):
    (change,) = renamed(tmp_path, {"zzz-deployment": "zzz-cameras"}, {
        "deployments": [{"status": "suspended"}], "deployment_citations": [{"locator": "page 2"}], "deployment_countries": None}).records
    assert [(cell.column, cell.old, cell.new) for cell in change.cells] == [("status", "operational", "suspended")]
    assert [(link.table, link.kind, [cell.column for cell in link.cells]) for link in change.links] == [
        ("deployment_countries", "removed", []), ("deployment_citations", "changed", ["locator"])]


@pytest.mark.parametrize(("id_", "table"), [("zzz-supplier", "organizations"), ("zzz-source", "citations")])
def test_rows_that_name_a_renamed_record_have_not_changed(tmp_path, id_, table):
    found = renamed(tmp_path, {id_: "zzz-under-another-name"}, table=table)
    assert [(change.table, change.kind) for change in found.records] == [(table, "renamed")] and set(found.counts) == {"table"}


def test_rows_that_name_another_record_instead_have_changed(tmp_path):
    firm = [{"organization_id": "zzz-firm"}]
    found = difference(tmp_path, {"organizations": firm, "deployment_parties": firm})
    assert [link.key for link in record(found).links] == [("zzz-firm", "supplier")]


def test_a_merged_record_shows_what_its_heir_has_not(tmp_path):
    both = {"deployments": [SECOND], "deployment_citations": [{"deployment_id": "zzz-second", "locator": "page 2"}]}
    found = renamed(tmp_path, {"zzz-deployment": "zzz-second"}, {
        "deployment_citations": [{"deployment_id": "zzz-second", "locator": "page 2"}, {"-": "left out"}],
        "deployments": [SECOND, {"deployment_id": "zzz-deployment", "-": "left out"}]}, both)
    gone, heir = (change for change in found.records if change.table == "deployments")
    assert (gone.kind, gone.id, gone.replaced_by) == ("merged", "zzz-deployment", "zzz-second")
    assert [(link.table, link.kind) for link in gone.links] == [("deployment_citations", "removed")]
    assert (heir.kind, heir.id) == ("changed", "zzz-second")
    assert [(link.table, link.kind) for link in heir.links] == [("deployment_countries", "added"), ("deployment_parties", "added")]
    assert "1 record merged, 2 records changed\n" in as_text(found) and "merged into zzz-second: Entered twice." in as_text(found)


def test_two_records_that_become_a_new_one_are_merged(tmp_path):
    found = renamed(tmp_path, {"zzz-body": "zzz-one", "zzz-issuer": "zzz-one"}, {"organizations": [
        {"organization_id": "zzz-issuer", "-": "left out"}]}, table="organizations")
    assert [(change.kind, change.id) for change in found.records if change.table == "organizations"] == [
        ("merged", "zzz-body"), ("merged", "zzz-issuer"), ("added", "zzz-one")]


def test_what_names_another_record_since_a_merge_has_changed(tmp_path):
    """A merge of two that are not the same would make such rows untrue: the reviewer has to see them."""
    found = renamed(tmp_path, {"zzz-body": "zzz-issuer"}, {"organizations": [{"organization_id": "zzz-body", "-": "left out"}]},
                    table="organizations")
    assert [(change.kind, [(cell.column, cell.old, cell.new) for cell in change.cells]) for change in found.records
            if change.table == "standards_roles"] == [("changed", [("body_id", "zzz-body", "zzz-issuer")])]


def test_the_heir_at_the_end_of_a_chain_counts(tmp_path):
    again = {"record_id": "zzz-cameras", "table": "deployments", "replaced_by": "zzz-network"}
    found = difference(tmp_path, {**GONE, "deployments": [{"deployment_id": "zzz-network"}, {"deployment_id": "zzz-deployment", "-": "x"}],
                                  "withdrawn": [{**WITHDRAWN, "replaced_by": "zzz-cameras"}, again]})
    assert (record(found).kind, record(found).replaced_by) == ("renamed", "zzz-network")


def test_a_source_that_was_merged_is_one_source_fewer(tmp_path):
    two = {"deployment_citations": [{"citation_id": "zzz-full"}]}
    found = renamed(tmp_path, {"zzz-full": "zzz-source"}, {"citations": [{"citation_id": "zzz-full", "-": "left out"}]}, two, "citations")
    assert record(found, "citations").kind == "merged"
    assert record(found).sources == (2, 1)
    assert [(link.kind, link.key[0]) for link in record(found).links] == [("removed", "zzz-full")]


def test_a_withdrawal_that_is_corrected_is_a_change_of_its_own(tmp_path):
    found = difference(tmp_path, {"withdrawn": [{"reason": "Another reason."}]})
    assert [(change.table, change.id, change.kind) for change in found.records] == [("withdrawn", "zzz-gone", "changed")]


def test_a_record_that_comes_back_although_withdrawn(tmp_path):
    found = difference(tmp_path, {"withdrawn": [WITHDRAWN]}, {**GONE, "withdrawn": [WITHDRAWN]})
    assert record(found).kind == "returned" and "there again, although withdrawn: Entered twice." in as_text(found)


def test_a_record_that_comes_back_and_the_row_that_withdrew_it_is_gone(tmp_path):
    found = difference(tmp_path, {"withdrawn": None, "deployments": [{**SECOND, "deployment_id": "zzz-gone"}]})
    assert [(change.table, change.kind) for change in found.records] == [("deployments", "returned"), ("withdrawn", "removed")]


def test_a_country_is_removed_without_ado(tmp_path):
    found = difference(tmp_path, before={"countries": [{"country_code": "ZZD", "name": "Www Land"}]})
    assert record(found, "countries").kind == "removed" and "without a row" not in as_text(found)


def test_a_source_that_is_no_longer_read_is_a_loss_of_its_record(tmp_path):
    found = difference(tmp_path, {"citations": [{"citation_id": "zzz-source", "access": "listed"}]})
    assert (record(found).kind, record(found).sources, record(found).cells) == ("changed", (1, 0), ())
    assert "sources that were read: 1 -> 0" in as_text(found)


def test_rows_of_a_record_that_is_not_there_make_no_record(tmp_path):
    assert record(difference(tmp_path, {"deployment_parties": [{"deployment_id": "zzz-typo"}]})).kind == "changed"


def test_a_key_that_stands_twice_is_said(tmp_path):
    before, after = write_package(tmp_path / "before"), write_package(tmp_path / "after")
    path = after.root / "data/organizations.csv"
    path.write_text(path.read_text() + "zzz-body,Another,,company,,\n")
    found = diff(before, after)
    assert found.unread == {"organizations": "after: the key `zzz-body` stands twice"} and not found.is_empty


def test_what_cannot_be_mended_is_not_compared(tmp_path):
    before, after = write_package(tmp_path / "before"), write_package(tmp_path / "after")
    path = after.root / "data/deployment_citations.csv"
    path.write_text(path.read_text() + "zzz-deployment,zzz-full,place,supports,,,,x\n")
    found = diff(before, after)
    assert list(found.unread) == ["deployment_citations"] and found.records == [] and "table" not in found.counts
    assert "sources" not in as_text(found).replace("deployment_citations", "")


def test_a_table_that_goes_takes_its_records_along(tmp_path):
    before, after = write_package(tmp_path / "before"), write_package(tmp_path / "after")
    path = after.root / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    described["resources"] = [r for r in described["resources"] if not r["name"].startswith("claim")]
    path.write_text(json.dumps(described), encoding="utf-8")
    for file in (after.root / "data").glob("claim*"):
        file.unlink()
    found = diff(before, load(after.root)[0])
    assert record(found, "claims").kind == "vanished" and all(c.startswith("-") for c in found.columns["claims"])


def test_an_older_version_may_lack_a_column(tmp_path):
    before, after = write_package(tmp_path / "before"), write_package(tmp_path / "after")
    path = before.root / "schemas/citations.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["fields"] = [field for field in schema["fields"] if field["name"] != "original_publisher"]
    path.write_text(json.dumps(schema), encoding="utf-8")
    data = before.root / "data/citations.csv"
    rows = [line.split(",") for line in data.read_text().splitlines()]
    place = rows[0].index("original_publisher")
    data.write_text("".join(",".join(cells[:place] + cells[place + 1:]) + "\n" for cells in rows))
    found = diff(load(before.root)[0], after)
    assert found.records == [] and found.columns == {"citations": ["+original_publisher"]}


def test_what_cannot_be_read_is_said(tmp_path):
    before, after = write_package(tmp_path / "before"), write_package(tmp_path / "after")
    (after.root / "data/claims.csv").unlink()
    found = diff(before, after)
    assert list(found.unread) == ["claims"] and not found.is_empty
    assert "claims could not be compared" in as_text(found) and [change.table for change in found.records] == []


def test_columns_that_come_and_go(tmp_path):
    before, after = write_package(tmp_path / "before"), write_package(tmp_path / "after")
    for path, change in ((after.root / "schemas/claims.json", lambda text: text.replace('"name": "note"', '"name": "remark"')),
                         (after.root / "data/claims.csv", lambda text: text.replace("note", "remark", 1))):
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    found = diff(before, load(after.root)[0])
    assert found.columns == {"claims": ["+remark", "-note"]} and "columns of claims: +remark, -note" in as_text(found)


def test_a_table_that_cannot_be_read_fails(tmp_path, capsys):
    before, after = write_package(tmp_path / "before").root, write_package(tmp_path / "after").root
    (after / "data/claims.csv").write_bytes(b"\xff\xfe\xff")
    code, text = said(capsys, str(before), str(after), "--root", str(after))
    assert code == 1 and "claims could not be compared" in text


def said(capsys, *arguments: str) -> tuple[int, str]:
    code = main(["diff", *arguments])
    out = capsys.readouterr()
    return code, out.out + out.err


def test_versions_are_revisions(tmp_path, capsys):
    root = committed(tmp_path)
    write_package(root, {"deployments": [{"status": "suspended"}]})
    assert "operational -> suspended" in said(capsys, "HEAD", "--root", str(root))[1]
    commit(tmp_path)
    assert said(capsys, "HEAD", "--root", str(root)) == (0, "No change in content.\n")
    assert "suspended -> operational" in said(capsys, "HEAD", "HEAD~1", "--root", str(root))[1]


@pytest.mark.parametrize("folder", ["", "zzz-0.1.0/"])
def test_versions_are_zips(tmp_path, capsys, folder):
    root = write_package(tmp_path / "package").root
    archive = tmp_path / "release.zip"
    with zipfile.ZipFile(archive, "w") as release:
        for path in sorted(root.rglob("*")):
            release.write(path, folder + path.relative_to(root).as_posix())
        release.writestr(f"{folder}data/../../zzz-escaped.csv", "zzz")
    write_package(root, {"deployments": [{"status": "suspended"}]})
    assert "operational -> suspended" in said(capsys, str(archive), "--root", str(root))[1]
    assert not list(tmp_path.rglob("zzz-escaped.csv"))


def test_a_folder_does_not_hide_a_revision(tmp_path, capsys, monkeypatch):
    root = committed(tmp_path / "repository")
    git(root, "branch", "zzz-main")
    write_package(root, {"deployments": [{"status": "suspended"}]})
    write_package(root / "zzz-main", {"deployments": [{"status": "suspended"}]})
    monkeypatch.chdir(root)
    assert "operational -> suspended" in said(capsys, "zzz-main")[1]
    assert said(capsys, "./zzz-main") == (0, "No change in content.\n")


def test_a_revision_is_read_as_it_is_and_its_links_are_not_followed(tmp_path, capsys):
    root = committed(tmp_path, {"deployments": [{"title": "$Format:Camera network$"}]})
    (root / ".gitattributes").write_text("data/deployments.csv export-subst\ndata/claims.csv export-ignore\n")
    commit(tmp_path)
    assert said(capsys, "HEAD", "--root", str(root)) == (0, "No change in content.\n")
    (root / "data/claims.csv").unlink()
    (root / "data/claims.csv").symlink_to("/etc/hostname")
    commit(tmp_path)
    code, text = said(capsys, "HEAD", "HEAD~1", "--root", str(root))
    assert code == 1 and "before: " in text and "fault of the tools" not in text


def cut_within() -> bytes:
    """A zip of a package in which a compressed member is damaged."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as release:
        release.writestr("datapackage.json", "{}" * 2_000)
    damaged = bytearray(data.getvalue())
    damaged[48:52] = b"\xff\xff\xff\xff"
    return bytes(damaged)


def test_a_damaged_zip(tmp_path, capsys):
    (tmp_path / "zzz.zip").write_bytes(cut_within())
    code, text = said(capsys, str(tmp_path / "zzz.zip"), "--root", str(write_package(tmp_path / "package").root))
    assert code == 2 and "cannot be read as a zip" in text


def nothing_in_it() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as release:
        release.writestr("zzz.txt", "zzz")
    return data.getvalue()


@pytest.mark.parametrize(("content", "words"), [
    (b"no zip", "cannot be read as a zip"), (b"PK\x03\x04 cut", "cannot be read as a zip"), (nothing_in_it(), "holds no datapackage.json")])
def test_a_zip_that_is_none(tmp_path, capsys, content, words):
    root = write_package(tmp_path / "package").root
    (tmp_path / "zzz.zip").write_bytes(content)
    code, text = said(capsys, str(tmp_path / "zzz.zip"), "--root", str(root))
    assert code == 2 and words in text and "Traceback" not in text


@pytest.mark.parametrize("name", ["zzz-no-revision", "", "--output=zzz", "HEAD:data", "zzz\nzzz", "z" * 5_000])
def test_a_version_that_is_none(tmp_path, capsys, name):
    root = committed(tmp_path)
    code, text = said(capsys, "--root", str(root), "--", name)
    assert code == 2 and text.startswith("error: ") and text.count("\n") == 1


def test_a_revision_without_a_dataset(tmp_path, capsys):
    root = committed(tmp_path, folder="package")
    assert said(capsys, "HEAD", "--root", str(root)) == (0, "No change in content.\n")
    code, text = said(capsys, "HEAD", str(root), "--root", str(tmp_path))
    assert code == 2 and "`HEAD` holds no dataset" in text
    code, text = said(capsys, "HEAD", "--root", str(tmp_path / "zzz"))
    assert code == 2 and "There is no folder" in text


def test_a_zip_that_would_fill_the_disk(tmp_path, capsys, monkeypatch):
    root = write_package(tmp_path / "package").root
    with zipfile.ZipFile(tmp_path / "zzz.zip", "w", zipfile.ZIP_DEFLATED) as release:
        release.write(root / "datapackage.json", "datapackage.json")
        release.writestr("data/claims.csv", "z" * 10_000)
    monkeypatch.setattr("scripts.versions.MOST_BYTES", 9_000)
    code, text = said(capsys, str(tmp_path / "zzz.zip"), "--root", str(root))
    assert code == 2 and "larger than" in text
