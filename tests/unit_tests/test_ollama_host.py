"""An Ollama that already runs: OLLAMA_HOST's spellings, the probe, the choice of a model."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from graph.errors import ConfigurationError
from graph.models.ollama_host import (
    MEMORY_SHARE,
    InstalledModel,
    best_model,
    installed_models,
    ollama_url,
)
from tests.wire.ollama import OllamaServer

NEAR, FAR = "http://127.0.0.1:11434", "http://10.0.0.7:11434"
GB = 1_000_000_000
PATIENT_S = 10.0

SPELLINGS = {
    None: "http://127.0.0.1:11434",
    "": "http://127.0.0.1:11434",
    "1.2.3.4": "http://1.2.3.4:11434",
    "1.2.3.4:5": "http://1.2.3.4:5",
    ":1234": "http://127.0.0.1:1234",
    "0.0.0.0": "http://127.0.0.1:11434",
    "0.0.0.0:1234": "http://127.0.0.1:1234",
    "localhost/": "http://localhost:11434",
    "my-host_1.example": "http://my-host_1.example:11434",
    "http://1.2.3.4": "http://1.2.3.4:80",
    "https://example.com": "https://example.com:443",
    "https://example.com:1/ollama/": "https://example.com:1/ollama",
    "::1": "http://[::1]:11434",
    "[::1]": "http://[::1]:11434",
    "[::]:7": "http://127.0.0.1:7",
    " '1.2.3.4:5' ": "http://1.2.3.4:5",
    '"1.2.3.4"': "http://1.2.3.4:11434",
}
NO_ADDRESSES = [
    "ftp://host",
    "host:port",
    "host:99999",
    "a b",
    "user:secret@host",
    "http://host?x=1",
    "http://host/#x",
    "http://host/a b",
    "http://[::1",
    "$(id)",
    "host;id",
    "ho'st",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_spellings_of_ollama_host(host: str | None) -> None:
    assert ollama_url(host) == SPELLINGS[host]


@pytest.mark.parametrize("host", NO_ADDRESSES)
def test_what_is_no_address_is_named(host: str) -> None:
    with pytest.raises(ConfigurationError, match=r"OLLAMA_HOST=.* is no address such as"):
        ollama_url(host)


# --- the probe


def test_models_of_a_running_ollama() -> None:
    with OllamaServer() as ollama:
        ollama.tags = [{"name": "qwen2.5-coder:7b", "size": 5}, {"name": "llama3", "size": None}]
        found = installed_models(ollama.url, timeout_s=PATIENT_S)
        assert found == [InstalledModel("qwen2.5-coder:7b", 5), InstalledModel("llama3", 0)]
        ollama.tags = None
        assert installed_models(ollama.url, timeout_s=PATIENT_S) == []
        assert ollama.received == []


@pytest.mark.parametrize("tags", ["text", 7, ["text"], [{}], [{"name": "x", "size": 1}, None]])
def test_a_server_that_is_no_ollama(tags: Any) -> None:
    with OllamaServer() as server:
        server.tags = tags
        assert installed_models(server.url, timeout_s=PATIENT_S) is None


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert installed_models(f"http://127.0.0.1:{port}") is None


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends a header's byte every 50 ms, and so never ends."""
    listener, stop = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        thread.join(5)
        listener.close()


def test_a_slow_server_is_given_up_after_the_probes_time() -> None:
    with OllamaServer() as ollama:
        ollama.tags_delay_s = 1.0
        started = time.monotonic()
        assert installed_models(ollama.url) is None
        assert time.monotonic() - started < 0.8


def test_a_dripping_server_is_given_up_after_the_probes_time() -> None:
    with dripping() as url:
        started = time.monotonic()
        assert installed_models(url) is None
        assert time.monotonic() - started < 0.8


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with OllamaServer() as ollama:
        assert installed_models(ollama.url, timeout_s=PATIENT_S) == []


# --- the choice


def models(**sizes_gb: float) -> list[InstalledModel]:
    names = {name.replace("_", "."): size for name, size in sizes_gb.items()}
    return [InstalledModel(f"qwen2.5-coder:{tag}", int(size * GB)) for tag, size in names.items()]


def test_the_largest_that_fits_this_machine() -> None:
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    fits, too_large = memory_gb * MEMORY_SHARE * 0.99, memory_gb * MEMORY_SHARE * 1.01
    found = [*models(a=fits / 2, b=fits, c=too_large), InstalledModel("llama3:70b", 1)]
    assert best_model(found, NEAR) == "qwen2.5-coder:b"
    assert best_model(found, FAR) == "qwen2.5-coder:c"


def test_base_models_and_other_families_are_passed_over() -> None:
    found = [
        InstalledModel("qwen2.5-coder:1.5b-base", 2),
        InstalledModel("qwen2.5-coder:0.5b-instruct-q8_0", 1),
        InstalledModel("qwen2.5:7b", 3),
    ]
    assert best_model(found, NEAR) == "qwen2.5-coder:0.5b-instruct-q8_0"
    assert best_model(found[:1], NEAR) is None
    assert best_model([], NEAR) is None
