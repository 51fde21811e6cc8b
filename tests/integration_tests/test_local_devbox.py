"""The local devbox, driven by the official SDK and by plain HTTP."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import uuid

import httpx
import pytest
import runloop_api_client
from runloop_api_client import AsyncRunloop, AsyncRunloopSDK, Runloop
from runloop_api_client.lib.polling import PollingConfig

from graph.background import BackgroundServer
from graph.devbox.local import LocalDevboxServer, create_app
from graph.errors import ConfigurationError
from tests.local_devbox_fixtures import RawBox, alive, loopback_devbox, wait_for

DAEMONS = ("setsid", "env -i setsid", "cd /; setsid")
SOON = PollingConfig(timeout_seconds=10)
COUNT_SLOWLY = 'for i in 1 2 3; do echo "tok$i é😀"; sleep 0.1; done'


@pytest.fixture(scope="module")
def shared_devbox():
    with loopback_devbox() as running:
        yield running


@pytest.fixture
def devbox(shared_devbox):
    shared_devbox.faults.clear()
    return shared_devbox


@pytest.fixture
def http(devbox):
    with devbox.client() as client:
        yield client


@pytest.fixture
def box(http):
    return RawBox(http)


@pytest.fixture
async def sdk(devbox):
    async with AsyncRunloop(bearer_token=devbox.token, base_url=devbox.url) as client:
        yield client


@pytest.fixture
async def sdk_box(sdk):
    return await sdk.devboxes.create_and_await_running(name="q")


# --- the official SDK: lifecycle


async def test_sdk_creates_a_box_that_passes_through_the_states(sdk):
    created = await sdk.devboxes.create(
        name="qwen-1",
        blueprint_id="bpt_1",
        metadata={"app": "router"},
        environment_variables={"GREETING": "hello $HOME"},
        launch_parameters={"launch_commands": ["echo launched >> launches"]},
    )
    assert created.status == "provisioning"
    running = await sdk.devboxes.await_running(created.id)
    assert [t.status for t in running.state_transitions] == [
        "queued",
        "provisioning",
        "initializing",
        "running",
    ]
    assert (running.name, running.blueprint_id) == ("qwen-1", "bpt_1")
    assert running.metadata == {"app": "router"}
    result = await sdk.devboxes.execute(created.id, command='echo "$GREETING"; cat launches')
    assert result.stdout == "hello $HOME\nlaunched\n"


async def test_sdk_lists_newest_first_and_pages():
    with loopback_devbox() as fresh:
        async with AsyncRunloop(bearer_token=fresh.token, base_url=fresh.url) as sdk:
            await check_listing(sdk)


async def check_listing(sdk):
    ids = [(await sdk.devboxes.create_and_await_running()).id for _ in range(3)]
    await sdk.devboxes.shutdown(ids[0])
    page = await sdk.devboxes.list(limit=2)
    assert [b.id for b in page.devboxes] == [ids[2], ids[1]]
    assert (page.has_more, page.total_count) == (True, 3)
    assert [b.id async for b in sdk.devboxes.list(limit=2)] == ids[::-1]
    assert [b.id async for b in sdk.devboxes.list(status="shutdown")] == [ids[0]]


async def test_sdk_updates_name_and_metadata(sdk, sdk_box):
    await sdk.devboxes.update(sdk_box.id, metadata={"role": "qwen"})
    renamed = await sdk.devboxes.update(sdk_box.id, name="other")
    assert (renamed.name, renamed.metadata) == ("other", {"role": "qwen"})
    assert (await sdk.devboxes.retrieve(sdk_box.id)).name == "other"


async def test_sdk_suspends_and_resumes(sdk):
    box = await sdk.devboxes.create_and_await_running(
        launch_parameters={"launch_commands": ["echo x >> launches"]}
    )
    started = await sdk.devboxes.executions.execute_async(box.id, command="echo $$; sleep 60; true")
    assert (await sdk.devboxes.suspend(box.id)).status == "suspending"
    await sdk.devboxes.await_suspended(box.id)
    killed = await sdk.devboxes.executions.retrieve(started.execution_id, devbox_id=box.id)
    assert (killed.status, killed.exit_status) == ("completed", 128 + signal.SIGKILL)
    with pytest.raises(runloop_api_client.BadRequestError, match="suspended"):
        await sdk.devboxes.execute(box.id, command="true")
    assert (await sdk.devboxes.resume(box.id)).status == "resuming"
    await sdk.devboxes.await_running(box.id)
    assert (await sdk.devboxes.execute(box.id, command="cat launches")).stdout == "x\nx\n"


def test_sdk_shuts_down_for_good(devbox):
    with Runloop(bearer_token=devbox.token, base_url=devbox.url) as sdk:
        box = sdk.devboxes.create_and_await_running()
        home = sdk.devboxes.execute(box.id, command="pwd").stdout.strip()
        assert os.path.isdir(home)
        view = sdk.devboxes.shutdown(box.id)
        assert (view.status, view.shutdown_reason) == ("shutdown", "api_shutdown")
        assert view.end_time_ms >= view.create_time_ms
        assert not os.path.exists(home)
        with pytest.raises(runloop_api_client.BadRequestError):
            sdk.devboxes.resume(box.id)


async def test_sdk_keep_alive_usage_logs_and_blueprint(sdk, sdk_box):
    assert await sdk.devboxes.keep_alive(sdk_box.id) == {}
    usage = await sdk.devboxes.retrieve_resource_usage(sdk_box.id)
    assert usage.total_elapsed_seconds >= usage.total_active_seconds >= 0
    run = await sdk.devboxes.execute(sdk_box.id, command="echo logged")
    logs = (await sdk.devboxes.logs.list(sdk_box.id, execution_id=run.execution_id)).logs
    assert [entry.cmd for entry in logs] == ["echo logged"]
    assert (await sdk.devboxes.logs.list(sdk_box.id, execution_id="other")).logs == []
    assert (await sdk.blueprints.retrieve("bpt_1")).status == "build_complete"


async def test_usage_counts_active_time_in_the_boxs_size(devbox, sdk):
    box = await sdk.devboxes.create_and_await_running(
        launch_parameters={"resource_size_request": "X_LARGE"}
    )
    await asyncio.sleep(1.05)
    await sdk.devboxes.suspend(box.id)
    await sdk.devboxes.await_suspended(box.id)
    await asyncio.sleep(1.0)
    usage = await sdk.devboxes.retrieve_resource_usage(box.id)
    assert (usage.total_active_seconds, usage.total_elapsed_seconds) == (1, 2)
    assert (usage.vcpu_seconds // 4, usage.memory_gb_seconds // 16) == (1, 1)


async def test_sdk_errors(devbox, sdk):
    with pytest.raises(runloop_api_client.NotFoundError, match="Devbox not found"):
        await sdk.devboxes.retrieve("dbx_nope")
    async with AsyncRunloop(bearer_token="wrong", base_url=devbox.url) as stranger:
        with pytest.raises(runloop_api_client.AuthenticationError, match="bearer token"):
            await stranger.devboxes.list()


# --- the official SDK: commands


async def test_sdk_executes(sdk, sdk_box):
    result = await sdk.devboxes.execute(sdk_box.id, command="echo out; echo err >&2; exit 3")
    assert (result.status, result.exit_status) == ("completed", 3)
    assert (result.stdout, result.stderr) == ("out\n", "err\n")
    assert not result.stdout_truncated


@pytest.mark.parametrize(
    ("last_n", "lines", "truncated"), [(None, 100, True), ("5", 5, True), ("1000", 300, False)]
)
async def test_sdk_execute_returns_the_last_lines(sdk, sdk_box, last_n, lines, truncated):
    options = {} if last_n is None else {"last_n": last_n}
    result = await sdk.devboxes.execute(sdk_box.id, command="seq 1 300", **options)
    assert result.stdout.split() == [str(i) for i in range(301 - lines, 301)]
    assert result.stdout_truncated is truncated


async def test_sdk_waits_after_the_optimistic_window(sdk, sdk_box):
    running = await sdk.devboxes.execute(
        sdk_box.id, command="sleep 1.3; echo late", optimistic_timeout=1
    )
    assert (running.status, running.stdout, running.exit_status) == ("running", None, None)
    done = await sdk.devboxes.wait_for_command(
        running.execution_id, devbox_id=sdk_box.id, statuses=["completed"], timeout_seconds=10
    )
    assert (done.stdout, done.exit_status) == ("late\n", 0)


async def test_sdk_streams_both_outputs_while_the_command_runs(sdk, sdk_box):
    wait_for_go = "until [ -e go ]; do sleep 0.02; done"
    run = await sdk.devboxes.executions.execute_async(
        sdk_box.id, command=f"echo é😀; {wait_for_go}; echo two; echo bad >&2; exit 4"
    )
    assert run.status == "running"
    ids = {"execution_id": run.execution_id, "devbox_id": sdk_box.id}
    chunks = []
    async for chunk in await sdk.devboxes.executions.stream_stdout_updates(**ids):
        if not chunks:
            await sdk.devboxes.write_file_contents(sdk_box.id, file_path="go", contents="")
        chunks.append((chunk.output, chunk.offset))
    assert chunks == [("é😀\n", 7), ("two\n", 11)]
    stderr = await sdk.devboxes.executions.stream_stderr_updates(**ids)
    assert [chunk.output async for chunk in stderr] == ["bad\n"]
    done = await sdk.devboxes.executions.retrieve(**ids)
    assert done.exit_status == 4
    replay = await sdk.devboxes.executions.stream_stdout_updates(**ids, offset="7")
    assert [chunk.output async for chunk in replay] == ["two\n"]


async def test_sdk_reconnects_after_a_timeout_without_loss_or_repeat(devbox, sdk, sdk_box):
    devbox.faults.break_stream("timeout_event")
    devbox.faults.break_stream("timeout_event")
    run = await sdk.devboxes.executions.execute_async(sdk_box.id, command=COUNT_SLOWLY)
    stream = await sdk.devboxes.executions.stream_stdout_updates(
        run.execution_id, devbox_id=sdk_box.id
    )
    chunks = [chunk async for chunk in stream]
    assert "".join(chunk.output for chunk in chunks) == "tok1 é😀\ntok2 é😀\ntok3 é😀\n"
    opened = [r.query for r in devbox.faults.requests if r.path.endswith("stream_stdout_updates")]
    resumed_at = [str(chunk.offset) for chunk in chunks[:2]]
    assert [query.get("offset") for query in opened] == [None, *resumed_at]


async def test_sdk_kills_the_group(sdk, sdk_box):
    run = await sdk.devboxes.executions.execute_async(
        sdk_box.id, command="sleep 60 & echo $!; wait"
    )
    child = await first_line(sdk, sdk_box, run)
    assert alive(child)
    ids = {"execution_id": run.execution_id, "devbox_id": sdk_box.id}
    view = await sdk.devboxes.executions.kill(**ids, kill_process_group=True)
    assert (view.status, view.exit_status) == ("completed", 128 + signal.SIGKILL)
    assert wait_for(lambda: not alive(child))


async def test_sdk_default_kill_spares_the_children(sdk, sdk_box):
    run = await sdk.devboxes.executions.execute_async(
        sdk_box.id, command="sleep 60 & echo $!; wait"
    )
    child = await first_line(sdk, sdk_box, run)
    view = await sdk.devboxes.executions.kill(run.execution_id, devbox_id=sdk_box.id)
    assert view.status == "completed"
    assert alive(child)
    await sdk.devboxes.shutdown(sdk_box.id)
    assert not alive(child)


async def test_sdk_writes_to_standard_input(sdk, sdk_box):
    run = await sdk.devboxes.executions.execute_async(
        sdk_box.id, command="cat; echo done", attach_stdin=True
    )
    ids = {"execution_id": run.execution_id, "devbox_id": sdk_box.id}
    sent = await sdk.devboxes.executions.send_std_in(**ids, text="héllo\n")
    assert sent.success
    await sdk.devboxes.executions.send_std_in(**ids, signal="EOF")
    done = await sdk.devboxes.executions.await_completed(**ids, polling_config=SOON)
    assert done.stdout == "héllo\ndone\n"


async def test_sdk_interrupts(sdk, sdk_box):
    run = await sdk.devboxes.executions.execute_async(
        sdk_box.id,
        command="trap 'echo caught; exit 7' INT; echo $$; while :; do sleep 0.05; done",
        attach_stdin=True,
    )
    await first_line(sdk, sdk_box, run)
    ids = {"execution_id": run.execution_id, "devbox_id": sdk_box.id}
    await sdk.devboxes.executions.send_std_in(**ids, signal="INTERRUPT")
    done = await sdk.devboxes.executions.await_completed(**ids, polling_config=SOON)
    assert (done.exit_status, done.stdout.splitlines()[-1]) == (7, "caught")


async def test_sdk_objects_run_commands(devbox):
    async with AsyncRunloopSDK(bearer_token=devbox.token, base_url=devbox.url) as sdk:
        box = await sdk.devbox.create(name="object")
        lines = []
        result = await box.cmd.exec("seq 1 1000", stdout=lines.append)
        assert result.exit_code == 0
        assert "".join(lines).split() == [str(i) for i in range(1, 1001)]
        assert (await result.stdout()).split() == [str(i) for i in range(1, 1001)]
        await box.shutdown()


async def first_line(sdk, box, run):
    stream = await sdk.devboxes.executions.stream_stdout_updates(run.execution_id, devbox_id=box.id)
    async with stream:
        async for chunk in stream:
            return int(chunk.output)
    raise AssertionError("no output")


# --- the official SDK: files, and the sync client


async def test_sdk_files_round_trip(sdk, sdk_box):
    text = "prompt 'with' \"quotes\" $(id) `id` é😀\r\n\n"
    await sdk.devboxes.write_file_contents(sdk_box.id, file_path=".q/p.json", contents=text)
    assert await sdk.devboxes.read_file_contents(sdk_box.id, file_path=".q/p.json") == text
    data = bytes(range(256)) * 300 + b"\r\n--almost a boundary\r\n\r\n"
    await sdk.devboxes.upload_file(sdk_box.id, path="up/data.bin", file=data)
    down = await sdk.devboxes.download_file(sdk_box.id, path="up/data.bin")
    assert await down.read() == data
    seen = await sdk.devboxes.execute(sdk_box.id, command="wc -c < up/data.bin")
    assert int(seen.stdout) == len(data)
    with pytest.raises(runloop_api_client.NotFoundError, match="File not found"):
        await sdk.devboxes.read_file_contents(sdk_box.id, file_path="missing")


def test_the_sync_sdk_works_alike(devbox):
    with Runloop(bearer_token=devbox.token, base_url=devbox.url) as sdk:
        box = sdk.devboxes.create_and_await_running(name="sync")
        assert sdk.devboxes.execute(box.id, command="echo hi").stdout == "hi\n"
        devbox.faults.break_stream("timeout_event")
        run = sdk.devboxes.executions.execute_async(box.id, command=COUNT_SLOWLY)
        ids = {"execution_id": run.execution_id, "devbox_id": box.id}
        with sdk.devboxes.executions.stream_stdout_updates(**ids) as stream:
            text = "".join(chunk.output for chunk in stream)
        assert text == "tok1 é😀\ntok2 é😀\ntok3 é😀\n"
        assert sdk.devboxes.executions.await_completed(**ids, polling_config=SOON).exit_status == 0
        assert sdk.devboxes.shutdown(box.id).status == "shutdown"


# --- plain HTTP: what the SDK hides


def test_execute_needs_a_command_id(box):
    answer = box.post("execute", {"command": "echo hi"})
    assert answer.status_code == 400
    assert "command_id" in answer.json()["message"]
    assert answer.headers["x-should-retry"] == "false"
    assert box.execute("echo hi").json()["stdout"] == "hi\n"


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("#" + "x" * 131_070, 200),
        ("#" + "x" * 131_071, 400),
        ("#" + "é" * 65_536, 400),
        ("echo \0", 400),
        ("echo \ud800", 400),
        (["echo"], 400),
    ],
    ids=["131071 bytes", "131072 bytes", "131073 bytes of UTF-8", "NUL", "surrogate", "list"],
)
def test_commands_that_the_kernel_would_refuse_are_refused(box, command, status):
    body = b'{"command_id":"c1","command":%s}' % json.dumps(command).encode()
    answer = box.client.post(f"{box.path}/execute", content=body)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["message"].startswith("command ") or isinstance(command, list)


def test_a_repeated_command_id_runs_once(box):
    first = box.execute("echo x >> runs; sleep 0.3; wc -l < runs", command_id="same")
    second = box.execute("echo x >> runs; sleep 0.3; wc -l < runs", command_id="same")
    assert first.json() == second.json()
    assert first.json()["execution_id"] == "same"
    assert box.execute("wc -l < runs", command_id="other").json()["stdout"] == "1\n"


def test_a_command_id_sent_twice_at_the_same_time_runs_once(devbox, box):
    answers = []

    def send():
        with devbox.client() as client:
            url = f"{box.path}/execute"
            body = {"command": "echo x >> runs; sleep 0.2; cat runs", "command_id": "same"}
            answers.append(client.post(url, json=body).json())

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a["stdout"] for a in answers] == ["x\n"] * 5


def test_execute_async_is_deduplicated_by_request_id(box):
    headers = {"x-request-id": "r1"}
    body = {"command": "echo x >> runs", "attach_stdin": None}
    ids = [
        box.post("execute_async", body, headers=h).json()["execution_id"]
        for h in (headers, headers, {"x-request-id": "r2"})
    ]
    assert ids[0] == ids[1] != ids[2]
    for one in ids:
        answer = box.post(f"executions/{one}/wait_for_status", {"statuses": ["completed"]})
        assert answer.status_code == 200
    assert box.run("wc -l < runs") == "2\n"


def test_waits_take_fractions_of_seconds_and_end_in_408(box):
    run = box.post("execute_async", {"command": "sleep 60"}).json()["execution_id"]
    started = time.monotonic()
    body = {"statuses": ["completed"], "timeout_seconds": 0.25}
    answer = box.post(f"executions/{run}/wait_for_status", body)
    assert 0.2 < time.monotonic() - started < 1.5
    assert answer.status_code == 408
    assert answer.headers["retry-after-ms"] == "1"
    assert "message" in answer.json()
    box_answer = box.post("wait_for_status", {"statuses": ["suspended"], "timeout_seconds": 0.1})
    assert (box_answer.status_code, box_answer.headers["retry-after-ms"]) == (408, "1")
    assert box.post("wait_for_status", {"statuses": ["running"]}).json()["status"] == "running"
    assert box.post("wait_for_status", {"statuses": ["dancing"]}).status_code == 400


def test_a_daemon_that_holds_the_pipes_does_not_hold_the_execution(box):
    started = time.monotonic()
    answer = box.execute("setsid sleep 60 & echo $!").json()
    assert time.monotonic() - started < 2
    assert answer["status"] == "completed"
    daemon = int(answer["stdout"])
    assert alive(daemon)
    box.post("suspend")
    box.reach("suspended")
    assert not alive(daemon)


def test_output_between_the_last_write_and_the_exit_is_not_lost(box):
    for size in (1, 65_536, 300_000):
        stdout = box.execute(f"head -c {size} /dev/zero | tr '\\0' x").json()["stdout"]
        assert len(stdout) == size


def test_explicit_nulls_are_absent_members(http):
    nulls = dict.fromkeys(["name", "metadata", "environment_variables", "launch_parameters"])
    box = RawBox(http, **nulls)
    assert box.view["metadata"] == {}
    assert box.execute("echo hi", optimistic_timeout=None).json()["stdout"] == "hi\n"


@pytest.mark.parametrize(
    "create",
    [
        {"metadata": {"a": 1}},
        {"name": 5},
        {"environment_variables": {"A=B": "x"}},
        {"environment_variables": {"A": "x\0"}},
        {"launch_parameters": {"launch_commands": [3]}},
        {"secrets": {"A": "B"}},
        {"blueprint_id": "b", "snapshot_id": "s"},
        [],
    ],
)
def test_create_refuses_what_it_cannot_do(http, create):
    before = http.get("/v1/devboxes").json()["total_count"]
    answer = http.post("/v1/devboxes", json=create)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert http.get("/v1/devboxes").json()["total_count"] == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("execute", b"{"),
        ("execute", b"[" * 100_000),
        ("execute", b'{"command":"true","command_id":"../x"}'),
        ("execute?last_n=-1", b'{"command":"true","command_id":"c"}'),
        ("execute", b'{"command":"true","command_id":"c","optimistic_timeout":"soon"}'),
        ("execute", b'{"command":"true","command_id":"c","optimistic_timeout":NaN}'),
        ("upload_file", b"no multipart"),
        ("wait_for_status", b"{}"),
    ],
)
def test_malformed_requests_are_400(box, path, body):
    answer = box.client.post(f"{box.path}/{path}", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"]


def test_a_static_path_is_not_taken_for_an_id(http):
    assert http.get("/v1/devboxes/create_and_await_running").status_code in (404, 405)
    assert http.get("/v1/nothing").json()["message"]


@pytest.mark.parametrize("path", ["../other", "/etc/hostname", "a/../../x", "link/x", "x\0y"])
def test_files_stay_below_the_home(box, path):
    box.run("ln -s / link; echo inside > inner; mkdir a")
    written = box.post("write_file_contents", {"file_path": path, "contents": "x"})
    read = box.post("read_file_contents", {"file_path": path})
    down = box.post("download_file", {"path": path})
    up = box.client.post(f"{box.path}/upload_file", files={"file": b"x"}, data={"path": path})
    assert {a.status_code for a in (written, read, down, up)} == {400}
    inside = box.post("read_file_contents", {"file_path": "a/../inner"})
    assert inside.text == "inside\n"


def test_the_parents_environment_does_not_reach_commands(http, monkeypatch):
    canary = f"canary-{uuid.uuid4()}"
    monkeypatch.setenv("GROQ_API_KEY", canary)
    monkeypatch.setenv("RUNLOOP_API_KEY", canary)
    monkeypatch.setenv("BASH_ENV", canary)
    monkeypatch.setenv("LC_TIME", "C")
    control = subprocess.run(["bash", "-lc", "env"], capture_output=True, text=True, check=True)
    assert control.stdout.count(canary) == 3
    box = RawBox(http, environment_variables={"OWN": "mine", "HOME": "/"})
    environment = dict(line.split("=", 1) for line in box.run("env").splitlines())
    assert canary not in str(environment)
    assert (environment["OWN"], environment["LC_TIME"]) == ("mine", "C")
    assert environment["HOME"] == environment["PWD"] == box.run("pwd").strip()
    assert environment["HOME"].endswith(box.view["id"])


def test_programs_of_the_parent_are_found(box, monkeypatch):
    folder = os.path.dirname(sys.executable)
    assert folder in box.run("echo $PATH").strip().split(":")
    assert box.run("command -v python3")


def test_commands_dump_no_core(box):
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:  # nothing to take away on this machine
        assert box.run("ulimit -c; ulimit -Hc") == "0\n0\n"
        return
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        control = subprocess.run(["bash", "-c", "ulimit -c"], capture_output=True, check=True)
        assert control.stdout != b"0\n"
        assert box.run("ulimit -c; ulimit -Hc") == "0\n0\n"
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def test_output_is_capped_and_says_so(box):
    answer = box.execute("head -c 9000000 /dev/zero | tr '\\0' 'x'; echo; echo end >&2").json()
    assert len(answer["stdout"]) == 8 * 1024 * 1024
    assert answer["stdout_truncated"] is True
    assert (answer["stderr"], answer["stderr_truncated"]) == ("end\n", False)


def test_old_executions_are_forgotten(box):
    first = box.execute("true", command_id="first")
    assert first.status_code == 200
    for i in range(201):
        box.execute("exit 0", command_id=f"c{i}")
    assert box.get("executions/first").status_code == 404
    assert box.get("executions/c200").json()["exit_status"] == 0


def test_a_stream_never_splits_a_character(box):
    command = r"printf '\360\237'; sleep 0.2; printf '\230\200|\303'; sleep 0.2; printf '\251\377.'"
    run = box.post("execute_async", {"command": command}).json()["execution_id"]
    chunks = stream(box, run, "stdout")
    assert joined(chunks) == "😀|é\N{REPLACEMENT CHARACTER}."
    assert chunks[-1]["offset"] == 9
    for n, chunk in enumerate(chunks, start=1):
        rest = stream(box, run, "stdout", offset=chunk["offset"])
        assert joined(rest) == joined(chunks[n:])


def joined(chunks):
    return "".join(chunk["output"] for chunk in chunks)


def stream(box, run, name, **query):
    answer = box.get(f"executions/{run}/stream_{name}_updates", params=query)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [e for e in answer.text.split("\n\n") if e.startswith("data: ")]
    return [json.loads(e.removeprefix("data: ")) for e in events]


def test_standard_input_must_be_attached(box):
    run = box.post("execute_async", {"command": "sleep 60"}).json()["execution_id"]
    path = f"executions/{run}/send_std_in"
    assert box.post(path, {"text": "x"}).status_code == 400
    assert box.post(path, {"text": "x", "signal": "EOF"}).status_code == 400
    assert box.post(path, {"signal": "HUP"}).status_code == 400
    assert box.run("cat") == ""


def test_a_failing_launch_command_fails_the_box(http):
    view = RawBox(http, launch_parameters={"launch_commands": ["exit 3"]}).view
    assert (view["status"], view["failure_reason"]) == ("failure", "execution_failed")
    assert view["state_transitions"][-1]["failure_reason"] == "execution_failed"


def test_a_box_can_be_shut_down_while_it_boots(devbox, http):
    devbox.faults.boot_s = 30
    devbox_id = http.post("/v1/devboxes", json={}).json()["id"]
    answer = http.post(f"/v1/devboxes/{devbox_id}/shutdown?force=true")
    assert answer.json()["status"] == "shutdown"


# --- ordered faults


def test_ordered_answers_come_first_and_once(devbox, box):
    devbox.faults.answer("/execute", 429, 503, headers={"Retry-After": "7"})
    devbox.faults.answer("/execute", 200, body="<html>")
    answers = [box.execute("echo hi", command_id="c") for _ in range(4)]
    assert [a.status_code for a in answers] == [429, 503, 200, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert "x-should-retry" not in answers[0].headers
    assert answers[2].text == "<html>"
    assert answers[3].json()["stdout"] == "hi\n"
    sent = [r for r in devbox.faults.requests if r.path.endswith("/execute")]
    assert len(sent) == 4
    assert sent[0].body == {"command": "echo hi", "command_id": "c"}
    assert "authorization" not in sent[0].headers


def test_ordered_delays_hold_a_path(devbox, box):
    devbox.faults.delay("/keep_alive", 0.3)
    started = time.monotonic()
    assert box.post("keep_alive").json() == {}
    assert time.monotonic() - started >= 0.3


def test_streams_break_as_ordered(devbox, box):
    run = box.execute("echo one; sleep 0.1; echo two", command_id="c").json()["execution_id"]
    assert joined(stream(box, run, "stdout")) == "one\ntwo\n"
    started = box.post("execute_async", {"command": "echo one; sleep 60; echo two"}).json()
    run = started["execution_id"]
    devbox.faults.break_stream("eof")
    assert [c["output"] for c in stream(box, run, "stdout")] == ["one\n"]
    devbox.faults.break_stream("cut")
    with pytest.raises(httpx.RemoteProtocolError):
        stream(box, run, "stdout")


def test_states_can_be_forced_until_the_next_change(devbox, box):
    devbox.faults.force_status(box.view["id"], "failure", failure_reason="out_of_memory")
    view = box.client.get(box.path).json()
    assert (view["status"], view["failure_reason"]) == ("failure", "out_of_memory")
    assert box.execute("true").status_code == 400
    devbox.faults.force_status(box.view["id"], "suspended")
    box.post("resume")
    assert box.reach("running")["failure_reason"] is None
    assert box.run("echo back") == "back\n"


def test_boots_can_be_slow_and_can_fail(devbox, http):
    devbox.faults.boot_s = 0.3
    started = time.monotonic()
    RawBox(http)
    assert time.monotonic() - started >= 0.3
    devbox.faults.fail_boot("out_of_disk")
    view = RawBox(http).view
    assert (view["status"], view["failure_reason"]) == ("failure", "out_of_disk")


# --- the Unix socket, and the end


def test_served_on_a_private_unix_socket_and_nothing_is_left_behind():
    server = LocalDevboxServer.start()
    folder = server.socket_path.parent
    try:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(os.fsencode(server.socket_path)) < 100
        transport = httpx.HTTPTransport(uds=str(server.socket_path))
        with httpx.Client(transport=transport, base_url="http://devbox") as client:
            box = RawBox(client)
            foreground = box.post("execute_async", {"command": "echo $$; exec sleep 60"}).json()
            pids = [int(box.run(f"{way} sleep 60 & echo $!")) for way in DAEMONS]
            seen = []
            reader = threading.Thread(
                target=lambda: seen.extend(stream(box, foreground["execution_id"], "stdout"))
            )
            reader.start()
            assert wait_for(lambda: box.get("logs").status_code == 200)
            started = time.monotonic()
            server.close()
            assert time.monotonic() - started < 5
            reader.join(timeout=5)
    finally:
        server.close()
    pids.append(int(joined(seen)))
    assert not folder.exists()
    assert [alive(pid) for pid in pids] == [False] * 4


def test_a_long_temporary_folder_does_not_make_the_socket_path_too_long(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    server = LocalDevboxServer.start()
    server.close()
    assert len(os.fsencode(server.socket_path)) < 100
    assert list(deep.iterdir()) == []


def test_a_process_that_forgets_to_close_leaves_nothing_behind():
    script = """
