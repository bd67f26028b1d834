"""Run the targets under atheris, one after the other: `python -m fuzz [TARGET …] [--seconds 60]`.

Each starts from its corpus. An input that breaks a target is put there as `found-…` and ends the run of that target: give it a name that
says what it is, mend what it found, and the tests replay it from then on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 16_384  # bytes of an input
SLOW, LARGE = 10, 2_048  # seconds and MB that one input may take


def main() -> int:
    """Run the targets that are named, or all; the exit code is 1 if an input broke one."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description="Fuzz the parsers of outside input.")
    parser.add_argument("target", nargs="*", help="names of targets; all without any")
    parser.add_argument("--seconds", type=int, default=60, help="how long each target runs")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        run(args.target[0], args.seconds)
    names = args.target or sorted(targets())
    broken = [name for name in names if subprocess.run([sys.executable, "-m", "fuzz", "--inside", "--seconds", str(args.seconds), name],
                                                       check=False).returncode]
    print(f"Broken: {', '.join(broken)}." if broken else f"{len(names)} targets ran, and no input broke one.")
    return 1 if broken else 0


def targets() -> dict:
    from .targets import TARGETS

    return TARGETS


def run(name: str, seconds: int) -> None:
    """Fuzz one target; the program ends with it."""
    with atheris.instrument_imports(include=["scripts", "schemas"]):
        one_input = targets()[name]
        from .seeds import of as sound
    (CORPUS / name).mkdir(parents=True, exist_ok=True)
    one_input(b"")  # what is made once is made before the clock runs
    with tempfile.TemporaryDirectory(prefix="zzz-corpus-") as new:
        for number, seed in enumerate(sound(name)):
            Path(new, f"sound-{number}").write_bytes(seed)
        print(f"--- {name}", flush=True)
        atheris.Setup([sys.argv[0], new, str(CORPUS / name), f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOW}",
                       f"-rss_limit_mb={LARGE}", f"-artifact_prefix={CORPUS / name}/found-", "-print_final_stats=1", "-verbosity=1"],
                      one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
