"""Background threads of this process: servers of our own, and an event loop for sync callers."""

from __future__ import annotations

import asyncio
import atexit
import functools
import os
import queue
import threading
import time
from collections.abc import AsyncGenerator, Coroutine, Iterator
from concurrent.futures import Future, wait
from contextlib import aclosing
from pathlib import Path
from typing import Any, TypeVar

import uvicorn

from graph.errors import ConfigurationError

START_TIMEOUT_S = 10.0
CANCEL_TIMEOUT_S = 5.0

T = TypeVar("T")


class BackgroundServer:
    """Serves `app` on a Unix socket, or on a free loopback port when `uds` is None.

    The thread's event loop is asyncio's own: under uvloop the pipes of a child process leak into
    the daemons that it starts, and their end is never seen.
    """

    def __init__(self, app: Any, *, uds: Path | None = None, name: str) -> None:
        config = uvicorn.Config(
            app,
            uds=None if uds is None else str(uds),
            host="127.0.0.1",
            port=0,
            loop="asyncio",
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread and wait until the app accepts connections.

        Raises:
            ConfigurationError: The server did not come up within `START_TIMEOUT_S`.
        """
        self._thread.start()
        limit = time.monotonic() + START_TIMEOUT_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > limit:
                self.close()
                raise ConfigurationError(f"the server {self._thread.name!r} did not start")
            time.sleep(0.005)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`; only for a server on a port."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def close(self) -> None:
        """Stop serving and wait for the thread; safe to call twice."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)


class BackgroundLoop:
    """An event loop in a daemon thread, so that sync code runs the one async implementation."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="background-loop", daemon=True
        )
        self._pid = os.getpid()
        self._thread.start()
        atexit.register(self.close)

    def close(self) -> None:
        """Cancel what still runs and stop, as `asyncio.run` does; safe to call twice."""
        if os.getpid() != self._pid or self._loop.is_closed():
            return
        future = asyncio.run_coroutine_threadsafe(_wind_up(), self._loop)
        wait([future], timeout=CANCEL_TIMEOUT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=CANCEL_TIMEOUT_S)
        if not self._thread.is_alive():
            self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end; interrupting the caller cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        finally:
            _cancel(future)

    def iterate(self, items: AsyncGenerator[T, None]) -> Iterator[T]:
        """The items, one by one; closing the iterator closes `items`."""
        ready: queue.SimpleQueue[T | _End] = queue.SimpleQueue()

        async def pump() -> None:
            try:
                async with aclosing(items):
                    async for item in items:
                        ready.put(item)
            finally:
                ready.put(_End())

        future = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        try:
            while not isinstance(item := ready.get(), _End):
                yield item
            future.result()
        finally:
            _cancel(future)


async def in_own_task(items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The items of a generator that runs, and ends, in one task of its own.

    A loop that shuts down cancels its tasks, and waits for them, before it closes generators,
    nested ones all at once. So `items` may await while it cleans up, even when nobody closed it.
    """
    ready: asyncio.Queue[T | _End] = asyncio.Queue()

    async def pump() -> None:
        try:
            async with aclosing(items):
                async for item in items:
                    ready.put_nowait(item)
        finally:
            ready.put_nowait(_End())

    task = asyncio.create_task(pump())
    try:
        while not isinstance(item := await ready.get(), _End):
            yield item
        await task
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait([task])


async def _wind_up() -> None:
    loop = asyncio.get_running_loop()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await loop.shutdown_asyncgens()


class _End:
    """Marks the end of a queue."""


def _cancel(future: Future[Any]) -> None:
    if future.cancel():
        wait([future], timeout=CANCEL_TIMEOUT_S)


def background_loop() -> BackgroundLoop:
    """The process's one background loop, started on first use; a forked child gets its own."""
    return _loop_of(os.getpid())


@functools.cache
def _loop_of(pid: int) -> BackgroundLoop:
    return BackgroundLoop()
