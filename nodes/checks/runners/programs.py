"""Cases that run a whole program: what it prints for what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nodes.checks.answer import shorten
from nodes.checks.cases import Case, Run, Seen
from nodes.checks.runners.reports import close, not_run
from nodes.checks.sandbox import Job, Ran, Sandbox

_FAULT_CHARS = 300


def runs_program(case: Case) -> bool:
    """Whether a case runs the whole program rather than a function of it."""
    return case.prints is not None or (
        not case.call and case.arguments is None and not case.function
    )


def run_programs(cases: Sequence[Case], job: Job, sandbox: Sandbox, command: str) -> Run:
    """Run `job` once for each of the cases that run a program."""
    seen = []
    for case in cases:
        if not runs_program(case):
            seen.append(not_run("it calls a function of a program"))
            continue
        ran = sandbox.run(replace(job, stdin=case.stdin))
        if ran.unavailable:
            return Run((), why_not=ran.unavailable)
        seen.append(program_seen(case, ran))
    return Run(tuple(seen), command=command)


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
