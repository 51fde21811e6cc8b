"""respond: the answer with its footer, the conversation's memory, one record of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import message_of
from nodes.deadline import Deadline
from nodes.judging import NOT_RUN
from nodes.state import Answer, Outcome, State


@dataclass(frozen=True)
class Respond:
    """Closes the request."""

    record: Callable[[Outcome], None]
    deadline: Deadline
    has_cloud: bool
    label: Callable[[str], str]
    """A provider's name for people: `groq` becomes `Groq`."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write answer, providers and the conversation's new message, which has no footer."""
        context = runtime.context or Context()
        draft = state["draft"]
        assert draft is not None, "respond follows an answer"
        providers = _providers(state, draft)
        footer = f"\n\n---\n_{self._footer(state, draft)}_" if context.footer else ""
        update: State = {
            "answer": draft["text"] + footer,
            "provider": draft["provider"],
            "model": draft["model"],
            "providers": providers,
            "draft": None,
            "messages": [message_of(draft)],
        }
        self.record(self._outcome(state, draft, providers))
        return update

    def _footer(self, state: State, draft: Answer) -> str:
        text = "Powered by " + self._author(draft)
        if state["polished"]:
            text = f"Powered by Qwen (local) + {self.label(draft['provider'])} (polish)"
        if state["verdict"] == "broken":
            codes = dict.fromkeys(issue["code"] for issue in state["issues"])
            found = ", ".join(code.replace("_", " ") for code in codes if code != NOT_RUN)
            text += f"; this answer failed a check: {found}"
        if state["intent"] == "chat" and not self.has_cloud:
            text += "; no general chat model is configured"
        return text

    def _author(self, answer: Answer) -> str:
        if answer["provider"] == "qwen":
            return "Qwen (local)"
        return f"{answer['model']} ({self.label(answer['provider'])})"

    def _outcome(self, state: State, draft: Answer, providers: list[str]) -> Outcome:
        return Outcome(
            intent=state["intent"],
            route=state["route"],
            reason=state["reason"],
            provider=draft["provider"],
            model=draft["model"],
            providers=tuple(providers),
            verdict=state["verdict"],
            quality_score=state["quality_score"],
            issues=tuple(issue["code"] for issue in state["issues"]),
            failure=state["failure"]["error"] if state["failure"] else None,
            repaired=state["repaired"],
            polished=state["polished"],
            response_chars=len(draft["text"]),
            latency_ms=self.deadline.elapsed_ms(state),
        )


def _providers(state: State, draft: Answer) -> list[str]:
    return ["qwen", draft["provider"]] if state["polished"] else [draft["provider"]]
