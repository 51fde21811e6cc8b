"""An ASGI app served from a daemon thread of this process: the local devbox, the embedded model."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import uvicorn

from graph.errors import ConfigurationError

START_TIMEOUT_S = 10.0


class BackgroundServer:
    """Serves `app` on a Unix socket, or on a free loopback port when `uds` is None.

    The thread's event loop is asyncio's own: under uvloop the pipes of a child process leak into
    the daemons that it starts, and their end is never seen.
    """

    def __init__(self, app: Any, *, uds: Path | None = None, name: str) -> None:
        config = uvicorn.Config(
            app,
            uds=None if uds is None else str(uds),
            host="127.0.0.1",
            port=0,
            loop="asyncio",
            lifespan="on",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread and wait until the app accepts connections.

        Raises:
            ConfigurationError: The server did not come up within `START_TIMEOUT_S`.
        """
        self._thread.start()
        limit = time.monotonic() + START_TIMEOUT_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > limit:
                raise ConfigurationError(f"the server {self._thread.name!r} did not start")
            time.sleep(0.005)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`; only for a server on a port."""
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def close(self) -> None:
        """Stop serving and wait for the thread; safe to call twice."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)
