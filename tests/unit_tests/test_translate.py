"""Foreign errors become neutral ones, with our own text."""

import json
from typing import Any

import groq
import httpx
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
    ModelRateLimitError,
    ModelTimeoutError,
)

from graph.errors import QwenBusyError, QwenTimeoutError
from graph.models.catalog import provider_label
from graph.models.retry import FALLBACK_ON, retry_on
from graph.models.translate import (
    NEUTRAL_ERRORS,
    ProviderRateLimitError,
    current_name,
    to_model_error,
)
from graph.settings import DEFAULT_CHAT_MODELS

NOW_S = 1_790_000_000.0  # Mon, 21 Sep 2026 14:13:20 GMT
REQUEST = httpx.Request("POST", "https://api.groq.com/openai/v1/chat/completions")


def translate(error: Exception, provider: str = "groq", model: str = "m") -> ModelError:
    return to_model_error(error, provider=provider, model=model, now=lambda: NOW_S)


def status_error(status: int, body: Any = None, **headers: str) -> groq.APIStatusError:
    renamed = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(status, headers=renamed, request=REQUEST)
    return groq.APIStatusError("from the provider", response=response, body=body)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, None, ModelInvalidRequestError),
        (400, "context_length_exceeded", ContextOverflowError),
        (400, "model_decommissioned", ModelNotFoundError),
        (400, "json_validate_failed", ModelAPIError),
        (400, "tool_use_failed", ModelAPIError),
        (400, "organization_restricted", ModelPermissionDeniedError),
        (401, "invalid_api_key", ModelAuthenticationError),
        (402, None, ModelPermissionDeniedError),
        (403, None, ModelPermissionDeniedError),
        (404, "model_not_found", ModelNotFoundError),
        (405, None, ModelInvalidRequestError),
        (408, None, ModelTimeoutError),
        (413, "rate_limit_exceeded", ContextOverflowError),
        (422, None, ModelInvalidRequestError),
        (429, "rate_limit_exceeded", ProviderRateLimitError),
        (498, None, ModelAPIError),
        (500, None, ModelAPIError),
        (529, None, ModelAPIError),
    ],
)
def test_status_and_code_decide_the_class(
    status: int, code: str | None, expected: type[ModelError]
) -> None:
    error = translate(status_error(status, {"error": {"message": "secret", "code": code}}))
    assert type(error) is expected
    assert str(status) in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ReadTimeout("", request=REQUEST), ModelTimeoutError),
        (httpx.ConnectTimeout("", request=REQUEST), ModelTimeoutError),
        (TimeoutError(), ModelTimeoutError),
        (httpx.ConnectError("", request=REQUEST), ModelConnectionError),
        (httpx.ReadError("", request=REQUEST), ModelConnectionError),
        (httpx.RemoteProtocolError("", request=REQUEST), ModelConnectionError),
        (ConnectionResetError(), ModelConnectionError),
        (caused(groq.APITimeoutError(REQUEST), httpx.ReadTimeout("")), ModelTimeoutError),
        (
            caused(groq.APIConnectionError(request=REQUEST), httpx.ConnectError("")),
            ModelConnectionError,
        ),
        (json.JSONDecodeError("no JSON", "<html>", 0), ModelAPIError),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), ModelAPIError),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "bad"), ModelInvalidRequestError),
        (IndexError("list index out of range"), ModelAPIError),
        (AttributeError("'str' object has no attribute 'model_dump'"), ModelAPIError),
        (RuntimeError("anything else"), ModelAPIError),
        (groq.APIError("x", REQUEST, body={"code": "rate_limit_exceeded"}), ProviderRateLimitError),
        (groq.APIError("x", REQUEST, body={"type": "server_error"}), ModelAPIError),
        (QwenTimeoutError("too slow"), ModelTimeoutError),
    ],
)
def test_exceptions_without_a_status(error: Exception, expected: type[ModelError]) -> None:
    translated = translate(error)
    assert type(translated) is expected
    assert str(translated).startswith("Groq m: ")


