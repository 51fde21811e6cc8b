"""classify: does the request ask for code, and who is asked first?"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import last_request
from nodes.deadline import Deadline
from nodes.second_opinion import SecondOpinion
from nodes.state import Answer, Classification, Classifier, State


@dataclass(frozen=True)
class Classify:
    """Decides the route, in this order: switched off, A/B share, no free model."""

    classifier: Callable[[], Classifier]
    """Gives the classifier; its weights are read on the first call."""
    why_no_qwen: Callable[[], str | None]
    """Why no free model can be asked, or None; may block for a moment."""
    deadline: Deadline
    qwen_enabled: bool = True
    qwen_share: float = 1.0
    second_opinion: SecondOpinion | None = None
    """Asked where the classifier is not sure; None: nobody is."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write intent, score, route and reason, and clear what an earlier request left.

        Raises:
            ValueError: The conversation holds no text of a user.
        """
        if not last_request(state["messages"]).strip():
            raise ValueError("the conversation holds no user message with text")
        context = runtime.context or Context()
        start = self.deadline.start(context)
        seen = (await asyncio.to_thread(self.classifier))(state["messages"])
        asked: Answer | None = None
        if self.second_opinion is not None:
            seen, asked = await self.second_opinion(
                state["messages"], seen, left_s=self.deadline.remaining_s(start, context)
            )
        allowed, why_cloud = await self._qwen(seen, context, _session(runtime))
        return {
            **_nothing_yet(),
            **start,
            "attempts": [asked] if asked else [],
            "intent": seen.label,
            "score": seen.score,
            "route": "cloud" if why_cloud or seen.label == "chat" else "qwen",
            "reason": "; ".join(filter(None, (seen.reason, why_cloud))),
            "qwen_allowed": allowed,
        }

    async def _qwen(
        self, seen: Classification, context: Context, session: str
    ) -> tuple[bool, str | None]:
        """Whether Qwen may answer at all, and why a code request goes to the cloud."""
        enabled = self.qwen_enabled if context.qwen_enabled is None else context.qwen_enabled
        if not enabled:
            return False, "Qwen is switched off"
        if seen.label == "chat":
            return True, None
        if bucket(session) >= self.qwen_share:
            return False, "control arm of the A/B share"
        return True, await asyncio.to_thread(self.why_no_qwen)


def bucket(session: str) -> float:
    """A number in [0, 1) that is always the same for the same session."""
    digest = hashlib.sha256(session.encode(errors="replace")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _session(runtime: Runtime[Context]) -> str:
    info = runtime.execution_info
    return (info and (info.thread_id or info.run_id)) or str(uuid4())


def _nothing_yet() -> State:
    return {
        "answer": "",
        "provider": None,
        "model": None,
        "providers": [],
        "verdict": None,
        "quality_score": None,
        "issues": [],
        "failure": None,
        "repaired": False,
        "polished": False,
        "attempts": [],
        "draft": None,
        "kept": None,
        "next_step": "done",
        "repairs": 0,
        "draft_s": 0.0,
    }
