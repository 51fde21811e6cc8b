"""All boxes of one server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graph.devbox.local.box import Box
from graph.devbox.local.faults import Faults
from graph.devbox.local.processes import find_bash
from graph.devbox.local.wire import ApiError


class Boxes:
    """All boxes of one server, oldest first.

    Raises:
        ConfigurationError: There is no bash.
    """

    def __init__(self, root: Path, faults: Faults) -> None:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.faults = faults
        self.closing = False
        self.by_id: dict[str, Box] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self._root = root.resolve()
        self._bash = find_bash()

    def create(self, request: Mapping[str, Any]) -> Box:
        """Make a box and boot it in the background.

        Raises:
            ApiError: 503, the server is closing.
        """
        if self.closing:
            raise ApiError(503, "the server is closing")
        box = Box(self._root, self._bash, self.faults, request)
        box.start()
        self.by_id[box.id] = box
        return box

    def get(self, devbox_id: str) -> Box:
        """The box of that id.

        Raises:
            ApiError: 404, there is none.
        """
        try:
            return self.by_id[devbox_id]
        except KeyError:
            raise ApiError(404, "Devbox not found") from None

    async def close(self) -> None:
        """Shut every box down; no process of theirs is left."""
        self.closing = True
        for box in self.by_id.values():
            box.changed.fire()
        await asyncio.gather(*(box.shut_down() for box in self.by_id.values()))
