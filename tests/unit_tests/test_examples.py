"""Examples in code's own notation: sessions, asserts, calls, labels and tables."""

# ruff: noqa: RUF001  the signs of other scripts are meant
from typing import Any

import pytest

from nodes.checks.cases import MISSING, Case
from nodes.checks.examples import find_examples


def found(query: str, *names: str, language: str = "python") -> dict[str, str]:
    return {case.call: case.expected for case in find_examples(query, language, names)}


def goes(query: str, *names: str) -> list[tuple[tuple[Any, ...] | None, Any]]:
    return [(case.arguments, case.value) for case in find_examples(query, "python", names)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("`f(2)` == 4", {"f(2)": "4"}),
        ("f(2) = 4", {"f(2)": "4"}),
        ("f(2) -> 4", {"f(2)": "4"}),
        ("f(2) => 4", {"f(2)": "4"}),
        ("f(2) ==> 4", {"f(2)": "4"}),
        ("f(2) ➞ 4", {"f(2)": "4"}),
        ("f(2) → 4", {"f(2)": "4"}),
        ("f(2) returns 4.", {"f(2)": "4"}),
        ("f(2) should return 4 because it doubles", {"f(2)": "4"}),
        ("print(f(2))  # 4", {"f(2)": "4"}),
        ("f(2)  # returns 4", {"f(2)": "4"}),
        ("for f(7, 34, 12) == 34", {"f(7, 34, 12)": "34"}),
        ("* f([]) => []", {"f([])": "[]"}),
        ("f(2) => 4, and f('a b')[0] == 'b'", {"f(2)": "4", "f('a b')[0]": "'b'"}),
        ("f(2) = 1 + (2 / 2) = 2", {"f(2)": "2"}),
        ("f(3) == [0] * 3", {"f(3)": "[0] * 3"}),
        ("f(-1) -> None  # nothing there", {"f(-1)": "None"}),
        ("f({'a': 1}) == {'a': [1, 2]}", {"f({'a': 1})": "{'a': [1, 2]}"}),
        ("f(\n    1,\n    2,\n) == 3", {"f( 1, 2, )": "3"}),
        ("f(2) devuelve 4", {"f(2)": "4"}),
        ("f(2) gibt 4 zurück", {"f(2)": "4"}),
        ("f(2) renvoie 4", {"f(2)": "4"}),
        ("f(2) deve retornar 4", {"f(2)": "4"}),
        ("f(2) restituisce 4", {"f(2)": "4"}),
        ("f(2) возвращает 4", {"f(2)": "4"}),
        ("f(2) 应该返回 4", {"f(2)": "4"}),
        ("f(2) は 4 を返す", {"f(2)": "4"}),
        ("f(2)는 4를 반환한다", {"f(2)": "4"}),
        ("f(2) 4 döndürür", {"f(2)": "4"}),
    ],
)
def test_a_call_and_what_it_gives(query: str, expected: dict[str, str]) -> None:
    assert found(query, "f") == expected


@pytest.mark.parametrize(
    "query",
    [
        "f(n) = f(n-1) + f(n-2)",
        "f(x) returns 4 for some x",
        "def f() -> None:\n    pass",
        "f(1, ..., 9) == 45",
        "f(9) == [1, 2, ...]",
        "f(9) == 12...",
        "f(2) != 4",
        "len([1, 2]) == 2",
        "f(2) takes 4 seconds",
        "f(2) == 4 is what it must not be; f(2) == 5",
        "f(2)  # 5, which is wrong",
        "currently f(2) returns 5",
    ],
)
def test_what_is_no_example(query: str) -> None:
    assert found(query, "f") == {}


