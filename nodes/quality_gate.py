"""quality_gate: is the draft good, and if it is not, what is wrong with it?"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import last_request
from nodes.state import Answer, Gate, GateReport, Issue, State, Verdict

logger = logging.getLogger("qwen_router")


@dataclass(frozen=True)
class QualityGate:
    """Judges the draft; after polish, keeps the better of the two answers."""

    gate: Gate
    can_polish: bool
    """Whether a model is configured that mends answers."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write verdict, score and issues, and whether polish comes next."""
        context = runtime.context or Context()
        draft, kept = state["draft"], state["kept"]
        assert draft is not None, "an answered request has a draft"
        report = await self._judge(last_request(state["messages"]), draft)
        if kept is not None and not _is_better(report, state["quality_score"] or 0.0):
            return {"draft": kept, "kept": None, "polished": False, "needs_polish": False}
        verdict = verdict_at(report, context.polish_threshold)
        wanted = verdict == "broken" and context.polish and self.can_polish and kept is None
        return {
            "kept": None,
            "verdict": verdict,
            "quality_score": report.score,
            "issues": list(report.issues),
            "needs_polish": wanted and _is_free(state),
        }

    async def _judge(self, query: str, draft: Answer) -> GateReport:
        """A gate that breaks is no proof against the answer."""
        try:
            return await asyncio.to_thread(
                self.gate, query, draft["text"], finish_reason=draft["finish_reason"]
            )
        except Exception as error:
            logger.exception("quality_gate failed")
            issue = Issue(code="gate_error", evidence=f"{type(error).__name__}: {error}")
            return GateReport(verdict="plausible", score=0.0, issues=(issue,))


def verdict_at(report: GateReport, threshold: float) -> Verdict:
    """`broken` from `threshold` on; else what the gate proved."""
    if report.score >= threshold:
        return "broken"
    return "verified" if report.verdict == "verified" else "plausible"


def _is_better(mended: GateReport, score: float) -> bool:
    """A mended answer on which the gate broke proves nothing."""
    unproved = any(issue["code"] == "gate_error" for issue in mended.issues)
    return mended.score <= score and not unproved


def _is_free(state: State) -> bool:
    """Whether qwen_generate wrote the draft; a paid answer is not paid for again."""
    return state["route"] == "qwen" and state["failure"] is None
