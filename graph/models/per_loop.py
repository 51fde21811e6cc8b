"""A chat model for any event loop: its connections belong to the loop that opened them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from graph.models.guarded import GuardedChatModel
from nodes.state import ChatRunnable


@dataclass
class _Slot:
    """The model of one event loop, once it is built."""

    model: ChatRunnable | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class ModelPerLoop(Runnable[list[BaseMessage], AIMessage]):
    """Asks the model of the running event loop, and without `await` one model for all threads.

    A model is built when it is first asked, off the event loop, since importing an SDK blocks; a
    failure to build is not kept.
    """

    def __init__(self, build: Callable[[], ChatRunnable], *, name: str) -> None:
        self.name = name
        self._build = build
        self._slots: WeakKeyDictionary[asyncio.AbstractEventLoop, _Slot] = WeakKeyDictionary()
        self._slots_lock = threading.Lock()
        self._threads_model: ChatRunnable | None = None
        self._threads_lock = threading.Lock()

    def invoke(
        self, input: list[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """The answer; blocks."""
        return self._for_threads().invoke(input, config, **kwargs)

    async def ainvoke(
        self, input: list[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AIMessage:
        """The answer."""
        model = await self._for_this_loop()
        return await model.ainvoke(input, config, **kwargs)

    def stream(
        self, input: list[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[AIMessage]:
        """The pieces of the answer; blocks."""
        yield from self._for_threads().stream(input, config, **kwargs)

    async def astream(
        self, input: list[BaseMessage], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[AIMessage]:
        """The pieces of the answer."""
        model = await self._for_this_loop()
        async for chunk in model.astream(input, config, **kwargs):
            yield chunk

    async def aclose(self) -> None:
        """Close and forget the models of the running event loop and of the threads."""
        with self._slots_lock:
            slot = self._slots.pop(asyncio.get_running_loop(), _Slot())
        with self._threads_lock:
            threads_model, self._threads_model = self._threads_model, None
        for model in (slot.model, threads_model):
            if isinstance(model, GuardedChatModel):
                await model.aclose()

    def _for_threads(self) -> ChatRunnable:
        with self._threads_lock:
            if self._threads_model is None:
                self._threads_model = self._build()
            return self._threads_model

    async def _for_this_loop(self) -> ChatRunnable:
        slot = self._slot(asyncio.get_running_loop())
        async with slot.lock:
            if slot.model is None:
                slot.model = await asyncio.to_thread(self._build)
            return slot.model

    def _slot(self, running: asyncio.AbstractEventLoop) -> _Slot:
        with self._slots_lock:
            # An open connection holds its loop, so a closed loop may still be here.
            for loop in [loop for loop in self._slots if loop.is_closed()]:
                del self._slots[loop]
            return self._slots.setdefault(running, _Slot())
