"""The gate through its door, with the real jail: what running the code adds to reading it."""

from __future__ import annotations

import time

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.gate import StagedGate
from nodes.checks.sandbox import Job, Ran
from nodes.state import GateReport
from tests.sandbox_fixtures import require

DURATION = (
    "write parse_minutes(text) in python: '1h30m' is 90, '45m' is 45, '2h' is 120. "
    "An empty text raises ValueError."
)
RIGHT = """```python
import re

def parse_minutes(text):
    found = re.fullmatch(r"(?:(\\d+)h)?(?:(\\d+)m)?", text)
    if not text or not found:
        raise ValueError(text)
    return int(found[1] or 0) * 60 + int(found[2] or 0)
```"""
WRONG = """```python
def parse_minutes(text):
    return int(text.rstrip("m").split("h")[0]) * 60
```"""


@pytest.fixture(scope="module")
def gate() -> StagedGate:
    jail = Jail()
    require(jail, "python")
    return StagedGate(jail)


def codes(report: GateReport) -> set[str]:
    return {issue["code"] for issue in report.issues}


def test_an_answer_that_does_what_the_request_says_is_verified(gate: StagedGate) -> None:
    report = gate(DURATION, RIGHT)
    assert (report.verdict(), report.issues) == ("verified", ())
    assert report.score < 0.2


def test_a_wrong_result_condemns_with_call_result_and_expectation(gate: StagedGate) -> None:
    report = gate(DURATION, WRONG)
    assert report.verdict() == "broken"
    assert "wrong_result" in codes(report) or "raised_error" in codes(report)
    evidence = "\n".join(issue["evidence"] for issue in report.issues)
    assert "'1h30m'" in evidence
    assert "90" in evidence
    assert "\n$ " in evidence


def test_the_same_answers_are_only_plausible_without_a_sandbox() -> None:
    for response in (RIGHT, WRONG):
        assert StagedGate()(DURATION, response).verdict() == "plausible"


def test_known_functions_are_tried_on_known_values(gate: StagedGate) -> None:
    query = "Write a Python function gcd(a, b) that returns the greatest common divisor"
    right = "```python\ndef gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n```"
    wrong = right.replace("a, b = b, a % b", "a, b = b, a // b")
    assert gate(query, right).verdict() == "verified"
    assert gate(query, wrong).verdict() == "broken"


def test_an_answer_whose_own_code_fails_in_its_demonstration(gate: StagedGate) -> None:
    query = "Please write a function in python that turns the seats of a plan into labels"
    code = "def labels(plan):\n    return [row.name for row in plan]\n\nprint(labels([1, 2]))"
    report = gate(query, f"```python\n{code}\n```")
    assert "own_demo_fails" in codes(report)
    assert report.verdict() == "broken"
    assert "raised in labels" in report.issues[0]["evidence"]


def test_a_demonstration_that_is_sloppy_by_itself_does_not_condemn(gate: StagedGate) -> None:
    query = "Please write a function in python that turns the seats of a plan into labels"
    code = "def labels(plan):\n    return [str(row) for row in plan]\n\nprint(labels(my_plan))"
    assert gate(query, f"```python\n{code}\n```").verdict() == "plausible"


def test_a_query_is_run_on_made_up_tables(gate: StagedGate) -> None:
    query = (
        "Given the table orders(id, customer_id, total), write a SQLite query that lists the "
        "total per customer, largest first."
    )
    right = (
        "SELECT customer_id, SUM(total) AS total FROM orders GROUP BY customer_id "
        "ORDER BY total DESC"
    )
    assert gate(query, f"```sql\n{right};\n```").verdict() != "broken"
    wrong = right.replace("customer_id,", "client,", 1)
    assert gate(query, f"```sql\n{wrong};\n```").verdict() == "broken"


def test_code_that_never_ends_costs_seconds_not_the_answer_nor_the_gate(gate: StagedGate) -> None:
    query = "Write a Python function spin(n). spin(1) == 1"
    loop = "```python\ndef spin(n):\n    while True:\n        pass\n```"
    began = time.monotonic()
    assert gate(query, loop).verdict() == "broken"
    assert time.monotonic() - began < 10


