"""The command `site`: whole or not at all, the same bytes anywhere, and only of what is sound."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scripts.__main__ import main
from scripts.folder import SUMS, recorded, sums
from scripts.release import OWN
from scripts.site import assets
from scripts.site.build import CUT_OFF, DOWNLOADS, addresses, origin
from scripts.site.map_chart import kinds
from scripts.site.settings import MAP_STATUSES, SETTINGS, check_site_settings, load_site_settings
from tests.fictional import PROJECT, write_package
from tests.programs import needs
from tests.released import real, released
from tests.releases import SECTION, edited, numbered
from tests.sites import REPOSITORY, URL, site_of
from tests.test_history import commit, git
from tests.test_release import ELSEWHERE, HERE, content, with_texts

PLACES = ("--url", URL, "--repository", REPOSITORY)


def dataset(root: Path) -> Path:
    """A fictional dataset of version 0.2.0 of which a site can be built."""
    numbered(root, "0.2.0", SECTION.format(version="0.2.0"))
    changed(root, compared_statements=["zzz-statement"])
    for text in ("README.md", "CONTRIBUTING.md"):
        shutil.copy(PROJECT / text, root / text)
    shutil.copytree(PROJECT / "docs", root / "docs", dirs_exist_ok=True)
    return with_texts(root)


def changed(root: Path, **settings: object) -> None:
    """Change the settings of the site."""
    path = root / SETTINGS
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text(encoding="utf-8")), **settings}, sort_keys=False), encoding="utf-8")


def command(root: Path, out: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "scripts", "site", "--root", str(root), "--out", str(out), *arguments]


def built(root: Path, out: Path, *arguments: str, before: tuple[str, ...] = (), **settings: str) -> Path:
    """The site as a process of its own builds it, behind another command if one is given."""
    done = subprocess.run([*before, *command(root, out, *(arguments or PLACES))], cwd=PROJECT, env={**os.environ, **settings},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def refused(capsys, *arguments: object) -> str:
    """What a command says that must fail without a traceback."""
    code = main(["site", *map(str, arguments)])
    text = "".join(capsys.readouterr())
    assert code == 1 and "Traceback" not in text and "fault of the tools" not in text, text
    return text


@pytest.fixture(scope="module")
def untouched(tmp_path_factory) -> Path:
    return dataset(tmp_path_factory.mktemp("untouched") / "root")


@pytest.fixture
def root(untouched, tmp_path) -> Path:
    return shutil.copytree(untouched, tmp_path / "root")


@pytest.fixture(scope="session")
def first(once) -> tuple[Path, Path]:
    """A fictional dataset in a git repository, and its site. Look, but change nothing in them."""
    def make(place: Path) -> None:
        place.mkdir(parents=True)
        root = dataset(place / "root")
        git(root, "init", "--quiet")
        commit(root, "A fictional dataset")
        built(root, place / "site", **HERE)

    place = once("first", make)
    return place / "root", place / "site"


@pytest.fixture(scope="session")
def second(first, once) -> Path:
    """The site of the same dataset, built in another place over one that an earlier version of the tools wrote. Look, but change
    nothing in it."""
    def make(place: Path) -> None:
        root, site = first
        shutil.copytree(site, place)
        (place / "assets" / "site.css").unlink()
        (place / SUMS).write_text(sums(place))
        another = (needs("faketime"), "2031-05-05 11:11:11", "sh", "-c", 'umask 077; "$@"', "sh")
        built(root, place, before=another, **ELSEWHERE)

    return once("second", make)


@pytest.fixture(scope="session")
def bare(first, once) -> tuple[str, Path]:
    """What the command says when it builds the site of a clone with a cut-off history and without addresses, and the site."""
    def make(place: Path) -> None:
        place.mkdir(parents=True)
        git(place, "clone", "--quiet", "--depth=1", first[0].as_uri(), "clone")
        done = subprocess.run(command(place / "clone", place / "site", "--url", "", "--repository", ""), cwd=PROJECT,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (place / "said").write_text(done.stdout, encoding="utf-8")

    place = once("bare", make)
    return (place / "said").read_text(encoding="utf-8"), place / "site"


# --- what is built

@pytest.mark.slow
def test_two_builds_under_another_clock_language_time_zone_and_umask_are_equal_to_the_byte(first, second):
    one, other = content(first[1]), content(second)
    assert set(one) == set(other) and [name for name in one if one[name] != other[name]] == []
    assert {path.stat().st_mode & 0o777 for path in second.rglob("*") if path.is_file()} == {0o644}


@pytest.mark.slow
def test_an_earlier_site_is_replaced_and_one_that_somebody_changed_is_not(first, second, tmp_path, capsys):
    root, site = first
    assert content(second) == content(site)
    out = tmp_path / "out"
    shutil.copytree(site, out)
    edited(out / DOWNLOADS, "datapackage.json", lambda package: None)  # written in another way
    assert "is changed" in refused(capsys, "--root", root, "--out", out)


def test_the_list_of_checksums_is_that_of_the_site(first):
    _, site = first
    assert recorded(site) == {name: digits for digits, name in (line.split("  ", 1) for line in sums(site).splitlines())}
    assert subprocess.run([needs("sha256sum"), "--check", "--strict", "--quiet", SUMS], cwd=site / DOWNLOADS, check=False).returncode == 0


def test_the_history_of_a_record_stands_on_its_page(first):
    root, site = first
    page = (site / "deployments" / "zzz-deployment" / "index.html").read_text(encoding="utf-8")
    assert "A fictional dataset" in page and f"{REPOSITORY}/commit/{git(root, 'rev-parse', 'HEAD').strip()}" in page


@pytest.mark.slow
def test_the_downloads_are_the_release(release_folder, site_folder):
    assert (site_folder / DOWNLOADS / SUMS).read_bytes() == (release_folder / SUMS).read_bytes()
    assert all((site_folder / DOWNLOADS / name).is_file() for name in recorded(release_folder))


@pytest.mark.slow
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda sent: sent.name)
def test_a_build_that_is_stopped_leaves_the_old_site(sent, first, tmp_path):
    root, site = first
    out = tmp_path / "out"
    shutil.copytree(site, out)
    build = subprocess.Popen(command(root, out), cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert build.stderr.readline().startswith("[ 0/") and build.stderr.readline().startswith("[ 1/")
    build.send_signal(sent)
    _, err = build.communicate(timeout=60)
    assert build.returncode == 2 and "Traceback" not in err and "Stopped" in err
    assert content(out) == content(site) and not list(tmp_path.glob(".out*"))


@pytest.mark.slow
def test_a_clone_whose_history_is_cut_off_gives_pages_without_and_says_how_to_get_it(bare):
    said, site = bare
    assert f"notice: {CUT_OFF}" in said
    page = (site / "deployments" / "zzz-deployment" / "index.html").read_text(encoding="utf-8")
    assert "A fictional dataset" not in page and "No history is known here." in page


@pytest.mark.slow
def test_without_the_two_addresses_the_site_says_what_it_lacks(bare):
    said, site = bare
    assert said.count("notice: No address of the") == 2
    assert not (site / "sitemap.xml").exists() and "canonical" not in (site / "index.html").read_text(encoding="utf-8")
    page = (site / "deployments" / "zzz-deployment" / "index.html").read_text(encoding="utf-8")
    assert "issues/new" not in page and "../../correct/index.html" in page


# --- what is refused

@pytest.mark.parametrize(("make", "words"), [
    (lambda place: place.write_text("zzz"), "is a file"),
    (lambda place: (place.mkdir(), (place / "mine.txt").write_text("zzz")), "mine.txt"),
    (lambda place: place.symlink_to("/"), "symbolic link")])
def test_a_place_that_is_not_for_it(make, words, root, tmp_path, capsys):
    make(tmp_path / "out")
    before = content(tmp_path)
    assert words in refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert content(tmp_path) == before


@pytest.mark.parametrize(("folder", "holds", "product"), [(".", "release", "site"), (DOWNLOADS, "site", "release")])
def test_a_site_does_not_replace_a_release_nor_a_release_a_site(folder, holds, product, root, tmp_path, capsys):
    place = tmp_path / "out" / folder
    place.mkdir(parents=True)
    shutil.copy(root / "datapackage.json", place)
    (tmp_path / "out" / SUMS).write_text(sums(tmp_path / "out"))
    assert main([product, "--root", str(root), "--out", str(tmp_path / "out")]) == 1
    assert "Name another folder" in "".join(capsys.readouterr()), holds


@pytest.mark.parametrize("option", ["--url", "--repository"])
@pytest.mark.parametrize("given", ["zzz", "ftp://example.org/", "javascript:alert(1)", "https://", "//example.org", "https:example.org",
                                   "https://example.org/\n", "https://example.org/?zzz", "https://example.org/#zzz", "https:///zzz", "https://[",
                                   "https://[zzz]/", "https://example.org:zzz/", "https://name:zzz@example.org/", "https://@example.org/"])
def test_an_address_that_is_none_of_the_web(option, given, root, tmp_path, capsys):
    assert option in refused(capsys, "--root", root, "--out", tmp_path / "out", option, given)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("given", ["https://example.org/zzz", "http://localhost:8000/", "https://[::1]:8000/"])
def test_an_address_of_the_web(given):
    assert addresses(given, given) == [] and addresses("", "") == []


@pytest.mark.parametrize("folder", OWN)
def test_nothing_is_built_in_the_folders_of_the_repository(folder, root, capsys):
    (root / folder).mkdir(exist_ok=True)
    assert f"lies in {root / folder}" in refused(capsys, "--root", root, "--out", root / folder / "zzz")
    assert not (root / folder / "zzz").exists()


def test_a_map_that_is_cut_off(root, tmp_path, capsys, monkeypatch):
    for name in (*assets.BUNDLED, assets.ATLAS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((assets.LIBRARIES / name).read_bytes()[:1000])
    monkeypatch.setattr(assets, "LIBRARIES", tmp_path)
    text = refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert assets.ATLAS in text and "then run `make`" in text


def test_libraries_that_are_not_there(root, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(assets, "LIBRARIES", tmp_path / "node_modules")
    text = refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert "Run `make`" in text and all(name in text for name in (*assets.BUNDLED, assets.ATLAS))


def test_a_dataset_with_errors(root, tmp_path, capsys):
    table = root / "data" / "deployments.csv"
    table.write_text(table.read_text().replace(",operational,", ",operatoinal,"))
    assert "holds 1 error." in refused(capsys, "--root", root, "--out", tmp_path / "out") and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("text", "words"), [
    (None, "site.yaml"), ("", "site.yaml"), ("zzz: [", "site.yaml"), ("- zzz", "site.yaml"), ("zzz: 1", "`zzz`"),
    ("map_statuses: {Zzz: operational}", "`map_statuses.Zzz`"), ("map_statuses: {Zzz: []}", "`map_statuses.Zzz`"),
    ("map_statuses: {'': [operational]}", "`map_statuses.")])
def test_settings_that_cannot_be_read(text, words, root, tmp_path, capsys):
    path = root / SETTINGS
    path.unlink() if text is None else path.write_text(text)
    assert words in refused(capsys, "--root", root, "--out", tmp_path / "out") and not (tmp_path / "out").exists()


def test_settings_with_a_name_that_is_not_there_are_refused_by_the_command(root, tmp_path, capsys):
    changed(root, compared_statements=["zzz-statment"])
    text = refused(capsys, "--root", root, "--out", tmp_path / "out")
    assert "`zzz-statment`" in text and "`zzz-statement`" in text and not (tmp_path / "out").exists()


# --- the names in the settings

@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Those of the fictional package."""
    return released(tmp_path_factory.mktemp("tables"))


