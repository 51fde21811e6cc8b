"""qwen_generate: the free model's answer, or why there is none; then, at need, its repair."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.exceptions import ModelError
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage
from langgraph.constants import TAG_NOSTREAM
from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import answer_of, last_request, prompt
from nodes.deadline import Deadline, in_words
from nodes.prompts import CODE_SYSTEM, repair_request
from nodes.state import Answer, Failure, ModelSource, State, Step

logger = logging.getLogger("qwen_router")


@dataclass(frozen=True)
class QwenGenerate:
    """Asks Qwen; its tokens go out as `draft` events, for they are not yet the answer."""

    qwen: ModelSource
    deadline: Deadline
    prompt_tokens: int
    """Longest prompt; the model's window less its answer."""

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write a new draft; without one, the failure that the next edge routes to the cloud.

        A failed repair is no failure of the request: the draft that was to be mended stands.
        """
        budget_s = self.deadline.qwen_s(state, runtime.context or Context())
        began_s = self.deadline.clock()
        answer, failure = await self._attempt(state, runtime, budget_s)
        draft = state["draft"]
        if answer is None:
            return {"failure": failure} if draft is None else {"kept": draft, **_repaired(state)}
        update: State = {"draft": answer, "attempts": [*state["attempts"], answer]}
        if draft is None:
            return {**update, "draft_s": self.deadline.clock() - began_s}
        return {**update, "kept": draft, **_repaired(state)}

    async def _attempt(
        self, state: State, runtime: Runtime[Context], budget_s: float
    ) -> tuple[Answer | None, Failure | None]:
        messages = prompt(CODE_SYSTEM, _conversation(state), max_tokens=self.prompt_tokens)
        step: Step = "draft" if state["draft"] is None else "repair"
        try:
            async with asyncio.timeout(budget_s):
                whole = await self._stream(messages, runtime, budget_s)
            return answer_of(whole, step=step), None
        except (ModelError, TimeoutError) as error:
            logger.info("qwen_generate failed: %s: %s", type(error).__name__, error)
            return None, _failure(error, budget_s)
        # Even a fault of our own must not be felt; unlike the model's, it is no everyday event.
        except Exception as error:
            logger.exception("qwen_generate broke")
            return None, _failure(error, budget_s)

    async def _stream(
        self, messages: list[BaseMessage], runtime: Runtime[Context], budget_s: float
    ) -> AIMessageChunk:
        model = (await asyncio.to_thread(self.qwen)).with_config(tags=[TAG_NOSTREAM])
        whole = AIMessageChunk(content="")
        async for chunk in model.astream(messages, timeout=budget_s):
            runtime.stream_writer({"event": "draft", "text": chunk.text})
            whole += chunk  # type: ignore[assignment]  # chunks add up to a chunk
        return whole


def _conversation(state: State) -> Sequence[BaseMessage]:
    """What was said; for a repair, the last turn says the draft and what is wrong with it too.

    In one message, for what does not fit is cut by messages.
    """
    messages = state["messages"]
    if (draft := state["draft"]) is None:
        return messages
    found = repair_request(last_request(messages), draft["text"], state["issues"])
    return [*messages[:-1], HumanMessage(found)]


def _repaired(state: State) -> State:
    return {"repairs": state["repairs"] + 1}


def _failure(error: Exception, budget_s: float) -> Failure:
    if isinstance(error, TimeoutError):
        return Failure(error="QwenTimeoutError", message=f"no answer within {in_words(budget_s)}")
    return Failure(error=type(error).__name__, message=str(error))
