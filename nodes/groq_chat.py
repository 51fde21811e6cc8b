"""groq_chat: general chat, and code requests that Qwen was not or could not be asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from langchain_core.exceptions import ModelTimeoutError
from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.conversation import answer_of, prompt
from nodes.deadline import Deadline, in_words
from nodes.errors import NoAnswerError
from nodes.prompts import CHAT_SYSTEM, CODE_SYSTEM
from nodes.state import ModelSource, State


@dataclass(frozen=True)
class GroqChat:
    """Asks the cloud models in their order; its tokens are the answer, and stream as such."""

    chat: ModelSource
    """The configured cloud models, then Qwen."""
    cloud: ModelSource | None
    """The same without Qwen, which failed or may not answer; None: no key is set."""
    deadline: Deadline
    prompt_tokens: int

    async def __call__(self, state: State, runtime: Runtime[Context]) -> State:
        """Write the draft.

        Raises:
            NoAnswerError: Nobody is left to ask.
            ModelError: Every model failed; Qwen's earlier failure is added as a note.
        """
        source = self.chat if state["qwen_allowed"] and not state["failure"] else self.cloud
        if source is None:
            raise NoAnswerError(_why_nobody(state))
        try:
            message = await self._ask(source, state, runtime.context or Context())
            draft = answer_of(message, step="cloud")
        except Exception as error:
            if failure := state["failure"]:
                error.add_note(f"Qwen before that: {failure['message']}")
            raise
        return {"draft": draft, "attempts": [*state["attempts"], draft]}

    async def _ask(self, source: ModelSource, state: State, context: Context) -> AIMessage:
        system = CODE_SYSTEM if state["intent"] == "code" else CHAT_SYSTEM
        messages = prompt(system, state["messages"], max_tokens=self.prompt_tokens)
        left_s = self.deadline.remaining_s(state, context)
        try:
            async with asyncio.timeout(left_s):
                return await (await asyncio.to_thread(source)).ainvoke(messages)
        except TimeoutError:
            raise ModelTimeoutError(f"no chat model answered within {in_words(left_s)}") from None


def _why_nobody(state: State) -> str:
    failure = state["failure"]
    why = f"Qwen failed: {failure['message']}" if failure else f"not for Qwen: {state['reason']}"
    return f"{why}\nno cloud model is configured to take over: set GROQ_API_KEY or GEMINI_API_KEY"
