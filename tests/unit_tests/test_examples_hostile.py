"""Any text at all: no request may stop the finders, or keep them busy."""

# ruff: noqa: RUF001  the signs of other scripts are meant

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.checks.cases import MISSING, Case, Parameter, Signature
from nodes.checks.examples import find_examples
from nodes.checks.expectations import find_expectations, requested_signature

_LANGUAGES = ("python", "javascript", "bash", "java")
_SUBJECT = Signature("f", (Parameter("n"),))
_PIECES = (
    "2024-01-05", "01:30", "007", "0x1F", "0b2", "1_000", "1__0", "1e999", "-", "+", "1.", ".5",
    "9" * 5_000, "0x" + "f" * 5_000, "²", "٣", "१२", "５", "½", "−", "[", "]", "(", ")", "{", "}",
    "[" * 60, "(" * 300, "{" * 9, "list[" * 400, "]" * 400, "'", '"', '"""', "'''", "`", "```",
    "\\", "'\\d'", "'\\N{x}'", "'\\ud800'", "b'é'", "\\u", "“", "”", "«", "»", "‘", "’", "「", "->",
    "=>", "→", "➞", "==", "=", ":", ",", ";", "|", "#", "//", "/*", "*/", "\ud800", "\udfff",
    "\0", "\n", "\r\n", "\u2028", "\x0c", "\t", " ", ">>> ", "... ", "def f(n):", "f(", "f(2)",
    "f (2)", "assert ", "assert f(", "self.assertEqual(f(", "expect(f(2)).toBe(", "returns ",
    "should return ", "Input: ", "Output: ", "| a | b |", "an empty list", "if the list is empty",
    "raises ValueError for ", "is ", "gives ", "for n = ", "returns a list with ٣ values: 1, x, 2",
    "returns 0 if n is less than ", "returns ²", "takes two parameters ", "-> int", "1if 2",
    "True", "null", "f 'a' prints ", "with pytest.raises(ValueError):\n", "Write a function ",
    "that checks if a number is prime", "x == ", "f(x) == [", "{1: ", "{[]}", "{{}: 1}", "[[]] in ",
)  # fmt: skip
_TEXT = st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(_TEXT, st.sampled_from(_LANGUAGES), st.sampled_from([(), ("f",), ("f", "g")]))
def test_no_text_makes_the_finders_raise(text: str, language: str, names: tuple[str, ...]) -> None:
    found = [*find_examples(text, language, names), *find_expectations(text, language, _SUBJECT)]

    assert all(isinstance(case, Case) and repr(case) for case in found)


@settings(max_examples=100, deadline=None)
@given(_TEXT, _TEXT)
def test_no_annotation_makes_the_finders_raise(text: str, annotation: str) -> None:
    subject = Signature("f", (Parameter(text[:50], annotation), Parameter("n")), annotation)

    assert isinstance(find_expectations(f"Write f. {text}", "python", subject), list)


@pytest.mark.parametrize("number", ["007", "2024-01-05", "01:30", "9" * 5_000, "٣", "5²"])
def test_what_is_no_number_of_python_costs_only_its_own_example(number: str) -> None:
    query = f"On {number} it is due. f(2) == 4, f({number}) == {number}, f(3) == {number}."

    cases = find_examples(query, "python", ["f"])

    assert [(case.call, case.value) for case in cases] == [("f(2)", 4)]


def test_number_in_hexadecimal_is_bounded_like_any_other() -> None:
    cases = find_examples(f"f(1) == 0x{'f' * 5_000}, f(2) == 0x{'f' * 800}", "python", ["f"])

    assert all(case.value is MISSING for case in cases)
    assert find_examples("f(1) == 0x1f", "python", ["f"])[0].value == 31


@pytest.mark.parametrize("nested", ["list[" * 1_500 + "int" + "]" * 1_500, "int" + "[]" * 3_000])
def test_annotation_nested_without_end_says_nothing(nested: str) -> None:
    query = f"def f(n) -> {nested}:"
    subject = Signature("f", (Parameter("n", nested),), nested)

    cases = find_expectations(query, "python", subject)

    assert {case.origin for case in cases} <= {"smoke"}


def test_escape_that_python_warns_of_is_read_without_a_warning() -> None:
    (case,) = find_examples(r"f('\d') == '\w'", "python", ["f"])

    assert case.value == r"\w"


def test_half_of_a_surrogate_pair_never_reaches_a_case() -> None:
    cases = find_examples("f('a\ud800') == 1, f('b') == 2", "python", ["f"])

    assert [case.call.encode() for case in cases] == [b"f('a?')", b"f('b')"]


@pytest.mark.parametrize("quoted", ["f([1, ')']) == 2", "f([“)”, “(”]) == 2", "f({'a': '}'}) == 2"])
def test_brackets_within_quotes_close_nothing(quoted: str) -> None:
    assert [case.value for case in find_examples(quoted, "javascript", ["f"])] == [2]


_HOSTILE = {
    "open lists": "[1, ",
    "open calls": "f(1, ",
    "open calls and a value": "f(1) (",
    "numbers": "1 2 3 4 ",
    "numbers and ties": "for 1 it is 2, ",
    "lists and ties": "[1] returns ",
    "nested": "[" * 19 + "1, 2, x" + "]" * 19,
    "nested calls": "f(" * 19 + "1, 2, x" + ")" * 19,
    "closed late": "f([1, 2, " * 9 + "3" + "])" * 8,
    "long open calls": "f(" + "a" * 198,
    "quotes": "f('a\" (",
    "escaped quotes": "'\\' [\"\\\" ",
    "asserts": "assert f(\n",
    "asserts on one line": "assert f(1) == [",
    "tests": "self.assertEqual(f(1, ",
    "expectations": "expect(f(1)).toBe(expect(",
    "commands": "f a ",
    "names": "n = 1, ",
    "labels": "Input: 1\n",
    "label words": "Input: a Output: ",
    "tables": "| 1 | 2 |\n",
    "sessions": ">>> f(1)\n[1, \n",
    "statements": "def f(a, ",
    "comments": "/* ",
    "docstrings": "def f():\n '''a ",
    "blanks": " \t",
    "blank lines": "\n \n",
    "words": "returns the list of the ",
    "conditions": "return 0 if the list is ",
    "empties": "an empty list ",
    "errors": "raises ValueError if ",
    "backticks": "`a` ",
    "maths": "the greatest common divisor of two numbers and ",
    "hashes": "# // -- ",
    "minus": "-",
    "words without end": "a",
    "digits without end": "1",
    "digits and underscores": "1_",
    "dots": "a.",
    "brackets": "()",
    "angles": "fn f<",
    "slashes": "\\",
    "stars": "**",
    "ideographs": "返回列表的",
}


@pytest.fixture(scope="module", autouse=True)
def _patterns_compiled() -> None:
    find_expectations("Write a function that checks if a number is prime.", "python", _SUBJECT)


@pytest.mark.parametrize("piece", _HOSTILE.values(), ids=_HOSTILE)
@pytest.mark.parametrize("language", ["python", "bash"])
def test_hostile_text_costs_less_than_half_a_second(piece: str, language: str) -> None:
    text = (piece * 30_000)[:30_000]
    began_s = time.process_time()

    find_examples(text, language, ["f"])
    find_expectations(text[:8_000], language, _SUBJECT)
    requested_signature(text[:8_000])

    assert time.process_time() - began_s < 0.5
