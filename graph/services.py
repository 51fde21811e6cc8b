"""Every process-wide object, built once, lazily, in this one place."""

from __future__ import annotations

import asyncio
import atexit
import functools
import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Generic, TypeVar

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableLambda

from graph.embedded.weights import Progress
from graph.errors import ConfigurationError, DevboxUnavailableError, NoModelError
from graph.models.providers import aclose as close_models
from graph.models.providers import build_chain, chat_models, polish_models
from graph.models.qwen import (
    HOW_TO_GET_QWEN,
    NO_QWEN,
    Backend,
    build_qwen,
    find_backend,
)
from graph.models.runloop import ChatRunloop
from graph.sandbox.jail import Jail
from graph.settings import QWEN_NUM_CTX, QWEN_NUM_PREDICT, Settings, load_settings
from nodes.checks.gate import StagedGate
from nodes.checks.sandbox import Sandbox
from nodes.checks.vote import ModelVote
from nodes.classifier.model import LinearClassifier
from nodes.conversation import fit
from nodes.deadline import Clock, Deadline
from nodes.second_opinion import SecondOpinion
from nodes.state import ChatRunnable, Classifier, Gate, ModelSource, Outcome, Vote

logger = logging.getLogger("qwen_router")

DEADLINE_S = 60.0
DEADLINE_NO_CLOUD_S = 120.0
QWEN_SHARE = 0.5
"""Qwen's part of the deadline where a cloud model stands by, for which time must be left."""
QWEN_PROMPT_TOKENS = QWEN_NUM_CTX - QWEN_NUM_PREDICT
"""Qwen's window less its longest answer."""
CLOUD_PROMPT_TOKENS = 32_000
"""A quarter of the smallest window in use; more history costs more than it helps."""

T = TypeVar("T")


class Lazy(Generic[T]):
    """Builds its value on the first call, in whichever thread calls; a failure is not kept."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._built: list[T] = []

    def __call__(self) -> T:
        """The value; other callers wait while it is built."""
        with self._lock:
            if not self._built:
                self._built.append(self._build())
            return self._built[0]

    @property
    def built(self) -> T | None:
        """The value, when some call has built it."""
        return self._built[0] if self._built else None


@dataclass(frozen=True)
class Services:
    """What the nodes are given; tests replace single fields with `dataclasses.replace`."""

    settings: Settings
    classifier: Callable[[], Classifier]
    sandbox: Jail
    gate: Gate
    vote: Vote | None
    """Judges what the gate leaves undecided; None: no free model is asked for that."""
    qwen: ModelSource
    why_no_qwen: Callable[[], str | None]
    """Why no free model can be asked, in words; None when one can."""
    chat: ModelSource
    """Cloud models in their order, Qwen last."""
    cloud: ModelSource | None
    """Cloud models alone; None: there are none."""
    polish: ModelSource
    second_opinion: SecondOpinion | None
    """Asked what a request wants where the classifier is not sure; None: nobody is."""
    record: Callable[[Outcome], None]
    deadline: Deadline
    has_cloud: bool
    can_polish: bool
    prompt_tokens: int
    """Longest prompt for a cloud model."""
    qwen_prompt_tokens: int = QWEN_PROMPT_TOKENS
    opened: ExitStack = field(default_factory=ExitStack)
    """What must be stopped when the process ends: engine, devbox."""

    def close(self) -> None:
        """Stop everything that was started; safe to call twice."""
        self.opened.close()

    async def aclose(self) -> None:
        """Close this event loop's connections, then everything else."""
        second = self.second_opinion.model if self.second_opinion else None
        for source in (self.chat, self.cloud, self.polish, second):
            if isinstance(source, Lazy) and source.built is not None:
                await close_models(source.built)
        if isinstance(self.qwen, Lazy) and isinstance(model := self.qwen.built, ChatRunloop):
            await model.aclose()
        await asyncio.to_thread(self.close)


