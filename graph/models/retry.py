"""Which errors another attempt, or another provider, may mend."""

from __future__ import annotations

from langchain_core.exceptions import (
    ModelError,
    ModelInvalidRequestError,
    ModelRateLimitError,
    ModelTimeoutError,
)

from graph.models.translate import NEUTRAL_ERRORS

FALLBACK_ON: tuple[type[Exception], ...] = tuple(
    kind for kind in NEUTRAL_ERRORS if kind is not ModelInvalidRequestError
)
"""Another provider may answer; an invalid request fails everywhere."""


def retry_on(error: Exception) -> bool:
    """Whether LangGraph's RetryPolicy may repeat the node; the caller sets how often.

    A timeout has used up its share of the request. After a rate limit the fallback answers: the
    policy's wait is fixed, and shorter than what a provider asks for.
    """
    if not isinstance(error, ModelError):
        return False
    if isinstance(error, ModelTimeoutError | ModelRateLimitError):
        return False
    return error.is_retryable
