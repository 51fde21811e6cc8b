"""Evaluators on rows small enough to be counted by hand."""

from typing import Any

import numpy as np
import pytest

from evals.evaluators.base import answer_fails, asks_for_code, holds_example
from evals.evaluators.cascade import (
    CostQuality,
    RecordedPass,
    measure,
    oracle_points,
    ours,
    strategies,
    threshold_points,
)
from evals.evaluators.classification import Accuracy
from evals.evaluators.detection import Detection, DetectionCurve, threshold_curve
from evals.evaluators.live import LivePass
from evals.evaluators.quality import Calibration, Latency
from evals.evaluators.slices import ANSWER_PARTS, REQUEST_PARTS, AccuracySlices, DetectionSlices
from evals.evaluators.wrong import WorstErrors, wrong_answers, wrong_choices
from evals.results import Result, Sample
from evals.sections import Table
from evals.statistics import Rate
from tests.evals_fixtures import REQUESTS, judged, pair, said


def classified(*labels: str) -> list[Sample]:
    return [
        Sample(
            row,
            Result(str(row["id"]), "k", {
                "label": label, "score": 0.9 if label == "code" else 0.1, "reason": "r",
                "us": 100.0, "plan": "code",
            }),
        )
        for row, label in zip(REQUESTS, labels, strict=True)
    ]  # fmt: skip


def cells(table: Table) -> dict[str, tuple[Any, ...]]:
    return {str(row[0]): tuple(row[1:]) for row in table.rows}


def test_accuracy_and_its_confusion_table() -> None:
    found = Accuracy().summarize(classified("code", "code", "chat", "chat"))
    assert found.figures == {"accuracy": 0.5, "missed_code": 0.5, "false_code": 0.5}
    confusion, against = found.tables
    assert cells(confusion) == {"is code": (1, 1), "is chat": (1, 1)}
    assert cells(against)["always chat"][0] == Rate(2, 4)


def test_accuracy_by_part() -> None:
    samples = classified("code", "code", "chat", "chat")
    found = AccuracySlices(asks_for_code, REQUEST_PARTS).summarize(samples)
    tables = {table.title: cells(table) for table in found.tables}
    assert tables["By hard or not"] == {"not hard": (Rate(1, 3),), "hard": (Rate(1, 1),)}
    assert tables["By language of the request"]["de"] == (Rate(0, 1),)
    assert "By turns" not in tables  # all rows alike: nothing to compare


GATE_ROWS = [
    judged("right", False, 0.1),
    judged("alarm", False, 0.7, bench="mbpp"),
    judged("found", True, 0.9, failure="wrong", query="f(2) == 4"),
    judged("missed", True, 0.2, failure="runtime"),
]


def test_recall_and_false_alarms() -> None:
    found = Detection(0.5).summarize(GATE_ROWS)
    assert found.figures == {"recall": 0.5, "false_alarms": 0.5}
    rows = cells(found.tables[0])
    assert rows["this gate"] == rows["run stage alone"] == (Rate(1, 2), Rate(1, 2))
    assert rows["the plan's check"] == (Rate(0, 2), Rate(0, 2))


def test_feedback_says_only_what_a_row_shows() -> None:
    assert Detection(0.5).feedback(GATE_ROWS[1]) == {
        "correct": 0.0,
        "recall": None,
        "false_alarm": 1.0,
    }


def test_detection_by_part() -> None:
    found = DetectionSlices(answer_fails(0.5), ANSWER_PARTS).summarize(GATE_ROWS)
    assert found.figures["recall, with examples"] == 1.0
    assert found.figures["recall, without examples"] == 0.0
    assert found.figures["recall, runtime"] == 0.0


def test_curve_from_nothing_to_everything_condemned() -> None:
    alarms, recall, cuts = threshold_curve(
        np.array([0.1, 0.7, 0.9, 0.2]), np.array([False, False, True, True])
    )
    assert list(zip(alarms, recall, strict=True)) == [
        (0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0), (1.0, 1.0),
    ]  # fmt: skip
    assert cuts[0] == float("inf")


def test_recall_within_a_budget_of_alarms() -> None:
    figures = DetectionCurve().summarize(GATE_ROWS).figures
    assert figures["recall_at_0.05"] == 0.5
    assert figures["area"] == pytest.approx(0.75)


PAIRS = [
    pair("mends", (False, 0.9), (True, 0.1)),
    pair("breaks", (True, 0.8), (False, 0.2)),
    pair("kept", (True, 0.6), (False, 0.9)),
    pair("missed", (False, 0.1), (True, 0.1)),
    pair("fine", (True, 0.0), (True, 0.0)),
]


def test_a_worse_strong_answer_is_thrown_away_but_paid_for() -> None:
    found = measure(PAIRS, ours(0.5), "passed")
    assert (found.polished, found.passed) == (Rate(3, 5), Rate(3, 5))
    assert found.regressions == Rate(1, 5)
    unseen = strategies(0.5, "passed")["this gate, strong answer unseen"]
    assert measure(PAIRS, unseen, "passed").passed == Rate(2, 5)


