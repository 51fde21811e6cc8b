"""Is the classifier right? Against the plan's keywords, in a confusion table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.evaluators.base import asks_for_code, flag
from evals.results import Feedback, Sample
from evals.sections import Cell, Section, Table, p_words
from evals.statistics import mcnemar, paired_bootstrap, rate


@dataclass(frozen=True)
class Accuracy:
    """Share of right labels."""

    def feedback(self, sample: Sample) -> Feedback:
        """`correct`: 0 or 1."""
        return {"correct": flag(asks_for_code(sample).is_right)}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """Accuracy, the confusion table, and the baselines on the same rows."""
        asked = [asks_for_code(sample) for sample in samples]
        right = [each.is_right for each in asked]
        figures = {
            "accuracy": rate(right).share,
            "missed_code": rate([not each.said for each in asked if each.truth]).share,
            "false_code": rate([each.said for each in asked if not each.truth]).share,
        }
        truth = [each.truth for each in asked]
        table = confusion("Labels", ("code", "chat"), truth, [each.said for each in asked])
        return Section("Accuracy", figures, (table, _against(samples, truth, right)), leads=True)


def confusion(
    title: str, names: tuple[str, str], truth: Sequence[bool], said: Sequence[bool]
) -> Table:
    """Rows: what was so; columns: what was said."""
    pairs = list(zip(truth, said, strict=True))
    rows: list[tuple[Cell, ...]] = [
        (f"is {names[not of]}", *(pairs.count((of, as_)) for as_ in (True, False)))
        for of in (True, False)
    ]
    columns = ("", f"said {names[0]}", f"said {names[1]}")
    return Table(f"{title}: confusion table", columns, rows)


def _against(samples: Sequence[Sample], truth: list[bool], right: list[bool]) -> Table:
    baselines = {
        "the plan's keywords": [sample.output["plan"] == "code" for sample in samples],
        "always code": [True] * len(samples),
        "always chat": [False] * len(samples),
    }
    rows: list[tuple[Cell, ...]] = [
        _compared(name, [a == b for a, b in zip(said, truth, strict=True)], right)
        for name, said in baselines.items()
    ]
    ours: tuple[Cell, ...] = ("this classifier", rate(right), None, None)
    columns = ("", "accuracy", "this classifier's lead", "McNemar p")
    return Table("Against the baselines", columns, [ours, *rows])


def _compared(name: str, theirs: list[bool], ours: list[bool]) -> tuple[Cell, ...]:
    pairs = list(zip(theirs, ours, strict=True))
    p = mcnemar(pairs.count((True, False)), pairs.count((False, True)))
    lead = paired_bootstrap([float(a) for a in theirs], [float(b) for b in ours])
    return name, rate(theirs), lead, p_words(p)
