"""Examples in sentences: "'1h30m' is 5400", "for [1, 2] it returns 3", "an empty list gives 0"."""

# ruff: noqa: RUF001  the signs of other scripts are meant
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nodes.checks.answer import looks_like_code
from nodes.checks.cases import Case
from nodes.checks.examples.calls import CALL, Asked, corrected
from nodes.checks.examples.ends import ends_well, is_several
from nodes.checks.examples.labels import Inputs, inputs_at
from nodes.checks.examples.literals import Literal, closing_at, literal_at
from nodes.checks.examples.sources import BUILTINS
from nodes.checks.examples.words import (
    EMPTY_AT,
    EXAMPLE,
    FOR,
    IS_EMPTY,
    RAISES,
    SHOULD,
    VERB_END,
    WRONG,
    empty_value,
    has_strong_verb,
    tie_strength,
)

_BY_STRENGTH = {1: 0.65, 2: 0.75, 3: 0.78}
_REVERSED, _EMPTY, _RAISED, _RAW = 0.7, 0.65, 0.7, 0.6
_BEFORE_PAIR = re.compile(r"(?:(?:^|\n)[ \t]*(?:[-*•+]|\d+[.)])?|[:;(])[ \t]*[`*_]*\Z|`\Z")
_CHAIN = re.compile(r"[\s,;.`*]*(?:and|or|und|y|e|et|и|和|,|、|;)?[\s`*]*(?:for\s)?[\s`*]*\Z")
_DATA_LINE = re.compile(r"->|→|➞|=>|\b(?:input|output)\b", re.I)
_PAIR = re.compile(r"`([^`\n]{1,80})`([^`\n]{1,40})`([^`\n]{1,80})`")
_NEGATIVE = re.compile(
    r"\s*(?:an?y? )?(?:negative|negativ\w*|négati\w*|отрицательн\w+|负数|負)(?: (?:numbers?|"
    r"input|values?|n|ints?|integers?)\b)?",
    re.I,
)
_LOOK = 120
_LONGEST_PHRASE = 40


@dataclass(frozen=True, slots=True)
class _Value:
    literal: Literal
    between: str
    is_phrase: bool = False


def find_in_prose(text: str, asked: Asked) -> Iterator[Case]:
    """Cases from sentences; code, sessions and calls of the text are passed over."""
    prose = _masked(text)
    yield from _forward(prose)
    yield from _backward(prose)
    yield from _conditional(prose)
    yield from _raising(prose)
    yield from _bare_pairs(prose, asked)


def _masked(text: str) -> str:
    """The text with its code made unreadable, at the same places."""
    lines = text.split("\n")
    shown = ["\0" * len(line) if _is_code(line) else line for line in lines]
    prose = list("\n".join(shown))
    for found in CALL.finditer("".join(prose)):
        end = closing_at(text, found.end() - 1) if not found[2] else None
        if end is not None:
            prose[found.start() : end] = "\0" * (end - found.start())
    return "".join(prose)


def _is_code(line: str) -> bool:
    bare = line.strip()
    if bare.startswith((">>>", "assert", "def ", "return ", "|", "#include", "@")):
        return True
    return looks_like_code(line) and not (_DATA_LINE.search(line) or has_strong_verb(line))


def _forward(text: str) -> Iterator[Case]:
    """What goes in, then what comes out."""
    past = last_end = 0
    for start in _starts(text):
        inputs = inputs_at(text, start) if start >= past else None
        if inputs is None:
            continue
        value = _next_value(text, inputs.end)
        case = _told(text, start, inputs, value, last_end) if value else None
        if case is not None and value is not None:
            last_end = past = value.literal.end
            yield case
        elif inputs.is_marked and len(inputs.values) == 1:
            past = inputs.end


def _starts(text: str) -> list[int]:
    """Where a literal or an empty value may begin."""
    places = {found.start() for found in _START_LITERAL.finditer(text)}
    return sorted(places | {found.start() for found in EMPTY_AT.finditer(text)})


_START_LITERAL = re.compile(
    r"(?<![\w.\])/&%$€£@#\0'\"])(?:[\"'\[({“«「„‘]|[-−]?\.?\d|(?:True|False|None|true|false|"
    r"null)\b)|(?<=[一-龥ぁ-んァ-ン가-힣])[\"'\[({]|(?<=[一-龥ぁ-んァ-ン가-힣])\d"
)


def _next_value(text: str, end: int) -> _Value | None:
    """The nearest literal behind, within the paragraph."""
    line = text[end : end + _LOOK].split("\n\n", 1)[0]
    found = _START_LITERAL.search(line)
    before = line[: found.start()] if found else line
    near = line[: len(before) + _LONGEST_PHRASE]
    empty = EMPTY_AT.search(near) if any(map(str.isalpha, before)) else None
    if empty and (found is None or empty.start() < found.start()):
        literal = Literal(empty_value(empty[0]), repr(empty_value(empty[0])), end + empty.end())
        return _Value(literal, line[: empty.start()], is_phrase=True)
    literal_found = literal_at(text, end + found.start()) if found else None
    return _Value(literal_found, line[: found.start()]) if found and literal_found else None


