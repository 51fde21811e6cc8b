"""The error of the nodes themselves; the models' are langchain-core's."""

from __future__ import annotations

from langchain_core.exceptions import ModelError


class NoAnswerError(ModelError):
    """Nobody is left to ask: Qwen failed or may not be asked, and there is no cloud model."""
