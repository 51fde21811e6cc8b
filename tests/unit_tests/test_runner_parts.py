from __future__ import annotations

import pytest

from nodes.checks.answer import Answer
from nodes.checks.cases import Case
from nodes.checks.runners.assembly import assemble, names_wanted
from nodes.checks.runners.cpp_literals import cpp_literal
from nodes.checks.runners.definitions import functions
from nodes.checks.runners.java_literals import java_literal
from nodes.checks.runners.java_source import java_source
from nodes.checks.runners.literals import UnwritableError, script_literal, shell_text
from nodes.checks.runners.reports import equal, lines, numbered, seen_of
from nodes.checks.runners.trees import parse
from nodes.checks.sandbox import Ran


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.1 + 0.2, 0.3, True),
        (1, 1.0, True),
        (1, True, False),
        (10**20, 10**20 + 1, False),
        ([1, [2.0]], (1, (2,)), True),
        ([1, 2], [1, 2, 3], False),
        ({"1": [2]}, {1: [2]}, True),
        (frozenset({1, 2}), [2, 1], True),
        (float("nan"), float("nan"), True),
        ("1", 1, False),
        (None, 0, False),
    ],
)
def test_results_are_compared_by_value(one: object, other: object, same: bool) -> None:
    assert equal(one, other) is same
    assert equal(other, one) is same


def test_in_c_true_is_one() -> None:
    assert equal(True, 1, loose=True)
    assert not equal(True, 2, loose=True)


def test_only_marked_lines_are_reports() -> None:
    stdout = '{"case": 1}\nnoise M1{"case": 2, "outcome": "returned"}\nM1 broken\nM1[3]\n'
    assert lines(Ran(0, stdout, "", 0.1), "M1") == [{"case": 2, "outcome": "returned"}]


@pytest.mark.parametrize(
    ("ran", "of_begun"),
    [
        (Ran(None, "", "", 1.0, "wall"), "timed_out"),
        (Ran(None, "", "", 1.0, "memory"), "raised"),
        (Ran(139, "", "Segmentation fault", 1.0), "raised"),
        (Ran(0, "", "", 1.0), "not_run"),
    ],
)
def test_only_a_case_that_has_begun_can_be_cut_off(ran: Ran, of_begun: str) -> None:
    done = {"case": 0, "outcome": "returned"}
    found = numbered([{"case": 0, "begun": True}, done, {"case": 1, "begun": True}], ran, 3)
    assert [one["outcome"] for one in found] == ["returned", of_begun, "not_run"]


def test_an_error_counts_by_its_class_or_a_class_above() -> None:
    report = {"outcome": "raised", "error": "RangeError", "kinds": ["RangeError", "Error"]}
    wanted = {
        "RangeError": "passed",
        "Error": "passed",
        "Exception": "passed",
        "TypeError": "raised",
    }
    for raises, outcome in wanted.items():
        assert seen_of(Case("stated", 0.5, "", raises=raises), report).outcome == outcome


def test_a_value_without_a_python_form_is_not_judged() -> None:
    report = {"outcome": "returned", "value": {"opaque": "Thing@1"}, "expected": 3}
    assert seen_of(Case("stated", 0.5, "", expected="3"), report).outcome == "not_run"


@pytest.mark.parametrize(
    ("value", "kind", "literal"),
    [
        ([1, 2], "const std::vector<int>&", "{static_cast<int>(1), static_cast<int>(2)}"),
        ("a\n", "string", 'std::string("a\\012", 2)'),
        (None, "std::optional<int>", "std::nullopt"),
        ("c", "char", "static_cast<char>(99)"),
    ],
)
def test_cpp_literals(value: object, kind: str, literal: str) -> None:
    assert cpp_literal(value, kind) == literal


@pytest.mark.parametrize(
    ("value", "kind", "literal"),
    [
        (1, "long", "1L"),
        (2, "Double", "2.0"),
        ([[1], []], "int[][]", "new int[][] {new int[] {1}, new int[] {}}"),
        ({"a": 1}, "Map<String, Integer>", 'Harness__.<String, Integer>map("a", 1)'),
        ("x", "char", "(char) 120"),
    ],
)
def test_java_literals(value: object, kind: str, literal: str) -> None:
    assert java_literal(value, kind) == literal


@pytest.mark.parametrize(
    ("value", "kind"), [("a", "int"), (None, "int"), (1.5, "int"), (2**40, "int"), ([1], "Thing")]
)
def test_what_a_type_cannot_hold_is_refused(value: object, kind: str) -> None:
    with pytest.raises(UnwritableError):
        java_literal(value, kind)
    with pytest.raises(UnwritableError):
        cpp_literal(value, kind) if value != 2**40 else cpp_literal(2**64, kind)


def test_script_and_shell_values() -> None:
    assert script_literal({"a": [True, None, float("inf")]}) == '{["a"]: [true, null, Infinity]}'
    assert shell_text([[1, 2], ["x", True]]) == "1 2\nx true"
    with pytest.raises(UnwritableError):
        script_literal(2**60)


def test_a_whole_answer_is_not_taken_for_a_body() -> None:
    query = "Complete:\n```js\nconst k = 1;\nfunction f(x) {\n```"
    whole = "function g(x) { return x; }\nfunction f(x) { return g(x) + k; }"
    made = assemble(Answer(query, f"```js\n{whole}\n```"), "javascript", ())
    assert made == f"const k = 1;\n{whole}"
    assert names_wanted(Answer(query, ""), "javascript") == {"f"}


def test_parameters_with_types_and_defaults() -> None:
    (found,) = functions(parse("int f(const vector<int>& v, int arr[], int k = 2) {}", "cpp"))
    assert [(p.name, p.type, p.has_default) for p in found.signature.parameters] == [
        ("v", "const vector<int>&", False),
        ("arr", "int []", False),
        ("k", "int", True),
    ]


def test_bare_methods_get_the_class_of_the_request() -> None:
    made = java_source("static int f(int n) { return n; }", is_fragment_of="class Problem {\n")
    assert made.functions["f"].owner == "Problem"
