"""ChatRunloop's answers, through a real local devbox and a scripted Ollama."""

import asyncio
import gc
import logging
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, ChatMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.utils import count_tokens_approximately
from runloop_api_client import AsyncRunloop, omit

from graph.errors import ConfigurationError, DevboxAuthenticationError, QwenRequestError
from graph.models.runloop import ChatRunloop
from tests.local_devbox_fixtures import wait_for
from tests.runloop_fixtures import HOWS, MODEL, ask, open_bench
from tests.wire.ollama import OllamaReply

HARD_TEXT = "naïve 😀 日本語 \"'$(id)`x`\\\n\ttab\u2028sep\x85next\x00nul\u200e </s>"
USAGE = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18}


@pytest.fixture(scope="module", params=["socket", "loopback"])
def any_bench(request):
    with open_bench(request.param) as opened:
        yield opened


@pytest.fixture(scope="module")
def one_bench():
    with open_bench() as opened:
        yield opened


@pytest.fixture
def both(any_bench):
    any_bench.reset()
    return any_bench


@pytest.fixture
def bench(one_bench):
    one_bench.reset()
    return one_bench


# --- the answer


@pytest.mark.parametrize("how", HOWS)
async def test_answer_usage_and_metadata(both, how):
    both.ollama.script(OllamaReply(text=HARD_TEXT, chunk_chars=3, done_reason="length"))
    answer = await ask(both.model(), how)
    assert answer.text == HARD_TEXT
    assert answer.usage_metadata == USAGE
    metadata = answer.response_metadata
    assert metadata["model_name"] == MODEL
    assert metadata["model_provider"] == "runloop"
    assert metadata["done_reason"] == metadata["finish_reason"] == "length"
    assert metadata["eval_duration"] == 4_000_000


@pytest.mark.parametrize("how", ["stream", "astream"])
async def test_stream_comes_piece_by_piece_and_counts_once(bench, how):
    bench.ollama.script(OllamaReply(text="abcdef", chunk_chars=2, chunk_delay_s=0.05))
    model = bench.model()
    if how == "stream":
        chunks = list(model.stream("hi"))
    else:
        chunks = [chunk async for chunk in model.astream("hi")]
    assert [chunk.text for chunk in chunks] == ["ab", "cd", "ef", ""]
    assert [chunk.usage_metadata for chunk in chunks] == [None, None, None, USAGE]
    assert [bool(chunk.response_metadata.get("model_name")) for chunk in chunks] == [0, 0, 0, 1]
    assert chunks[-1].chunk_position == "last"


@pytest.mark.parametrize("how", ["stream", "astream"])
async def test_first_piece_comes_while_the_model_still_writes(bench, how):
    bench.ollama.script(OllamaReply(text="abcdef", chunk_chars=2, hang_after=1))
    if how == "stream":
        chunks = bench.model().stream("hi")
        assert next(chunks).text == "ab"
        chunks.close()
    else:
        chunks = bench.model().astream("hi")
        assert (await anext(chunks)).text == "ab"
        await chunks.aclose()


@pytest.mark.parametrize("how", HOWS)
async def test_missing_counts_mean_no_usage(bench, how):
    bench.ollama.script(OllamaReply(counts=False))
    answer = await ask(bench.model(), how)
    assert answer.text == "Hello from Qwen."
    assert answer.usage_metadata is None


class Tokens(BaseCallbackHandler):
    def __init__(self):
        self.tokens = []

    def on_llm_new_token(self, token, *, chunk=None, **kwargs):
        assert chunk.text == token
        self.tokens.append(token)


@pytest.mark.parametrize("how", ["stream", "astream"])
async def test_callbacks_get_every_token(bench, how):
    seen = Tokens()
    bench.ollama.script(OllamaReply(text="abcdef", chunk_chars=2))
    await ask(bench.model(), how, config={"callbacks": [seen]})
    assert "".join(seen.tokens) == "abcdef"
    assert seen.tokens[:3] == ["ab", "cd", "ef"]


# --- the request


