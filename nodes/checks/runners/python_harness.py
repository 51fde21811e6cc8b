"""Loads an answer's code and tries cases on it; runs inside the sandbox, by itself.

It reads one JSON object from stdin. It writes a line to stdout when the code is loaded, and one
when a case ends, each behind a marker that the code under test cannot know. Each case has a process
of its own: nothing that a case does, be it an endless loop, an exit or a crash, reaches the others.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import os
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from nodes.checks.runners.python_clock import shorten_sleep
from nodes.checks.runners.python_loader import Loaded, TooSlowError
from nodes.checks.runners.python_trial import Trial

_Told = dict[str, Any]
_LEAST_S = 0.05
_MOST_SLOW = 2
_WALL_FOR_CPU = 3


@dataclass(frozen=True)
class _Tries:
    """What all cases of a job share."""

    loaded: Loaded
    job: _Told
    ends: float
    channel: int

    @property
    def limit_s(self) -> float:
        """The most of a case on the clock; that of its CPU time is less, for there are others."""
        return float(_WALL_FOR_CPU * self.job["case_s"])

    def told(self, case: _Told, begin: Callable[[], None]) -> _Told:
        """What became of a case in the time that is left."""
        left_s = self.ends - monotonic()
        if not case["fits"]:
            return _not_run("the function takes other arguments")
        if left_s < _LEAST_S:
            return _not_run("no time left")
        if left_s >= self.limit_s:
            begin()
        trial = Trial(self.loaded, self.job["source"], self.job["subject"], case)
        return self._tried(trial, left_s)

    def _tried(self, trial: Trial, left_s: float) -> _Told:
        case_s = self.job["case_s"]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(self.channel)
            _report_and_leave(trial, writing, case_s, self.job["most_chars"])
        os.close(writing)
        text = _read_line(reading, min(self.limit_s, left_s))
        os.close(reading)
        if text is None:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if text is None:
            return self._late(left_s)
        return _parsed(text) or _ended(ended_by, case_s)

    def _late(self, left_s: float) -> _Told:
        """A case that was stopped by the clock: only one that had all its time did not end."""
        if left_s < self.limit_s:
            return _not_run("no time left")
        if "sleep" in self.job["source"]:
            return _not_run("it sleeps")
        return {"outcome": "timed_out", "shown": f"no result after {self.limit_s:g} s"}


def _not_run(why: str) -> _Told:
    return {"outcome": "not_run", "shown": why}


def _ended(ended_by: int, case_s: float) -> _Told:
    """A case whose process ended without a word."""
    if ended_by == signal.SIGPROF:
        return {"outcome": "timed_out", "shown": f"no result after {case_s:g} s"}
    if ended_by:
        return {"outcome": "raised", "error": "Crash", "shown": f"ended by signal {ended_by}"}
    return {"outcome": "raised", "error": "SystemExit", "shown": "the process was left"}


def _report_and_leave(trial: Trial, writing: int, case_s: float, most_chars: int) -> None:
    process = os.getpid()
    try:
        signal.setitimer(signal.ITIMER_PROF, case_s)
        text = _fitted(trial.seen(), most_chars)
        signal.setitimer(signal.ITIMER_PROF, 0)
        if os.getpid() != process:  # the code has forked
            return
        with os.fdopen(writing, "w") as pipe:
            pipe.write(text + "\n")
    finally:
        os._exit(0)


def _fitted(told: _Told, most_chars: int) -> str:
    """The report without the values that are too large to carry."""
    text = json.dumps(told)
    if len(text) <= most_chars:
        return text
    kept = {name: part for name, part in told.items() if name not in ("value", "after")}
    return json.dumps(kept | {"is_cut": True})


def _parsed(text: str) -> _Told | None:
    try:
        told = json.loads(text)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "outcome" in told else None


def _read_line(reading: int, wall_s: float) -> str | None:
    """What is written until the line ends or the pipe is closed; None when time runs out first."""
    told, ends = bytearray(), monotonic() + wall_s
    while not told.endswith(b"\n"):
        left_s = ends - monotonic()
        if left_s <= 0 or not select.select([reading], [], [], left_s)[0]:
            return None
        part = os.read(reading, 65_536)
        if not part:
            break
        told += part
    return told.decode("utf-8", "replace")


def _try_all(tries: _Tries, report: Callable[[_Told], None]) -> None:
    """All cases; after some that take too long, the time is not spent on the others."""
    slow = 0
    for number, case in enumerate(tries.job["cases"]):
        begin = partial(report, {"case": number, "begun": True})
        told = tries.told(case, begin) if slow < _MOST_SLOW else _not_run("no time left")
        slow += told["outcome"] == "timed_out"
        report({"case": number, **told})


def _too_slow(*_: Any) -> None:
    raise TooSlowError


def _leave(code: Any = None) -> None:
    raise SystemExit(code)


def _silence() -> int:
    """Takes stdin, stdout and stderr away from the code; where reports go instead."""
    channel = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.stdin = io.StringIO()
    return channel


def _loaded(job: _Told) -> Loaded:
    signal.signal(signal.SIGALRM, _too_slow)
    vars(builtins).update(exit=_leave, quit=_leave)  # the site module is not there to do it
    shorten_sleep(job["source"])
    return Loaded("" if job["whole"] else job["source"], job["subject"], job["load_s"])


def main() -> None:
    """Does one job: `source`, `subject`, `cases` and limits in, what was seen out."""
    started = monotonic()
    job = json.loads(sys.stdin.read())
    channel, process = _silence(), os.getpid()

    def report(told: _Told) -> None:
        with contextlib.suppress(OSError):
            os.write(channel, f"\n{job['marker']}{json.dumps(told)}\n".encode())

    loaded = _loaded(job)
    if os.getpid() != process:
        os._exit(0)
    report(
        {
            "load_error": loaded.error,
            "demo_error": loaded.demo_error,
            "demo_fails_in": loaded.demo_fails_in,
        }
    )
    if not loaded.error:
        _try_all(_Tries(loaded, job, started + job["wall_s"], channel), report)
    os._exit(0)
