"""A cheap cloud model's word on a request of which the classifier is not sure; off by default."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from langgraph.constants import TAG_NOSTREAM

from nodes.conversation import answer_of
from nodes.prompts import CLASSIFY_SYSTEM, classify_request
from nodes.state import Answer, Classification, Intent, ModelSource

logger = logging.getLogger("qwen_router")

BAND = (0.25, 0.65)
"""Scores between these are not sure; the classifier's threshold lies in it."""
TIMEOUT_S = 3.0
_TRUSTED = 0.75
"""What the model's word makes of a score that was not sure."""
_TURNS = 3


@dataclass(frozen=True)
class SecondOpinion:
    """Asks a model whether the last turn wants code, where the classifier's score is in BAND."""

    model: ModelSource

    async def __call__(
        self, messages: Sequence[BaseMessage], seen: Classification, *, left_s: float
    ) -> tuple[Classification, Answer | None]:
        """The classification to go by, and the model's answer when it was asked.

        A model that fails, dawdles or says neither word leaves the classifier's verdict.
        """
        if not BAND[0] < seen.score < BAND[1]:
            return seen, None
        request = classify_request([(turn.type, turn.text) for turn in messages[-_TURNS:]])
        try:
            async with asyncio.timeout(min(TIMEOUT_S, left_s)):
                model = (await asyncio.to_thread(self.model)).with_config(tags=[TAG_NOSTREAM])
                said = await model.ainvoke([SystemMessage(CLASSIFY_SYSTEM), HumanMessage(request)])
        except Exception as error:
            logger.warning("no second opinion: %s: %s", type(error).__name__, error)
            return seen, None
        answer = answer_of(said, step="classify")
        return _agreed(seen, answer), answer


def _agreed(seen: Classification, answer: Answer) -> Classification:
    word = answer["text"].strip(" .`*\"'").lower()
    if word not in ("code", "chat"):
        return seen
    label: Intent = "code" if word == "code" else "chat"
    reason = f"{seen.reason}; not sure, {answer['model']} says {label}"
    return Classification(label, _TRUSTED if label == "code" else 1 - _TRUSTED, reason)
