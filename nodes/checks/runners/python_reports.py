"""What the Python harness reports, as what came of the cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from nodes.checks.cases import MISSING, Case, Run, Seen
from nodes.checks.runners.python_values import decode
from nodes.checks.runners.reports import lines, not_run, numbered
from nodes.checks.sandbox import Ran


def run_of(ran: Ran, marker: str, cases: Sequence[Case], command: str) -> Run:
    """The run that a job's output tells of; never raises, whatever the code wrote there.

    Args:
        ran: What became of the harness.
        marker: What stands before each of its reports.
        cases: The cases, in their order.
        command: The command for evidence.
    """
    if ran.unavailable:
        return Run((), why_not=ran.unavailable)
    told = lines(ran, marker)
    loaded = next((one for one in told if "load_error" in one), None)
    if loaded is None:
        why = ran.ended_by or ran.stderr.strip()[-200:] or f"exit code {ran.exit_code}"
        return Run((), why_not=f"the code did not come to its end: {why}", command=command)
    demo = {name: loaded[name] for name in ("demo_error", "demo_fails_in")}
    if loaded["load_error"]:
        return Run((), loaded["load_error"], command=command, **demo)
    reports = numbered(told, ran, len(cases))
    seen = tuple(_seen(case, one) for case, one in zip(cases, reports, strict=True))
    return Run(seen, command=command, **demo)


def _seen(case: Case, told: dict[str, Any]) -> Seen:
    try:
        return _judged(case, told)
    except Exception as error:  # a value that is written in one way and read in another
        return not_run(f"the result cannot be read: {type(error).__name__}")


def _judged(case: Case, told: dict[str, Any]) -> Seen:
    after = decode(told["after"]) if "after" in told else None
    value = decode(told["value"]) if "value" in told else MISSING
    seen = Seen(told["outcome"], value, told["shown"], told.get("error", ""), after)
    if case.judge is None or seen.outcome != "returned":
        return seen
    if told.get("is_cut"):
        return not_run("the result is too large to carry")
    outcome = "passed" if case.judge(seen) is None else "wrong"
    return Seen(cast("Any", outcome), value, seen.shown, seen.error, after)
