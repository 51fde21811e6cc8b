"""qwen_generate: the free model's answer, or why there is none."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from langchain_core.exceptions import ModelError
from langchain_core.messages import AIMessageChunk, BaseMessage
from langgraph.constants import TAG_NOSTREAM
from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import answer_of, prompt
from nodes.deadline import Deadline, in_words
from nodes.prompts import CODE_SYSTEM
from nodes.state import Failure, ModelSource, State

logger = logging.getLogger("qwen_router")

CLOUD_SHARE = 0.5
"""Part of the deadline that is kept for the cloud model, where there is one."""


@dataclass(frozen=True)
class QwenGenerate:
    """Asks Qwen; its tokens go out as `draft` events, for they are not yet the answer."""

    qwen: ModelSource
    deadline: Deadline
    has_cloud: bool
    """Whether a cloud model stands by, for which time must be left."""
    prompt_tokens: int
    """Longest prompt; the model's window less its answer."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write the draft, or the failure that the next edge routes to the cloud."""
        messages = prompt(CODE_SYSTEM, state["messages"], max_tokens=self.prompt_tokens)
        left_s = self.deadline.remaining_s(state, runtime.context or Context())
        budget_s = left_s * CLOUD_SHARE if self.has_cloud else left_s
        try:
            async with asyncio.timeout(budget_s):
                draft = answer_of(await self._stream(messages, runtime, budget_s))
        except (ModelError, TimeoutError) as error:
            logger.info("qwen_generate failed: %s: %s", type(error).__name__, error)
            return {"failure": _failure(error, budget_s)}
        # Even a fault of our own must not be felt; unlike the model's, it is no everyday event.
        except Exception as error:
            logger.exception("qwen_generate broke")
            return {"failure": _failure(error, budget_s)}
        return {"draft": draft, "attempts": [*state["attempts"], draft]}

    async def _stream(
        self, messages: list[BaseMessage], runtime: Runtime[Context], budget_s: float
    ) -> AIMessageChunk:
        model = (await asyncio.to_thread(self.qwen)).with_config(tags=[TAG_NOSTREAM])
        whole = AIMessageChunk(content="")
        async for chunk in model.astream(messages, timeout=budget_s):
            runtime.stream_writer({"event": "draft", "text": chunk.text})
            whole += chunk  # type: ignore[assignment]  # chunks add up to a chunk
        return whole


def _failure(error: Exception, budget_s: float) -> Failure:
    if isinstance(error, TimeoutError):
        return Failure(error="QwenTimeoutError", message=f"no answer within {in_words(budget_s)}")
    return Failure(error=type(error).__name__, message=str(error))
