"""Cases tried on Python answers, in the real jail."""

from typing import Any

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.answer import Answer
from nodes.checks.cases import MISSING, Case, Run, Seen
from nodes.checks.runners.python import PythonRunner

pytestmark = pytest.mark.skipif(
    Jail().why_not("python") is not None, reason="needs the jail: install bubblewrap"
)
RUNNER = PythonRunner()


def example(**fields: Any) -> Case:
    weight = fields.pop("weight", 0.95)
    return Case("example", weight, "as the request says", **fields)


def run(code: str, *cases: Case, query: str = "Write f(x).", wanted: str = "f") -> Run:
    answer = Answer(query, code if "```" in code else f"```python\n{code}\n```")
    subject = RUNNER.signature(answer, (wanted,))
    return RUNNER.run(answer, subject, cases, sandbox=Jail(), wall_s=5)


def seen(code: str, *, query: str = "Write f(x).", wanted: str = "f", **fields: Any) -> Seen:
    told = run(code, example(**fields), query=query, wanted=wanted)
    assert (told.load_error, told.why_not) == ("", "")
    return told.seen[0]


def outcome(code: str, **fields: Any) -> str:
    return seen(code, **fields).outcome


DOUBLE = "def f(x):\n    return x * 2"


def test_right_and_wrong_results() -> None:
    assert outcome(DOUBLE, call="f(2)", expected="4") == "passed"
    wrong = seen(DOUBLE, call="f(2)", expected="5")
    assert (wrong.outcome, wrong.value, wrong.shown) == ("wrong", 4, "4")


def test_values_go_in_and_come_out() -> None:
    values = (None, -1, 2.5, "é", b"x", [1], (1, 2), {1, 2}, {"a": (1,)}, float("inf"))
    back = seen("def f(*a):\n    return a", arguments=values)
    assert (back.outcome, back.value) == ("returned", values)


def test_an_object_without_json_form_is_shown() -> None:
    shown = seen("class A:\n    def __repr__(self): return 'an A'\ndef f(): return A()", call="f()")
    assert (shown.value, shown.shown) == (MISSING, "an A")


def test_what_the_call_does_to_its_arguments_is_seen() -> None:
    changed = seen("def f(x):\n    x.append(9)", arguments=([1],))
    assert changed.arguments_after == ([1, 9],)


def test_each_case_gets_fresh_values_and_fresh_state() -> None:
    code = "SEEN = []\ndef f(x=[]):\n    x.append(1)\n    SEEN.append(1)\n    return len(x + SEEN)"
    told = run(code, *[example(call="f()", expected="2")] * 3)
    assert [one.outcome for one in told.seen] == ["passed"] * 3


@pytest.mark.parametrize(
    ("returned", "expected", "weight", "result"),
    [
        ("0.1 + 0.2", "0.3", 0.95, "passed"),
        ("2 / 3", "0.67", 0.95, "wrong"),
        ("2 / 3", "0.67", 0.8, "passed"),
        ("2 / 3", "0.66", 0.8, "passed"),
        ("0.7", "0.66", 0.8, "wrong"),
        ("(1, 2)", "[1, 2]", 0.95, "wrong"),
        ("(1, 2)", "[1, 2]", 0.75, "passed"),
        ("{'b': 1, 'a': 2}", "{'a': 2, 'b': 1}", 0.95, "passed"),
        ("{2, 1}", "{1, 2}", 0.95, "passed"),
        ("True", "1", 0.95, "passed"),
        ("'a'", '"a"', 0.95, "passed"),
        ("None", "0", 0.75, "wrong"),
        ("(i for i in [1, 2])", "[1, 2]", 0.95, "passed"),
        ("float('nan')", "float('nan')", 0.95, "passed"),
    ],
)
def test_when_two_results_are_the_same(
    returned: str, expected: str, weight: float, result: str
) -> None:
    code = f"def f():\n    return {returned}"
    assert outcome(code, call="f()", expected=expected, weight=weight) == result