def problems(tables, **changes: object) -> list[str]:
    """What is wrong with the settings of the site with these changes, for the fictional package."""
    own, found = load_site_settings(PROJECT)
    assert own and not found
    own = type(own).model_validate({**own.model_dump(), "compared_statements": ["zzz-statement"], **changes})
    return [problem.text for problem in check_site_settings(own, tables)]


def test_the_settings_of_the_project_fit_its_data():
    own, found = load_site_settings(PROJECT)
    assert own and not found and check_site_settings(own, real()) == []


def test_settings_that_fit_have_no_problem(tables):
    assert problems(tables) == []


EXPLORER = {"columns": ["title"], "filters": []}


@pytest.mark.parametrize(("changes", "words"), [
    ({"compared_statements": ["zzz-statment"]}, "Did you mean `zzz-statement`?"),
    ({"map_statuses": {"Zzz": ["operatoinal"]}}, "Did you mean `operational`?"),
    ({"explorers": {"deployment_flat": EXPLORER}}, "Did you mean `deployments_flat`?"),
    ({"explorers": {"deployments_flat": {**EXPLORER, "columns": ["title", "sttus"]}}}, "Did you mean `status`?"),
    ({"explorers": {"deployments_flat": {**EXPLORER, "filters": ["sttus"]}}}, "Did you mean `status`?")])