@pytest.mark.parametrize("kind", NEUTRAL_ERRORS)
def test_an_error_that_is_neutral_already_is_kept(kind: type[ModelError]) -> None:
    error = kind("ours")
    assert translate(error) is error


@pytest.mark.parametrize(
    ("header", "expected_s"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("1000000000", 1e9),
        ("Mon, 21 Sep 2026 14:14:20 GMT", 60.0),
        ("Mon, 21 Sep 2026 14:14:20", 60.0),
        ("Mon, 21 Sep 2026 14:00:00 GMT", 0.0),
        ("Mon, 21 Sep 99999999999999999999 14:00:00 GMT", None),
        ("Mon, 21 Sep 2026 14:00:00 +99999999999999999999", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_retry_after(header: str, expected_s: float | None) -> None:
    error = translate(status_error(429, retry_after=header))
    assert isinstance(error, ProviderRateLimitError)
    assert error.retry_after_s == expected_s


@pytest.mark.parametrize(("delay", "expected_s"), [("2s", 2.0), ("9" * 400 + "s", None)])
def test_googles_retry_delay(delay: str, expected_s: float | None) -> None:
    details = [{"retryDelay": delay}]
    error = translate(status_error(429, {"error": {"details": details}}), "google_genai")
    assert isinstance(error, ProviderRateLimitError)
    assert error.retry_after_s == expected_s


def test_no_retry_after_is_none() -> None:
    error = translate(status_error(429))
    assert isinstance(error, ProviderRateLimitError)
    assert error.retry_after_s is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("groq:llama-3.3-70b-versatile", "groq:openai/gpt-oss-120b"),
        ("groq:llama-3.1-8b-instant", "groq:openai/gpt-oss-20b"),
        ("groq:qwen/qwen3-32b", "groq:openai/gpt-oss-120b"),
        ("google_genai:gemini-1.5-pro", DEFAULT_CHAT_MODELS[1]),
        ("google_genai:models/gemini-1.5-flash-8b", DEFAULT_CHAT_MODELS[1]),
        ("google_genai:gemini-2.0-flash", DEFAULT_CHAT_MODELS[1]),
        ("google_genai:gemini-2.5-flash", None),
        ("groq:gemini-1.5-pro", None),
        ("groq:openai/gpt-oss-120b", None),
    ],
)
def test_current_name_of_retired_models(name: str, expected: str | None) -> None:
    provider, _, model = name.partition(":")
    assert current_name(provider, model) == expected


@pytest.mark.parametrize(
    ("provider", "label"),
    [("groq", "Groq"), ("google_genai", "Gemini"), ("xai", "Grok"), ("my_lab", "My Lab")],
)
def test_provider_label(provider: str, label: str) -> None:
    assert provider_label(provider) == label


def test_a_code_that_could_be_a_key_is_not_repeated() -> None:
    error = translate(status_error(400, {"error": {"code": "gsk_4f9aQ7", "type": "bad_request"}}))
    assert "gsk_4f9aQ7" not in str(error)
    assert "bad_request" in str(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ModelAPIError("500"), True),
        (ModelConnectionError("refused"), True),
        (ProviderRateLimitError("429", retry_after_s=0.0), False),
        (ProviderRateLimitError("429", retry_after_s=0.5), False),
        (ProviderRateLimitError("429"), False),
        (ModelRateLimitError("429"), False),
        (QwenBusyError("queue full"), False),
        (ModelTimeoutError("slow"), False),
        (QwenTimeoutError("slow"), False),
        (ModelInvalidRequestError("400"), False),
        (ModelAuthenticationError("401"), False),
        (ModelNotFoundError("404"), False),
        (ContextOverflowError("long"), False),
        (TimeoutError(), False),
        (ValueError("a bug"), False),
    ],
)
def test_retry_on(error: Exception, expected: bool) -> None:
    assert retry_on(error) is expected


def test_only_an_invalid_request_does_not_fall_back() -> None:
    handled = {kind for kind in NEUTRAL_ERRORS if issubclass(kind, FALLBACK_ON)}
    assert set(NEUTRAL_ERRORS) - handled == {ModelInvalidRequestError}
    assert issubclass(ProviderRateLimitError, FALLBACK_ON)
