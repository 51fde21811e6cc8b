"""Qwen2.5-Coder in this process: llama.cpp through xllamacpp.

llama.cpp always opens an HTTP server of its own. It gets a Unix socket in a private folder, and the
folder is removed once the model is loaded: nothing can connect to it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib
import os
import tempfile
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import Any

from graph.embedded.protocol import ChatMessage, ChatOptions, Finished, Text
from graph.errors import (
    ConfigurationError,
    QwenBusyError,
    QwenContextOverflowError,
    QwenIncompleteError,
    QwenRequestError,
    QwenServerDiedError,
    QwenServerError,
)
from graph.settings import QWEN_NUM_CTX

N_CTX = QWEN_NUM_CTX
N_PARALLEL = 2
MAX_PENDING = 64
MAX_THREADS = 8
# Cancelling takes effect between batches: 64 prompt tokens take about half a second on two cores,
# and larger batches are hardly faster there.
N_BATCH = 64


class Engine:
    """One model, loaded by `load`; it answers `N_PARALLEL` chats at a time, the others wait.

    Args:
        path: The GGUF file.
        threads: Threads that compute; None: the usable cores, at most `MAX_THREADS`.
    """

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        self._path = path
        self._threads = threads or min(usable_cores(), MAX_THREADS)
        self._server: Any = None
        self._lock = threading.Lock()
        self._running: set[_Generation] = set()

    @property
    def n_ctx(self) -> int:
        """Tokens of one conversation, prompt and answer together."""
        return N_CTX

    def load(self) -> None:
        """Load the model; blocks for a second or two, and does nothing the second time.

        Raises:
            ConfigurationError: xllamacpp is not installed, or cannot load the file.
        """
        with self._lock:
            if self._server is None:
                self._server = _load(_import_xllamacpp(), self._path, self._threads)
                atexit.register(self.close)

    async def chat(
        self, messages: Sequence[ChatMessage], options: ChatOptions
    ) -> AsyncGenerator[Text | Finished, None]:
        """Answer in pieces, ending with `Finished`; closing the iterator stops the model.

        Raises:
            QwenContextOverflowError: The prompt does not fit the window.
            QwenRequestError: The options or the messages are refused.
            QwenBusyError: `MAX_PENDING` requests run or wait already.
            QwenServerError: The engine failed.
            QwenServerDiedError: The engine is not loaded, or was closed meanwhile.
        """
        generation = self._start(_request(messages, options))
        done_reason = "stop"
        try:
            while (chunk := await generation.next_chunk()) is not None:
                if text := _text(chunk):
                    yield Text(text)
                done_reason = _finish_reason(chunk) or done_reason
                if "usage" in chunk:
                    yield _finished(done_reason, chunk)
                    return
        finally:
            generation.stop()
        if self._server is None:
            raise QwenServerDiedError("the embedded model was closed")
        raise QwenIncompleteError("the embedded model stopped without a word")

    def close(self) -> None:
        """Stop every chat, wait for their threads and free the model; safe to call twice."""
        with self._lock:
            server, self._server = self._server, None
            running = list(self._running)
        atexit.unregister(self.close)
        for generation in running:
            generation.stop()
        for generation in running:
            generation.join()
        del server

    def _start(self, request: dict[str, Any]) -> _Generation:
        with self._lock:
            if self._server is None:
                raise QwenServerDiedError("the embedded model is not loaded")
            if len(self._running) >= MAX_PENDING:
                raise QwenBusyError(
                    "server busy, please try again.  maximum pending requests exceeded"
                )
            generation = _Generation(self._server, request, self._forget)
            self._running.add(generation)
        generation.start()
        return generation

    def _forget(self, generation: _Generation) -> None:
        with self._lock:
            self._running.discard(generation)


class _Generation:
    """One call into llama.cpp, in a thread of its own, read from an event loop.

    The interpreter aborts when it exits under a native callback: `Engine.close`, which also runs at
    exit, stops the thread and waits for it.
    """

    def __init__(
        self, server: Any, request: dict[str, Any], on_end: Callable[[_Generation], None]
    ) -> None:
        self._server = server
        self._request = request
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._chunks: asyncio.Queue[dict[str, Any] | Exception | None] = asyncio.Queue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="qwen", daemon=True)
        self.start = self._thread.start
        self.join = self._thread.join
        self.stop = self._stopped.set

    async def next_chunk(self) -> dict[str, Any] | None:
        """Give llama.cpp's next chunk, or None at the end."""
        chunk = await self._chunks.get()
        if isinstance(chunk, Exception):
            raise chunk
        if chunk is not None and "error" in chunk:
            raise _error(chunk["error"])
        return chunk

    def _run(self) -> None:
        try:
            self._server.handle_chat_completions(self._request, self._on_chunk)
        except (TypeError, ValueError) as error:
            self._put(QwenRequestError(str(error)))
        except Exception as error:
            self._put(QwenServerError(f"the embedded model failed: {error}"))
        finally:
            del self._server  # the last reference frees the model, and must not linger here
            self._on_end(self)
            self._put(None)

    def _on_chunk(self, chunk: dict[str, Any]) -> bool:
        """Hand on a chunk; True makes llama.cpp stop."""
        self._put(chunk)
        return self._stopped.is_set()

    def _put(self, item: dict[str, Any] | Exception | None) -> None:
        with contextlib.suppress(RuntimeError):  # the reader's loop is closed: nobody listens
            self._loop.call_soon_threadsafe(self._chunks.put_nowait, item)


