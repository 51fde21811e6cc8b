"""Whether a result is the one expected, whatever the language it came through."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nodes.checks.answer import shorten
from nodes.checks.cases import MISSING, Judge, Seen

_WORDS = {
    "true": True, "yes": True, "false": False, "no": False, "1": True, "0": False,
}  # fmt: skip
_DELIBERATE = frozenset({
    "ValueError", "Error", "RangeError", "IllegalArgumentException", "invalid_argument",
    "domain_error", "out_of_range",
})  # fmt: skip


@dataclass(frozen=True)
class AnyOf:
    """Several results that different readings of one request call for."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class OrRefused:
    """The result for an input at the edge, which code may also refuse by an error of its own."""

    value: Any


@dataclass(frozen=True)
class Items:
    """A collection whose order is open; the keys count where the result is a mapping."""

    values: tuple[Any, ...]


def agrees(value: Any, expected: Any) -> bool:
    """Whether `value` is `expected`, allowing for what languages and readings differ in.

    `2.0` is `2`, a tuple is a list, `"55"` is `55`, keys of mappings compare as text. A result of
    another shape than expected, from which nothing can be said, agrees as well.
    """
    match expected:
        case AnyOf():
            return any(agrees(value, one) for one in expected.values)
        case OrRefused():
            return agrees(value, expected.value)
        case Items():
            return _same_items(value, expected.values)
        case bool():
            return _truth(value) in (expected, None)
        case int() | float():
            return _same_number(value, expected)
        case str():
            return not isinstance(value, str) or value == expected
        case _:
            return _same_collection(value, expected)


def _truth(value: Any) -> bool | None:
    """Yes, no, or None when the result speaks another language than these two."""
    if isinstance(value, int | float):
        return bool(value)
    return _WORDS.get(value.strip().lower()) if isinstance(value, str) else None


def _same_number(value: Any, expected: float) -> bool:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isclose(value, expected, rel_tol=1e-6, abs_tol=1e-6)


def _same_collection(value: Any, expected: Any) -> bool:
    if isinstance(expected, Mapping):
        return not isinstance(value, Mapping) or _same_mapping(value, expected)
    if not _is_list(expected):
        return bool(value == expected)
    if not _is_list(value):
        return not isinstance(value, int | float)
    return len(value) == len(expected) and all(map(agrees, value, expected))


def _same_mapping(value: Mapping[Any, Any], expected: Mapping[Any, Any]) -> bool:
    found = {str(key): one for key, one in value.items()}
    wanted = {str(key): one for key, one in expected.items()}
    return found.keys() == wanted.keys() and all(agrees(found[k], wanted[k]) for k in wanted)


def _same_items(value: Any, expected: tuple[Any, ...]) -> bool:
    if isinstance(value, str | int | float):
        return isinstance(value, str)
    if not isinstance(value, Mapping | Sequence | set | frozenset):
        return True
    rest = list(value)
    for one in expected:
        at = next((i for i, other in enumerate(rest) if agrees(other, one)), None)
        if at is None:
            return False
        del rest[at]
    return not rest


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def result_is(expected: Any, *, needs_value: bool, may_raise: bool = False) -> Judge:
    """A judge that compares the result with `expected`.

    Args:
        expected: A value, or `AnyOf` or `Items`.
        needs_value: Whether returning nothing at all is wrong too; a function that changes its
            argument in place may return nothing.
        may_raise: Whether refusing the input with an error is right too.
    """

    def judge(seen: Seen) -> str | None:
        if seen.outcome == "raised":
            refused = isinstance(expected, OrRefused) and _is_deliberate(seen.error)
            return (
                None
                if may_raise or refused
                else f"raised {seen.error}, expected {written(expected)}"
            )
        if seen.outcome == "timed_out":
            return f"did not end, expected {written(expected)}"
        if seen.value is MISSING or seen.outcome == "not_run":
            return None
        if seen.value is None and expected is not None:
            return _of_nothing(seen, expected, needs_value)
        if agrees(seen.value, expected):
            return None
        return f"gave {shorten(seen.shown or repr(seen.value), 80)}, expected {written(expected)}"

    return judge


def _is_deliberate(error: str) -> bool:
    """Whether code raises an error of this class on purpose, rather than by a slip."""
    return re.split(r"\.|::", error)[-1] in _DELIBERATE


def _of_nothing(seen: Seen, expected: Any, needs_value: bool) -> str | None:
    after = seen.arguments_after
    if after and _is_list(after[0]) and agrees(after[0], expected):
        return None
    return f"returned nothing, expected {written(expected)}" if needs_value else None


def written(expected: Any) -> str:
    """The expectation as words of evidence."""
    match expected:
        case AnyOf():
            return shorten(" or ".join(map(written, expected.values)), 80)
        case OrRefused():
            return f"{written(expected.value)} or an error"
        case Items():
            return shorten(f"{list(expected.values)!r} in any order", 80)
        case _:
            return shorten(repr(expected), 80)
