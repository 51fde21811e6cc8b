"""quality_gate: is the draft good, and if it is not, what is wrong and who may mend it?"""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import HumanMessage
from langgraph.runtime import Runtime

from nodes.checks.answer import blocks_in
from nodes.context import Context
from nodes.conversation import last_request
from nodes.deadline import Deadline
from nodes.judging import is_better, judge
from nodes.state import Answer, Gate, GateReport, NextStep, State, Vote, Voted

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
        voted = await self._judge(state, context, draft)
        state = {**state, "attempts": [*state["attempts"], *voted.answers]}
        report = voted.report
        if kept is not None and not _replaces(draft, report, kept, state["quality_score"] or 0.0):
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
            "attempts": whole["attempts"],
            "kept": None,
            "repaired": draft["step"] == "repair",
            "polished": draft["step"] == "polish",
            "next_step": self._next_step(whole, draft, context),
        }

    async def _judge(self, state: State, context: Context, draft: Answer) -> Voted:
        return await judge(
            self.gate,
            self.vote if context.vote and _may_vote(state, draft) else None,
            last_request(state["messages"]),
            draft["text"],
            finish_reason=draft["finish_reason"],
            left_s=self.deadline.remaining_s(state, context),
        )

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


def _replaces(mended: Answer, report: GateReport, kept: Answer, score: float) -> bool:
    """Whether the mended answer is the better one; words about code do not replace code."""
    has_code, had_code = (bool(list(blocks_in(answer["text"]))) for answer in (mended, kept))
    return is_better(report, score) and (has_code or not had_code)


def _may_vote(state: State, draft: Answer) -> bool:
    """Qwen votes on what it wrote or what mends that, and knows only requests that stand alone."""
    asked = sum(isinstance(message, HumanMessage) for message in state["messages"])
    return draft["step"] != "cloud" and asked == 1
