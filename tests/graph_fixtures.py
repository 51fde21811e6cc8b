"""Models with a queue of answers and a history of prompts, and services built over them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.exceptions import ModelAPIError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from evals.targets.embedded import no_settings as bare_settings
from graph.services import (
    CLOUD_PROMPT_TOKENS,
    QWEN_PROMPT_TOKENS,
    Services,
    make_gate,
    make_services,
)
from nodes.deadline import Clock, Deadline
from nodes.state import GateReport, Issue, Outcome

CODE = "Write a Python function that reverses a string"
CHAT = "What is the capital of France?"
GOOD = (
    "```python\ndef reverse(text):\n    return text[::-1]\n```\nA slice with step -1 reverses it."
)
BROKEN = "```python\ndef reverse(text:\n    return text[::-1\n```\nA slice with step -1."
MENDED = "```python\ndef reverse(text: str) -> str:\n    return text[::-1]\n```\nMended with care."
HANG = object()
"""In a queue: the model never answers."""


class QueueModel(BaseChatModel):
    """Gives one answer after the other, in pieces of 8 characters; raises what is an error."""

    provider: str = "runloop"
    name_of_model: str = "qwen2.5-coder:1.5b"
    _answers: deque[Any] = PrivateAttr(default_factory=deque)
    _prompts: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _options: list[dict[str, Any]] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "queue"

    @property
    def prompts(self) -> list[list[BaseMessage]]:
        """Every prompt so far, oldest first."""
        return self._prompts

    @property
    def options(self) -> list[dict[str, Any]]:
        """What else each call was given."""
        return self._options

    def script(self, *answers: Any) -> QueueModel:
        """Queue texts, exceptions or HANG."""
        self._answers.extend(answers)
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **options: Any) -> ChatResult:
        raise NotImplementedError("the graph is asynchronous")

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **options: Any) -> ChatResult:
        chunks = [chunk async for chunk in self._astream(messages, **options)]
        whole = chunks[0]
        for chunk in chunks[1:]:
            whole += chunk
        return ChatResult(generations=[ChatGeneration(message=whole.message)])

    async def _astream(
        self, messages: list[BaseMessage], *_: Any, **options: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        self._prompts.append(messages)
        self._options.append(options)
        answer = self._answers.popleft()
        if answer is HANG:
            await asyncio.Event().wait()
        if isinstance(answer, Exception):
            raise answer
        for part in _parts(answer):
            if isinstance(part, Exception):
                raise part
            yield ChatGenerationChunk(message=AIMessageChunk(content=part))
        yield ChatGenerationChunk(message=self._last())

    def _last(self) -> AIMessageChunk:
        return AIMessageChunk(
            content="",
            usage_metadata={"input_tokens": 11, "output_tokens": 7, "total_tokens": 18},
            response_metadata={
                "model_name": self.name_of_model,
                "model_provider": self.provider,
                "finish_reason": "stop",
            },
            chunk_position="last",
        )


def _parts(answer: Any) -> Iterator[Any]:
    """A list is sent as it is; it may end with an error."""
    if isinstance(answer, list):
        yield from answer
    else:
        yield from (answer[at : at + 8] for at in range(0, len(answer), 8))


class ScoredGate:
    """A gate that was told the scores; what it does not know is good."""

    def __init__(self, scores: dict[str, float], undecided: Sequence[str] = ()) -> None:
        self.scores = scores
        self.undecided = undecided
        self.seen: list[tuple[str, str, str]] = []

    def __call__(
        self, query: str, response: str, *, finish_reason: str = "stop", wall_s: float = 10.0
    ) -> GateReport:
        self.seen.append((query, response, finish_reason))
        score = self.scores.get(response, 0.1)
        issues = (Issue(code=f"scored_{score}", evidence="told so"),) if score >= 0.5 else ()
        return GateReport(score, issues, is_decided=response not in self.undecided)


class Bench:
    """Services over three queue models: qwen, cloud (chat), mender (polish)."""

    def __init__(self) -> None:
        self.qwen = QueueModel()
        self.cloud = QueueModel(provider="groq", name_of_model="openai/gpt-oss-120b")
        self.mender = QueueModel(provider="groq", name_of_model="openai/gpt-oss-120b")
        self.outcomes: list[Outcome] = []

    def services(
        self,
        *,
        gate: Any = None,
        vote: Any = None,
        clock: Clock | None = None,
        deadline_s: float = 60.0,
        why_no_qwen: str | None = None,
        has_cloud: bool = True,
        can_polish: bool = True,
        **settings: Any,
    ) -> Services:
        """What the nodes are given; `settings` go to Settings."""
        base = make_services(bare_settings(**settings))
        pays = has_cloud or can_polish
        return replace(
            base,
            gate=gate or make_gate(None),
            vote=vote,
            qwen=lambda: self.qwen,
            why_no_qwen=lambda: why_no_qwen,
            chat=lambda: self.cloud if has_cloud else self.qwen,
            cloud=(lambda: self.cloud) if has_cloud else base.cloud,
            polish=lambda: self.mender,
            record=self.outcomes.append,
            deadline=Deadline(clock or base.deadline.clock, deadline_s, 0.5 if pays else 1.0),
            has_cloud=has_cloud,
            can_polish=can_polish,
            prompt_tokens=CLOUD_PROMPT_TOKENS if has_cloud else QWEN_PROMPT_TOKENS,
        )


def asked(text: str) -> dict[str, Any]:
    """A conversation of one question."""
    return {"messages": [HumanMessage(text)]}


def server_error() -> Exception:
    """What a provider's HTTP 500 becomes."""
    return ModelAPIError("Groq openai/gpt-oss-120b: HTTP 500")
