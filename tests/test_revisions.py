"""Which commits changed each record: its row, or a row of it in another table."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scripts.package import load
from scripts.read import read
from scripts.revisions import changed, is_cut_off, revisions
from scripts.versions import git as ours
from tests.fictional import PROJECT, write_package
from tests.releases import edited
from tests.test_history import commit, committed, git

RECORD = ("deployments", "zzz-deployment")
SETTINGS = "[diff]\nnoprefix = true\ncontext = 9\nexternal = false\n[color]\nui = always\n[i18n]\nlogOutputEncoding = UTF-16\n"
SAMPLE = 5  # real records of each table


def subjects(root: Path, key: tuple[str, str] = RECORD) -> list[str]:
    """The first lines of the commits that changed a record, the newest first."""
    return [one.subject for one in revisions(load(root)[0]).get(key, [])]


def change(root: Path, message: str, example: dict) -> None:
    """A commit in which the fictional package is as it was but for an example."""
    write_package(root, example)
    commit(root, message)


def place(text: str) -> dict:
    return {"deployments": [{"deployment_id": "zzz-deployment", "place": text}]}


@pytest.fixture
def root(tmp_path) -> Path:
    return committed(tmp_path)


def test_a_commit_that_changes_a_row_of_the_record_is_told_with_its_day_and_id(root):
    change(root, "A place\n\nThe rest of the message.", place("Zzz city"))
    newest, oldest = revisions(load(root)[0])[RECORD]
    assert (newest.subject, oldest.subject) == ("A place", "zzz")
    assert newest.commit == git(root, "rev-parse", "HEAD").strip() and newest.day == git(root, "log", "-1", "--format=%as").strip()


def test_a_commit_that_changes_a_row_that_links_it_is_told_once_for_all_its_rows(root):
    change(root, "A client", place("Zzz city") | {"deployment_parties": [
        {"deployment_id": "zzz-deployment", "organization_id": "zzz-issuer", "party_role": "client"}]})
    assert subjects(root) == ["A client", "zzz"]


def test_a_commit_that_changes_other_records_is_not_told(root):
    change(root, "A role", {"standards_roles": [{"role_id": "zzz-role", "committee": "ZZZ 2"}]})
    assert subjects(root) == ["zzz"] and subjects(root, ("standards_roles", "zzz-role")) == ["A role", "zzz"]


def test_a_record_of_which_only_the_start_of_the_id_is_the_same_is_another_one(root):
    change(root, "Another", {"deployments": [{"deployment_id": "zzz-deployment-2"}]})
    assert subjects(root) == ["zzz"] and subjects(root, ("deployments", "zzz-deployment-2")) == ["Another"]


def test_a_record_that_is_gone_keeps_its_history_under_its_id(root):
    change(root, "Another", {"deployments": [{"deployment_id": "zzz-other"}]})
    change(root, "Withdrawn", {})
    assert subjects(root, ("deployments", "zzz-other")) == ["Withdrawn", "Another"]


@pytest.mark.parametrize("cell", ['Zzz, "city"', "diff --git a/data/claims.csv b/data/claims.csv", "+++ b/data/claims.csv", "--- a/data/x",
                                  "@@ -1 +1 @@", "\x1e", "Zzz 样品"])
def test_cells_with_quotes_and_with_what_a_patch_holds_are_cells(cell, root):
    change(root, "A place", place(cell))
    change(root, "None", {})
    assert subjects(root) == ["None", "A place", "zzz"]
    assert subjects(root, ("claims", "zzz-claim")) == ["zzz"]


def test_a_subject_with_signs_of_its_own_stays_one_line(root):
    change(root, "A <b>place</b> \t“é” 样", place("Zzz city"))
    assert subjects(root)[0] == "A <b>place</b> \t“é” 样"


def test_a_merge_is_not_told_but_the_commits_that_it_brings(root):
    git(root, "checkout", "--quiet", "-b", "branch")
    change(root, "On the branch", place("Zzz city"))
    git(root, "checkout", "--quiet", "-")
    (root / "zzz.txt").write_text("zzz")
    commit(root, "Beside it")
    git(root, "merge", "--quiet", "--no-ff", "--message", "A merge", "branch")
    assert subjects(root) == ["On the branch", "zzz"]


def test_a_table_that_moves_to_another_file_starts_anew_there(root):
    (root / "data" / "deployments.csv").rename(root / "data" / "zzz.csv")
    edited(root, "datapackage.json", lambda package: next(
        one for one in package["resources"] if one["name"] == "deployments").update(path="data/zzz.csv"))
    commit(root, "A move")
    assert subjects(root) == ["A move", "zzz"]  # the older commit changed the rows that link it


def test_a_dataset_in_a_folder_of_a_repository_has_its_history(tmp_path):
    root = committed(tmp_path, folder="zzz")
    assert subjects(root) == ["zzz"]


def test_settings_of_git_that_change_how_it_writes_patches_do_not_matter(root, monkeypatch, tmp_path):
    change(root, "A place", place("Zzz city"))
    settings = tmp_path / "settings"
    settings.write_text(SETTINGS)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    assert subjects(root) == ["A place", "zzz"]


def test_outside_of_git_and_before_the_first_commit_there_is_none(tmp_path):
    write_package(tmp_path)
    assert revisions(load(tmp_path)[0]) == {}
    git(tmp_path, "init", "--quiet")
    assert revisions(load(tmp_path)[0]) == {}


def test_a_clone_without_the_older_commits_has_no_history(root, tmp_path_factory):
    change(root, "A place", place("Zzz city"))
    clones = tmp_path_factory.mktemp("clones")
    for name, depth in (("whole", []), ("cut", ["--depth=1"])):
        git(clones, "clone", "--quiet", *depth, root.as_uri(), name)
    whole, cut = (load(clones / name)[0] for name in ("whole", "cut"))
    assert is_cut_off(cut) and revisions(cut) == {}
    assert not is_cut_off(whole) and revisions(whole) == revisions(load(root)[0])


def test_a_repository_with_ids_of_64_digits_has_its_history(tmp_path):
    write_package(tmp_path)
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    commit(tmp_path, "zzz")
    [one] = revisions(load(tmp_path)[0])[RECORD]
    assert one.subject == "zzz" and len(one.commit) == 64


def test_a_patch_that_no_table_is_in_changes_nothing():
    patch = "diff --git a/README.md b/README.md\n--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-zzz-deployment,x\n+zzz-deployment,y\n"
    assert list(changed(patch, {"data/deployments.csv": "deployments"})) == []


@pytest.mark.slow
def test_real_records_have_the_history_that_git_finds_for_each():
    package = load(PROJECT)[0]
    found, tables, pick = revisions(package), read(package), random.Random(1)
    if not found:
        pytest.skip("the tests run outside of a git repository")
    for name in ("deployments", "standards_roles", "policy_statements", "citations", "claims"):
        table = package.tables[name]
        files = [one.path for one in (table, *package.links_of(name))]
        for key in pick.sample(sorted(tables[name][table.id]), SAMPLE):
            log = ours(PROJECT, "log", "--format=%H", "-G", f"^\"?{key}\"?,", "--", *files).stdout.decode().split()
            assert [one.commit for one in found[name, key]] == log, key
