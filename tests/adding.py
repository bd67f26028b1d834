"""Fictional cards, a package to add them to, and ways to add them: what the tests of `add` work with."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.add import add
from scripts.package import load
from scripts.read import read
from tests.fictional import PROJECT

COUNTRIES = """country_code,name,kind,region,subregion
ZZA,Zzz Land,country,Zzz,
ZZB,Yyy Land,territory,Zzz,
ZZC,Xxx Land,country,,
"""
CITATION = "title: A report, publisher: Zzz Press, published: '2021-01-05', language: en, type: research, accessed: '2021-02-01',"
CITATIONS = f"citations:\n- {{id: zzz-report, {CITATION} url: https://example.org/report, access: excerpt}}\n"
REFERENCES = """\
organizations:
- {id: zzz-firm, name: Zzz Firm, type: company, country: ZZB}
- {id: zzz-city, name: Zzz City, type: government, country: ZZA}
""" + CITATIONS
DEPLOYMENT = """
deployments:
- id: zzz-network
  title: Network of Zzz City
  country: ZZA
  further_countries: [ZZC]
  channel: system
  technologies: [video_surveillance, command_centre]
  purposes: [public_security]
  status: operational
  status_as_of: '2021'
  started: '2020'
  value_usd: 1500
  rights_concern: none_reported
  summary: The fictional firm sold a fictional network under a contract of 1,500 dollars.
  parties:
  - {organization: zzz-firm, role: supplier}
  - {organization: zzz-city, role: client}
  sources:
  - citation: zzz-report
    supports: [country, parties, value_usd, technologies, purposes, status, started, channel]
"""
CARD = REFERENCES + DEPLOYMENT
SECOND = f"""
citations:
- {{id: zzz-denial, {CITATION} url: https://example.org/denial, access: full_text}}
deployments:
- id: zzz-network
  sources:
  - {{citation: zzz-denial, supports: [started], stance: disputes, locator: para 4}}
"""


def fresh(root: Path) -> Path:
    """A package with three fictional countries and no records."""
    shutil.copytree(PROJECT / "schemas", root / "schemas", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copy(PROJECT / "datapackage.json", root)
    package, problems = load(root)
    assert package, problems
    (root / "data").mkdir()
    for table in package.tables.values():
        (root / table.path).write_text(",".join(table.columns) + "\n")
    (root / "data/countries.csv").write_text(COUNTRIES)
    return root


def run(root: Path, *texts: str):
    """Add cards, each a file of its own."""
    paths = []
    for number, text in enumerate(texts, 1):
        paths.append(root / f"card-{number}.yaml")
        paths[-1].write_text(text, encoding="utf-8")
    package, _ = load(root)
    return add(package, read(package), paths)


def added(root: Path, *texts: str):
    outcome = run(root, *texts)
    assert not outcome.problems, [problem.text for problem in outcome.problems]
    return outcome


def refused(root: Path, *texts: str) -> list:
    """The problems of an add that must fail and leave every file as it was."""
    before = files(root)
    outcome = run(root, *texts)
    assert outcome.problems and not (outcome.added or outcome.changed or outcome.notices)
    assert files(root) == before
    assert all(problem.message and problem.hint and problem.severity == "error" for problem in outcome.problems)
    return outcome.problems


def files(root: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (root / "data").iterdir()}


def rows(root: Path, table: str) -> list[dict[str, str]]:
    package, _ = load(root)
    return read(package)[table].to_dict("records")


def edit(root: Path, table: str, old: str, new: str) -> None:
    path = root / f"data/{table}.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
