"""The live target through the project's own graph, with models whose answers are known."""

from __future__ import annotations

from typing import Any

import pytest

from evals.config import EvalError
from evals.evaluators.live import LivePass
from evals.results import Data, Result, Sample
from evals.targets.live import LiveCascade, embedded_services, task_of
from evals.targets.options import LiveOptions
from graph.sandbox.jail import Jail
from nodes.checks.sandbox import Job, Ran
from tests.graph_fixtures import BROKEN, GOOD, Bench, ScoredGate

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
