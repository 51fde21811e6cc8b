"""What the jail remembers and what it tries again; nothing waits for what it does not need."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import pytest

from graph.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from graph.sandbox.jail import Jail
from graph.sandbox.remembered import Answer, Remembered
from nodes.checks.sandbox import Job, Limits, Prepared
from tests.sandbox_fixtures import best, require

__all__ = ["best"]
SHOW = ("bash", "-c", "cat /prepared/text || echo none")


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_what_lasts_is_found_once_and_the_rest_again_after_a_minute() -> None:
    clock, count = Clock(), itertools.count()
    remembered: Remembered[int] = Remembered(clock)

    def get(lasts: bool) -> int:
        return remembered.get(str(lasts), lambda: Answer(next(count), lasts))

    first, lasting = get(False), get(True)
    clock.now_s = 59
    assert (get(False), get(True)) == (first, lasting)
    clock.now_s = 61
    assert get(False) != first
    assert get(True) == lasting


def test_no_name_waits_for_another() -> None:
    remembered: Remembered[str] = Remembered(Clock())
    free, held = threading.Event(), threading.Event()

    def slow() -> Answer[str]:
        held.set()
        return Answer("late" if free.wait(10) else "never")

    thread = threading.Thread(target=remembered.get, args=("slow", slow))
    thread.start()
    assert held.wait(10)
    assert remembered.get("other", lambda: Answer("at once")) == "at once"
    free.set()
    thread.join()
    assert remembered.get("slow", lambda: Answer("again")) == "late"


def test_a_jail_that_could_not_be_started_is_tried_again_after_a_minute(tmp_path: Path) -> None:
    ways, _ = find_bubblewrap()
    if not ways:
        pytest.skip("install bubblewrap")
    clock, offered = Clock(), [[Bubblewrap("/nowhere/bwrap", True, False)], ways]
    jail = Jail(tmp_path, ways=lambda: (offered.pop(0), ""), clock=clock)
    assert "bubblewrap is there but fails" in str(jail.why_not("bash"))
    assert jail.why_not("bash") is not None
    clock.now_s = 61
    assert jail.why_not("bash") is None


def test_a_failed_build_is_tried_again_after_a_minute(best: Jail, tmp_path: Path) -> None:
    require(best, "bash")
    clock = Clock()
    jail = Jail(tmp_path / "cache", clock=clock)
    job = Job(SHOW, prepared=Prepared("late", ("bash", "-c", "echo built > /prepared/text")))
    (tmp_path / "cache").write_text("in the way")
    assert jail.run(job).stdout == "none\n"
    (tmp_path / "cache").unlink()
    assert jail.run(job).stdout == "none\n"
    clock.now_s = 61
    assert jail.run(job).stdout == "built\n"


def test_a_build_that_does_not_fit_goes_on_for_the_next_job(best: Jail) -> None:
    require(best, "bash")
    slow = Prepared("slow", ("bash", "-c", "sleep 1.5; echo built > /prepared/text"))
    job = Job(SHOW, prepared=slow, limits=Limits(wall_s=1.0))
    began = time.monotonic()
    assert best.run(job).stdout == "none\n"
    assert time.monotonic() - began < 1.2
    until = time.monotonic() + 20
    while (shown := best.run(job).stdout) != "built\n" and time.monotonic() < until:
        time.sleep(0.1)
    assert shown == "built\n"


def test_the_time_of_a_build_is_taken_from_the_job(best: Jail) -> None:
    require(best, "bash")
    slow = Prepared("half", ("bash", "-c", "sleep 0.6"))
    job = Job(("bash", "-c", "sleep 5"), prepared=slow, limits=Limits(wall_s=2.0))
    began = time.monotonic()
    assert best.run(job).ended_by == "wall"
    assert time.monotonic() - began < 2.4
