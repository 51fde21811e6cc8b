"""What the gate finds: recall of failing answers, and false alarms on good ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isinf

import numpy as np

from evals.evaluators.base import answer_fails, fails, flag
from evals.evaluators.classification import confusion
from evals.results import Feedback, Sample
from evals.sections import Chart, Figures, Section, Series, Table
from evals.statistics import Rate, rate

ALARMS_ALLOWED = (0.01, 0.05, 0.10)
STAGES = ("structure", "syntax", "static", "run")
"""The gate's stages, cheapest first."""

Says = Callable[[Sample], bool]


@dataclass(frozen=True)
class Detection:
    """Recall and false alarms at one threshold, beside the plan's check and each stage alone."""

    threshold: float = 0.5

    def feedback(self, sample: Sample) -> Feedback:
        """`correct`; `recall` on failing answers; `false_alarm` on good ones."""
        asked = answer_fails(self.threshold)(sample)
        return {
            "correct": flag(asked.is_right),
            "recall": flag(asked.said if asked.truth else None),
            "false_alarm": flag(None if asked.truth else asked.said),
        }

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """Tables by both labels, and the confusion table."""
        truth = [fails(sample) for sample in samples]
        said = [self._broken(sample) for sample in samples]
        figures = {
            "recall": rate([s for s, t in zip(said, truth, strict=True) if t]).share,
            "false_alarms": rate([s for s, t in zip(said, truth, strict=True) if not t]).share,
        }
        table = confusion("Verdicts", ("broken", "good"), truth, said)
        return Section(
            "What the gate finds", figures, (self._baselines(samples), table), leads=True
        )

    def _broken(self, sample: Sample) -> bool:
        return answer_fails(self.threshold)(sample).said

    def _baselines(self, samples: Sequence[Sample]) -> Table:
        real = [sample for sample in samples if not sample.row.get("synthetic")]
        rows = [
            _found("this gate", samples, self._broken),
            _found("this gate, answers of real models", real, self._broken),
            _found("this gate, by hidden tests alone", samples, self._broken, "passed"),
            _found("the plan's check", samples, lambda sample: bool(sample.output["plan"])),
            *(_found(f"{name} stage alone", samples, self._stage(name)) for name in STAGES),
        ]
        return Table("Recall and false alarms", ("", "recall", "false alarms"), rows)

    def _stage(self, name: str) -> Says:
        return stage_says(name, self.threshold)


def _found(
    name: str, samples: Sequence[Sample], says: Says, label: str = "needs_polish"
) -> tuple[str, Rate, Rate]:
    """Name, recall, false alarms."""
    failing = [says(sample) for sample in samples if fails(sample, label)]
    good = [says(sample) for sample in samples if not fails(sample, label)]
    return name, rate(failing), rate(good)


@dataclass(frozen=True)
class DetectionCurve:
    """Recall against false alarms, over all thresholds."""

    threshold: float = 0.5

    def feedback(self, sample: Sample) -> Feedback:
        """Nothing of a single row."""
        return {}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """The curve, its area, and the recall at a few shares of false alarms."""
        truth = np.array([fails(sample) for sample in samples])
        scores = np.array([sample.output["score"] for sample in samples])
        alarms, recall, cuts = threshold_curve(scores, truth)
        best = [_best(alarms, recall, cuts, most) for most in ALARMS_ALLOWED]
        rows = [_words(most, *at) for most, at in zip(ALARMS_ALLOWED, best, strict=True)]
        figures: Figures = {
            f"recall_at_{most:g}": at[0] for most, at in zip(ALARMS_ALLOWED, best, strict=True)
        }
        figures["area"] = float(np.trapezoid(recall, alarms))
        points = [_point("this gate", alarms, recall, cuts, self.threshold)]
        chart = Chart(
            "Recall against false alarms",
            "false alarms (share of good answers)",
            "recall (share of failing answers)",
            (
                Series("every threshold", tuple(alarms), tuple(recall)),
                Series("chance", (0.0, 1.0), (0.0, 1.0), "dashed"),
                *points,
                *_points(samples, self.threshold),
            ),
        )
        columns = ("false alarms at most", "recall", "false alarms", "threshold")
        table = Table("Where the threshold could stand", columns, rows)
        return Section("Threshold curve", figures, (table,), (chart,))


def threshold_curve(
    scores: np.ndarray, truth: np.ndarray
) -> tuple[list[float], list[float], list[float]]:
    """False alarms, recall and threshold, from nothing condemned to everything condemned."""
    cuts = [float("inf"), *sorted({float(score) for score in scores}, reverse=True)]
    if cuts[-1] > 0:
        cuts.append(0.0)
    failing, good = max(1, int(truth.sum())), max(1, int((~truth).sum()))
    alarms = [float((scores[~truth] >= cut).sum() / good) for cut in cuts]
    recall = [float((scores[truth] >= cut).sum() / failing) for cut in cuts]
    return alarms, recall, cuts


def _best(
    alarms: list[float], recall: list[float], cuts: list[float], most: float
) -> tuple[float, float, float]:
    at = max(at for at, share in enumerate(alarms) if share <= most)
    return recall[at], alarms[at], cuts[at]


def _words(most: float, recall: float, alarms: float, cut: float) -> tuple[str, ...]:
    return f"{most:.0%}", f"{recall:.1%}", f"{alarms:.1%}", "never" if isinf(cut) else f"{cut:.3g}"


def _point(
    name: str, alarms: list[float], recall: list[float], cuts: list[float], threshold: float
) -> Series:
    at = max(at for at, cut in enumerate(cuts) if cut >= threshold)
    return Series(f"{name} at {threshold:g}", (alarms[at],), (recall[at],), "points")


def _points(samples: Sequence[Sample], threshold: float) -> list[Series]:
    found = [_found("the plan's check", samples, lambda sample: bool(sample.output["plan"]))]
    found += [_found(f"{name} alone", samples, stage_says(name, threshold)) for name in STAGES]
    return [
        Series(name, (alarms.share or 0.0,), (recall.share or 0.0,), "points")
        for name, recall, alarms in found
    ]


def stage_says(name: str, threshold: float) -> Says:
    """Whether one stage alone condemns the answer."""
    return lambda sample: bool(sample.output["stages"][name] >= threshold)
