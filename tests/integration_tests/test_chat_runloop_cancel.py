"""Whoever stops waiting for ChatRunloop leaves nothing behind: no process, no request, no file."""

import asyncio
import contextlib
import gc
import random
import signal
import subprocess
import sys
import uuid

import pytest

from tests.local_devbox_fixtures import wait_for
from tests.runloop_fixtures import now, open_bench
from tests.wire.ollama import OllamaReply

WRITING = OllamaReply(text="x" * 2000, chunk_chars=1, chunk_delay_s=0.05)
THINKING = OllamaReply(delay_s=60)
LONG = "".join(uuid.uuid4().hex for _ in range(6000))


@pytest.fixture(scope="module")
def one_bench():
    with open_bench() as opened:
        yield opened


@pytest.fixture
def bench(one_bench):
    one_bench.reset()
    yield one_bench
    one_bench.ollama.default = OllamaReply()


def assert_nothing_is_left(bench, since, *, asked=True):
    assert not asked or bench.left_within(1.0, since=since)
    assert bench.quiet(2), bench.processes()
    assert bench.files() == [], [request.path for request in bench.faults.requests]
    kills = bench.calls("/kill")
    assert kills
    assert all(call.body == {"kill_process_group": True} for call in kills)


async def cancelled(task):
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def asked(bench):
    assert await asyncio.to_thread(wait_for, lambda: bool(bench.ollama.received))


# --- async


@pytest.mark.parametrize("prompt", ["hi", LONG], ids=["short", "uploaded"])
async def test_a_cancelled_ainvoke(bench, prompt):
    bench.ollama.script(THINKING)
    task = asyncio.create_task(bench.model().ainvoke(prompt))
    await asked(bench)
    since = now()
    await cancelled(task)
    assert now() - since < 1
    assert_nothing_is_left(bench, since)


@pytest.mark.parametrize("prompt", ["hi", LONG], ids=["short", "uploaded"])
async def test_a_cancelled_astream(bench, prompt):
    bench.ollama.script(WRITING)
    got = []

    async def read():
        async for chunk in bench.model().astream(prompt):
            got.append(chunk)

    task = asyncio.create_task(read())
    assert await asyncio.to_thread(wait_for, lambda: len(got) > 2)
    since = now()
    await cancelled(task)
    assert len(bench.calls("/kill")) == 1
    assert_nothing_is_left(bench, since)


@pytest.mark.parametrize("how", ["aclose", "drop", "raise"])
async def test_an_astream_that_is_left_early(bench, how):
    bench.ollama.script(WRITING)

    async def leave():
        chunks = bench.model().astream("hi")
        await anext(chunks)
        if how == "aclose":
            await chunks.aclose()
        elif how == "raise":
            async for _ in chunks:
                raise ZeroDivisionError

    with contextlib.suppress(ZeroDivisionError):
        await leave()
    since = now()
    gc.collect()
    await asyncio.sleep(0.3)
    assert_nothing_is_left(bench, since)


async def test_asyncio_timeout_around_an_answer(bench):
    bench.ollama.script(THINKING)
    since = now() + 0.5
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bench.model().ainvoke("hi"), 0.5)
    assert_nothing_is_left(bench, since)


async def test_two_cancellations_do_not_stop_the_kill(bench):
    bench.ollama.script(THINKING)
    bench.faults.delay("/kill", 0.3)
    task = asyncio.create_task(bench.model().ainvoke("hi"))
    await asked(bench)
    since = now()
    task.cancel()
    await asyncio.sleep(0.1)
    await cancelled(task)
    assert now() - since < 0.3
    await asyncio.sleep(0.4)
    assert_nothing_is_left(bench, since)


@pytest.mark.parametrize(
    ("how", "path"), [("ainvoke", "/execute"), ("astream", "/execute_async")], ids=["run", "start"]
)
@pytest.mark.parametrize("prompt", ["hi", LONG], ids=["short", "uploaded"])
async def test_a_cancel_while_the_start_is_on_its_way(bench, how, path, prompt):
    bench.ollama.default = THINKING
    bench.faults.delay(path, 0.6)
    model, before = bench.model(), questions(bench)
    work = model.ainvoke(prompt) if how == "ainvoke" else anext(model.astream(prompt))
    task = asyncio.ensure_future(work)
    assert await asyncio.to_thread(wait_for, lambda: bool(bench.calls(path)))
    since = now()
    await cancelled(task)
    assert now() - since < 2.5
    assert await asyncio.to_thread(wait_for, lambda: questions(bench) > before)
    assert_nothing_is_left(bench, since + 1, asked=bool(bench.ollama.received))


