"""The same question on parts of the rows: where does it go wrong?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.evaluators.base import Ask, Asked, holds_example
from evals.results import Feedback, Sample
from evals.sections import Cell, Figures, Section, Table
from evals.statistics import rate

T = TypeVar("T")

Part = Callable[[Sample], str | None]
"""Names the part that a row belongs to; None: none."""

REQUEST_PARTS: Mapping[str, Part] = {
    "hard or not": lambda sample: "hard" if sample.row.get("hard") else "not hard",
    "turns": lambda sample: "several turns" if sample.row.get("messages") else "one turn",
    "English or not": lambda sample: "English" if _lang(sample) == "en" else "not English",
    "language of the request": lambda sample: _lang(sample),
    "source": lambda sample: sample.row.get("source") or sample.row.get("kind"),
}
ANSWER_PARTS: Mapping[str, Part] = {
    "examples in the request": lambda sample: (
        "with examples" if holds_example(sample) else "without examples"
    ),
    "programming language": lambda sample: sample.row.get("language"),
    "bench": lambda sample: sample.row.get("bench"),
    "kind of failure": lambda sample: sample.row.get("failure") or "none",
    "made damage": lambda sample: sample.row.get("synthetic"),
}


def _lang(sample: Sample) -> str:
    return str(sample.row.get("lang") or sample.row.get("query_language") or "en")


@dataclass(frozen=True)
class AccuracySlices:
    """Accuracy by part."""

    ask: Ask
    parts: Mapping[str, Part]

    def feedback(self, sample: Sample) -> Feedback:
        """Nothing that `accuracy` does not say."""
        return {}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """One table for each way to part the rows."""
        tables: list[Table] = []
        figures: Figures = {}
        for title, part in self.parts.items():
            groups = grouped(map(self.ask, samples), part)
            if len(groups) > 1:
                rows = [(name, rate([x.is_right for x in found])) for name, found in groups.items()]
                tables.append(Table(f"By {title}", (title, "accuracy"), rows))
                figures |= {f"accuracy, {name}": share.share for name, share in rows}
        return Section("Parts", figures, tuple(tables))


@dataclass(frozen=True)
class DetectionSlices:
    """Recall and false alarms by part."""

    ask: Ask
    parts: Mapping[str, Part]

    def feedback(self, sample: Sample) -> Feedback:
        """Nothing that `detection` does not say."""
        return {}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """One table for each way to part the rows."""
        tables: list[Table] = []
        figures: Figures = {}
        for title, part in self.parts.items():
            rows: list[tuple[Cell, ...]] = []
            for name, found in grouped(map(self.ask, samples), part).items():
                recall = rate([each.said for each in found if each.truth])
                alarms = rate([each.said for each in found if not each.truth])
                rows.append((name, recall, alarms))
                figures |= {f"recall, {name}": recall.share, f"false alarms, {name}": alarms.share}
            if rows:
                tables.append(Table(f"By {title}", (title, "recall", "false alarms"), rows))
        return Section("Parts", figures, tuple(tables))


def grouped(asked: Iterable[Asked], part: Part) -> dict[str, list[Asked]]:
    """Questions by part, the largest first."""
    return _grouped((part(each.sample), each) for each in asked)


def grouped_samples(samples: Iterable[Sample], part: Part) -> dict[str, list[Sample]]:
    """Rows by part, the largest first."""
    return _grouped((part(each), each) for each in samples)


def _grouped(named: Iterable[tuple[str | None, T]]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for name, each in named:
        if name is not None:
            groups[name].append(each)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))
