"""Whatever a provider's SDK raises becomes one of langchain-core's neutral errors, once, here.

The texts are our own: they name the provider, the model and the provider's error code, and never
repeat what the provider wrote, since that may quote the prompt or the key. The original error is
the caller's to keep as `__cause__`.
"""

from __future__ import annotations

import datetime
import email.utils
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
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

from graph.errors import ProviderRateLimitError
from graph.models.catalog import find_provider, provider_label
from graph.settings import DEFAULT_CHAT_MODELS

SUCCESSORS = {
    "groq:llama-3.3-70b-versatile": "groq:openai/gpt-oss-120b",
    "groq:llama-3.1-8b-instant": "groq:openai/gpt-oss-20b",
    "groq:qwen/qwen3-32b": "groq:openai/gpt-oss-120b",
}
OLD_GEMINI = re.compile(r"google_genai:(models/)?gemini-(1\.\d|2\.0)\b.*")

ERROR_OF_STATUS: Mapping[int, type[ModelError]] = {
    400: ModelInvalidRequestError,
    401: ModelAuthenticationError,
    402: ModelPermissionDeniedError,
    403: ModelPermissionDeniedError,
    404: ModelNotFoundError,
    408: ModelTimeoutError,
    413: ContextOverflowError,
    429: ModelRateLimitError,
    498: ModelAPIError,
}
# Codes that say more than the status beside which they stand.
ERROR_OF_CODE: Mapping[str, type[ModelError]] = {
    "context_length_exceeded": ContextOverflowError,
    "model_decommissioned": ModelNotFoundError,
    "model_not_found": ModelNotFoundError,
    "json_validate_failed": ModelAPIError,
    "tool_use_failed": ModelAPIError,
    "organization_restricted": ModelPermissionDeniedError,
    "invalid_api_key": ModelAuthenticationError,
    "API_KEY_INVALID": ModelAuthenticationError,
    "FAILED_PRECONDITION": ModelPermissionDeniedError,
    "RESOURCE_EXHAUSTED": ModelRateLimitError,
}
NEUTRAL_ERRORS: tuple[type[ModelError], ...] = (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
MEANINGS: Mapping[type[ModelError], str] = {
    ContextOverflowError: "the request is longer than the model takes",
    ModelAPIError: "the provider failed",
    ModelConnectionError: "the connection failed",
    ModelInvalidRequestError: "the provider refused the request",
    ModelRateLimitError: "the rate limit is reached",
    ModelTimeoutError: "no answer in time",
}
# Letters and underscores only: no key looks like this.
SAFE_CODE = re.compile(r"[A-Za-z_]{1,40}")
GOOGLE_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")

OUR_ERRORS = (*NEUTRAL_ERRORS, ProviderRateLimitError)


@dataclass(frozen=True)
class _Reply:
    """What a provider's error reply says."""

    status: int | None
    codes: tuple[str, ...]
    headers: Mapping[str, str]
    retry_delay_s: float | None

    @property
    def named(self) -> str:
        """`(429, rate_limit_exceeded)`, as far as known."""
        words = [str(self.status)] if self.status else []
        return f" ({', '.join([*words, *self.codes[:1]])})" if words or self.codes else ""


def to_model_error(
    error: Exception, *, provider: str, model: str, now: Callable[[], float] = time.time
) -> ModelError:
    """The neutral error that `error` amounts to; `error` itself when it is one already.

    Args:
        error: What an SDK, httpx or the reading of a reply raised.
        provider: LangChain's name of the provider, such as `groq`.
        model: The provider's name of the model.
        now: Seconds since the epoch, for a Retry-After that is a date.

    Returns:
        A ModelError whose text is ours; a ProviderRateLimitError for a rate limit.
    """
    if type(error) in OUR_ERRORS:
        assert isinstance(error, ModelError)
        return error
    reply = _reply(error)
    kind = (
        _kind_of_code(reply)
        or _kind_of_integration(error)
        or _kind_of_status(reply.status)
        or _kind_of_exception(error)
    )
    if kind is ModelRateLimitError:
        wait_s = _retry_after_s(reply, now)
        text = _text(kind, provider, model, reply.named)
        return ProviderRateLimitError(text, retry_after_s=wait_s)
    if kind is ModelAPIError and not reply.named:
        return kind(_text(kind, provider, model, f" ({type(error).__name__})"))
    return kind(_text(kind, provider, model, reply.named))


def current_name(provider: str, model: str) -> str | None:
    """The `provider:model` that replaces a retired one; None when it is not known as retired."""
    name = f"{provider}:{model}"
    if OLD_GEMINI.fullmatch(name):
        return next(known for known in DEFAULT_CHAT_MODELS if known.startswith("google_genai:"))
    return SUCCESSORS.get(name)


def _text(kind: type[ModelError], provider: str, model: str, named: str) -> str:
    label = provider_label(provider)
    if kind is ModelNotFoundError:
        return _not_found_text(label, provider, model, named)
    if kind in (ModelAuthenticationError, ModelPermissionDeniedError):
        known = find_provider(provider)
        variable = known.key_variable if known else "the provider's key"
        return f"{label} refused the key for {model}{named}: check {variable}"
    return f"{label} {model}: {MEANINGS[kind]}{named}"


def _not_found_text(label: str, provider: str, model: str, named: str) -> str:
    successor = current_name(provider, model)
    if successor is not None:
        return f"{label} retired {model}{named}: use {successor} in CHAT_MODELS and POLISH_MODELS"
    current = next(
        (known for known in DEFAULT_CHAT_MODELS if known.startswith(f"{provider}:")), None
    )
    hint = f" (a current one is {current})" if current else ""
    return f"{label} has no model {model}{named}: correct CHAT_MODELS or POLISH_MODELS{hint}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(5):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__


def _kind_of_code(reply: _Reply) -> type[ModelError] | None:
    for code in reply.codes:
        if code in ERROR_OF_CODE:
            return ERROR_OF_CODE[code]
    limited = reply.status is None and "rate_limit_exceeded" in reply.codes
    return ModelRateLimitError if limited else None


def _kind_of_integration(error: Exception) -> type[ModelError] | None:
    """What a LangChain integration that knows the neutral errors made of it."""
    return next((kind for kind in NEUTRAL_ERRORS if isinstance(error, kind)), None)


def _kind_of_status(status: int | None) -> type[ModelError] | None:
    if status is None:
        return None
    if 400 <= status < 500:
        return ERROR_OF_STATUS.get(status, ModelInvalidRequestError)
    return ModelAPIError


def _kind_of_exception(error: Exception) -> type[ModelError]:
    for link in _chain(error):
        if isinstance(link, TimeoutError | httpx.TimeoutException):
            return ModelTimeoutError
        if isinstance(link, OSError | httpx.TransportError):
            return ModelConnectionError
        if isinstance(link, UnicodeEncodeError):
            return ModelInvalidRequestError
    return ModelAPIError


def _reply(error: Exception) -> _Reply:
    for link in _chain(error):
        body = _error_object(getattr(link, "body", None) or getattr(link, "details", None))
        response = getattr(link, "response", None)
        status = getattr(response, "status_code", None) or getattr(link, "code", None)
        known = status if isinstance(status, int) else None
        if known is not None or body:
            headers = getattr(response, "headers", None) or {}
            return _Reply(known, tuple(_codes(body)), headers, _retry_delay_s(body))
    return _Reply(None, (), {}, None)


def _error_object(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("error", body)
    return inner if isinstance(inner, Mapping) else {}


def _details(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = body.get("details")
    return [d for d in details if isinstance(d, Mapping)] if isinstance(details, list) else []


def _codes(body: Mapping[str, Any]) -> Iterator[str]:
    found = [detail.get("reason") for detail in _details(body)]
    for code in [*found, body.get("code"), body.get("status"), body.get("type")]:
        if isinstance(code, str) and SAFE_CODE.fullmatch(code):
            yield code


def _retry_delay_s(body: Mapping[str, Any]) -> float | None:
    for detail in _details(body):
        if match := GOOGLE_DURATION.fullmatch(str(detail.get("retryDelay"))):
            return _finite(float(match[1]))
    return None


def _retry_after_s(reply: _Reply, now: Callable[[], float]) -> float | None:
    header = reply.headers.get("retry-after")
    if header is None:
        return reply.retry_delay_s
    try:
        seconds = float(header)
    except ValueError:
        return _until_s(header, now)
    return _finite(seconds)


def _finite(seconds: float) -> float | None:
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until_s(date: str, now: Callable[[], float]) -> float | None:
    try:
        at = email.utils.parsedate_to_datetime(date)
        if at.tzinfo is None:
            at = at.replace(tzinfo=datetime.UTC)
        return max(0.0, at.timestamp() - now())
    except (ValueError, OverflowError):
        return None