def test_each_wrong_name_is_told(changes, words, tables):
    found = problems(tables, **changes)
    assert len(found) == 1 and words in found[0] and SETTINGS in found[0]


def test_the_map_has_no_more_switches_than_the_stylesheet_has_rules_for(tables):
    four = {f"Zzz {number}": ["operational"] for number in range(MAP_STATUSES)}
    assert problems(tables, map_statuses=four) == []
    [problem] = problems(tables, map_statuses={**four, "Yyy": ["operational"]})
    assert "`Yyy` is one switch of the map too many." in problem and SETTINGS in problem
    style = (assets.OURS / "site.css").read_text(encoding="utf-8")
    rules = {row: re.findall(rf"#map-{row}(\d):not", style) for row in ("what", "status")}
    assert rules == {"what": [*map(str, range(len(kinds(site_of(tables)))))], "status": [*map(str, range(MAP_STATUSES + 1))]}


def test_a_status_stands_in_one_group(tables):
    groups = load_site_settings(PROJECT)[0].status_groups
    (_, terms), *others = groups.items()
    assert len(problems(tables, status_groups=dict(others))) == len(terms)
    assert [f"`{terms[0]}` stands in 2 groups" in text for text in problems(tables, status_groups={**groups, "Zzz": [terms[0]]})] == [True]


# --- the address of the repository

@pytest.mark.parametrize(("remote", "address"), [
    ("https://github.com/zzz/yyy.git", "https://github.com/zzz/yyy"), ("git@github.com:zzz/yyy.git", "https://github.com/zzz/yyy"),
    ("ssh://git@github.com/zzz/yyy", "https://github.com/zzz/yyy"), ("https://name:secret@github.com/zzz/yyy", "https://github.com/zzz/yyy"),
    ("https://example.org/zzz/yyy.git", ""), ("/zzz/yyy", ""), (None, "")])
def test_the_repository_is_that_of_the_remote_if_it_is_on_github(remote, address, tmp_path):
    package = write_package(tmp_path)
    git(tmp_path, "init", "--quiet")
    if remote:
        git(tmp_path, "remote", "add", "origin", remote)
    assert origin(package) == address
