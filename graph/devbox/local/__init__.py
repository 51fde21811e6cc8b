"""A devbox on this machine: Runloop's REST API, answered here, its commands run by real bash."""

from __future__ import annotations

from graph.devbox.local.app import create_app
from graph.devbox.local.faults import Faults, RecordedRequest
from graph.devbox.local.server import LocalDevboxServer

__all__ = ["Faults", "LocalDevboxServer", "RecordedRequest", "create_app"]
