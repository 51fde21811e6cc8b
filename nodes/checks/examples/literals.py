"""Literals of Python, JSON and JavaScript as they stand in a text, and balanced source."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

_NUMBER = re.compile(
    r"[-+\u2212]?(?:0x[0-9a-fA-F]+|0b[01]+|(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|"
    r"\.\d+)(?:[eE][-+]?\d+)?)"
)
_STRING = re.compile(
    r"([rRbBuU]{0,2})(\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')"
    r"|\u201c([^\u201c\u201d\n]*)\u201d|\u00ab ?([^\u00ab\u00bb\n]*?) ?\u00bb|"
    r"\u300c([^\u300d\n]*)\u300d"
    r"|\u201e([^\u201c\u201d\n]*)[\u201c\u201d]|\u2018([^\u2018\u2019\n]*)\u2019"
)
_WORDS: dict[str, Any] = {
    "True": True, "False": False, "None": None, "true": True, "false": False, "null": None,
    "undefined": None, "nil": None, "TRUE": True, "FALSE": False, "set()": set(), "list()": [],
    "dict()": {}, "tuple()": (),
}  # fmt: skip
_WORD = re.compile(
    r"(?:set|list|dict|tuple)\(\)|(?:True|False|None|true|false|null|undefined|nil|TRUE|FALSE)\b"
)
_KEY = re.compile(r"[A-Za-z_$][\w$]*(?=\s*:)")
_SPACE = re.compile(r"(?:\s|(?<=\n)[ \t]*(?://|#)(?= ))*")
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_DEEPEST = 40
_MOST_CHARS = 8_000


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal in a text: its value, its source and where it ends."""

    value: Any
    source: str
    end: int

    @property
    def is_marked(self) -> bool:
        """Whether quotes or brackets show that it is meant as data."""
        return (
            self.source[:1] in "[({\"'\u201c\u00ab\u300c\u201e\u2018rbRB" and len(self.source) > 1
        )


def literal_at(text: str, at: int) -> Literal | None:
    """The literal that begins at `at`; None when none does, or when it is abbreviated."""
    try:
        value, end = _value(text, at, 0)
    except (_NoLiteralError, IndexError, ValueError, TypeError):
        return None
    return Literal(value, text[at:end], end)


class _NoLiteralError(Exception):
    pass


def _value(text: str, at: int, depth: int) -> tuple[Any, int]:
    if depth > _DEEPEST or at >= len(text):
        raise _NoLiteralError
    if text[at] in _CLOSING:
        return _container(text, at, depth + 1)
    string = _STRING.match(text, at)
    if string:
        return _string(string), string.end()
    word = _WORD.match(text, at)
    if word:
        return _WORDS[word[0]], word.end()
    number = _NUMBER.match(text, at)
    if number is None:
        raise _NoLiteralError
    return _number(text, number)


def _string(found: re.Match[str]) -> Any:
    if found[2] is None:
        return next(group for group in found.groups()[2:] if group is not None)
    return ast.literal_eval(found[0])


def _number(text: str, found: re.Match[str]) -> tuple[Any, int]:
    """A full stop behind the digits ends the sentence, not the number."""
    shown, end = found[0], found.end()
    if shown.endswith("."):
        shown, end = shown[:-1], end - 1
    follows = text[end : end + 1]
    if (
        follows == "j"
        or (follows.isalnum() and follows.isascii())
        or follows in {"_", "%", "\u00b0"}
    ):
        raise _NoLiteralError
    return ast.literal_eval(shown.replace("\u2212", "-")), end


def _container(text: str, at: int, depth: int) -> tuple[Any, int]:
    closing, kind = _CLOSING[text[at]], text[at]
    items: list[Any] = []
    pairs: list[tuple[Any, Any]] = []
    at, has_comma = _skip(text, at + 1), False
    while text[at] != closing:
        key = _KEY.match(text, at) if kind == "{" else None
        item, at = (key[0], key.end()) if key else _value(text, at, depth)
        at = _skip(text, at)
        if kind == "{" and text[at] == ":":
            value, at = _value(text, _skip(text, at + 1), depth)
            pairs.append((item, value))
            at = _skip(text, at)
        else:
            items.append(item)
        if text[at] == ",":
            at, has_comma = _skip(text, at + 1), True
        elif text[at] != closing:
            raise _NoLiteralError
    return _contained(kind, items, pairs, has_comma=has_comma), at + 1


def _contained(
    kind: str, items: list[Any], pairs: list[tuple[Any, Any]], *, has_comma: bool
) -> Any:
    if pairs and items:
        raise _NoLiteralError
    if kind == "{":
        return set(items) if items else dict(pairs)
    if kind == "[":
        return items
    return items[0] if len(items) == 1 and not has_comma else tuple(items)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def closing_at(text: str, at: int) -> int | None:
    """Where the bracket that opens at `at` is closed, past it; strings are passed over."""
    expected: list[str] = []
    end = min(len(text), at + _MOST_CHARS)
    while at < end:
        string = _STRING.match(text, at) if text[at] in "\"'" else None
        if string:
            at = string.end()
            continue
        if text[at] in _CLOSING:
            expected.append(_CLOSING[text[at]])
            if len(expected) > _DEEPEST:
                return None
        elif text[at] in ")]}":
            if not expected or expected.pop() != text[at]:
                return None
            if not expected:
                return at + 1
        at += 1
    return None
