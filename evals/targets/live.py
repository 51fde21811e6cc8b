"""The whole graph on runnable tasks, with real generation; hidden tests decide who was right.

Rows: `{id, language, kind, query, entry, tests, ...}` as in evals/data/code_tasks.jsonl, and
optionally `messages`, the earlier turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

from langchain_core.messages import BaseMessage

from evals.code_tasks import Task
from evals.config import EvalError
from evals.results import Data
from evals.targets.classifier import conversation
from evals.targets.embedded import embedded_model, no_settings
from evals.targets.options import LiveOptions
from evals.task_tests import CannotRunError, run_tests
from graph.background import background_loop
from graph.errors import QwenTimeoutError
from graph.router import build_graph
from graph.sandbox.jail import Jail
from graph.services import QWEN_SHARE, Services, make_gate, make_services
from nodes.checks.sandbox import Sandbox
from nodes.checks.vote import ModelVote
from nodes.context import Context
from nodes.conversation import answer_of, prompt
from nodes.deadline import Deadline
from nodes.errors import NoAnswerError
from nodes.prompts import CODE_SYSTEM
from nodes.state import Answer, Classification, Failure

_TOLD = (
    "intent", "route", "reason", "verdict", "quality_score", "issues", "failure", "repaired",
    "polished", "provider", "model",
)  # fmt: skip


@dataclass(frozen=True)
class LiveCascade:
    """Sends each task through the graph, then judges every answer that was written."""

    services: Services
    options: LiveOptions = field(default_factory=LiveOptions)
    sandbox: Sandbox = field(default_factory=Jail)

    def __call__(self, row: Data) -> Data:
        """Answer, provenance, tokens of each attempt, and what the hidden tests say."""
        judge = partial(self._passed, task_of(row))
        self.services.qwen()  # its start is no part of a request
        began_s = time.monotonic()
        state = background_loop().run(self._ask(row))
        seconds = time.monotonic() - began_s
        attempts = [_attempt(each, judge(each["text"])) for each in state["attempts"]]
        return {
            **{name: state.get(name) for name in _TOLD},
            "answer": state["answer"],
            "passed": judge(state["answer"]),
            "attempts": attempts,
            "strong": self._strong(row, judge) if self.options.strong_alone else None,
            "seconds": seconds,
        }

    async def _ask(self, row: Data) -> Data:
        context = Context(
            footer=False,
            vote=self.options.model,
            polish=self.options.polish,
            polish_threshold=self.options.threshold,
            max_repairs=self.options.max_repairs,
            deadline_s=self.options.deadline_s,
        )
        graph = build_graph(self.services).compile()
        asked: Any = {"messages": conversation(row)}
        state: Data = {}
        try:
            async for values in graph.astream(asked, context=context, stream_mode="values"):
                state = values
        except NoAnswerError:
            if not self.options.alone or not _ran_out_of_time(state):
                raise
            return {**state, "answer": ""}
        return state

    def _strong(self, row: Data, judge: Callable[[str], bool | None]) -> Data:
        """The strong model by itself, asked as the graph asks."""
        limit = self.services.prompt_tokens
        messages = prompt(CODE_SYSTEM, conversation(row), max_tokens=limit)
        model = self.services.polish()

        async def ask() -> Answer:
            return answer_of(await model.ainvoke(messages), step="cloud")

        answer = background_loop().run(ask())
        return _attempt(answer, judge(answer["text"]))

    def _passed(self, task: Task, response: str) -> bool | None:
        """None where the task's language cannot be run here."""
        try:
            return run_tests(task, response, self.sandbox).passed
        except CannotRunError:
            return None

    def close(self) -> None:
        """Stop the models."""
        self.services.close()


def _ran_out_of_time(state: Data) -> bool:
    """A model that cannot be asked at all is no finding about it."""
    failure: Failure | None = state["failure"]
    return failure is not None and failure["error"] == QwenTimeoutError.__name__


def _attempt(answer: Answer, passed: bool | None) -> Data:
    told = ("step", "model", "input_tokens", "output_tokens", "finish_reason", "text")
    return {**{name: answer.get(name) for name in told}, "passed": passed}


def task_of(row: Data) -> Task:
    """The row's task; hidden tests of a second file win over the row's own.

    Raises:
        EvalError: The row has no request or no tests.
    """
    stated = {**row, **row.get("hidden", {})}
    if not isinstance(stated.get("query"), str) or not stated.get("tests"):
        raise EvalError(f"row {row.get('id')}: a live task needs `query` and `tests`")
    unset = {
        "language": "python", "kind": "function", "entry": "", "has_examples": False,
        "query_language": "en", "solution": "", "wrong": "",
    }  # fmt: skip
    return Task(**{each.name: {**unset, **stated}[each.name] for each in fields(Task)})


def embedded_services(options: LiveOptions) -> Services:
    """Services whose only models are embedded ones; no key of the environment is used."""
    opened = ExitStack()
    base = make_services(no_settings())
    weak, strong = (embedded_model(name, opened) for name in (options.weak, options.strong))
    tokens = options.prompt_tokens or base.qwen_prompt_tokens
    paid = None if options.alone else strong
    return replace(
        base,
        classifier=(lambda: _all_code) if options.alone else base.classifier,
        gate=make_gate(base.sandbox if options.run else None),
        vote=ModelVote(weak, base.sandbox) if options.model else None,
        qwen=weak,
        why_no_qwen=lambda: None,
        chat=paid or weak,
        cloud=paid,
        polish=strong,
        record=lambda outcome: None,
        deadline=Deadline(base.deadline.clock, options.deadline_s, QWEN_SHARE if paid else 1.0),
        has_cloud=paid is not None,
        can_polish=paid is not None and options.polish,
        prompt_tokens=tokens,
        qwen_prompt_tokens=tokens,
        opened=opened,
    )


def _all_code(messages: Sequence[BaseMessage]) -> Classification:
    return Classification("code", 1.0, "evaluated as code")
