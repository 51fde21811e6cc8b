"""Trains the classifier and says how well it does: `python -m evals.train_classifier`.

Accuracy is estimated twice: by 5-fold cross-validation, and leaving out one source at a time, which
is nearer to what unseen kinds of requests will get.
"""

from __future__ import annotations

import argparse
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from evals.plan_baseline import plan_says_code
from evals.routing_data import Row, read_rows, recombined
from nodes.classifier.features import BUCKETS, Features, features_of
from nodes.classifier.model import LinearClassifier, Weights, probability
from nodes.classifier.text import conversation_of

EXTRA = Path(__file__).parent / "data" / "routing_extra.jsonl"
OUT = Path(__file__).parents[1] / "nodes" / "classifier" / "weights.bin"
SEED = 20240607
FOLDS = 5
THRESHOLD = 0.5
REGULARISATION = 2.0
EXTRA_WEIGHT = 0.7
RECOMBINED_WEIGHT = 0.4
_LARGEST = 127

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Space:
    """Columns: first the hashed buckets, weighed by rarity, then the named features."""

    idf: Floats
    names: dict[str, int]

    @classmethod
    def of(cls, features: Sequence[Features]) -> Space:
        seen = np.zeros(BUCKETS)
        for one in features:
            seen[list({bucket for _, group in one.hashed for bucket in group})] += 1
        names = sorted({name for one in features for name in one.named})
        columns = {name: BUCKETS + at for at, name in enumerate(names)}
        return cls(np.log((1 + len(features)) / (1 + seen)) + 1, columns)

    def matrix(self, features: Sequence[Features]) -> csr_matrix:
        rows, columns, values = [], [], []
        for at, one in enumerate(features):
            cells = [(self.names[n], v) for n, v in one.named.items() if n in self.names]
            cells += [(b, v * self.idf[b]) for v, group in one.hashed for b in group]
            rows += [at] * len(cells)
            columns += [column for column, _ in cells]
            values += [value for _, value in cells]
        shape = (len(features), BUCKETS + len(self.names))
        return csr_matrix((values, (rows, columns)), shape=shape)


def features_for(rows: Sequence[Row]) -> list[Features]:
    return [features_of(conversation_of(row.messages)) for row in rows]


def fit(rows: Sequence[Row]) -> Weights:
    """Logistic regression, quantised to what the package holds."""
    features = features_for(rows)
    space = Space.of(features)
    model = LogisticRegression(C=REGULARISATION, solver="liblinear", random_state=SEED)
    weights = [row.weight for row in rows]
    model.fit(space.matrix(features), [row.label == "code" for row in rows], sample_weight=weights)
    coefficients = model.coef_[0]
    hashed = coefficients[:BUCKETS] * space.idf
    scale = float(np.abs(hashed).max()) / _LARGEST
    steps = np.rint(hashed / scale).astype(np.int8)
    named = {name: round(float(coefficients[at]), 4) for name, at in space.names.items()}
    kept = {name: weight for name, weight in named.items() if weight}
    return Weights(float(model.intercept_[0]), THRESHOLD, scale, kept, array("b", steps.tobytes()))


def train(rows: Sequence[Row], extra: Sequence[Row]) -> Weights:
    given = [*rows, *extra]
    return fit([*given, *recombined(given, seed=SEED, weight=RECOMBINED_WEIGHT)])


def log_odds(weights: Weights, rows: Sequence[Row]) -> Floats:
    return np.array([weights.log_odds(features) for features in features_for(rows)])


def folds_at_random(rows: Sequence[Row]) -> Iterator[Sequence[int]]:
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    labels = [row.label for row in rows]
    for _, held_out in splitter.split(labels, labels):
        yield [int(at) for at in held_out]


def folds_by_source(rows: Sequence[Row]) -> Iterator[Sequence[int]]:
    for source in sorted({row.source for row in rows}):
        yield [at for at, row in enumerate(rows) if row.source == source]


def held_out_log_odds(
    rows: Sequence[Row], extra: Sequence[Row], folds: Iterator[Sequence[int]]
) -> Floats:
    """Each row's log-odds by a model that was trained without its fold."""
    found = np.zeros(len(rows))
    for fold in folds:
        without = set(fold)
        kept = [row for at, row in enumerate(rows) if at not in without]
        found[list(fold)] = log_odds(train(kept, extra), [rows[at] for at in fold])
    return found


