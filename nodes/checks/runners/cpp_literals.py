"""Python values as literals of C++, guided by the declared type."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from nodes.checks.runners.literals import UnwritableError

_DROPPED = re.compile(r"\b(?:const|constexpr|volatile|static|register|typename)\b|&+")
_LONG = 2**31
_TEXTS = ("string", "std::string", "string_view", "std::string_view", "auto")
_REALS = ("double", "float", "long double")
_MAPS = ("map", "unordered_map", "multimap")
_SETS = ("set", "unordered_set", "multiset")
_SEQUENCES = ("vector", "list", "deque", "array", "initializer_list", "span")


def plain_type(declared: str) -> str:
    """The type of a variable that can be passed as a parameter that is so declared."""
    return " ".join(_DROPPED.sub(" ", declared).split())


def cpp_literal(value: Any, declared: str = "") -> str:
    """An expression for the value that initialises a variable of the declared type.

    Raises:
        UnwritableError: The type does not hold such a value, or cannot be told.
    """
    kind = plain_type(declared)
    base, inner = split_type(kind)
    if base == "optional":
        return "std::nullopt" if value is None else cpp_literal(value, inner[0])
    if isinstance(value, str):
        return _text(value, kind)
    if value is None:
        if kind.endswith("*") or base.endswith("_ptr"):
            return "nullptr"
        raise UnwritableError(f"no null in {kind or 'C++'}")
    if isinstance(value, bool | int | float):
        return _number(value, kind)
    return _container(value, base, inner)


def split_type(kind: str) -> tuple[str, list[str]]:
    """A template's name without its namespace, and its arguments."""
    at = kind.find("<")
    if at < 0 or not kind.endswith(">"):
        return kind.removeprefix("std::"), []
    parts, depth, start = [], 0, at + 1
    for i, c in enumerate(kind[at + 1 : -1], at + 1):
        depth += (c == "<") - (c == ">")
        if c == "," and depth == 0:
            parts.append(kind[start:i].strip())
            start = i + 1
    return kind[:at].strip().removeprefix("std::"), [*parts, kind[start:-1].strip()]


def _text(value: str, kind: str) -> str:
    if kind == "char" and len(value) == 1 and value.isascii():
        return f"static_cast<char>({ord(value)})"
    quoted = _quoted(value)
    if kind == "char *" or kind == "char*":
        return quoted
    if kind and kind not in _TEXTS and re.fullmatch(r"[\w ]+", kind) and kind in _NUMBERS:
        raise UnwritableError(f"a text is no {kind}")
    return f"std::string({quoted}, {len(value.encode())})"


_NUMBERS = {"int", "long", "long long", "short", "unsigned", "size_t", "bool", *_REALS,
            "unsigned int", "unsigned long", "int64_t", "std::size_t", "uint64_t"}  # fmt: skip


def _quoted(value: str) -> str:
    made = "".join(
        json.dumps(c) [1:-1] if c.isascii() and c.isprintable() else "".join(
            f"\\{byte:03o}" for byte in c.encode()) for c in value)  # fmt: skip
    return f'"{made}"'


def _number(value: float, kind: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            name = "quiet_NaN" if math.isnan(value) else "infinity"
            return f"{'-' if value < 0 else ''}std::numeric_limits<double>::{name}()"
        if kind in _NUMBERS and kind not in _REALS:
            raise UnwritableError(f"{value} is no {kind}")
        return repr(value)
    if "string" in kind or abs(value) >= 2**63:
        raise UnwritableError(f"{value} is no {kind or 'number of C++'}")
    made = f"{value}L" if abs(value) >= _LONG else str(value)
    return f"static_cast<{kind}>({made})" if kind in _NUMBERS else made


def _container(value: Any, base: str, inner: list[str]) -> str:
    if isinstance(value, dict):
        if base not in (*_MAPS, ""):
            raise UnwritableError(f"a map is no {base}")
        types = [*inner, "", ""]
        pairs = (f"{{{cpp_literal(k, types[0])}, {cpp_literal(v, types[1])}}}"
                 for k, v in value.items())  # fmt: skip
        return f"{{{', '.join(pairs)}}}"
    if not isinstance(value, list | tuple | set | frozenset):
        raise UnwritableError(f"no literal for {type(value).__name__}")
    if base in ("pair", "tuple"):
        items = [cpp_literal(one, kind) for one, kind in zip(value, inner, strict=False)]
        return f"{{{', '.join(items)}}}"
    if base not in (*_SEQUENCES, *_SETS, "") and not base.endswith("[]"):
        raise UnwritableError(f"a list is no {base}")
    item = inner[0] if inner else base.removesuffix("[]").strip()
    return f"{{{', '.join(cpp_literal(one, item) for one in value)}}}"
