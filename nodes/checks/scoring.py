"""From evidence to a probability that the answer fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import prod

from nodes.checks.answer import Finding
from nodes.checks.run import Trial

_READ_FROM_TEXT = frozenset({
    "syntax_error", "wrong_function", "wrong_language", "missing_import", "undefined_name",
    "truncated", "missing_code_block",
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


def score(evidence: Evidence) -> float:
    """Noisy-or over one finding of each code: findings of one code share their cause."""
    strongest: dict[str, float] = {}
    for finding in evidence.issues():
        strongest.setdefault(finding.code, finding.weight)
    return 1.0 - prod(1.0 - weight for weight in strongest.values())
