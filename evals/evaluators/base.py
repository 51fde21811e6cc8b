"""The contract of an evaluator, and rows read as yes-or-no questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from evals.results import Feedback, Sample
from evals.sections import Section


class Evaluator(Protocol):
    """Reads outputs; pure, so that it can be applied again to results of an earlier run."""

    def feedback(self, sample: Sample) -> Feedback:
        """Scores of one row."""
        ...

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """What all rows show; there is at least one."""
        ...


@dataclass(frozen=True)
class Asked:
    """One row as a yes-or-no question: is it code, does the answer fail?"""

    sample: Sample
    truth: bool
    said: bool
    score: float
    """Probability of yes."""

    @property
    def is_right(self) -> bool:
        """Whether what was said is so."""
        return self.said == self.truth


Ask = Callable[[Sample], Asked]


def asks_for_code(sample: Sample) -> Asked:
    """The classifier's question."""
    truth = sample.row["label"] == "code"
    return Asked(sample, truth, sample.output["label"] == "code", sample.output["score"])


def answer_fails(threshold: float, label: str = "needs_polish") -> Ask:
    """The gate's question; by `needs_polish`, or by `passed` alone."""

    def asked(sample: Sample) -> Asked:
        score = sample.output["score"]
        return Asked(sample, fails(sample, label), score >= threshold, score)

    return asked


def weak_fails(threshold: float) -> Ask:
    """The gate's question on the weak answer of a recorded pair."""

    def asked(sample: Sample) -> Asked:
        score = sample.output["weak"]["score"]
        return Asked(sample, not sample.row["weak"]["passed"], score >= threshold, score)

    return asked


def fails(sample: Sample, label: str = "needs_polish") -> bool:
    """Whether the row's answer is a failing one; `passed` where there is no `needs_polish`."""
    if label == "needs_polish" and sample.row.get(label) is not None:
        return bool(sample.row[label])
    return not sample.row["passed"]


_EXAMPLE = re.compile(
    r">>> |\bassert\b|\w\([^()\n]*\)\s*(?:==|=>|->|→|returns?\b|gives?\b|is\b|should be\b)|"
    r"(?i:\binput\b[^\n]{0,40}[:=][\s\S]{0,200}\boutput\b[^\n]{0,40}[:=])|\bexamples?\b\s*[:\n]",
)


def holds_example(sample: Sample) -> bool:
    """Whether the request shows a result: as the row says, else by how it looks."""
    stated = sample.row.get("has_examples")
    return bool(_EXAMPLE.search(sample.row["query"])) if stated is None else bool(stated)


def flag(value: bool | None) -> float | None:
    """A score of 0 or 1."""
    return None if value is None else float(value)
