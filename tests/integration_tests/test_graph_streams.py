"""What a client sees while a request runs, and what the conversation holds afterwards."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from graph.errors import QwenServerDiedError
from graph.router import build_graph
from graph.services import Services
from nodes.context import Context
from tests.graph_fixtures import BROKEN, CHAT, CODE, GOOD, MENDED, Bench, ScoredGate, asked

SESSION: Any = {"configurable": {"thread_id": "s1"}}


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def events(services: Services, question: Any) -> dict[str, list[Any]]:
    """Every event of one run, by stream mode."""
    seen: dict[str, list[Any]] = {"messages": [], "custom": [], "values": []}
    app = build_graph(services).compile()
    async for mode, event in app.astream(question, stream_mode=list(seen)):
        seen[mode].append(event)
    return seen


def text_of(messages: list[Any]) -> str:
    return "".join(message.text for message, _ in messages)


async def test_the_tokens_of_chat_stream_under_the_id_of_the_final_message(bench: Bench) -> None:
    bench.cloud.script("Paris, of course.")
    seen = await events(bench.services(), asked(CHAT))
    assert text_of(seen["messages"]) == "Paris, of course."
    assert len(seen["messages"]) >= 3
    final = seen["values"][-1]["messages"][-1]
    assert {message.id for message, _ in seen["messages"]} == {final.id}
    assert final.id


async def test_a_draft_streams_as_custom_events_only(bench: Bench) -> None:
    bench.qwen.script(GOOD)
    seen = await events(bench.services(), asked(CODE))
    assert {event["event"] for event in seen["custom"]} == {"draft"}
    assert "".join(event["text"] for event in seen["custom"]) == GOOD
    [(whole, _)] = seen["messages"]
    assert whole.text == GOOD


async def test_a_rejected_draft_never_streams_as_a_message(bench: Bench) -> None:
    bench.qwen.script(BROKEN)
    bench.mender.script(MENDED)
    seen = await events(bench.services(), asked(CODE))
    assert text_of(seen["messages"]) == MENDED


async def test_a_thrown_away_polish_never_streams_as_a_message(bench: Bench) -> None:
    bench.qwen.script("draft")
    bench.mender.script("mended")
    gate = ScoredGate({"draft": 0.8, "mended": 0.9})
    seen = await events(bench.services(gate=gate), asked(CODE))
    assert text_of(seen["messages"]) == "draft"


async def test_a_failed_draft_never_streams_as_a_message(bench: Bench) -> None:
    bench.qwen.script(["canary", QwenServerDiedError("died")])
    bench.cloud.script(GOOD)
    seen = await events(bench.services(), asked(CODE))
    assert text_of(seen["messages"]) == GOOD


async def test_the_second_request_sees_nothing_of_the_first_ones_record(bench: Bench) -> None:
    app = build_graph(bench.services()).compile(checkpointer=InMemorySaver())
    bench.qwen.script(QwenServerDiedError("died"))
    bench.cloud.script(BROKEN, "Paris.")
    first = await app.ainvoke(asked(CODE), SESSION)
    assert first["failure"] is not None
    assert first["verdict"] == "broken"

    second = await app.ainvoke(asked(CHAT), SESSION)
    assert (second["failure"], second["verdict"], second["issues"]) == (None, None, [])
    assert (second["quality_score"], second["polished"]) == (None, False)
    assert [answer["text"] for answer in second["attempts"]] == ["Paris."]
    state = await app.aget_state(SESSION)
    assert (state.values["draft"], state.values["kept"]) == (None, None)


async def test_the_conversation_has_no_footer_and_reaches_the_next_prompt(bench: Bench) -> None:
    app = build_graph(bench.services()).compile(checkpointer=InMemorySaver())
    bench.qwen.script(GOOD)
    bench.cloud.script("As I said.")
    first = await app.ainvoke(asked(CODE), SESSION)
    second = await app.ainvoke(asked(CHAT), SESSION)
    assert "Powered by" in first["answer"]
    texts = [message.text for message in second["messages"]]
    assert texts == [CODE, GOOD, CHAT, "As I said."]
    [prompt] = bench.cloud.prompts
    assert [message.text for message in prompt[1:]] == [CODE, GOOD, CHAT]


async def test_a_request_without_a_session_remembers_nothing(bench: Bench) -> None:
    app = build_graph(bench.services()).compile()
    bench.cloud.script("Paris.", "Paris again.")
    await app.ainvoke(asked(CHAT))
    second = await app.ainvoke(asked(CHAT))
    assert [message.text for message in second["messages"]] == [CHAT, "Paris again."]


def words(prompt: list[BaseMessage]) -> list[str]:
    return [message.text.split()[0] for message in prompt[1:]]


async def test_a_long_history_loses_its_oldest_turns_first(bench: Bench) -> None:
    bench.cloud.script("Paris.")
    turns = [
        turn
        for n in range(20)
        for turn in (HumanMessage(f"q{n} " + "x" * 9000), AIMessage(f"a{n} " + "y" * 9000))
    ]
    messages = [SystemMessage("Speak like a pirate."), *turns, HumanMessage(CHAT)]
    await build_graph(bench.services()).compile().ainvoke({"messages": messages})
    [prompt] = bench.cloud.prompts
    assert isinstance(prompt[0], SystemMessage)
    assert "Speak like a pirate." in prompt[0].text
    kept = words(prompt)
    assert kept[-3:] == ["q19", "a19", "What"]
    assert 3 < len(kept) < 20
    assert isinstance(prompt[1], HumanMessage)


async def test_a_giant_newest_turn_stays_with_the_system_text(bench: Bench) -> None:
    bench.cloud.script("Long.")
    giant = CHAT + " It is a city. " * 20_000
    messages = [HumanMessage("q0"), AIMessage("a0"), HumanMessage(giant)]
    await build_graph(bench.services()).compile().ainvoke({"messages": messages})
    [prompt] = bench.cloud.prompts
    assert isinstance(prompt[0], SystemMessage)
    assert [message.text for message in prompt[1:]] == [giant]


async def test_qwens_history_is_cut_to_its_own_smaller_window(bench: Bench) -> None:
    bench.qwen.script(GOOD)
    turns = [
        turn
        for n in range(6)
        for turn in (HumanMessage(f"q{n} " + "x" * 3000), AIMessage(f"a{n} " + "y" * 3000))
    ]
    messages = [*turns, HumanMessage(CODE)]
    await build_graph(bench.services()).compile().ainvoke({"messages": messages})
    [prompt] = bench.qwen.prompts
    assert sum(len(message.text) for message in prompt) <= 3 * (8192 - 2048)
    assert words(prompt)[-3:] == ["q5", "a5", "Write"]


async def test_sessions_in_sqlite_hold_plain_types_and_no_clock(
    bench: Bench, tmp_path: Path
) -> None:
    bench.qwen.script(BROKEN)
    bench.mender.script(MENDED)
    bench.cloud.script("As I said.")
    path = str(tmp_path / "sessions.sqlite")
    strict = JsonPlusSerializer(allowed_msgpack_modules=None)
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        saver.serde = strict
        app = build_graph(bench.services()).compile(checkpointer=saver)
        await app.ainvoke(asked(CODE), SESSION, context=Context())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            saver.serde = strict
            app = build_graph(bench.services()).compile(checkpointer=saver)
            assert await app.ainvoke(asked(CHAT), SESSION)
            checkpoints = [found async for found in saver.alist(SESSION)]
    assert [message.text for message in bench.cloud.prompts[0][1:]] == [CODE, MENDED, CHAT]
    channels = {name for found in checkpoints for name in found.checkpoint["channel_values"]}
    assert "attempts" in channels
    assert not channels & {"started_at", "expires_at"}
