"""The classifier on labelled requests.

Rows: `{id, text, messages|null, label: code|chat, hard?, lang?, source?}`.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field

from langchain_core.messages import BaseMessage, HumanMessage, convert_to_messages

from evals.plan_baseline import plan_says_code
from evals.results import Data
from evals.targets.options import ClassifierOptions
from nodes.classifier.model import LinearClassifier
from nodes.state import Classifier


@dataclass(frozen=True)
class ClassifierTarget:
    """Label, score and reason; `us` is the CPU time of the call in microseconds."""

    options: ClassifierOptions = field(default_factory=ClassifierOptions)
    classifier: Classifier = field(default_factory=LinearClassifier.load)

    def __call__(self, row: Data) -> Data:
        """Classify the conversation of a row."""
        messages = conversation(row)
        begin_ns = time.thread_time_ns()
        seen = self.classifier(messages)
        us = (time.thread_time_ns() - begin_ns) / 1000
        return {**asdict(seen), "label": self._label(seen.label, seen.score), "us": us,
                "plan": "code" if plan_says_code(row["text"]) else "chat"}  # fmt: skip

    def _label(self, label: str, score: float) -> str:
        if self.options.threshold is None:
            return label
        return "code" if score >= self.options.threshold else "chat"

    def close(self) -> None:
        """Nothing was started."""


def conversation(row: Data) -> list[BaseMessage]:
    """The messages of a row; `text` alone where it holds none."""
    earlier = convert_to_messages(row.get("messages") or [])
    text = row.get("text") or row.get("query") or ""
    if earlier and isinstance(earlier[-1], HumanMessage) and earlier[-1].text == text:
        return earlier
    return [*earlier, HumanMessage(text)]
