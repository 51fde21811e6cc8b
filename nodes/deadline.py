"""One deadline a request, on the monotonic clock, shared by every attempt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nodes.context import Context
from nodes.state import State

Clock = Callable[[], float]
"""Monotonic seconds, such as `time.monotonic`."""


@dataclass(frozen=True)
class Deadline:
    """Starts and reads the deadline that travels in the state."""

    clock: Clock
    default_s: float
    qwen_share: float = 1.0
    """Qwen's part of what is left; the rest is the cloud model's, where there is one."""

    def start(self, context: Context) -> State:
        """The state's fields for a request that begins now."""
        now = self.clock()
        return {"started_at": now, "expires_at": now + self._whole_s(context)}

    def remaining_s(self, state: State, context: Context) -> float:
        """Seconds left; a run resumed in another process has all of them again."""
        expires_at = state.get("expires_at")
        if expires_at is None:
            return self._whole_s(context)
        return max(0.0, expires_at - self.clock())

    def qwen_s(self, state: State, context: Context) -> float:
        """Seconds that Qwen may take from now on."""
        return self.remaining_s(state, context) * self.qwen_share

    def elapsed_ms(self, state: State) -> float | None:
        """Milliseconds since the request began; None for a resumed run."""
        started_at = state.get("started_at")
        return None if started_at is None else (self.clock() - started_at) * 1000

    def _whole_s(self, context: Context) -> float:
        return self.default_s if context.deadline_s is None else context.deadline_s


def in_words(seconds: float) -> str:
    """`0.2 s` or `60 s`."""
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
