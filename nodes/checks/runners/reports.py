"""What a harness reports of each case, and what it means: the same for all languages.

A harness writes one line for each case: the run's marker and a JSON object with `outcome`
(`returned`, `raised`, `timed_out`, `not_run`) and, where they are known, `value`, `expected`,
`after`, `same`, `shown`, `error`, `kinds` (the classes of an error) and `printed`. Before it, when
the code is loaded and all of the case's time is left, it writes one with `begun` alone.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, cast

from nodes.checks.answer import shorten
from nodes.checks.cases import MISSING, Case, Seen
from nodes.checks.runners.timing import TOO_LITTLE
from nodes.checks.sandbox import Ran

RELATIVE = 1e-6
ABSOLUTE = 1e-9
_SHOWN_CHARS = 300
_ANY_ERROR = frozenset(
    {"exception", "error", "throwable", "runtimeexception", "any", "std::exception"}
)
_OUTCOMES = ("returned", "raised", "timed_out", "not_run")


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that has no Python form, as its language prints it."""

    text: str


def lines(ran: Ran, marker: str) -> list[dict[str, Any]]:
    """The reports on a job's stdout, among whatever else was printed."""
    found = []
    for line in ran.stdout.splitlines():
        _, mark, rest = line.partition(marker)
        if mark:
            try:
                found.append(json.loads(rest))
            except ValueError:
                continue
    return [one for one in found if isinstance(one, dict)]


def numbered(reports: Iterable[dict[str, Any]], ran: Ran, count: int) -> list[dict[str, Any]]:
    """One report for each case; a case without one was cut off, or never begun."""
    done, begun = {}, set()
    for one in reports:
        if isinstance(number := one.get("case"), int):
            begun.add(number)
            if "begun" not in one:
                done[number] = one
    return [done.get(n) or _cut_off(ran, has_begun=n in begun) for n in range(count)]


def _cut_off(ran: Ran, *, has_begun: bool) -> dict[str, Any]:
    if not has_begun:
        why = TOO_LITTLE if ran.ended_by or not ran.stderr else shorten(ran.stderr)
        return {"outcome": "not_run", "shown": why}
    if ran.ended_by in ("wall", "cpu"):
        return {"outcome": "timed_out", "shown": "did not end"}
    if ran.ended_by == "memory" or (ran.exit_code or 0) in (134, 137, 139):
        return {"outcome": "raised", "error": "crash", "shown": shorten(ran.stderr) or "crashed"}
    return {"outcome": "not_run", "shown": shorten(ran.stderr) or "no result"}


def not_run(why: str) -> Seen:
    """A case about which nothing can be said."""
    return Seen("not_run", shown=why)


def seen_of(
    case: Case, report: dict[str, Any], *, loose: bool = False, prints: bool = False
) -> Seen:
    """What a report means for its case.

    Args:
        case: The case that was tried.
        report: Its report.
        loose: Whether true is 1 and a character a number, as in C.
        prints: Whether the request says to print, so that printing the result will do.
    """
    outcome = report.get("outcome")
    shown = str(report.get("shown", ""))[:_SHOWN_CHARS]
    if outcome == "raised":
        seen = Seen("raised", shown=shown, error=str(report.get("error", "")))
        return replace(seen, outcome="passed") if case.raises and _raises(case, report) else seen
    if outcome != "returned":
        known = outcome if outcome in _OUTCOMES else "not_run"
        return Seen(cast("Any", known), shown=shown)
    return _returned(case, report, shown, loose=loose, prints=prints)


def _returned(case: Case, report: dict[str, Any], shown: str, *, loose: bool, prints: bool) -> Seen:
    value = decode(report["value"]) if "value" in report else MISSING
    after = report.get("after")
    arguments = tuple(decode(one) for one in after) if isinstance(after, list) else None
    shown = shown or ("" if value is MISSING else repr(value)[:_SHOWN_CHARS])
    seen = Seen("returned", _carried(value), shown, "", _all_carried(arguments))
    if case.raises:
        return replace(seen, outcome="wrong")
    expected = decode(report["expected"]) if "expected" in report else case.value
    if expected is MISSING:
        if case.expected:
            return not_run("the expected value cannot be read")
        return seen
    verdict = _compared(value, expected, report, loose=loose)
    if verdict is False and value is None and expected is not None:
        verdict = _by_effect(case, expected, report, arguments, prints=prints)
    if verdict is None:
        return not_run(f"cannot compare {shown}")
    return replace(seen, outcome="passed" if verdict else "wrong")


def _compared(value: Any, expected: Any, report: dict[str, Any], *, loose: bool) -> bool | None:
    if report.get("same") is True:
        return True
    if value is MISSING or is_opaque(value) or is_opaque(expected):
        alike = isinstance(value, Opaque) and value == expected
        return True if alike else report.get("same")
    return equal(value, expected, loose=loose)