def test_a_strong_answer_on_which_the_gate_broke_proves_nothing() -> None:
    sample = pair("x", (True, 0.9), (False, 0.0))
    sample.output["strong"]["issues"] = [{"code": "gate_error", "evidence": "broke"}]
    assert ours(0.5)(sample).strong is False


def test_oracle_mends_first_and_breaks_last() -> None:
    x, y = oracle_points(PAIRS, "passed")
    assert x == pytest.approx((0.0, 0.4, 0.6, 1.0))
    assert y == pytest.approx((0.6, 1.0, 1.0, 0.6))


def test_threshold_points_go_from_never_to_always() -> None:
    points = threshold_points(PAIRS, "passed")
    assert (points[0][0].share, points[-1][0].share) == (0.0, 1.0)
    shares = [point[0].hits for point in points]
    assert shares == sorted(shares)


def test_best_pass_within_a_budget() -> None:
    figures = CostQuality(0.5).summarize(PAIRS).figures
    assert figures["pass_at_1_within_0.2"] == 0.8  # only `mends` is polished
    assert "pass_at_1_within_0.2_plus" not in figures  # no row has the label


def test_recorded_feedback() -> None:
    assert RecordedPass(0.5).feedback(PAIRS[1]) == {
        "pass_at_1": 0.0,
        "pass_plus_at_1": None,
        "polished": 1.0,
        "regression": 1.0,
    }


def test_calibration_and_latency() -> None:
    calibration = Calibration(answer_fails(0.5), "it fails").summarize(GATE_ROWS)
    gaps = 0.1 + 0.7 + 0.1 + 0.8
    assert calibration.figures["calibration_error"] == pytest.approx(gaps / 4)
    latency = Latency(lambda sample: float(sample.output["ms"]), "ms", "call")
    assert latency.summarize(GATE_ROWS).figures["p95_ms"] == 10.0


def test_worst_errors_come_surest_first() -> None:
    found = WorstErrors(wrong_answers(answer_fails(0.5), ("broken", "good"))).summarize(GATE_ROWS)
    assert [wrong.id for wrong in found.wrong] == ["missed", "alarm"]
    assert "runtime" in found.wrong[0].heading
    assert found.wrong[1].evidence == "wrong_result: f(1) is 2"


def test_wrong_choices_are_those_that_could_have_been_right() -> None:
    found = WorstErrors(wrong_choices(0.5)).summarize(PAIRS)
    assert [wrong.id for wrong in found.wrong] == ["breaks", "missed"]
    assert found.wrong[0].heading.startswith("right made wrong")


def attempt(step: str, passed: bool) -> dict[str, Any]:
    model = "strong" if step in ("polish", "cloud") else "weak"
    return {"step": step, "model": model, "input_tokens": 10, "output_tokens": 5, "passed": passed}


def live(name: str, passed: bool | None, *attempts: dict[str, Any]) -> Sample:
    output = {
        "passed": passed, "attempts": list(attempts), "repaired": len(attempts) > 1,
        "polished": attempts[-1]["step"] == "polish", "strong": attempt("cloud", True),
    }  # fmt: skip
    row = {"id": name, "query": "q", "language": "python"}
    return Sample(row, Result(name, "k", output))


def test_live_counts_what_was_paid_for() -> None:
    samples = [
        live("free", True, attempt("draft", True)),
        live("mended", True, attempt("draft", False), attempt("repair", True)),
        live("paid", True, attempt("draft", False), attempt("polish", True)),
        live("no toolchain", None, attempt("draft", False)),
    ]
    found = LivePass("weak", "strong").summarize(samples)
    assert found.figures["pass_at_1"] == 1.0
    assert found.figures["weak_pass_at_1"] == pytest.approx(1 / 3)
    assert found.figures["paid"] == pytest.approx(1 / 3)
    assert found.figures["free_tokens"] == pytest.approx((15 + 30 + 15) / 3)
    assert found.figures["paid_tokens"] == pytest.approx(15 / 3)
    assert "1 rows" in found.note


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Write f so that f(2) == 4", True),
        ("add(1, 2) returns 3", True),
        (">>> f(1)\n2", True),
        ("Write a function that adds two numbers", False),
    ],
)
def test_whether_a_request_holds_an_example(query: str, expected: bool) -> None:
    assert holds_example(judged("x", False, 0.0, query=query)) is expected
    told = judged("x", False, 0.0, query=query, has_examples=not expected)
    assert holds_example(told) is not expected


def test_outputs_of_the_fixture_are_what_the_target_gives() -> None:
    pytest.importorskip("langgraph")
    from evals.targets.gate import judged as target_output
    from nodes.checks.gate import StagedGate

    real = target_output(StagedGate(), "Write f", "```python\ndef f(: pass\n```", 0.5)
    assert set(real) == set(said(0.5))
    assert set(real["stages"]) == set(said(0.5)["stages"])
