"""Python values as literals of the other languages."""

from __future__ import annotations

import json
import math
from typing import Any

_SAFE = 2**53


class UnwritableError(Exception):
    """The value cannot be written in the language, or not as the declared type."""


def script_literal(value: Any) -> str:
    """The value in JavaScript and TypeScript.

    Raises:
        UnwritableError: For whole numbers beyond 2^53 and objects of other classes.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if value is None or isinstance(value, bool | float | str):
        return json.dumps(value)
    if isinstance(value, int):
        if abs(value) > _SAFE:
            raise UnwritableError(f"{value} is too large for a number")
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(script_literal, value))}]"
    if isinstance(value, set | frozenset):
        return f"new Set([{', '.join(map(script_literal, value))}])"
    if isinstance(value, dict):
        return _script_object(value)
    raise UnwritableError(f"no literal for {type(value).__name__}")


def _script_object(value: dict[Any, Any]) -> str:
    if not all(isinstance(key, str | int) for key in value):
        pairs = (f"[{script_literal(k)}, {script_literal(v)}]" for k, v in value.items())
        return f"new Map([{', '.join(pairs)}])"
    pairs = (f"[{json.dumps(str(k))}]: {script_literal(v)}" for k, v in value.items())
    return f"{{{', '.join(pairs)}}}"


def shell_text(value: Any) -> str:
    """The value as a word of bash, not yet quoted: items by spaces, nested lists by lines.

    Raises:
        UnwritableError: For maps, sets and what has no customary text.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | str):
        return str(value)
    if isinstance(value, list | tuple):
        nested = any(isinstance(one, list | tuple) for one in value)
        return ("\n" if nested else " ").join(map(shell_text, value))
    raise UnwritableError(f"no text for {type(value).__name__}")
