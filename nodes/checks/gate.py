"""The gate: the text of an answer first, then its code, run in a jail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nodes.checks import (
    names,
    placeholder,
    repetition,
    structure,
    syntax,
    undefined,
    wording,
)
from nodes.checks.answer import Answer, Check, Finding
from nodes.checks.run import Trial, not_run, try_code
from nodes.checks.sandbox import Sandbox
from nodes.checks.scoring import Evidence, score
from nodes.context import BROKEN_FROM
from nodes.judging import NOT_RUN, UNKNOWN
from nodes.state import GATE_WALL_S, GateReport, Issue

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *wording.CHECKS,
    *repetition.CHECKS,
    *placeholder.CHECKS,
    *syntax.CHECKS,
    *names.CHECKS,
    *undefined.CHECKS,
)


@dataclass(frozen=True)
class StagedGate:
    """Judges an answer by its text, and where a sandbox is given, by running its code.

    Attributes:
        sandbox: Where code is run; None leaves out everything that runs code.
        checks: The checks of the text, pure functions.
    """

    sandbox: Sandbox | None = None
    checks: tuple[Check, ...] = CHECKS

    def __call__(
        self, query: str, response: str, *, finish_reason: str = "stop", wall_s: float = GATE_WALL_S
    ) -> GateReport:
        """Judges one answer; a check that raises is an issue `gate_error`, never an exception.

        Args:
            query: The request, as text.
            response: The answer, as the model wrote it.
            finish_reason: What the model reported, such as `stop` or `length`.
            wall_s: Seconds that the whole judgement may take.
        """
        answer = Answer(query, response, finish_reason)
        try:
            findings = [finding for check in self.checks for finding in check(answer)]
        except Exception as error:  # a fault of the gate must not cost the user the answer
            return GateReport(UNKNOWN, (_gate_error(error),))
        try:
            return _report(findings, self._trial(answer, wall_s))
        except Exception as error:
            report = _report(findings, not_run(""))
            return replace(report, issues=(*report.issues, _gate_error(error)))

    def _trial(self, answer: Answer, wall_s: float) -> Trial:
        if self.sandbox is None:
            return not_run("")
        return try_code(answer, self.sandbox, wall_s=wall_s)


def _report(findings: Sequence[Finding], trial: Trial) -> GateReport:
    evidence = Evidence(tuple(findings), trial)
    condemned = any(finding.weight >= BROKEN_FROM for finding in trial.findings)
    issues = [Issue(code=f.code, evidence=f.evidence) for f in evidence.issues()]
    if trial.run.why_not:
        issues.append(Issue(code=NOT_RUN, evidence=trial.run.why_not))
    return GateReport(
        score(evidence),
        tuple(issues),
        verified=trial.is_proof,
        is_decided=trial.is_proof or condemned or not trial.can_go_on,
    )


def _gate_error(error: Exception) -> Issue:
    return Issue(code="gate_error", evidence=f"{type(error).__name__}: {error}")
