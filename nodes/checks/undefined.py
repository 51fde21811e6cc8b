"""Python names that are used and never defined, such as a module that is not imported."""

from __future__ import annotations

import re
import sys
import typing
from functools import cache

from pyflakes import checker, messages

from nodes.checks import weights
from nodes.checks.answer import Answer, Finding
from nodes.checks.python_source import parse_python

_LONGEST_CHARS = 30_000
_MOST_NAMES = 3


def undefined_name(answer: Answer) -> list[Finding]:
    """Names that neither the code nor the request defines.

    Loose statements use what the reader's program defines (`df.groupby(...)`), so there only
    modules count; in a function that is to be written whole, every name does.
    """
    block = answer.main
    if block is None or block.language not in ("python", ""):
        return []
    found = [name for name in _undefined(_python_code(answer)) if not _is_given(answer, name)]
    missing = [name for name in found if _is_module(name)]
    if missing:
        seen = f"used without an import: {', '.join(missing)}"
        return [Finding("missing_import", seen, weights.MISSING_IMPORT)]
    if found and all(name in typing.__all__ for name in found):
        seen = f"used without an import: {', '.join(found[:_MOST_NAMES])}"
        return [Finding("missing_import", seen, weights.MISSING_TYPING)]
    if found and "def " in block.code:
        seen = f"never defined: {', '.join(found[:_MOST_NAMES])}"
        return [Finding("undefined_name", seen, weights.UNDEFINED_NAME)]
    return []


def _python_code(answer: Answer) -> str:
    """All Python of the answer: later blocks use what earlier ones import."""
    code = (b.code for b in answer.blocks if b.is_source and b.language in ("python", ""))
    return "\n\n".join(code)


def _undefined(code: str) -> list[str]:
    tree = parse_python(code) if len(code) <= _LONGEST_CHARS else None
    if tree is None:
        return []
    found = checker.Checker(tree).messages
    wanted = (m for m in found if isinstance(m, messages.UndefinedName | messages.UndefinedLocal))
    return list(dict.fromkeys(str(message.message_args[0]) for message in wanted))


def _is_given(answer: Answer, name: str) -> bool:
    """The request speaks of it, so its author has it."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", answer.query) is not None


@cache
def _is_module(name: str) -> bool:
    return name in sys.stdlib_module_names


CHECKS = (undefined_name,)
