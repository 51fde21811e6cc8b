"""A box of our own, over the local devbox on loopback through the real client."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from graph.devbox.blueprint import METADATA, adopt_or_create
from graph.devbox.client import RunloopClient
from graph.errors import ConfigurationError, DevboxUnavailableError
from tests.local_devbox_fixtures import LoopbackDevbox, loopback_devbox

BLUEPRINT = "bpt_31JZQ"


@pytest.fixture
def devbox() -> Iterator[LoopbackDevbox]:
    with loopback_devbox() as running:
        yield running


@pytest_asyncio.fixture
async def client(devbox: LoopbackDevbox) -> AsyncIterator[RunloopClient]:
    made = RunloopClient(devbox.url, api_key=SecretStr(devbox.token), hold_s=1)
    yield made
    await made.aclose()


async def adopt(
    client: RunloopClient, blueprint: str = BLUEPRINT, *, most: int = 3, days_later: int = 0
) -> str:
    now_ms = int((time.time() + days_later * 86_400) * 1000)
    return await adopt_or_create(client, blueprint, max_creates_per_day=most, now_ms=now_ms)


def creations(devbox: LoopbackDevbox) -> list[Any]:
    requests = devbox.faults.requests
    return [seen.body for seen in requests if seen.path.endswith("/create_and_await_running")]


async def test_a_box_is_made_once_with_a_limit_on_its_idle_time_and_a_line_on_its_price(
    devbox: LoopbackDevbox, client: RunloopClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="qwen_router"):
        made = await adopt(client)
        assert await adopt(client) == made
    [body] = creations(devbox)
    assert (body["blueprint_id"], body["metadata"]) == (BLUEPRINT, METADATA)
    idle = body["launch_parameters"]["lifecycle"]["after_idle"]
    assert idle == {"idle_time_seconds": 900, "on_idle": "shutdown"}
    [line] = caplog.messages
    assert made in line
    assert "about $0.42 an hour" in line


async def test_a_box_from_another_blueprint_is_not_adopted(client: RunloopClient) -> None:
    assert await adopt(client) != await adopt(client, "bpt_other")


async def test_a_box_of_somebody_else_is_left_alone(
    devbox: LoopbackDevbox, client: RunloopClient
) -> None:
    other = await client.create({"name": "qwen-router", "metadata": {"app": "qwen-router"}})
    assert await adopt(client) != other.id


async def test_a_box_that_still_starts_is_waited_for(
    devbox: LoopbackDevbox, client: RunloopClient
) -> None:
    devbox.faults.boot_s = 0.3
    with devbox.client() as http:
        body = {"blueprint_id": BLUEPRINT, "metadata": METADATA}
        started = http.post("/v1/devboxes", json=body).json()
    assert started["status"] != "running"
    assert await adopt(client) == started["id"]
    assert (await client.retrieve(started["id"])).status == "running"


async def test_a_box_that_has_ended_is_replaced_until_the_days_boxes_are_used_up(
    devbox: LoopbackDevbox, client: RunloopClient
) -> None:
    seen = set()
    for _ in range(2):
        box_id = await adopt(client, most=2)
        seen.add(box_id)
        with devbox.client() as http:
            http.post(f"/v1/devboxes/{box_id}/shutdown").raise_for_status()
    assert len(seen) == 2
    with pytest.raises(ConfigurationError, match="RUNLOOP_MAX_CREATES_PER_DAY"):
        await adopt(client, most=2)
    assert await adopt(client, most=2, days_later=2) not in seen


@pytest.mark.parametrize("status", [400, 404])
async def test_an_unknown_blueprint_is_a_setting_to_correct(
    devbox: LoopbackDevbox, client: RunloopClient, status: int
) -> None:
    devbox.faults.answer(
        "/create_and_await_running", status, body={"message": "Blueprint not found"}
    )
    with pytest.raises(ConfigurationError, match=f"QWEN_OLLAMA_BLUEPRINT_ID={BLUEPRINT}"):
        await adopt(client)


async def test_a_box_that_fails_to_start_says_why(
    devbox: LoopbackDevbox, client: RunloopClient
) -> None:
    devbox.faults.fail_boot("out_of_disk")
    with pytest.raises(DevboxUnavailableError, match=r"failure.*out_of_disk"):
        await adopt(client)
