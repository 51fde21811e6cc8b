"""One deadline a request: who gets how much of it, and what happens when it is over."""

from __future__ import annotations

import time
from typing import Any

import pytest
from langchain_core.exceptions import ModelAuthenticationError, ModelTimeoutError
from langgraph.checkpoint.memory import InMemorySaver

from graph.errors import ProviderRateLimitError
from graph.router import build_graph
from graph.services import DEADLINE_NO_CLOUD_S, DEADLINE_S, make_services
from nodes.context import Context
from tests.graph_fixtures import (
    BROKEN,
    CHAT,
    CODE,
    GOOD,
    HANG,
    Bench,
    asked,
    bare_settings,
    server_error,
)

SESSION: Any = {"configurable": {"thread_id": "s1"}}


@pytest.fixture
def bench() -> Bench:
    return Bench()


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(("has_cloud", "expected_s"), [(True, 30.0), (False, 60.0)])
async def test_qwen_gets_half_where_a_cloud_stands_by_and_else_all(
    bench: Bench, has_cloud: bool, expected_s: float
) -> None:
    bench.qwen.script(GOOD)
    services = bench.services(has_cloud=has_cloud, can_polish=has_cloud, clock=Clock())
    await build_graph(services).compile().ainvoke(asked(CODE))
    assert bench.qwen.options[0]["timeout"] == expected_s


async def test_a_hanging_qwen_is_cut_and_the_cloud_answers_in_time(bench: Bench) -> None:
    bench.qwen.script(HANG)
    bench.cloud.script(GOOD)
    begin_s = time.monotonic()
    app = build_graph(bench.services()).compile()
    state = await app.ainvoke(asked(CODE), context=Context(deadline_s=4))
    assert time.monotonic() - begin_s < 4
    assert state["failure"] is not None
    assert state["failure"]["error"] == "QwenTimeoutError"
    assert state["provider"] == "groq"


async def test_a_hanging_cloud_ends_with_the_deadline(bench: Bench) -> None:
    bench.cloud.script(HANG)
    app = build_graph(bench.services(deadline_s=1.0)).compile()
    with pytest.raises(ModelTimeoutError, match=r"no chat model answered within"):
        await app.ainvoke(asked(CHAT))


async def test_a_hanging_polish_leaves_the_draft_when_time_is_up(bench: Bench) -> None:
    bench.qwen.script(BROKEN)
    bench.mender.script(HANG)
    app = build_graph(bench.services(deadline_s=2.0)).compile()
    state = await app.ainvoke(asked(CODE))
    assert state["answer"].startswith(BROKEN)
    assert state["polished"] is False


async def test_time_spent_by_one_attempt_is_gone_for_the_next(bench: Bench) -> None:
    clock = Clock()

    def slow_gate(*_: Any, **__: Any) -> Any:
        clock.now += 59.95
        return bench.services().gate(CODE, BROKEN)

    bench.qwen.script(BROKEN)
    bench.mender.script(HANG)
    services = bench.services(clock=clock, gate=slow_gate)
    begin_s = time.monotonic()
    await build_graph(services).compile().ainvoke(asked(CODE))
    assert time.monotonic() - begin_s < 5
    assert bench.outcomes[0].latency_ms == pytest.approx(59_950)


@pytest.mark.parametrize(
    ("settings", "context", "expected_s"),
    [
        ({}, None, DEADLINE_NO_CLOUD_S),
        ({"groq_api_key": "gsk_x"}, None, DEADLINE_S),
        ({"router_deadline_s": 7.0}, None, 7.0),
        ({"router_deadline_s": 7.0}, 3.0, 3.0),
    ],
)
def test_the_run_beats_the_setting_and_the_setting_the_default(
    settings: dict[str, Any], context: float | None, expected_s: float
) -> None:
    deadline = make_services(bare_settings(**settings), clock=Clock()).deadline
    run = Context(deadline_s=context)
    assert deadline.remaining_s(deadline.start(run), run) == expected_s


@pytest.mark.parametrize(("context", "expected_s"), [(Context(deadline_s=8), 4.0), (None, 30.0)])
async def test_a_resumed_run_has_a_deadline(
    bench: Bench, context: Context | None, expected_s: float
) -> None:
    saver = InMemorySaver()
    builder = build_graph(bench.services(clock=Clock()))
    paused = builder.compile(checkpointer=saver, interrupt_before=["qwen_generate"])
    await paused.ainvoke(asked(CODE), SESSION, context=context)
    assert bench.qwen.prompts == []

    bench.qwen.script(GOOD)
    state = await builder.compile(checkpointer=saver).ainvoke(None, SESSION, context=context)
    assert state["answer"].startswith(GOOD)
    assert bench.qwen.options[0]["timeout"] == expected_s
    assert bench.outcomes[0].latency_ms is None


async def test_the_chat_node_tries_once_more_after_a_server_error(bench: Bench) -> None:
    bench.cloud.script(server_error(), "Paris.")
    state = await build_graph(bench.services()).compile().ainvoke(asked(CHAT))
    assert state["answer"].startswith("Paris.")

    bench.cloud.script(server_error(), server_error(), "never")
    with pytest.raises(type(server_error())):
        await build_graph(bench.services()).compile().ainvoke(asked(CHAT))
    assert len(bench.cloud.prompts) == 4


@pytest.mark.parametrize(
    "error",
    [
        ModelAuthenticationError("401"),
        ModelTimeoutError("slow"),
        ProviderRateLimitError("429", retry_after_s=30),
        ProviderRateLimitError("429"),
    ],
    ids=repr,
)
async def test_what_another_attempt_cannot_mend_is_not_repeated(
    bench: Bench, error: Exception
) -> None:
    bench.cloud.script(error, "never")
    with pytest.raises(type(error)):
        await build_graph(bench.services()).compile().ainvoke(asked(CHAT))
    assert len(bench.cloud.prompts) == 1
