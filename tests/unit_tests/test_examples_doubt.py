"""Examples that must not be taken at their word: cut lists, and the results of bug reports."""

import pytest

from nodes.checks.examples import find_examples


def results(query: str) -> list[str]:
    return [case.expected for case in find_examples(query, "python", ["f"])]


@pytest.mark.parametrize(
    "query",
    [
        "f(5) = 2, 3, 5, 7, 11",
        "f(6) gives 0, 2, 4, 6",
        "f(7, 2) gives 3 and 1",
        "f(7, 2) gives `3` and `1`",
        "f('Ada Lovelace') gives 'Ada' and 'Lovelace'",
        "f(2) returns 1, 3",
        "f(2) -> 1 and 3",
        "f([3, 1]) = 1 to 3 as a tuple",
        "f([1, 2, 3, 4, 5]) gives [1,2],[3,4],[5]",
        "f(6) prints 0 2 4",
        "f(3) prints 3, 2, 1, Go!",
        "f(1234) returns 1,234",
        "f(6)  # 0, 2, 4",
        "for 7 it returns 3 and 1",
        "Input: 6\nOutput: 0, 2, 4",
        "| n | result |\n|---|---|\n| 6 | 0, 2, 4 |",
        ">>> f(6)\n0, 2, 4",
        ">>> f(3)\n0\n1\n2",
        "f(7) devuelve 3 y 1",
        "f(7) gibt 3 und 1",
        "f(7) renvoie 3 et 1",
        "f(7) dà 3 e 1",
        "f(7) возвращает 3 и 1",
        "f(7) 返回 3 和 1",
        "f(7)は3と1を返す",
    ],
)
def test_first_of_several_values_is_no_result(query: str) -> None:
    assert results(query) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("'1h30m' is 5400, '45s' is 45", ["5400", "45"]),
        ("f(1) is 2, f(2) is 4", ["2", "4"]),
        ("f(1) = 1; f(2) = 4, and f(3) = 9", ["1", "4", "9"]),
        ("1 -> 'I', 4 -> 'IV', 9 -> 'IX'", ["'I'", "'IV'", "'IX'"]),
        ("1 and 2 gives 3, 4 and 5 gives 9", ["3", "9"]),
        ("f(2) returns 4, 0 for an empty list", ["4"]),
        ("f(2) returns True, False otherwise", ["True"]),
        ("f(2) returns 4. 3 is odd", ["4"]),
        ("f(2) gives 4 (2)", ["4"]),
        ("f(2) -> 4\nf(3) -> 9\n", ["4", "9"]),
        ("f(5) = [2, 3, 5]", ["[2, 3, 5]"]),
        ("f(7) = (3, 1), f(8) = (4, 0)", ["(3, 1)", "(4, 0)"]),
    ],
)
def test_several_examples_are_kept(query: str, expected: list[str]) -> None:
    assert results(query) == expected


@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_message_of_an_assert_is_no_second_value(language: str) -> None:
    cases = find_examples("console.assert(f(2) === 4, 'squares')", language, ["f"])
    assert [case.expected for case in cases] == ["4"]


@pytest.mark.parametrize(
    "query",
    [
        "why does f([1,2,3]) return 3? expected 6",
        "f(2, 2) gives 5, that's wrong, please fix",
        "wrong output: f(['a']) == ['a']. Should be ['A']",
        ">>> f(2)\n5\n\nthat is the output I get, what is wrong?",
        "I expected 6 but f([1,2,3]) returns 3",
        "fix my code, f(2) returns 5",
        "f(2) returns 5 and it's broken",
        "my function doesn't work. Input: 2\nOutput: 5",
        "there is a bug: for [1, 2] it returns 2",
        "Mein Code ist falsch: f(2) gibt 5",
        "¿por qué f(2) devuelve 5?",
        "pourquoi f(2) renvoie 5",
        "f(2) restituisce 5, è sbagliato",
        "f(2) retorna 5, está errado",
        "f(2) возвращает 5, это неправильно",
        "f(2) 返回 5,结果不对",
        "バグがある: f(2) は 5 を返す",
    ],
)
def test_what_a_bug_report_saw_is_no_expectation(query: str) -> None:
    assert results(query) == []


@pytest.mark.parametrize(
    "query",
    [
        "fix this: f(2) should return 4 but returns 5",
        "please fix; expected: f(2) == 4",
        "it's broken. f(2) must be 4",
        "fix it: f(2) returns 5 instead of 4",
        "f(2) returns 5, should be 4. fix it",
        "fix this\nassert f(2) == 4",
        "fix my code. Input: 2\nExpected output: 4",
        "está mal, f(2) debe devolver 4",
        "Mein Code ist falsch, f(2) soll 4 ergeben",
    ],
)
def test_what_a_bug_report_demands_is_kept(query: str) -> None:
    assert results(query) == ["4"]


@pytest.mark.parametrize(
    "query",
    [
        "fixed width: f(2) returns 4",
        "a prefix code: f(2) == 4",
        "if the input is wrong return None; f(2) is 4",
        "raise an error if n is negative. f(2) -> 4",
        "Return -1 instead of raising. f(2) -> 4",
        "Expected time is O(n). f(2) -> 4",
        ">>> f(2)\n4",
        "How do I get the square? f(2) -> 4",
        "a string broken into words. f(2) -> 4",
    ],
)
def test_new_code_is_no_bug_report(query: str) -> None:
    assert results(query) == ["4"]
