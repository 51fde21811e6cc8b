"""Calls that a request writes out, with what it says about each: `f(2) == 4`, `f(2) returns 4`."""

from __future__ import annotations

import ast
import itertools
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodes.checks.cases import MISSING, Case
from nodes.checks.examples.ends import ends_well, goes_on, next_value
from nodes.checks.examples.literals import Literal, closing_at, literal_at
from nodes.checks.examples.sources import (
    BUILTINS,
    can_stand_alone,
    expression,
    is_constant,
    one_line,
)
from nodes.checks.examples.words import BUT, INSTEAD, SHOULD, WRONG, tie_strength

EXPLICIT, TOLD, REMARKED, DOUBTFUL = 0.93, 0.88, 0.86, 0.5
RENAMED = 0.7

CALL = re.compile(r"(?<![\w.$])((?:new\s+)?(?:[A-Za-z_$][\w$]*(?:::|\.))*[A-Za-z_$][\w$]*)(\s?)\(")
_PRINTERS = frozenset({"print", "console.log", "echo", "puts"})
_OTHER_WORDS = frozenset({
    "if", "for", "while", "switch", "return", "and", "or", "not", "in", "assert", "catch", "elif",
    "int", "long", "float", "double", "vector", "string", "String", "the", "a",
})  # fmt: skip
_NO_FUNCTIONS = frozenset({"e.g", "i.e", "O", "eg", "ie"})
_STEP = re.compile(r"\.[A-Za-z_]\w*\(|\[(?=[-\w'\":])")
_SIGN = re.compile(
    r"[`*_ \t]*(?:\n[ \t]*(?://|#)?[ \t]*)?(={1,2}>|===?|=|-{1,2}>|≡|[➞→⟶⇒➜↦⟹➔➡]️?|:)[`*_ \t]*"
    r"(?!=)(?:returns?\b|should be|Returns)?[`*_ \t]*"
)
_REMARK = re.compile(
    r"[`; \t]*(?:#|//|--|/\*)+[ \t]*(?:(?:should |must |will )?(?:returns?|prints?|gives?|"
    r"outputs?|be|"
    r"equals?|is|expected|result|output|devuelve|retorna|renvoie|gibt|возвращает|返回)\b"
    r"(?: (?:output|result|value))?[ \t]*[:=]?|=>|->|→|➞|={1,3}|:)?[ \t]*"
)
_WRONG_AFTER = re.compile(
    r"[^\n]{0,15}\b(?:wrong|incorrect|bug|oops|mal|incorrecto|falsch|faux|errado|sbagliato)\b|"
    r"[^\n]{0,6}(?:неверно|错|誤|틀)",
    re.I,
)
_LOOKAHEAD = 120
_LONGEST_LINE = 1_000
_MOST_CALLS = 1_500


@dataclass(frozen=True, slots=True)
class Asked:
    """What the finders need to know: language, and the functions under test."""

    language: str
    names: tuple[str, ...]

    def is_wanted(self, name: str) -> bool:
        """Whether a call of this name, perhaps a method, is one of the code under test."""
        parts = re.split(r"::|\.", name.removeprefix("new ").strip())
        if not self.names:
            words = keyword.kwlist if self.language == "python" else _OTHER_WORDS
            return name not in BUILTINS and name not in words and name not in _NO_FUNCTIONS
        return any(part in self.names for part in parts)


def find_calls(text: str, asked: Asked) -> Iterator[Case]:
    """Cases for all calls that are followed by a sign, a remark or words and then a value."""
    past = 0
    for found in itertools.islice(CALL.finditer(text), _MOST_CALLS):
        if found.start() < past:
            continue
        call = call_at(text, found, asked)
        if call is None:
            continue
        inner, end = call
        case = _case(text, found.start(), inner, end, asked)
        if case is not None:
            past = end
            yield case


def call_at(text: str, found: re.Match[str], asked: Asked) -> tuple[str, int] | None:
    """The source of a wanted call that begins here, without what prints it, and its end."""
    name, opening = found[1], found.end() - 1
    end = closing_at(text, opening)
    if end is None or (found[2] and name not in asked.names) or _is_declared(text, found):
        return None
    inner = text[opening + 1 : end - 1].strip()
    if name in _PRINTERS:
        start = CALL.match(inner)
        whole = start and call_at(inner, start, asked)
        return (whole[0], end) if whole and whole[1] == len(inner) else None
    wraps = name in BUILTINS and asked.names and any(n in inner for n in asked.names)
    end = _past_chain(text, end)
    source = one_line(text[found.start() : end])
    if not (wraps or asked.is_wanted(name)) or not can_stand_alone(
        source, asked.language, asked.names
    ):
        return None
    return source, end


def _past_chain(text: str, end: int) -> int:
    """The end of what is asked of the result at once: `.pop()`, `[0]`."""
    while step := _STEP.match(text, end):
        closed = closing_at(text, step.end() - 1)
        if closed is None:
            break
        end = closed
    return end


def _is_declared(text: str, found: re.Match[str]) -> bool:
    """A definition, not a call: `def f(x)`, `int f(int x) {`."""
    before = text[max(0, found.start() - 60) : found.start()]
    if re.search(r"\b(?:def|function\*?|func|fn|class|sub)\s+\Z", before):
        return True
    end = closing_at(text, found.end() - 1)
    return (
        end is not None
        and re.match(r"\s*(?:\{|:\s*$|->\s*[^:\n]+:\s*$)", text[end : end + 80], re.M) is not None
    )


