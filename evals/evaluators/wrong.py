"""The rows that came out worst, for a reader: the surest of the wrong ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evals.evaluators.base import Ask, Asked
from evals.evaluators.cascade import Choice, ours, outcome
from evals.results import Data, Feedback, Sample
from evals.sections import Section, Wrong

MOST = 20

Find = Callable[[Sequence[Sample]], list[Wrong]]
"""All rows that came out wrong, the worst first."""


@dataclass(frozen=True)
class WorstErrors:
    """At most twenty rows: request, answer, evidence."""

    find: Find

    def feedback(self, sample: Sample) -> Feedback:
        """Nothing that other evaluators do not say."""
        return {}

    def summarize(self, samples: Sequence[Sample]) -> Section:
        """The worst of all, and how many there are."""
        found = self.find(samples)
        note = f"{len(found)} of {len(samples)} rows came out wrong"
        return Section("Worst errors", {"wrong": len(found)}, wrong=tuple(found[:MOST]), note=note)


def wrong_answers(ask: Ask, names: tuple[str, str]) -> Find:
    """Wrong yes-or-no answers, the surest first; `names` are yes and no in words."""

    def find(samples: Sequence[Sample]) -> list[Wrong]:
        missed = [asked for asked in map(ask, samples) if not asked.is_right]
        missed.sort(key=lambda asked: -abs(asked.score - asked.truth))
        return [_wrong(asked, names) for asked in missed]

    return find


def _wrong(asked: Asked, names: tuple[str, str]) -> Wrong:
    row, output = asked.sample.row, asked.sample.output
    said, so = (names[0] if each else names[1] for each in (asked.said, asked.truth))
    heading = f"said {said} (score {asked.score:.2f}), is {so}"
    if why := row.get("failure"):
        heading += f": {why}"
    evidence = output.get("reason") or _issues(output)
    return Wrong(str(row["id"]), heading, _request(row), row.get("response") or "", evidence)


def _request(row: Data) -> str:
    turns = [f"{turn.get('role')}: {turn.get('content')}" for turn in row.get("messages") or []]
    return "\n\n".join(turns) or row.get("text") or row.get("query") or ""


def _issues(output: Data) -> str:
    return "\n".join(
        f"{issue['code']}: {issue['evidence']}" for issue in output.get("issues") or []
    )


def wrong_choices(threshold: float) -> Find:
    """Cascade rows that returned a wrong answer though the other one was right."""

    def find(samples: Sequence[Sample]) -> list[Wrong]:
        chosen = [(sample, ours(threshold)(sample)) for sample in samples]
        found = [
            (sample, choice)
            for sample, choice in chosen
            if not outcome(sample, choice, "passed") and _other(sample, choice)
        ]
        found.sort(key=lambda pair: (not pair[1].polished, pair[0].output["weak"]["score"]))
        return [_wrong_choice(*pair) for pair in found]

    return find


def _other(sample: Sample, choice: Choice) -> bool:
    return bool(sample.row["weak" if choice.strong else "strong"]["passed"])


def _wrong_choice(sample: Sample, choice: Choice) -> Wrong:
    row, side = sample.row, "strong" if choice.strong else "weak"
    if choice.strong:
        heading = "right made wrong: the strong answer was taken"
    elif choice.polished:
        heading = "the strong answer was paid for and thrown away"
    else:
        heading = f"missed: the weak answer was kept (score {sample.output['weak']['score']:.2f})"
    return Wrong(
        str(row["id"]), heading, row["query"], row[side]["response"], _issues(sample.output[side])
    )


def wrong_live(samples: Sequence[Sample]) -> list[Wrong]:
    """Live answers that failed their hidden tests; those that the gate was surest of first."""
    failed = [sample for sample in samples if sample.output["passed"] is False]
    failed.sort(key=lambda sample: sample.output["quality_score"] or 0.0)
    return list(_live(failed))


def _live(failed: Iterable[Sample]) -> Iterable[Wrong]:
    for sample in failed:
        output = sample.output
        score = output["quality_score"]
        known = "not judged" if score is None else f"{output['verdict']} (score {score:.2f})"
        heading = f"{known}, by {output['model']}, failed its hidden tests"
        yield Wrong(
            str(sample.row["id"]), heading, _request(sample.row), output["answer"], _issues(output)
        )
