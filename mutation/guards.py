"""Which tests are run for a mutant of a function: those that call it, and of the tests of a rule only those of a rule that calls it.

mutmut notes the functions that a test calls by their names at the top of a module. Every test of a rule runs all rules, and the tests
that most rules are made of are functions within functions that were called when the modules were loaded; so both are told apart here.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import os
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from mutmut.configuration import config
from mutmut.mutation import trampoline
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.utils.file_utils import change_cwd
from mutmut.workers.isolation import ForkServerRunner

MEANING = ("schemas.", "scripts.edtf.", "scripts.near.", "scripts.support.")
OF_RULES = ("tests/test_rules.py", "tests/test_rules_at_the_edge.py")
OF_MEANING = (*OF_RULES, "tests/test_support.py", "tests/test_edtf.py", "tests/test_near.py")  # others run the rules too, and tell little

NO_TESTS, SUSPICIOUS = 5, 35  # the codes of pytest and of mutmut
NOTICED = Path("noticed")  # a file for each function, within `mutants/`: the tests that failed, a line for each of its mutants
MOST = 60  # seconds of tests for one mutant, by the clock of the count, which makes them four times as slow
LONGEST = 10 * MOST  # seconds of the processor

execute, run, record = PytestRunner.execute_pytest, PytestRunner.run_tests, trampoline.record_trampoline_hit
serve, submit = ForkServerRunner._forkserver_main, ForkServerRunner.submit


class Guards:
    """A plugin for pytest that knows of which rule the test that runs is, and which rule is asked."""

    def __init__(self) -> None:
        self.wanted: set[str] = set()  # codes of the rules that the test is about; empty where it is about all
        self.loaded: set[str] = set()  # functions that are called when the modules are loaded
        self.asked, self.file = "", ""

    def pytest_collection_finish(self, session) -> None:
        """Watch the rules, which are loaded now, and note what was called to load them."""
        import scripts.tables
        from scripts import validate
        from scripts.rule import Rule
        from tests import test_rules_at_the_edge

        def noted(rule: Rule, name: str) -> object:
            value = object.__getattribute__(rule, name)
            if name in ("ok", "explain") and value is not None:
                self.asked = object.__getattribute__(rule, "kind").code
                self.note(value)
            return value

        def told(root: object, code: str, change: dict) -> list:
            self.wanted = {code}
            return tell(root, code, change)

        def ahead(tables: object, views: Iterable[tuple]) -> nullcontext:
            deque(views, maxlen=0)
            self.hit("scripts.tables.x_ahead")
            return nullcontext()

        self.loaded = set(state()._stats)
        state()._stats.clear()
        tell, test_rules_at_the_edge.told = test_rules_at_the_edge.told, told
        validate.ahead = ahead  # so that a view is worked out by each rule that asks for it
        key_of = scripts.tables.key_of
        scripts.tables.key_of = lambda view, arguments: (self.asked, key_of(view, arguments))
        Rule.__getattribute__ = noted
        trampoline.record_trampoline_hit = self.hit

    def pytest_runtest_setup(self, item) -> None:
        """The rule of the test that comes, if it is of one."""
        given = item.callspec.params if hasattr(item, "callspec") else {}
        self.wanted = {rule.kind.code for rule in given.get("rules") or [given[name] for name in ("rule",) if name in given]}
        self.asked, self.file = "", item.location[0]
        forget()

    def pytest_sessionfinish(self) -> None:
        """What is called at loading is also for the tests of rules that call nothing else; what is called then alone, for all of them."""
        tests = state().tests_by_mangled_function_name
        of_rules = {test for test in state().duration_by_test if test.startswith(OF_RULES)}
        others = set().union(*(found for name, found in tests.items() if name not in self.loaded))
        for name in self.loaded:
            alone = name not in tests
            tests[name] |= of_rules if alone else of_rules - others

    def note(self, test: object) -> None:
        """Count a function within a function as a call of that around it."""
        test = inspect.unwrap(getattr(test, "func", test))
        outer, within, _ = test.__qualname__.partition("__mutmut_orig.<locals>")
        if within:
            self.hit(f"{test.__module__}.{outer}")

    def hit(self, name: str, caller: str | None = None) -> None:
        """A call of a function, unless it was for another rule than that of the test, or by a test of form."""
        if name.startswith(MEANING) and self.file not in OF_MEANING:
            return
        if not self.wanted or self.asked in self.wanted:
            record(name, caller=caller)


def executed(self: PytestRunner, params: list[str], plugins: tuple | list = (), **options) -> int:
    """Run pytest as mutmut does, with the plugin where it counts the calls."""
    counting = [Guards()] if os.environ.get("MUTANT_UNDER_TEST") == "stats" else []
    return execute(self, params, plugins=[*plugins, *counting], **options)


class Collected:
    """A plugin for pytest that lets mutmut fork from a run that has collected every test, which for each mutant anew takes longest."""

    session: pytest.Session | None = None

    def __init__(self, serve: Callable[[], None]) -> None:
        self.serve = serve

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve mutants in the place of running the tests."""
        Collected.session = session
        gc.freeze()  # so that no copy looks through all of it
        if not passes_unchanged():
            raise pytest.UsageError("The tests fail where nothing is changed, and so would for every mutant.")
        self.serve()
        return True