def _by_effect(
    case: Case,
    expected: Any,
    report: dict[str, Any],
    after: tuple[Any, ...] | None,
    *,
    prints: bool,
) -> bool | None:
    """Whether a function without a result changed an argument into it, or printed it.

    None when an argument is the expected value, and was before, as far as can be told.
    """
    before = case.arguments or ()
    for one, old in zip(after or (), before, strict=False):
        if equal(one, expected) and not equal(one, old):
            return True
        if isinstance(one, list | dict | frozenset) and equal(one, expected):
            return None
    printed = str(report.get("printed", "")).split()
    return prints and bool(printed) and printed == str(expected).split()


def _raises(case: Case, report: dict[str, Any]) -> bool:
    kinds = {str(kind).lower() for kind in report.get("kinds", ())}
    kinds.add(str(report.get("error", "")).lower())
    wanted = case.raises.lower()
    ends = {kind.rsplit("::", 1)[-1].rsplit(".", 1)[-1] for kind in kinds}
    return wanted in _ANY_ERROR or wanted in kinds | ends


def decode(value: Any) -> Any:
    """A reported value as a Python value; what has no such form is Opaque."""
    if isinstance(value, list):
        return [decode(one) for one in value]
    if isinstance(value, dict):
        (kind, inner), *_ = value.items()
        return _DECODED[kind](inner) if kind in _DECODED else Opaque(str(inner))
    return value


def _map(pairs: Any) -> Any:
    found = {}
    for key, value in pairs:
        key = decode(key)
        try:
            found[tuple(key) if isinstance(key, list) else key] = decode(value)
        except TypeError:
            return Opaque(str(pairs))
    return found


def _set(items: Any) -> Any:
    decoded = [decode(one) for one in items]
    try:
        return frozenset(tuple(one) if isinstance(one, list) else one for one in decoded)
    except TypeError:
        return decoded


_DECODED: dict[str, Callable[[Any], Any]] = {
    "tuple": lambda items: tuple(decode(one) for one in items),
    "set": _set,
    "map": _map,
    "float": float,
    "int": int,
}


def is_opaque(value: Any) -> bool:
    """Whether a value has, anywhere in it, no Python form."""
    if isinstance(value, dict):
        return any(is_opaque(one) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return any(is_opaque(one) for one in value)
    return isinstance(value, Opaque)


def _carried(value: Any) -> Any:
    return MISSING if is_opaque(value) else value


def _all_carried(values: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    return None if values is None or any(is_opaque(one) for one in values) else values


def equal(one: Any, other: Any, *, loose: bool = False) -> bool:
    """Whether two results are the same: numbers within 1e-6, sets and maps in any order."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other or (loose and isinstance(one, int) and one == other)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return close(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return _equal_maps(one, other, loose=loose)
    if isinstance(one, set | frozenset) or isinstance(other, set | frozenset):
        return _equal_sets(one, other, loose=loose)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(equal(a, b, loose=loose) for a, b in pairs)
    return type(one) is type(other) and bool(one == other)


def close(one: float, other: float) -> bool:
    """Whether two numbers are the same but for rounding; whole ones must be equal."""
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    try:
        first, second = float(one), float(other)
    except OverflowError:
        return one == other
    if math.isnan(first) or math.isnan(second):
        return math.isnan(first) and math.isnan(second)
    return math.isclose(first, second, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _equal_maps(one: dict[Any, Any], other: dict[Any, Any], *, loose: bool) -> bool:
    first, second = ({_key(key): value for key, value in each.items()} for each in (one, other))
    same = first.keys() == second.keys()
    return same and all(equal(first[key], second[key], loose=loose) for key in first)


def _key(key: Any) -> str:
    """Keys are compared as text: objects of JavaScript have no others."""
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    return key if isinstance(key, str) else repr(key)


def _equal_sets(one: Any, other: Any, *, loose: bool) -> bool:
    """Either is a set: the same items in any order."""
    if not all(isinstance(each, set | frozenset | list | tuple) for each in (one, other)):
        return False
    rest = list(other)
    for item in one:
        at = next((i for i, each in enumerate(rest) if equal(item, each, loose=loose)), None)
        if at is None:
            return False
        del rest[at]
    return not rest


_PRINTING = re.compile(
    r"\b(?:print|display|output|log|echo|imprim|ausgeb|affich|mostra)|вывед|打印", re.I
)


_NO_RESULT = re.compile(
    r"(?:\bnot|n't|\bnever|\bwithout)\s+return|\breturns?\s+(?:nothing|none\b)", re.I
)


def gives_nothing(query: str) -> bool:
    """Whether a request says that its function is to return nothing."""
    return _NO_RESULT.search(query) is not None


def says_to_print(query: str) -> bool:
    """Whether a request may want its result printed rather than returned."""
    return _PRINTING.search(query) is not None
