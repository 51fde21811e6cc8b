"""What a config may set for each target."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.config import EvalError, in_words


class Options(BaseModel):
    """What a config may set for a target."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ClassifierOptions(Options):
    """`threshold`: the least score that is called code; the classifier's own when it is not set."""

    threshold: float | None = None


class GateOptions(Options):
    """What the gate may use."""

    run: bool = True
    """Whether the code is run, in the jail."""
    model: bool = False
    """Whether the free model votes on what running leaves undecided."""
    weak: str = "qwen2.5-coder:0.5b"
    """Ollama's tag of the embedded model that votes."""
    vote_s: float = 20.0
    """Seconds that a vote may take."""
    threshold: float = 0.5
    """Score from which an answer counts as broken."""


class LiveOptions(Options):
    """Models and knobs of the cascade."""

    weak: str = "qwen2.5-coder:0.5b"
    """Ollama's tag of the embedded model that is free."""
    strong: str = "qwen2.5-coder:1.5b"
    """The embedded model that stands in for the one that is paid for."""
    strong_alone: bool = True
    """Whether the strong model also answers every task by itself, for comparison."""
    run: bool = True
    """Whether the gate runs the code."""
    model: bool = False
    """Whether the free model votes on what running leaves undecided."""
    threshold: float = 0.5
    """Score from which an answer counts as broken."""
    max_repairs: int = 1
    polish: bool = True
    alone: bool = False
    """Whether the free model alone answers every request, as one for code, with the whole deadline
    and no polish; an answer that comes too late is then a failed one."""
    deadline_s: float = 300.0
    prompt_tokens: int | None = None
    """Longest prompt, history included; what the model's window leaves when it is not set."""


AnyOptions = TypeVar("AnyOptions", bound=Options)


def options_as(kind: type[AnyOptions], stated: dict[str, Any]) -> AnyOptions:
    """The config's `[options]`, checked.

    Raises:
        EvalError: An option is unknown, or has no fitting value.
    """
    try:
        return kind.model_validate(stated)
    except ValidationError as error:
        raise EvalError(f"[options]: {in_words(error)}") from error
