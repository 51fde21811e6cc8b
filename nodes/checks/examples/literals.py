"""Literals of Python, JSON and JavaScript as they stand in a text, and balanced source."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from nodes.checks.examples.brackets import STRING as _STRING
from nodes.checks.examples.brackets import brackets_of
from nodes.checks.examples.sources import quiet_tree

_NUMBER = re.compile(
    r"[-+\u2212]?(?:0x[0-9a-fA-F]+|0b[01]+|"
    r"(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+)"
    r"(?:[eE][-+]?[0-9]+)?)"
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
_LONGEST_NUMBER_CHARS = 400


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
        value, end = _value(text, at)
    except _NO_LITERAL:
        return None
    return Literal(value, text[at:end], end)


class _NoLiteralError(Exception):
    pass


_NO_LITERAL = (_NoLiteralError, IndexError, ValueError, TypeError, SyntaxError)


def _value(text: str, at: int) -> tuple[Any, int]:
    if at >= len(text):
        raise _NoLiteralError
    if text[at] in _CLOSING:
        return _container(text, at)
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
    value = ast.literal_eval(quiet_tree(found[0]))
    if isinstance(value, str):
        value.encode()  # half of a surrogate pair cannot be sent to a runner
    return value


def _number(text: str, found: re.Match[str]) -> tuple[Any, int]:
    """A full stop behind the digits ends the sentence, not the number."""
    shown, end = found[0], found.end()
    if shown.endswith("."):
        shown, end = shown[:-1], end - 1
    follows = text[end : end + 1]
    if (
        len(shown) > _LONGEST_NUMBER_CHARS
        or follows.isdigit()
        or (follows.isalnum() and follows.isascii())
        or follows in {"_", "%", "\u00b0"}
    ):
        raise _NoLiteralError
    shown = shown.replace("\u2212", "-")
    try:
        return int(shown, 0), end
    except ValueError:
        if shown.lstrip("+-").replace("_", "").isdigit():
            raise  # padded with zeros, as in a date or a time
        return float(shown), end


def _container(text: str, at: int) -> tuple[Any, int]:
    """What the brackets hold; a start that failed once is not read again."""
    brackets = brackets_of(text)
    if at in brackets.failed or brackets.closing_at(at) is None:
        raise _NoLiteralError
    try:
        return _items(text, at)
    except _NO_LITERAL:
        brackets.failed.add(at)
        raise


def _items(text: str, at: int) -> tuple[Any, int]:
    closing, kind = _CLOSING[text[at]], text[at]
    items: list[Any] = []
    pairs: list[tuple[Any, Any]] = []
    at, has_comma = _skip(text, at + 1), False
    while text[at] != closing:
        key = _KEY.match(text, at) if kind == "{" else None
        item, at = (key[0], key.end()) if key else _value(text, at)
        at = _skip(text, at)
        if kind == "{" and text[at] == ":":
            value, at = _value(text, _skip(text, at + 1))
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
    """Where the bracket that opens at `at` is closed, past it; strings are passed over.

    None where it stays open, closes another, or holds more than anyone writes as an example.
    """
    return brackets_of(text).closing_at(at)
