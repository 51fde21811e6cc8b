"""What a cascade gets for its money: polished share against pass@1, over recorded answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isinf

from evals.evaluators.base import flag
from evals.evaluators.detection import STAGES
from evals.evaluators.slices import grouped_samples
from evals.results import Feedback, Sample
from evals.sections import Cell, Chart, Figures, Section, Series, Table, point
from evals.statistics import Interval, Rate, paired_bootstrap, rate
from nodes.judging import is_better
from nodes.state import GateReport

SHARES_ALLOWED = (0.2, 0.3, 0.35, 0.4, 0.5)
MOST_POINTS = 200
ORACLE = "oracle: pay where it mends"


@dataclass(frozen=True)
class Choice:
    """What a strategy did with one row."""

    polished: bool
    """Whether the strong model was paid."""
    strong: bool
    """Whether its answer was returned."""


Strategy = Callable[[Sample], Choice]


def ours(threshold: float) -> Strategy:
    """Pay when the weak answer is broken; return the strong one unless the gate likes it less."""

    def choose(sample: Sample) -> Choice:
        weak, strong = sample.output["weak"], sample.output["strong"]
        polished = weak["score"] >= threshold
        better = is_better(GateReport(strong["score"], tuple(strong["issues"])), weak["score"])
        return Choice(polished, polished and better)

    return choose


def by_weak(says_broken: Callable[[Sample], bool]) -> Strategy:
    """Pay when the weak answer is called broken, and return the strong one unseen."""
    return lambda sample: Choice(says_broken(sample), says_broken(sample))


def oracle(label: str) -> Strategy:
    """Pay exactly where it mends."""

    def choose(sample: Sample) -> Choice:
        mends = bool(sample.row["strong"][label] and not sample.row["weak"][label])
        return Choice(mends, mends)

    return choose


def strategies(threshold: float, label: str) -> dict[str, Strategy]:
    """Everything that is compared, by name; this gate first."""
    named: dict[str, Strategy] = {
        "this gate, better answer kept": ours(threshold),
        "this gate, strong answer unseen": by_weak(
            lambda sample: sample.output["weak"]["score"] >= threshold
        ),
        "always weak": by_weak(lambda sample: False),
        "always strong": by_weak(lambda sample: True),
        "the plan's check": by_weak(lambda sample: bool(sample.output["weak"]["plan"])),
    }
    for name in STAGES:
        named[f"{name} stage alone"] = by_weak(_stage(name, threshold))
    return {**named, ORACLE: oracle(label)}


def _stage(name: str, threshold: float) -> Callable[[Sample], bool]:
    return lambda sample: sample.output["weak"]["stages"][name] >= threshold


def outcome(sample: Sample, choice: Choice, label: str) -> bool:
    """Whether the returned answer passed, by `passed` or `passed_plus`."""
    return bool(sample.row["strong" if choice.strong else "weak"][label])


def labelled(samples: Sequence[Sample], label: str) -> list[Sample]:
    """The rows where both answers have the label."""
    sides = ("weak", "strong")
    return [x for x in samples if all(x.row[side].get(label) is not None for side in sides)]


@dataclass(frozen=True)
class RecordedPass:
    """Pass@1 and polished share of this gate's cascade and of everything it is compared with."""

    threshold: float = 0.5

    def feedback(self, sample: Sample) -> Feedback:
        """`pass_at_1`, `pass_plus_at_1` where known, `polished`, `regression`."""
        choice = ours(self.threshold)(sample)
        passed = outcome(sample, choice, "passed")
        plus = labelled([sample], "passed_plus")
        return {
            "pass_at_1": flag(passed),
            "pass_plus_at_1": flag(outcome(sample, choice, "passed_plus")) if plus else None,
            "polished": flag(choice.polished),
            "regression": flag(sample.row["weak"]["passed"] and not passed),
        }

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """One table for each label."""
        tables: list[Table] = []
        figures: Figures = {}
        for label, title in (("passed", "own tests"), ("passed_plus", "more tests (plus)")):
            rows = labelled(samples, label)
            if rows:
                tables.append(self._table(rows, label, title))
                figures |= self._figures(rows, label)
        tables.append(self._by_language(samples))
        return Section("Cascade over recorded answers", figures, tuple(tables), leads=True)

    def _figures(self, samples: list[Sample], label: str) -> Figures:
        suffix = "" if label == "passed" else "_plus"
        found = measure(samples, ours(self.threshold), label)
        return {
            f"pass_at_1{suffix}": found.passed.share,
            f"polished{suffix}": found.polished.share,
            f"regressions{suffix}": found.regressions.share,
            f"strong_pass_at_1{suffix}": _side(samples, "strong", label).share,
            f"weak_pass_at_1{suffix}": _side(samples, "weak", label).share,
        }

    def _table(self, samples: list[Sample], label: str, title: str) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for name, choose in strategies(self.threshold, label).items():
            found = measure(samples, choose, label)
            rows.append((name, found.polished, found.passed, found.lead, found.regressions))
        columns = ("", "polished", "pass@1", "against always strong", "right made wrong")
        return Table(f"Strategies, {title}", columns, rows)

    def _by_language(self, samples: Sequence[Sample]) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for language, part in grouped_samples(samples, lambda x: x.row.get("language")).items():
            found = measure(part, ours(self.threshold), "passed")
            sides = (_side(part, "weak", "passed"), _side(part, "strong", "passed"))
            rows.append((language, found.polished, found.passed, *sides, found.regressions))
        columns = ("language", "polished", "pass@1", "weak", "strong", "right made wrong")
        return Table("This gate, by language", columns, rows)


