"""A broken draft goes back to the free model once, before anybody is paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from graph.errors import QwenServerDiedError
from graph.router import build_graph
from graph.services import Services
from nodes.context import Context
from nodes.state import Answer, GateReport, Issue, Voted
from tests.graph_fixtures import (
    BROKEN,
    CODE,
    GOOD,
    HANG,
    MENDED,
    Bench,
    ScoredGate,
    asked,
)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def run(services: Services, **context: Any) -> Any:
    app = build_graph(services).compile()
    return await app.ainvoke(asked(CODE), context=Context(footer=False, **context))


async def test_qwen_mends_its_own_answer_for_nothing(bench: Bench) -> None:
    bench.qwen.script(BROKEN, GOOD)
    state = await run(bench.services())
    assert state["answer"] == GOOD
    assert (state["repaired"], state["polished"], state["verdict"]) == (True, False, "plausible")
    assert state["providers"] == ["qwen"]
    assert [a["step"] for a in state["attempts"]] == ["draft", "repair"]
    assert bench.mender.prompts == []
    assert bench.outcomes[0].repaired is True


async def test_the_model_is_told_what_failed(bench: Bench) -> None:
    bench.qwen.script(BROKEN, GOOD)
    await run(bench.services())
    _, [_, request] = bench.qwen.prompts
    for part in (CODE, BROKEN, "syntax_error", "line 2"):
        assert part in request.text


async def test_a_long_history_leaves_the_repair_its_request_and_draft(bench: Bench) -> None:
    bench.qwen.script(BROKEN, GOOD)
    history = [HumanMessage("Write a parser. " + "x = 1\n" * 2000), AIMessage("```py\n...\n```")]
    app = build_graph(bench.services()).compile()
    await app.ainvoke({"messages": [*history, *asked(CODE)["messages"]]})
    request = bench.qwen.prompts[1][-1]
    assert CODE in request.text
    assert BROKEN in request.text


async def test_what_stays_broken_is_polished_from_the_better_draft(bench: Bench) -> None:
    bench.qwen.script("draft", "repair")
    bench.mender.script("polish")
    gate = ScoredGate({"draft": 0.6, "repair": 0.9, "polish": 0.0})
    state = await run(bench.services(gate=gate))
    assert (state["answer"], state["repaired"], state["polished"]) == ("polish", False, True)
    [[_, request]] = bench.mender.prompts
    assert "<draft>\ndraft\n</draft>" in request.text
    assert "scored_0.6" in request.text


@pytest.mark.parametrize("repair", [QwenServerDiedError("died"), 0.9])
async def test_a_repair_that_helps_nothing_leaves_the_draft_and_its_verdict(
    bench: Bench, repair: Any
) -> None:
    bench.qwen.script("draft", repair if isinstance(repair, Exception) else "repair")
    gate = ScoredGate({"draft": 0.6, "repair": 0.9})
    state = await run(bench.services(gate=gate, can_polish=False))
    assert (state["answer"], state["quality_score"]) == ("draft", 0.6)
    assert (state["verdict"], state["repaired"], state["failure"]) == ("broken", False, None)


async def test_a_failed_repair_is_followed_by_polish(bench: Bench) -> None:
    bench.qwen.script(BROKEN, QwenServerDiedError("died"))
    bench.mender.script(MENDED)
    state = await run(bench.services())
    assert (state["answer"], state["polished"]) == (MENDED, True)


@pytest.mark.parametrize(("max_repairs", "asked_times"), [(0, 1), (1, 2), (3, 4)])
async def test_one_run_says_how_often(bench: Bench, max_repairs: int, asked_times: int) -> None:
    bench.qwen.script(*["draft"] * 4)
    gate = ScoredGate({"draft": 0.8})
    await run(bench.services(gate=gate, can_polish=False), max_repairs=max_repairs)
    assert len(bench.qwen.prompts) == asked_times


async def test_nobody_repairs_when_the_deadline_would_not_allow_it(bench: Bench) -> None:
    now = [0.0]

    class SlowGate(ScoredGate):
        def __call__(self, *args: Any, **kwargs: Any) -> GateReport:
            now[0] += 30.0
            return super().__call__(*args, **kwargs)

    class SlowModel(type(bench.qwen)):  # type: ignore[misc]
        async def _astream(self, *args: Any, **kwargs: Any) -> Any:
            now[0] += 12.0
            async for chunk in super()._astream(*args, **kwargs):
                yield chunk

    qwen = SlowModel().script("draft", "repair")
    bench.mender.script("polish")
    services = bench.services(gate=SlowGate({"draft": 0.8}), clock=lambda: now[0], deadline_s=60.0)
    state = await run(replace(services, qwen=lambda: qwen))
    assert (len(qwen.prompts), state["polished"]) == (1, True)


async def test_a_repair_that_hangs_ends_with_qwens_part_of_the_deadline(bench: Bench) -> None:
    bench.qwen.script("draft", HANG)
    bench.mender.script("polish")
    gate = ScoredGate({"draft": 0.8})
    state = await run(bench.services(gate=gate), deadline_s=1.0)
    assert (state["answer"], state["polished"]) == ("polish", True)


class Voters:
    """A vote that condemns what it is told to, and remembers whom it was asked about."""

    def __init__(self, condemned: str) -> None:
        self.condemned = condemned
        self.asked: list[str] = []

    async def __call__(
        self, query: str, response: str, report: GateReport, *, wall_s: float
    ) -> Voted:
        self.asked.append(response)
        answer = Answer(
            id=None, step="vote", text="f(1) == 2", provider="qwen", model="qwen2.5-coder:1.5b",
            input_tokens=5, output_tokens=6, finish_reason="stop",
        )  # fmt: skip
        if response != self.condemned:
            return Voted(report, (answer,))
        issues = (Issue(code="outvoted", evidence="2 of 2"),)
        return Voted(replace(report, score=0.9, issues=issues), (answer,))


async def test_a_vote_decides_what_the_gate_leaves_open(bench: Bench) -> None:
    bench.qwen.script("draft", "repair")
    vote = Voters("draft")
    gate = ScoredGate({}, undecided=("draft",))
    state = await run(bench.services(gate=gate, vote=vote))
    assert vote.asked == ["draft"]
    assert (state["answer"], state["repaired"]) == ("repair", True)
    assert [a["step"] for a in state["attempts"]] == ["draft", "vote", "repair"]
    assert "outvoted: 2 of 2" in bench.qwen.prompts[1][-1].text


async def test_one_run_may_do_without_the_vote(bench: Bench) -> None:
    bench.qwen.script("draft")
    vote = Voters("draft")
    gate = ScoredGate({}, undecided=("draft",))
    state = await run(bench.services(gate=gate, vote=vote), vote=False)
    assert (vote.asked, state["answer"]) == ([], "draft")


async def test_nobody_votes_on_what_qwen_had_no_part_in(bench: Bench) -> None:
    vote, gate = Voters("cloud"), ScoredGate({}, undecided=("cloud",))
    bench.cloud.script("cloud", "cloud")
    services = bench.services(gate=gate, vote=vote)
    assert (await run(services, qwen_enabled=False))["answer"] == "cloud"
    bench.qwen.script(QwenServerDiedError("died"))
    assert (await run(services))["answer"] == "cloud"
    assert vote.asked == []


async def test_nobody_votes_where_the_request_rests_on_earlier_turns(bench: Bench) -> None:
    bench.qwen.script("draft")
    vote, gate = Voters("draft"), ScoredGate({}, undecided=("draft",))
    earlier = [HumanMessage("Write a sort in Python"), AIMessage("```python\nsorted(x)\n```")]
    later = HumanMessage("Now make the code recursive")
    app = build_graph(bench.services(gate=gate, vote=vote)).compile()
    await app.ainvoke({"messages": [*earlier, later]})
    assert vote.asked == []


async def test_words_about_the_code_do_not_replace_it(bench: Bench) -> None:
    bench.qwen.script(BROKEN, "The trouble with your code is that a bracket is missing in line 1.")
    gate = ScoredGate({BROKEN: 0.9})
    state = await run(bench.services(gate=gate, can_polish=False))
    assert (state["answer"], state["repaired"], state["verdict"]) == (BROKEN, False, "broken")
