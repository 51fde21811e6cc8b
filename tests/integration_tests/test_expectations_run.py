"""Expectations of requests without an example, tried on real answers in the jail."""

from __future__ import annotations

import shutil

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.answer import Answer
from nodes.checks.expectations import find_expectations
from nodes.checks.runners import runner_for

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="install bubblewrap")


def complaints(query: str, code: str) -> list[str]:
    answer, runner = Answer(query, f"```python\n{code}\n```"), runner_for("python")
    assert runner is not None
    subject = runner.signature(answer, ())
    assert subject is not None
    cases = find_expectations(query, "python", subject)
    assert cases
    run = runner.run(answer, subject, cases, sandbox=Jail(), wall_s=8)
    assert len(run.seen) == len(cases), run.why_not or run.load_error
    found = []
    for case, seen in zip(cases, run.seen, strict=True):
        if case.judge is None:
            found += [case.quote] if seen.outcome in ("wrong", "raised", "timed_out") else []
        else:
            found += [complaint] if (complaint := case.judge(seen)) else []
    return found


FACTORIAL = "Write a function that returns the factorial of n. Raise ValueError if n is negative."
UNIQUE = "Write a function that removes duplicates from a list. Do not modify the original list."
MEAN = "Write a function mean(nums) that returns the average of a list of numbers. "
MEAN += "Return None for an empty list."
RIGHT = [
    (FACTORIAL, "def f(n):\n    if n < 0: raise ValueError\n"
                "    return 1 if n < 2 else n * f(n - 1)"),
    (UNIQUE, "def f(items):\n    return list(dict.fromkeys(items))"),
    (MEAN, "def mean(nums):\n    return sum(nums) / len(nums) if nums else None"),
    ("Implement bubble sort.", "def bubble(arr):\n    arr.sort()"),
    ("Write a function to check if a number is prime",
     "def p(n):\n    return n > 1 and all(n % d for d in range(2, n))"),
]  # fmt: skip
WRONG = [
    (FACTORIAL, "def f(n):\n    if n < 0: raise ValueError\n"
                "    return 0 if n < 2 else n * f(n - 1)"),
    (FACTORIAL, "def f(n):\n    return 1 if n < 2 else n * f(n - 1)"),
    (UNIQUE, "def f(items):\n    items.sort()\n    return list(dict.fromkeys(items))"),
    (MEAN, "def mean(nums):\n    return sum(nums) / len(nums)"),
    ("Implement bubble sort.", "def bubble(arr):\n    return arr"),
    ("Write a function to check if a number is prime",
     "def p(n):\n    return all(n % d for d in range(2, n))"),
    ("Do something with a text", "def f(text: str):\n    return text + undefined"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "code"), RIGHT)
def test_a_right_answer_meets_all_expectations(query: str, code: str) -> None:
    assert complaints(query, code) == []


@pytest.mark.parametrize(("query", "code"), WRONG)
def test_a_wrong_answer_fails_one(query: str, code: str) -> None:
    assert complaints(query, code) != []
