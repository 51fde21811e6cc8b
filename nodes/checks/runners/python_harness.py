"""Loads an answer's code and tries cases on it; runs inside the sandbox, by itself.

It reads one JSON object from stdin and writes one line to stdout, behind a marker that the code
under test cannot know. Each case has a process of its own: nothing that a case does, be it an
endless loop, an exit or a crash, reaches the others.
"""

from __future__ import annotations

import io
import json
import os
import select
import signal
import sys
import time
from typing import Any

from nodes.checks.runners.python_loader import Loaded, TooSlowError
from nodes.checks.runners.python_trial import Trial


def _tried(trial: Trial, case_s: float) -> dict[str, Any]:
    """What became of a case in a process of its own, within `case_s` seconds of its CPU time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _report_and_leave(trial, writing, case_s)
    os.close(writing)
    told = _read_all(reading, 3 * case_s)
    os.close(reading)
    if told is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if told is None or ended_by == signal.SIGPROF:
        return {"outcome": "timed_out", "shown": f"no result after {case_s:g} s"}
    if told:
        seen: dict[str, Any] = json.loads(told)
        return seen
    if ended_by:
        return {"outcome": "raised", "error": "Crash", "shown": f"ended by signal {ended_by}"}
    return {"outcome": "raised", "error": "SystemExit", "shown": "the process was left"}


def _report_and_leave(trial: Trial, writing: int, case_s: float) -> None:
    try:
        signal.setitimer(signal.ITIMER_PROF, case_s)
        told = json.dumps(trial.seen())
        signal.setitimer(signal.ITIMER_PROF, 0)
        with os.fdopen(writing, "w") as pipe:
            pipe.write(told)
    finally:
        os._exit(0)


def _read_all(reading: int, wall_s: float) -> str | None:
    """All that is written until the pipe is closed; None when time runs out first."""
    told, ends = bytearray(), time.monotonic() + wall_s
    while True:
        left_s = ends - time.monotonic()
        if left_s <= 0 or not select.select([reading], [], [], left_s)[0]:
            return None
        part = os.read(reading, 65_536)
        if not part:
            return told.decode()
        told += part


def _try_all(loaded: Loaded, job: dict[str, Any]) -> list[dict[str, Any]]:
    """All cases; after two that take too long, the time is not spent on the others."""
    seen: list[dict[str, Any]] = []
    ends = time.monotonic() + job["wall_s"]
    for case in job["cases"]:
        slow = sum(one["outcome"] == "timed_out" for one in seen)
        if not case["fits"]:
            seen.append({"outcome": "not_run", "shown": "the function takes other arguments"})
        elif slow >= 2 or time.monotonic() > ends:
            seen.append({"outcome": "not_run", "shown": "no time left"})
        else:
            trial = Trial(loaded, job["source"], job["subject"], case)
            seen.append(_tried(trial, job["case_s"]))
    return seen


def _too_slow(*_: Any) -> None:
    raise TooSlowError


def main() -> None:
    """Does one job: `source`, `subject`, `cases` and limits in, what was seen out."""
    job = json.loads(sys.stdin.read())
    report = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.stdin = io.StringIO()
    signal.signal(signal.SIGALRM, _too_slow)
    loaded = Loaded("" if job["whole"] else job["source"], job["subject"], job["load_s"])
    told: dict[str, Any] = {"load_error": loaded.error, "demo_error": loaded.demo_error}
    told["demo_fails_in"] = loaded.demo_fails_in
    told["seen"] = [] if loaded.error else _try_all(loaded, job)
    with os.fdopen(report, "w") as channel:
        channel.write(f"{job['marker']}{json.dumps(told)}\n")
    os._exit(0)
