"""All examples of a request, whatever their form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nodes.checks.cases import MISSING, Case
from nodes.checks.examples.asserts import find_asserts
from nodes.checks.examples.calls import RENAMED, Asked, find_calls
from nodes.checks.examples.doctests import find_doctests
from nodes.checks.examples.labels import find_labelled
from nodes.checks.examples.prose import find_in_prose
from nodes.checks.examples.reports import reports_bug, states_right
from nodes.checks.examples.shell import find_shell_calls

_MOST_CHARS = 20_000
_MOST_CASES = 40
_BLANKS = re.compile(r"[^\S\n]{40,}")
_LINES = re.compile(r"\n\s*\n\s*\n")


def find_examples(query: str, language: str, names: Sequence[str]) -> list[Case]:
    """The calls and results that a request writes down.

    Args:
        query: The request.
        language: Canonical name of the answer's language, such as `python`.
        names: Functions that the request or the code under test names; may be empty.

    Returns:
        At most 40 cases without repeats, those that are surest first.
    """
    text = query.replace("\r\n", "\n")[:_MOST_CHARS]
    text = text.encode(errors="replace").decode()  # halves of surrogate pairs
    # Long runs of blanks mean nothing, and are what slows the patterns down.
    text = _LINES.sub("\n\n\n", _BLANKS.sub(" " * 40, text))
    asked = Asked(language, tuple(names))
    found = _explicit(text, asked)
    if not found and names:
        found = [_unnamed(case) for case in _explicit(text, Asked(language, ()))]
        found = [case for case in found if case.arguments is not None]
    found += [*find_labelled(text, asked), *find_in_prose(text, asked)]
    if reports_bug(text):
        found = [case for case in _distinct(found) if states_right(case, text)]
    kept = _without_doubt(_distinct(found))
    return sorted(kept, key=lambda case: -case.weight)[:_MOST_CASES]


def _explicit(text: str, asked: Asked) -> list[Case]:
    sessions = list(find_doctests(text, asked))
    tests = list(find_asserts(text, asked))
    commands = list(find_shell_calls(text, asked)) if asked.language == "bash" else []
    return [*sessions, *tests, *commands, *find_calls(text, asked)]


def _unnamed(case: Case) -> Case:
    """A call by another name than that of the function under test: perhaps a slip."""
    return replace(case, call="", weight=min(case.weight, RENAMED))


def _distinct(cases: Iterable[Case]) -> list[Case]:
    """One case for each call; the first of its kind, which is the surest, is kept."""
    first: dict[object, Case] = {}
    for case in cases:
        first.setdefault((_key(case), _result(case)), case)
    return list(first.values())


def _key(case: Case) -> object:
    shown = repr(case.arguments) if case.arguments is not None else re.sub(r"\s+", "", case.call)
    return shown, case.stdin


def _result(case: Case) -> object:
    value = repr(case.value) if case.value is not MISSING else case.expected
    return value, case.raises, case.prints


def _without_doubt(cases: Sequence[Case]) -> list[Case]:
    """The cases that no other contradicts: same call, other result."""
    results: dict[object, set[object]] = {}
    for case in cases:
        results.setdefault(_key(case), set()).add(_result(case))
    kept = [case for case in cases if len(results[_key(case)]) == 1]
    has_tuples = any(isinstance(case.value, tuple) for case in kept)
    return [case for case in kept if not (has_tuples and _may_lack_comma(case))]


def _may_lack_comma(case: Case) -> bool:
    """`("a")` among tuples: its author may have meant `("a",)`."""
    return case.expected.startswith("(") and not isinstance(case.value, tuple)
