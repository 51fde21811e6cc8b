"""Python values as JSON and back, and when two of them are the same result.

Shared by the runner and by the harness that it sends into the sandbox, so it stands alone.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any

_MOST_ITEMS = 20_000
_MOST_CHARS = 50_000
_DEEPEST = 60
_MARKED: dict[str, Any] = {
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "float": float,
    "complex": complex,
}


class UnwritableError(Exception):
    """The value has no JSON form: an object of some class, or too large."""


def encode(value: Any) -> Any:
    """The value as JSON, with everything that JSON lacks marked by a one-key object.

    Raises:
        UnwritableError: For objects of other classes, and for what is very large or deep.
    """
    return _Encoder().encode(value, 0)


class _Encoder:
    def __init__(self) -> None:
        self._left = _MOST_ITEMS

    def encode(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise UnwritableError
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float | complex | str | bytes | bytearray):
            return _encoded_scalar(value)
        return self._container(value, depth + 1)

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            pairs = value.items()
            return {"dict": [[self.encode(k, depth), self.encode(v, depth)] for k, v in pairs]}
        for kind in (tuple, set, frozenset):
            if isinstance(value, kind):
                return {kind.__name__: [self.encode(item, depth) for item in value]}
        if isinstance(value, list | deque):
            return [self.encode(item, depth) for item in value]
        raise UnwritableError


def _encoded_scalar(value: Any) -> Any:
    if isinstance(value, int):
        if value.bit_length() > 10_000:
            raise UnwritableError
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, complex):
        return {"complex": str(value)}
    if len(value) > _MOST_CHARS:
        raise UnwritableError
    return str(value) if isinstance(value, str) else {"bytes": bytes(value).hex()}


def decode(written: Any) -> Any:
    """The value that `encode` wrote."""
    if isinstance(written, list):
        return [decode(item) for item in written]
    if not isinstance(written, dict):
        return written
    ((kind, inner),) = written.items()
    if kind == "dict":
        return {decode(key): decode(value) for key, value in inner}
    if kind == "bytes":
        return bytes.fromhex(inner)
    return _MARKED[kind](decode(inner))


def same(actual: Any, expected: Any, *, strict: bool) -> bool:
    """Whether a result is the expected one; floats may differ by rounding errors.

    Not strict, a sequence of another kind and a float shown with fewer digits are the same too.
    """
    if _is_number(actual) and _is_number(expected):
        return _same_number(actual, expected, strict=strict)
    if isinstance(expected, str) and isinstance(actual, str):
        return actual == expected or (not strict and actual.strip() == expected.strip())
    if isinstance(expected, list | tuple) and isinstance(actual, list | tuple):
        alike = isinstance(actual, list) == isinstance(expected, list) or not strict
        return alike and _same_items(actual, expected, strict=strict)
    if isinstance(expected, dict) and isinstance(actual, dict):
        keys = list(expected)
        return actual.keys() == expected.keys() and _same_items(
            [actual[key] for key in keys], [expected[key] for key in keys], strict=strict
        )
    return bool(actual == expected)


def _same_items(actual: Any, expected: Any, *, strict: bool) -> bool:
    if len(actual) != len(expected):
        return False
    return all(same(a, e, strict=strict) for a, e in zip(actual, expected, strict=True))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_number(actual: float, expected: float, *, strict: bool) -> bool:
    if actual == expected or (actual != actual and expected != expected):
        return True
    if isinstance(actual, int) and isinstance(expected, int):
        return False
    try:
        if math.isclose(actual, expected, rel_tol=1e-6, abs_tol=1e-9):
            return True
        return not strict and abs(actual - expected) <= _last_digit(expected)
    except OverflowError:
        return False


def _last_digit(shown: float) -> float:
    """What one step of the last decimal is worth: the value may be rounded or cut there."""
    digits = repr(shown).partition(".")[2]
    if not digits.isdigit() or digits == "0":
        return 0.0
    return 1.01 * 10.0 ** -len(digits)