@pytest.mark.parametrize("how", HOWS)
async def test_request_on_the_wire(both, how):
    model = both.model(seed=7, temperature=0.1, max_tokens=99, keep_alive="5m")
    await ask(model, how, stop=["END"])
    (request,) = both.ollama.received
    assert request.body == {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Reverse a string"}],
        "stream": "stream" in how,
        "truncate": False,
        "shift": False,
        "keep_alive": "5m",
        "options": {
            "num_ctx": 8192,
            "num_predict": 99,
            "temperature": 0.1,
            "seed": 7,
            "stop": ["END"],
        },
    }
    assert request.headers["content-type"] == "application/json"


async def test_num_ctx_stays_while_the_rest_changes(bench):
    model = bench.model(stop_sequences=["a"])
    await model.ainvoke("1")
    await model.ainvoke("2", stop=["b"], temperature=0.9, seed=3, max_tokens=5, model="other:7b")
    first, second = (request.body for request in bench.ollama.received)
    assert first["options"] == {
        "num_ctx": 8192,
        "num_predict": 2048,
        "temperature": 0.2,
        "stop": ["a"],
    }
    assert second["options"] == {
        "num_ctx": 8192,
        "num_predict": 5,
        "temperature": 0.9,
        "seed": 3,
        "stop": ["b"],
    }
    assert second["model"] == "other:7b"
    assert (first["shift"], first["truncate"]) == (second["shift"], second["truncate"])


async def test_conversation_becomes_ollamas_roles(bench):
    await bench.model().ainvoke(
        [
            SystemMessage("s"),
            HumanMessage([{"type": "text", "text": "a"}, "b"]),
            AIMessage(
                [{"type": "reasoning", "reasoning": "hidden"}, {"type": "text", "text": "c"}]
            ),
            ToolMessage("t", tool_call_id="1"),
            ChatMessage(role="developer", content="d"),
            HumanMessage("lone \ud800 pair \ud83d\ude00"),
        ]
    )
    assert bench.ollama.received[0].body["messages"] == [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "a\nb"},
        {"role": "assistant", "content": "c"},
        {"role": "tool", "content": "t"},
        {"role": "system", "content": "d"},
        {"role": "user", "content": "lone \ufffd pair 😀"},
    ]


@pytest.mark.parametrize("how", HOWS)
async def test_an_image_is_refused_before_anything_is_sent(bench, how):
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    with pytest.raises(QwenRequestError, match="reads text only, not 'image_url'"):
        await ask(bench.model(), how, [HumanMessage([image])])
    assert bench.ollama.received == []


def test_tools_are_refused_with_a_reason(bench):
    with pytest.raises(NotImplementedError, match="bind tools to a cloud model"):
        bench.model().bind_tools([])


# --- Runloop's protocol


async def test_a_reply_that_is_still_running_is_waited_for(bench):
    bench.ollama.script(OllamaReply(text="late", delay_s=2.3))
    answer = await bench.model(bench.box(bench.client(hold_s=1))).ainvoke("hi")
    assert answer.text == "late"
    (execute,) = bench.calls("/execute")
    assert execute.body["optimistic_timeout"] == 1
    assert len(bench.calls("/wait_for_status")) >= 2
    assert bench.calls("/kill") == []


async def test_command_id_is_a_fresh_uuid_of_version_7(bench):
    model = bench.model()
    for _ in range(2):
        await model.ainvoke("hi")
    ids = [uuid.UUID(call.body["command_id"]) for call in bench.calls("/execute")]
    assert len(set(ids)) == 2
    for command_id in ids:
        assert (command_id.version, command_id.variant) == (7, uuid.RFC_4122)
        assert abs((command_id.int >> 80) / 1000 - time.time()) < 60


def sent(call):
    return call.method, call.path, dict(call.query), call.body


