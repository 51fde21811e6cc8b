"""Is a score the probability that it claims to be, and what does a call cost?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.evaluators.base import Ask
from evals.results import Feedback, Sample
from evals.sections import Chart, Figures, Section, Series, Table
from evals.statistics import brier, calibration_error, percentile, reliability


@dataclass(frozen=True)
class Calibration:
    """Expected calibration error, Brier score and the reliability diagram."""

    ask: Ask
    of: str
    """What the score is the probability of."""

    def feedback(self, sample: Sample) -> Feedback:
        """`brier`: the squared distance of the score from the truth."""
        asked = self.ask(sample)
        return {"brier": (asked.score - asked.truth) ** 2}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """Ten bins of equal width."""
        asked = [self.ask(sample) for sample in samples]
        scores, truths = [each.score for each in asked], [each.truth for each in asked]
        bins = reliability(scores, truths)
        figures: Figures = {
            "calibration_error": calibration_error(scores, truths),
            "brier": brier(scores, truths),
        }
        chart = Chart(
            "Reliability",
            f"score: probability that {self.of}",
            "share of rows where it is so",
            (
                Series("perfect", (0.0, 1.0), (0.0, 1.0), "dashed"),
                Series("measured", tuple(x.said for x in bins), tuple(x.was for x in bins)),
            ),
        )
        rows = [(each.n, each.said, each.was) for each in bins]
        table = Table("Bins", ("rows", "mean score", "share"), rows)
        return Section("Calibration", figures, (table,), (chart,))


@dataclass(frozen=True)
class Latency:
    """Median, p95 and the most."""

    read: Callable[[Sample], float]
    unit: str
    of: str

    def feedback(self, sample: Sample) -> Feedback:
        """The row's own, named by its unit."""
        return {f"latency_{self.unit}": self.read(sample)}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """Over all rows."""
        values = [self.read(sample) for sample in samples]
        shares = {"median": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
        figures = {f"{name}_{self.unit}": percentile(values, at) for name, at in shares.items()}
        rows = [tuple(round(value, 3) for value in figures.values())]
        table = Table(f"{self.of} ({self.unit})", tuple(shares), rows)
        return Section("Latency", dict(figures), (table,))
