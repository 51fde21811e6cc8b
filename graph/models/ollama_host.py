"""An Ollama that already runs: its address, whether it answers, its best Qwen2.5-Coder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from graph.errors import ConfigurationError
from graph.settings import is_loopback

DEFAULT_PORT = 11434
PROBE_TIMEOUT_S = 0.2
FAMILY = "qwen2.5-coder"
MEMORY_SHARE = 0.7
"""Part of this machine's memory that a model's file may take."""


@dataclass(frozen=True)
class InstalledModel:
    """One row of `/api/tags`."""

    name: str
    size_bytes: int


def ollama_url(host: str | None) -> str:
    """Read OLLAMA_HOST as Ollama does: scheme and port may be left out, 0.0.0.0 is this machine.

    Raises:
        ConfigurationError: `host` is no address.
    """
    text = host or ""
    parts = urlsplit(text if "://" in text else f"http://{text}")
    try:
        name, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError:
        text = f"OLLAMA_HOST={host!r} is no address such as 127.0.0.1:11434"
        raise ConfigurationError(text) from None
    if name in ("0.0.0.0", "::"):  # noqa: S104  # read as loopback, never bound
        name = "127.0.0.1"
    if ":" in name:
        name = f"[{name}]"
    port = port or ({"http": 80, "https": 443}[parts.scheme] if "://" in text else DEFAULT_PORT)
    return f"{parts.scheme}://{name}:{port}{parts.path.rstrip('/')}"


def installed_models(url: str) -> Sequence[InstalledModel] | None:
    """What the Ollama at `url` has; None when nothing answers within `PROBE_TIMEOUT_S`."""
    try:
        reply = httpx.get(f"{url}/api/tags", timeout=PROBE_TIMEOUT_S, trust_env=False)
        rows = reply.raise_for_status().json()["models"]
        return [InstalledModel(row["name"], int(row.get("size", 0))) for row in rows]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


def best_model(models: Sequence[InstalledModel], url: str) -> str | None:
    """The largest Qwen2.5-Coder that fits this machine's memory; any, on another machine."""
    limit = _memory_bytes() * MEMORY_SHARE if is_loopback(urlsplit(url).hostname) else None
    fitting = [
        model
        for model in models
        if model.name.startswith(FAMILY) and (limit is None or model.size_bytes <= limit)
    ]
    return max(fitting, key=lambda model: model.size_bytes).name if fitting else None


def _memory_bytes() -> float:
    return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