@pytest.mark.parametrize(
    ("query", "right"),
    [
        ("currently f(2) returns 5 but should return 4", "4"),
        ("f(2) gives 5 instead of 4", "4"),
        ("f(2) should return 4 instead of 5", "4"),
        ("f(2) returns 5, expected 4", "4"),
        ("f(2) devuelve 5 en lugar de 4", "4"),
        ("print(f(2))  # prints 5, should be 4", "4"),
    ],
)
def test_of_a_wrong_and_a_right_result_the_right_one_counts(query: str, right: str) -> None:
    assert found(query, "f") == {"f(2)": right}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("assert f(2) == 4", {"f(2)": "4"}),
        ("must pass: `assert f('a b')=='b a'`", {"f('a b')": "'b a'"}),
        ("assert f(2) is True", {"f(2)": "True"}),
        ("assert not f(2)", {"bool(not f(2))": "True"}),
        ("assert(f(2) == (4, 5))", {"f(2)": "(4, 5)"}),
        ("assert abs(f(3) - 0.5) < 1e-6", {"bool(abs(f(3) - 0.5) < 1e-6)": "True"}),
        ("assert set(f([1, 1])) == set([1])", {"set(f([1, 1]))": "set([1])"}),
        ("assert math.isclose(f(2), 0.5)", {"bool(math.isclose(f(2), 0.5))": "True"}),
        ("assert f([[1,\n 2]]) == [2,\n 1], 'why'", {"f([[1, 2]])": "[2, 1]"}),
        ("assert 4 == f(2)", {"f(2)": "4"}),
        ("self.assertEqual(f(2), 4)", {"f(2)": "4"}),
        ("self.assertTrue(f(2))", {"f(2)": "True"}),
    ],
)
def test_asserts(query: str, expected: dict[str, str]) -> None:
    assert found(query, "f") == expected


def test_an_error_that_a_test_expects() -> None:
    (case,) = find_examples("with pytest.raises(ValueError):\n    f(-1)", "python", ["f"])
    assert (case.call, case.raises) == ("f(-1)", "ValueError")


def test_a_session_in_a_docstring() -> None:
    query = '''def f(x):
    """Doubles.

    >>> f(2)
    4
    >>> f([1,
    ...    2])
    [1, 2, 1, 2]
    >>> f('x')  # twice
    'xx'
    >>> f(None)
    Traceback (most recent call last):
        ...
    TypeError: nothing to double
    """
'''
    cases = {case.call: case for case in find_examples(query, "python", ["f"])}
    assert cases["f(2)"].value == 4
    assert cases["f([1,\n   2])"].value == [1, 2, 1, 2]
    assert cases["f('x')"].value == "xx"
    assert cases["f(None)"].raises == "TypeError"


def test_a_session_builds_on_its_earlier_steps() -> None:
    query = ">>> s = Stack()\n>>> s.push(1)\n>>> s.pop()\n1\n"
    assert found(query, "Stack", "push", "pop") == {"s = Stack()\ns.push(1)\ns.pop()": "1"}


def test_what_a_session_prints_is_compared_as_text() -> None:
    (case,) = find_examples(">>> print(f(2))\na\nb\n", "python", ["f"])
    assert case.prints == "a\nb"


