"""Trains the classifier and says how well it does: `python -m evals.train_classifier`.

Accuracy is estimated on what the model has not seen: by a model of the project's own text alone,
and leaving out one source of the data at a time, which is what unseen kinds of requests will get.
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
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from scipy.special import expit  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from evals.plan_baseline import plan_says_code
from evals.routing_data import Row, read_rows, recombined
from evals.routing_grammar import made_rows, read_parts
from nodes.classifier.features import BUCKETS, Features, features_of
from nodes.classifier.model import LinearClassifier, Weights, probability
from nodes.classifier.text import conversation_of

DATA = Path(__file__).parent / "data"
EXTRA = DATA / "routing_extra.jsonl"
EVAL = DATA / "routing_eval.jsonl"
OUT = Path(__file__).parents[1] / "nodes" / "classifier" / "weights.bin"
SEED = 20240607

# A missed code request is paid for, or without a key goes unchecked; a false alarm gives general
# chat to a weaker model, which is asked again now and then. So missing one costs half as much more.
MISSED_CODE_COST = 1.5
FALSE_ALARM_COST = 1.0
THRESHOLD = FALSE_ALARM_COST / (FALSE_ALARM_COST + MISSED_CODE_COST)

REGULARISATION = 1.0
EXTRA_WEIGHT = 0.7
GRAMMAR_WEIGHT = 0.3
RECOMBINED_WEIGHT = 0.4
_STEPS, _STEPS_FROM_START = 60, 25
_LARGEST = 127

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


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


@dataclass(frozen=True)
class Problem:
    """Rows to learn from: the first `given` are the data's own, in their order."""

    rows: Sequence[Row]
    given: int
    space: Space
    matrix: csr_matrix

    @classmethod
    def of(cls, data: Sequence[Row], own: Sequence[Row]) -> Problem:
        again = recombined([*data, *own], own, seed=SEED, weight=RECOMBINED_WEIGHT)
        rows = [*data, *own, *again]
        features = features_for(rows)
        space = Space.of(features)
        return cls(rows, len(data), space, space.matrix(features))

    def fit(self, chosen: Flags, start: Floats | None = None) -> Floats:
        """Logistic regression on the chosen rows: a weight a column, then the bias."""
        matrix = self.matrix[np.flatnonzero(chosen)]
        rows = [row for row, keep in zip(self.rows, chosen, strict=True) if keep]
        signs = np.array([1.0 if row.label == "code" else -1.0 for row in rows])
        shares = np.array([row.weight for row in rows])
        across = matrix.T.tocsr()

        def loss(point: Floats) -> tuple[float, Floats]:
            weights = point[:-1]
            margins = signs * (matrix @ weights + point[-1])
            pull = shares * signs * expit(-margins)
            value = weights @ weights / 2 / REGULARISATION + shares @ np.logaddexp(0, -margins)
            return value, np.append(weights / REGULARISATION - across @ pull, -pull.sum())

        steps = {"maxiter": _STEPS if start is None else _STEPS_FROM_START}
        point = np.zeros(self.matrix.shape[1] + 1) if start is None else start
        found = minimize(loss, point, jac=True, method="L-BFGS-B", options=steps)
        return np.asarray(found.x)

    def odds(self, point: Floats, rows: Sequence[int]) -> Floats:
        return np.asarray(self.matrix[list(rows)] @ point[:-1] + point[-1])

    def weights(self, point: Floats, slope: float, offset: float) -> Weights:
        """The calibrated model, quantised to what the package holds."""
        hashed = point[:BUCKETS] * self.space.idf
        scale = float(np.abs(hashed).max()) / _LARGEST
        steps = np.rint(hashed / scale).astype(np.int8)
        named = {n: round(float(point[at]) * slope, 4) for n, at in self.space.names.items()}
        kept = {name: weight for name, weight in named.items() if weight}
        bias = round(float(point[-1]) * slope + offset, 6)
        return Weights(bias, THRESHOLD, scale * slope, kept, array("b", steps.tobytes()))


def features_for(rows: Sequence[Row]) -> list[Features]:
    return [features_of(conversation_of(row.messages)) for row in rows]


def own_rows(extra: Path) -> list[Row]:
    """The project's own training text: written by hand, and made from parts."""
    made = made_rows(read_parts(), seed=SEED, weight=GRAMMAR_WEIGHT)
    return [*read_rows(extra, weight=EXTRA_WEIGHT), *made]


def folds_by_source(rows: Sequence[Row]) -> Iterator[tuple[str, list[int]]]:
    for source in sorted({row.source for row in rows}):
        yield source, [at for at, row in enumerate(rows) if row.source == source]


