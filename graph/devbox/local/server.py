"""The local devbox as a server of this process."""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import tempfile
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from pathlib import Path

from graph.background import BackgroundServer
from graph.devbox.local.app import create_app
from graph.devbox.local.boxes import Boxes
from graph.devbox.local.faults import Faults
from graph.errors import ConfigurationError

MAX_SOCKET_PATH_BYTES = 100
CLOSE_TIMEOUT_S = 10.0
SOCKET_NAME = "s"


class LocalDevboxServer:
    """Serves `create_app` from a daemon thread; made by `start` or `start_on_loopback`.

    The boxes and everything that runs in them end with `close`, or with the process.

    Args:
        folder: A private folder that belongs to this server and is removed by `close`.
        token: Serve on loopback with this bearer token; None serves on a Unix socket in `folder`.
        faults: Faults to obey, for tests.
    """

    def __init__(self, folder: Path, *, token: str | None, faults: Faults | None) -> None:
        self._folder = folder
        app = create_app(folder / "boxes", token=token, faults=faults)
        self._boxes: Boxes = app.state.boxes
        uds = self.socket_path if token is None else None
        self._server = BackgroundServer(app, uds=uds, name="local-devbox")

    @classmethod
    def start(cls, *, faults: Faults | None = None) -> LocalDevboxServer:
        """Serve on a Unix socket that only this user can reach.

        Raises:
            ConfigurationError: bash is missing, or there is no folder for the socket.
        """
        return cls._start(token=None, faults=faults)

    @classmethod
    def start_on_loopback(cls, token: str, *, faults: Faults | None = None) -> LocalDevboxServer:
        """Serve on a free port of 127.0.0.1, to those who know `token`.

        Raises:
            ConfigurationError: bash is missing, or the server did not come up.
        """
        if not token:
            raise ConfigurationError("the local devbox needs a token to be served on a port")
        return cls._start(token=token, faults=faults)

    @property
    def socket_path(self) -> Path:
        """The Unix socket."""
        return self._folder / SOCKET_NAME

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`; only for a server on loopback."""
        return self._server.url

    def close(self) -> None:
        """Kill what runs in the boxes, stop serving, remove the folder; safe to call twice."""
        atexit.unregister(self.close)
        self._close_boxes()
        self._server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @classmethod
    def _start(cls, *, token: str | None, faults: Faults | None) -> LocalDevboxServer:
        folder = make_private_folder()
        try:
            server = cls(folder, token=token, faults=faults)
            server._server.start()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        atexit.register(server.close)
        return server

    def _close_boxes(self) -> None:
        # Before the server stops: open streams end with their commands and need not be cut.
        loop = self._boxes.loop
        if loop is None or loop.is_closed():
            return
        with suppress(FutureTimeoutError, RuntimeError):
            closing = asyncio.run_coroutine_threadsafe(self._boxes.close(), loop)
            closing.result(CLOSE_TIMEOUT_S)


def make_private_folder() -> Path:
    """A new folder of mode 0700, in a place where the path of a Unix socket is short enough.

    Raises:
        ConfigurationError: No such place can be written.
    """
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp")):  # noqa: S108 - made by mkdtemp
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix="qwen-router-", dir=parent))
            if len(os.fsencode(folder / SOCKET_NAME)) < MAX_SOCKET_PATH_BYTES:
                return folder
            folder.rmdir()
    raise ConfigurationError("no folder for the devbox's socket: make /tmp writable")
