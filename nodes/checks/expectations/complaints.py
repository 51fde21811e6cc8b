"""What can be wrong with a result of which only a property is known."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

Complaint = Callable[[Any, tuple[Any, ...]], str | None]
"""What is wrong with a value that came of these arguments."""


def ordered(falling: bool) -> Complaint:
    """A complaint about what is not in order."""

    def complaint(value: Any, _: tuple[Any, ...]) -> str | None:
        if not isinstance(value, list | tuple) or len({type(one) for one in value}) != 1:
            return None
        if not isinstance(value[0], int | float | str):
            return None
        steps = pairwise(reversed(value) if falling else value)
        broken = any(one > other for one, other in steps)
        return f"is not in {'descending' if falling else 'ascending'} order" if broken else None

    return complaint


def no_repeats(value: Any, _: tuple[Any, ...]) -> str | None:
    """A complaint about a list that holds something twice."""
    if not isinstance(value, list | tuple):
        return None
    repeated = [one for at, one in enumerate(value) if one in value[:at]]
    return f"holds {repeated[0]!r} more than once" if repeated else None


def is_cased(upper: bool) -> Complaint:
    """A complaint about text in the other case."""

    def complaint(value: Any, _: tuple[Any, ...]) -> str | None:
        if not isinstance(value, str) or value == (value.upper() if upper else value.lower()):
            return None
        return f"is not all in {'upper' if upper else 'lower'} case"

    return complaint


def not_negative(value: Any, _: tuple[Any, ...]) -> str | None:
    """A complaint about a negative number."""
    return "is negative" if isinstance(value, int | float) and value < 0 else None


def rounded(places: int) -> Complaint:
    """A complaint about a number with more decimals."""

    def complaint(value: Any, _: tuple[Any, ...]) -> str | None:
        if not isinstance(value, float) or abs(value) > 1e12:
            return None
        return (
            None if abs(round(value, places) - value) < 1e-9 else f"has more than {places} decimals"
        )

    return complaint


def same_items(value: Any, after: tuple[Any, ...]) -> str | None:
    """A complaint about a list that does not hold what its input does."""
    if len(after) != 1 or not isinstance(after[0], list) or not isinstance(value, list):
        return None
    same = sorted(map(repr, value)) == sorted(map(repr, after[0]))
    return None if same else "does not hold the same items as its input"


def same_length(value: Any, after: tuple[Any, ...]) -> str | None:
    """A complaint about another length than the input has."""
    if len(after) != 1 or not isinstance(after[0], list | str) or not isinstance(value, list | str):
        return None
    return None if len(value) == len(after[0]) else "is not as long as its input"


def is_a(name: str, *types: type) -> Complaint:
    """A complaint about a value of another type; booleans are no numbers."""

    def complaint(value: Any, _: tuple[Any, ...]) -> str | None:
        if isinstance(value, bool) and bool not in types:
            return f"is a boolean, not {name}"
        return None if isinstance(value, types) else f"is {type(value).__name__}, not {name}"

    return complaint
