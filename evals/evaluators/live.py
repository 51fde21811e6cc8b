"""What the graph itself did with real models: pass@1, share polished and repaired, tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.evaluators.base import flag, holds_example
from evals.evaluators.slices import Part, grouped_samples
from evals.results import Data, Feedback, Sample
from evals.sections import Cell, Chart, Section, Table, p_words, point
from evals.statistics import Rate, mcnemar, paired_bootstrap, rate


@dataclass(frozen=True)
class LivePass:
    """Who was asked, what it cost, and whether the hidden tests passed."""

    weak: str
    strong: str

    def feedback(self, sample: Sample) -> Feedback:
        """Passes of the cascade and of each model alone; what was done; tokens by model."""
        return {
            "pass_at_1": flag(sample.output["passed"]),
            "weak_pass_at_1": flag(self._draft(sample)),
            "strong_pass_at_1": flag(_strong(sample)),
            "polished": flag(bool(sample.output["polished"])),
            "paid": flag(self._paid(sample)),
            "repaired": flag(bool(sample.output["repaired"])),
            "free_tokens": self._tokens(sample, paid=False),
            "paid_tokens": self._tokens(sample, paid=True),
        }

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """Only rows whose tests could be run count."""
        ran = [sample for sample in samples if sample.output["passed"] is not None]
        rows = [self.feedback(sample) for sample in ran]
        figures = {name: _mean(rows, name) for name in (rows[0] if rows else {})}
        tables = (self._strategies(ran), self._spent(ran), self._parts(ran)) if ran else ()
        charts = (self._chart(ran),) if ran else ()
        missing = len(samples) - len(ran)
        note = f"{missing} rows whose tests could not be run here are left out" if missing else ""
        return Section("Live cascade", figures, tables, charts, note=note, leads=True)

    def _draft(self, sample: Sample) -> bool | None:
        """Whether the free model's first answer passed; None where it gave none."""
        drafts = [x for x in sample.output["attempts"] if x["step"] == "draft"]
        return drafts[0]["passed"] if drafts else None

    def _paid(self, sample: Sample) -> bool:
        return any(attempt["step"] in PAID for attempt in sample.output["attempts"])

    def _tokens(self, sample: Sample, *, paid: bool) -> float:
        return float(sum(map(_tokens, _attempts(sample, paid=paid))))

    def _strategies(self, ran: list[Sample]) -> Table:
        ours = [bool(sample.output["passed"]) for sample in ran]
        drafts = [bool(self._draft(sample)) for sample in ran]
        paid = [self._paid(sample) for sample in ran]
        rows: list[tuple[Cell, ...]] = [("the cascade", rate(paid), rate(ours), None, None)]
        none, every = [False] * len(ran), [True] * len(ran)
        rows.append(("always weak (the first draft)", rate(none), *_against(drafts, ours)))
        if all(_strong(sample) is not None for sample in ran):
            strong = [bool(_strong(sample)) for sample in ran]
            rows.append(("always strong", rate(every), *_against(strong, ours)))
            either = [a or b for a, b in zip(drafts, strong, strict=True)]
            mends = [b and not a for a, b in zip(drafts, strong, strict=True)]
            rows.append(("oracle: pay where it mends", rate(mends), *_against(either, ours)))
        columns = ("", "paid for", "pass@1", "the cascade's lead", "McNemar p")
        return Table("Strategies", columns, rows)

    def _spent(self, ran: list[Sample]) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for name, model, paid in (("free", self.weak, False), ("paid", self.strong, True)):
            made = [x for sample in ran for x in _attempts(sample, paid=paid)]
            told = [sum(x[f"{way}_tokens"] or 0 for x in made) for way in ("input", "output")]
            rows.append((f"{model} ({name})", len(made), *told))
        columns = ("model", "answers", "input tokens", "output tokens")
        done = [bool(sample.output["repaired"]) for sample in ran]
        note = f"repaired by the free model: {sum(done)} of {len(done)}"
        return Table("What was generated", columns, rows, note)

    def _parts(self, ran: list[Sample]) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for part in PARTS:
            for name, found in grouped_samples(ran, part).items():
                passed = rate([bool(x.output["passed"]) for x in found])
                drafts = rate([bool(self._draft(x)) for x in found])
                strong = rate([bool(_strong(x)) for x in found if _strong(x) is not None])
                rows.append((name, rate([self._paid(x) for x in found]), passed, drafts, strong))
        return Table("By part", ("", "paid for", "pass@1", "weak", "strong"), rows)

    def _chart(self, ran: list[Sample]) -> Chart:
        points = [
            point(str(name), paid, passed)
            for name, paid, passed, *_ in self._strategies(ran).rows
            if isinstance(paid, Rate) and isinstance(passed, Rate)
        ]
        labels = ("share of requests that were paid for", "pass@1")
        return Chart("Cost and quality, live", *labels, tuple(points), from_zero=False)


PAID = ("polish", "cloud")
"""Steps whose answers are paid for."""

PARTS: tuple[Part, ...] = (
    lambda sample: str(sample.row.get("language")),
    lambda sample: "with examples" if holds_example(sample) else "without examples",
    lambda sample: "several turns" if sample.row.get("messages") else "one turn",
)


def _against(theirs: list[bool], ours: list[bool]) -> tuple[Cell, Cell, Cell]:
    pairs = list(zip(theirs, ours, strict=True))
    lead = paired_bootstrap([float(a) for a in theirs], [float(b) for b in ours])
    p = mcnemar(pairs.count((True, False)), pairs.count((False, True)))
    return rate(theirs), lead, p_words(p)


def _strong(sample: Sample) -> bool | None:
    alone: Data | None = sample.output["strong"]
    return alone["passed"] if alone else None


def _attempts(sample: Sample, *, paid: bool) -> list[Data]:
    return [x for x in sample.output["attempts"] if (x["step"] in PAID) == paid]


def _tokens(attempt: Data) -> int:
    return (attempt["input_tokens"] or 0) + (attempt["output_tokens"] or 0)


def _mean(rows: Sequence[Feedback], name: str) -> float | None:
    known = [value for row in rows if (value := row[name]) is not None]
    return sum(known) / len(known) if known else None
