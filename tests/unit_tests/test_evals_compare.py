"""Two runs beside each other: only rows of both, pair by pair."""

from pathlib import Path

import pytest

from evals.compare import compare, main
from evals.config import EvalError
from evals.results import Feedback, Result, ResultFile


def run(scores: dict[str, Feedback]) -> dict[str, Result]:
    return {name: Result(name, "k", feedback=feedback) for name, feedback in scores.items()}


def flags(name: str, values: list[int]) -> dict[str, Result]:
    return run({str(at): {name: float(value)} for at, value in enumerate(values)})


def test_a_clear_gain_is_told_from_noise() -> None:
    before = flags("correct", [0] * 20 + [1] * 80)
    (clear,) = compare(before, flags("correct", [1] * 15 + [0] * 5 + [1] * 80))
    assert (clear.a, clear.b, clear.n) == (0.8, 0.95, 100)
    assert clear.p == pytest.approx(2 / 2**15)
    assert clear.verdict == "better"
    (noise,) = compare(before, flags("correct", [1] * 2 + [0] * 18 + [1] * 79 + [0]))
    assert noise.p == 1.0
    assert noise.verdict == "no clear difference"


def test_for_alarms_and_cost_less_is_better() -> None:
    (found,) = compare(flags("false_alarm", [1] * 40), flags("false_alarm", [0] * 40))
    assert found.verdict == "better"
    (found,) = compare(flags("polished", [0] * 40), flags("polished", [1] * 40))
    assert found.verdict == "worse"


def test_rows_of_one_run_alone_and_failed_rows_do_not_count() -> None:
    a = run({"x": {"correct": 1.0}, "y": {"correct": 1.0}, "z": {"correct": None}})
    b = run({"x": {"correct": 0.0}, "z": {"correct": 1.0}})
    (found,) = compare(a, b)
    assert found.n == 1
    b["x"] = Result("x", "k", error="E")
    with pytest.raises(EvalError, match="in common"):
        compare(a, b)


def test_counts_have_no_mcnemar() -> None:
    a = run({str(at): {"free_tokens": 100.0 + at} for at in range(30)})
    b = run({str(at): {"free_tokens": 50.0 + at} for at in range(30)})
    (found,) = compare(a, b)
    assert found.p is None
    assert found.change.value == -50.0
    assert found.verdict == "better"


def test_the_command_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, values in (("a", [0] * 10), ("b", [1] * 10)):
        (tmp_path / name).mkdir()
        for result in flags("correct", values).values():
            ResultFile(tmp_path / name / "results.jsonl").append(result)
    assert main([str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    shown = capsys.readouterr().out
    assert "correct" in shown
    assert "better" in shown
    assert "10 rows in both" in shown


def test_no_run_no_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path)]) == 2
    assert "no results" in capsys.readouterr().err
