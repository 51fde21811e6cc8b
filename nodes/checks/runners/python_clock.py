"""A clock that sleeping moves, so that code that waits is tried at once; part of the harness."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

_LONGEST_S = 0.01
# Clocks that cannot be moved, and tasks that meet in real time.
_REAL_TIME = (
    "datetime", "localtime", "gmtime", "ctime", "strftime", "thread", "concurrent", "multiprocess",
    "asyncio", "subprocess", "signal", "fork",
)  # fmt: skip


class _Clock:
    """The real clocks, ahead by all the time that was not slept."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._sleep = time.sleep

    def sleep(self, seconds: Any, /) -> None:
        """Sleeps for a moment, and moves the clocks by the rest."""
        moment = min(seconds, _LONGEST_S)
        self._sleep(moment)
        self._ahead_s += seconds - moment

    def moved(self, clock: Callable[[], float]) -> Callable[[], float]:
        """A clock in seconds that is ahead."""
        return lambda: clock() + self._ahead_s

    def moved_ns(self, clock: Callable[[], int]) -> Callable[[], int]:
        """A clock in nanoseconds that is ahead."""
        return lambda: clock() + int(self._ahead_s * 1e9)


def shorten_sleep(source: str) -> None:
    """Let `time.sleep` last a moment, unless the code may notice it by another clock."""
    if "sleep" not in source or any(word in source for word in _REAL_TIME):
        return
    clock = _Clock()
    patched: dict[str, Any] = {"sleep": clock.sleep}
    for name in ("time", "monotonic", "perf_counter"):
        patched[name] = clock.moved(getattr(time, name))
        patched[f"{name}_ns"] = clock.moved_ns(getattr(time, f"{name}_ns"))
    for name, function in patched.items():
        setattr(time, name, function)
