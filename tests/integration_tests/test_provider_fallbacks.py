"""The chain of cloud models: who answers when one fails, and what the client sees."""

from collections.abc import Awaitable, Callable
from typing import Any, TypedDict

import pytest
from langchain_core.exceptions import (
    ModelAPIError,
    ModelConnectionError,
    ModelInvalidRequestError,
)
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langgraph.graph import END, START, StateGraph

from tests.wire.cloud import GEMINI, GROQ, HOWS, PROMPT, Cloud, ask, reply_id
from tests.wire.groq import groq_error
from tests.wire.scripted import Reply


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=429, retry_after="30"),
        Reply(status=500),
        Reply(status=401),
        Reply(status=404, error=groq_error("no", kind="x", code="model_not_found")),
        Reply(text=""),
        Reply(no_choices=True),
        Reply(body=b"<html>", content_type="text/html"),
        Reply(cut_after=0),
    ],
    ids=reply_id,
)
async def test_gemini_answers_when_groq_fails(cloud: Cloud, fault: Reply, how: str) -> None:
    cloud.groq.script(fault)
    cloud.gemini.script(Reply(text="from Gemini"))
    answer = await ask(cloud.chain([GROQ, GEMINI]), how)
    assert answer.text == "from Gemini"
    assert answer.response_metadata["model_provider"] == "google_genai"
    assert (len(cloud.groq.received), len(cloud.gemini.received)) == (1, 1)


async def test_the_order_is_the_configured_one_and_the_last_answers_last(cloud: Cloud) -> None:
    local = GenericFakeChatModel(messages=iter([AIMessage("local"), AIMessage("local")]))
    chain = cloud.chain([GEMINI, GROQ], last=local)
    assert (await ask(chain, "ainvoke")).response_metadata["model_provider"] == "google_genai"
    assert cloud.groq.received == []

    cloud.gemini.script(Reply(status=500))
    assert (await ask(chain, "ainvoke")).response_metadata["model_provider"] == "groq"

    cloud.gemini.script(Reply(status=500))
    cloud.groq.script(Reply(status=503))
    assert (await ask(chain, "ainvoke")).text == "local"


@pytest.mark.parametrize("how", HOWS)
async def test_a_bad_request_does_not_fall_back(cloud: Cloud, how: str) -> None:
    cloud.groq.script(Reply(status=400, error=groq_error("no", kind="invalid_request_error")))
    with pytest.raises(ModelInvalidRequestError):
        await ask(cloud.chain([GROQ, GEMINI]), how)
    assert cloud.gemini.received == []


async def test_a_stream_that_broke_after_text_does_not_fall_back(cloud: Cloud) -> None:
    cloud.groq.script(Reply(cut_after=2))
    with pytest.raises(ModelConnectionError):
        await ask(cloud.chain([GROQ, GEMINI]), "astream")
    assert cloud.gemini.received == []


async def test_all_failed_raises_the_first_error(cloud: Cloud) -> None:
    cloud.groq.script(Reply(status=500))
    cloud.gemini.script(Reply(status=403))
    with pytest.raises(ModelAPIError, match="Groq"):
        await ask(cloud.chain([GROQ, GEMINI]), "ainvoke")


class ChatState(TypedDict):
    messages: list[BaseMessage]


def one_node(node: Callable[[ChatState], Awaitable[ChatState]]) -> Any:
    builder = StateGraph(ChatState)
    builder.add_node("chat", node)
    builder.add_edge(START, "chat")
    builder.add_edge("chat", END)
    return builder.compile()


@pytest.mark.parametrize("groq_fails", [False, True])
async def test_langgraph_streams_the_tokens_of_a_chain(cloud: Cloud, groq_fails: bool) -> None:
    chain = cloud.chain([GROQ, GEMINI])
    cloud.groq.script(Reply(status=500) if groq_fails else Reply(text="abcdefgh", chunk_chars=4))
    cloud.gemini.script(Reply(text="ABCDEFGH", chunk_chars=4))

    async def chat(state: ChatState) -> ChatState:
        return {"messages": [await chain.ainvoke(state["messages"])]}

    stream = one_node(chat).astream({"messages": PROMPT}, stream_mode="messages")
    parts = [(chunk.text, chunk.id) async for chunk, _ in stream if chunk.text]
    expected = ["ABCD", "EFGH"] if groq_fails else ["abcd", "efgh"]
    assert [text for text, _ in parts] == expected
    assert len({message_id for _, message_id in parts}) == 1
