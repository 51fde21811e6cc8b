"""Which errors another attempt, or another provider, may mend."""

from __future__ import annotations

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)

RETRY_AFTER_MAX_S = 1.0
"""A provider that asks for a longer wait is not asked again within the request."""

FALLBACK_ON: tuple[type[Exception], ...] = (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelNotFoundError,
    ModelPermissionDeniedError,
    ModelRateLimitError,
    ModelTimeoutError,
)
"""Another provider may answer; an invalid request (ModelInvalidRequestError) fails everywhere."""


def retry_on(error: Exception) -> bool:
    """Whether LangGraph's RetryPolicy may repeat the node; the caller sets how often.

    A timeout has used up its share of the request, and a rate limit is waited for only when the
    provider named a wait of at most `RETRY_AFTER_MAX_S` seconds.
    """
    if not isinstance(error, ModelError) or isinstance(error, ModelTimeoutError):
        return False
    if isinstance(error, ModelRateLimitError):
        wait_s: float | None = getattr(error, "retry_after_s", None)
        return wait_s is not None and wait_s <= RETRY_AFTER_MAX_S
    return error.is_retryable
