"""Statistics against values that textbooks and hand calculation give."""

import pytest

from evals.statistics import (
    brier,
    calibration_error,
    mcnemar,
    paired_bootstrap,
    percentile,
    reliability,
    wilson,
)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (1, 29, 0.0061, 0.1718),  # Newcombe (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
    ],
)
def test_wilson_interval(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_nothing_counted_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (0, 5, 2 / 32),
        (5, 5, 1.0),
        (2, 8, 2 * (1 + 10 + 45) / 1024),
        (10, 40, 2.386e-05),
    ],
)
def test_mcnemar_is_the_exact_binomial_test(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == pytest.approx(p, rel=1e-3)
    assert mcnemar(only_b, only_a) == mcnemar(only_a, only_b)


def test_bootstrap_agrees_with_the_normal_approximation() -> None:
    a = [0.0] * 300 + [1.0] * 700
    b = [1.0] * 100 + [0.0] * 200 + [1.0] * 700
    found = paired_bootstrap(a, b)
    half = 1.96 * (0.1 * 0.9 / 1000) ** 0.5
    assert found.value == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((0.1 - half, 0.1 + half), abs=0.002)
    assert paired_bootstrap(a, b) == found


def test_bootstrap_keeps_pairs_together() -> None:
    """The same noise on both sides cancels out, as it would not if sides were drawn apart."""
    a = [0.0, 1.0] * 50
    assert paired_bootstrap(a, [x + 0.5 for x in a]).low == pytest.approx(0.5)


@pytest.mark.parametrize(("a", "b"), [([], []), ([1.0], [1.0, 0.0])])
def test_bootstrap_needs_pairs(a: list[float], b: list[float]) -> None:
    with pytest.raises(ValueError, match="paired"):
        paired_bootstrap(a, b)


def test_calibration_error_by_hand() -> None:
    scores, truths = [0.0, 0.1, 0.9, 0.95, 1.0], [False, True, True, True, False]
    bins = reliability(scores, truths)
    assert [(each.n, each.was) for each in bins] == [(1, 0.0), (1, 1.0), (3, pytest.approx(2 / 3))]
    gap = 0.0 + 0.9 + 3 * abs(0.95 - 2 / 3)
    assert calibration_error(scores, truths) == pytest.approx(gap / 5)
    assert brier([0.5, 1.0], [True, False]) == pytest.approx((0.25 + 1) / 2)


def test_percentile_interpolates() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
