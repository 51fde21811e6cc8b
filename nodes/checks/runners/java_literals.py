"""Python values as literals of Java, guided by the declared type."""

from __future__ import annotations

import math
import re
from typing import Any

from nodes.checks.runners.cpp_literals import split_type
from nodes.checks.runners.literals import UnwritableError

_WHOLE = {"byte": "(byte) {}", "short": "(short) {}", "int": "{}", "long": "{}L"}
_BOXES = {"Byte": "byte", "Short": "short", "Integer": "int", "Long": "long", "Float": "float",
          "Double": "double", "Character": "char", "Boolean": "boolean"}  # fmt: skip
_BITS = {"byte": 7, "short": 15, "int": 31, "long": 63}
_LISTS = {"List": "ArrayList", "ArrayList": "ArrayList", "Collection": "ArrayList",
          "Iterable": "ArrayList", "LinkedList": "LinkedList", "Deque": "ArrayDeque",
          "ArrayDeque": "ArrayDeque", "Queue": "LinkedList", "Vector": "Vector", "Stack": "Vector",
          "PriorityQueue": "PriorityQueue"}  # fmt: skip
_SETS = {"Set": "LinkedHashSet", "HashSet": "HashSet", "LinkedHashSet": "LinkedHashSet",
         "TreeSet": "TreeSet", "SortedSet": "TreeSet"}  # fmt: skip
_MAPS = {"Map": "LinkedHashMap", "HashMap": "HashMap", "LinkedHashMap": "LinkedHashMap",
         "TreeMap": "TreeMap", "SortedMap": "TreeMap"}  # fmt: skip
_OPEN = ("", "Object", "T", "E", "?")


def java_literal(value: Any, declared: str = "") -> str:
    """An expression for the value that can be passed where the declared type is wanted.

    Raises:
        UnwritableError: The type does not hold such a value, or cannot be told.
    """
    kind = " ".join(re.sub(r"\bfinal\b|@\w+", " ", declared).split()).replace("java.util.", "")
    kind = _BOXES.get(kind, kind)
    if value is None:
        return _nothing(kind)
    base, inner = split_type(kind)
    if base == "Optional" and inner:
        return f"java.util.Optional.of({java_literal(value, inner[0])})"
    if isinstance(value, bool):
        return _checked("true" if value else "false", kind, ("boolean", *_OPEN))
    if isinstance(value, int | float):
        return _number(value, kind)
    if isinstance(value, str):
        return _text(value, kind)
    if isinstance(value, dict):
        return _map(value, base, inner)
    return _sequence(value, kind, base, inner)


def _nothing(kind: str) -> str:
    if kind in ("int", "long", "double", "float", "boolean", "char", "short", "byte"):
        raise UnwritableError(f"no null in {kind}")
    return "java.util.Optional.empty()" if kind.startswith("Optional<") else "null"


def _checked(made: str, kind: str, kinds: tuple[str, ...]) -> str:
    if kind not in kinds:
        raise UnwritableError(f"{made} is no {kind}")
    return made


def _number(value: float, kind: str) -> str:
    if kind in ("double", "float", "Number") or (kind in _OPEN and isinstance(value, float)):
        if not math.isfinite(value):
            made = "NaN" if math.isnan(value) else f"{'NEGA' if value < 0 else 'POSI'}TIVE_INFINITY"
            return f"Double.{made}"
        return f"{float(value)!r}{'f' if kind == 'float' else ''}"
    if isinstance(value, float):
        raise UnwritableError(f"{value} is no {kind}")
    if kind == "BigInteger":
        return f'new java.math.BigInteger("{value}")'
    kind = ("int" if abs(value) < 2**31 else "long") if kind in _OPEN else kind
    if kind not in _WHOLE or abs(value) >= 2 ** _BITS[kind]:
        raise UnwritableError(f"{value} is no {kind}")
    return _WHOLE[kind].format(f"({value})" if value < 0 else value)


def _text(value: str, kind: str) -> str:
    if kind == "char":
        if len(value.encode("utf-16-le")) != 2:
            raise UnwritableError(f"{value!r} is no char")
        return f"(char) {ord(value)}"
    made = "".join(_escaped(c) for c in value)
    return _checked(f'"{made}"', kind, ("String", "CharSequence", *_OPEN))


def _escaped(c: str) -> str:
    if c in '"\\':
        return "\\" + c
    if c.isascii() and c.isprintable():
        return c
    units = c.encode("utf-16-be", "surrogatepass")
    codes = (units[i : i + 2] for i in range(0, len(units), 2))
    return "".join(f"\\{unit[1]:03o}" if unit[0] == 0 else f"\\u{unit.hex()}" for unit in codes)


def _map(value: dict[Any, Any], base: str, inner: list[str]) -> str:
    if base not in (*_MAPS, *_OPEN):
        raise UnwritableError(f"a map is no {base}")
    kinds = [*inner, "", ""]
    flat = (text for k, v in value.items()
            for text in (java_literal(k, kinds[0]), java_literal(v, kinds[1])))  # fmt: skip
    types = f"<{', '.join(inner)}>" if inner else ""
    made = f"Harness__.{types}map({', '.join(flat)})"
    name = _MAPS.get(base, "LinkedHashMap")
    return made if name == "LinkedHashMap" else f"new java.util.{name}{types}({made})"


def _sequence(value: Any, kind: str, base: str, inner: list[str]) -> str:
    if not isinstance(value, list | tuple | set | frozenset):
        raise UnwritableError(f"no literal for {type(value).__name__}")
    if kind.endswith(("[]", "...")):
        item = kind.removesuffix("...").removesuffix("[]").strip()
        return f"new {item}[] {{{', '.join(java_literal(one, item) for one in value)}}}"
    name = _LISTS.get(base) or _SETS.get(base)
    if name is None and base not in _OPEN:
        raise UnwritableError(f"a list is no {base}")
    name = name or ("LinkedHashSet" if isinstance(value, set | frozenset) else "ArrayList")
    item = inner[0] if inner and inner[0] not in _OPEN else ""
    items = ", ".join(java_literal(one, item) for one in value)
    types = f"<{item}>" if item else "<Object>"
    listed = f"java.util.Arrays.{types}asList({items})"
    return f"new java.util.{name}{types}({listed})"
