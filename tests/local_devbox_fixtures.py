"""A local devbox on loopback for tests, and small helpers to look at its processes."""

from __future__ import annotations

import os
import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from graph.devbox.local import Faults, LocalDevboxServer


@dataclass(frozen=True)
class LoopbackDevbox:
    """A running server, the way in, and its faults."""

    url: str
    token: str
    faults: Faults

    def client(self) -> httpx.Client:
        """A plain client that carries the token."""
        headers = {"authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)


@contextmanager
def loopback_devbox() -> Iterator[LoopbackDevbox]:
    """Serve on a free loopback port with a random token."""
    faults, token = Faults(), secrets.token_urlsafe(24)
    server = LocalDevboxServer.start_on_loopback(token, faults=faults)
    try:
        yield LoopbackDevbox(server.url, token, faults)
    finally:
        server.close()


class RawBox:
    """One running box, spoken to in plain HTTP."""

    def __init__(self, client: httpx.Client, **create: Any) -> None:
        self.client = client
        answer = client.post("/v1/devboxes/create_and_await_running", json=create)
        self.view: dict[str, Any] = answer.raise_for_status().json()
        self.path = f"/v1/devboxes/{self.view['id']}"

    def post(self, action: str, body: Any = None, **options: Any) -> httpx.Response:
        return self.client.post(f"{self.path}/{action}", json=body, **options)

    def get(self, action: str, **options: Any) -> httpx.Response:
        return self.client.get(f"{self.path}/{action}", **options)

    def execute(self, command: str, **body: Any) -> httpx.Response:
        body.setdefault("command_id", str(uuid.uuid4()))
        return self.post("execute", {"command": command, **body})

    def run(self, command: str) -> str:
        """Standard output of a command that must succeed."""
        view = self.execute(command).raise_for_status().json()
        assert view["exit_status"] == 0, view
        return str(view["stdout"])

    def reach(self, *statuses: str) -> dict[str, Any]:
        answer = self.post("wait_for_status", {"statuses": statuses, "timeout_seconds": 5})
        view: dict[str, Any] = answer.raise_for_status().json()
        return view


def commands_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return commands_of(pid) != b""


def wait_for(reached: Callable[[], bool], timeout_s: float = 3.0) -> bool:
    limit = time.monotonic() + timeout_s
    while not reached():
        if time.monotonic() > limit:
            return False
        time.sleep(0.01)
    return True
