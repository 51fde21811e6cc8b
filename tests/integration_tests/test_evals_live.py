"""The live target through the project's own graph, with models whose answers are known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from evals.config import EvalError
from evals.evaluators.live import LivePass
from evals.results import Data, Result, Sample
from evals.targets.live import LiveCascade, embedded_services, task_of
from evals.targets.options import LiveOptions
from graph.sandbox.jail import Jail
from graph.services import Lazy
from nodes.checks.sandbox import Job, Ran
from nodes.classifier.model import LinearClassifier
from nodes.errors import NoAnswerError
from tests.graph_fixtures import BROKEN, CHAT, GOOD, HANG, Bench, ScoredGate, server_error

ROW: Data = {
    "id": "reverse", "language": "python", "kind": "function", "entry": "reverse",
    "query": "Write a Python function reverse(text) that reverses a string",
    "tests": "assert reverse('abc') == 'cba'\nassert reverse('') == ''",
}  # fmt: skip
OPTIONS = LiveOptions(max_repairs=0, deadline_s=30)
WRONG = "```python\ndef reverse(text):\n    return text\n```\nIt reverses the text."


def target(bench: Bench, options: LiveOptions = OPTIONS, **fields: Any) -> LiveCascade:
    services = bench.services(gate=ScoredGate({BROKEN: 0.9}), why_no_qwen=None)
    return LiveCascade(services, options, **fields)


@pytest.fixture
def jail() -> Jail:
    made = Jail()
    if (why_not := made.why_not("python")) is not None:
        pytest.skip(why_not)
    return made


def test_a_good_draft_is_free(jail: Jail) -> None:
    bench = Bench()
    bench.qwen.script(GOOD)
    bench.mender.script(GOOD)
    output = target(bench, sandbox=jail)(ROW)
    assert output["passed"] is True
    assert output["polished"] is False
    assert [each["step"] for each in output["attempts"]] == ["draft"]
    feedback = LivePass("weak", "strong").feedback(Sample(ROW, Result("x", "k", output)))
    assert feedback["pass_at_1"] == feedback["strong_pass_at_1"] == 1.0
    assert (feedback["free_tokens"], feedback["paid_tokens"]) == (18.0, 0.0)


def test_a_broken_draft_is_polished_and_paid_for(jail: Jail) -> None:
    bench = Bench()
    bench.qwen.script(BROKEN)
    bench.mender.script(GOOD, WRONG)
    output = target(bench, sandbox=jail)(ROW)
    assert output["polished"] is True
    assert [each["passed"] for each in output["attempts"]] == [False, True]
    assert output["passed"] is True
    assert output["strong"]["passed"] is False
    feedback = LivePass("weak", "strong").feedback(Sample(ROW, Result("x", "k", output)))
    assert feedback["paid"] == 1.0
    assert feedback["paid_tokens"] == 18.0


def test_what_the_gate_misses_fails_its_hidden_tests(jail: Jail) -> None:
    bench = Bench()
    bench.qwen.script(WRONG)
    options = OPTIONS.model_copy(update={"strong_alone": False})
    output = target(bench, options, sandbox=jail)(ROW)
    assert output["verdict"] != "broken"
    assert output["passed"] is False
    assert output["strong"] is None


def alone(bench: Bench, jail: Jail, deadline_s: float = 30.0) -> LiveCascade:
    services = bench.services(has_cloud=False, can_polish=False)
    fields = {"alone": True, "strong_alone": False, "deadline_s": deadline_s}
    return LiveCascade(services, OPTIONS.model_copy(update=fields), sandbox=jail)


def test_an_answer_that_comes_too_late_is_a_failed_one(jail: Jail) -> None:
    bench = Bench()
    bench.qwen.script(HANG)
    output = alone(bench, jail, deadline_s=0.2)(ROW)
    assert (output["passed"], output["answer"], output["attempts"]) == (False, "", [])
    assert "within 0.2 s" in output["failure"]["message"]


def test_the_model_is_started_before_the_request_begins(jail: Jail) -> None:
    bench = Bench()
    bench.qwen.script(GOOD)
    built: list[str] = []
    target = alone(bench, jail)
    services = replace(
        target.services,
        qwen=Lazy(lambda: built.append("qwen") or bench.qwen),
        classifier=Lazy(lambda: built.append("classifier") or LinearClassifier.load()),
    )
    assert replace(target, services=services)(ROW)["passed"] is True
    assert built == ["qwen", "classifier"]


def test_a_model_that_is_not_there_is_no_answer_to_score(jail: Jail) -> None:
    bench = Bench()
    bench.qwen.script(server_error())
    with pytest.raises(NoAnswerError, match="HTTP 500"):
        alone(bench, jail)(ROW)


class NoJail:
    """A machine on which nothing can be run."""

    def why_not(self, tool: str) -> str | None:
        return f"{tool} is not installed"

    def run(self, job: Job) -> Ran:
        raise AssertionError("asked why not, yet run")


def test_tests_that_cannot_run_say_nothing() -> None:
    bench = Bench()
    bench.qwen.script(GOOD)
    options = OPTIONS.model_copy(update={"strong_alone": False})
    assert target(bench, options, sandbox=NoJail())(ROW)["passed"] is None


def test_a_row_needs_a_request_and_tests() -> None:
    with pytest.raises(EvalError, match="tests"):
        task_of({"id": "x", "query": "q"})
    assert task_of({"id": "x", "query": "q", "hidden": {"tests": "t"}}).tests == "t"


def test_embedded_services_start_nothing_and_use_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_never")
    services = embedded_services(LiveOptions(prompt_tokens=1000))
    assert services.settings.groq_api_key is None
    assert services.polish is services.chat is services.cloud
    assert (services.prompt_tokens, services.qwen_prompt_tokens) == (1000, 1000)
    services.close()


def test_the_free_model_alone_is_asked_everything_and_has_the_whole_deadline() -> None:
    options = LiveOptions(alone=True, deadline_s=10)
    services = embedded_services(options)
    assert (services.deadline.default_s, services.deadline.qwen_share) == (10, 1.0)
    assert (services.cloud, services.has_cloud, services.can_polish) == (None, False, False)
    assert services.chat is services.qwen
    assert services.classifier()([HumanMessage(CHAT)]).label == "code"
    services.close()


def test_a_cascade_keeps_time_for_the_strong_model() -> None:
    services = embedded_services(LiveOptions(deadline_s=10))
    assert (services.deadline.default_s, services.deadline.qwen_share) == (10, 0.5)
    assert services.classifier()([HumanMessage(CHAT)]).label == "chat"
    services.close()
