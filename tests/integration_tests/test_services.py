"""The process's services: who answers through the real SDKs, and what is built when."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import pytest_asyncio
from langchain_core.exceptions import ModelAPIError, ModelAuthenticationError
from langchain_core.messages import AIMessage, HumanMessage

from graph.errors import ConfigurationError, NoModelError
from graph.router import build_graph
from graph.services import QWEN_PROMPT_TOKENS, Lazy, Services, make_services
from tests.fake_ollama import FakeOllama
from tests.graph_fixtures import BROKEN, CHAT, CODE, GOOD, MENDED, asked, bare_settings
from tests.wire.cloud import GEMINI_KEY, GROQ_KEY, Servers
from tests.wire.gemini import GeminiServer
from tests.wire.groq import GroqServer
from tests.wire.scripted import Reply

Open = Callable[..., Services]
NO_QWEN = {"ollama_host": "127.0.0.1:9", "qwen_model": "none-installed"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Servers]:
    with GroqServer() as groq, GeminiServer() as gemini:
        yield groq, gemini


@pytest.fixture(scope="module")
def running_ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture
def ollama(running_ollama: FakeOllama) -> FakeOllama:
    running_ollama.answer()
    return running_ollama


@pytest_asyncio.fixture
async def open_services(cloud: Servers, ollama: FakeOllama) -> AsyncIterator[Open]:
    """Services over both cloud providers and the Ollama, less what a test takes away."""
    groq, gemini = cloud
    groq.reset()
    gemini.reset()
    opened: list[Services] = []
    fields: dict[str, Any] = {
        "groq_api_key": GROQ_KEY,
        "groq_api_base": groq.url,
        "gemini_api_key": GEMINI_KEY,
        "gemini_base_url": gemini.url,
        "ollama_host": ollama.url,
    }

    def build(**changes: Any) -> Services:
        opened.append(make_services(bare_settings(**{**fields, **changes})))
        return opened[-1]

    yield build
    for services in opened:
        await services.aclose()


async def ask(services: Services, question: Any) -> Any:
    return await build_graph(services).compile().ainvoke(question)


async def test_gemini_answers_when_groq_fails(open_services: Open, cloud: Servers) -> None:
    groq, gemini = cloud
    groq.script(Reply(status=500))
    gemini.script(Reply(text="Paris."))
    state = await ask(open_services(), asked(CHAT))
    assert state["answer"] == "Paris.\n\n---\n_Powered by gemini-3.5-flash (Gemini)_"
    assert (len(groq.received), len(gemini.received)) == (1, 1)


async def test_qwen_answers_when_every_cloud_model_fails(
    open_services: Open, cloud: Servers, ollama: FakeOllama
) -> None:
    groq, gemini = cloud
    groq.script(Reply(status=500))
    gemini.script(Reply(status=401))
    ollama.answer("Paris, I believe.")
    state = await ask(open_services(), asked(CHAT))
    assert state["answer"] == "Paris, I believe.\n\n---\n_Powered by Qwen (local)_"
    assert (len(groq.received), len(gemini.received), len(ollama.received)) == (1, 1, 1)


async def test_the_history_for_qwen_as_the_last_is_cut_to_its_window(
    open_services: Open, cloud: Servers, ollama: FakeOllama
) -> None:
    groq, gemini = cloud
    groq.script(Reply(status=500))
    gemini.script(Reply(status=500))
    turns = [
        turn
        for n in range(10)
        for turn in (HumanMessage(f"q{n} " + "x" * 3000), AIMessage(f"a{n} " + "y" * 3000))
    ]
    await ask(open_services(), {"messages": [*turns, HumanMessage(CHAT)]})
    assert len(groq.received[0].body["messages"]) == 22
    [heard] = ollama.conversations
    kept = [text.split()[0] for text in heard]
    assert kept == ["q7", "a7", "q8", "a8", "q9", "a9", "What"]
    assert sum(map(len, heard)) < 3 * QWEN_PROMPT_TOKENS


async def test_a_broken_draft_of_qwen_is_mended_by_groq(
    open_services: Open, cloud: Servers, ollama: FakeOllama
) -> None:
    groq, _ = cloud
    ollama.answer(BROKEN, BROKEN)
    groq.script(Reply(text=MENDED))
    state = await ask(open_services(), asked(CODE))
    assert state["answer"] == f"{MENDED}\n\n---\n_Powered by Qwen (local) + Groq (polish)_"
    assert [answer["provider"] for answer in state["attempts"]] == ["qwen", "qwen", "groq"]


@pytest.mark.parametrize(
    ("fault", "error", "requests"),
    [
        (Reply(status=500), ModelAPIError, 2),
        (Reply(status=401), ModelAuthenticationError, 1),
    ],
    ids=["500", "401"],
)
async def test_a_lone_cloud_model_is_asked_twice_only_where_that_may_help(
    open_services: Open, cloud: Servers, fault: Reply, error: type[Exception], requests: int
) -> None:
    groq, _ = cloud
    groq.script(fault, fault, fault)
    services = open_services(gemini_api_key=None, **NO_QWEN)
    with pytest.raises(error):
        await ask(services, asked(CHAT))
    assert len(groq.received) == requests


async def test_one_retry_is_enough_when_the_provider_recovers(
    open_services: Open, cloud: Servers
) -> None:
    groq, _ = cloud
    groq.script(Reply(status=503), Reply(text="Paris."))
    state = await ask(open_services(gemini_api_key=None, **NO_QWEN), asked(CHAT))
    assert state["answer"].startswith("Paris.")


async def test_code_goes_to_the_cloud_where_there_is_no_free_model(
    open_services: Open, cloud: Servers
) -> None:
    groq, _ = cloud
    groq.script(Reply(text=GOOD))
    state = await ask(open_services(**NO_QWEN), asked(CODE))
    assert state["reason"].endswith("; no free model configured")
    assert state["provider"] == "groq"
    assert state["verdict"] in ("verified", "plausible")  # without a jail, plausible


@pytest.mark.parametrize("question", [CODE, CHAT])
async def test_nothing_at_all_is_configured(open_services: Open, question: str) -> None:
    services = open_services(groq_api_key=None, gemini_api_key=None, **NO_QWEN)
    with pytest.raises(NoModelError, match=r"(?s)no free model.*pip install.*RUNLOOP_API_KEY"):
        await ask(services, asked(question))


async def test_an_incomplete_runloop_setting_is_said_and_the_cloud_answers(
    open_services: Open, cloud: Servers
) -> None:
    groq, _ = cloud
    groq.script(Reply(text=GOOD))
    state = await ask(open_services(runloop_api_key="ak_x"), asked(CODE))
    assert "set RUNLOOP_DEVBOX_ID or QWEN_OLLAMA_BLUEPRINT_ID" in state["reason"]


async def test_an_incomplete_runloop_setting_alone_is_an_error(open_services: Open) -> None:
    services = open_services(runloop_api_key="ak_x", groq_api_key=None, gemini_api_key=None)
    with pytest.raises(ConfigurationError, match="RUNLOOP_DEVBOX_ID"):
        await ask(services, asked(CODE))


async def test_services_close_twice_and_without_use(open_services: Open) -> None:
    services = open_services()
    await services.aclose()
    services.close()


def test_a_lazy_value_is_built_once_by_whoever_comes_first() -> None:
    built: list[int] = []
    lazy = Lazy(lambda: built.append(1) or len(built))  # type: ignore[func-returns-value]
    assert lazy.built is None
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: lazy(), range(50))) == {1}
    assert (len(built), lazy.built) == (1, 1)


def test_a_lazy_failure_is_tried_again() -> None:
    outcomes: Iterator[Any] = iter([ConfigurationError("not yet"), "there"])

    def build() -> str:
        if isinstance(outcome := next(outcomes), Exception):
            raise outcome
        return str(outcome)

    lazy = Lazy(build)
    with pytest.raises(ConfigurationError):
        lazy()
    assert lazy() == "there"


def test_nothing_is_read_or_started_to_make_services() -> None:
    broken = {"qwen_gguf_path": "/nowhere/model.gguf", "chat_models": ("nobody:x",)}
    services = make_services(bare_settings(**broken))
    with pytest.raises(ConfigurationError, match="provider must be one of"):
        services.chat()
    assert "/nowhere/model.gguf" in (services.why_no_qwen() or "")
    services.close()
