"""Commands that are killed, disks that fail: each run in a fork of this process, so that hundreds of them take minutes.

`make faults` runs all of it; tests/test_faults.py a slice. A step is a call that changes something under a folder, or an fsync.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from scripts.__main__ import main
from scripts.journal import WORKING
from scripts.package import load

STEPS = {"os.rename": 2, "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.chmod": 1, "os.link": 2, "os.symlink": 2}  # paths of each
WRITING = 0.03  # seconds, about as long as a command writes
State = dict[str, bytes | None]
Act = Callable[[int, str], None]  # hears the number of a step and its name


def watch(folder: Path, act: Act) -> None:
    """Call `act` before each step of this process under a folder, for the rest of its life."""
    numbers, inside, sync = count(1), os.path.realpath(folder), os.fsync

    def concerns(path: object) -> bool:
        return isinstance(path, (str, os.PathLike)) and (
            not Path(path).is_absolute() or os.path.realpath(path).startswith(inside))  # relative: in a folder being removed

    def hook(event: str, given: tuple) -> None:
        writing = event == "open" and given[2] & (os.O_WRONLY | os.O_RDWR)
        if any(map(concerns, given[:1 if writing else STEPS.get(event, 0)])):
            act(next(numbers), event)

    def fsync(handle: int) -> None:
        act(next(numbers), "fsync")
        sync(handle)

    os.fsync = fsync
    sys.addaudithook(hook)


def killed_at(number: int) -> Act:
    """Kill this process before one step."""
    return lambda step, _: os.kill(os.getpid(), signal.SIGKILL) if step == number else None


def failing(error: int, numbers: range) -> Act:
    """Let some steps fail."""
    def fail(step: int, _: str) -> None:
        if step in numbers:
            raise OSError(error, os.strerror(error))
    return fail


@dataclass(frozen=True)
class Ended:
    """How a fork ended: its exit code, or minus the signal that killed it; what it printed; how long it took."""

    code: int
    text: str
    seconds: float


def forked(work: Callable[[], int], kill_after: float | None = None, awaited: Path | None = None) -> Ended:
    """Do some work in a fork, and kill it so many seconds after its start, or after something came to be, if it is still at it."""
    heard, said = os.pipe()  # what our commands print is far less than it holds
    pid, started = start(work, said), time.monotonic()
    os.close(said)
    if kill_after is not None:
        while awaited and not awaited.exists() and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            pass
        time.sleep(kill_after)
        os.kill(pid, signal.SIGKILL)  # at worst it has ended and waits for us
    _, status = os.waitpid(pid, 0)
    seconds = time.monotonic() - started
    with os.fdopen(heard, "rb") as reader:
        return Ended(os.waitstatus_to_exitcode(status), reader.read().decode(errors="replace"), seconds)


def start(work: Callable[[], int], output: int) -> int:
    """Start a fork that does some work; its id."""
    sys.stdout.flush()
    sys.stderr.flush()
    if pid := os.fork():
        return pid
    code = 70
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
        code = work()
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def command(arguments: list[str], folder: Path | None = None, act: Act | None = None) -> int:
    """Run one of our commands, with something done at each of its steps."""
    if act:
        watch(folder, act)
    return main(arguments)


def steps(arguments: list[str], folder: Path) -> list[str]:
    """The names of the steps of a command, which is run for that."""
    with tempfile.NamedTemporaryFile("r") as told, Path(told.name).open("w") as telling:
        done = forked(partial(command, arguments, folder, lambda _, name: print(name, file=telling, flush=True)))
        assert done.code == 0, done.text
        return told.read().split()


def state(folder: Path) -> State:
    """Every path under a folder, hidden ones too, with its bytes; None for a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def seen(root: Path, before: State, after: State) -> str:
    """What a plain reader sees in the folder of tables, such as pandas, which knows nothing of a journal: the tables before or after a
    change, or some of each."""
    now = {path: data for path, data in state(root).items() if WORKING not in path}
    tables = {"before": before, "after": after}
    for word, known in tables.items():
        if now == known:
            return word
    mixed = all(data in (before.get(path), after.get(path)) for path, data in now.items()) and set(now) == set(before) | set(after)
    return "some of each" if mixed else "something else"


# --- what is done to the tables

