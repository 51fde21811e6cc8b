"""Good answers that look like broken ones, and what is broken beside them."""

import pytest

from nodes.checks.gate import StagedGate
from nodes.context import BROKEN_FROM, Context
from nodes.state import GateReport


def judge(response: str, query: str, finish_reason: str = "stop") -> GateReport:
    return StagedGate()(query, response, finish_reason=finish_reason)


def codes(report: GateReport) -> set[str]:
    return {issue["code"] for issue in report.issues}


def fenced(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}\n```"


@pytest.mark.parametrize(
    "code",
    [
        "def first[T](items: list[T]) -> T:\n    return items[0]",
        "class Box[T]:\n    def __init__(self, value: T) -> None:\n        self.value = value",
        "type Pairs[K, V] = list[tuple[K, V]]",
        'def show(row):\n    return f"{row["name"]}: {"\\n".join(row["lines"])}"',
        "try:\n    run()\nexcept OSError, ValueError:\n    stop()",
        "    def first[T](items: list[T]) -> T:\n        return items[0]",
    ],
)
def test_syntax_newer_than_the_host_is_no_error(code: str) -> None:
    assert codes(judge(fenced(code), "Write it in Python")) == set()


@pytest.mark.parametrize(
    "code",
    [
        "def first[T](items: list[T]) -> T\n    return items[0]",
        'def show(row):\n    return f"{row["name"]"',
        "def add(a, b):\nreturn a + b",
        "def add(a, b):\n    total = a + b\n  return total",
        'print "hello"',
    ],
)
def test_what_no_python_accepts_is_still_an_error(code: str) -> None:
    report = judge(fenced(code), "Write it in Python")
    assert codes(report) == {"syntax_error"}
    assert report.verdict() == "broken"


REVERSE = fenced("def flip(text):\n    return text[::-1]")


@pytest.mark.parametrize(
    "query",
    [
        "Write a Python function that turns a string around without using the function reversed()",
        "Write a replacement for the PHP function strrev() in Python",
        "Write a function in Python, similar to the JavaScript function flipText()",
        "Write a Python helper that works like the function rev() of R",
        "Write a text flipper using Python's built-in function slice()",
    ],
)
def test_a_function_that_is_only_referred_to_is_not_the_task(query: str) -> None:
    assert "wrong_function" not in codes(judge(REVERSE, query))


@pytest.mark.parametrize(
    "query",
    [
        "Write a Python function mirror(text) without using the function reversed()",
        "Using recursion, write a function mirror(text)",
        "Write a text flipper. Use this signature: def mirror(text)",
    ],
)
def test_the_function_of_the_task_is_missed_all_the_same(query: str) -> None:
    report = judge(REVERSE, query)
    assert "wrong_function" in codes(report)
    assert report.verdict() == "broken"


SCRIPT = fenced('#!/bin/sh\nset -e\nexec "$1" server.py', "bash")
NODE = fenced("const start = () => spawn('server');", "javascript")


@pytest.mark.parametrize(
    ("query", "response"),
    [
        ("Write a shell script that starts my Python server", SCRIPT),
        ("Write a script that installs Java", SCRIPT),
        ("How do I install numpy in Python?", fenced("python -m pip install numpy", "bash")),
        ("Write a Node script that starts my Python program", NODE),
        ("Write a tool that reports when the Python server is down", NODE),
        ("Write a web page for my Flask app in Python", NODE + "\n\n" + fenced("app.run()")),
    ],
)
def test_a_language_that_is_only_spoken_of_is_not_wanted(query: str, response: str) -> None:
    assert codes(judge(response, query)) == set()


@pytest.mark.parametrize(
    "query",
    [
        "Write a starter in Python",
        "Write a Python 3 program that starts a server",
        "Write a Java class that starts a server",
        "Python: start a server",
        "Write a shell script that starts a server",
    ],
)
def test_the_language_that_is_wanted_is_missed(query: str) -> None:
    report = judge(NODE, query)
    assert codes(report) == {"wrong_language"}
    assert report.verdict() == "broken"


UNLABELLED = {
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . /app\nCMD ["python", "/app/main.py"]',
    "command": "docker run --rm -p 8000:8000 -v $(pwd):/app my-image",
    "tree": "app/\n├── main.py\n└── tests/\n    └── test_main.py",
}


@pytest.mark.parametrize("kind", UNLABELLED)
@pytest.mark.parametrize(
    "query", ["Write a setup for a web app in Python", "Write a Dockerfile for my Python program"]
)
def test_the_language_of_an_unlabelled_block_is_only_guessed(query: str, kind: str) -> None:
    report = judge(f"Use this one:\n\n```\n{UNLABELLED[kind]}\n```", query)
    assert report.verdict() == "plausible", report.issues


def test_an_unlabelled_function_that_breaks_off_is_cut() -> None:
    response = "```\ndef add(a, b):\n    return (a +"
    assert judge(response, "Write an adder in Python").verdict() == "broken"


SPINNER = 'import itertools\n\nfor sign in itertools.cycle("⠋⠙⠹⠸"):\n    print(sign, end="\\r")'


@pytest.mark.parametrize(
    "response",
    [
        fenced(SPINNER),
        SPINNER,
        fenced(SPINNER) + "\n\nThe signs ⠋ and ⠙ are braille patterns.",
        "Print `⠋` and `⠙` by turns:\n\n" + fenced("print(next(signs))"),
    ],
)
def test_a_spinner_in_code_is_no_terminal_noise(response: str) -> None:
    assert "control_sequences" not in codes(judge(response, "Write a spinner in Python"))


def test_a_spinner_left_in_front_of_the_answer_is() -> None:
    assert judge("⠋ ⠙ ⠹ \n" + REVERSE, "Write a flipper in Python").verdict() == "broken"


ROWS = {
    "empty rows": "<table>\n" + "  <tr><td></td><td></td></tr>\n" * 6 + "</table>",
    "spread rows": "<table>\n" + "  <tr>\n    <td></td>\n  </tr>\n" * 6 + "</table>",
    "boxes": '<div class="grid">\n' + '  <div class="box"></div>\n' * 9 + "</div>",
    "calls": "step forward();\n".replace(" ", "_") * 8,
}


@pytest.mark.parametrize("rows", ROWS)
def test_rows_that_repeat_are_no_loop(rows: str) -> None:
    for response in (fenced(ROWS[rows], "html"), ROWS[rows]):
        assert "repetition" not in codes(judge(response, "Write a page with an empty table"))


def test_a_cut_answer_that_repeated_earlier_is_no_loop() -> None:
    response = (
        "```html\n<script>\nlet n = 9;\n</script>\n"
        + ROWS["boxes"]
        + "\n<p>The grid above holds nine"
    )
    assert codes(judge(response, "Write a page with a grid", "length")) == {"truncated"}


@pytest.mark.parametrize(
    ("response", "finish_reason"),
    [
        ("```js\nlet total = 0;\n" + "total = total + value;\n" * 9, "stop"),
        ("```js\nlet total = 0;\n" + "total = total + value;\n" * 9 + "total = to", "length"),
        ("First the sum is taken. " + "and then it is added again " * 9 + "done.", "stop"),
    ],
)
def test_a_loop_without_an_end_condemns(response: str, finish_reason: str) -> None:
    report = judge(response, "Write a sum", finish_reason)
    assert "repetition" in codes(report)
    assert report.verdict() == "broken"


@pytest.mark.parametrize(
    "code",
    [
        '{\n  "compilerOptions": {"strict": true,},\n  "include": ["src",],\n}',
        '{\n  "url": "http://localhost", // x\n  /* and */ "port": 80\n}',
        '{"name": "demo", ...}',
        '{"items": [{"id": 1}, ...], "next": ...}',
        '{"token": <your token>, "port": 80}',
        '{"text": "a // b, ]", "escaped": "\\"...\\"",}',
    ],
)
def test_json_as_people_write_it_is_not_broken(code: str) -> None:
    assert judge(fenced(code, "json"), "Write a tsconfig").verdict() == "plausible"


@pytest.mark.parametrize("code", ['{"a": 1 "b": 2}', '{"a": "... // x", "b": [1, 2}', '{"a": "}'])
def test_json_that_no_reading_accepts_is_broken(code: str) -> None:
    assert judge(fenced(code, "json"), "Write a tsconfig").verdict() == "broken"


@pytest.mark.parametrize("body", ["pass", "...", "raise NotImplementedError", '"""Loads."""'])
def test_an_async_stub_is_a_placeholder(body: str) -> None:
    report = judge(fenced(f"async def load(url):\n    {body}"), "Write async def load(url)")
    assert codes(report) == {"placeholder"}
    assert report.verdict() == "broken"


def test_the_gate_and_a_run_call_the_same_score_broken() -> None:
    assert Context().polish_threshold == BROKEN_FROM