def _told(text: str, start: int, inputs: Inputs, value: _Value, last_end: int) -> Case | None:
    result = value.literal
    strength = tie_strength(value.between, text[result.end : result.end + 30])
    before = text[max(0, start - 60) : start]
    # "if 'text' is an empty string": a condition, not a result.
    is_condition = strength == 1 and value.is_phrase
    if strength == 0 or is_condition or not ends_well(text, result.end):
        return None
    correction = None if SHOULD.search(value.between) else corrected(text, result)
    if correction is None and WRONG.search(before) and not SHOULD.search(value.between):
        return None
    result = correction or result
    if not inputs.is_named and not _is_meant(before, text[last_end:start], inputs, strength):
        return None
    weight = _BY_STRENGTH[strength]
    weight = weight if inputs.is_marked or inputs.is_named or strength > 1 else 0.6
    return _case(inputs.values, result, weight, text[start : result.end])


def _is_meant(before: str, since_last: str, inputs: Inputs, strength: int) -> bool:
    """Whether bare numbers are an example, not part of some other statement."""
    if inputs.is_marked:
        return not before.rstrip().endswith(("=", "==", "!="))
    if EXAMPLE.search(before) or _CHAIN.fullmatch(since_last):
        return True
    return strength == 3 and _BEFORE_PAIR.search(before) is not None


def _case(values: tuple[object, ...], result: Literal, weight: float, quote: str) -> Case:
    return Case(
        "example", weight, " ".join(quote.replace("\0", "").split()), arguments=values,
        expected=result.source, value=result.value,
    )  # fmt: skip


def _backward(text: str) -> Iterator[Case]:
    """What comes out, then for what: "returns 0 for an empty list", "None if it is empty"."""
    for verb in VERB_END.finditer(text):
        empty = EMPTY_AT.match(text, verb.end())
        value = empty_value(empty[0]) if empty else None
        result = Literal(value, repr(value), empty.end()) if empty else literal_at(text, verb.end())
        tie = FOR.match(text, result.end) if result else None
        if result is None or tie is None:
            continue
        is_empty = IS_EMPTY.match(text, result.end)
        inputs = inputs_at(text, tie.end())
        if is_empty:
            of = (empty_value(is_empty[0]),)
            yield _case(of, result, _EMPTY, text[verb.start() : is_empty.end()])
        elif inputs is not None and ends_well(text, inputs.end):
            yield _case(inputs.values, result, _REVERSED, text[verb.start() : inputs.end])


def _conditional(text: str) -> Iterator[Case]:
    """An empty input, then what comes out: "if the list is empty, return 0"."""
    for found in IS_EMPTY.finditer(text):
        value = _next_value(text, found.end())
        if value is None or not ends_well(text, value.literal.end):
            continue
        end = value.literal.end
        if tie_strength(value.between, text[end : end + 30]):
            yield _case((empty_value(found[0]),), value.literal, _EMPTY, text[found.start() : end])


def _raising(text: str) -> Iterator[Case]:
    """Errors that are promised for an input that can be written down."""
    for found in RAISES.finditer(text):
        tie = FOR.match(text, found.end())
        if tie is None:
            continue
        is_empty = IS_EMPTY.match(text, found.end())
        negative = _NEGATIVE.match(text, tie.end())
        inputs = inputs_at(text, tie.end())
        if is_empty:
            values: tuple[object, ...] = (empty_value(is_empty[0]),)
        elif negative:
            values = (-1,)
        elif inputs is not None:
            values = inputs.values
        else:
            continue
        end = max(m.end() for m in (is_empty, negative, tie) if m)
        quote = " ".join(text[found.start() : max(end, inputs.end if inputs else 0)].split())
        yield Case("stated", _RAISED, quote, arguments=values, raises=found[1])


def _bare_pairs(text: str, asked: Asked) -> Iterator[Case]:
    """`some text` → `other text`: strings whose quotes are the backticks."""
    for found in _PAIR.finditer(text):
        goes_in, between, comes_out = found.groups()
        literals = literal_at(goes_in, 0), literal_at(comes_out, 0)
        if (
            tie_strength(between, "") < 2
            or literals[0]
            or goes_in.split(" ")[0] in asked.names
            or "\0" in found[0]
            or goes_in in BUILTINS
            or is_several(comes_out)
        ):
            continue
        if not goes_in.strip() or re.search(r"[=(){}…]|\.\.\.", goes_in + comes_out):
            continue
        whole = literals[1] is not None and literals[1].end == len(comes_out)
        result = literals[1] if whole and literals[1] else Literal(comes_out, repr(comes_out), 0)
        yield _case((goes_in,), result, _RAW, found[0])
