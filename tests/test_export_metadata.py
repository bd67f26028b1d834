"""What tells search engines, loaders, archives and people of a release: each file as the program that it is for reads it."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

import pytest
import yaml
from pyld import jsonld

from scripts import citation as cite
from scripts.__main__ import main
from scripts.derived import with_derived
from scripts.docs import documents
from scripts.export import citation, croissant, data_package, dataset_card, linked_data
from scripts.package import load
from scripts.tables import Tables
from scripts.typed import values
from tests.fictional import PROJECT, write_package
from tests.released import everything, real, released
from tests.test_export_package import run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*")  # which mlcroissant reads with
CFFCONVERT = PROJECT / ".venv-readers/bin/cffconvert"
SCHEMA = "https://schema.org/"
ZENODO = {  # what Zenodo's deposit metadata knows, of what we write; and what it insists on
    "upload_type", "title", "version", "publication_date", "description", "creators", "access_right", "license", "keywords", "language",
    "related_identifiers"}
NEEDED = {"upload_type", "title", "publication_date", "description", "creators", "access_right", "license"}
PERSON = {"title": "Zzz Given Zzz Family", "givenName": "Zzz Given", "familyName": "Zzz Family", "organization": "Zzz University",
          "roles": ["author"]}
OTHER = {"title": "Zzz Helpers", "roles": ["contributor"]}


def changed(root: Path, **properties: object) -> Tables:
    """The fictional tables with other properties of the package."""
    write_package(root)
    path = root / "datapackage.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **properties}), encoding="utf-8")
    return everything(root)


def written(tables: Tables, folder: Path, *exporters) -> Path:
    """A release folder with the Data Package and what else the exporters write."""
    folder.mkdir(exist_ok=True)
    for exporter in (data_package, *exporters):
        exporter.write(tables, folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return written(real(), tmp_path_factory.mktemp("release"), linked_data, croissant, citation, dataset_card)


def nothing_is_fetched(address: str, options: dict) -> dict:
    raise AssertionError(f"{address} is asked for")


def expanded(folder: Path) -> dict:
    """dataset.jsonld as a JSON-LD processor understands it, at an address of its own."""
    document = json.loads((folder / "dataset.jsonld").read_bytes())
    (dataset,) = jsonld.expand(document, {"base": "https://example.org/zzz/", "documentLoader": nothing_is_fetched})
    return dataset


def value(node: dict, name: str) -> str:
    (found,) = node[SCHEMA + name]
    return found.get("@value", found.get("@id"))


# dataset.jsonld

def test_linked_data_says_what_a_search_engine_needs(folder):
    dataset, descriptor = expanded(folder), real().package.descriptor
    assert dataset["@type"] == [SCHEMA + "Dataset"]
    assert value(dataset, "name") == descriptor["title"] and 50 <= len(value(dataset, "description")) <= 5000
    assert (value(dataset, "version"), value(dataset, "dateModified")) == (descriptor["version"], descriptor["created"][:10])
    assert value(dataset, "license") == descriptor["licenses"][0]["path"] and value(dataset, "isAccessibleForFree") is True
    assert [word["@value"] for word in dataset[SCHEMA + "keywords"]] == descriptor["keywords"]
    (creator,) = dataset[SCHEMA + "creator"]
    assert creator["@type"] == [SCHEMA + "Organization"] and value(creator, "name") == descriptor["contributors"][0]["title"]
    assert [value(source, "url") for source in dataset[SCHEMA + "isBasedOn"]] == [source["path"] for source in descriptor["sources"]]


def test_linked_data_names_every_file_of_data_with_size_and_hash(folder):
    found = {}
    for download in expanded(folder)[SCHEMA + "distribution"]:
        path = value(download, "contentUrl").removeprefix("https://example.org/zzz/")
        data = (folder / path).read_bytes()
        assert (value(download, "sha256"), value(download, "contentSize")) == (hashlib.sha256(data).hexdigest(), f"{len(data)} B")
        found[path] = value(download, "encodingFormat")
    assert set(found) == {table.path for table in real().package.tables.values()} | {"ai-governance-reach-0.1.0.zip"}
    assert (found["data/claims.csv"], found["ai-governance-reach-0.1.0.zip"]) == ("text/csv", "application/zip")


def test_an_address_stands_in_it_only_if_the_data_package_has_one(folder, tmp_path):
    dataset = json.loads((folder / "dataset.jsonld").read_bytes())
    assert not {"url", "identifier", "sameAs"} & set(dataset)
    text = (folder / "dataset.jsonld").read_text() + (folder / "croissant.json").read_text() + (folder / "README.md").read_text()
    known = json.dumps(real().package.descriptor) + json.dumps([table.schema for table in real().package.tables.values()])
    known += json.dumps([[repr(term) for term in one.terms.values()] for one in real().package.vocabularies.values()])
    standards = ("https://schema.org/", "http://mlcommons.org/croissant/", "http://purl.org/dc/terms/")
    assert [found for found in re.findall(r"https?://[^\s\"')>]+", text) if found not in known and not found.startswith(standards)] == []
    out = written(changed(tmp_path / "zzz", homepage="https://example.org/zzz", id="zzz:1"), tmp_path / "out", linked_data, croissant)
    assert (value(expanded(out), "url"), value(expanded(out), "identifier")) == ("https://example.org/zzz", "zzz:1")
    assert json.loads((out / "croissant.json").read_bytes())["url"] == "https://example.org/zzz"


# croissant.json

def mlcroissant(path: Path):
    return run(Path(sys.executable).with_name("mlcroissant"), "validate", "--jsonld", path)


def test_croissant_is_valid_for_the_program_of_its_makers(folder):
    done = mlcroissant(folder / "croissant.json")
    assert done.returncode == 0 and "Done." in done.stderr and "error" not in done.stderr.lower(), done.stderr


@pytest.mark.parametrize("breaks", [
    lambda found: found["recordSet"][-1]["field"][0]["source"]["fileObject"].update({"@id": "data/zzz.csv"}),
    lambda found: found["distribution"][0].pop("encodingFormat"),
    lambda found: found["recordSet"][-1]["field"][0].pop("dataType")])
def test_the_program_refuses_a_broken_one(folder, tmp_path, breaks):
    found = json.loads((folder / "croissant.json").read_bytes())
    breaks(found)
    (tmp_path / "croissant.json").write_text(json.dumps(found), encoding="utf-8")
    assert mlcroissant(tmp_path / "croissant.json").returncode != 0


def record_sets(folder: Path, names: list[str]) -> dict[str, list[dict]]:
    """The records of record sets as the library yields them, text as text, without the name of the record set."""
    import mlcroissant as mlc

    def plain(found: object) -> object:
        return [plain(one) for one in found] if isinstance(found, list) else found.decode() if isinstance(found, bytes) else found

    dataset = mlc.Dataset(str(folder / "croissant.json"))
    return {name: [{key.split("/")[1]: plain(found) for key, found in record.items()} for record in dataset.records(name)]
            for name in names}


@pytest.mark.slow
def test_every_cell_of_every_table_comes_out_of_the_library(folder):
    tables = real()
    for name, records in record_sets(folder, list(tables.package.tables)).items():
        for field in tables.package.tables[name].fields:
            assert [record[field.name] for record in records] == values(field, tables[name][field.name]), (name, field.name)


def test_an_empty_cell_is_none_and_the_library_takes_the_text_na_for_one(tmp_path):
    out = written(released(tmp_path / "zzz", {"deployments": [{"place": "NA", "note": ""}]}), tmp_path / "out", croissant)
    (record,) = record_sets(out, ["deployments"])["deployments"]
    assert (record["note"], record["technologies"], record["value_amount"]) == (None, ["video_surveillance"], 5)
    assert record["place"] is None  # as pandas reads it; `using.md` says so


def test_keys_references_and_terms_are_told(folder):
    found = json.loads((folder / "croissant.json").read_bytes())
    sets = {one["@id"]: one for one in found["recordSet"]}
    fields = {field["@id"]: field for one in found["recordSet"] for field in one["field"]}
    package = real().package
    assert list(sets) == [*(f"vocabulary-{name}" for name in package.vocabularies), *package.tables]
    assert sets["deployment_parties"]["key"] == [
        {"@id": f"deployment_parties/{column}"} for column in ("deployment_id", "organization_id", "party_role")]
    assert fields["deployments/country_code"]["references"] == {
        "fileObject": {"@id": "data/countries.csv"}, "extract": {"column": "country_code"}}
    assert fields["deployments/status"]["references"] == {"field": {"@id": "vocabulary-status/term"}}
    assert sets["vocabulary-status"]["dataType"] == "sc:Enumeration"
    assert [term["vocabulary-status/term"] for term in sets["vocabulary-status"]["data"]] == list(package.vocabularies["status"].terms)
    kinds = {name: fields[f"deployments/{name}"]["dataType"] for name in ("title", "value_amount")}
    assert kinds == {"title": "sc:Text", "value_amount": "sc:Integer"} and fields["policy_statements/binding"]["dataType"] == "sc:Boolean"
    for resource in found["distribution"]:
        assert resource["sha256"] == hashlib.sha256((folder / resource["contentUrl"]).read_bytes()).hexdigest()


# CITATION.cff and .zenodo.json

def cffconvert(path: Path):
    return run(CFFCONVERT, "--validate", "-i", path)


def test_the_citation_is_valid_and_is_the_one_of_the_repository(folder):
    done = cffconvert(folder / "CITATION.cff")
    assert done.returncode == 0 and "valid according to schema version 1.2.0" in done.stdout, done.stderr
    package, _ = load(PROJECT)
    for name in ("CITATION.cff", ".zenodo.json"):
        assert documents(package)[name] == (folder / name).read_bytes() == cite.files(real().package)[name]
    found = yaml.safe_load((folder / "CITATION.cff").read_bytes())
    assert (found["version"], found["license"], found["type"]) == (package.descriptor["version"], "CC-BY-4.0", "dataset")
    assert (str(found["date-released"]), found["abstract"]) == (package.created, package.descriptor["description"])


def test_a_broken_citation_is_refused(folder, tmp_path):
    text = (folder / "CITATION.cff").read_text(encoding="utf-8")
    for broken in (re.sub(r"'[0-9-]{10}'", "yesterday", text), text.replace("CC-BY-4.0", "ZZZ-1.0"), text.replace("title: ", "titel: ")):
        assert broken != text
        (tmp_path / "CITATION.cff").write_text(broken, encoding="utf-8")
        assert cffconvert(tmp_path / "CITATION.cff").returncode != 0


def test_a_person_is_cited_by_family_name_and_one_who_is_no_author_is_not(tmp_path):
    out = written(changed(tmp_path / "zzz", contributors=[PERSON, OTHER]), tmp_path / "out", citation, linked_data, croissant)
    assert cffconvert(out / "CITATION.cff").returncode == 0
    assert yaml.safe_load((out / "CITATION.cff").read_bytes())["authors"] == [
        {"family-names": "Zzz Family", "given-names": "Zzz Given", "affiliation": "Zzz University"}]
    assert json.loads((out / ".zenodo.json").read_bytes())["creators"] == [
        {"name": "Zzz Family, Zzz Given", "affiliation": "Zzz University"}]
    (creator,) = expanded(out)[SCHEMA + "creator"]
    assert (creator["@type"], value(creator, "name")) == ([SCHEMA + "Person"], "Zzz Given Zzz Family")
    assert json.loads((out / "croissant.json").read_bytes())["creator"]["name"] == "Zzz Family, Zzz Given"


def test_where_nobody_is_an_author_all_are(tmp_path):
    package = changed(tmp_path / "zzz", contributors=[OTHER]).package
    assert yaml.safe_load(cite.citation_cff(package))["authors"] == [{"name": "Zzz Helpers"}]


def test_zenodo_gets_the_fields_that_it_knows(folder, tmp_path):
    found = json.loads((folder / ".zenodo.json").read_bytes())
    assert NEEDED <= set(found) <= ZENODO
    assert (found["upload_type"], found["access_right"], found["license"]) == ("dataset", "open", "cc-by-4.0")
    assert found["creators"] == [{"name": "AI Governance Reach contributors"}] and found["publication_date"] == real().package.created
    assert found["keywords"] == real().package.descriptor["keywords"] and found["description"].startswith("<p>")
    hostile = json.loads(cite.zenodo_json(changed(tmp_path / "zzz", description="<script>zzz</script> & more").package))
    assert hostile["description"] == "<p>&lt;script&gt;zzz&lt;/script&gt; &amp; more</p>"


def test_docs_keeps_both_current_in_the_repository(tmp_path, capsys):
    write_package(tmp_path)
    root = ["--root", str(tmp_path)]
    assert main(["docs", *root]) == 0 and main(["docs", "--check", *root]) == 0
    (tmp_path / "datapackage.json").write_text(
        (tmp_path / "datapackage.json").read_text(encoding="utf-8").replace('"version": "', '"version": "9'), encoding="utf-8")
    capsys.readouterr()
    assert main(["docs", "--check", *root]) == 1
    assert {line.split(" ")[0] for line in capsys.readouterr().out.splitlines()} == {"CITATION.cff", ".zenodo.json"}


def test_docs_reports_derived_descriptors_that_cannot_be_used(tmp_path, capsys):
    write_package(tmp_path)
    (tmp_path / "schemas/derived/record_quality.json").write_text("{", encoding="utf-8")
    assert main(["docs", "--root", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert "schemas/derived/record_quality.json" in said.err and "broken-json" in said.err and not (tmp_path / "CITATION.cff").exists()


# README.md, the card

def front_matter(folder: Path) -> dict:
    return yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])


def test_the_card_leads_the_hub_to_every_table(folder):
    found, tables = front_matter(folder), real()
    assert (found["license"], found["language"], found["pretty_name"]) == ("cc-by-4.0", ["en"], "AI Governance Reach")
    files = {config["config_name"]: config["data_files"] for config in found["configs"]}
    assert files == {name: table.path if table.folder == "flat" else f"parquet/{name}.parquet"
                     for name, table in tables.package.tables.items()}
    assert [config["config_name"] for config in found["configs"] if config.get("default")] == ["deployments"]
    rows = sum(len(content.rows) for content in tables)
    low, high = re.fullmatch(r"(\d+)K<n<(\d+)K", found["size_categories"][0]).groups()
    assert int(low) * 1000 <= rows < int(high) * 1000


@pytest.mark.parametrize(("rows", "word"), [
    (0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (99_999, "10K<n<100K"), (100_000, "100K<n<1M"), (1_000_000, "n>1M")])
def test_the_size_is_told_in_the_words_of_the_hub(rows, word):
    assert dataset_card.size_category(rows) == word


def test_the_card_tells_people_what_there_is_and_what_it_cannot_say(folder):
    text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)[2]
    for name, table in real().package.tables.items():
        assert f"| `{name}` | {len(real()[name]):,} | {table.description} |" in text
    assert "not a census" in text and "endorsement list is incomplete" in text and cite.reference(real().package) in text
    assert "version 0.1.0" in text and "https://creativecommons.org/licenses/by/4.0/" in text


def test_a_package_without_derived_descriptors_has_no_release(tmp_path):
    package = write_package(tmp_path)
    (tmp_path / "schemas/derived.json").unlink()
    whole, problems = with_derived(package)
    assert whole is None and problems
