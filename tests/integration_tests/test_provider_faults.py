"""Every fault of a cloud model becomes one neutral error, after one request."""

import socket
import traceback
from dataclasses import dataclass
from typing import Any

import pytest
from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelTimeoutError,
)

from graph.errors import ProviderRateLimitError
from tests.wire.cloud import (
    GEMINI,
    GEMINI_KEY,
    GROQ,
    GROQ_KEY,
    HOWS,
    PROMPT,
    Cloud,
    ask,
    reply_id,
    settings_for,
)
from tests.wire.gemini import gemini_error
from tests.wire.groq import groq_error
from tests.wire.scripted import Reply


@dataclass(frozen=True)
class Fault:
    """A fault of one provider, and what it must become."""

    name: str
    reply: Reply
    expected: type[ModelError]
    hows: tuple[str, ...] = HOWS


def groq_fault(status: int, code: str, expected: type[ModelError], **reply: Any) -> Fault:
    error = groq_error("no", kind="invalid_request_error", code=code)
    return Fault(GROQ, Reply(status=status, error=error, **reply), expected)


def gemini_fault(
    code: int, status: str, expected: type[ModelError], message: str = "no", **details: Any
) -> Fault:
    error = gemini_error(code, status, message, **details)
    return Fault(GEMINI, Reply(status=code, error=error), expected)


STREAMS = ("stream", "astream")
FAULTS = [
    groq_fault(400, "invalid_request", ModelInvalidRequestError),
    groq_fault(400, "context_length_exceeded", ContextOverflowError),
    groq_fault(400, "model_decommissioned", ModelNotFoundError),
    groq_fault(401, "invalid_api_key", ModelAuthenticationError),
    groq_fault(403, "forbidden", ModelPermissionDeniedError),
    groq_fault(404, "model_not_found", ModelNotFoundError),
    groq_fault(413, "request_too_large", ContextOverflowError),
    groq_fault(422, "unprocessable", ModelInvalidRequestError),
    groq_fault(429, "rate_limit_exceeded", ProviderRateLimitError, retry_after="2"),
    groq_fault(498, "capacity_exceeded", ModelAPIError),
    groq_fault(500, "internal_server_error", ModelAPIError),
    groq_fault(503, "unavailable", ModelAPIError),
    gemini_fault(400, "INVALID_ARGUMENT", ModelInvalidRequestError),
    gemini_fault(
        400,
        "INVALID_ARGUMENT",
        ContextOverflowError,
        "The input token count exceeds the maximum number of tokens allowed (1048576).",
    ),
    gemini_fault(
        400, "INVALID_ARGUMENT", ModelAuthenticationError, "bad key", reason="API_KEY_INVALID"
    ),
    gemini_fault(400, "FAILED_PRECONDITION", ModelPermissionDeniedError),
    gemini_fault(401, "UNAUTHENTICATED", ModelAuthenticationError),
    gemini_fault(403, "PERMISSION_DENIED", ModelPermissionDeniedError),
    gemini_fault(404, "NOT_FOUND", ModelNotFoundError),
    gemini_fault(429, "RESOURCE_EXHAUSTED", ProviderRateLimitError, retry_s=2),
    gemini_fault(500, "INTERNAL", ModelAPIError),
    gemini_fault(503, "UNAVAILABLE", ModelAPIError),
]
for _name in (GROQ, GEMINI):
    FAULTS += [
        Fault(_name, Reply(status=502, error="<html>bad gateway</html>"), ModelAPIError),
        Fault(_name, Reply(delay_s=0.8), ModelTimeoutError),
        Fault(_name, Reply(cut_after=0), ModelConnectionError),
        Fault(_name, Reply(cut_after=2), ModelConnectionError),
        Fault(_name, Reply(body=b'{"choices": [{"mess'), ModelAPIError),
        Fault(_name, Reply(body=b"<html>hi</html>", content_type="text/html"), ModelAPIError),
        Fault(_name, Reply(body=b""), ModelAPIError),
        Fault(_name, Reply(body=b"data: {\xff\xfe}\n\n"), ModelAPIError),
        Fault(_name, Reply(no_choices=True), ModelAPIError),
        Fault(_name, Reply(text=None), ModelAPIError),
        Fault(_name, Reply(text=" \n "), ModelAPIError),
        Fault(_name, Reply(text="", finish_reason="length"), ModelAPIError),
        Fault(_name, Reply(final=False), ModelAPIError, STREAMS),
    ]
FAULTS += [
    Fault(
        GROQ,
        Reply(error_after=2, error=groq_error("no", kind="server_error")),
        ModelAPIError,
        STREAMS,
    ),
    Fault(
        GEMINI,
        Reply(error_after=2, error=gemini_error(503, "UNAVAILABLE", "no")),
        ModelAPIError,
        STREAMS,
    ),
]


