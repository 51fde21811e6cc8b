"""Every error this project raises, and where it hangs.

Foreign errors (httpx, Runloop, Ollama, provider SDKs) are translated into these once, at the edge.
The model errors also inherit langchain-core's provider-neutral classes, so that a caller may catch
either, and `is_retryable` comes from there. The nodes, which know nothing of this package, add
`nodes.errors.NoAnswerError` (ModelError): nobody is left to ask.

    RouterError
    +-- ConfigurationError                  something must be set or installed; exit code 2
    |   +-- NoModelError                    no model is configured at all; exit code 3
    +-- ProviderRateLimitError (ModelRateLimitError)  a cloud provider asks to wait
    +-- RunloopError (ModelError)
        +-- DevboxUnavailableError   (ModelConnectionError)       no box, or no Ollama in it
        +-- DevboxAuthenticationError(ModelAuthenticationError)   401, 403
        +-- DevboxRateLimitError     (ModelRateLimitError)        429, with retry_after_s
        +-- DevboxRequestError       (ModelInvalidRequestError)   any other 4xx
        +-- DevboxServerError        (ModelAPIError)              5xx, or no JSON
        +-- QwenTimeoutError         (ModelTimeoutError)          no answer in time
        +-- QwenBusyError            (ModelRateLimitError)        Ollama's queue is full
        +-- QwenServerDiedError      (ModelAPIError)              cut mid-answer
        +-- QwenModelMissingError    (ModelNotFoundError)         Ollama has no such model
        +-- QwenRequestError         (ModelInvalidRequestError)   Ollama refused the request
        +-- QwenContextOverflowError (ContextOverflowError)       the prompt is too long
        +-- QwenServerError          (ModelAPIError)              Ollama reported an error
        +-- QwenIncompleteError      (ModelAPIError)              no `done`
        +-- QwenEmptyAnswerError     (ModelAPIError)              the answer holds no text
"""

from __future__ import annotations

from langchain_core.exceptions import (
    ContextOverflowError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelError,
    ModelInvalidRequestError,
    ModelNotFoundError,
    ModelRateLimitError,
    ModelTimeoutError,
)


class RouterError(Exception):
    """Base of every error of this project; its text says what to do."""


class ConfigurationError(RouterError):
    """A setting is wrong or something is not installed."""


class NoModelError(ConfigurationError):
    """No model is configured that could answer."""


class ProviderRateLimitError(RouterError, ModelRateLimitError):
    """A cloud provider asks to wait; its other errors are langchain-core's own classes.

    Attributes:
        retry_after_s: Seconds, 0 or more, that it asked for, or None when it named none.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class RunloopError(RouterError, ModelError):
    """Qwen could not be reached, or did not answer, through Runloop's execute call."""


class DevboxUnavailableError(RunloopError, ModelConnectionError):
    """The devbox, or the model server in it, is not there."""


class DevboxAuthenticationError(RunloopError, ModelAuthenticationError):
    """Runloop refused the key."""


class DevboxRateLimitError(RunloopError, ModelRateLimitError):
    """Runloop asks to wait.

    Attributes:
        retry_after_s: Seconds that Runloop asked for, or None when it named none.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DevboxRequestError(RunloopError, ModelInvalidRequestError):
    """Runloop refused the request itself."""


class DevboxServerError(RunloopError, ModelAPIError):
    """Runloop failed, or answered something that is not its protocol."""


class QwenTimeoutError(RunloopError, ModelTimeoutError):
    """Qwen did not answer in time."""


class QwenBusyError(RunloopError, ModelRateLimitError):
    """Ollama's queue is full; not a fault of the model."""


class QwenServerDiedError(RunloopError, ModelAPIError):
    """The model server broke the connection, most often out of memory."""


class QwenModelMissingError(RunloopError, ModelNotFoundError):
    """Ollama does not have the model."""


class QwenRequestError(RunloopError, ModelInvalidRequestError):
    """Ollama refused the request."""


class QwenContextOverflowError(RunloopError, ContextOverflowError):
    """The prompt does not fit the model's context window."""


class QwenServerError(RunloopError, ModelAPIError):
    """Ollama reported an error instead of an answer."""


class QwenIncompleteError(RunloopError, ModelAPIError):
    """The answer stopped before the model said that it was done."""


class QwenEmptyAnswerError(RunloopError, ModelAPIError):
    """The model finished without a word."""
