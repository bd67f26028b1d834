"""The command line: `python -m scripts COMMAND`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .package import Package
    from .problem import Problem
    from .release import Outcome


REPORT = b'{\n "valid": '  # how a report in JSON starts


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(prog="python -m scripts", description="Tools of the AI Governance Reach dataset.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--root", type=Path, default=Path(), help="folder of the dataset (default: this one)")
        sub.set_defaults(run=run)
        return sub

    sub = command("validate", validate, "Check the whole dataset.")
    sub.add_argument("--format", choices=["text", "json", "github"], default="text", help="how to print what was found")
    sub.add_argument("--base", metavar="REV", help="git revision to compare with: problems that it has too fail nothing")
    sub.add_argument("--fast", action="store_true", help="leave out the reference run of Frictionless")
    sub.add_argument("--save", type=Path, metavar="FILE", help="write the report as JSON to a file as well")
    sub = command("format", canonical, "Write the tables in canonical form, whatever program saved them.")
    sub.add_argument("--check", action="store_true", help="write nothing; exit 1 if a table is not canonical")
    sub = command("add", add, "Take record cards into the tables, all or nothing.")
    sub.add_argument("cards", type=Path, nargs="+", metavar="CARD.yaml")
    sub = command("form", form, "Turn a submitted web form into a card, and say what is missing or what it becomes.")
    sub.add_argument("file", type=Path, metavar="FILE", help="the text of the issue, as GitHub renders the form")
    sub.add_argument("--format", choices=["text", "markdown", "json"], default="text", help="how to print it; text: the card alone")
    sub = command("show", show, "Show one record with its quality, its sources, what refers to it and its history.")
    sub.add_argument("id", metavar="ID")
    sub = command("diff", diff, "Show what a change does to the records.")
    sub.add_argument("base", metavar="BASE", help="the version before: a git revision, a folder or a release zip (a revision first)")
    sub.add_argument("head", metavar="HEAD", nargs="?", help="the version after (default: the files as they are)")
    sub.add_argument("--format", choices=["text", "markdown", "json"], default="text", help="how to print it")
    sub = command("release", release, "Build the release: every format, checksums and what changed since the last one.")
    sub.add_argument("--out", type=Path, metavar="DIR", help="folder of the release (default: dist/NAME-VERSION)")
    sub.add_argument("--previous", metavar="VERSION", help="release to compare with: a git revision, a folder or a release zip "
                     "(default: the git tag of the newest older version in CHANGELOG.md)")
    sub.add_argument("--check", action="store_true", help="build nothing; exit 1 if version, changelog and change do not fit together")
    sub = command("site", site, "Build the explorer: a static site of all records, with the release as its downloads.")
    sub.add_argument("--out", type=Path, metavar="DIR", help="folder of the site (default: dist/site)")
    sub.add_argument("--url", metavar="URL", help="address at which it will stand (default: the homepage in datapackage.json)")
    sub.add_argument("--repository", metavar="URL", help="address of the repository, whose forms the pages open (default: that of the "
                     "git remote `origin`, if it is on GitHub)")
    sub = command("docs", docs, "Write what is generated: codebook, rule catalogue and web forms.")
    sub.add_argument("--check", action="store_true", help="write nothing; exit 1 if a document is not current")
    command("countries", countries, "Write the table of countries anew from ISO 3166-1 and the UN's M49.")
    return top


def validate(args: argparse.Namespace) -> int:
    from . import report
    from .package import RECORDED
    from .validate import validate as run
    from .write import replace_files

    if args.save and os.path.lexists(args.save) and not is_report(args.save):
        print(f"error: {args.save} is there already and is no report. Give another name.", file=sys.stderr)
        return 2
    if args.save and (args.root / RECORDED).resolve() in args.save.resolve().parents:
        print(f"error: {args.save} would stand among the tables. Give another place.", file=sys.stderr)
        return 2
    found = run(args.root, base=args.base, fast=args.fast)
    sys.stdout.write(report.render(found, args.format))
    if args.save:
        try:
            replace_files({args.save: report.as_json(found).encode(errors="replace")})
        except OSError as error:
            print(f"error: {args.save} cannot be written: {error.strerror}.", file=sys.stderr)
            return 2
    return found.exit_code


def is_report(path: Path) -> bool:
    """Whether a path is a regular file that `validate --save` may have written: nothing else is replaced."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(REPORT)) == REPORT


