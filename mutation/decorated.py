"""Let mutmut change functions with decorators too, which it leaves alone though most rules are such: `@rule(…)`, `@remembered`.

The original and the mutants stand bare, and what chooses between them has the decorators, so that each is called once.
"""

from __future__ import annotations

import libcst as cst
from mutmut.mutation import file_mutation

METHODS = ("staticmethod", "classmethod")  # which mutmut knows itself

skips = file_mutation.MutationVisitor._skip_node_and_children
arrangement = file_mutation.function_trampoline_arrangement


def bare(node: cst.FunctionDef) -> cst.FunctionDef:
    """A function without its decorators."""
    known = any(isinstance(one.decorator, cst.Name) and one.decorator.value in METHODS for one in node.decorators)
    return node if known else node.with_changes(decorators=[])


def skips_decorated(self: file_mutation.MutationVisitor, node: cst.CSTNode) -> bool:
    """What mutmut leaves alone, but for decorated functions."""
    return skips(self, bare(node) if isinstance(node, cst.FunctionDef) else node)


def arranged(function: cst.FunctionDef, mutants: list, class_name: str | None) -> tuple:
    """The function, its original and its mutants as mutmut writes them, the decorators on the first alone."""
    without = bare(function)
    declared, (chosen, *others), assigned, names = arrangement(without, mutants, class_name)
    if without is not function:
        chosen = chosen.with_changes(decorators=[*function.decorators, *chosen.decorators])
    return declared, [chosen, *others], assigned, names


def install() -> None:
    """Put both in the place of mutmut's own."""
    file_mutation.MutationVisitor._skip_node_and_children = skips_decorated
    file_mutation.function_trampoline_arrangement = arranged
