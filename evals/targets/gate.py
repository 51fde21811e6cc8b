"""The gate on labelled answers, and on recorded pairs of a weak and a strong model's answer.

Gate rows: `{id, query, response, language, passed, passed_plus?, needs_polish, ...}`.
Cascade rows: `{query, language, weak: {id, response, passed, passed_plus?}, strong: {...}}`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from evals.plan_baseline import plan_needs_polish
from evals.results import Data
from evals.targets.embedded import embedded_model
from evals.targets.options import GateOptions
from graph.background import background_loop
from graph.sandbox.jail import Jail
from graph.services import make_gate
from nodes.checks import names, placeholder, repetition, structure, syntax, undefined, wording
from nodes.checks.gate import StagedGate
from nodes.checks.vote import ModelVote
from nodes.judging import NOT_RUN, VOTE_SHARE, judge
from nodes.state import Gate, GateReport

STAGES: dict[str, Gate] = {
    "structure": StagedGate(
        checks=(*structure.CHECKS, *wording.CHECKS, *repetition.CHECKS, *placeholder.CHECKS)
    ),
    "syntax": StagedGate(checks=syntax.CHECKS),
    "static": StagedGate(checks=(*names.CHECKS, *undefined.CHECKS)),
}
"""The stages that run nothing, each alone."""
_TEXT: Gate = StagedGate()

Judge = Callable[[str, str], GateReport]
"""Request and answer to a report."""


def make_judge(options: GateOptions, opened: ExitStack) -> Judge:
    """The gate under evaluation, as the served path puts it together."""
    sandbox = Jail()
    gate = make_gate(sandbox if options.run else None)
    vote = ModelVote(embedded_model(options.weak, opened), sandbox) if options.model else None

    def judged_by_both(query: str, response: str) -> GateReport:
        work = judge(gate, vote, query, response, left_s=options.vote_s / VOTE_SHARE)
        return background_loop().run(work).report

    return judged_by_both


@dataclass(frozen=True)
class GateTarget:
    """One answer a row; the labels and hidden tests are not read."""

    judge: Judge
    threshold: float = 0.5
    opened: ExitStack = field(default_factory=ExitStack)

    def __call__(self, row: Data) -> Data:
        """The gate's report on the row's answer."""
        return judged(self.judge, row["query"], row["response"], self.threshold)

    def close(self) -> None:
        """Stop the model, where one was started."""
        self.opened.close()


@dataclass(frozen=True)
class RecordedCascade:
    """Both answers of a pair, so that every threshold can be computed afterwards."""

    judge: Judge
    threshold: float = 0.5
    opened: ExitStack = field(default_factory=ExitStack)

    def __call__(self, row: Data) -> Data:
        """The gate's reports on the weak and on the strong answer."""
        return {
            who: judged(self.judge, row["query"], row[who]["response"], self.threshold)
            for who in ("weak", "strong")
        }

    def close(self) -> None:
        """Stop the model, where one was started."""
        self.opened.close()


def judged(judge: Judge, query: str, response: str, threshold: float) -> Data:
    """The gate's report with its wall time `ms`, and what each stage says alone."""
    begin_s = time.perf_counter()
    report = judge(query, response)
    ms = (time.perf_counter() - begin_s) * 1000
    return {
        "verdict": report.verdict(threshold),
        "score": report.score,
        "issues": list(report.issues),
        "ms": ms,
        "stages": stage_scores(report, query, response),
        "plan": plan_needs_polish(response),
    }


def stage_scores(report: GateReport, query: str, response: str) -> dict[str, float]:
    """Each stage's score alone; running's is what the report has beyond the text's."""
    scores = {name: stage(query, response).score for name, stage in STAGES.items()}
    return {**scores, "run": _beyond(report, _TEXT(query, response))}


def _beyond(report: GateReport, text: GateReport) -> float:
    """The whole score where running found something, else nothing."""
    known = {"gate_error", NOT_RUN, *(issue["code"] for issue in text.issues)}
    return report.score if any(issue["code"] not in known for issue in report.issues) else 0.0
