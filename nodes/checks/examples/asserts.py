"""Tests that a request quotes: `assert f(2) == 4`, `expect(f(2)).toBe(4)`, `assertTrue(f(2))`."""

from __future__ import annotations

import ast
import itertools
import re
import warnings
from collections.abc import Iterator

from nodes.checks.cases import Case
from nodes.checks.examples.calls import (
    CALL,
    Asked,
    call_at,
    make_case,
)
from nodes.checks.examples.literals import closing_at, literal_at
from nodes.checks.examples.sources import UNREADABLE, can_stand_alone, expression

_WEIGHT = 0.95
_ASSERT = re.compile(r"\bassert\b(?!\.)[ \t(]*(?=[\w(\[{\"'-])")
_CHECKED = re.compile(
    r"\b(?:self\.)?(assertEquals?|assertTrue|assertFalse|assertIsNone|assertAlmostEqual|"
    r"assertListEqual|assertDictEqual|assert\.(?:equal|strictEqual|deepEqual|deepStrictEqual)|"
    r"assert_eq|assert_equal|is_deeply)\s*\("
)
_EXPECT = re.compile(r"\bexpect\s*\(")
_MATCHER = re.compile(
    r"\s*\.(toBe|toEqual|toStrictEqual|to\.equal|to\.deep\.equal|to\.eql|toBeCloseTo)\s*\("
)
_RAISES = re.compile(
    r"\bwith (?:pytest\.raises|self\.assertRaises)\((\w+)[^)]*\):?\s*(?:\n\s*)?(?=[A-Za-z_])"
)
_MOST_LINES = 30
_LONGEST_CHARS = 3_000
_MOST_ASSERTS = 60
_UNARY = {"assertTrue": "True", "assertFalse": "False", "assertIsNone": "None"}


def find_asserts(text: str, asked: Asked) -> Iterator[Case]:
    """Cases for all tests, in any of the forms, that call what is wanted."""
    if asked.language == "python":
        yield from _python_asserts(text, asked)
        yield from _raising(text, asked)
    yield from _checked(text, asked)
    yield from _expected(text, asked)


def _python_asserts(text: str, asked: Asked) -> Iterator[Case]:
    for found in itertools.islice(_ASSERT.finditer(text), _MOST_ASSERTS):
        statement = _statement(text[found.start() : found.start() + _LONGEST_CHARS])
        if statement is None:
            continue
        source, test = statement
        try:
            case = _compared(source, test, asked)
        except UNREADABLE:
            continue  # Python reads numbers that it refuses to write
        if case is not None:
            yield case


def _statement(text: str) -> tuple[str, ast.expr] | None:
    """The shortest beginning, in whole lines, that Python reads as an assert statement."""
    lines = text.split("\n")[:_MOST_LINES]
    for end in range(1, len(lines) + 1):
        source = "\n".join(lines[:end])
        for candidate in (source, source.split("`")[0], source.rstrip(" .;)*\"'")):
            test = _test(candidate.strip())
            if test is not None:
                return candidate.strip(), test
        if sum(map(source.count, "([{")) <= sum(map(source.count, ")]}")):
            break
    return None


def _test(source: str) -> ast.expr | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = ast.parse(source).body
        except UNREADABLE:
            return None
    return body[0].test if len(body) == 1 and isinstance(body[0], ast.Assert) else None


def _compared(source: str, test: ast.expr, asked: Asked) -> Case | None:
    def written(tree: ast.expr) -> str:
        return ast.get_source_segment(source, tree) or ast.unparse(tree)

    if not _calls_wanted(test, asked) or not can_stand_alone(
        ast.unparse(test), asked.language, asked.names
    ):
        return None
    quote = " ".join(source.split())
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        if _calls_wanted(right, asked) and not _calls_wanted(left, asked):
            left, right = right, left
        same = isinstance(test.ops[0], ast.Eq | ast.Is) and not _calls_wanted(right, asked)
        if same:
            return _equal(_flat(written(left)), _flat(written(right)), quote, asked)
    return Case(
        "example", _WEIGHT, quote, call=f"bool({_flat(written(test))})", expected="True", value=True
    )


def _flat(source: str) -> str:
    """Source on one line; inside brackets a line's end means nothing."""
    return " ".join(part.strip() for part in source.split("\n"))


def _calls_wanted(tree: ast.expr, asked: Asked) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if asked.is_wanted(name):
                return True
    return False


def _equal(call: str, expected: str, quote: str, asked: Asked) -> Case | None:
    literal = literal_at(expected, 0)
    whole = literal is not None and literal.end == len(expected)
    case = make_case(call, literal if literal and whole else expected, _WEIGHT, quote, asked)
    if case is None:
        return None
    return Case(
        "example", _WEIGHT, quote, call=case.call, expected=case.expected, value=case.value,
        arguments=case.arguments,
    )  # fmt: skip


def _raising(text: str, asked: Asked) -> Iterator[Case]:
    for found in _RAISES.finditer(text):
        start = CALL.match(text, found.end())
        call = call_at(text, start, asked) if start else None
        if call is not None:
            quote = text[found.start() : call[1]]
            yield Case("example", _WEIGHT, quote, call=call[0], raises=found[1])


def _checked(text: str, asked: Asked) -> Iterator[Case]:
    for found in _CHECKED.finditer(text):
        end = closing_at(text, found.end() - 1)
        if end is None:
            continue
        parts = split_arguments(text[found.end() : end - 1])
        expected = _UNARY.get(found[1])
        at = next((n for n, part in enumerate(parts[:2]) if _wanted_call(part, asked)), None)
        if at is None or (expected is None and len(parts) < 2):
            continue
        case = _equal(parts[at], expected or parts[1 - at], text[found.start() : end], asked)
        if case is not None:
            yield case


def _expected(text: str, asked: Asked) -> Iterator[Case]:
    for found in _EXPECT.finditer(text):
        end = closing_at(text, found.end() - 1)
        matcher = _MATCHER.match(text, end) if end else None
        last = closing_at(text, matcher.end() - 1) if matcher else None
        if end is None or matcher is None or last is None:
            continue
        call = text[found.end() : end - 1].strip()
        if _wanted_call(call, asked):
            expected = split_arguments(text[matcher.end() : last - 1])
            case = _equal(call, expected[0], text[found.start() : last], asked)
            if case is not None:
                yield case


def _wanted_call(source: str, asked: Asked) -> bool:
    if asked.language == "python" and expression(source) is None:
        return False
    found = CALL.match(source)
    return found is not None and call_at(source, found, asked) is not None


def split_arguments(source: str) -> list[str]:
    """The parts between the commas at the top; strings and brackets are passed over."""
    parts: list[str] = []
    start = at = 0
    while at < len(source):
        if source[at] in "([{\"'":
            literal = literal_at(source, at) if source[at] in "\"'" else None
            end = literal.end if literal else closing_at(source, at)
            at = end or at + 1
            continue
        if source[at] == ",":
            parts.append(source[start:at].strip())
            start = at + 1
        at += 1
    return [*parts, source[start:].strip()]