def usable_cores() -> int:
    """Count the cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _import_xllamacpp() -> Any:
    # OpenMP reads this once, when it is loaded. Threads that spin while they wait for each other
    # make the model some ten times slower as soon as anything else runs on the machine.
    os.environ.setdefault("GOMP_SPINCOUNT", "100")
    try:
        return importlib.import_module("xllamacpp")
    except ModuleNotFoundError:
        remedy = 'pip install -c constraints.txt -e ".[embedded]"'
        raise ConfigurationError(f"the embedded model is not installed: {remedy}") from None
    except (ImportError, OSError) as error:
        if "libgomp" in str(error):
            remedy = "apt-get install libgomp1"
            raise ConfigurationError(f"the embedded model needs libgomp: {remedy}") from error
        raise ConfigurationError(f"the embedded model cannot run here: {error}") from error


def _load(xllamacpp: Any, path: Path, threads: int) -> Any:
    with tempfile.TemporaryDirectory(prefix="qwen-router-") as folder:
        params = _params(xllamacpp, path, threads)
        params.hostnames = [str(Path(folder, "llama.sock"))]
        try:
            return xllamacpp.Server(params)
        except (RuntimeError, ValueError) as error:
            raise ConfigurationError(f"{path} cannot be loaded as a model: {error}") from error


def _params(xllamacpp: Any, path: Path, threads: int) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = N_CTX * N_PARALLEL
    params.n_parallel = N_PARALLEL
    params.kv_unified = False  # a shared window fails both chats when they do not fit together
    params.n_batch = N_BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.n_threads_http = 1
    params.cache_ram_mib = 0
    params.use_jinja = True
    params.fit_params = params.warmup = params.ui = False
    params.verbosity = 0
    return params


def _request(messages: Sequence[ChatMessage], options: ChatOptions) -> dict[str, Any]:
    request = {
        "messages": [{"role": turn.role, "content": turn.content} for turn in messages],
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # chunks while the prompt is read: only a chunk can cancel
        "max_tokens": options.num_predict or -1,
        "temperature": options.temperature,
        "top_p": options.top_p,
        "top_k": options.top_k,
        "min_p": 0.0,
        "repeat_penalty": options.repeat_penalty,
        "stop": list(options.stop),
        "cache_prompt": options.seed is None,  # a prompt read from cache rounds differently
    }
    if options.seed is not None:
        request["seed"] = options.seed
    if options.response_format is not None:
        request["response_format"] = dict(options.response_format)
    return request


def _text(chunk: dict[str, Any]) -> str:
    return "".join(choice["delta"].get("content") or "" for choice in chunk.get("choices", ()))


def _finish_reason(chunk: dict[str, Any]) -> str | None:
    reasons = (choice.get("finish_reason") for choice in chunk.get("choices", ()))
    return next((reason for reason in reasons if reason), None)


def _finished(done_reason: str, chunk: dict[str, Any]) -> Finished:
    usage, timings = chunk["usage"], chunk["timings"]
    return Finished(
        done_reason="length" if done_reason == "length" else "stop",
        prompt_tokens=usage["prompt_tokens"],
        output_tokens=usage["completion_tokens"],
        prompt_ms=timings["prompt_ms"],
        output_ms=timings["predicted_ms"],
    )


def _error(payload: dict[str, Any]) -> Exception:
    if payload.get("type") == "exceed_context_size_error":
        return QwenContextOverflowError(
            "the prompt is longer than the context length "
            f"({payload['n_prompt_tokens']} tokens, at most {payload['n_ctx']})"
        )
    message = str(payload.get("message", payload))
    return QwenRequestError(message) if payload.get("code") == 400 else QwenServerError(message)
