"""Python names that are used and never defined, such as a module that is not imported."""

from __future__ import annotations

import ast
import re
import sys
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyflakes import checker, messages

from nodes.checks import weights
from nodes.checks.answer import Answer, Finding
from nodes.checks.python_source import parse_python

_LONGEST_CHARS = 30_000
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class _Use:
    """One use of a name that is not defined."""

    name: str
    is_in_function: bool


def undefined_name(answer: Answer) -> list[Finding]:
    """Names that neither the code nor the request defines.

    Loose statements use what the reader's program defines (`df.groupby(...)`), so there only
    modules count; in a function every name does.
    """
    block = answer.main
    if block is None or block.language not in ("python", ""):
        return []
    uses = [use for use in _undefined(_python_code(answer)) if not _is_given(answer, use.name)]
    modules = {use.name for use in uses if use.name in sys.stdlib_module_names}
    annotations = {use.name for use in uses if use.name in typing.__all__}
    others = {use.name for use in uses if use.is_in_function} - modules - annotations
    return [
        *_found("missing_import", "used without an import", modules, weights.MISSING_IMPORT),
        *_found("missing_import", "used without an import", annotations, weights.MISSING_TYPING),
        *_found("undefined_name", "never defined", others, weights.UNDEFINED_NAME),
    ]


def _found(code: str, what: str, names: Iterable[str], weight: float) -> Iterator[Finding]:
    shown = ", ".join(sorted(names)[:_MOST_NAMES])
    if shown:
        yield Finding(code, f"{what}: {shown}", weight)


def _python_code(answer: Answer) -> str:
    """All Python of the answer: later blocks use what earlier ones import."""
    code = (b.code for b in answer.blocks if b.is_source and b.language in ("python", ""))
    return "\n\n".join(code)


def _undefined(code: str) -> list[_Use]:
    tree = parse_python(code) if len(code) <= _LONGEST_CHARS else None
    if tree is None:
        return []
    lines = _lines_of_functions(tree)
    found = checker.Checker(tree).messages
    wanted = (m for m in found if isinstance(m, messages.UndefinedName | messages.UndefinedLocal))
    return [_Use(str(each.message_args[0]), each.lineno in lines) for each in wanted]


def _lines_of_functions(tree: ast.Module) -> set[int]:
    functions = (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {line for f in functions for line in range(f.lineno, (f.end_lineno or f.lineno) + 1)}


def _is_given(answer: Answer, name: str) -> bool:
    """The request speaks of it, so its author has it."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", answer.query) is not None


CHECKS = (undefined_name,)
