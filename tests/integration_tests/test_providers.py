"""The cloud models, through the real SDKs, against servers that speak their formats."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.exceptions import (
    ModelAPIError,
)
from pydantic import BaseModel

from graph.errors import ConfigurationError, NoModelError
from graph.models.providers import build_chain, build_model, chat_models, polish_models
from graph.settings import DEFAULT_CHAT_MODELS
from tests.wire.cloud import (
    GEMINI,
    GROQ,
    HOWS,
    PROMPT,
    Cloud,
    ask,
    settings_for,
)
from tests.wire.scripted import Reply


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(
    ("name", "provider", "model_name"),
    [
        (GROQ, "groq", "openai/gpt-oss-120b"),
        (GEMINI, "google_genai", "gemini-3.5-flash"),
        ("gemini:gemini-3.5-flash", "google_genai", "gemini-3.5-flash"),
    ],
)
async def test_answers_with_metadata_and_usage_once(
    cloud: Cloud, name: str, provider: str, model_name: str, how: str
) -> None:
    server = cloud.server(name)
    server.script(Reply(text="Paris it is.", chunk_chars=3, input_tokens=21, output_tokens=5))
    usage = UsageMetadataCallbackHandler()
    answer = await ask(cloud.build(name), how, config={"callbacks": [usage]})
    assert answer.text == "Paris it is."
    assert answer.response_metadata["model_name"] == model_name
    assert answer.response_metadata["model_provider"] == provider
    assert answer.usage_metadata is not None
    counted = usage.usage_metadata[model_name]
    for found in (answer.usage_metadata, counted):
        assert (found["input_tokens"], found["output_tokens"], found["total_tokens"]) == (21, 5, 26)
    assert len(server.received) == 1


@pytest.mark.parametrize("name", [GROQ, GEMINI])
async def test_streams_token_by_token(cloud: Cloud, name: str) -> None:
    cloud.server(name).script(Reply(text="one two three", chunk_chars=4, chunk_delay_s=0.02))
    texts = [chunk.text async for chunk in cloud.build(name).astream(PROMPT)]
    assert [text for text in texts if text] == ["one ", "two ", "thre", "e"]


class City(BaseModel):
    """A city."""

    name: str


@pytest.mark.parametrize("name", [GROQ, GEMINI])
async def test_tools_and_structured_output_keep_the_guard(cloud: Cloud, name: str) -> None:
    server, model = cloud.server(name), cloud.build(name)
    call = Reply(text="", tool_call=("City", {"name": "Paris"}))
    server.script(call, call, Reply(status=500))
    bound = model.bind_tools([City])  # type: ignore[attr-defined]
    for how in ("ainvoke", "astream"):
        answer = await ask(bound, how)
        assert [(c["name"], c["args"]) for c in answer.tool_calls] == [("City", {"name": "Paris"})]
    with pytest.raises(ModelAPIError):
        await ask(bound, "ainvoke")

    structured = model.with_structured_output(City, method="function_calling")  # type: ignore[attr-defined]
    server.script(call, Reply(status=500))
    assert await structured.ainvoke(PROMPT) == City(name="Paris")
    with pytest.raises(ModelAPIError):
        await structured.ainvoke(PROMPT)


async def test_groq_reasons_little_where_the_model_takes_the_option(cloud: Cloud) -> None:
    await ask(cloud.build(GROQ), "ainvoke")
    await ask(cloud.build("groq:moonshotai/kimi-k2"), "ainvoke")
    efforts = [received.body["reasoning_effort"] for received in cloud.groq.received]
    assert efforts == ["low", None]


async def test_groq_takes_the_openai_spelling_of_its_base_url(cloud: Cloud) -> None:
    settings = settings_for(f"{cloud.groq.url}/openai/v1/", cloud.gemini.url)
    assert (await ask(cloud.build(GROQ, settings=settings), "ainvoke")).text


async def test_one_model_serves_many_calls_at_once(cloud: Cloud) -> None:
    cloud.groq.script(*[Reply(text=f"answer {n}", chunk_delay_s=0.01) for n in range(20)])
    model = cloud.build(GROQ)
    answers = await asyncio.gather(*(ask(model, "astream") for _ in range(20)))
    assert {answer.text for answer in answers} == {f"answer {n}" for n in range(20)}


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        (GROQ, {"groq_api_key": None}, "set GROQ_API_KEY"),
        (GROQ, {"groq_api_key": ""}, "set GROQ_API_KEY"),
        (GEMINI, {"gemini_api_key": None}, "set GEMINI_API_KEY"),
        (
            "cohere:command",
            {},
            "must be one of anthropic, deepseek, google_genai, ",
        ),
        ("gpt-oss", {}, "must be provider:model"),
        ("groq:", {}, "must be provider:model"),
    ],
)
def test_what_is_not_configured_says_what_to_set(
    name: str, changes: dict[str, Any], message: str
) -> None:
    settings = settings_for("http://127.0.0.1:9", "http://127.0.0.1:9", **changes)
    with pytest.raises(ConfigurationError, match=message):
        build_model(name, settings, timeout_s=1)
    with pytest.raises(ConfigurationError, match=message):
        build_chain([GROQ, name] if name != GROQ else [name], settings, timeout_s=1)


@pytest.mark.parametrize(
    ("name", "variable"),
    [("claude:claude-sonnet-5", "ANTHROPIC_API_KEY"), ("openai:gpt-5", "OPENAI_API_KEY")],
)
def test_a_chain_asks_for_the_keys_before_any_model_is_asked(name: str, variable: str) -> None:
    settings = settings_for("http://127.0.0.1:9", "http://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match=f"needs a key: set {variable}"):
        build_chain([GROQ, name], settings, timeout_s=1)


def test_no_model_at_all() -> None:
    with pytest.raises(NoModelError, match="GROQ_API_KEY or GEMINI_API_KEY"):
        build_chain([], settings_for("http://127.0.0.1:9", "http://127.0.0.1:9"), timeout_s=1)


@pytest.mark.parametrize(
    ("changes", "chat", "polish"),
    [
        ({}, DEFAULT_CHAT_MODELS, DEFAULT_CHAT_MODELS),
        ({"gemini_api_key": None}, DEFAULT_CHAT_MODELS[:1], DEFAULT_CHAT_MODELS[:1]),
        ({"groq_api_key": None}, DEFAULT_CHAT_MODELS[1:], DEFAULT_CHAT_MODELS[1:]),
        ({"groq_api_key": None, "gemini_api_key": None}, (), ()),
        ({"chat_models": "a:b, c:d"}, ("a:b", "c:d"), ("a:b", "c:d")),
        ({"polish_models": ("e:f",)}, DEFAULT_CHAT_MODELS, ("e:f",)),
    ],
)
def test_configured_order(
    changes: dict[str, Any], chat: tuple[str, ...], polish: tuple[str, ...]
) -> None:
    settings = settings_for("http://127.0.0.1:9", "http://127.0.0.1:9", **changes)
    assert chat_models(settings) == chat
    assert polish_models(settings) == polish


LAZY = """
import sys
SDKS = ("langchain_groq", "groq", "langchain_google_genai", "google.genai", "langchain_anthropic")
def loaded():
    return [sdk for sdk in SDKS if sdk in sys.modules]
