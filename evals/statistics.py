"""Intervals and tests for shares: what a difference between two runs is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

import numpy as np

RESAMPLES = 10_000


@dataclass(frozen=True)
class Rate:
    """`hits` of `n`, with Wilson's 95 % interval."""

    hits: int
    n: int

    @property
    def share(self) -> float | None:
        """0..1; None of nothing."""
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval, 0..1."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float


def rate(flags: Sequence[bool]) -> Rate:
    """How many of `flags` hold."""
    return Rate(sum(flags), len(flags))


def wilson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share; (0, 1) when there is nothing to count."""
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, spread = hits / n, 1 + z * z / n
    middle = (share + z * z / (2 * n)) / spread
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / spread
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p: were both equally good, how often would they differ so unevenly?

    Args:
        only_a: Rows that A alone has right.
        only_b: Rows that B alone has right.
    """
    n, least = only_a + only_b, min(only_a, only_b)
    tail = sum(comb(n, k) for k in range(least + 1))
    return float(min(1.0, 2 * tail / 2**n))


def paired_bootstrap(
    a: Sequence[float], b: Sequence[float], *, seed: int = 0, resamples: int = RESAMPLES
) -> Interval:
    """The mean of b - a over the same rows, with a percentile interval; rows are resampled.

    Raises:
        ValueError: The two differ in length, or are empty.
    """
    if len(a) != len(b) or not a:
        raise ValueError(f"paired rows are needed, not {len(a)} and {len(b)}")
    differences = np.asarray(b, dtype=float) - np.asarray(a, dtype=float)
    random = np.random.default_rng(seed)
    values, counts = np.unique(differences, return_counts=True)  # few values: draw their counts
    drawn = random.multinomial(len(differences), counts / len(differences), size=resamples)
    means = drawn @ values / len(differences)
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(differences.mean()), float(low), float(high))


@dataclass(frozen=True)
class Bin:
    """Rows whose scores are close: what was said, and what was so."""

    n: int
    said: float
    was: float


def reliability(scores: Sequence[float], truths: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Bins of equal width over 0..1, empty ones left out: mean score beside the share of truth."""
    at = np.minimum((np.asarray(scores, dtype=float) * bins).astype(int), bins - 1)
    said, was = np.asarray(scores, dtype=float), np.asarray(truths, dtype=float)
    groups = ((at == number) for number in range(bins))
    return [
        Bin(int(group.sum()), float(said[group].mean()), float(was[group].mean()))
        for group in groups
        if group.any()
    ]


def calibration_error(scores: Sequence[float], truths: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: the mean gap between score and share, weighted by rows."""
    found = reliability(scores, truths, bins)
    total = sum(each.n for each in found)
    return sum(each.n * abs(each.said - each.was) for each in found) / total if total else 0.0


def brier(scores: Sequence[float], truths: Sequence[bool]) -> float:
    """Mean squared distance of the score from the truth."""
    gaps = np.asarray(scores, dtype=float) - np.asarray(truths, dtype=float)
    return float(np.mean(gaps**2)) if len(gaps) else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of `values` lie, interpolated."""
    return float(np.quantile(np.asarray(values, dtype=float), share))
