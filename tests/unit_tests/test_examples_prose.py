"""Examples in sentences, as people write them, in several languages."""

# ruff: noqa: RUF001  the signs of other scripts are meant
from typing import Any

import pytest

from nodes.checks.examples import find_examples

NOTHING: list[tuple[tuple[Any, ...], Any]] = []


def goes(query: str) -> list[tuple[tuple[Any, ...] | None, Any]]:
    cases = find_examples(query, "python", ["solve"])
    return [(case.arguments, case.value) for case in cases]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Turn a duration into seconds: '1h30m' is 5400.", [(("1h30m",), 5400)]),
        ("Sum the numbers. An empty list gives 0.", [(([],), 0)]),
        ("for [1, 2, 3] it returns 6", [(([1, 2, 3],), 6)]),
        ("Reverse the word, so 'abc' becomes 'cba'.", [(("abc",), "cba")]),
        ("Roman numerals, e.g. 12 -> 'XII'", [((12,), "XII")]),
        ("Roman numerals: 1 -> 'I', 4 -> 'IV', 9 -> 'IX'", [((4,), "IV"), ((9,), "IX")]),
        ("factorial; given 5, return 120", [((5,), 120)]),
        ("It returns None if the list is empty.", [(([],), None)]),
        ("If the string is empty, return 0.", [(("",), 0)]),
        ("Return -1 for an empty list", [(([],), -1)]),
        ("returns 0 for an empty string", [(("",), 0)]),
        ("the gcd of 12 and 18 is 6", [((12, 18), 6)]),
        ("given 'a,b' and ',' it gives ['a', 'b']", [(("a,b", ","), ["a", "b"])]),
        ("'2:30' should come out as 150", [(("2:30",), 150)]),
        ("[3, 1, 2] turns into [1, 2, 3]", [(([3, 1, 2],), [1, 2, 3])]),
        ('A string like "2:30" returns 150', [(("2:30",), 150)]),
        ("- `hello world` → `dlrow olleh`", [(("hello world",), "dlrow olleh")]),
        ("- `[1, 2]` → `3`\n- `[]` → `0`", [(([1, 2],), 3), (([],), 0)]),
        ("Given nums = [1, 2] and k = 1, return 2", [(([1, 2], 1), 2)]),
        ("when n is 5 the result is 120", [((5,), 120)]),
        ("“radar” returns true", [(("radar",), True)]),
        ("{'a': 1} becomes {1: 'a'}", [(({"a": 1},), {1: "a"})]),
        ("'a' gives 2 but it should give 1", [(("a",), 1)]),
        ("an empty string returns an empty list", [(("",), [])]),
        ("for 0.5 the result should be 0.25", [((0.5,), 0.25)]),
        ("with the input (1, 2) it yields 3", [(((1, 2),), 3)]),
        ("e.g. -5 gives 5", [((-5,), 5)]),
        ("for example: None returns False", [((None,), False)]),
    ],
)
def test_english(query: str, expected: list[tuple[tuple[Any, ...], Any]]) -> None:
    found = goes(query)
    assert [pair for pair in expected if pair not in found] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Invierte la cadena: 'hola' devuelve 'aloh'", [(("hola",), "aloh")]),
        ("para [1, 2, 3] debe devolver 6", [(([1, 2, 3],), 6)]),
        ("una lista vacía da 0", [(([],), 0)]),
        ("Por ejemplo, 12 -> 'XII'", [((12,), "XII")]),
        ("devuelve 0 si la lista está vacía", [(([],), 0)]),
        ("die für [1, 2, 3] den Wert 6 zurückgibt", [(([1, 2, 3],), 6)]),
        ("Für 'abc' soll die Funktion 'cba' zurückgeben", [(("abc",), "cba")]),
        ("Eine leere Liste ergibt 0", [(([],), 0)]),
        ("gibt 0 zurück, wenn die Liste leer ist", [(([],), 0)]),
        ("Pour [3, 1] la fonction renvoie [1, 3]", [(([3, 1],), [1, 3])]),
        ("'abc' devient 'cba'", [(("abc",), "cba")]),
        ("une liste vide donne 0", [(([],), 0)]),
        ("« abc » donne « cba »", [(("abc",), "cba")]),
        ("Para 10 deve retornar 55", [((10,), 55)]),
        ("'abc' vira 'cba'", [(("abc",), "cba")]),
        ("La funzione restituisce 6 per [1, 2, 3]", [(([1, 2, 3],), 6)]),
        ("'abc' diventa 'cba'", [(("abc",), "cba")]),
        ("Для [1, 2, 3] функция возвращает 6", [(([1, 2, 3],), 6)]),
        ("Например, 'abc' становится 'cba'", [(("abc",), "cba")]),
        ("Пустой список даёт 0", [(([],), 0)]),
        ("写一个函数，输入 [1, 2, 3] 返回 6", [(([1, 2, 3],), 6)]),
        ("例如，'abc' 变成 'cba'", [(("abc",), "cba")]),
        ("空列表返回 0", [(([],), 0)]),
        ("[1, 2, 3] を渡すと 6 を返す関数", [(([1, 2, 3],), 6)]),
        ("例えば 'abc' は 'cba' になります", [(("abc",), "cba")]),
        ("空のリストは 0 を返す", [(([],), 0)]),
        ("[1, 2, 3]을 입력하면 6을 반환하는 함수", [(([1, 2, 3],), 6)]),
        ("'abc'는 'cba'를 반환", [(("abc",), "cba")]),
        ("'abc' için 'cba' döndürür", [(("abc",), "cba")]),
        ("boş liste 0 döndürür", [(([],), 0)]),
    ],
)
def test_other_natural_languages(query: str, expected: list[tuple[tuple[Any, ...], Any]]) -> None:
    assert goes(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "for N = 1000, the sum of digits will be 1",
        "Support Python 3.11 and return 4 values",
        "numbers from 1 to 10 are printed, 5 a line",
        "if the list has 3 elements, 2 is returned",
        "If 'text' is an empty string, raise",
        "It must run in 2 seconds for 1000000 elements",
        "'a' and 'b' are not equal",
        "Currently 'a' gives 2.",
        "raise ValueError with a message",
        "Use `int` → `str` conversion in solve(x)",
        "x = 5\ny = 6\nreturn x",
        "def solve(n):\n    if n == 'a':\n        return 1\n    return 2",
        "{'port': 80, 'host': 'a'}",
        "version 2 is 3 times faster",
    ],
)
def test_sentences_that_hold_no_example(query: str) -> None:
    assert goes(query) == NOTHING


@pytest.mark.parametrize(
    ("query", "arguments", "error"),
    [
        ("raise ValueError on negative numbers", (-1,), "ValueError"),
        ("It raises a TypeError for 'abc'.", ("abc",), "TypeError"),
        ("raise ValueError if the list is empty", ([],), "ValueError"),
        ("lanza ValueError para una lista vacía", ([],), "ValueError"),
        ("lève ValueError si la liste est vide", ([],), "ValueError"),
    ],
)
def test_errors_that_are_asked_for(query: str, arguments: tuple[Any, ...], error: str) -> None:
    (case,) = find_examples(query, "python", ["solve"])
    assert (case.origin, case.arguments, case.raises) == ("stated", arguments, error)


def test_prose_weighs_less_than_code() -> None:
    (case,) = find_examples("'abc' becomes 'cba'", "python", ["solve"])
    assert 0.6 <= case.weight <= 0.8


def test_the_evidence_is_the_words_of_the_request() -> None:
    (case,) = find_examples("Durations: '1h30m' is 5400, of course", "python", ["solve"])
    assert case.quote == "'1h30m' is 5400"
