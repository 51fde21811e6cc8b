"""HTTP clients, one for each event loop: connections belong to the loop that opened them."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

CLOSE_PAUSE_S = 0.5
"""A loop that ends right after its last use of a client closes it without being hurried."""


@dataclass(frozen=True)
class _Kept:
    client: httpx.AsyncClient
    life: AsyncGenerator[None, None]
    finalizer: weakref.finalize[..., Any]


_ByLoop = weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Kept]


class ClientPerLoop:
    """Builds a client on a loop's first use of it.

    A client is closed by `aclose`, by its loop's shutdown, or after nobody has `self` any more.
    """

    def __init__(self, build: Callable[[], httpx.AsyncClient]) -> None:
        self._build = build
        self._kept: _ByLoop = weakref.WeakKeyDictionary()

    async def get(self) -> httpx.AsyncClient:
        """The running loop's client."""
        loop = asyncio.get_running_loop()
        kept = self._kept.get(loop)
        if kept is None:
            client = self._build()
            life = _life(client, weakref.ref(self._kept))
            # Holds both until then: as garbage, connections complain before they are closed.
            finalizer = weakref.finalize(self, _close_later, loop, client, life)
            finalizer.atexit = False
            kept = self._kept[loop] = _Kept(client, life, finalizer)
            await anext(life)
        return kept.client

    async def aclose(self) -> None:
        """Close the running loop's client; the next use builds another."""
        kept = self._kept.get(asyncio.get_running_loop())
        if kept is not None:
            await kept.life.aclose()


async def _life(
    client: httpx.AsyncClient, kept_by_loop: weakref.ref[_ByLoop]
) -> AsyncGenerator[None, None]:
    """Closes `client` when it is closed itself, which a loop that shuts down does."""
    try:
        yield
    finally:
        kept = kept_by_loop()
        if kept is not None:
            kept.pop(asyncio.get_running_loop()).finalizer.detach()
        await client.aclose()


def _close_later(
    loop: asyncio.AbstractEventLoop, client: httpx.AsyncClient, life: AsyncGenerator[None, None]
) -> None:
    """Close what nobody uses any more; until then `life` is kept, for a loop that ends first."""

    def close(_: AsyncGenerator[None, None]) -> None:
        loop.create_task(client.aclose())

    with suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(loop.call_later, CLOSE_PAUSE_S, close, life)
