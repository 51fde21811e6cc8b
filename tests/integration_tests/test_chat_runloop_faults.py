"""What ChatRunloop raises for each fault, and how it carries on after the ones it can bear."""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from langchain_core.exceptions import ModelError

from graph.devbox.box import MAX_REOPENS
from graph.devbox.client import RunloopClient
from graph.devbox.command import chat_command
from graph.errors import (
    DevboxAuthenticationError,
    DevboxRateLimitError,
    DevboxRequestError,
    DevboxServerError,
    DevboxUnavailableError,
    QwenBusyError,
    QwenContextOverflowError,
    QwenEmptyAnswerError,
    QwenIncompleteError,
    QwenModelMissingError,
    QwenRequestError,
    QwenServerDiedError,
    QwenServerError,
    QwenTimeoutError,
    RunloopError,
)
from graph.models.ollama import error_of
from tests.runloop_fixtures import HOWS, ask, now, open_bench
from tests.wire.ollama import OllamaReply

OVERFLOW = "the prompt is longer than the context length, increase num_ctx"


@pytest.fixture(scope="module")
def one_bench():
    with open_bench() as opened:
        yield opened


@pytest.fixture
def bench(one_bench):
    one_bench.reset()
    return one_bench


# --- Ollama's faults


@dataclass(frozen=True)
class OllamaFault:
    reply: OllamaReply
    error: type[RunloopError]
    text: str


def status(code, error, kind, text=None):
    return OllamaFault(OllamaReply(status=code, error=error), kind, text or re.escape(error))


OLLAMA_FAULTS = {
    "400": status(400, "invalid options", QwenRequestError),
    "400 overflow": status(400, OVERFLOW, QwenContextOverflowError),
    "404": status(404, 'model "x" not found, try pulling it first', QwenModelMissingError),
    "499": status(499, "request canceled", QwenServerError),
    "500": status(500, "llama runner process has terminated", QwenServerError),
    "503": status(503, "server busy, please try again", QwenBusyError),
    "502 in HTML": OllamaFault(
        OllamaReply(status=502, body=b"<html>\n{bad gateway\n</html>"), QwenServerError, "HTTP 502"
    ),
    "error as an object": OllamaFault(
        OllamaReply(body=b'{"error":{"message":"odd"}}\n'), QwenServerError, "odd"
    ),
    "200 and an error": OllamaFault(
        OllamaReply(error="CUDA error", error_after=1, body=None), QwenServerError, "CUDA error"
    ),
    "no done": OllamaFault(OllamaReply(done=False), QwenIncompleteError, "before the model"),
    "empty answer": OllamaFault(OllamaReply(text=""), QwenEmptyAnswerError, "empty"),
    "only loaded": OllamaFault(
        OllamaReply(text="", done_reason="load", counts=False), QwenEmptyAnswerError, "empty"
    ),
    "empty body": OllamaFault(OllamaReply(body=b""), QwenIncompleteError, "before the model"),
    "no JSON": OllamaFault(OllamaReply(body=b"plain text"), QwenIncompleteError, "before"),
    "a list": OllamaFault(OllamaReply(body=b"[1,2]"), QwenIncompleteError, "before the model"),
    "no message": OllamaFault(
        OllamaReply(body=b'{"done":true,"message":"text","eval_count":null}\n'),
        QwenEmptyAnswerError,
        "empty",
    ),
    "cut between lines": OllamaFault(OllamaReply(cut_after=1), QwenServerDiedError, "status 18"),
    "cut inside a line": OllamaFault(
        OllamaReply(cut_after=0, cut_bytes=30), QwenServerDiedError, "status 18"
    ),
}
WHOLE_BODY = {"200 and an error": OllamaReply(body=b'{"error":"CUDA error"}')}
"""What Ollama says in place of a line inside a stream."""
WHOLE_BODY["cut between lines"] = OllamaReply(cut_after=0, cut_bytes=30)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", OLLAMA_FAULTS)
async def test_ollamas_faults(bench, name, how):
    fault = OLLAMA_FAULTS[name]
    reply = fault.reply if "stream" in how else WHOLE_BODY.get(name, fault.reply)
    bench.ollama.script(reply)
    with pytest.raises(RunloopError, match=fault.text) as caught:
        await ask(bench.model(), how)
    assert type(caught.value) is fault.error
    assert isinstance(caught.value, ModelError)
    assert len(bench.ollama.received) == 1
    assert bench.calls("/kill") == []


