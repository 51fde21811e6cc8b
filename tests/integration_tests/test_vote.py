"""Where running decides nothing, the free model's tests and second answers vote."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.gate import StagedGate
from nodes.checks.vote import ModelVote
from nodes.state import GateReport
from tests.graph_fixtures import HANG, QueueModel, server_error
from tests.sandbox_fixtures import require

QUERY = "Write a Python function shelf(code) that maps the code of a part to the shelf it lies on."
TESTS = "```python\nshelf(3) == 1\nshelf(10) == 2\nshelf(25) == 3\nassert shelf(31) == 4\n```"


def fenced(body: str) -> str:
    return f"```python\ndef shelf(code):\n    {body}\n```"


RIGHT = fenced("return code // 10 + 1")
ALSO_RIGHT = fenced("return (code - code % 10) // 10 + 1")
WRONG = fenced("return code % 10")


@pytest.fixture(scope="module")
def jail() -> Jail:
    made = Jail()
    require(made, "python")
    return made


async def voted(jail: Jail, draft: str, *said: Any, wall_s: float = 20.0) -> GateReport:
    """The report on `draft` when the model says these texts: tests, then second answers."""
    report = StagedGate(jail)(QUERY, draft)
    assert not report.is_decided
    model = QueueModel().script(*said)
    voted = await ModelVote(lambda: model, jail)(QUERY, draft, report, wall_s=wall_s)
    return voted.report


async def test_a_draft_that_all_others_contradict_is_broken(jail: Jail) -> None:
    report = await voted(jail, WRONG, TESTS, RIGHT, ALSO_RIGHT)
    assert report.verdict() == "broken"
    assert report.issues[0]["code"] == "outvoted"
    assert "2 of 2 independent answers give" in report.issues[0]["evidence"]


async def test_a_draft_that_all_others_confirm_is_the_better_for_it(jail: Jail) -> None:
    report = await voted(jail, RIGHT, TESTS, ALSO_RIGHT, RIGHT)
    undecided = StagedGate(jail)(QUERY, RIGHT)
    assert report.verdict() == "plausible"
    assert report.score < undecided.score
    assert report.issues == ()


async def test_a_lone_failing_test_never_condemns(jail: Jail) -> None:
    wrong_tests = TESTS.replace("== 1", "== 7").replace("== 2", "== 8")
    report = await voted(jail, RIGHT, wrong_tests, ALSO_RIGHT, RIGHT)
    assert report.verdict() == "plausible"


async def test_one_dissenting_answer_does_not_condemn(jail: Jail) -> None:
    report = await voted(jail, RIGHT, TESTS, WRONG, ALSO_RIGHT)
    assert report.verdict() == "plausible"


@pytest.mark.parametrize("said", [(server_error(),), (HANG,), (TESTS, server_error())])
async def test_a_model_that_fails_leaves_the_report_as_it_was(jail: Jail, said: Any) -> None:
    report = await voted(jail, WRONG, *said, wall_s=1.0)
    assert report == StagedGate(jail)(QUERY, WRONG)


async def test_what_was_written_in_time_counts(jail: Jail) -> None:
    report = await voted(jail, WRONG, TESTS, RIGHT, HANG, wall_s=3.0)
    assert report.score > StagedGate(jail)(QUERY, WRONG).score


async def test_a_mended_draft_meets_the_same_voters(jail: Jail) -> None:
    model = QueueModel().script(TESTS, RIGHT, ALSO_RIGHT)
    vote, gate = ModelVote(lambda: model, jail), StagedGate(jail)
    reports = [
        (await vote(QUERY, draft, gate(QUERY, draft), wall_s=20.0)).report
        for draft in (WRONG, RIGHT)
    ]
    assert [report.verdict() for report in reports] == ["broken", "plausible"]
    assert len(model.prompts) == 3


async def test_the_tests_are_written_without_sight_of_the_draft(jail: Jail) -> None:
    model = QueueModel().script(TESTS, RIGHT, RIGHT)
    report = StagedGate(jail)(QUERY, WRONG)
    await ModelVote(lambda: model, jail)(QUERY, WRONG, report, wall_s=20.0)
    assert not any("code % 10" in message.text for prompt in model.prompts for message in prompt)


async def test_voting_keeps_to_its_time(jail: Jail) -> None:
    began = asyncio.get_running_loop().time()
    await voted(jail, WRONG, HANG, wall_s=1.0)
    assert asyncio.get_running_loop().time() - began < 2.5


async def test_what_was_written_is_handed_on_with_its_tokens(jail: Jail) -> None:
    model = QueueModel().script(TESTS, RIGHT, ALSO_RIGHT)
    vote, report = ModelVote(lambda: model, jail), StagedGate(jail)(QUERY, WRONG)
    first = await vote(QUERY, WRONG, report, wall_s=20.0)
    assert [(a["step"], a["output_tokens"]) for a in first.answers] == [("vote", 7)] * 3
    assert (await vote(QUERY, WRONG, report, wall_s=20.0)).answers == ()


async def test_a_failure_is_not_remembered(jail: Jail) -> None:
    model = QueueModel().script(server_error(), TESTS, RIGHT, ALSO_RIGHT)
    vote, report = ModelVote(lambda: model, jail), StagedGate(jail)(QUERY, WRONG)
    assert (await vote(QUERY, WRONG, report, wall_s=20.0)).report == report
    assert (await vote(QUERY, WRONG, report, wall_s=20.0)).report.verdict() == "broken"


async def test_second_answers_that_define_something_else_do_not_vote(jail: Jail) -> None:
    other = "```python\ndef drawer(code):\n    return 0\n```"
    report = await voted(jail, RIGHT, TESTS, other, other)
    assert report.verdict() == "plausible"
    assert report.issues == ()


async def test_results_too_large_for_a_float_are_compared_exactly(jail: Jail) -> None:
    huge, off_by_one = fenced("return 10 ** 400 + code"), fenced("return 10 ** 400 + code + 1")
    agreed = await voted(jail, huge, TESTS, huge, huge)
    assert agreed.verdict() == "plausible"
    assert (await voted(jail, huge, TESTS, off_by_one, off_by_one)).verdict() == "broken"
