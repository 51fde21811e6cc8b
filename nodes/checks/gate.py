"""The gate that runs nothing: all checks, and the probability they amount to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from nodes.checks import names, placeholder, repetition, structure, syntax, weights, wording
from nodes.checks.answer import Answer, Check, Finding
from nodes.state import GateReport, Issue, Verdict

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *wording.CHECKS,
    *repetition.CHECKS,
    *placeholder.CHECKS,
    *syntax.CHECKS,
    *names.CHECKS,
)


@dataclass(frozen=True)
class StaticGate:
    """Judges an answer by its text alone: `plausible` or `broken`, never `verified`.

    Attributes:
        checks: The pure functions to apply; one that raises counts as `gate_error`.
    """

    checks: tuple[Check, ...] = CHECKS

    def __call__(self, query: str, response: str, *, finish_reason: str = "stop") -> GateReport:
        """Judges one answer; never raises.

        Args:
            query: The request, as text.
            response: The answer, as the model wrote it.
            finish_reason: What the model reported, such as `stop` or `length`.
        """
        findings, failures = self._apply(Answer(query, response, finish_reason))
        if failures:
            return GateReport("plausible", 0.0, tuple(failures))
        score = combined(finding.weight for finding in findings)
        issues = tuple(Issue(code=f.code, evidence=f.evidence) for f in findings)
        verdict: Verdict = "broken" if score >= weights.BROKEN_FROM else "plausible"
        return GateReport(verdict, score, issues)

    def _apply(self, answer: Answer) -> tuple[list[Finding], list[Issue]]:
        findings: list[Finding] = []
        failures: list[Issue] = []
        for check in self.checks:
            try:
                findings += check(answer)
            except Exception as error:  # a fault of the gate must not cost the user the answer
                seen = f"{check.__name__}: {type(error).__name__}: {error}"
                failures.append(Issue(code="gate_error", evidence=seen))
        return findings, failures


def combined(doubts: Iterable[float]) -> float:
    """Noisy-or: the probability that at least one doubt is right, were they independent."""
    return 1.0 - prod(1.0 - doubt for doubt in doubts)
