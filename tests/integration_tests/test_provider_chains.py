"""A chain shares out the time of the request, and works on one event loop after another."""

import asyncio
import socket
import subprocess
import sys
import time
from asyncio import to_thread
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from langchain_core.exceptions import ModelTimeoutError
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from graph.models.providers import aclose, build_chain
from nodes.state import ChatRunnable
from tests.wire.cloud import GEMINI, GROQ, HOWS, PROMPT, Cloud, Servers, ask, settings_for
from tests.wire.scripted import Reply

WHOLE_S = 2.0


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("hang", [{"delay_s": 3.0}, {"chunk_delay_s": 3.0}], ids=str)
async def test_the_next_model_has_time_left_when_one_hangs(
    cloud: Cloud, hang: dict[str, float], how: str
) -> None:
    if "chunk_delay_s" in hang and "stream" not in how:
        hang = {"delay_s": 3.0}
    cloud.groq.script(Reply(**hang))  # type: ignore[arg-type]
    chain = cloud.chain([GROQ, GEMINI], timeout_s=WHOLE_S)
    begin_s = time.monotonic()
    answer = await ask(chain, how)
    assert answer.response_metadata["model_provider"] == "google_genai"
    assert time.monotonic() - begin_s < WHOLE_S


async def test_the_last_model_has_a_share_too(cloud: Cloud) -> None:
    cloud.groq.script(Reply(delay_s=3.0))
    cloud.gemini.script(Reply(delay_s=3.0))
    local = GenericFakeChatModel(messages=iter([AIMessage("local")]))
    chain = cloud.chain([GROQ, GEMINI], timeout_s=WHOLE_S, last=local)
    async with asyncio.timeout(WHOLE_S):
        assert (await ask(chain, "ainvoke")).text == "local"


@contextmanager
def black_hole() -> Iterator[str]:
    """The address of a listener whose queue is full, so that a connection is never made."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        try:
            yield f"http://127.0.0.1:{address[1]}"
        finally:
            for client in waiting:
                client.close()


async def test_a_connection_that_is_not_made_is_given_up_soon(cloud: Cloud) -> None:
    async def fail(name: str, how: str, url: str) -> float:
        model = cloud.build(name, settings=settings_for(url, url), timeout_s=60)
        begin_s = time.monotonic()
        with pytest.raises(ModelTimeoutError):
            await (model.ainvoke(PROMPT) if how == "ainvoke" else to_thread(model.invoke, PROMPT))
        return time.monotonic() - begin_s

    with black_hole() as url:
        cases = [fail(name, how, url) for name in (GROQ, GEMINI) for how in ("ainvoke", "invoke")]
        async with asyncio.timeout(20):
            took_s = await asyncio.gather(*cases)
    assert max(took_s) < 10


async def test_gemini_is_never_given_a_deadline_that_it_refuses(cloud: Cloud) -> None:
    for timeout_s in (2.0, 20.5):
        await ask(cloud.build(GEMINI, timeout_s=timeout_s), "ainvoke")
    deadlines = [received.headers["x-server-timeout"] for received in cloud.gemini.received]
    assert deadlines == ["10", "21"]


def chain_for(servers: Servers, *names: str) -> ChatRunnable:
    for server in servers:
        server.reset()
    settings = settings_for(*(server.url for server in servers))
    return build_chain(names, settings, timeout_s=5.0)


async def ask_and_close(chain: ChatRunnable, how: str) -> AIMessage:
    try:
        return await ask(chain, how)
    finally:
        await aclose(chain)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", [GROQ, GEMINI])
def test_one_event_loop_after_another_with_aclose(servers: Servers, name: str, how: str) -> None:
    chain = chain_for(servers, name)
    for _ in range(3):
        assert asyncio.run(ask_and_close(chain, how)).text


FORGETFUL = """
import asyncio, sys
from graph.models.providers import build_chain
from tests.wire.cloud import ask, settings_for
groq_url, gemini_url, *names = sys.argv[1:]
chain = build_chain(names, settings_for(groq_url, gemini_url), timeout_s=5.0)
for how in ("ainvoke", "astream", "ainvoke"):
    print(asyncio.run(ask(chain, how)).response_metadata["model_provider"])
"""


@pytest.mark.parametrize(
    ("names", "failing", "provider"),
    [([GROQ], 0, "groq"), ([GEMINI], 0, "google_genai"), ([GROQ, GEMINI], 3, "google_genai")],
)
def test_one_event_loop_after_another_without_aclose(
    servers: Servers, names: list[str], failing: int, provider: str
) -> None:
    groq, gemini = servers
    groq.reset()
    groq.script(*[Reply(status=500)] * failing)
    # In a process of its own: connections that nobody closed are reported when collected.
    run = subprocess.run(
        [sys.executable, "-c", FORGETFUL, groq.url, gemini.url, *names],
        capture_output=True,
        text=True,
    )
    assert run.stdout.split() == [provider] * 3, run.stderr


async def test_two_event_loops_at_once(cloud: Cloud) -> None:
    chain = cloud.chain([GROQ])
    cloud.groq.script(*[Reply(chunk_delay_s=0.05)] * 4)
    other = to_thread(lambda: asyncio.run(ask_and_close(chain, "astream")))
    answers = await asyncio.gather(ask(chain, "astream"), other, ask(chain, "ainvoke"))
    # The other loop closed its models and not this one's.
    assert all(answer.text for answer in [*answers, await ask(chain, "ainvoke")])


async def test_a_chain_may_be_used_again_after_aclose(cloud: Cloud) -> None:
    chain = cloud.chain([GROQ])
    await asyncio.gather(*(ask(chain, "ainvoke") for _ in range(10)))
    await aclose(chain)
    for _ in range(5):
        await ask(chain, "ainvoke")
    assert len(cloud.groq.received) == 15