@pytest.mark.parametrize("how", ["stream", "astream"])
async def test_what_came_before_a_fault_is_given_and_then_the_error(bench, how):
    bench.ollama.script(OllamaReply(text="abcdefgh", chunk_chars=2, error_after=3, error="oops"))
    got = []

    async def read():
        if how == "stream":
            for chunk in bench.model().stream("hi"):
                got.append(chunk.text)
        else:
            async for chunk in bench.model().astream("hi"):
                got.append(chunk.text)

    with pytest.raises(QwenServerError, match="oops"):
        await read()
    assert got == ["ab", "cd", "ef"]


@contextmanager
def hangs_up(reset: bool):
    """A server that closes each connection after its request, without a byte."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join(5)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(("reset", "code"), [(False, 52), (True, 56)])
async def test_a_model_server_that_hangs_up(bench, how, reset, code):
    died = pytest.raises(QwenServerDiedError, match=f"exit status {code}")
    with hangs_up(reset) as url, died:
        await ask(bench.model(bench.box(ollama_url=url)), how)


@pytest.mark.parametrize("how", HOWS)
async def test_no_model_server(bench, how):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(DevboxUnavailableError, match="no model server listens"):
        await ask(bench.model(bench.box(ollama_url=url)), how)


@pytest.mark.parametrize("how", HOWS)
async def test_no_model_server_and_none_to_start(bench, how):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(DevboxUnavailableError, match="ollama is not installed in the box"):
        await ask(bench.model(bench.box(ollama_url=url, starts_ollama=True)), how)


async def test_the_commands_own_time_limit_is_a_timeout(bench):
    bench.ollama.script(OllamaReply(hang_after=0))
    request = {"model": "m", "messages": [], "stream": True}
    options = {"ollama_url": bench.ollama.url, "max_time_s": 1, "start_ollama": False}
    command = chat_command(request, command_id="c-1", **options)
    execution = await bench.box().run(command, "c-1")
    error = error_of(execution, None)
    assert type(error) is QwenTimeoutError
    assert "exit status 28" in str(error)


@pytest.mark.parametrize("how", HOWS)
async def test_a_killed_command_is_no_answer(bench, how):
    bench.ollama.script(OllamaReply(hang_after=0))

    def kill():
        for _ in range(500):
            if bench.ollama.received:
                break
            time.sleep(0.01)
        with bench.http as http:
            starts = bench.calls("/execute") + bench.calls("/execute_async")
            assert len(starts) == 1
            listed = http.get(f"/v1/devboxes/{bench.devbox_id}/logs").json()["logs"][-1]
            path = f"/v1/devboxes/{bench.devbox_id}/executions/{listed['cmd_id']}/kill"
            http.post(path, json={"kill_process_group": True}).raise_for_status()

    killing = asyncio.create_task(asyncio.to_thread(kill))
    with pytest.raises(DevboxUnavailableError, match="killed in the devbox"):
        await asyncio.to_thread(asyncio.run, ask(bench.model(), how))
    await killing


# --- Runloop's faults


@dataclass(frozen=True)
class RunloopFault:
    order: Callable[[Any, str], None]
    error: type[RunloopError]
    text: str


def answer(code, error, text, *, headers=None, body=None):
    def order(bench, path):
        bench.faults.answer(path, code, headers=headers, body=body)

    return RunloopFault(order, error, text)


def state(name, text, reason=None):
    def order(bench, path):
        bench.faults.force_status(bench.devbox_id, name, failure_reason=reason)

    return RunloopFault(order, DevboxUnavailableError, text)


IDS = {"devbox_id": "d", "execution_id": "e"}
RUNLOOP_FAULTS = {
    "401": answer(401, DevboxAuthenticationError, "RUNLOOP_API_KEY"),
    "403": answer(403, DevboxAuthenticationError, "RUNLOOP_API_KEY"),
    "400": answer(400, DevboxRequestError, "HTTP 400: an ordered fault"),
    "413": answer(413, DevboxRequestError, "HTTP 413"),
    "302": answer(302, DevboxRequestError, "HTTP 302", headers={"location": "http://x"}),
    "408": answer(408, QwenTimeoutError, "HTTP 408"),
    "429": answer(429, DevboxRateLimitError, "HTTP 429"),
    "500": answer(500, DevboxServerError, "HTTP 500"),
    "503 in HTML": answer(503, DevboxServerError, "HTTP 503: <html>", body="<html>gone</html>"),
    "200 in HTML": answer(200, DevboxServerError, "not a JSON object", body="<html>hi</html>"),
    "200 and a list": answer(200, DevboxServerError, "not a JSON object", body=[1]),
    "200 and nothing": answer(200, DevboxServerError, "not a JSON object", body=""),
    "no ids": answer(200, DevboxServerError, "lacks", body={"status": "running"}),
    "no status": answer(200, DevboxServerError, "status None", body=IDS),
    "odd status": answer(200, DevboxServerError, "'failed'", body={**IDS, "status": "failed"}),
    "bad encoding": answer(
        200,
        DevboxUnavailableError,
        "DecodingError",
        headers={"content-encoding": "gzip"},
        body="not gzip",
    ),
    "suspended": state("suspended", "is in state suspended"),
    "shutdown": state("shutdown", "is in state shutdown"),
    "failure": state("failure", "is in state failure, out_of_memory", "out_of_memory"),
    "provisioning": state("provisioning", "is in state provisioning"),
}


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", RUNLOOP_FAULTS)
async def test_runloops_faults(bench, name, how):
    fault = RUNLOOP_FAULTS[name]
    fault.order(bench, "/execute_async" if "stream" in how else "/execute")
    started = now()
    with pytest.raises(RunloopError, match=fault.text) as caught:
        await ask(bench.model(), how)
    assert isinstance(caught.value, fault.error)  # a 408 is a kind of timeout of its own
    assert fault.error is QwenTimeoutError or type(caught.value) is fault.error
    assert now() - started < 2.5
    assert bench.ollama.received == []


@pytest.mark.parametrize("how", HOWS)
async def test_a_refused_command_is_not_killed(bench, how):
    bench.faults.answer("/execute_async" if "stream" in how else "/execute", 429)
    with pytest.raises(DevboxRateLimitError):
        await ask(bench.model(), how)
    assert bench.calls("/kill") == []


@pytest.mark.parametrize("how", HOWS)
async def test_an_unknown_box(bench, how):
    with pytest.raises(DevboxUnavailableError, match="devbox dbx_none does not exist"):
        await ask(bench.model(bench.box(id="dbx_none")), how)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("address", [{"uds": "/nowhere/s"}, {"base_url": "http://127.0.0.1:9"}])
async def test_runloop_is_not_there(bench, how, address):
    client = RunloopClient(**{"base_url": "http://devbox", **address})
    with pytest.raises(DevboxUnavailableError, match="not reachable"):
        await ask(bench.model(bench.box(client)), how)


SOON = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
WAITS = {"7": (7, 7), "0.5": (0.5, 0.5), "-3": (0, 0), SOON: (500, 600), "Thu, 01": None}
WAITS |= {"nan": None, "inf": None, "": None, "Thu, 01 Jan 1970 00:00:00 GMT": (0, 0)}


@pytest.mark.parametrize("header", WAITS)
async def test_retry_after(bench, header):
    bench.faults.answer("/execute", 429, headers={"Retry-After": header})
    with pytest.raises(DevboxRateLimitError) as caught:
        await bench.model().ainvoke("hi")
    wait_s, wanted = caught.value.retry_after_s, WAITS[header]
    assert wait_s is None if wanted is None else wanted[0] <= wait_s <= wanted[1]


async def test_a_wait_that_fails_now_and_then_is_repeated(bench):
    bench.ollama.script(OllamaReply(text="late", delay_s=1.5))
    bench.faults.answer("/wait_for_status", *[500, 503, 502][:MAX_REOPENS])
    answer = await bench.model(bench.box(bench.client(hold_s=1))).ainvoke("hi")
    assert answer.text == "late"


async def test_a_wait_that_keeps_failing_is_given_up_and_the_command_killed(bench):
    bench.ollama.script(OllamaReply(hang_after=0))
    bench.faults.answer("/wait_for_status", *[500] * (MAX_REOPENS + 1))
    with pytest.raises(DevboxServerError, match="HTTP 500"):
        await bench.model(bench.box(bench.client(hold_s=1))).ainvoke("hi")
    assert len(bench.calls("/kill")) == 1
    assert bench.quiet()


# --- the stream of the output

TEXT = "é😀日本\n" * 60


@pytest.mark.parametrize("how", ["stream", "astream"])
@pytest.mark.parametrize("after_chunks", [1, 2, 5])
@pytest.mark.parametrize("ends", [["eof"], ["timeout_event"], ["cut"], ["cut", "eof"] * 4])
async def test_a_broken_stream_goes_on_where_it_ended(bench, ends, after_chunks, how):
    bench.ollama.script(OllamaReply(text=TEXT, chunk_chars=4, chunk_delay_s=0.002))
    for end in ends:
        bench.faults.break_stream(end, after_chunks=after_chunks)
    answer = await ask(bench.model(), how)
    assert answer.text == TEXT
    assert answer.usage_metadata["output_tokens"] == 7
    opened = bench.calls("/stream_stdout_updates")
    assert len(opened) == len(ends) + 1
    offsets = [int(call.query["offset"]) for call in opened]
    assert offsets == sorted(offsets)
    assert offsets[-1] > 0
    assert set(offsets) <= starts_of_lines(bench, opened[0].path)


def starts_of_lines(bench, path):
    """Where lines start in the stdout that `path` streams, in bytes."""
    with bench.http as http:
        run = http.get(path.removesuffix("/stream_stdout_updates"), params={"last_n": "9999"})
    lines = run.json()["stdout"].encode().splitlines(keepends=True)
    return {sum(map(len, lines[:count])) for count in range(len(lines) + 1)}


@pytest.mark.parametrize("end", ["eof", "timeout_event", "cut"])
async def test_a_stream_that_ends_early_after_the_command_has_ended(bench, end):
    text = "é😀" * 50_000  # several pieces of 64 KiB
    bench.ollama.script(OllamaReply(text=text, chunk_chars=1000))
    bench.faults.delay("/stream_stdout_updates", 0.4)
    bench.faults.break_stream(end)
    bench.faults.break_stream(end)
    assert (await ask(bench.model(), "astream")).text == text


@pytest.mark.parametrize("how", ["stream", "astream"])
async def test_a_stream_that_never_goes_on_is_given_up(bench, how):
    bench.ollama.script(OllamaReply(hang_after=0))
    nothing = {"headers": {"content-type": "text/event-stream"}, "body": ""}
    bench.faults.answer("/stream_stdout_updates", *[200] * 9, **nothing)
    with pytest.raises(DevboxUnavailableError, match="kept ending"):
        await ask(bench.model(), how)
    assert len(bench.calls("/stream_stdout_updates")) == MAX_REOPENS + 1
    assert bench.quiet()


async def test_a_stream_that_cannot_be_opened(bench):
    bench.faults.answer("/stream_stdout_updates", *[500] * MAX_REOPENS)
    assert (await ask(bench.model(), "astream")).text == "Hello from Qwen."
    bench.faults.answer("/stream_stdout_updates", *[500] * (MAX_REOPENS + 1))
    with pytest.raises(DevboxServerError, match="HTTP 500"):
        await ask(bench.model(), "astream")


@pytest.mark.parametrize("code", [401, 403, 429])
async def test_a_refused_stream_is_not_opened_again(bench, code):
    bench.ollama.script(OllamaReply(hang_after=1))
    bench.faults.answer("/stream_stdout_updates", code)
    with pytest.raises((DevboxAuthenticationError, DevboxRateLimitError)):
        await ask(bench.model(), "astream")
    assert len(bench.calls("/stream_stdout_updates")) == 1
    assert len(bench.calls("/kill")) == 1
    assert bench.quiet()


async def test_a_refused_wait_kills_the_command(bench):
    bench.ollama.script(OllamaReply(delay_s=60))
    bench.faults.answer("/wait_for_status", 429)
    with pytest.raises(DevboxRateLimitError):
        await ask(bench.model(bench.box(bench.client(hold_s=1))), "ainvoke")
    assert len(bench.calls("/kill")) == 1
    assert bench.quiet()


async def test_a_box_that_stops_while_it_answers(bench):
    bench.ollama.script(OllamaReply(text="ab", chunk_chars=1, hang_after=1))
    chunks = bench.model().astream("hi")
    assert (await anext(chunks)).text == "a"
    with bench.http as http:
        http.post(f"/v1/devboxes/{bench.devbox_id}/suspend").raise_for_status()
        with pytest.raises(DevboxUnavailableError, match="killed in the devbox"):
            await anext(chunks)
        body = {"statuses": ["suspended"], "timeout_seconds": 5}
        http.post(f"/v1/devboxes/{bench.devbox_id}/wait_for_status", json=body)
        http.post(f"/v1/devboxes/{bench.devbox_id}/resume").raise_for_status()
        body = {"statuses": ["running"], "timeout_seconds": 5}
        http.post(f"/v1/devboxes/{bench.devbox_id}/wait_for_status", json=body).raise_for_status()
    await chunks.aclose()


def record(text, **more):
    message = {"role": "assistant", "content": text}
    return json.dumps({"model": "m", "message": message, "done": False, **more}, ensure_ascii=False)


async def test_server_sent_events_in_unusual_spelling(bench):
    text = "a\u2028b\x85c\x0bd\x1ee"
    first, last = record(text), record("", done=True, done_reason="stop", eval_count=3)
    both = f"Welcome to the box!\n{first}\n\n{last}\n"
    events = [": a comment", f"data: {json.dumps({'output': both[:50]}, ensure_ascii=False)}"]
    events += ['event: ping\ndata: {"output":"noise"}', 'data: {"output":null}', "id: 7"]
    events += [f"data: {json.dumps({'output': both[50:]}, ensure_ascii=False)}"]
    body = "\r\n\r\n".join(event.replace("\n", "\r\n") for event in events) + "\r\n\r\n"
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    bench.faults.answer("/stream_stdout_updates", 200, headers=headers, body=body)
    assert (await ask(bench.model(), "astream")).text == text


@pytest.mark.parametrize("how", HOWS)
async def test_words_of_a_login_profile_are_no_answer(bench, how):
    profile = bench.home / ".bash_profile"
    before = profile.read_text()
    profile.write_text(f"{before}\necho Welcome; echo '[news]'; echo warning >&2\n")
    try:
        assert (await ask(bench.model(), how)).text == "Hello from Qwen."
        bench.ollama.script(OllamaReply(status=404, error="no such model"))
        with pytest.raises(QwenModelMissingError):
            await ask(bench.model(), how)
    finally:
        profile.write_text(before)


# --- time


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize(
    "reply",
    [OllamaReply(text="x" * 500, chunk_chars=1, chunk_delay_s=0.1), OllamaReply(hang_after=0)],
    ids=["slow drip", "hang"],
)
async def test_the_timeout_is_for_the_whole_answer(bench, how, reply):
    if "stream" not in how:
        reply = OllamaReply(delay_s=60)
    bench.ollama.script(reply)
    started = now()
    with pytest.raises(QwenTimeoutError, match="did not finish within 1 s"):
        await ask(bench.model(timeout=1), how)
    assert 0.9 < now() - started < 2.5
    assert bench.left_within(1.0, since=started + 1)
    assert bench.quiet()


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("path", ["/execute", "/execute_async", "/stream_stdout_updates"])
async def test_the_timeout_holds_while_runloop_is_silent(bench, how, path):
    bench.ollama.script(OllamaReply(hang_after=0, delay_s=0.0 if "stream" in how else 60))
    bench.faults.delay(path, 1.0)
    started = now()
    with pytest.raises(QwenTimeoutError):
        await ask(bench.model(timeout=0.5), how)
    assert now() - started < 3
    assert bench.quiet(3)


async def test_a_huge_answer_is_cut_off(bench):
    head = b'{"message":{"role":"assistant","content":"'
    bench.ollama.script(OllamaReply(body=head + b"x" * (17 << 20) + b'"},"done":true}\n'))
    with pytest.raises(RunloopError):
        await ask(bench.model(), "ainvoke")
