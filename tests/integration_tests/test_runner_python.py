"""Cases tried on Python answers, in the real jail."""

import ast
import gc
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


NEEDS = {
    "a file": "import json\ndef f(x):\n    with open(x) as file:\n        return json.load(file)\n"
    "print(f('config.json'))",
    "a folder": "import os\ndef f(x):\n    return len(os.listdir(x))\nprint(f('/path/to/folder'))",
    "a file, in other words": "import os\ndef f(x):\n    if not os.path.exists(x):\n"
    "        raise FileNotFoundError(x)\n    return 1\nprint(f('data.csv'))",
    "a file, in an error of its own": "class ConfigError(Exception): pass\ndef f(x):\n    try:\n"
    "        return open(x).read()\n    except OSError as error:\n"
    "        raise ConfigError('no config') from error\nprint(f('config.json'))",
    "a network": "from urllib.request import urlopen\ndef f(x):\n    return urlopen(x).read()\n"
    "print(f('https://example.com'))",
    "a host": "import socket\ndef f(x):\n    return socket.create_connection((x, 22), timeout=1)\n"
    "print(f('example.com'))",
    "a variable": "import os\ndef f(x):\n    return os.environ[x]\nprint(f('API_KEY'))",
    "a table": "import sqlite3\ndef f(x):\n    with sqlite3.connect(x) as db:\n"
    "        return db.execute('SELECT * FROM users').fetchall()\nprint(f('app.db'))",
    "a program": "import subprocess\ndef f(x):\n    return subprocess.run([x, 'log'], check=True)\n"
    "print(f('no-such-git'))",
    "a program that works": "import subprocess, sys\ndef f(x):\n    return subprocess.run("
    "[sys.executable, '-c', 'import sys; sys.exit(3)'], check=True)\nprint(f('x'))",
    "input": "def f(x):\n    return input(x)\nprint(f('name? '))",
}


@pytest.mark.parametrize("code", NEEDS.values(), ids=NEEDS)
def test_what_is_not_here_condemns_neither_a_demo_nor_a_case(code: str) -> None:
    away = "http://example.com/x"
    cases = [Case("smoke", 0.6, "", arguments=(away,)), example(call=f"f({away!r})")]
    told = run(code, *cases)
    assert (told.load_error, told.demo_error, told.demo_fails_in) == ("", "", "")
    assert [one.outcome for one in told.seen] == ["not_run", "not_run"]


def test_an_example_about_a_missing_file_is_tried() -> None:
    code = "def f(path):\n    return open(path).read()"
    assert outcome(code, arguments=("no.txt",), raises="FileNotFoundError") == "passed"
    careless = "def f(path):\n    return ''"
    assert outcome(careless, arguments=("no.txt",), raises="FileNotFoundError") == "wrong"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("return {}[x]", "KeyError"),
        ("return {'A': 1}['API_KEY']", "KeyError"),
        ("return open('made.txt', 'w').read()", "UnsupportedOperation"),
        ("import os\n    os.close(99)", "OSError"),
        ("import os\n    os.mkdir('made')\n    return open('made')", "IsADirectoryError"),
        ("import sqlite3\n    return sqlite3.connect(':memory:').execute('SELEC 1')",
         "OperationalError"),
    ],
)  # fmt: skip
def test_errors_that_the_code_made_itself_are_evidence(body: str, error: str) -> None:
    told = run(f"def f(x):\n    {body}\nf(1)", example(call="f(2)"))
    assert error in told.demo_error
    assert told.demo_fails_in == "f"


def test_what_a_missing_file_would_have_given_is_not_missed() -> None:
    code = "import json\nwith open('config.json') as file:\n    config = json.load(file)\n"
    told = run(f"{code}{DOUBLE}\nprint(f(config['n']))", example(call="f(2)", expected="4"))
    assert (told.load_error, told.demo_error) == ("", "")
    assert told.seen[0].outcome == "passed"


ACCOUNT = """class Account:
    def __init__(self, owner):
        self.owner, self.balance = owner, 0
    def deposit(self, amount):
        if amount <= 0:
            raise ValueError(amount)
        self.balance += amount
        return self.balance
    @staticmethod
    def rate(years):
        return years * 2
"""


def test_methods_of_a_class_that_must_be_made_with_arguments_are_not_tried() -> None:
    cases = [
        example(call="deposit(100)", expected="100"),
        example(function="deposit", arguments=(100,), value=100),
        example(call="deposit(-1)", raises="ValueError"),
        example(call="Account('a').deposit(5)", expected="5"),
        example(call="rate(2)", expected="4"),
    ]
    told = run(ACCOUNT, *cases, wanted="deposit")
    assert [one.outcome for one in told.seen] == ["not_run"] * 3 + ["passed"] * 2
    assert told.seen[0].shown == "Account must be made with arguments"


def test_a_class_that_cannot_be_made_is_evidence() -> None:
    code = "class A:\n    def __init__(self):\n        self.x = self.y\n    def f(self): return 1"
    assert seen(code, call="f()", expected="1").error == "AttributeError"


def test_large_results_are_compared_and_left_out_where_they_cannot_be_carried() -> None:
    code = "def f(n):\n    return [str(i) * 20 for i in range(n)]"
    right = example(call="f(9000)", expected="[str(i) * 20 for i in range(9000)]")
    wrong = example(call="f(9000)", expected="[str(i) * 20 for i in range(8999)]")
    told = run(code, *[right] * 20, wrong, example(call="f(1)", expected="['0' * 20]"))
    assert [one.outcome for one in told.seen] == ["passed"] * 20 + ["wrong", "passed"]
    assert told.seen[0].value is MISSING
    assert len(told.seen[0].shown) <= 300


