"""polish: a cloud model mends an answer that was shown to be broken."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langgraph.constants import TAG_NOSTREAM
from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import answer_of, last_request
from nodes.deadline import Deadline
from nodes.prompts import POLISH_SYSTEM, polish_request
from nodes.state import ModelSource, State

logger = logging.getLogger("qwen_router")


@dataclass(frozen=True)
class Polish:
    """Writes a new draft and keeps the old one, until the gate has seen both."""

    polish: ModelSource
    deadline: Deadline

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write the mended draft; a failed polish leaves the draft as it is."""
        draft = state["draft"]
        assert draft is not None, "polish follows a draft"
        request = polish_request(last_request(state["messages"]), draft["text"], state["issues"])
        left_s = self.deadline.remaining_s(state, runtime.context or Context())
        try:
            async with asyncio.timeout(left_s):
                message = await self._ask([SystemMessage(POLISH_SYSTEM), HumanMessage(request)])
        except Exception as error:
            logger.warning("polish failed: %s: %s", type(error).__name__, error)
            return {}
        mended = answer_of(message, step="polish")
        return {"draft": mended, "kept": draft, "attempts": [*state["attempts"], mended]}

    async def _ask(self, messages: list[BaseMessage]) -> AIMessage:
        model = (await asyncio.to_thread(self.polish)).with_config(tags=[TAG_NOSTREAM])
        return await model.ainvoke(messages)
