"""What the sources of records support, and which records are in doubt because something else is wrong with what belongs to them."""

from __future__ import annotations

import pandas as pd
import pytest

from scripts import form
from scripts.read import read
from scripts.support import records_in_doubt, support
from scripts.tables import Tables
from scripts.write import canonical
from tests.fictional import write_package

TWO = {"deployments": [{"deployment_id": "zzz-second", "title": "Another"}],
       "deployment_citations": [{"deployment_id": "zzz-second", "citation_id": "zzz-full", "supports": "channel;status"}],
       "deployment_parties": [{"deployment_id": "zzz-second"}]}
BOTH = {"zzz-deployment", "zzz-second"}


def checked(root, *changes: dict) -> Tables:
    """The fictional package with two deployments and further changes, read and checked for form."""
    merged: dict = {}
    for change in (TWO, *changes):
        for table, rows in change.items():
            merged[table] = [*merged.get(table, []), *rows]
    tables = read(write_package(root, merged))
    form.check(tables)
    return tables


@pytest.mark.parametrize(("change", "expected"), [
    ({}, set()),
    ({"deployments": [{"status": "zzz"}]}, set()),  # what is wrong with a record itself is no doubt about its sources
    ({"citations": [{"citation_id": "zzz-full", "published": "zzz"}]}, set()),  # nor what says nothing of the reading
    ({"deployment_citations": [{"stance": "zzz"}]}, {"zzz-deployment"}),
    ({"deployment_parties": [{"party_role": "zzz"}]}, {"zzz-deployment"}),
    ({"deployment_countries": [{"country_code": "zz"}]}, {"zzz-deployment"}),
    ({"deployment_parties": [{"party_role": "zzz"}], "citations": [{"citation_id": "zzz-full", "access": "zzz"}]}, BOTH),
    ({"citations": [{"citation_id": "zzz-full", "access": "zzz"}]}, {"zzz-second"}),
    ({"citations": [{"citation_id": "zzz-full", "citation_type": "zzz"}]}, {"zzz-second"}),
    ({"deployment_citations": [{"citation_id": "zzz-none"}, {"citation_id": "zzz-source", "-": "left out"}]}, {"zzz-deployment"}),
    ({"deployments": [{"deployment_id": "zzz-Third"}]}, {"zzz-Third"}),
    ({"deployments": [{"deployment_id": "zzz-Third"}], "deployment_parties": [{"deployment_id": "zzz-second", "party_role": "zzz"}]},
     {"zzz-Third", "zzz-second"}),
    ({"role_citations": [{"stance": "zzz"}]}, set()),
])
def test_records_in_doubt(change, expected, tmp_path):
    assert records_in_doubt(checked(tmp_path, change), "deployments") == expected


def test_a_source_whose_id_is_broken_puts_its_records_in_doubt(tmp_path):
    change = {"citations": [{"citation_id": "zzz-Full", "url": "https://example.org/b"}, {"citation_id": "zzz-full", "-": "left out"}]}
    tables = checked(tmp_path, change)
    assert records_in_doubt(tables, "deployments") == {"zzz-second"} and not tables.broken("deployment_citations").any()


@pytest.mark.parametrize(("table", "content", "expected"), [
    ("deployment_parties", b"", BOTH), ("deployment_citations", b"zzz\n", BOTH), ("citations", b"", set()),
    ("deployment_parties", b"organization_id,party_role\nzzz-supplier,zzz\n", set()),  # of which records is not known
    ("deployment_citations", b"deployment_id,citation_id,supports\nzzz-second,zzz-full,status\n", set())])
def test_of_a_table_that_cannot_be_read_all_records_are_in_doubt(table, content, expected, tmp_path):
    package = write_package(tmp_path, TWO)
    (tmp_path / package.tables[table].path).write_bytes(content)
    tables = read(package)
    form.check(tables)
    assert records_in_doubt(tables, "deployments") == expected


def test_only_a_source_that_was_opened_supports(tmp_path):
    tables = checked(tmp_path, {"citations": [{"citation_id": "zzz-full", "access": "listed"}]})
    found = support(tables, "deployments")
    assert found.supported("status").tolist() == [True, False]
    assert found.of(found.names("status")).tolist() == [True, True]
    assert found.supported().tolist() == [True, False] and found.supported("place", "channel").tolist() == [True, False]
    assert found.of(found.names("place")).tolist() == [False, False] and not found.supported("place").any()


@pytest.mark.parametrize(("access", "opened"), [("full_text", True), ("excerpt", True), ("listed", False), ("unavailable", False)])
def test_what_access_says_of_the_reading(access, opened, tmp_path):
    found = support(checked(tmp_path, {"citations": [{"citation_id": "zzz-full", "access": access}]}), "deployments")
    assert found.supported("status").tolist() == [True, opened]


def test_a_dispute_supports_nothing(tmp_path):
    link = {"deployment_id": "zzz-second", "citation_id": "zzz-full"}
    found = support(checked(tmp_path, {"deployment_citations": [
        {**link, "stance": "disputes", "supports": "status"}, {**link, "stance": "supports", "-": "left out"}]}), "deployments")
    assert found.supported("status").tolist() == found.supported().tolist() == [True, False]


def test_of_a_source_that_stands_twice_the_first_counts(tmp_path):
    package = write_package(tmp_path, TWO)
    known = package.tables["citations"]
    rows = pd.read_csv(tmp_path / known.path, dtype=str, keep_default_na=False)
    (tmp_path / known.path).write_bytes(canonical(pd.concat([rows, rows.assign(access="listed")]), known))
    found = support(read(package), "deployments")
    assert found.supported("status").tolist() == [True, True] and found.source.tolist() == [2, 0]


def test_links_to_nothing_belong_to_no_record(tmp_path):
    change = {"deployment_citations": [{"deployment_id": "zzz-none"}, {"citation_id": "zzz-none"}]}
    found = support(checked(tmp_path, change), "deployments")
    assert found.supported("status").tolist() == [True, True] and len(found.of(found.read)) == 2
    assert sorted(found.record.tolist()) == [-1, 0, 0, 1] and found.source.tolist().count(-1) == 1
    assert found.read.sum() == 3
