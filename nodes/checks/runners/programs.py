"""Cases that run a whole program: what it prints for what it reads."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nodes.checks.answer import shorten
from nodes.checks.cases import Case, Run, Seen
from nodes.checks.runners.reports import close, lines, not_run, numbered
from nodes.checks.runners.timing import Timing
from nodes.checks.sandbox import Job, Ran, Sandbox

NOT_BUILT = 97
"""The status of a job whose code does not compile."""
TIMED_OUT = frozenset({124, 137})
"""What `timeout` ends with when it ended a program."""
PROGRAM_S = 2.0
_HARNESS = Path(__file__).with_name("harness_programs.sh")
_OUTPUT_BYTES = 4_000_000
_FAULT_CHARS = 300


def runs_program(case: Case) -> bool:
    """Whether a case runs the whole program rather than a function of it."""
    return case.prints is not None or (
        not case.call and case.arguments is None and not case.function
    )


@dataclass(frozen=True, slots=True)
class Program:
    """A program, how it is built and how it is started.

    `job` holds its files and the command that starts it, in a folder of its own below theirs.
    """

    job: Job
    shown: str
    """The command, as a reader would type it."""
    build: str = ""
    """A command of bash that builds it."""
    not_built: Callable[[Ran], Run] = lambda ran: Run((), why_not=f"not built: {ran.stderr[:200]}")


def run_programs(
    cases: Sequence[Case], program: Program, sandbox: Sandbox, marker: str, timing: Timing
) -> Run:
    """Build `program` and run it once for each of the cases that run a program."""
    tried = [case for case in cases if runs_program(case)]
    ran = sandbox.run(_job(tried, program, marker, timing))
    if ran.unavailable:
        return Run((), why_not=ran.unavailable)
    if ran.exit_code == NOT_BUILT:
        return program.not_built(ran)
    reports = iter(numbered(lines(ran, marker), ran, len(tried)))
    seen = tuple(
        _reported(case, next(reports))
        if runs_program(case)
        else not_run("it calls a function of a program")
        for case in cases
    )
    return Run(seen, command=program.shown)


def _job(tried: Sequence[Case], program: Program, marker: str, timing: Timing) -> Job:
    job = program.job
    files = {f"stdin_{number}": case.stdin for number, case in enumerate(tried)}
    given = (marker, str(timing.each_ms), str(timing.ends_ms), str(len(tried)), program.build)
    left_s = timing.left_s()
    return replace(
        job,
        command=("bash", "./harness_programs.sh", *given, *job.command),
        files={**job.files, **files, "harness_programs.sh": _HARNESS.read_text()},
        limits=replace(job.limits, wall_s=left_s, output_bytes=_OUTPUT_BYTES),
    )


def _reported(case: Case, report: dict[str, Any]) -> Seen:
    if "status" not in report:
        return Seen(report["outcome"], shown=str(report.get("shown", "")))
    status = int(report["status"])
    out, err = (decoded(report[name]) for name in ("out", "err"))
    return program_seen(case, Ran(status, out, err, 0.0, "wall" if status in TIMED_OUT else ""))


def decoded(encoded: str) -> str:
    """The text that a harness of bash reports in base64."""
    return base64.b64decode(encoded).decode("utf-8", "replace")


def program_seen(case: Case, ran: Ran) -> Seen:
    """What came of one run of a program."""
    shown = shorten(ran.stdout, _FAULT_CHARS)
    if ran.ended_by == "wall":
        return Seen("timed_out", shown=shown)
    if case.prints is None and not case.raises:
        if ran.exit_code:
            return Seen("raised", ran.stdout, shorten(ran.stderr, _FAULT_CHARS), "exit status")
        return Seen("returned", ran.stdout, shown)
    if case.raises:
        return Seen("passed" if ran.exit_code else "wrong", ran.stdout, shown)
    if same_text(ran.stdout, case.prints or ""):
        return Seen("passed", ran.stdout, shown)
    if ran.exit_code:
        return Seen("raised", ran.stdout, shorten(ran.stderr, _FAULT_CHARS), "exit status")
    return Seen("wrong", ran.stdout, shown)


def same_text(one: str, other: str) -> bool:
    """Whether two outputs agree but for space at the ends of lines and rounding of numbers."""
    first, second = ([line.split() for line in each.strip().splitlines()] for each in (one, other))
    if [len(line) for line in first] != [len(line) for line in second]:
        return False
    pairs = (pair for a, b in zip(first, second, strict=True) for pair in zip(a, b, strict=True))
    return all(a == b or _same_number(a, b) for a, b in pairs)


def _same_number(one: str, other: str) -> bool:
    if "." not in one and "." not in other:
        return False
    try:
        return close(float(one), float(other))
    except ValueError:
        return False