import graph.models.providers as providers
from graph.settings import Settings
print(loaded())
settings = Settings(_env_file=None, groq_api_key="k", chat_models=())
providers.chat_models(settings)
print(loaded())
providers.build_chain(["groq:openai/gpt-oss-120b"], settings, timeout_s=1)
print(loaded())
providers.build_model("groq:openai/gpt-oss-120b", settings, timeout_s=1)
print(loaded())
"""


def test_sdks_are_imported_when_a_model_is_built() -> None:
    run = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["[]", "[]", "[]", "['langchain_groq', 'groq']"]


MISSING = """
import asyncio, sys
sys.modules["langchain_anthropic"] = None
from graph.errors import ConfigurationError
from graph.models.providers import build_chain, build_model
from graph.settings import Settings
name, settings = "claude:claude-sonnet-5", Settings(_env_file=None, anthropic_api_key="k")
chain = build_chain([name], settings, timeout_s=1)
for ask in (
    lambda: build_model(name, settings, timeout_s=1),
    lambda: chain.invoke("hi"),
    lambda: asyncio.run(chain.ainvoke("hi")),
):
    try:
        ask()
    except ConfigurationError as error:
        print(error)
"""


def test_a_package_that_is_not_installed_is_named_when_it_is_needed() -> None:
    run = subprocess.run(
        [sys.executable, "-c", MISSING], capture_output=True, text=True, check=True
    )
    messages = run.stdout.splitlines()
    assert len(messages) == 3
    for message in messages:
        assert "anthropic:claude-sonnet-5" in message
        assert "pip install --upgrade langchain-anthropic" in message