def make_services(
    settings: Settings, *, progress: Progress | None = None, clock: Clock = time.monotonic
) -> Services:
    """Services over `settings`; nothing is read, started or imported before its first use.

    Args:
        settings: The process's settings.
        progress: Told of the embedded model's assembly.
        clock: Monotonic seconds.
    """
    opened = ExitStack()
    backend = Lazy(lambda: _backend(settings))
    qwen = Lazy(lambda: _start_qwen(backend(), settings, opened, progress))
    names, menders = chat_models(settings), polish_models(settings)
    sandbox = Jail(settings.cache_dir, settings.node_path)
    deadline_s = settings.router_deadline_s or (DEADLINE_S if names else DEADLINE_NO_CLOUD_S)
    return Services(
        settings=settings,
        classifier=Lazy(LinearClassifier.load),
        sandbox=sandbox,
        gate=make_gate(sandbox),
        vote=ModelVote(qwen, sandbox) if settings.qwen_vote else None,
        qwen=qwen,
        why_no_qwen=lambda: _why_not(backend),
        chat=Lazy(lambda: _chat_chain(names, settings, deadline_s, qwen)) if names else qwen,
        cloud=Lazy(lambda: build_chain(names, settings, timeout_s=deadline_s)) if names else None,
        polish=Lazy(lambda: build_chain(menders, settings, timeout_s=deadline_s)),
        second_opinion=_second_opinion(settings),
        record=log_outcome,
        deadline=Deadline(clock, deadline_s, QWEN_SHARE if names or menders else 1.0),
        has_cloud=bool(names),
        can_polish=bool(menders),
        prompt_tokens=CLOUD_PROMPT_TOKENS if names else QWEN_PROMPT_TOKENS,
        opened=opened,
    )


def _second_opinion(settings: Settings) -> SecondOpinion | None:
    name = settings.classify_model
    if name is None:
        return None
    return SecondOpinion(Lazy(lambda: build_chain([name], settings, timeout_s=DEADLINE_S)))


def make_gate(sandbox: Sandbox | None) -> Gate:
    """The gate; without a sandbox it judges by the text alone."""
    return StagedGate(sandbox)


@functools.cache
def default_services() -> Services:
    """The process's services, over its environment; stopped at exit."""
    services = make_services(load_settings())
    atexit.register(services.close)
    return services


def _backend(settings: Settings) -> Backend:
    backend = find_backend(settings)
    if backend is None:
        asked = f" ({settings.qwen_model} is not installed)" if settings.qwen_model else ""
        raise NoModelError(f"{NO_QWEN}{asked}\n{HOW_TO_GET_QWEN}")
    return backend


def _start_qwen(
    backend: Backend, settings: Settings, opened: ExitStack, progress: Progress | None
) -> ChatRunnable:
    """A backend that cannot be started is a model that failed: the next one may answer."""
    try:
        return build_qwen(backend, settings, opened, progress)
    except ConfigurationError as error:
        raise DevboxUnavailableError(str(error)) from error


def _why_not(backend: Callable[[], Backend]) -> str | None:
    try:
        backend()
    except NoModelError:
        return NO_QWEN
    except ConfigurationError as error:
        return str(error)
    return None


def _chat_chain(
    names: Sequence[str], settings: Settings, timeout_s: float, qwen: ModelSource
) -> ChatRunnable:
    """The cloud models, then Qwen, which is looked for only when they have all failed."""
    return build_chain(names, settings, timeout_s=timeout_s, last=_fit_and_ask(qwen))


def _fit_and_ask(qwen: ModelSource) -> ChatRunnable:
    def trimmed(messages: list[BaseMessage]) -> list[BaseMessage]:
        return fit(messages, max_tokens=QWEN_PROMPT_TOKENS)

    def ask(_: list[BaseMessage]) -> ChatRunnable:
        try:
            return qwen()
        except NoModelError as error:  # must not hide why the cloud models failed
            raise DevboxUnavailableError(str(error)) from error

    return RunnableLambda(trimmed) | RunnableLambda(ask)


def log_outcome(outcome: Outcome) -> None:
    """One line of JSON a request; never the prompt or the answer."""
    logger.info("router.answered %s", json.dumps(asdict(outcome), ensure_ascii=False))
