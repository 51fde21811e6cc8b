"""From evidence to a probability that the answer fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from nodes.checks.answer import Finding
from nodes.checks.run import Trial
from nodes.judging import UNKNOWN

_READ_FROM_TEXT = frozenset({
    "syntax_error", "wrong_function", "wrong_language", "missing_import", "undefined_name",
    "truncated",
})  # fmt: skip
"""Doubts that a run which does what the request expects clears up."""


@dataclass(frozen=True)
class Evidence:
    """All that the stages found out about one answer."""

    text: tuple[Finding, ...]
    trial: Trial

    def issues(self) -> Iterator[Finding]:
        """What is wrong, the strongest first."""
        text: Iterable[Finding] = self.text
        if self.trial.is_proof:
            text = (finding for finding in text if finding.code not in _READ_FROM_TEXT)
        yield from sorted((*text, *self.trial.findings), key=lambda found: -found.weight)


# How often answers without findings fail, on 3,900 labelled answers of weak and strong models:
# 6 to 13 % of those that did what the request shows, 25 to 45 % of the others.
_VERIFIED_FAILS = 0.08
_UNPROVED_FAILS = 0.35
# From doubt to the share of answers with it that fail; at 0.5 by definition, then steep: of those
# with a doubt of 0.8 or more, 95 % fail.
_CURVE = ((0.5, 0.5), (0.8, 0.95), (1.0, 0.99))


def score(evidence: Evidence) -> float:
    """Probability that the answer fails: the findings' doubts, over what is usual without any.

    The doubts are combined by noisy-or over one finding of each code, for findings of one code
    share their cause; then they are read off a curve that was fitted to labelled answers.
    """
    strongest: dict[str, float] = {}
    for finding in evidence.issues():
        strongest.setdefault(finding.code, finding.weight)
    doubt = 1.0 - prod(1.0 - weight for weight in strongest.values())
    curve = ((0.0, _usual(evidence.trial)), *_CURVE)
    return next(_between(doubt, a, b) for a, b in pairwise(curve) if doubt <= b[0])


def _usual(trial: Trial) -> float:
    if trial.is_proof:
        return _VERIFIED_FAILS
    return _UNPROVED_FAILS if trial.subject is not None else UNKNOWN


def _between(doubt: float, left: tuple[float, float], right: tuple[float, float]) -> float:
    part = (doubt - left[0]) / (right[0] - left[0])
    return left[1] + part * (right[1] - left[1])