@dataclass(frozen=True)
class Scene:
    """A command that changes several tables of a package: the package, the state before and after."""

    root: Path
    arguments: list[str]
    before: State
    after: State

    def reset(self) -> None:
        """The package as it was before."""
        shutil.rmtree(self.root / "data")
        for path, data in self.before.items():
            if path.startswith("data/"):
                (self.root / path).parent.mkdir(exist_ok=True)
                (self.root / path).write_bytes(data)

    def killed(self, work: Callable[[], int] | None = None, kill_after: float | None = None, awaited: Path | None = None) -> str:
        """Kill the command, look at the tables, open the package, and do it again; what a plain reader saw in between."""
        self.reset()
        ended = forked(work or partial(main, self.arguments), kill_after, awaited)
        assert ended.code in (-signal.SIGKILL, 0), ended.text
        return f"{seen(self.root, self.before, self.after)}, then {self.opened()}"

    def opened(self) -> str:
        """Whether the tables are those before or after once the package was opened; nothing else may be there."""
        package, problems = load(self.root)
        assert package, problems
        now = state(self.root)
        assert now in (self.before, self.after), [path for path in now if now[path] not in (self.before.get(path), self.after.get(path))]
        return "before" if now == self.before else "after"

    def again(self) -> None:
        """The command works as if nothing had been, even if all was done."""
        ended = forked(partial(main, self.arguments))
        assert ended.code == 0, ended.text
        assert state(self.root) == self.after


def scene(root: Path, arguments: list[str]) -> Scene:
    """The scene of a package as it stands."""
    before = state(root)
    ended = forked(partial(main, [*arguments, "--root", str(root)]))
    assert ended.code == 0, ended.text
    after = state(root)
    assert len([path for path in before if before[path] != after[path]]) > 2
    made = Scene(root, [*arguments, "--root", str(root)], before, after)
    made.reset()
    return made


def killed_at_each_step(made: Scene, stride: int = 1) -> Iterator[tuple[int, str]]:
    """Kill the command before each of its steps, or each second one; the step, and what came of it."""
    many = len(steps(made.arguments, made.root))
    for number in range(1, many + 1, stride):
        yield number, made.killed(partial(command, made.arguments, made.root, killed_at(number)))


def killed_at_random(made: Scene, times: int, seed: int) -> Iterator[str]:
    """Kill the command at random moments: from its start to well after its end, and as often from the moment that it starts to write."""
    made.reset()
    seconds, chance = forked(partial(main, made.arguments)).seconds, random.Random(seed)
    for turn in range(times):
        writing = turn % 2 == 1
        yield made.killed(None, chance.uniform(0, WRITING if writing else seconds * 1.5), made.root / "data" / WORKING if writing else None)


def failed_at_each_step(made: Scene, error: int, lasting: bool, stride: int = 1) -> Iterator[tuple[int, str]]:
    """Let each step of the command fail, alone or with all that come after; the step, and what came of it. A command that says that it
    failed has changed nothing; nothing is left half done in any case."""
    made.reset()
    many = len(steps(made.arguments, made.root))
    for number in range(1, many + 1, stride):
        made.reset()
        numbers = range(number, sys.maxsize if lasting else number + 1)
        ended = forked(partial(command, made.arguments, made.root, failing(error, numbers)))
        assert "Traceback" not in ended.text and "fault of the tools" not in ended.text and ended.code in (0, 1), ended.text
        found = f"{seen(made.root, made.before, made.after)}, then {made.opened()}"
        assert found.endswith("after" if ended.code == 0 else "before"), (number, ended, found)
        yield number, found


def limited(arguments: list[str], size: int) -> int:
    """Run a command that can write no file beyond a size."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return main(arguments)


# --- what is done to folders

@dataclass(frozen=True)
class Build:
    """A command that builds a folder where an older one stands: both, and the folder that they lie in."""

    work: Callable[[], int]
    place: Path
    before: State
    after: State

    def reset(self) -> None:
        """The older folder alone."""
        shutil.rmtree(self.place.parent)
        for path, data in self.before.items():
            target = self.place.parent / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.mkdir(exist_ok=True) if data is None else target.write_bytes(data)

    def killed(self, work: Callable[[], int], kill_after: float | None = None) -> str:
        """Kill the build and look at the place; the next build leaves the new folder and nothing else."""
        self.reset()
        ended = forked(work, kill_after)
        assert ended.code in (-signal.SIGKILL, 0), ended.text
        name = self.place.name
        now = {path: data for path, data in state(self.place.parent).items() if path.split("/")[0] == name}
        found = "before" if now == self.before else "after" if now == self.after else "none" if not now else "half"
        assert found != "half", sorted(now)
        ended = forked(self.work)
        assert ended.code == 0, ended.text
        assert state(self.place.parent) == self.after, sorted(set(state(self.place.parent)) ^ set(self.after))[:5]
        return found


def build(change: Callable[[], object], work: Callable[[], int], place: Path) -> Build:
    """A build that is done, then done anew after something was changed."""
    states = []
    for first in (True, False):
        if not first:
            change()
        ended = forked(work)
        assert ended.code == 0, ended.text
        states.append(state(place.parent))
    assert states[0] != states[1]
    return Build(work, place, *states)


def tally(found: Iterator) -> Counter:
    """How often each outcome came about."""
    return Counter(outcome if isinstance(outcome, str) else outcome[-1] for outcome in found)