def canonical(args: argparse.Namespace) -> int:
    from .canonical import mend
    from .lock import lock

    with lock(args.root):
        package = opened(args.root)
        if package is None:
            return 2
        outcome = mend(package, check=args.check)
    say(outcome.problems)
    verb = "is not canonical" if args.check else "was written"
    for table in outcome.changed:
        print(f"{package.tables[table].path} {verb}.")
    if not outcome.changed and not outcome.problems:
        print("All tables are canonical.")
    return 1 if outcome.problems or (args.check and outcome.changed) else 0


def add(args: argparse.Namespace) -> int:
    from .add import add as run
    from .amend import NO_LONGER_USED
    from .lock import lock
    from .problem import visible
    from .read import read

    with lock(args.root):
        package = opened(args.root)
        if package is None:
            return 2
        outcome = run(package, read(package), args.cards)
    say(outcome.problems)
    for twin in outcome.twins:
        print(visible(f"notice: {twin.text}"))
    if outcome.problems:
        print("\nNothing was written.")
        return 1
    for notice in outcome.notices:
        print(visible(f"notice: {notice.text}"))
    for record in outcome.orphans:
        print(visible(f"notice: {record} is withdrawn too: {NO_LONGER_USED}"))
    for verb, counts in (("added", outcome.added), ("changed", outcome.changed), ("taken out", outcome.removed)):
        for table, count in counts.items():
            print(f"{table}: {count:,} row{'s' * (count != 1)} {verb}")
    if not (outcome.added or outcome.changed or outcome.removed):
        print("Nothing to add: the tables say all of it already.")
    return 0