async def test_bodies_equal_the_official_sdks():
    with open_bench("loopback") as bench:
        ours, box_id = bench.client(), bench.devbox_id
        key = bench.address["api_key"].get_secret_value()
        async with AsyncRunloop(bearer_token=key, base_url=bench.address["base_url"]) as sdk:
            run = {"command": "sleep 2", "command_id": "01a20353-5698-701c-a67d-7fcb0d56d90e"}
            pairs = [
                (
                    ours.execute(box_id, **run),
                    sdk.devboxes.execute(box_id, **run, optimistic_timeout=25, last_n="1000000"),
                ),
                (
                    ours.execute_async(box_id, "echo", request_id="r-1"),
                    sdk.devboxes.executions.execute_async(
                        box_id,
                        command="echo",
                        idempotency_key="r-1",
                        attach_stdin=omit,
                    ),
                ),
                (
                    ours.wait_for_execution(box_id, run["command_id"]),
                    sdk.devboxes.wait_for_command(
                        run["command_id"],
                        devbox_id=box_id,
                        statuses=["completed"],
                        timeout_seconds=25.0,
                        last_n="1000000",
                    ),
                ),
                (
                    ours.retrieve_execution(box_id, run["command_id"]),
                    sdk.devboxes.executions.retrieve(
                        run["command_id"], devbox_id=box_id, last_n="1000000"
                    ),
                ),
                (
                    ours.kill(box_id, run["command_id"]),
                    sdk.devboxes.executions.kill(
                        run["command_id"], devbox_id=box_id, kill_process_group=True
                    ),
                ),
                (
                    ours.write_file(box_id, "a/b.json", "{}"),
                    sdk.devboxes.write_file_contents(box_id, file_path="a/b.json", contents="{}"),
                ),
            ]
            for our_call, their_call in pairs:
                bench.faults.requests.clear()
                await our_call
                await their_call
                our_request, their_request = bench.faults.requests
                assert sent(our_request) == sent(their_request)
                if our_request.path.endswith("execute_async"):
                    assert our_request.headers["x-request-id"] == "r-1"
                    assert their_request.headers["x-request-id"] == "r-1"


# --- event loops, threads, processes


def test_one_model_under_several_event_loops(both):
    model = both.model()
    for how in ("ainvoke", "astream", "ainvoke"):
        assert asyncio.run(ask(model, how)).text == "Hello from Qwen."
    assert model.invoke("hi").text == "Hello from Qwen."


