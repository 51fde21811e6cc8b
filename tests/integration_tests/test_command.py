"""The command by itself, in real bash: with curl, with python3 alone, on a bare system."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.devbox.command import MAX_COMMAND_BYTES, chat_command
from tests.wire.ollama import OllamaReply, OllamaServer

TOOLS = ("bash", "base64", "gzip", "cat", "rm", "seq", "sleep", "setsid", "nohup")
ASK = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "`x` $HOME \\ é😀"}]}

FAKE_OLLAMA = """\
#!/bin/sh
case "$1" in
  list) exec {python} -c 'import socket; socket.create_connection(("127.0.0.1", {port}), 1)' ;;
  serve) echo $$ >"$HOME/ollama.pid"; exec {python} -c '
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"started")
http.server.HTTPServer(("127.0.0.1", {port}), Handler).serve_forever()' ;;
esac
"""


@pytest.fixture(scope="module")
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        yield server


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH of links to what every slim image has; python3 or curl is added by the test."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        link(folder, name)
    return folder


def link(folder: Path, name: str, target: str | None = None) -> None:
    path = target or shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is missing: install it")
    (folder / name).symlink_to(path)


def run(
    folder: Path, request: dict[str, Any], url: str, *, upload: bool = True, **options: Any
) -> Any:
    options = {"start_ollama": False, "max_time_s": 20, **options}
    command = chat_command(request, command_id="id-1", ollama_url=url, **options)
    home = folder.parent
    if command.upload_path is not None and upload:
        (home / command.upload_path).write_text(command.upload_contents or "")
    # The command looks in /usr/local/bin too, where a machine may have its own curl.
    script = command.text.replace(":/usr/local/bin", "")
    environment = {"PATH": str(folder), "HOME": str(home)}
    bash = str(folder / "bash")
    return subprocess.run(
        [bash, "-c", script], capture_output=True, env=environment, cwd=home, timeout=60
    )


def add_client(folder: Path, client: str) -> None:
    link(folder, client, sys.executable if client == "python3" else None)


def http_status(stderr: bytes) -> str:
    lines = [line for line in stderr.decode().splitlines() if line.startswith('{"http"')]
    return str(json.loads(lines[-1])["http"])


CLIENTS = pytest.mark.parametrize("client", ["curl", "python3"])


@CLIENTS
def test_the_request_arrives_and_the_answer_comes_back(
    client: str, tools: Path, ollama: OllamaServer
) -> None:
    ollama.reset()
    add_client(tools, client)
    done = run(tools, ASK, ollama.url)
    assert (done.returncode, http_status(done.stderr)) == (0, "200")
    assert ollama.received[0].body == ASK
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert "".join(r["message"]["content"] for r in records) == "Hello from Qwen."
    assert records[-1]["done"] is True


@CLIENTS
def test_a_long_request_comes_from_a_file_that_is_gone_then(
    client: str, tools: Path, ollama: OllamaServer
) -> None:
    ollama.reset()
    add_client(tools, client)
    request = {**ASK, "messages": [{"role": "user", "content": os.urandom(90_000).hex()}]}
    done = run(tools, request, ollama.url)
    assert done.returncode == 0, done.stderr
    assert ollama.received[0].body == request
    assert list(tools.parent.glob(".qwen-router-*")) == []


@CLIENTS
def test_an_upload_that_is_not_there_is_no_request(
    client: str, tools: Path, ollama: OllamaServer
) -> None:
    ollama.reset()
    add_client(tools, client)
    request = {**ASK, "messages": [{"role": "user", "content": os.urandom(90_000).hex()}]}
    done = run(tools, request, ollama.url, upload=False)
    assert done.returncode == 65
    assert "the uploaded request is missing" in done.stderr.decode()
    assert ollama.received == []


@CLIENTS
def test_files_in_the_home_change_nothing(client: str, tools: Path, ollama: OllamaServer) -> None:
    ollama.reset()
    add_client(tools, client)
    (tools.parent / ".curlrc").write_text("fail\nuser-agent = other\nmax-time = 0.001\n")
    for module in ("json", "http", "signal"):
        (tools.parent / f"{module}.py").write_text("raise SystemExit(99)")
    done = run(tools, ASK, ollama.url)
    assert done.returncode == 0, done.stderr
    assert ollama.received[0].body == ASK


@CLIENTS
@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_an_error_status_comes_with_its_body(
    client: str, status: int, tools: Path, ollama: OllamaServer
) -> None:
    ollama.reset()
    ollama.script(OllamaReply(status=status, error="why é"))
    add_client(tools, client)
    done = run(tools, ASK, ollama.url)
    assert (done.returncode, http_status(done.stderr)) == (0, str(status))
    assert json.loads(done.stdout) == {"error": "why é"}


def test_curl_and_python_pass_on_the_same_bytes(tools: Path, ollama: OllamaServer) -> None:
    ollama.reset()
    for client in ("python3", "curl"):
        add_client(tools, client)  # curl is preferred
        ollama.script(OllamaReply(text="é😀\n" * 9000, chunk_chars=7))
    with_curl = run(tools, ASK, ollama.url)
    (tools / "curl").unlink()
    with_python = run(tools, ASK, ollama.url)
    assert with_curl.stdout == with_python.stdout != b""
    agents = [request.headers.get("user-agent", "") for request in ollama.received]
    assert [agent.startswith("curl/") for agent in agents] == [True, False]
    assert ollama.received[0].raw == ollama.received[1].raw


@CLIENTS
@pytest.mark.parametrize(
    ("reply", "codes"),
    [
        (OllamaReply(status=404, error="model not found"), (0,)),
        (OllamaReply(cut_after=2), (18, 56)),
        (OllamaReply(hang_after=1), (28,)),
    ],
    ids=["error status", "cut", "hang"],
)
def test_exit_codes_are_curls(
    client: str, reply: OllamaReply, codes: tuple[int, ...], tools: Path, ollama: OllamaServer
) -> None:
    ollama.reset()
    ollama.script(reply)
    add_client(tools, client)
    done = run(tools, ASK, ollama.url, max_time_s=2)
    assert done.returncode in codes, done.stderr
    assert http_status(done.stderr) == str(reply.status)


@CLIENTS
def test_nobody_listens(client: str, tools: Path) -> None:
    add_client(tools, client)
    done = run(tools, ASK, f"http://127.0.0.1:{free_port()}")
    assert (done.returncode, http_status(done.stderr)) == (7, "000")


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("curl", "neither curl nor python3"),
        ("gzip", "gzip is missing"),
        ("base64", "base64 is missing"),
    ],
)
def test_what_is_missing_is_named(missing: str, named: str, tools: Path) -> None:
    if missing != "curl":
        (tools / missing).unlink()
        add_client(tools, "python3")
    done = run(tools, ASK, "http://127.0.0.1:9")
    assert done.returncode == 69
    assert named in done.stderr.decode()


def test_a_server_that_is_down_is_started_and_outlives_the_command(tools: Path) -> None:
    add_client(tools, "curl")
    port = free_port()
    (tools / "ollama").write_text(FAKE_OLLAMA.format(python=sys.executable, port=port))
    (tools / "ollama").chmod(0o755)
    url = f"http://127.0.0.1:{port}"
    link(tools, "sh")
    try:
        first = run(tools, ASK, url, start_ollama=True)
        assert (first.returncode, first.stdout) == (0, b"started"), first.stderr
        again = run(tools, ASK, url)
        assert again.stdout == b"started"
    finally:
        os.kill(int((tools.parent / "ollama.pid").read_text()), 15)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1';id;'", "http://x/$(id)", "http://x y", "file:///etc/passwd"]
)
def test_an_address_with_a_meaning_to_the_shell_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="unsafe in a shell"):
        chat_command(ASK, command_id="id", ollama_url=url)


def test_a_command_is_never_longer_than_one_argument_may_be() -> None:
    for size in (1_000, 60_000, 90_000, 2_000_000):
        messages = [{"role": "user", "content": os.urandom(size // 2).hex()}]
        assert len(chat_command({"messages": messages}, command_id="id").text) <= MAX_COMMAND_BYTES


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
