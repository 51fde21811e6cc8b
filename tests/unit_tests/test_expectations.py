"""Edge cases in words, promised properties, ordinary calls, and signatures of a request."""

from __future__ import annotations

from typing import Any

import pytest

from nodes.checks.cases import Case, Parameter, Seen, Signature
from nodes.checks.expectations import find_expectations, requested_signature, wrong_arity


def signature(*names: str, name: str = "solve", returns: str = "") -> Signature:
    parts = [one.partition(":") for one in names]
    return Signature(name, tuple(Parameter(n, t.strip()) for n, _, t in parts), returns)


def expected(query: str, origin: str, *names: str, language: str = "python") -> list[Case]:
    return [c for c in find_expectations(query, language, signature(*names)) if c.origin == origin]


def judged(case: Case, value: Any, after: tuple[Any, ...] | None = None) -> str | None:
    assert case.judge is not None
    return case.judge(Seen("returned", value, repr(value), "", after))


STATED = [
    ("Return None for an empty list.", "nums", ([],), None),
    ("If the list is empty, return 0.", "nums", ([],), 0),
    ("An empty string gives 0.", "s", ("",), 0),
    ("Return an empty list for an empty input.", "nums", ([],), []),
    ("Return 0 if the list is empty or contains no even numbers", "nums", ([],), 0),
    ("Returns False for negative numbers", "n", (-1,), False),
    ("Returns -1 for n < 0", "n", (-1,), -1),
    ("Return -1 if the target is not found.", "arr,target", ([3, 1, 4, 1, 5], 99), -1),
    ("Devuelve una lista vacía si la entrada está vacía.", "nums", ([],), []),
    ("Gibt None zurück, wenn die Liste leer ist.", "nums", ([],), None),
    ("Renvoie 0 si la liste est vide.", "nums", ([],), 0),
    ("Возвращает None, если список пуст.", "nums", ([],), None),
    ("如果列表为空,返回0。", "nums", ([],), 0),
]


@pytest.mark.parametrize(("query", "names", "arguments", "value"), STATED)
def test_a_stated_edge_case_is_tried(
    query: str, names: str, arguments: tuple[Any, ...], value: Any
) -> None:
    case = expected(query, "stated", *names.split(","))[0]

    assert case.arguments == arguments
    assert judged(case, value) is None
    assert judged(case, 7) is not None


RAISED = [
    ("Raise ValueError if n is negative.", "n", (-1,), "ValueError"),
    ("It should raise a TypeError when the input is None.", "s", (None,), "TypeError"),
    ("Raise ZeroDivisionError if b is zero.", "a,b", (6, 0), "ZeroDivisionError"),
    ("It throws an error if n is less than 1", "n", (0,), "Exception"),
    ("Lanza ValueError si el número es negativo.", "n", (-1,), "ValueError"),
]


@pytest.mark.parametrize(("query", "names", "arguments", "error"), RAISED)
def test_a_stated_error_is_tried(
    query: str, names: str, arguments: tuple[Any, ...], error: str
) -> None:
    case = expected(query, "stated", *names.split(","))[0]

    assert (case.arguments, case.raises) == (arguments, error)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Return True if the number is negative and even", "n"),
        ("Return 1 if the sum of the list is negative", "nums"),
        ("Return an empty list if there are no even numbers.", "nums"),
        ("Return 0 if the first element is zero", "nums"),
        ("Return None if n is negative", "s,t"),
        ("Raise ValueError if the string contains an empty line", "s"),
        ("Remove all empty strings from the list", "words"),
        ("Return the number of empty lists", "lst"),
        ("Raise ValueError if either list is empty", "list1,list2"),
        ("Return True if the list has less than 2 elements", "nums"),
    ],
)
def test_what_is_not_understood_word_by_word_states_nothing(query: str, names: str) -> None:
    assert expected(query, "stated", *names.split(",")) == []


def test_two_results_for_one_input_cancel_out() -> None:
    query = "Return 0 if the list is empty. Return None if the list is empty."

    assert expected(query, "stated", "nums") == []


def test_listed_values_and_keys_are_expected() -> None:
    things = "returns a list with three values: the number 5, the string 'x', the capital of Spain"
    keys = "returns an object mapping the heroes Anna, Bert and Carl-Otto to their real names"
    (listed,), (keyed,) = expected(things, "stated"), expected(keys, "stated")

    assert judged(listed, [5, "x", "Madrid"]) is None
    assert judged(listed, [5, "x"]) is not None
    assert judged(listed, [6, "x", "Madrid"]) is not None
    assert judged(keyed, {"Anna": "A", "Bert": "B", "Carl-Otto": "C"}) is None
    assert judged(keyed, {"Anna": "A", "Bert": "B", "CarlOtto": "C"}) is not None


