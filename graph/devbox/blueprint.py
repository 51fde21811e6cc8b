"""A box of our own: the one that already runs, else a new one made from the blueprint."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from graph.devbox.client import RunloopClient
from graph.devbox.wire import DevboxView
from graph.errors import ConfigurationError, DevboxRequestError, DevboxUnavailableError
from graph.settings import QWEN_NUM_CTX

logger = logging.getLogger("qwen_router")

METADATA = {"app": "qwen-router", "role": "qwen"}
DAY_MS = 24 * 60 * 60 * 1000
IDLE_S = 15 * 60
START_LIMIT_S = 300
SIZE = "LARGE"
PRICE_USD_PER_HOUR = 0.42
"""Of a LARGE box (2 vCPU, 8 GiB, 16 GiB disk) by Runloop's price page of May 2026."""
STARTING = ("queued", "scheduled", "provisioning", "initializing", "resuming")


async def adopt_or_create(
    client: RunloopClient, blueprint_id: str, *, max_creates_per_day: int, now_ms: int
) -> str:
    """Id of a running box of ours that was made from the blueprint.

    Args:
        client: The account.
        blueprint_id: Image with Ollama and Qwen.
        max_creates_per_day: No box is made once so many were, in the last 24 hours.
        now_ms: Wall clock, milliseconds since 1970.

    Raises:
        ConfigurationError: The blueprint does not exist, or the day's boxes are used up.
        RunloopError: Runloop failed.
    """
    ours = [box for box in await client.list_boxes() if box.metadata.items() >= METADATA.items()]
    for box in ours:
        if box.blueprint_id == blueprint_id and box.status in ("running", *STARTING):
            return (await _until_running(client, box)).id
    made_today = sum(box.create_time_ms > now_ms - DAY_MS for box in ours)
    if made_today >= max_creates_per_day:
        raise ConfigurationError(
            f"{made_today} boxes were made in 24 hours: raise RUNLOOP_MAX_CREATES_PER_DAY"
        )
    return (await _until_running(client, await _create(client, blueprint_id))).id


async def _create(client: RunloopClient, blueprint_id: str) -> DevboxView:
    try:
        box = await client.create(_request(blueprint_id))
    except DevboxRequestError as error:
        raise ConfigurationError(f"QWEN_OLLAMA_BLUEPRINT_ID={blueprint_id}: {error}") from error
    logger.warning(
        "made devbox %s (%s, about $%.2f an hour, shut down after %d idle minutes)",
        box.id,
        SIZE,
        PRICE_USD_PER_HOUR,
        IDLE_S // 60,
    )
    return box


async def _until_running(client: RunloopClient, box: DevboxView) -> DevboxView:
    try:
        async with asyncio.timeout(START_LIMIT_S):
            while box.status in STARTING:
                box = await client.wait_until_running(box.id) or box
    except TimeoutError:
        text = f"devbox {box.id} did not start within {START_LIMIT_S} s"
        raise DevboxUnavailableError(text) from None
    if box.status != "running":
        reason = f" ({box.failure_reason})" if box.failure_reason else ""
        raise DevboxUnavailableError(f"devbox {box.id} is in state {box.status}{reason}")
    return box


def _request(blueprint_id: str) -> dict[str, Any]:
    return {
        "blueprint_id": blueprint_id,
        "name": "qwen-router",
        "metadata": METADATA,
        "environment_variables": {
            "OLLAMA_KEEP_ALIVE": "-1",
            "OLLAMA_NUM_PARALLEL": "1",
            "OLLAMA_CONTEXT_LENGTH": str(QWEN_NUM_CTX),
        },
        "launch_parameters": {
            "resource_size_request": SIZE,
            "launch_commands": ["setsid -f ollama serve >/tmp/ollama.log 2>&1 </dev/null"],
            "lifecycle": {"after_idle": {"idle_time_seconds": IDLE_S, "on_idle": "shutdown"}},
        },
    }