def calibration(odds: Floats, rows: Sequence[Row]) -> tuple[float, float]:
    """Platt's slope and offset, from log-odds of rows that were held out."""
    model = LogisticRegression(C=1e6, solver="lbfgs")
    model.fit(odds.reshape(-1, 1), [row.label == "code" for row in rows])
    return float(model.coef_[0][0]), float(model.intercept_[0])


def calibrated(weights: Weights, slope: float, offset: float) -> Weights:
    named = {name: round(value * slope, 4) for name, value in weights.named.items()}
    bias = round(weights.bias * slope + offset, 6)
    return Weights(bias, weights.threshold, weights.scale * slope, named, weights.buckets)


def show(title: str, said: Sequence[bool], rows: Sequence[Row]) -> None:
    """One line of accuracies: all rows, hard rows, conversations."""
    right = np.array([code == (row.label == "code") for code, row in zip(said, rows, strict=True)])
    parts = {
        "all": np.ones(len(rows), dtype=bool),
        "hard": np.array([row.hard for row in rows]),
        "multi-turn": np.array([len(row.turns) > 1 for row in rows]),
    }
    shares = (f"{name} {right[mask].mean():6.1%}" for name, mask in parts.items() if mask.any())
    print(f"{title:34s}", "  ".join(shares))


def show_sources(said: Sequence[bool], rows: Sequence[Row]) -> None:
    for fold in folds_by_source(rows):
        right = sum(said[at] == (rows[at].label == "code") for at in fold)
        print(f"    {rows[fold[0]].source:32s} {right / len(fold):6.1%} of {len(fold)}")


def calibration_error(odds: Floats, rows: Sequence[Row], bins: int = 10) -> float:
    """Expected calibration error over equal bins of the score."""
    scores = np.array([probability(value) for value in odds])
    labels = np.array([row.label == "code" for row in rows])
    at = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = [abs(scores[at == b].mean() - labels[at == b].mean()) * (at == b).sum() for b in set(at)]
    return float(sum(gaps) / len(rows))


def median_cpu_us(weights: Weights, rows: Sequence[Row]) -> float:
    classifier, spent = LinearClassifier(weights), []
    for row in rows:
        messages = row.messages
        began = time.thread_time_ns()
        classifier(messages)
        spent.append((time.thread_time_ns() - began) / 1000)
    return float(np.median(spent))


def estimate(rows: Sequence[Row], extra: Sequence[Row]) -> tuple[float, float]:
    """Prints the estimates; returns the calibration that the folds give."""
    random_odds = held_out_log_odds(rows, extra, folds_at_random(rows))
    source_odds = held_out_log_odds(rows, extra, folds_by_source(rows))
    slope, offset = calibration(random_odds, rows)
    show("plan's keywords", [plan_says_code(row.text) for row in rows], rows)
    for title, odds in (("5-fold", random_odds), ("leave one source out", source_odds)):
        show(title, list(slope * odds + offset >= 0), rows)
        error = calibration_error(slope * odds + offset, rows)
        print(f"    expected calibration error {error:.3f}")
    show_sources(list(slope * source_odds + offset >= 0), rows)
    return slope, offset


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the classifier from labelled requests.")
    parser.add_argument("--data", type=Path, required=True, help="JSON lines {text,messages,label}")
    parser.add_argument("--extra", type=Path, default=EXTRA, help="further rows, only trained on")
    parser.add_argument("--out", type=Path, default=None, help=f"where to write, such as {OUT}")
    options = parser.parse_args(argv)
    rows, extra = read_rows(options.data), read_rows(options.extra, weight=EXTRA_WEIGHT)
    slope, offset = estimate(rows, extra)
    weights = calibrated(train(rows, extra), slope, offset)
    data = weights.to_bytes()
    show("trained on all, seen in training", list(log_odds(weights, rows) >= 0), rows)
    print(f"median {median_cpu_us(weights, rows):.0f} us CPU a call; weights {len(data)} bytes")
    if options.out is not None:
        options.out.write_bytes(data)
        print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