def test_a_missing_module_is_no_fault_of_the_answer(gate: StagedGate) -> None:
    query = "Write a Python function mean_of(xs) with numpy. mean_of([1, 2, 3]) == 2.0"
    code = "import numpy\n\ndef mean_of(xs):\n    return numpy.mean(xs) + 1"
    assert gate(query, f"```python\n{code}\n```").verdict() == "plausible"


class NoSandbox:
    """A machine without bubblewrap."""

    def why_not(self, tool: str) -> str | None:
        return "no jail: install bubblewrap"

    def run(self, job: Job) -> Ran:
        raise AssertionError("code outside a jail")


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "def twice(n):\n    return n + 3"),
        ("python", "import sys\nprint(sum(1 for line in open('app.log')))"),
        ("javascript", "function twice(n) { return n + 3; }"),
        ("typescript", "function twice(n: number): number { return n + 3; }"),
        ("bash", "twice() { echo $(($1 + 3)); }"),
        ("java", "class A { static int twice(int n) { return n + 3; } }"),
        ("cpp", "int twice(int n) { return n + 3; }"),
        ("sql", "SELECT id, client FROM orders;"),
    ],
)
def test_nothing_runs_where_there_is_no_jail(language: str, code: str) -> None:
    query = (
        f"Write {language}: twice(4) returns 8. The file app.log is counted by the script. "
        "Table orders(id, total)."
    )
    report = StagedGate(NoSandbox())(query, f"```{language}\n{code}\n```")
    assert report.verdict() == "plausible"
    assert "gate_error" not in codes(report)
    assert report.issues[-1] == {"code": "not_run", "evidence": "no jail: install bubblewrap"}


@pytest.mark.parametrize(
    ("language", "tool", "right", "wrong"),
    [
        ("javascript", "node", "function twice(n) { return n * 2; }", "n * 2;|n + 2;"),
        ("typescript", "tsc", "function twice(n: number): number { return n * 2; }", "n * 2|n + 3"),
        ("bash", "bash", "twice() { echo $(($1 * 2)); }", "$1 * 2|$1 + 1"),
        ("java", "java", "class A { static int twice(int n) { return n * 2; } }", "n * 2|n + 3"),
        ("cpp", "g++", "int twice(int n) { return n * 2; }", "n * 2|n + 3"),
    ],
)
def test_other_languages_are_run_too(
    gate: StagedGate, language: str, tool: str, right: str, wrong: str
) -> None:
    require(gate.sandbox, tool)
    names = {"cpp": "C++", "bash": "Bash"}
    call = "`twice 4` prints 8" if language == "bash" else "twice(4) returns 8"
    query = f"Write a {names.get(language, language)} function twice(n). {call}"
    old, new = wrong.split("|")
    good, bad = f"```{language}\n{right}\n```", f"```{language}\n{right.replace(old, new)}\n```"
    assert gate(query, good).verdict() == "verified"
    assert gate(query, bad).verdict() == "broken"


def test_code_without_a_fence_is_run_too(gate: StagedGate) -> None:
    query = "Write a Python function last_digit(n). last_digit(37) == 7"
    right = "Here is the code:\n\ndef last_digit(n):\n    return n % 10\n\nIt takes the rest."
    assert gate(query, right).verdict() == "verified"
    assert gate(query, right.replace("% 10", "// 10")).verdict() == "broken"


def test_what_a_script_looks_for_is_in_the_log_that_is_made_up(gate: StagedGate) -> None:
    query = "count ERROR lines in app.log per hour, python"
    code = (
        "from collections import Counter\ncounts = Counter()\nfor line in open('app.log'):\n"
        "    if 'ERROR' in line:\n        counts[line[:13]] += 1\n"
        "for hour, count in sorted(counts.items()):\n    print(hour, count)"
    )
    assert gate(query, f"```python\n{code}\n```").verdict() != "broken"


def test_no_log_is_made_up_whose_layout_is_known_by_its_name(gate: StagedGate) -> None:
    query = "script reading access.log and printing the number of lines with status 500"
    code = "print(sum(line.split()[8] == '500' for line in open('access.log')))"
    assert gate(query, f"```python\n{code}\n```").verdict() != "broken"