def form(args: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from . import submission
    from .add import unreadable
    from .documents import read_text
    from .read import read

    package = opened(args.root)
    if package is None:
        return 2
    tables = read(package)
    text, problems = read_text(args.file, str(args.file))
    problems += unreadable(tables)
    if problems:
        say(problems, sys.stderr)
        return 1
    found = submission.answer(package, tables, text, datetime.now(UTC).date())
    sys.stdout.write(submission.FORMATS[args.format](found))
    if args.format == "text":
        sys.stderr.write(submission.as_text(found))
    return 0 if found.ready else 1


def show(args: argparse.Namespace) -> int:
    from . import records, show
    from .problem import did_you_mean, visible
    from .read import read

    package = opened(args.root)
    if package is None:
        return 2
    tables = read(package)
    lost = [content.table.name for content in tables if not content.whole]  # what they hold is not shown
    say((problem for problem in tables.problems.found if problem.table in lost), sys.stderr)
    record = records.find(tables, args.id)
    if record is None:
        near = did_you_mean(args.id, records.identifiers(tables))
        print(visible(f"No record has the id `{args.id}`. {near}".strip()), file=sys.stderr)
        return 1
    sys.stdout.write(show.render(record, tables))
    return 0


def diff(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from . import diff_report
    from .diff import diff as run
    from .problem import visible
    from .versions import version

    if args.head is None and opened(args.root) is None:
        return 2
    with ExitStack() as stack:
        packages = []
        for name in (args.base, args.head):
            package, reason = stack.enter_context(version(args.root, name))
            if package is None:
                print(visible(f"error: {reason}"), file=sys.stderr)
                return 2
            packages.append(package)
        found = run(*packages)
    if args.format == "text":
        sys.stdout.write(diff_report.as_text(found, colour=sys.stdout.isatty() and not os.environ.get("NO_COLOR")))
    else:
        sys.stdout.write({"markdown": diff_report.as_markdown, "json": diff_report.as_json}[args.format](found))
    return 1 if found.unread else 0


def release(args: argparse.Namespace) -> int:
    from . import release as building

    package = opened(args.root)
    if package is None:
        return 2
    if args.check and args.out:
        print("error: --check writes nothing, so --out has no place beside it.", file=sys.stderr)
        return 2
    found = building.fits(package, args.previous) if args.check else building.release(package, args.out, args.previous, progress)
    if args.check and not found.problems:
        print("Version, changelog and change fit together.")
    return told(found, "release")


def site(args: argparse.Namespace) -> int:
    from .site.build import site as run

    package = opened(args.root)
    if package is None:
        return 2
    return told(run(package, args.out, args.url, args.repository, progress), "site")


def progress(line: str) -> None:
    """Show how far a build is."""
    print(line, file=sys.stderr, flush=True)


def told(found: Outcome, product: str) -> int:
    """Say what came of building a product, and return the exit code."""
    say(found.problems, sys.stderr)
    for notice in found.notices:
        print(f"notice: {notice}")
    if found.folder:
        print(f"The {product} stands in {found.folder}.")
    return found.exit_code


def docs(args: argparse.Namespace) -> int:
    from .docs import documents
    from .forms import Unusable
    from .write import replace_files

    package = opened(args.root)
    if package is None:
        return 2
    try:
        found = documents(package)
    except Unusable as error:
        say(error.problems, sys.stderr)
        return 2
    stale = {path: data for path, data in found.items()
             if not (args.root / path).is_file() or (args.root / path).read_bytes() != data}
    if not args.check:
        replace_files({args.root / path: data for path, data in stale.items()})
    for path in stale:
        print(f"{path} {'is not current: run `python -m scripts docs`' if args.check else 'was written'}.")
    return 1 if args.check and stale else 0


def countries(args: argparse.Namespace) -> int:
    import pandas as pd

    from .countries import rows
    from .lock import lock
    from .write import canonical, replace_tables

    with lock(args.root):
        package = opened(args.root)
        if package is None:
            return 2
        table = package.tables.get("countries")
        if table is None:
            print("This package has no table `countries`.", file=sys.stderr)
            return 2
        data, path = canonical(pd.DataFrame(rows(), dtype=object), table), package.places["countries"]
        if path.is_file() and path.read_bytes() == data:
            print(f"{table.path} is current.")
        else:
            replace_tables(package, {path: data})
            print(f"{table.path} was written.")
    return 0


def opened(root: Path) -> Package | None:
    """The package in `root`, or None after saying why it cannot be used."""
    from .package import load
    from .validate import no_folder

    package, problems = load(root) if root.is_dir() else (None, [no_folder(root)])
    say(problems, sys.stderr)
    return package


def say(problems: Iterable[Problem], stream: TextIO | None = None) -> None:
    """Print problems, like ones summed up."""
    from .report import summed_up

    for line in summed_up(problems):
        print(line, file=stream)


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 for success, 1 for problems found, 2 where it could not run."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = parser().parse_args(argv)
    try:
        code = args.run(args)
        sys.stdout.flush()  # not at the exit, where a reader that has gone could only be complained of
        return code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("Stopped before it was done; no file was changed.", file=sys.stderr)
        return 2
    except OSError as error:  # what the system refuses
        place = error.filename2 or error.filename
        print(f"error: {f'{place}: ' if place else ''}{error.strerror or error}. Nothing was changed. Check what stands there, the "
              "permissions of the folder and the room on the disk.", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"error: the library {error.name} is not installed. Run `make` first, then the command with `.venv/bin/python`.",
              file=sys.stderr)
        return 2
    except Exception as error:  # whatever a file did to us: one line, not a traceback
        if os.environ.get("TRACEBACK"):
            raise
        print(f"error: {type(error).__name__}: {error}. This is a fault of the tools: please report it with the command; "
              "TRACEBACK=1 before the command shows where.", file=sys.stderr)
        return 2


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is being written is then put back
    sys.exit(main())
