"""The evaluators that fit a target, by the names that a config uses."""

from __future__ import annotations

from collections.abc import Mapping

from evals.config import EvalConfig, EvalError, TargetName
from evals.evaluators.base import Evaluator, answer_fails, asks_for_code, weak_fails
from evals.evaluators.cascade import CostQuality, RecordedPass
from evals.evaluators.classification import Accuracy
from evals.evaluators.detection import Detection, DetectionCurve
from evals.evaluators.live import LivePass
from evals.evaluators.quality import Calibration, Latency
from evals.evaluators.slices import (
    ANSWER_PARTS,
    REQUEST_PARTS,
    AccuracySlices,
    DetectionSlices,
)
from evals.evaluators.wrong import WorstErrors, wrong_answers, wrong_choices, wrong_live
from evals.targets.options import GateOptions, LiveOptions, options_as

FAILS = "the answer fails"


def make_evaluators(config: EvalConfig) -> dict[str, Evaluator]:
    """Those that the config names, in its order; all that fit when it names none.

    Raises:
        EvalError: The target has no evaluator of a name.
    """
    fitting = _fitting(config.target, config)
    if unknown := [name for name in config.evaluators if name not in fitting]:
        known = ", ".join(fitting)
        raise EvalError(f"{config.target} has no evaluator {unknown[0]!r}, but these: {known}")
    return {name: fitting[name] for name in config.evaluators or fitting}


def _fitting(target: TargetName, config: EvalConfig) -> Mapping[str, Evaluator]:
    match target:
        case "classifier":
            return _for_classifier()
        case "gate":
            return _for_gate(options_as(GateOptions, config.options).threshold)
        case "recorded_cascade":
            return _for_pairs(options_as(GateOptions, config.options).threshold)
        case "live_cascade":
            return _for_live(options_as(LiveOptions, config.options))


def _for_classifier() -> dict[str, Evaluator]:
    return {
        "accuracy": Accuracy(),
        "slices": AccuracySlices(asks_for_code, REQUEST_PARTS),
        "calibration": Calibration(asks_for_code, "the request asks for code"),
        "latency": Latency(lambda sample: sample.output["us"], "us", "CPU time of a call"),
        "errors": WorstErrors(wrong_answers(asks_for_code, ("code", "chat"))),
    }


def _for_gate(threshold: float) -> dict[str, Evaluator]:
    ask = answer_fails(threshold)
    return {
        "curve": DetectionCurve(threshold),
        "detection": Detection(threshold),
        "slices": DetectionSlices(ask, ANSWER_PARTS),
        "calibration": Calibration(ask, FAILS),
        "latency": Latency(lambda sample: sample.output["ms"], "ms", "Wall time of a call"),
        "errors": WorstErrors(wrong_answers(ask, ("broken", "good"))),
    }


def _for_pairs(threshold: float) -> dict[str, Evaluator]:
    return {
        "curve": CostQuality(threshold),
        "cascade": RecordedPass(threshold),
        "calibration": Calibration(weak_fails(threshold), FAILS),
        "latency": Latency(lambda sample: sample.output["weak"]["ms"], "ms", "Wall time of a call"),
        "errors": WorstErrors(wrong_choices(threshold)),
    }


def _for_live(options: LiveOptions) -> dict[str, Evaluator]:
    return {
        "cascade": LivePass(options.weak, options.strong),
        "latency": Latency(lambda sample: sample.output["seconds"], "s", "Time of a request"),
        "errors": WorstErrors(wrong_live),
    }