@pytest.mark.parametrize(
    "made",
    [
        "type('K', (list,), {'__hash__': lambda self: 1})",
        "type('K', (str,), {'__str__': lambda self: 1})",
        "type('K', (float,), {'__float__': lambda self: 1 / 0})",
    ],
)
def test_values_of_strange_classes_do_no_harm(made: str) -> None:
    told = run(f"K = {made}\ndef f():\n    return {{K(): 1}}", example(call="f()"))
    assert (told.why_not, told.load_error) == ("", "")
    assert told.seen[0].outcome in ("returned", "not_run")


def test_a_process_left_behind_by_the_code_reports_nothing() -> None:
    code = "import os\nos.fork()\nPID = os.fork()\ndef f():\n    os.fork()\n    return 1"
    told = run(code, example(call="f()", expected="1"), example(call="f()", expected="2"))
    assert [one.outcome for one in told.seen] == ["passed", "wrong"]


RETRY = """import time
def retry(n):
    time.sleep(1.9)
    return n
start = time.monotonic()
assert retry(1) == 1
assert time.monotonic() - start >= 1.9
"""


@pytest.mark.parametrize("head", ["", "import threading\n"])
def test_code_that_sleeps_loses_none_of_its_cases(head: str) -> None:
    cases = [example(call=f"retry({n})", expected=f"{n}") for n in range(6)]
    told = run(head + RETRY, *cases, wanted="retry")
    outcomes = [one.outcome for one in told.seen]
    assert told.demo_error == ""
    assert outcomes[0] == "passed"
    assert set(outcomes) <= ({"passed", "not_run"} if head else {"passed"})


def test_sleeping_moves_the_clocks() -> None:
    code = (
        "import time\ndef f(clock, seconds):\n    clock = getattr(time, clock)\n"
        "    start = clock()\n    time.sleep(seconds)\n    return clock() - start"
    )
    for clock, unit in (("time", 1), ("monotonic", 1), ("perf_counter_ns", 1e9)):
        slept = seen(code, arguments=(clock, 100)).value
        assert 100 * unit <= slept < 101 * unit
    assert seen(code, arguments=("time", -1)).error == "ValueError"


def test_only_the_case_in_progress_did_not_end() -> None:
    code = "def f(n):\n    while n == 1: pass\n    return n"
    cases = [example(call=f"f({n})", expected=f"{n}") for n in (0, 1, 2)]
    told = run(code, *cases)
    assert [one.outcome for one in told.seen] == ["passed", "timed_out", "passed"]


@pytest.mark.parametrize("wall_s", [0.0, 0.05, 0.2, 0.5, 1.0])
def test_too_little_time_says_nothing_about_the_code(wall_s: float) -> None:
    answer = Answer("", f"```python\nimport decimal, asyncio\n{DOUBLE}\n```")
    slow = Answer("", "```python\ndef f(x):\n    return sum(range(3 * 10**7)) * 0 + x * 2\n```")
    for one in (answer, slow):
        cases = [example(call="f(2)", expected="4")] * 3
        told = RUNNER.run(one, RUNNER.signature(one, ("f",)), cases, sandbox=Jail(), wall_s=wall_s)
        assert told.load_error == ""
        assert {seen.outcome for seen in told.seen} <= {"passed", "not_run"}
        assert told.seen or told.why_not


def test_exit_is_known_without_the_site_module() -> None:
    told = run(f"{DOUBLE}\nif f(1) != 2:\n    exit(1)\nquit()", example(call="f(1)", expected="2"))
    assert (told.load_error, told.demo_error, told.seen[0].outcome) == ("", "", "passed")
    asked = "A program that says hello."
    told = run("print('hello')\nexit(0)", example(prints="hello\n"), query=asked)
    assert told.seen[0].outcome == "passed"


def test_few_programs_are_kept_in_memory() -> None:
    for number in range(40):
        answer = Answer("", f"```python\ndef kept_{number}(x):\n    return x\n```")
        assert RUNNER.signature(answer, ()) is not None
    gc.collect()
    kept = [one for one in gc.get_objects() if type(one) is ast.FunctionDef]
    assert sum(one.name.startswith("kept_") for one in kept) <= 20


@pytest.mark.parametrize(
    ("body", "given", "expected"),
    [
        ("x.reverse()", [1, 2], "passed"),
        ("x.sort()", [1, 2], "wrong"),
        ("x[:] = [3]", [1, 2], "wrong"),
        ("x.reverse()", [1, 1], "not_run"),
        ("pass", [1, 2], "wrong"),
        ("return x", [1, 2], "wrong"),
    ],
)
def test_a_function_without_a_result_may_change_its_argument(
    body: str, given: list[int], expected: str
) -> None:
    code = f"def f(x):\n    {body}"
    assert outcome(code, arguments=(given,), value=given[::-1]) == expected
    assert outcome(code, call=f"f({given})", expected=str(given[::-1])) == expected


def test_a_number_that_is_not_returned_is_wrong() -> None:
    assert outcome("def f(x):\n    x + 0", call="f(2)", expected="2") == "wrong"


def test_a_request_that_wants_no_result_is_not_judged_by_it() -> None:
    query = "f(x) writes the sum to a file, it does not return it."
    code = "def f(x):\n    x + 1"
    assert outcome(code, query=query, call="f(2)", expected="3") == "not_run"
