"""Which way a request takes through the compiled graph, and what comes out at its end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from graph.errors import QwenServerDiedError
from graph.router import build_graph
from graph.services import Services
from nodes.classify import bucket
from nodes.context import Context
from nodes.errors import NoAnswerError
from nodes.state import OutputState
from tests.graph_fixtures import (
    BROKEN,
    CHAT,
    CODE,
    GOOD,
    MENDED,
    Bench,
    ScoredGate,
    asked,
    server_error,
)

QWEN_FOOTER = "\n\n---\n_Powered by Qwen (local)_"
POLISH_FOOTER = "\n\n---\n_Powered by Qwen (local) + Groq (polish)_"
CLOUD_FOOTER = "\n\n---\n_Powered by openai/gpt-oss-120b (Groq)_"


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def run(services: Services, question: Any, **context: Any) -> Any:
    return await build_graph(services).compile().ainvoke(question, context=Context(**context))


async def steps(services: Services, question: Any, **context: Any) -> list[str]:
    stream = build_graph(services).compile().astream(question, context=Context(**context))
    return [node async for update in stream for node in update]


async def test_qwen_answers_a_code_request(bench: Bench) -> None:
    bench.qwen.script(GOOD)
    state = await run(bench.services(), asked(CODE))
    assert state["answer"] == GOOD + QWEN_FOOTER
    assert (state["intent"], state["route"], state["verdict"]) == ("code", "qwen", "plausible")
    assert (state["provider"], state["providers"]) == ("qwen", ["qwen"])
    assert state["failure"] is None
    assert state["polished"] is False
    assert len(bench.cloud.prompts) == len(bench.mender.prompts) == 0


async def test_each_route_passes_the_nodes_that_are_its_own(bench: Bench) -> None:
    services = bench.services()
    bench.qwen.script(GOOD)
    assert await steps(services, asked(CODE)) == [
        "classify",
        "qwen_generate",
        "quality_gate",
        "respond",
    ]
    bench.cloud.script("Paris.")
    assert await steps(services, asked(CHAT)) == ["classify", "groq_chat", "respond"]
    bench.qwen.script(BROKEN, BROKEN)
    bench.mender.script(MENDED)
    assert await steps(services, asked(CODE)) == [
        "classify",
        "qwen_generate",
        "quality_gate",
        "qwen_generate",
        "quality_gate",
        "polish",
        "quality_gate",
        "respond",
    ]


async def test_the_cloud_answers_when_qwen_fails_and_nothing_of_the_draft_is_left(
    bench: Bench,
) -> None:
    bench.qwen.script(["half a ", "canary-draft", QwenServerDiedError("the server died")])
    bench.cloud.script(GOOD)
    state = await run(bench.services(), asked(CODE))
    assert state["answer"] == GOOD + CLOUD_FOOTER
    assert state["failure"] == {"error": "QwenServerDiedError", "message": "the server died"}
    assert state["verdict"] == "plausible"
    assert "canary-draft" not in str(state)
    assert bench.outcomes[0].failure == "QwenServerDiedError"


async def test_a_cloud_answer_to_code_is_judged_but_never_polished(bench: Bench) -> None:
    bench.qwen.script(QwenServerDiedError("died"))
    bench.cloud.script(BROKEN)
    state = await run(bench.services(), asked(CODE))
    assert state["verdict"] == "broken"
    assert state["polished"] is False
    assert bench.mender.prompts == []
    assert state["answer"].startswith(BROKEN)


@pytest.mark.parametrize("text", [CODE, CHAT])
async def test_qwen_switched_off_is_not_asked_where_there_is_no_cloud(
    bench: Bench, text: str
) -> None:
    services = bench.services(has_cloud=False, qwen_enabled=False)
    with pytest.raises(NoAnswerError, match=r"switched off\n.*GROQ_API_KEY"):
        await run(services, asked(text))
    assert bench.qwen.prompts == []


async def test_the_control_arm_is_not_answered_by_qwen(bench: Bench) -> None:
    with pytest.raises(NoAnswerError, match="control arm"):
        await run(bench.services(has_cloud=False, qwen_share=0), asked(CODE))
    assert bench.qwen.prompts == []


async def test_general_chat_goes_to_the_cloud_and_is_not_judged(bench: Bench) -> None:
    bench.cloud.script("Paris.")
    state = await run(bench.services(), asked(CHAT))
    assert state["answer"] == "Paris." + CLOUD_FOOTER
    assert (state["intent"], state["route"], state["verdict"]) == ("chat", "cloud", None)
    assert bench.qwen.prompts == []


async def test_qwen_chats_where_there_is_no_cloud_and_the_footer_says_so(bench: Bench) -> None:
    bench.qwen.script("Paris.")
    state = await run(bench.services(has_cloud=False, can_polish=False), asked(CHAT))
    end = "_Powered by Qwen (local); no general chat model is configured_"
    assert state["answer"] == f"Paris.\n\n---\n{end}"


async def test_a_broken_draft_is_mended(bench: Bench) -> None:
    bench.qwen.script(BROKEN)
    bench.mender.script(MENDED)
    state = await run(bench.services(), asked(CODE), max_repairs=0)
    assert state["answer"] == MENDED + POLISH_FOOTER
    assert (state["polished"], state["verdict"]) == (True, "plausible")
    assert state["providers"] == ["qwen", "groq"]
    assert [answer["text"] for answer in state["attempts"]] == [BROKEN, MENDED]
    [[system, request]] = bench.mender.prompts
    assert "never instructions" in system.text
    assert CODE in request.text
    assert BROKEN in request.text
    assert "syntax" in request.text


@pytest.mark.parametrize(("mended_score", "polished"), [(0.95, False), (0.6, True), (0.0, True)])
async def test_the_better_of_draft_and_mended_answer_is_kept(
    bench: Bench, mended_score: float, polished: bool
) -> None:
    bench.qwen.script("draft")
    bench.mender.script("mended")
    gate = ScoredGate({"draft": 0.8, "mended": mended_score})
    state = await run(bench.services(gate=gate), asked(CODE), footer=False, max_repairs=0)
    assert state["answer"] == ("mended" if polished else "draft")
    assert state["polished"] is polished
    assert state["quality_score"] == (mended_score if polished else 0.8)
    assert state["providers"] == (["qwen", "groq"] if polished else ["qwen"])
    assert len(bench.mender.prompts) == 1


async def test_a_failed_polish_keeps_the_draft_and_its_verdict(bench: Bench) -> None:
    bench.qwen.script(BROKEN)
    bench.mender.script(server_error())
    state = await run(bench.services(), asked(CODE), max_repairs=0)
    assert state["answer"].startswith(BROKEN + QWEN_FOOTER.removesuffix("_"))
    assert (state["verdict"], state["polished"]) == ("broken", False)


@pytest.mark.parametrize("off", [{"polish": False}, {"can_polish": False}])
async def test_what_stays_broken_says_which_check_it_failed(
    bench: Bench, off: dict[str, Any]
) -> None:
    bench.qwen.script("draft")
    gate = ScoredGate({"draft": 0.8})
    context = {"polish": off.pop("polish", True), "max_repairs": 0}
    state = await run(bench.services(gate=gate, **off), asked(CODE), **context)
    end = "_Powered by Qwen (local); this answer failed a check: scored 0.8_"
    assert state["answer"] == f"draft\n\n---\n{end}"
    assert state["issues"] == [{"code": "scored_0.8", "evidence": "told so"}]
    assert bench.mender.prompts == []


async def test_the_threshold_of_one_run_decides_what_is_broken(bench: Bench) -> None:
    bench.qwen.script("draft", "draft")
    bench.mender.script("mended")
    services = bench.services(gate=ScoredGate({"draft": 0.6, "mended": 0.2}))
    assert (await run(services, asked(CODE), polish_threshold=0.7))["verdict"] == "plausible"
    assert (await run(services, asked(CODE), polish_threshold=0.6, max_repairs=0))[
        "polished"
    ] is True


@pytest.mark.parametrize(
    ("setting", "context", "route"),
    [(False, None, "cloud"), (True, False, "cloud"), (False, True, "qwen"), (True, None, "qwen")],
)
async def test_qwen_is_switched_by_the_setting_and_the_run_beats_it(
    bench: Bench, setting: bool, context: bool | None, route: str
) -> None:
    bench.qwen.script(GOOD)
    bench.cloud.script(GOOD)
    services = bench.services(qwen_enabled=setting)
    state = await run(services, asked(CODE), qwen_enabled=context)
    assert state["route"] == route
    assert ("Qwen is switched off" in state["reason"]) is (route == "cloud")


async def test_a_share_of_zero_sends_all_code_to_the_cloud(bench: Bench) -> None:
    bench.cloud.script(GOOD)
    state = await run(bench.services(qwen_share=0), asked(CODE))
    assert state["route"] == "cloud"
    assert "control arm of the A/B share" in state["reason"]


async def test_a_session_stays_in_its_arm(bench: Bench) -> None:
    bench.qwen.script(*[GOOD] * 40)
    bench.cloud.script(*[GOOD] * 40)
    app = build_graph(bench.services(qwen_share=0.5)).compile(checkpointer=InMemorySaver())
    routes: dict[str, list[str]] = {}
    for session in [f"s{n}" for n in range(12)] * 2:
        config = {"configurable": {"thread_id": session}}
        state = await app.ainvoke(asked(CODE), config)
        routes.setdefault(session, []).append(state["route"])
    assert all(first == second for first, second in routes.values())
    assert {first for first, _ in routes.values()} == {"qwen", "cloud"}
    assert all((bucket(s) < 0.5) == (seen[0] == "qwen") for s, seen in routes.items())


async def test_code_goes_to_the_cloud_where_there_is_no_free_model(bench: Bench) -> None:
    bench.cloud.script(GOOD)
    services = bench.services(why_no_qwen="no free model configured")
    state = await run(services, asked(CODE))
    assert state["route"] == "cloud"
    assert state["reason"].endswith("; no free model configured")


async def test_qwen_failing_without_a_cloud_says_both(bench: Bench) -> None:
    bench.qwen.script(QwenServerDiedError("the server died"))
    services = bench.services(has_cloud=False, can_polish=False)
    with pytest.raises(NoAnswerError, match=r"Qwen failed: the server died\n.*GROQ_API_KEY"):
        await run(services, asked(CODE))


@pytest.mark.parametrize(
    "messages", [[], [AIMessage("hello")], [HumanMessage("  \n")], [HumanMessage("")]]
)
async def test_an_empty_conversation_is_refused_in_words(bench: Bench, messages: list[Any]) -> None:
    with pytest.raises(ValueError, match="no user message with text"):
        await run(bench.services(), {"messages": messages})


async def test_a_gate_that_breaks_is_no_proof_against_the_answer(bench: Bench) -> None:
    def gate(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("canary")

    bench.qwen.script(GOOD)
    state = await run(bench.services(gate=gate), asked(CODE))
    assert (state["verdict"], state["issues"][0]["code"]) == ("plausible", "gate_error")
    assert bench.mender.prompts == []


async def test_the_output_is_the_whole_record_and_is_json(bench: Bench) -> None:
    bench.qwen.script(BROKEN)
    bench.mender.script(MENDED)
    state = await run(bench.services(), asked(CODE), max_repairs=0)
    assert set(state) == set(OutputState.__annotations__)
    assert json.dumps({key: value for key, value in state.items() if key != "messages"})


def test_the_schemas_that_studio_reads(bench: Bench) -> None:
    app = build_graph(bench.services()).compile()
    assert list(app.get_input_jsonschema()["properties"]) == ["messages"]
    assert set(app.get_output_jsonschema()["properties"]) == set(OutputState.__annotations__)
    schema = app.get_context_jsonschema()
    assert schema is not None
    defaults = {name: field["default"] for name, field in schema["properties"].items()}
    assert defaults == vars(Context())
