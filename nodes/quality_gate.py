"""quality_gate: is the draft good, and if it is not, what is wrong and who may mend it?"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import last_request
from nodes.deadline import Deadline
from nodes.state import GATE_WALL_S, Answer, Gate, GateReport, Issue, NextStep, State, Vote

logger = logging.getLogger("qwen_router")

VOTE_SHARE = 1 / 3
"""Part of the time left that a vote of the free model may take."""
REPAIR_MARGIN = 1.5
"""A repair reads more than the draft did, so it may take so many times the draft's seconds."""


@dataclass(frozen=True)
class QualityGate:
    """Judges the draft; of an answer and its mended form, keeps the better one."""

    gate: Gate
    vote: Vote | None
    """Asked where the gate cannot decide; None without a free model or a sandbox."""
    deadline: Deadline
    can_polish: bool
    """Whether a model is configured that mends answers."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write verdict, score and issues of the better answer, and what comes next."""
        context = runtime.context or Context()
        draft, kept = state["draft"], state["kept"]
        assert draft is not None, "an answered request has a draft"
        if draft == kept:  # a failed repair: nothing new to judge
            return self._accepted(state, {"draft": kept}, context)
        report = await self._judge(state, context, draft)
        if kept is not None and not _is_better(report, state["quality_score"] or 0.0):
            return self._accepted(state, {"draft": kept}, context)
        judged: State = {
            "verdict": report.verdict(context.polish_threshold),
            "quality_score": report.score,
            "issues": list(report.issues),
        }
        return self._accepted(state, judged, context)

    def _accepted(self, state: State, update: State, context: Context) -> State:
        """`update`, and what follows from the answer that it leaves as the draft."""
        whole: State = {**state, **update}
        draft = whole["draft"]
        assert draft is not None, "quality_gate only exchanges drafts"
        return {
            **update,
            "kept": None,
            "repaired": draft["step"] == "repair",
            "polished": draft["step"] == "polish",
            "next_step": self._next_step(whole, draft, context),
        }

    async def _judge(self, state: State, context: Context, draft: Answer) -> GateReport:
        """A gate that breaks is no proof against the answer."""
        query, left_s = last_request(state["messages"]), self.deadline.remaining_s(state, context)
        try:
            report = await asyncio.to_thread(
                self.gate,
                query,
                draft["text"],
                finish_reason=draft["finish_reason"],
                wall_s=min(GATE_WALL_S, left_s),
            )
            if self.vote is None or report.is_decided or not context.vote:
                return report
            return await self.vote(query, draft["text"], report, wall_s=left_s * VOTE_SHARE)
        except Exception as error:
            logger.exception("quality_gate failed")
            issue = Issue(code="gate_error", evidence=f"{type(error).__name__}: {error}")
            return GateReport(0.0, (issue,))

    def _next_step(self, state: State, draft: Answer, context: Context) -> NextStep:
        """Free repair first, then one paid polish; a paid answer is not paid for again."""
        if state["verdict"] != "broken" or _is_paid(state, draft):
            return "done"
        if state["repairs"] < context.max_repairs and self._has_time_to_repair(state, context):
            return "repair"
        return "escalate" if context.polish and self.can_polish else "done"

    def _has_time_to_repair(self, state: State, context: Context) -> bool:
        return self.deadline.qwen_s(state, context) > state["draft_s"] * REPAIR_MARGIN


def _is_paid(state: State, draft: Answer) -> bool:
    """Whether a cloud model wrote the draft, or has tried to mend it."""
    return draft["step"] == "cloud" or any(a["step"] == "polish" for a in state["attempts"])


def _is_better(mended: GateReport, score: float) -> bool:
    """A mended answer on which the gate broke proves nothing."""
    unproved = any(issue["code"] == "gate_error" for issue in mended.issues)
    return mended.score <= score and not unproved
