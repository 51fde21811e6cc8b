"""An Ollama that already runs: its address, whether it answers, its best Qwen2.5-Coder."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import urlsplit

import httpx

from graph.background import background_loop
from graph.errors import ConfigurationError
from graph.settings import is_loopback

DEFAULT_PORTS = {"http": 80, "https": 443}
DEFAULT_PORT = 11434
PROBE_TIMEOUT_S = 0.2
REMOTE_PROBE_TIMEOUT_S = 2.0
"""Another machine needs a name looked up and perhaps a TLS handshake."""
FAMILY = "qwen2.5-coder"
MEMORY_SHARE = 0.7
"""Part of this machine's memory that a model's file may take."""

_URL = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d+(/[A-Za-z0-9._/-]*)?")


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
    text = (host or "").strip().strip("\"'").strip()
    scheme, separator, rest = text.rpartition("://")
    scheme = scheme or "http"
    default_port = DEFAULT_PORTS.get(scheme, 0) if separator else DEFAULT_PORT
    try:
        parts = urlsplit(f"{scheme}://{_bracketed(rest)}")
        name, port = parts.hostname or "127.0.0.1", parts.port or default_port
    except ValueError:
        raise _no_address(host) from None
    if name in ("0.0.0.0", "::"):  # noqa: S104  # read as loopback, never bound
        name = "127.0.0.1"
    if ":" in name:
        name = f"[{name}]"
    url = f"{scheme}://{name}:{port}{parts.path.rstrip('/')}"
    if not _URL.fullmatch(url) or "@" in parts.netloc or parts.query or parts.fragment:
        raise _no_address(host)
    return url


def _bracketed(host: str) -> str:
    """A bare IPv6 address gets its brackets."""
    try:
        return f"[{IPv6Address(host)}]"
    except ValueError:
        return host


def _no_address(host: str | None) -> ConfigurationError:
    return ConfigurationError(f"OLLAMA_HOST={host!r} is no address such as 127.0.0.1:11434")


def installed_models(
    url: str, *, timeout_s: float | None = None
) -> Sequence[InstalledModel] | None:
    """What the Ollama at `url` has; None when nothing answers in time.

    Args:
        url: From `ollama_url`.
        timeout_s: For all of the answer; None: `PROBE_TIMEOUT_S`, longer on another machine.
    """
    if timeout_s is None:
        near = is_loopback(urlsplit(url).hostname)
        timeout_s = PROBE_TIMEOUT_S if near else REMOTE_PROBE_TIMEOUT_S
    try:
        rows = background_loop().run(_tags(url, timeout_s))
        return [InstalledModel(row["name"], row.get("size") or 0) for row in rows]
    except (httpx.HTTPError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


async def _tags(url: str, timeout_s: float) -> list[dict[str, Any]]:
    """The rows of `/api/tags`; httpx's own timeout starts anew with every byte."""
    near = is_loopback(urlsplit(url).hostname)
    async with httpx.AsyncClient(trust_env=not near) as client, asyncio.timeout(timeout_s):
        reply = (await client.get(f"{url}/api/tags")).raise_for_status().json()
    return reply["models"] or []


def best_model(models: Sequence[InstalledModel], url: str) -> str | None:
    """The largest Qwen2.5-Coder that fits this machine's memory; any, on another machine.

    Base models are passed over: they continue a text and cannot chat.
    """
    limit = _memory_bytes() * MEMORY_SHARE if is_loopback(urlsplit(url).hostname) else None
    fitting = [
        model
        for model in models
        if model.name.startswith(FAMILY)
        and "base" not in model.name
        and (limit is None or model.size_bytes <= limit)
    ]
    return max(fitting, key=lambda model: model.size_bytes).name if fitting else None


def _memory_bytes() -> float:
    return float(os.sysconf("SC_PAGE_SIZE")) * os.sysconf("SC_PHYS_PAGES")
