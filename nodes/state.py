"""What flows through the graph. Everything is JSON-able, for checkpoints and for Studio.

Each fact is written once a request, by the node named beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage
from langchain_core.runnables import Runnable
from langgraph.channels import UntrackedValue
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from nodes.context import BROKEN_FROM

Intent = Literal["code", "chat"]
Route = Literal["qwen", "cloud"]
Verdict = Literal["verified", "plausible", "broken"]
Step = Literal["classify", "draft", "vote", "repair", "polish", "cloud"]
"""What an answer was written as: a second opinion on the route, by Qwen, by Qwen to judge
its draft or to mend it, by a cloud model to mend Qwen's, or by a cloud model on its own."""
NextStep = Literal["repair", "escalate", "done"]

GATE_WALL_S = 10.0
"""The longest that judging one answer may take, in seconds, when no model is asked."""


class Issue(TypedDict):
    """One thing that the gate found."""

    code: str
    """Stable name, such as `too_short` or `syntax_error`."""
    evidence: str
    """What was seen, in words or as the line that shows it."""


class Failure(TypedDict):
    """Why a model gave no answer."""

    error: str
    """Class of the error, such as `QwenTimeoutError`."""
    message: str
    """Its text; never holds a key."""


class Answer(TypedDict):
    """One model's text and where it came from."""

    id: str | None
    """The message's id, the same in streamed tokens and in the conversation."""
    step: Step
    text: str
    provider: str
    """Short name: `qwen`, `groq`, `gemini`, or another provider's."""
    model: str
    input_tokens: int | None
    output_tokens: int | None
    finish_reason: str
    """`stop`, `length`, ... as the model reported it."""


class InputState(TypedDict):
    """What a caller sends: the conversation, newest message last."""

    messages: Annotated[list[AnyMessage], add_messages]


class OutputState(TypedDict, total=False):
    """What a caller gets: the conversation and the record of how it was answered."""

    messages: Annotated[list[AnyMessage], add_messages]
    answer: str
    """The accepted text, footer included when it is on."""
    provider: str | None
    """Who wrote the accepted text."""
    model: str | None
    providers: list[str]
    """Everyone whose text was used, in order."""
    intent: Intent
    score: float
    """Probability, 0 to 1, that the request asks for code."""
    route: Route
    reason: str
    """Why this route, in words."""
    verdict: Verdict | None
    """None for general chat, which is not checked."""
    quality_score: float | None
    """Probability, 0 to 1, that the answer fails."""
    issues: list[Issue]
    failure: Failure | None
    """What went wrong with Qwen, when the request went on to the cloud."""
    repaired: bool
    """Whether the accepted text is Qwen's own mended draft."""
    polished: bool
    """Whether the accepted text is a cloud model's mended form of Qwen's."""
    attempts: list[Answer]
    """Every answer that was generated, accepted or not, with its tokens."""


class State(OutputState, total=False):
    """OutputState plus what only the nodes read."""

    draft: Answer | None
    """qwen_generate, groq_chat, polish: the answer under examination."""
    kept: Answer | None
    """qwen_generate, polish: the draft before it was mended, in case that made it worse."""
    qwen_allowed: bool
    """classify: False when Qwen is switched off, or the request is in the control arm."""
    next_step: NextStep
    """quality_gate: the draft is accepted, or who may mend it."""
    repairs: int
    """qwen_generate: how often the free model has mended its draft."""
    draft_s: float
    """qwen_generate: seconds that the first draft took."""
    started_at: Annotated[float, UntrackedValue(float)]
    """classify: begin of the request on the monotonic clock; never checkpointed."""
    expires_at: Annotated[float, UntrackedValue(float)]
    """classify: its end, on the same clock."""


@dataclass(frozen=True)
class Classification:
    """What the classifier says of one conversation."""

    label: Intent
    score: float
    """Probability, 0 to 1, that the last turn asks for code."""
    reason: str
    """In words, such as `asks for SQL; follow-up to code`."""


@dataclass(frozen=True)
class GateReport:
    """What the checks say of one answer."""

    score: float
    """Probability, 0 to 1, that the answer fails."""
    issues: tuple[Issue, ...] = ()
    verified: bool = False
    """Whether its code ran, did what the request expects of it, and failed nothing."""
    is_decided: bool = True
    """False when nothing was found, nothing was proved, and a vote on the code may tell more."""

    def verdict(self, threshold: float = BROKEN_FROM) -> Verdict:
        """`broken` from a score of `threshold` on."""
        if self.score >= threshold:
            return "broken"
        return "verified" if self.verified else "plausible"


@dataclass(frozen=True)
class Voted:
    """A report, and what a model wrote to reach it."""

    report: GateReport
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One request's record; log line, metrics and ledger all read this object."""

    intent: Intent
    route: Route
    reason: str
    provider: str
    model: str
    providers: tuple[str, ...]
    verdict: Verdict | None
    quality_score: float | None
    issues: tuple[str, ...]
    """The names of what the gate found."""
    failure: str | None
    """Class of Qwen's error, when it had one."""
    repaired: bool
    polished: bool
    response_chars: int
    latency_ms: float | None


class Classifier(Protocol):
    """Decides whether the last turn of a conversation asks for code."""

    def __call__(self, messages: Sequence[BaseMessage]) -> Classification:
        """Judge the last turn in the light of the earlier ones."""
        ...


class Gate(Protocol):
    """Judges an answer to a code request, without asking a model."""

    def __call__(
        self, query: str, response: str, *, finish_reason: str = "stop", wall_s: float = GATE_WALL_S
    ) -> GateReport:
        """Judge `response` to `query` within `wall_s` seconds; never raises."""
        ...


class Vote(Protocol):
    """Judges what the gate left undecided, by what the free model makes of the same request."""

    async def __call__(
        self, query: str, response: str, report: GateReport, *, wall_s: float
    ) -> Voted:
        """`report`, with what the vote adds to it, within `wall_s` seconds; never raises."""
        ...


ChatRunnable = Runnable[list[BaseMessage], AIMessage]


class ModelSource(Protocol):
    """Gives the model, building it on the first call (which may block: call it in a thread)."""

    def __call__(self) -> ChatRunnable:
        """The model; the same object at each call."""
        ...
