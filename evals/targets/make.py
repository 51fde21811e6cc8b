"""The target that a config names; each brings only what it evaluates."""

# ruff: noqa: PLC0415
from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from evals.config import EvalConfig
from evals.targets.base import Target
from evals.targets.options import ClassifierOptions, GateOptions, LiveOptions, options_as


def make_target(config: EvalConfig) -> Target:
    """Build the target; models are started at their first use.

    Raises:
        EvalError: An option is unknown, or has no fitting value.
    """
    stated = config.options
    match config.target:
        case "classifier":
            return _classifier(options_as(ClassifierOptions, stated))
        case "gate":
            return _gate(options_as(GateOptions, stated), pairs=False)
        case "recorded_cascade":
            return _gate(options_as(GateOptions, stated), pairs=True)
        case "live_cascade":
            return _live(options_as(LiveOptions, stated))


def _classifier(options: ClassifierOptions) -> Target:
    from evals.targets.classifier import ClassifierTarget

    return ClassifierTarget(options)


def _gate(options: GateOptions, *, pairs: bool) -> Target:
    from evals.targets.gate import GateTarget, RecordedCascade, make_judge

    opened = ExitStack()
    judge = make_judge(options, opened)
    kind: Any = RecordedCascade if pairs else GateTarget
    target: Target = kind(judge, options.threshold, opened)
    return target


def _live(options: LiveOptions) -> Target:
    from evals.targets.live import LiveCascade, embedded_services

    return LiveCascade(embedded_services(options), options)
