"""Waiting for a state of an object that only the event loop's own thread changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Signal:
    """Wakes everyone who waits, each time that it is fired."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def fire(self) -> None:
        """Wake the present waiters."""
        self._event.set()
        self._event = asyncio.Event()

    async def wait_until(self, reached: Callable[[], bool], timeout_s: float | None) -> bool:
        """Wait until `reached()`, looked at now and after each firing.

        Returns:
            False when `timeout_s` seconds went by first; None waits for ever.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while not reached():
                    await self._event.wait()
        except TimeoutError:
            return False
        return True