PROMISED = [
    ("It returns a sorted list of the numbers.", "nums", [1, 2, 3], [3, 1]),
    ("It returns the words in descending order", "words", ["b", "a"], ["a", "b"]),
    ("It returns the unique elements of a list", "nums", [1, 2], [1, 1]),
    ("Returns a list of the factors", "n", [1, 2], 3),
    ("Returns a dictionary of counts", "s", {"a": 1}, [1]),
    ("Returns a boolean", "n", True, "yes"),
    ("Returns a non-negative integer", "n", 3, -3),
    ("The price is rounded to 2 decimal places", "price", 2.25, 2.2512),
    ("It returns the text in uppercase", "text", "AB", "aB"),
    ("Shuffle a list", "nums", [5, 1, 4, 1, 3], [1, 2, 3]),
]


@pytest.mark.parametrize(("query", "name", "good", "bad"), PROMISED)
def test_words_promise_a_property(query: str, name: str, good: Any, bad: Any) -> None:
    cases = expected(query, "property", name)
    after = cases[0].arguments

    assert all(judged(case, good, after) is None for case in cases[:1])
    assert any(judged(case, bad, after) is not None for case in cases)


@pytest.mark.parametrize(
    "query",
    [
        "Return the words sorted by length",
        "Return the list in ascending order if flag is set",
        "Check whether the list is sorted in ascending order",
        "Return the number of unique elements",
        "Return a list, or None when nothing matches",
        "Return a string if the value is large, otherwise an integer",
    ],
)
def test_words_that_depend_on_more_promise_nothing(query: str) -> None:
    assert expected(query, "property", "nums") == []


def test_an_input_that_must_not_change_is_watched() -> None:
    case = expected("Do not modify the original list.", "property", "nums")[0]
    assert case.arguments is not None

    assert judged(case, None, case.arguments) is None
    assert judged(case, None, ([1],)) is not None


def test_what_ignores_case_is_the_same_in_either() -> None:
    case = expected("Check if the text is an isogram, ignoring case", "property", "text")[0]

    assert case.call == 'solve("LEVEL") == solve("level")'
    assert judged(case, False) is not None
    assert judged(case, True) is None


def test_an_ordinary_call_must_not_trip() -> None:
    cases = expected("Do something with the text", "smoke", "text: str", "k: int")
    slips = [Seen("raised", error=name) for name in ("TypeError", "NameError")]

    assert cases[0].arguments == ("hello world", 2)
    for slip in slips:
        assert any(case.judge is not None and case.judge(slip) for case in cases)
    for error in ("ValueError", "CustomError"):
        seen = Seen("raised", error=error)
        assert not any(case.judge is not None and case.judge(seen) for case in cases)


def test_a_call_that_the_request_shows_is_the_ordinary_one() -> None:
    query = "Write solve(num). For instance solve('AB12') counts the digits."

    assert {case.arguments for case in expected(query, "smoke", "num")} == {("AB12",)}


@pytest.mark.parametrize("names", [(), ("node",), ("text: Callable[[int], int]",), ("x",)])
def test_what_nobody_can_call_is_not_called(names: tuple[str, ...]) -> None:
    assert expected("Do something useful", "smoke", *names) == []


SIGNATURES = [
    ("def area(w: int, h: int = 1) -> int:", "area", ["w", "h"], "int"),
    ("Write a javascript function gcf(a, b) that works", "gcf", ["a", "b"], ""),
    ("Implement `merge(left, right)`", "merge", ["left", "right"], ""),
    ("function add(a: number, b?: number): number {", "add", ["a", "b"], "number"),
    ("```java\npublic static int count(List<Integer> xs, int k) {\n```", "count",
     ["xs", "k"], "int"),
    ("```cpp\nstd::vector<int> sorted(std::vector<int> v) {\n```", "sorted", ["v"],
     "std::vector<int>"),
    ("fn twice(x: i32) -> i32", "twice", ["x"], "i32"),
    ("Write a function called join that takes two parameters x and y.", "join", ["x", "y"], ""),
    ("Write a function with no inputs: def now():", "now", [], ""),
]  # fmt: skip


@pytest.mark.parametrize(("query", "name", "names", "returns"), SIGNATURES)
def test_a_requested_signature_is_read(
    query: str, name: str, names: list[str], returns: str
) -> None:
    found = requested_signature(query)

    assert found is not None
    assert (found.name, [p.name for p in found.parameters], found.returns) == (name, names, returns)


def test_a_count_in_words_is_a_signature_without_names() -> None:
    found = requested_signature("Write a function that takes three arguments and adds them")

    assert found is not None
    assert len(found.parameters) == 3
    assert requested_signature("Sort a list") is None


def test_the_wrong_number_of_parameters_needs_no_run() -> None:
    query = "Write a function join(a, b) that joins two lists"

    assert wrong_arity(query, signature("a", name="join"))[0].weight > 0.5
    assert wrong_arity(query, signature("a", "b", name="join")) == []
    assert wrong_arity(query, signature("a", name="helper")) == []
    assert wrong_arity("Explain join(a, b)", signature("a", name="join")) == []
    assert wrong_arity("Write join() for lists", signature("a", name="join")) == []


def test_code_under_another_name_is_left_alone() -> None:
    query = "Write a function fact(n) that returns the factorial of n"

    assert find_expectations(query, "python", signature("n", name="helper")) == []
    assert find_expectations(query, "python", signature("n", name="fact"))
