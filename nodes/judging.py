"""Judging one answer: the gate, then, where it cannot decide, a vote of the free model.

The graph, the command line and the evaluations all judge here, so that they judge alike.
"""

from __future__ import annotations

import asyncio
import logging

from nodes.state import GATE_WALL_S, Gate, GateReport, Issue, Vote, Voted

logger = logging.getLogger("qwen_router")

UNKNOWN = 0.4
"""The score of an answer of which nothing is known: about so many fail."""
NOT_RUN = "not_run"
"""The issue that says why code was not run; it tells nothing against the answer."""
VOTE_SHARE = 1 / 3
"""Part of the time left that a vote of the free model may take."""


async def judge(
    gate: Gate,
    vote: Vote | None,
    query: str,
    response: str,
    *,
    finish_reason: str = "stop",
    left_s: float,
) -> Voted:
    """The report on one answer, and what was written to reach it; never raises.

    Args:
        gate: Judges without a model.
        vote: Asked where the gate is undecided; None: nobody is.
        query: The request, as text.
        response: The answer, as the model wrote it.
        finish_reason: What the model reported, such as `stop` or `length`.
        left_s: Seconds left for everything; the gate takes at most GATE_WALL_S of them.
    """
    try:
        report = await asyncio.to_thread(
            gate, query, response, finish_reason=finish_reason, wall_s=min(GATE_WALL_S, left_s)
        )
        if vote is None or report.is_decided:
            return Voted(report)
        return await vote(query, response, report, wall_s=left_s * VOTE_SHARE)
    except Exception as error:  # a gate that breaks is no proof against the answer
        logger.exception("the gate failed")
        issue = Issue(code="gate_error", evidence=f"{type(error).__name__}: {error}")
        return Voted(GateReport(UNKNOWN, (issue,)))


def is_better(mended: GateReport, score: float) -> bool:
    """Whether a mended answer replaces one with `score`; one that broke the gate proves nothing."""
    unproved = any(issue["code"] == "gate_error" for issue in mended.issues)
    return mended.score <= score and not unproved
