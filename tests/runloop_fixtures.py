"""ChatRunloop on a real local devbox and a scripted Ollama, for tests."""

from __future__ import annotations

import functools
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from langchain_core.messages import AIMessage
from pydantic import SecretStr

from graph.devbox.box import Devbox
from graph.devbox.client import RunloopClient
from graph.devbox.local import Faults, LocalDevboxServer
from graph.models.runloop import ChatRunloop
from tests.local_devbox_fixtures import wait_for
from tests.wire.ollama import OllamaServer

MODEL = "qwen2.5-coder:1.5b"
HOWS = ("invoke", "ainvoke", "stream", "astream")


@dataclass(frozen=True)
class Bench:
    """A running devbox with one box, an Ollama, and models that ask it through the box.

    Attributes:
        server: The local devbox.
        faults: Its faults and its record of requests.
        ollama: The scripted model server.
        address: Arguments of a `RunloopClient` for the devbox.
        devbox_id: The box.
    """

    server: LocalDevboxServer
    faults: Faults
    ollama: OllamaServer
    address: dict[str, Any]
    devbox_id: str = ""

    def client(self, **options: Any) -> RunloopClient:
        return RunloopClient(**{**self.address, **options})

    def box(self, client: RunloopClient | None = None, **fields: Any) -> Devbox:
        fields = {"ollama_url": self.ollama.url, "starts_ollama": False, **fields}
        fields.setdefault("id", self.devbox_id)
        return Devbox(client or self.client(), **fields)

    def model(self, box: Devbox | None = None, **fields: Any) -> ChatRunloop:
        return ChatRunloop(**{"model": MODEL, "devbox": box or self.box(), **fields})

    def reset(self) -> None:
        self.faults.clear()
        self.ollama.reset()

    def calls(self, suffix: str) -> list[Any]:
        """Requests to the devbox whose path ends in `suffix`."""
        return [r for r in self.faults.requests if r.path.endswith(suffix)]

    @property
    def http(self) -> httpx.Client:
        """A plain client of the devbox."""
        uds = self.address.get("uds")
        key = self.address.get("api_key")
        headers = {} if key is None else {"authorization": f"Bearer {key.get_secret_value()}"}
        transport = httpx.HTTPTransport(uds=uds) if uds else None
        return httpx.Client(
            base_url=self.address["base_url"], headers=headers, transport=transport, timeout=30
        )

    def files(self) -> list[str]:
        """Uploaded requests that lie in the box's home."""
        return sorted(p.name for p in self.home.glob(".qwen-router-*"))

    @property
    def home(self) -> Path:
        """The box's home."""
        return self.server.socket_path.parent / "boxes" / self.devbox_id

    def processes(self) -> list[bytes]:
        """Command lines of what runs in the box now."""
        marker = f"QWEN_ROUTER_DEVBOX={self.devbox_id}".encode()
        return [line for line in map(functools.partial(_line_of, marker), _pids()) if line]

    def quiet(self, timeout_s: float = 1.0) -> bool:
        """Whether all processes of the box ended within `timeout_s`.

        Looks twice: a process has no environment while it becomes another program.
        """
        limit = time.monotonic() + timeout_s
        while wait_for(lambda: not self.processes(), limit - time.monotonic()):
            time.sleep(0.02)
            if not self.processes():
                return True
        return False

    def left_within(self, timeout_s: float, *, since: float) -> bool:
        """Whether Ollama saw its client go away within `timeout_s` seconds after `since`."""
        if not wait_for(lambda: bool(self.ollama.left_at), timeout_s + 2):
            return False
        return self.ollama.left_at[-1] - since < timeout_s


@contextmanager
def open_bench(kind: str = "socket") -> Iterator[Bench]:
    """A bench over a Unix socket (`socket`) or over loopback with a token (`loopback`)."""
    faults = Faults()
    if kind == "socket":
        server = LocalDevboxServer.start(faults=faults)
        address: dict[str, Any] = {"base_url": "http://devbox", "uds": str(server.socket_path)}
    else:
        token = secrets.token_urlsafe(24)
        server = LocalDevboxServer.start_on_loopback(token, faults=faults)
        address = {"base_url": server.url, "api_key": SecretStr(token)}
    try:
        with OllamaServer() as ollama:
            bench = Bench(server, faults, ollama, address)
            with bench.http as http:
                view = http.post("/v1/devboxes/create_and_await_running", json={}).json()
            yield Bench(server, faults, ollama, address, view["id"])
    finally:
        server.close()


async def ask(model: Any, how: str, prompt: Any = "Reverse a string", **options: Any) -> AIMessage:
    """One call in one of LangChain's four ways; the message of a stream is its chunks' sum."""
    if how == "invoke":
        return model.invoke(prompt, **options)
    if how == "ainvoke":
        return await model.ainvoke(prompt, **options)
    if how == "stream":
        return joined(list(model.stream(prompt, **options)))
    return joined([chunk async for chunk in model.astream(prompt, **options)])


def joined(chunks: list[Any]) -> AIMessage:
    """The sum of a stream's chunks."""
    return functools.reduce(lambda left, right: left + right, chunks)


def now() -> float:
    return time.monotonic()


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _line_of(marker: bytes, pid: int) -> bytes:
    try:
        if pid == os.getpid() or marker not in Path(f"/proc/{pid}/environ").read_bytes():
            return b""
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
