"""Which tests are run for a mutant of a function: those that call it, and of the tests of a rule only those of a rule that calls it.

mutmut notes the functions that a test calls by their names at the top of a module. Every test of a rule runs all rules, and the tests
that most rules are made of are functions within functions that were called when the modules were loaded; so both are told apart here.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Iterable
from contextlib import nullcontext

from mutmut.mutation import trampoline
from mutmut.runners.harness import PytestRunner
from mutmut.state import state
from mutmut.workers.isolation import ForkServerRunner

MEANING = ("schemas.", "scripts.edtf.", "scripts.near.", "scripts.support.")
OF_FORM = ("tests/test_form.py", "tests/test_read.py")  # which run the rules of meaning too, and tell little of them

execute, run, record = PytestRunner.execute_pytest, PytestRunner.run_tests, trampoline.record_trampoline_hit


class Guards:
    """A plugin for pytest that knows of which rule the test that runs is, and which rule is asked."""

    def __init__(self) -> None:
        self.wanted: set[str] = set()  # codes of the rules that the test is about; empty where it is about all
        self.asked, self.file = "", ""

    def pytest_collection_finish(self, session) -> None:
        """Watch the rules, which are loaded now, and forget what was called to load them."""
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

        state()._stats.clear()
        tell, test_rules_at_the_edge.told = test_rules_at_the_edge.told, told
        validate.ahead = lambda tables, views: nullcontext()  # so that a view is worked out by each rule that asks for it
        key_of = scripts.tables.key_of
        scripts.tables.key_of = lambda view, arguments: (self.asked, key_of(view, arguments))
        Rule.__getattribute__ = noted
        trampoline.record_trampoline_hit = self.hit

    def pytest_runtest_setup(self, item) -> None:
        """The rule of the test that comes, if it is of one."""
        given = item.callspec.params if hasattr(item, "callspec") else {}
        self.wanted = {rule.kind.code for rule in given.get("rules") or [given[name] for name in ("rule",) if name in given]}
        self.asked, self.file = "", item.location[0]

    def note(self, test: object) -> None:
        """Count a function within a function as a call of that around it."""
        test = inspect.unwrap(getattr(test, "func", test))
        outer, within, _ = test.__qualname__.partition("__mutmut_orig.<locals>")
        if within:
            self.hit(f"{test.__module__}.{outer}")

    def hit(self, name: str, caller: str | None = None) -> None:
        """A call of a function, unless it was for another rule than that of the test, or by a test of form."""
        if name.startswith(MEANING) and self.file in OF_FORM:
            return
        if not self.wanted or self.asked in self.wanted:
            record(name, caller=caller)


def executed(self: PytestRunner, params: list[str], plugins: tuple | list = (), **options) -> int:
    """Run pytest as mutmut does, with the plugin where it counts the calls."""
    counting = [Guards()] if os.environ.get("MUTANT_UNDER_TEST") == "stats" else []
    return execute(self, params, plugins=[*plugins, *counting], **options)


def run_mutant(self: PytestRunner, *, mutant_name: str | None, tests: Iterable[str]) -> int:
    """The tests of a mutant, the quickest first, in a copy of a process that has loaded everything."""
    if (mutant_name or "").startswith("schemas."):
        remake_rules()
    return run(self, mutant_name=mutant_name, tests=sorted(tests, key=lambda name: state().duration_by_test.get(name, 0)))


def remake_rules() -> None:
    """Make the rules of all tables again: most are made by functions that were called when the modules were loaded, not by the mutant."""
    import schemas
    from scripts.problem import KINDS

    before = dict(KINDS)
    KINDS.clear()  # no kind may be declared twice
    for module in [module for name, module in sys.modules.items() if name.startswith("schemas.") and hasattr(module, "RULES")]:
        importlib.reload(module)
    KINDS.update({**before, **KINDS})
    schemas.rules_of.cache_clear()


def install() -> None:
    """Put it in the place of mutmut's own. The tests that were counted have passed: they are not run once more as they are."""
    PytestRunner.execute_pytest = executed
    PytestRunner.run_tests = run_mutant
    ForkServerRunner.run_clean_tests = lambda self, tests: 0
