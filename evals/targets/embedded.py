"""The embedded models that stand in for all others, so that no key and no network is needed."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from graph.models.qwen import Backend, build_qwen
from graph.services import Lazy
from graph.settings import Settings
from nodes.state import ModelSource


def embedded_model(name: str, opened: ExitStack) -> ModelSource:
    """A model by Ollama's tag, started at its first use and stopped by `opened`."""
    settings = no_settings(qwen_model=name)
    return Lazy(lambda: build_qwen(Backend("embedded", name, "this process"), settings, opened))


def no_settings(**stated: Any) -> Settings:
    """Settings with nothing configured, whatever the environment holds."""
    nothing = {
        name: each.get_default(call_default_factory=True)
        for name, each in Settings.model_fields.items()
    }
    return Settings(_env_file=None, **{**nothing, **stated})