def test_errors() -> None:
    code = "def f(x):\n    if x < 0: raise ValueError('no')\n    return x"
    assert outcome(code, arguments=(-1,), raises="ValueError") == "passed"
    assert outcome(code, arguments=(-1,), raises="Exception") == "passed"
    assert outcome(code, arguments=(1,), raises="ValueError") == "wrong"
    other = seen(code, arguments=(-1,), raises="KeyError")
    assert (other.outcome, other.error) == ("raised", "ValueError")


@pytest.mark.parametrize(
    ("body", "result", "error"),
    [
        ("while True: pass", "timed_out", ""),
        ("return f()", "raised", "RecursionError"),
        ("import os; os._exit(0)", "raised", "SystemExit"),
        ("import sys; sys.exit()", "raised", "SystemExit"),
        ("import os; os.kill(os.getpid(), 11)", "raised", "Crash"),
        ("return undefined_name", "raised", "NameError"),
        ("try:\n        while True: pass\n    except BaseException: pass", "timed_out", ""),
    ],
)
def test_a_case_that_goes_wrong_leaves_the_others_alone(body: str, result: str, error: str) -> None:
    code = f"def f():\n    {body}\ndef g():\n    return 1"
    told = run(code, example(call="f()"), example(call="g()", expected="1"))
    assert [(one.outcome, one.error) for one in told.seen] == [(result, error), ("passed", "")]


def test_prints_of_the_code_do_not_reach_the_report() -> None:
    code = "import os\nprint('[]{}')\ndef f():\n    os.write(1, b'{}')\n    print('x' * 9999)"
    assert outcome(code, call="f()", expected="None") == "passed"


def test_printing_instead_of_returning_counts_only_where_printing_is_asked_for() -> None:
    code = "def f():\n    print([1, 2])"
    assert outcome(code, call="f()", expected="[1, 2]") == "wrong"
    asked = "Write f() that prints the list."
    assert outcome(code, query=asked, call="f()", expected="[1, 2]") == "passed"


def test_methods_coroutines_and_lambdas() -> None:
    code = "class Solution:\n    def f(self, x):\n        return x + 1"
    assert outcome(code, call="f(1)", expected="2") == "passed"
    assert outcome(code, arguments=(1,), value=2) == "passed"
    assert outcome("async def f(x):\n    return x", arguments=(1,), value=1) == "passed"
    assert outcome("f = lambda x: x", arguments=(1,), value=1) == "passed"


def test_statements_before_the_call() -> None:
    code = "class S:\n    def __init__(self): self.a = []\n    def push(self, x): self.a.append(x)"
    assert outcome(code, wanted="S", call="s = S()\ns.push(1)\ns.a", expected="[1]") == "passed"


def test_a_judge_sees_the_value() -> None:
    def is_even(told: Seen) -> str | None:
        return None if told.value % 2 == 0 else "odd"

    assert outcome(DOUBLE, arguments=(2,), judge=is_even) == "passed"
    assert outcome("def f(x): return 3", arguments=(2,), judge=is_even) == "wrong"


def test_a_demonstration_that_fails_does_not_decide() -> None:
    code = f"n = int(input())\n{DOUBLE}\nprint(f(n))\nassert f(2) == 5\nwhile True: input()"
    assert outcome(code, call="f(2)", expected="4") == "passed"


def test_the_main_part_is_not_run() -> None:
    code = f"{DOUBLE}\nif __name__ == '__main__':\n    f = None"
    assert outcome(code, call="f(2)", expected="4") == "passed"


def test_a_definition_that_fails_is_a_load_error() -> None:
    told = run("@cached\ndef f(x):\n    return x", example(call="f(1)", expected="1"))
    assert "NameError: name 'cached' is not defined" in told.load_error
    assert told.seen == ()


def test_a_forgotten_import_of_typing_is_lent() -> None:
    code = "def f(x: List[int]) -> Optional[int]:\n    return x[0]"
    assert outcome(code, call="f([1])", expected="1") == "passed"