def held_out_log_odds(problem: Problem, start: Floats) -> Floats:
    """Each data row's log-odds by a model that saw nothing of its source."""
    found = np.zeros(problem.given)
    for source, fold in folds_by_source(problem.rows[: problem.given]):
        others = np.array([row.source != source for row in problem.rows])
        found[fold] = problem.odds(problem.fit(others, start), fold)
    return found


def calibration(odds: Floats, rows: Sequence[Row]) -> tuple[float, float]:
    """Platt's slope and offset, from log-odds of rows that were held out."""
    model = LogisticRegression(C=1e6, solver="lbfgs")
    model.fit(odds.reshape(-1, 1), [row.label == "code" for row in rows])
    return float(model.coef_[0][0]), float(model.intercept_[0])


def show(title: str, said: Sequence[bool], rows: Sequence[Row]) -> None:
    """One line of accuracies: all rows, hard ones, conversations, and those not in English."""
    right = np.array([code == (row.label == "code") for code, row in zip(said, rows, strict=True)])
    parts = {
        "all": np.ones(len(rows), dtype=bool),
        "hard": np.array([row.hard for row in rows]),
        "multi-turn": np.array([len(row.turns) > 1 for row in rows]),
        "not English": np.array([row.lang != "en" for row in rows]),
    }
    shares = (f"{name} {right[mask].mean():6.1%}" for name, mask in parts.items() if mask.any())
    print(f"{title:22s}", "  ".join(shares), flush=True)


def show_groups(said: Sequence[bool], rows: Sequence[Row]) -> None:
    """Accuracy by source, then by language."""
    for name in ("source", "lang"):
        groups: dict[str, list[bool]] = {}
        for code, row in zip(said, rows, strict=True):
            groups.setdefault(getattr(row, name), []).append(code == (row.label == "code"))
        for key, right in sorted(groups.items()):
            print(f"    {key:32s} {sum(right) / len(right):6.1%} of {len(right)}")


def show_reliability(odds: Floats, rows: Sequence[Row], bins: int = 10) -> None:
    """Mean score against share of code by tenths of the score, and the mean gap (ECE)."""
    scores = np.array([probability(value) for value in odds])
    labels = np.array([row.label == "code" for row in rows])
    at = np.minimum((scores * bins).astype(int), bins - 1)
    total = 0.0
    for b in sorted(set(at)):
        mean, share, count = scores[at == b].mean(), labels[at == b].mean(), (at == b).sum()
        total += abs(mean - share) * count
        print(f"    score {mean:.2f}: {share:.2f} code of {count}")
    print(f"    expected calibration error {total / len(rows):.3f}")


def median_cpu_us(weights: Weights, rows: Sequence[Row]) -> float:
    classifier, spent = LinearClassifier(weights), []
    for row in rows:
        messages = row.messages
        began = time.thread_time_ns()
        classifier(messages)
        spent.append((time.thread_time_ns() - began) / 1000)
    return float(np.median(spent))


def says_code(weights: Weights, rows: Sequence[Row]) -> list[bool]:
    return [probability(weights.log_odds(one)) >= THRESHOLD for one in features_for(rows)]


def estimate(problem: Problem, start: Floats) -> tuple[float, float]:
    """Prints the estimates; returns the calibration that the held-out rows give."""
    rows = problem.rows[: problem.given]
    show("plan's keywords", [plan_says_code(row.text) for row in rows], rows)
    show("own text alone", list(problem.odds(start, range(problem.given)) >= 0), rows)
    odds = held_out_log_odds(problem, start)
    slope, offset = calibration(odds, rows)
    said = list(slope * odds + offset >= 0)
    show("leave one source out", said, rows)
    show_groups(said, rows)
    show_reliability(slope * odds + offset, rows)
    return slope, offset


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Train the classifier from labelled requests.")
    parser.add_argument("--data", type=Path, required=True, help="JSON lines {text,messages,label}")
    parser.add_argument("--extra", type=Path, default=EXTRA, help="further rows, only trained on")
    parser.add_argument("--out", type=Path, default=None, help=f"where to write, such as {OUT}")
    options = parser.parse_args(argv)
    rows, unseen = read_rows(options.data), read_rows(EVAL)
    problem = Problem.of(rows, own_rows(options.extra))
    sources = {row.source for row in rows}
    start = problem.fit(np.array([row.source not in sources for row in problem.rows]))
    slope, offset = estimate(problem, start)
    everything = np.ones(len(problem.rows), dtype=bool)
    weights = problem.weights(problem.fit(everything), slope, offset)
    show("own evaluation rows", says_code(weights, unseen), unseen)
    data = weights.to_bytes()
    print(f"median {median_cpu_us(weights, rows):.0f} us CPU a call; weights {len(data)} bytes")
    if options.out is not None:
        options.out.write_bytes(data)
        print(f"wrote {options.out}")


if __name__ == "__main__":
    main()
