"""Faults that a test orders from the local devbox, and the record of what it was asked.

One object is shared by the test's thread and the server's; every method takes its lock.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

StreamEnd = Literal["eof", "timeout_event", "cut"]
"""A silent end, an `event: error` of code 408, or a connection dropped inside the body."""

MAX_RECORDED = 10_000


@dataclass(frozen=True)
class RecordedRequest:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case; `authorization` is left out."""
    body: Any
    """The decoded JSON, or None when there was none."""


@dataclass(frozen=True)
class CannedAnswer:
    """What to answer in place of the real thing; a `str` body is sent as HTML."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class StreamBreak:
    """How one output stream ends before its time."""

    how: StreamEnd
    after_chunks: int


class Faults:
    """Ordered faults.

    Attributes:
        boot_s: Seconds that each start and each resume of a box take on top.
        requests: What arrived, oldest first.
    """

    def __init__(self) -> None:
        self.boot_s = 0.0
        self.requests: deque[RecordedRequest] = deque(maxlen=MAX_RECORDED)
        self._lock = threading.Lock()
        self._answers: dict[str, deque[CannedAnswer]] = defaultdict(deque)
        self._delays_s: dict[str, float] = {}
        self._stream_breaks: deque[StreamBreak] = deque()
        self._boot_failures: deque[str] = deque()
        self._forced: dict[str, tuple[str, str | None]] = {}

    def clear(self) -> None:
        """Forget what was ordered and what was recorded."""
        with self._lock:
            self.boot_s = 0.0
            self.requests.clear()
            self._answers.clear()
            self._delays_s.clear()
            self._stream_breaks.clear()
            self._boot_failures.clear()
            self._forced.clear()

    def answer(
        self,
        path_suffix: str,
        *statuses: int,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        """Answer the next requests whose path ends in `path_suffix` with `statuses`, one each."""
        with self._lock:
            for status in statuses:
                self._answers[path_suffix].append(CannedAnswer(status, headers or {}, body))

    def delay(self, path_suffix: str, delay_s: float) -> None:
        """Hold every request whose path ends in `path_suffix` (`""`: all) for `delay_s`."""
        with self._lock:
            self._delays_s[path_suffix] = delay_s

    def break_stream(self, how: StreamEnd, *, after_chunks: int = 1) -> None:
        """End the next output stream that is opened after `after_chunks` chunks."""
        with self._lock:
            self._stream_breaks.append(StreamBreak(how, after_chunks))

    def fail_boot(self, failure_reason: str) -> None:
        """Let the next start or resume end in status `failure`."""
        with self._lock:
            self._boot_failures.append(failure_reason)

    def force_status(
        self, devbox_id: str, status: str, *, failure_reason: str | None = None
    ) -> None:
        """Report and treat a box as `status` until its next change of state."""
        with self._lock:
            self._forced[devbox_id] = (status, failure_reason)

    def take_answer(self, path: str) -> CannedAnswer | None:
        """Remove and return the canned answer that `path` is due, if any."""
        with self._lock:
            for suffix, answers in self._answers.items():
                if answers and path.endswith(suffix):
                    return answers.popleft()
        return None

    def delay_of(self, path: str) -> float:
        """Seconds to hold a request for `path`."""
        with self._lock:
            return max((s for p, s in self._delays_s.items() if path.endswith(p)), default=0.0)

    def take_stream_break(self) -> StreamBreak | None:
        """Remove and return the break that the stream opened now is due, if any."""
        with self._lock:
            return self._stream_breaks.popleft() if self._stream_breaks else None

    def take_boot_failure(self) -> str | None:
        """Remove and return the failure that the boot made now is due, if any."""
        with self._lock:
            return self._boot_failures.popleft() if self._boot_failures else None

    def forced_status(self, devbox_id: str) -> tuple[str, str | None] | None:
        """The forced status and failure reason of a box, if any."""
        with self._lock:
            return self._forced.get(devbox_id)

    def drop_forced_status(self, devbox_id: str) -> None:
        """Forget the forced status of a box: its state changed."""
        with self._lock:
            self._forced.pop(devbox_id, None)