def _case(text: str, start: int, call: str, end: int, asked: Asked) -> Case | None:
    sign = _SIGN.match(text, end)
    if sign:
        weight = 0.8 if sign[1] == ":" else EXPLICIT
        return _signed(text, start, call, sign.end(), weight, asked)
    remark = _REMARK.match(text, end)
    if remark:
        return _signed(text, start, call, remark.end(), REMARKED, asked)
    return _told(text, start, call, end, asked)


def _signed(text: str, start: int, call: str, at: int, weight: float, asked: Asked) -> Case | None:
    """What stands behind a sign: a literal, or an expression up to the end of the line."""
    literal = literal_at(text, at)
    if literal is not None and (ends_well(text, literal.end) or _has_message(text, start, literal)):
        correction = corrected(text, literal)
        if correction is None and _is_called_wrong(text, literal.end):
            return None
        return make_case(call, correction or literal, weight, text[start : literal.end], asked)
    if literal is not None and goes_on(text, literal.end):
        return None
    line = text[at : at + _LONGEST_LINE].split("\n", 1)[0]
    expected = _expression_in(line, asked) if len(line) < _LONGEST_LINE else None
    if expected is None:
        return None
    return make_case(call, expected, weight - 0.03, text[start : at + len(line)], asked)


def _has_message(text: str, start: int, literal: Literal) -> bool:
    """`console.assert(f(2) === 4, "squares")`: what follows is no value."""
    before = text[max(0, start - 60) : start].rpartition("\n")[2]
    is_string = re.compile(r"\s*,\s*[\"'`]").match(text, literal.end)
    return "assert" in before.lower() and is_string is not None


def _expression_in(line: str, asked: Asked) -> str | None:
    """A constant expression such as `1 + (2 / 2) = 2` or `[0] * 3`; for others, native source."""
    if "..." in line or "…" in line:
        return None
    line = re.split(r"\s+(?:#|//|--)\s|`", line)[0].strip().rstrip(".;,")
    last = line.rpartition("=")[2].strip()
    if "=" in line and re.fullmatch(r"[^=]*[\d)\s]=[^=]*", line):
        literal = literal_at(last, 0)
        return last if literal is not None and literal.end == len(last) else None
    if asked.language in {"java", "cpp"}:
        return (
            line if line and closing_at(f"({line})", 0) == len(line) + 2 and "(" in line else None
        )
    tree = expression(line) if asked.language == "python" else None
    if tree is None or isinstance(tree, ast.Compare | ast.BoolOp) or not is_constant(tree):
        return None
    return line


def _told(text: str, start: int, call: str, end: int, asked: Asked) -> Case | None:
    """What the words behind a call say: "returns 4", "should be 4"."""
    found = next_value(text, end)
    if found is None:
        return None
    literal, between = found
    strength = tie_strength(between, text[literal.end : literal.end + 30])
    if strength == 0 or not ends_well(text, literal.end):
        return None
    before = text[max(0, start - 60) : start] + between
    correction = corrected(text, literal) if not SHOULD.search(between) else None
    if correction is None and WRONG.search(before) and not SHOULD.search(between):
        return None
    shown = correction or literal
    return make_case(call, shown, TOLD if strength > 1 else 0.8, text[start : shown.end], asked)


def _is_called_wrong(text: str, end: int) -> bool:
    return _WRONG_AFTER.match(text, end) is not None


def corrected(text: str, wrong: Literal) -> Literal | None:
    """The value that a sentence puts right: "returns 5 but should return 4"."""
    rest = text[wrong.end : wrong.end + _LOOKAHEAD]
    for pattern in (INSTEAD, BUT):
        found = pattern.match(rest)
        literal = literal_at(text, wrong.end + found.end()) if found else None
        if literal is not None and ends_well(text, literal.end):
            return literal
    return None


def make_case(
    call: str, expected: Literal | str, weight: float, quote: str, asked: Asked
) -> Case | None:
    """A case from a call's source and a literal, or source, for the result."""
    source = expected if isinstance(expected, str) else expected.source
    value: Any = MISSING if isinstance(expected, str) else expected.value
    if isinstance(value, float) or (
        isinstance(value, list) and any(isinstance(v, float) for v in value)
    ):
        weight = min(weight, 0.84) if _is_rounded(source) else weight
    name = re.split(r"::|\.", call.partition("(")[0])[-1]
    return Case(
        "example", weight, one_line(quote).strip(" `*"), call=call, expected=source.strip(),
        value=value, arguments=arguments_of(call, name, asked),
    )  # fmt: skip


def _is_rounded(source: str) -> bool:
    """Whether a decimal fraction may be shown with fewer digits than it has."""
    return any(len(digits) > 1 for digits in re.findall(r"\.(\d+)", source))


def arguments_of(call: str, name: str, asked: Asked) -> tuple[Any, ...] | None:
    """The positional arguments of a plain call, when all of them are literals."""
    opening = call.find("(")
    if opening < 0 or closing_at(call, opening) != len(call) or not asked.is_wanted(name):
        return None
    values: list[Any] = []
    at = opening + 1
    while call[at:].strip() not in {")", ""}:
        at += len(call[at:]) - len(call[at:].lstrip(", \t"))
        literal = literal_at(call, at)
        if literal is None or call[literal.end :].lstrip()[:1] not in {",", ")"}:
            return None
        values.append(literal.value)
        at = literal.end
    return tuple(values)