def fault_id(fault: Fault) -> str:
    provider = fault.name.partition(":")[0]
    return f"{provider}-{fault.expected.__name__}-{reply_id(fault.reply)}"


@pytest.mark.parametrize("fault", FAULTS, ids=fault_id)
async def test_each_fault_is_one_neutral_error_after_one_request(
    cloud: Cloud, fault: Fault
) -> None:
    server, label = cloud.server(fault.name), "Groq" if fault.name == GROQ else "Gemini"
    model = cloud.build(fault.name, timeout_s=0.3 if fault.reply.delay_s else 5.0)
    for how in fault.hows:
        server.reset()
        server.script(fault.reply)
        with pytest.raises(ModelError) as caught:
            await ask(model, how)
        assert type(caught.value) is fault.expected, how
        assert str(caught.value).startswith(label)
        assert len(server.received) == 1
        if isinstance(caught.value, ProviderRateLimitError):
            assert caught.value.retry_after_s == 2.0


@pytest.mark.parametrize("name", [GROQ, GEMINI])
async def test_a_refused_connection(cloud: Cloud, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    model = cloud.build(name, settings=settings_for(url, url))
    for how in HOWS:
        with pytest.raises(ModelConnectionError) as caught:
            await ask(model, how)
        assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("reply", "kept"),
    [(Reply(cut_after=2), True), (Reply(final=False), True), (Reply(cut_after=0), False)],
)
@pytest.mark.parametrize("name", [GROQ, GEMINI])
async def test_a_stream_without_its_end_raises_after_the_text_that_came(
    cloud: Cloud, name: str, reply: Reply, kept: bool
) -> None:
    cloud.server(name).script(reply)
    texts: list[str] = []

    async def read() -> None:
        async for chunk in cloud.build(name).astream(PROMPT):
            texts.append(chunk.text)

    with pytest.raises(ModelError):
        await read()
    assert bool("".join(texts)) is kept


@pytest.mark.parametrize(
    ("name", "fault", "instead"),
    [
        (
            "groq:llama-3.3-70b-versatile",
            Reply(status=404, error=groq_error("no", kind="x", code="model_not_found")),
            "groq:openai/gpt-oss-120b",
        ),
        (
            "groq:llama-3.1-8b-instant",
            Reply(status=400, error=groq_error("no", kind="x", code="model_decommissioned")),
            "groq:openai/gpt-oss-20b",
        ),
        (
            "google_genai:gemini-1.5-flash",
            Reply(status=404, error=gemini_error(404, "NOT_FOUND", "no")),
            GEMINI,
        ),
    ],
)
async def test_a_retired_model_is_named_with_its_successor(
    cloud: Cloud, name: str, fault: Reply, instead: str
) -> None:
    cloud.server(name).script(fault)
    with pytest.raises(ModelNotFoundError) as caught:
        await ask(cloud.build(name), "ainvoke")
    for word in (name.partition(":")[2], instead, "CHAT_MODELS", "POLISH_MODELS"):
        assert word in str(caught.value)


async def test_an_unknown_model_is_named_with_the_variables(cloud: Cloud) -> None:
    error = groq_error("no", kind="x", code="model_not_found")
    cloud.groq.script(Reply(status=404, error=error))
    with pytest.raises(ModelNotFoundError, match=r"gpt-oss-121b.*CHAT_MODELS or POLISH_MODELS"):
        await ask(cloud.build("groq:openai/gpt-oss-121b"), "ainvoke")


@pytest.mark.parametrize(
    ("name", "header", "key"),
    [(GROQ, "authorization", f"Bearer {GROQ_KEY}"), (GEMINI, "x-goog-api-key", GEMINI_KEY)],
)
@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_neither_key_nor_prompt_is_in_the_text(
    cloud: Cloud, name: str, header: str, key: str, status: int
) -> None:
    echo = f"{key} said {PROMPT[0].text}"
    error = groq_error(echo, kind=echo, code=key)
    if name == GEMINI:
        error = gemini_error(status, "INVALID_ARGUMENT", echo, reason=key)
    server = cloud.server(name)
    server.script(Reply(status=status, error=error))
    with pytest.raises(ModelError) as caught:
        await ask(cloud.build(name), "ainvoke")
    # The control: the key and the prompt did go out, and the foreign error repeats them.
    assert server.received[0].headers[header] == key
    assert "canary-prompt-61c3" in str(server.received[0].body)
    assert "canary-prompt-61c3" in "".join(traceback.format_exception(caught.value))
    for shown in (str(caught.value), repr(caught.value)):
        assert "canary" not in shown
