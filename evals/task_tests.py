"""Judges an answer to a code task: its code is joined with the task's tests and run in a jail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from evals.code_tasks import Task
from evals.task_jobs import Trial, tool_of, trials
from nodes.checks.answer import Answer, Block, shorten
from nodes.checks.sandbox import Ran, Sandbox

_SAME_LANGUAGE = {
    "typescript": {"typescript", "tsx", "javascript"},
    "sql": {"sql", "sqlite", "sqlite3"},
    "cpp": {"cpp", "c"},
}


class CannotRunError(RuntimeError):
    """The tests could not be run here; the text says what to install."""


@dataclass(frozen=True, slots=True)
class TestResult:
    """Whether an answer passed its task's tests; `detail` says why not, and is else empty."""

    __test__: ClassVar[bool] = False  # not a test case of pytest's

    passed: bool
    detail: str


def run_tests(task: Task, answer_text: str, sandbox: Sandbox) -> TestResult:
    """Run the task's tests on the code in the answer's fenced blocks, or on a bare program.

    Where the language's blocks do not pass one by one, they are tried joined, in their order, as a
    reader would paste them into one file.

    Raises:
        CannotRunError: jail or toolchain are missing, so that nothing can be said.
    """
    why_not = sandbox.why_not(tool_of(task.language))
    if why_not is not None:
        raise CannotRunError(why_not)
    first = TestResult(False, "no code in the answer")
    for number, code in enumerate(_candidates(task, Answer(task.query, answer_text))):
        result = _judge(task, code, sandbox)
        if result.passed:
            return result
        first = result if number == 0 else first
    return first


def _candidates(task: Task, answer: Answer) -> Iterator[str]:
    blocks = [block for block in answer.blocks if _may_hold(block, task.language)]
    if not blocks and not answer.blocks and answer.holds_code:
        yield answer.text
    if not blocks:
        return
    yield max(blocks, key=lambda block: (_names_entry(task, block), len(block.code))).code
    if len(blocks) > 1:
        yield "\n\n".join(block.code for block in blocks)


def _may_hold(block: Block, language: str) -> bool:
    same = _SAME_LANGUAGE.get(language, {language})
    return block.is_source and (not block.language or block.language in same)


def _names_entry(task: Task, block: Block) -> bool:
    return task.entry.split(".")[-1] in block.code


def _judge(task: Task, code: str, sandbox: Sandbox) -> TestResult:
    for trial in trials(task, code):
        ran = sandbox.run(trial.job)
        if ran.unavailable:
            raise CannotRunError(ran.unavailable)
        detail = _what_failed(trial, ran)
        if detail:
            return TestResult(False, detail)
    return TestResult(True, "")


def _what_failed(trial: Trial, ran: Ran) -> str:
    if ran.exit_code is None:
        return f"ended by the limit on {ran.ended_by}"
    if trial.must_fail == (ran.exit_code == 0):
        wanted = "a status other than 0" if trial.must_fail else "0"
        said = shorten((ran.stderr or ran.stdout)[-1500:], 600)
        return f"exit status {ran.exit_code}, wanted {wanted}: {said}"
    if trial.stdout is not None and _lines(ran.stdout) != _lines(trial.stdout):
        return f"printed {shorten(repr(ran.stdout), 300)}, wanted {trial.stdout!r}"
    if trial.last_line and _lines(ran.stdout)[-1:] != [trial.last_line]:
        return "the program ended before its tests did"
    return ""


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]
