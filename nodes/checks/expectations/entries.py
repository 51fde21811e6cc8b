"""The form in which common knowledge is written down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nodes.checks.expectations.compare import OrRefused

Kinds = Literal["int", "number", "str", "ints", "strs", "list", "matrix", "any"]
_LETTERS: dict[str, Kinds] = {
    "i": "int", "n": "number", "s": "str", "I": "ints", "S": "strs", "L": "list", "M": "matrix",
    "a": "any",
}  # fmt: skip
_SURE = 0.85
_LETTER = "a-z0-9_\u0430-\u044f-"
WHOLE = (
    "positive non-negative nonnegative natural whole nth n-th positivo positiva positivos natural "
    "naturales positiven naturlichen naturliche positif positifs naturel positivi naturale "
    "positivos naturais положительного натурального положительное натуральное"
)
"""Words that say of a number only what kind of number it is."""


@dataclass(frozen=True)
class Entry:
    """One thing that requests name.

    Attributes:
        pattern: Its names in normalised text; the rest of the sentence must be filler.
        kinds: What its parameters hold.
        cases: Arguments and result; only what all sane readings agree on.
        also: Further words that leave it what it is.
        unless: What in the same sentence makes it another thing.
        roles: Patterns of parameter names, where the order of the arguments is open.
        may_raise: Whether refusing the input is as right as the result.
        of_prints: Whether it is a program that prints rather than a function.
    """

    name: str
    pattern: re.Pattern[str]
    kinds: tuple[Kinds, ...]
    cases: tuple[tuple[tuple[Any, ...], Any], ...]
    weight: float = _SURE
    also: frozenset[str] = frozenset()
    unless: re.Pattern[str] | None = None
    roles: tuple[str, ...] = ()
    may_raise: bool = False
    of_prints: bool = False

    @property
    def is_test(self) -> bool:
        """Whether it is a yes or no, which words such as "not" turn round."""
        return all(isinstance(_plain(expected), bool) for _, expected in self.cases)

    @property
    def is_scalar(self) -> bool:
        """Whether it is about single numbers and texts, as a shell's words are."""
        given = [*(one for arguments, _ in self.cases for one in arguments)]
        results = [_plain(expected) for _, expected in self.cases]
        scalars = all(isinstance(one, int | float | str) for one in [*given, *results])
        return scalars and not self.is_test


def _plain(expected: Any) -> Any:
    return expected.value if isinstance(expected, OrRefused) else expected


def entry(
    name: str,
    pattern: str,
    kinds: str,
    *cases: tuple[Any, ...],
    weight: float = _SURE,
    also: str = "",
    unless: str = "",
    roles: Sequence[str] = (),
    may_raise: bool = False,
) -> Entry:
    """An entry whose cases are tuples of the arguments, then the result.

    Args:
        name: What it is called in evidence.
        pattern: Verbose-free regular expression over normalised text; words only.
        kinds: One letter for each parameter: i(nt), n(umber), s(tring), I(nts), S(trings),
            L(ist), M(atrix), a(ny).
        cases: Arguments, then the result.
        weight: Probability that an answer which fails a case is wrong.
        also: More words, separated by spaces, that say nothing.
        unless: What in the sentence makes it another thing.
        roles: Patterns of parameter names, one for each argument.
        may_raise: Whether refusing the input is right too.
    """
    return Entry(
        name,
        re.compile(rf"(?<![{_LETTER}])(?:{pattern})(?![{_LETTER}])"),
        tuple(_LETTERS[letter] for letter in kinds),
        tuple((case[:-1], case[-1]) for case in cases),
        weight,
        frozenset(also.split()),
        re.compile(unless) if unless else None,
        tuple(roles),
        may_raise,
    )
