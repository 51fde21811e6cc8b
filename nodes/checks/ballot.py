"""Counting votes: how far other answers and tests agree with a draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from nodes.checks.cases import MISSING, Case, Seen

# Log-odds that a vote adds to what is usual of an answer that nothing was tried on.
_UNANIMOUS = -1.0
_PER_DISSENT = 2.0
_PER_OUTVOTED = 2.0
_PER_CONFIRMED_TEST = 1.5


@dataclass(frozen=True)
class Ballot:
    """Results of the draft and of other answers on the same inputs.

    A case's `value` is what a test expects of it, MISSING where there is no test.
    """

    cases: Sequence[Case]
    draft: Sequence[Seen]
    others: Sequence[Sequence[Seen]]

    def opinions(self) -> list[Opinion]:
        """One for each input on which the draft and another answer came to something."""
        found = [
            Opinion(
                case,
                result_of(mine),
                [result_of(seen[at]) for seen in self.others],
                "" if case.value is MISSING else canonical(case.value),
            )
            for at, (case, mine) in enumerate(zip(self.cases, self.draft, strict=True))
        ]
        return [opinion for opinion in found if opinion.counts]


@dataclass(frozen=True)
class Opinion:
    """What is thought of one input; each result as text that compares, empty for none."""

    case: Case
    mine: str
    others: list[str]
    test: str

    @property
    def counts(self) -> bool:
        """Whether the draft and at least one other came to a result."""
        return bool(self.mine) and any(self.others)

    @property
    def dissent(self) -> float:
        """Share of the others that came to another result."""
        cast = [other for other in self.others if other]
        return sum(other != self.mine for other in cast) / len(cast)

    @property
    def rival(self) -> str:
        """The result that most others share, where it outvotes the draft; else empty."""
        cast = Counter(other for other in self.others if other)
        ((first, most),) = cast.most_common(1)
        return first if first != self.mine and most >= 2 and most > cast[self.mine] else ""

    @property
    def is_confirmed_failure(self) -> bool:
        """Whether a test contradicts the draft, and another answer agrees with the test."""
        return bool(self.test) and self.test != self.mine and self.test in self.others


def updated(score: float, votes: Sequence[Opinion]) -> float:
    """The probability that the draft fails, after the votes on it."""
    if not votes:
        return score
    count = len(votes)
    shift = (
        _UNANIMOUS
        + _PER_DISSENT * sum(vote.dissent for vote in votes) / count
        + _PER_OUTVOTED * sum(bool(vote.rival) for vote in votes) / count
        + _PER_CONFIRMED_TEST * sum(vote.is_confirmed_failure for vote in votes) / count
    )
    return 1 / (1 + (1 - score) / score * exp(-shift))


def result_of(seen: Seen) -> str:
    """A result in a form in which equal ones are equal text; empty when there is none."""
    if seen.outcome == "raised":
        return f"raised {seen.error}"
    if seen.outcome in ("timed_out", "not_run"):
        return ""
    return canonical(seen.value) if seen.value is not MISSING else seen.shown


def canonical(value: object) -> str:
    """Text of a value that is the same for 2 and 2.0, a list and a tuple, any order of keys."""
    if isinstance(value, bool) or value is None:
        return repr(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.6g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(canonical, value))}]"
    if isinstance(value, set | frozenset):
        return f"{{{', '.join(sorted(map(canonical, value)))}}}"
    if isinstance(value, dict):
        rows = sorted((canonical(key), canonical(item)) for key, item in value.items())
        return f"{{{', '.join(f'{key}: {item}' for key, item in rows)}}}"
    return repr(value)