@pytest.mark.parametrize(
    ("language", "query", "name", "expected"),
    [
        ("javascript", "// >>> f([1, 2])\n// true\nfunction f(a) {", "f", {"f([1, 2])": "true"}),
        ("typescript", '//>>> f("a")\n// "b"', "f", {'f("a")': '"b"'}),
        ("bash", '# >>> $(f "7" "8")\n# "56"\nf() {', "f", {'$(f "7" "8")': '"56"'}),
        (
            "cpp",
            "// >>> f((std::vector<long>({(long)1})), (5))\n// (false)\nbool f(",
            "f",
            {"f((std::vector<long>({(long)1})), (5))": "(false)"},
        ),
        (
            "java",
            "    // >>> f((new ArrayList<Long>(Arrays.asList((long)1l))))\n    // (1l)\n",
            "f",
            {"f((new ArrayList<Long>(Arrays.asList((long)1l))))": "(1l)"},
        ),
        ("javascript", "expect(f('a')).toEqual({ b: [1] })", "f", {"f('a')": "{ b: [1] }"}),
        ("javascript", "assert.deepEqual(f(2), [4]);", "f", {"f(2)": "[4]"}),
        ("javascript", "console.log(f(2)); // => 4", "f", {"f(2)": "4"}),
        ("java", "assertEquals(4, f(2));", "f", {"f(2)": "4"}),
        ("bash", "`slug 'A B'` prints `a-b`", "slug", {"$(slug 'A B')": "a-b"}),
    ],
)
def test_other_languages(language: str, query: str, name: str, expected: dict[str, str]) -> None:
    assert found(query, name, language=language) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Input: nums = [2, 7], target = 9\nOutput: [0, 1]", [(([2, 7], 9), [0, 1])]),
        ("Example 1:\n\n  Input: [4, 2]\n  Output: [2, 1]\n", [(([4, 2],), [2, 1])]),
        ('**Input:** `"ab"`  **Output:** `"ba"`', [(("ab",), "ba")]),
        ("Eingabe: 5\nAusgabe: 120", [((5,), 120)]),
        ("入力: [1, 2]\n出力: 3", [(([1, 2],), 3)]),
        ("输入：5\n输出：120", [((5,), 120)]),
        ("Entrada: [1]\nSalida: 1  # una sola", [(([1],), 1)]),
        ("Input: abc\nOutput: cba\n", [(("abc",), "cba")]),
        ("For lst = [1, 2] the output should be 5", [(([1, 2],), 5)]),
        ('For s = "ab", c = "b", the result should be ("a", True)', [(("ab", "b"), ("a", True))]),
        ("| input | output |\n|---|---|\n| `'a'` | 1 |\n| b | 2 |", [(("a",), 1), (("b",), 2)]),
        ("| a | b | expected |\n|--|--|--|\n| 1 | 2 | 3 |", [((1, 2), 3)]),
        ("Input: [1, 2]\nOutput: the sum", []),
    ],
)
def test_labels_and_tables(query: str, expected: list[tuple[tuple[Any, ...], Any]]) -> None:
    assert goes(query, "solve") == expected


def test_a_program_gets_its_input_and_must_print_its_output() -> None:
    query = "Write a program that reads n.\n\nInput:\n```\n3\n1 2 3\n```\nOutput:\n```\n6\n```\n"
    (case,) = find_examples(query, "python", [])
    assert (case.stdin, case.prints) == ("3\n1 2 3\n", "6\n")


def test_literals_become_values() -> None:
    query = "f({'a': (1,), 'b': {2}}, -1.5e3, null, [true]) == set()"
    (case,) = find_examples(query, "javascript", ["f"])
    assert case.arguments == ({"a": (1,), "b": {2}}, -1500.0, None, [True])
    assert case.value == set()


def test_a_value_that_is_no_literal_stays_source() -> None:
    (case,) = find_examples("f(3) == [0] * 3", "python", ["f"])
    assert case.value is MISSING


def test_examples_that_contradict_each_other_are_left_out() -> None:
    assert found("f(1) == 2\nf(1) == 3\nf(5) == 6", "f") == {"f(5)": "6"}


def test_a_string_in_brackets_among_tuples_may_lack_its_comma() -> None:
    assert found('f(1) == ("a", "b")\nf(2) == ("c")', "f") == {"f(1)": '("a", "b")'}


def test_a_function_of_another_name_gives_its_values_with_less_weight() -> None:
    (case,) = find_examples("double(2) == 4", "python", ["twice"])
    assert (case.call, case.arguments, case.value) == ("", (2,), 4)
    assert case.weight < 0.85


def weight_of(query: str) -> float:
    case: Case
    (case,) = find_examples(query, "python", ["f"])
    return case.weight


def test_the_surer_the_notation_the_heavier_the_case() -> None:
    assert weight_of("assert f(2) == 4") > weight_of("f(2) should return 4")
    assert weight_of("f(2) should return 4") > weight_of("for 2 it returns 4")


def test_a_rounded_fraction_weighs_less() -> None:
    assert weight_of("f(2) -> 0.67") < weight_of("f(2) -> 1")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "f(",
        "f(((((" * 500,
        "'" * 3000,
        "[" * 5000,
        "f('" * 900,
        "a" * 30_000,
        "reads stdin\nInput\n3\n" * 900,
        " " * 30_000,
        "assert f(\n" * 900,
    ],
)
def test_no_text_is_too_odd(query: str) -> None:
    assert find_examples(query, "python", ["f"]) == []
