"""Ordinary and boundary values for parameters, by kind and name; always the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nodes.checks.cases import Parameter, Signature
from nodes.checks.expectations.kinds import Kind, shown_arguments

_ORDINARY: dict[Kind, tuple[Any, ...]] = {
    "int": (5, 2, 12),
    "number": (4, 2.5, 10),
    "str": ("hello world", "Level", "abcabc"),
    "bool": (True, False, True),
    "ints": ([3, 1, 4, 1, 5], [2, 7], [10, -2, 8, 8]),
    "strs": (["pear", "fig", "apple"], ["b", "a"], ["one", "two", "two"]),
    "list": ([3, 1, 4, 1, 5], [2, 7], [10, -2, 8, 8]),
    "matrix": ([[1, 2], [3, 4]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[5]]),
    "dict": ({"a": 1, "b": 2}, {"x": 3}, {"b": 2, "a": 2}),
}
_EMPTY: dict[Kind, Any] = {"str": "", "ints": [], "strs": [], "list": [], "matrix": [], "dict": {}}
_BY_NAME: tuple[tuple[str, tuple[Any, ...]], ...] = (
    (r"years?|ano|annee|anno|jahr", (2024, 1999, 2000)),
    (r"month", (5, 2, 12)),
    (r"day", (15, 1, 28)),
    (r"k|index|idx|position|pos|steps?|shift|size|chunk_?size", (2, 1, 2)),
    (r"age", (30, 8, 65)),
    (r"chars?|letter|delimiter|separator|sep", ("o", "l", "a")),
    (r"sub|substr(?:ing)?|needle", ("lo", "ve", "bc")),
)
VARIANTS = 3


def ordinary(parameter: Parameter, kind: Kind, variant: int) -> Any:
    """An ordinary value; `kind` must not be empty, `variant` is from 0 to `VARIANTS` - 1."""
    name = parameter.name.lower()
    values = _ORDINARY[kind]
    for pattern, named in _BY_NAME:
        fits = isinstance(named[0], str) == (kind == "str")
        if fits and kind in ("int", "number", "str") and re.fullmatch(pattern, name):
            values = named
    value = values[variant % len(values)]
    return value.copy() if isinstance(value, list | dict) else value


def ordinary_arguments(
    subject: Signature, found: Sequence[Kind], variant: int
) -> tuple[Any, ...] | None:
    """One value for each parameter that has no default; None when one's kind is not known."""
    needed = [
        (parameter, kind)
        for parameter, kind in zip(subject.parameters, found, strict=True)
        if not parameter.has_default and not parameter.is_variadic
    ]
    if not needed or any(not kind for _, kind in needed):
        return None
    return tuple(ordinary(parameter, kind, variant) for parameter, kind in needed)


def calls(query: str, subject: Signature, found: Sequence[Kind]) -> list[tuple[Any, ...]]:
    """Arguments of a few ordinary calls; what the request writes out comes before guesses.

    None where a written call cannot be read: then nobody knows what the function takes.
    """
    shown = shown_arguments(query, subject.name)
    if shown:
        return [one for one in shown[:VARIANTS] if one and subject.accepts(len(one))]
    given = [ordinary_arguments(subject, found, variant) for variant in range(VARIANTS)]
    return [arguments for arguments in given if arguments is not None]


def empty(kind: Kind) -> Any:
    """The empty value of a kind that has one, else None."""
    value = _EMPTY.get(kind)
    return value.copy() if isinstance(value, list | dict) else value