def _side(samples: Sequence[Sample], side: str, label: str) -> Rate:
    return rate([bool(sample.row[side][label]) for sample in samples])


@dataclass(frozen=True)
class Measured:
    """One strategy on some rows."""

    polished: Rate
    passed: Rate
    regressions: Rate
    lead: Interval
    """Pass@1 over that of the strong model alone."""


def measure(samples: Sequence[Sample], choose: Strategy, label: str) -> Measured:
    """What a strategy costs, and what it gets."""
    choices = [choose(sample) for sample in samples]
    passed = [outcome(s, c, label) for s, c in zip(samples, choices, strict=True)]
    strong = [float(sample.row["strong"][label]) for sample in samples]
    worse = [bool(s.row["weak"][label]) and not p for s, p in zip(samples, passed, strict=True)]
    lead = paired_bootstrap(strong, [float(each) for each in passed])
    return Measured(rate([each.polished for each in choices]), rate(passed), rate(worse), lead)


@dataclass(frozen=True)
class CostQuality:
    """Polished share against pass@1 over all thresholds: when is it worth to polish?"""

    threshold: float = 0.5

    def feedback(self, sample: Sample) -> Feedback:
        """Nothing of a single row."""
        return {}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """A chart for each label, and the best threshold within a few budgets."""
        charts: list[Chart] = []
        tables: list[Table] = []
        figures: Figures = {}
        for label, title in (("passed", "own tests"), ("passed_plus", "more tests (plus)")):
            rows = labelled(samples, label)
            if not rows:
                continue
            curve = threshold_points(rows, label)
            charts.append(_chart(rows, curve, label, title, self.threshold))
            tables.append(_budgets(curve, title))
            suffix = "" if label == "passed" else "_plus"
            for most in SHARES_ALLOWED:
                figures[f"pass_at_1_within_{most:g}{suffix}"] = _within(curve, most)[1].share
        return Section("When to polish", figures, tuple(tables), tuple(charts))


Point = tuple[Rate, Rate, float]
"""Polished, passed, threshold."""


def threshold_points(samples: list[Sample], label: str) -> list[Point]:
    """The cascade at every threshold that changes it, from never to always polishing."""
    scores = sorted({float(x.output["weak"]["score"]) for x in samples}, reverse=True)
    step = max(1, len(scores) // MOST_POINTS)
    cuts = [float("inf"), *scores[::step], *([0.0] if scores[-1] > 0 else [])]
    return [_at(samples, label, cut) for cut in cuts]


def _at(samples: list[Sample], label: str, cut: float) -> Point:
    choices = [ours(cut)(sample) for sample in samples]
    passed = [outcome(s, c, label) for s, c in zip(samples, choices, strict=True)]
    return rate([choice.polished for choice in choices]), rate(passed), cut


def _within(curve: list[Point], most: float) -> Point:
    """The best pass@1 of those that polish at most so much."""
    allowed = [at for at in curve if at[0].hits <= most * at[0].n]
    return max(allowed, key=lambda at: (at[1].hits, -at[0].hits))


def _budgets(curve: list[Point], title: str) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for most in SHARES_ALLOWED:
        polished, passed, cut = _within(curve, most)
        rows.append((f"{most:.0%}", passed, polished, "never" if isinf(cut) else cut))
    columns = ("polish at most", "pass@1", "polished", "threshold")
    return Table(f"Where the threshold could stand, {title}", columns, rows)


def oracle_points(samples: list[Sample], label: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The best order possible: first where it mends, last where it breaks."""
    n = len(samples)
    weak = sum(bool(sample.row["weak"][label]) for sample in samples)
    mends = sum(oracle(label)(sample).polished for sample in samples)
    breaks = weak + mends - sum(bool(sample.row["strong"][label]) for sample in samples)
    best = (weak + mends) / n
    return (0.0, mends / n, 1 - breaks / n, 1.0), (weak / n, best, best, best - breaks / n)


def _chart(
    samples: list[Sample], curve: list[Point], label: str, title: str, threshold: float
) -> Chart:
    points = []
    for name, choose in strategies(threshold, label).items():
        if name == ORACLE:
            continue  # it is a line
        found = measure(samples, choose, label)
        points.append(point(name, found.polished, found.passed))
    ends = [next(x for x in points if x.name == f"always {who}") for who in ("weak", "strong")]
    chance = Series("by chance", ends[0].x + ends[1].x, ends[0].y + ends[1].y, "dashed")
    x = [at[0].share or 0.0 for at in curve]
    y = [at[1].share or 0.0 for at in curve]
    lines = (
        Series("this gate, every threshold", tuple(x), tuple(y)),
        Series("oracle: the best order", *oracle_points(samples, label)),
        chance,
    )
    labels = ("polished share (of all requests)", "pass@1")
    return Chart(f"Cost and quality, {title}", *labels, (*lines, *points), from_zero=False)