def test_one_model_from_many_threads(both):
    model, answers = both.model(), []

    def work(how):
        answers.append(asyncio.run(ask(model, how)).text)

    threads = [threading.Thread(target=work, args=(how,)) for how in HOWS * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == ["Hello from Qwen."] * 8


def open_sockets():
    """Both ends: the servers are in this process."""
    fds = Path("/proc/self/fd").iterdir()
    return sum(os.path.islink(fd) and os.readlink(fd).startswith("socket:") for fd in fds)


@pytest.mark.parametrize("how", HOWS)
async def test_a_dropped_model_closes_its_connections(both, how, recwarn):
    await ask(both.model(), how)
    before = open_sockets()
    cycle = [both.model()]
    cycle.append(cycle)
    await asyncio.gather(*(ask(cycle[0], "ainvoke") for _ in range(3)), ask(cycle[0], how))
    assert open_sockets() > before
    del cycle
    gc.collect()
    assert await asyncio.to_thread(wait_for, lambda: open_sockets() <= before)
    gc.collect()
    assert [warning for warning in recwarn if warning.category is ResourceWarning] == []


def test_a_model_that_is_gone_with_its_loop_closes_its_connections(both, recwarn):
    async def work():
        model = both.model()
        return await asyncio.gather(*(model.ainvoke("hi") for _ in range(8)))

    before = open_sockets()
    assert len(asyncio.run(work())) == 8
    gc.collect()
    assert wait_for(lambda: open_sockets() <= before)
    assert [warning for warning in recwarn if warning.category is ResourceWarning] == []


PROGRAM = """
import asyncio, os, sys
from graph.devbox.box import Devbox
from graph.devbox.client import RunloopClient
from graph.models.runloop import ChatRunloop
from tests.local_devbox_fixtures import wait_for
from tests.runloop_fixtures import HOWS, ask
uds, box_id, url = sys.argv[1:]
box = Devbox(RunloopClient("http://devbox", uds=uds), box_id, ollama_url=url, starts_ollama=False)
model = ChatRunloop(devbox=box)
for how in HOWS:
    print(asyncio.run(ask(model, how)).text)
async def leave_early():
    async for _ in model.astream("hi"):
        return
asyncio.run(leave_early())
if os.fork() == 0:
    print(model.invoke("in a forked child").text, flush=True)
    os._exit(0)
os.wait()
"""


def test_a_process_ends_without_a_word(bench):
    uds = bench.address["uds"]
    arguments = [uds, bench.devbox_id, bench.ollama.url]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    slow_steps = re.compile(r"^Executing <.*\n", re.MULTILINE)  # asyncio's debug mode
    assert slow_steps.sub("", done.stderr) == ""
    assert done.stdout == "Hello from Qwen.\n" * 5
    assert done.returncode == 0


# --- requests that do not fit a command line


def long_prompt(chars):
    """Text that gzip cannot shrink much: random hexadecimal digits, and two bytes a character."""
    return "".join(f"é{uuid.uuid4().hex}" for _ in range(chars // 33))


@pytest.mark.parametrize("how", HOWS)
async def test_a_long_prompt_arrives_whole_and_leaves_no_file(bench, how):
    prompt = long_prompt(300_000)
    bench.ollama.script(OllamaReply(delay_s=0.3))
    asking = asyncio.create_task(asyncio.to_thread(asyncio.run, ask(bench.model(), how, prompt)))
    assert await asyncio.to_thread(wait_for, lambda: bool(bench.ollama.received))
    seen = bench.files()  # before the model has answered
    answer = await asking
    assert answer.text == "Hello from Qwen."
    assert seen == []
    assert bench.ollama.received[0].contents == [prompt]
    (upload,) = bench.calls("/write_file_contents")
    assert upload.body["file_path"].startswith(".qwen-router-")
    execute = bench.calls("/execute") or bench.calls("/execute_async")
    assert len(execute) == 1
    assert len(execute[0].body["command"]) < 10_000


async def test_a_prompt_that_gzip_shrinks_stays_in_the_command(bench):
    prompt = "def reverse(text): return text[::-1]\n" * 5000
    assert count_tokens_approximately([HumanMessage(prompt)]) > 32_000
    await bench.model().ainvoke(prompt)
    assert bench.calls("/write_file_contents") == []
    assert bench.ollama.received[0].contents == [prompt]


# --- configuration


def test_what_is_missing_is_named(monkeypatch):
    for name in ("RUNLOOP_API_KEY", "RUNLOOP_DEVBOX_ID", "RUNLOOP_DEVOX_ID"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigurationError, match="RUNLOOP_API_KEY and RUNLOOP_DEVBOX_ID"):
        ChatRunloop().invoke("hi")


def test_key_id_and_address_suffice():
    with open_bench("loopback") as bench:
        fields = {"api_key": bench.address["api_key"], "base_url": bench.address["base_url"]}
        model = ChatRunloop(devbox_id="dbx_unknown", **fields)
        with pytest.raises(Exception, match="devbox dbx_unknown does not exist"):
            model.invoke("hi")


@pytest.mark.parametrize("how", ["invoke", "stream"])
@pytest.mark.parametrize("key", ["canary-schlüssel", "canary\nkey", "canary\x00key"])
async def test_a_key_that_no_header_may_hold_is_not_shown(caplog, key, how):
    caplog.set_level(logging.DEBUG)
    model = ChatRunloop(api_key=key, devbox_id="dbx_1", base_url="http://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match="RUNLOOP_API_KEY") as caught:
        await ask(model, how)
    gc.collect()
    assert "canary" not in f"{caught.value!r}{caplog.text}{model!r}"
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_newline_after_the_key_is_forgiven():
    with open_bench("loopback") as bench:
        key = bench.address["api_key"].get_secret_value()
        fields = {"devbox_id": "dbx_none", "base_url": bench.address["base_url"]}
        with pytest.raises(Exception, match="does not exist"):
            ChatRunloop(api_key=f"{key}\n", **fields).invoke("hi")
        with pytest.raises(DevboxAuthenticationError):
            ChatRunloop(api_key=f"{key}x", **fields).invoke("hi")