import httpx
from graph.background import BackgroundServer
from graph.devbox.local import LocalDevboxServer
server = LocalDevboxServer.start()
with httpx.Client(transport=httpx.HTTPTransport(uds=str(server.socket_path))) as client:
    base = "http://devbox/v1/devboxes"
    box = client.post(base + "/create_and_await_running", json={}).json()["id"]
    body = {"command": "setsid sleep 60 & echo $!", "command_id": "c"}
    print(client.post(f"{base}/{box}/execute", json=body).json()["stdout"].strip())
print(server.socket_path.parent)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    pid, folder = run.stdout.split()
    assert not alive(int(pid))
    assert not os.path.exists(folder)
    assert run.stderr == ""


def test_without_a_token_nothing_is_served_over_tcp(tmp_path):
    with pytest.raises(ConfigurationError, match="token"):
        LocalDevboxServer.start_on_loopback("")
    server = BackgroundServer(create_app(tmp_path / "boxes"), name="tcp")
    server.start()
    try:
        assert httpx.get(f"{server.url}/v1/devboxes").status_code == 401
    finally:
        server.close()


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Basic {}", "Bearer {}x", "é"])
def test_every_path_needs_the_token(devbox, header):
    value = None if header is None else header.format(devbox.token).encode("latin-1")
    headers = {} if value is None else {"authorization": value}
    for path in ("/v1/devboxes", "/v1/devboxes/dbx_1", "/v1/blueprints/b", "/nothing"):
        answer = httpx.get(devbox.url + path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["message"]
    good = {"authorization": f"Bearer {devbox.token}"}
    assert httpx.get(f"{devbox.url}/v1/devboxes", headers=good).status_code == 200


def test_a_machine_without_bash_is_told_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigurationError, match="install bash"):
        LocalDevboxServer.start()
