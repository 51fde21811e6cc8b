"""What the tests of the runners share: an answer, its cases, and the real jail."""

from __future__ import annotations

from typing import Any

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.answer import Answer
from nodes.checks.cases import MISSING, Case, Run
from nodes.checks.runners import runner_for

_JAIL = Jail()


def need(*tools: str) -> None:
    """Skip on a machine that cannot run these tools in the jail."""
    for tool in tools:
        why_not = _JAIL.why_not(tool)
        if why_not:
            pytest.skip(why_not)


def values(function: str, *arguments: Any, gives: Any = MISSING, raises: str = "") -> Case:
    """A call with Python values."""
    return Case(
        "stated", 0.8, "as said", function=function, arguments=arguments, value=gives, raises=raises
    )


def native(call: str, expected: str) -> Case:
    """A call as the request writes it."""
    return Case("example", 0.9, call, call=call, expected=expected)


def program(prints: str, stdin: str = "") -> Case:
    """A run of the whole program."""
    return Case("example", 0.9, "as said", prints=prints, stdin=stdin)


def tried(
    language: str, code: str, *cases: Case, query: str = "Write it.", wall_s: float = 20
) -> Run:
    """The cases, tried on an answer that holds the code in one block."""
    answer = Answer(query, f"Here it is:\n```{language}\n{code}\n```\nIt works.")
    runner = runner_for(language)
    assert runner is not None
    subject = runner.signature(answer, ())
    return runner.run(answer, subject, cases, sandbox=_JAIL, wall_s=wall_s)


def outcomes(run: Run) -> list[str]:
    """The outcomes alone; fails with the reason when nothing was run."""
    assert (run.why_not, run.load_error) == ("", "")
    return [seen.outcome for seen in run.seen]