def questions(bench):
    """How many of our commands the box has begun so far."""
    with bench.http as http:
        logs = http.get(f"/v1/devboxes/{bench.devbox_id}/logs").json()["logs"]
    return sum(log["cmd"].startswith("set -u") for log in logs)


async def test_a_cancel_during_the_upload(bench):
    bench.faults.delay("/write_file_contents", 0.4)
    task = asyncio.create_task(bench.model().ainvoke(LONG))
    assert await asyncio.to_thread(wait_for, lambda: bool(bench.calls("/write_file_contents")))
    await cancelled(task)
    await asyncio.sleep(0.2)
    assert await asyncio.to_thread(bench.quiet, 2)
    assert bench.files() == []
    (removal,) = bench.calls("/execute")
    assert removal.body["command"].startswith("rm -f ")
    assert bench.ollama.received == []


async def test_an_upload_whose_command_is_refused(bench):
    bench.faults.answer("/execute", 500)
    with pytest.raises(Exception, match="HTTP 500"):
        await bench.model().ainvoke(LONG)
    assert await asyncio.to_thread(bench.quiet, 2)
    assert bench.files() == []


@pytest.mark.parametrize("how", ["ainvoke", "astream"])
async def test_cancels_at_any_moment(bench, how):
    bench.ollama.default = WRITING if how == "astream" else THINKING
    model, moments = bench.model(), random.Random(7)

    async def read():
        if how == "ainvoke":
            await model.ainvoke(LONG)
        async for _ in model.astream(LONG):
            pass

    for _ in range(12):
        task = asyncio.create_task(read())
        await asyncio.sleep(moments.uniform(0, 0.15))
        await cancelled(task)
    assert await asyncio.to_thread(bench.quiet, 3), bench.processes()
    assert bench.files() == []


@pytest.mark.parametrize("how", ["break", "held", "task", "ainvoke"])
def test_an_event_loop_that_ends_first(bench, how, caplog):
    bench.ollama.default = WRITING if how != "ainvoke" else THINKING
    model, held = bench.model(), []

    async def leave():
        stream = model.astream("hi")
        if how == "ainvoke":
            held.append(asyncio.create_task(model.ainvoke("hi")))
            await asked(bench)
        elif how == "task":
            held.append(asyncio.create_task(read_all(stream)))
            await asked(bench)
        else:
            async for _ in stream:
                break
            held.extend([stream] if how == "held" else [])

    asyncio.run(leave())
    assert_nothing_is_left(bench, now())
    held.clear()
    gc.collect()
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []


async def read_all(stream):
    async for _ in stream:
        pass


# --- sync


@pytest.mark.parametrize("how", ["close", "drop", "raise"])
def test_a_stream_that_is_left_early(bench, how):
    bench.ollama.script(WRITING)

    def leave():
        chunks = bench.model().stream("hi")
        next(chunks)
        if how == "close":
            chunks.close()
        elif how == "raise":
            for _ in chunks:
                raise ZeroDivisionError

    with contextlib.suppress(ZeroDivisionError):
        leave()
    since = now()
    gc.collect()
    assert_nothing_is_left(bench, since)


PROGRAM = """
import sys
from graph.devbox.box import Devbox
from graph.devbox.client import RunloopClient
from graph.models.runloop import ChatRunloop
uds, box_id, url, how = sys.argv[1:]
box = Devbox(RunloopClient("http://devbox", uds=uds), box_id, ollama_url=url, starts_ollama=False)
model = ChatRunloop(devbox=box)
print("ready", flush=True)
if how == "invoke":
    model.invoke("hi")
chunks = model.stream("hi")
for chunk in chunks:
    if how == "exit":
        sys.exit(0)
"""


@contextlib.contextmanager
def program(bench, how):
    arguments = [bench.address["uds"], bench.devbox_id, bench.ollama.url, how]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("how", ["invoke", "stream"])
def test_ctrl_c(bench, how):
    bench.ollama.script(THINKING if how == "invoke" else WRITING)
    with program(bench, how) as process:
        assert wait_for(lambda: bool(bench.ollama.received), 30)
        since = now()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert process.returncode in (-signal.SIGINT, 130)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert_nothing_is_left(bench, since)


def test_a_process_that_exits_in_the_middle_of_a_stream(bench):
    bench.ollama.script(WRITING)
    with program(bench, "exit") as process:
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert_nothing_is_left(bench, now())