def test_code_that_does_not_parse() -> None:
    told = run("def f(x:\n    return x", example(call="f(1)", expected="1"))
    assert told.load_error.startswith("SyntaxError: line 1")


def test_a_module_that_is_not_installed_says_nothing_about_the_code() -> None:
    code = "import no_such_module as m\ndef f(x):\n    return m.go(x)\ndef g():\n    return 1"
    told = run(code, example(call="f(1)"), example(call="g()", expected="1"))
    assert [one.outcome for one in told.seen] == ["not_run", "passed"]
    assert told.seen[0].shown == "the module no_such_module is not installed"


def test_a_wrong_name_of_the_standard_library_is_evidence() -> None:
    told = run("from math import cube\ndef f(x):\n    return cube(x)", example(call="f(1)"))
    assert "ImportError" in told.load_error


def test_values_that_the_function_does_not_take_are_not_tried() -> None:
    assert outcome(DOUBLE, arguments=(1, 2), value=3) == "not_run"


HEAD = 'import math\n\ndef helper(x):\n    return x + 1\n\ndef f(x):\n    """Rounds up."""\n'


@pytest.mark.parametrize(
    "answer",
    [
        "```python\n    return math.ceil(helper(x))\n```",
        "```python\nreturn math.ceil(helper(x))\n```",
        "    y = helper(x)\n    return math.ceil(y)",
        "```python\ndef f(x):\n    return math.ceil(helper(x))\n```",
        "```\n>>> def f(x):\n...     return math.ceil(x + 1)\n```",
        "First:\n```python\ndef up(x):\n    return math.ceil(x)\n```\nthen\n"
        "```python\ndef f(x):\n    return up(helper(x))\n```\nand\n```python\nprint(f(0))\n```",
        "```python\ndef f(x):\n    return math.ceil(x + 1)\n```\nOutput:\n```python\n[2]\n```",
    ],
)
def test_answers_that_build_on_the_request_or_on_each_other(answer: str) -> None:
    query = f"Complete this:\n```python\n{HEAD}```"
    told = RUNNER.run(
        Answer(query, answer),
        RUNNER.signature(Answer(query, answer), ("f",)),
        [example(call="f(1.5)", expected="3")],
        sandbox=Jail(),
        wall_s=5,
    )
    assert [one.outcome for one in told.seen] == ["passed"]


def test_whole_programs() -> None:
    code = "n = int(input('how many? '))\nfor i in range(n):\n    print(i)"
    query = "A program that reads n and counts."
    told = run(
        code,
        example(stdin="2\n", prints="0\n1\n"),
        example(stdin="2\n", prints="0\n2\n"),
        example(stdin="x\n", prints=""),
        query=query,
    )
    assert [one.outcome for one in told.seen] == ["passed", "wrong", "raised"]


def test_the_command_can_be_typed_again() -> None:
    told = run(DOUBLE, example(call="f('a')", expected="'aa'"))
    assert told.command == """python -c 'from answer import *; print(f('"'"'a'"'"'))'"""


@pytest.mark.parametrize(
    ("code", "wanted", "name", "parameters"),
    [
        ("def g(): pass\ndef f(a, b=1, *c): pass", "f", "f", ["a", "b", "c"]),
        ("def help_(x): pass\ndef top(x): return help_(x)", "", "top", ["x"]),
        ("class Solution:\n    def two(self, a: int): pass", "", "two", ["a"]),
        ("class Stack:\n    def __init__(self, n): pass\n    def a(self): pass\n    def b(s): pass",
         "Stack", "Stack", ["n"]),
        ("f = lambda a, b: a", "f", "f", ["a", "b"]),
    ],
)  # fmt: skip
def test_signatures(code: str, wanted: str, name: str, parameters: list[str]) -> None:
    found = RUNNER.signature(Answer("", f"```python\n{code}\n```"), (wanted,))
    assert found is not None
    assert (found.name, [one.name for one in found.parameters]) == (name, parameters)


def test_a_script_has_no_signature() -> None:
    assert RUNNER.signature(Answer("", "```python\nprint(1)\n```"), ()) is None