def passes_unchanged() -> bool:
    """Whether the quickest of all tests pass the way that a mutant is tried, without one."""
    child = os.fork()
    if child == 0:
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
        code = SUSPICIOUS
        try:
            trampoline.set_mutant_under_test("")
            code = run_mutant(None, mutant_name=None, tests=list(state().duration_by_test))
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0


def served(self: ForkServerRunner, work: int, results: int) -> None:
    """What mutmut forks from, within a run of pytest."""
    with change_cwd("mutants"):
        chosen = ["-q", "-s", "-p", "no:unraisableexception", *config().pytest_add_cli_args_test_selection]
        PytestRunner().execute_pytest(chosen, plugins=[Collected(lambda: serve(self, work, results))])


def submitted(self: ForkServerRunner, mutant_name: str, tests: list[str], cpu_seconds: int, estimated: float) -> None:
    """Try a mutant, for the time that its tests may take at most: a loop without end takes memory too."""
    submit(self, mutant_name, tests, min(cpu_seconds, LONGEST), min(estimated, MOST))


def run_mutant(self: PytestRunner, *, mutant_name: str | None, tests: Iterable[str]) -> int:
    """The tests of a mutant until one fails: 1, or none does: 0. First those that noticed others of its function, then the quickest. What
    nearly all tests call is left to the quickest of them: a survivor may then be one that a slower test would have noticed."""
    session = Collected.session
    if session is None:
        return run(self, mutant_name=mutant_name, tests=tests)
    try:
        remake_rules()
    except Exception:  # no test could run
        return 1
    seconds, wanted = state().duration_by_test, set(tests)
    items = sorted((item for item in session.items if item.nodeid in wanted), key=lambda item: seconds.get(item.nodeid, 0))
    items = [item for item, until in zip(items, accumulate(seconds.get(item.nodeid, 0) for item in items), strict=True) if until < MOST]
    noticed = NOTICED / str(mutant_name).rpartition("__mutmut_")[0]
    counted = Counter(noticed.read_text().splitlines() if noticed.is_file() else ())
    items.sort(key=lambda item: -counted[item.nodeid])
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder  # where `tmp_path` is: thousands of runs would fill one that they share
        try:
            for item, following in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if session.testsfailed:
                    NOTICED.mkdir(exist_ok=True)
                    with noticed.open("a") as file:
                        file.write(f"{item.nodeid}\n")
                    return 1
        except Exception:  # of pytest itself, which says nothing of the mutant
            return SUSPICIOUS
    return 0 if items else NO_TESTS


def forget() -> None:
    """Empty what functions keep, so that each test calls what it needs itself."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("schemas", "scripts")):
            for kept in [value for value in vars(module).values() if hasattr(value, "cache_clear")]:
                kept.cache_clear()


def remake_rules() -> None:
    """Make the rules of all tables again: most are made by functions that were called when the modules were loaded, not by the mutant."""
    from scripts.problem import KINDS

    before = dict(KINDS)
    KINDS.clear()  # no kind may be declared twice
    for module in [module for name, module in sys.modules.items() if name.startswith("schemas.")]:
        importlib.reload(module)
    KINDS.update({**before, **KINDS})
    forget()


def install() -> None:
    """Put it in the place of mutmut's own. The tests that were counted have passed: they are not run once more as they are."""
    PytestRunner.execute_pytest = executed
    PytestRunner.run_tests = run_mutant
    PytestRunner.warm_up = lambda self: None
    ForkServerRunner.run_clean_tests = lambda self, tests: 0
    ForkServerRunner._forkserver_main = served
    ForkServerRunner.submit = submitted
