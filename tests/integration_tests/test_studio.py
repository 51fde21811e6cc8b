"""`langgraph dev` without keys, as a process of its own, used through its SDK as Studio does."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from nodes.context import Context
from nodes.state import OutputState
from tests.command import processes_naming
from tests.fake_ollama import FakeOllama
from tests.graph_fixtures import CHAT, CODE, GOOD
from tests.local_devbox_fixtures import wait_for

LANGGRAPH = str(Path(sys.executable).with_name("langgraph"))
CONFIGURATION = Path(__file__).parents[2] / "langgraph.json"
START_TIMEOUT_S = 45.0


@dataclass(frozen=True)
class Studio:
    """A running server."""

    url: str
    log: Path
    ollama: FakeOllama
    folder: Path


@pytest_asyncio.fixture
async def client(studio: Studio) -> AsyncIterator[LangGraphClient]:
    studio.ollama.answer()
    async with get_client(url=studio.url) as opened:
        yield opened


def environment(folder: Path, ollama_url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "OLLAMA_HOST": ollama_url,
        "QWEN_ROUTER_DATA": str(folder / "data"),
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGSMITH_TRACING": "false",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ok", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("studio")
    shutil.copy(CONFIGURATION, folder)
    log, port = folder / "dev.log", free_port()
    with FakeOllama() as ollama, log.open("wb") as output:
        process = subprocess.Popen(
            [LANGGRAPH, "dev", "--no-browser", "--no-reload", "--port", str(port)],
            env=environment(folder, ollama.url),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            running = Studio(f"http://127.0.0.1:{port}", log, ollama, folder)
            assert wait_for(lambda: answers(running.url), START_TIMEOUT_S), log.read_text()
            yield running
        finally:
            stop(process)
        assert wait_for(lambda: processes_naming(str(folder)) == [])


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=5)


def question(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


def test_the_configuration_is_valid_without_an_env_file(tmp_path: Path) -> None:
    shutil.copy(CONFIGURATION, tmp_path)
    done = subprocess.run(
        [LANGGRAPH, "validate"],
        env=environment(tmp_path, ""),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 graph found" in done.stdout


async def test_studio_finds_the_graph_its_form_and_its_drawing(client: LangGraphClient) -> None:
    [assistant] = await client.assistants.search()
    assert (assistant["graph_id"], assistant["name"]) == ("router", "qwen-router")

    schemas = await client.assistants.get_schemas(assistant["assistant_id"])
    assert list((schemas["input_schema"] or {})["properties"]) == ["messages"]
    assert set((schemas["output_schema"] or {})["properties"]) == set(OutputState.__annotations__)
    form = (schemas["context_schema"] or {})["properties"]
    assert {name: field["default"] for name, field in form.items()} == vars(Context())

    drawing = await client.assistants.get_graph(assistant["assistant_id"])
    names = {node["id"] for node in drawing["nodes"]}
    assert names >= {"classify", "qwen_generate", "quality_gate", "polish", "groq_chat", "respond"}


async def test_two_questions_on_one_thread_remember_the_first(
    studio: Studio, client: LangGraphClient
) -> None:
    thread = await client.threads.create()
    for text in (CODE, CHAT):
        state = await client.runs.wait(
            thread["thread_id"], "router", input=question(text), context={"footer": False}
        )
        assert isinstance(state, dict)
        assert state["answer"] == GOOD
    assert (state["intent"], state["provider"]) == ("chat", "qwen")
    assert studio.ollama.conversations == [[CODE], [CODE, GOOD, CHAT]]


async def test_a_run_streams_its_draft_its_steps_and_its_answer(
    studio: Studio, client: LangGraphClient
) -> None:
    parts = [
        part
        async for part in client.runs.stream(
            None,
            "router",
            input=question(CODE),
            stream_mode=["custom", "updates", "messages-tuple"],
        )
    ]
    draft = "".join(part.data["text"] for part in parts if part.event == "custom")
    assert draft == GOOD
    steps = [node for part in parts if part.event == "updates" for node in part.data]
    assert steps == ["classify", "qwen_generate", "quality_gate", "respond"]
    answers = [part.data[0]["content"] for part in parts if part.event == "messages"]
    assert answers == [GOOD]


async def test_nothing_blocked_the_event_loop(studio: Studio, client: LangGraphClient) -> None:
    await client.runs.wait(None, "router", input=question(CODE))
    log = studio.log.read_text()
    assert "BlockingError" not in log
    assert "Traceback" not in log
