"""The real Qwen2.5-Coder 0.5B, in process, asked over Ollama's API on loopback."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from graph.embedded.engine import N_CTX, Engine
from graph.embedded.protocol import ChatMessage, ChatOptions, Finished, Text
from graph.embedded.server import EmbeddedOllama
from graph.embedded.weights import resolve_model
from graph.errors import ConfigurationError, QwenContextOverflowError, QwenServerDiedError
from graph.settings import Settings

pytestmark = pytest.mark.model

NAME = "qwen2.5-coder:0.5b"
LONG = "Write a very long and detailed story about a dragon, in twenty chapters."
FREED_S = 5.0
"""Enough for a batch and a short answer on a busy machine; the stories would take minutes."""


@pytest.fixture(scope="module")
def model():
    cache_dir = Settings(_env_file=None).cache_dir
    model = resolve_model(gguf_path=None, name=NAME, cache_dir=cache_dir)
    if model is None:
        pytest.skip("the extra `embedded` is not installed")
    return model


@pytest.fixture(scope="module")
def ollama(model):
    ollama = EmbeddedOllama.start(model)
    yield ollama
    ollama.close()


@pytest.fixture(scope="module")
def client(ollama):
    with httpx.Client(base_url=ollama.url, timeout=120) as client:
        yield client


def body(text, *, stream=False, **options):
    messages = [{"role": "user", "content": text}]
    return {"model": NAME, "messages": messages, "stream": stream, "options": options}


def ask(client, text, **options):
    response = client.post("/api/chat", json=body(text, **options))
    assert response.status_code == 200, response.text
    return response.json()


def content(answer):
    return answer["message"]["content"]


def test_answers_a_coding_question(client):
    question = "Write a Python function add(a, b) that returns the sum. Only code."
    answer = ask(client, question, temperature=0, num_predict=120)
    code = re.search(r"```(?:python)?\n(.*?)```", content(answer), re.DOTALL)
    assert code, content(answer)
    namespace: dict = {}
    exec(code[1], namespace)
    assert namespace["add"](2, 3) == 5
    assert answer["done_reason"] == "stop"


def test_counts_tokens_and_time(client):
    question = "Say hello. " * 20
    answer = ask(client, question, temperature=0, num_predict=20)
    assert 60 <= answer["prompt_eval_count"] <= 120
    assert 1 <= answer["eval_count"] <= 20
    assert answer["eval_duration"] > 0
    assert answer["prompt_eval_duration"] > 0
    parts = answer["eval_duration"] + answer["prompt_eval_duration"]
    assert parts * 0.5 < answer["total_duration"] < 120e9
    again = ask(client, question, temperature=0, num_predict=20)
    assert again["prompt_eval_count"] == answer["prompt_eval_count"], "the cache changes no count"


def test_streams_piece_by_piece(client):
    records, times = [], []
    request = body("List three colours.", stream=True, temperature=0, num_predict=40)
    with client.stream("POST", "/api/chat", json=request) as response:
        for line in response.iter_lines():
            records.append(json.loads(line))
            times.append(time.monotonic())
    assert len(records) > 5
    assert times[-1] - times[0] > 0.05, "not all at once at the end"
    assert [record["done"] for record in records] == [False] * (len(records) - 1) + [True]
    whole = ask(client, "List three colours.", temperature=0, num_predict=40)
    assert "".join(content(record) for record in records) == content(whole)


def test_same_seed_gives_the_same_answer(client):
    def answer(seed):
        return content(ask(client, "Invent a word.", temperature=1.5, seed=seed, num_predict=24))

    assert answer(1) == answer(1)
    assert len({answer(seed) for seed in (1, 2, 3)}) > 1


def test_temperature_zero_with_a_seed_is_repeatable(client):
    answers = {
        content(ask(client, "Explain recursion.", temperature=0, seed=5, num_predict=32))
        for _ in range(3)
    }
    assert len(answers) == 1


def test_stop_ends_the_answer_before_the_word(client):
    question = "Say the digits from 1 to 9, separated by commas. Nothing else."
    answer = ask(client, question, temperature=0, num_predict=60, stop="7")
    assert answer["done_reason"] == "stop"
    assert "6" in content(answer)
    assert "7" not in content(answer)


def test_num_predict_ends_with_length(client):
    answer = ask(client, LONG, temperature=0, num_predict=5)
    assert (answer["done_reason"], answer["eval_count"]) == ("length", 5)


def test_system_prompt_is_obeyed(client):
    messages = [
        {"role": "system", "content": "Answer every question with the single word BANANA."},
        {"role": "user", "content": "What is your answer?"},
    ]
    request = {**body(""), "messages": messages, "options": {"temperature": 0, "num_predict": 8}}
    assert "BANANA" in content(client.post("/api/chat", json=request).json()).upper()


def test_schema_gives_json_that_fits(client):
    schema = {
        "type": "object",
        "properties": {"language": {"type": "string"}, "year": {"type": "integer"}},
        "required": ["language", "year"],
    }
    request = {**body("When was Python born?", temperature=0, num_predict=60), "format": schema}
    answer = json.loads(content(client.post("/api/chat", json=request).json()))
    assert isinstance(answer["language"], str)
    assert isinstance(answer["year"], int)


def test_schema_that_makes_no_sense_is_400(client):
    request = {**body("Hi"), "format": {"type": "nonsense"}}
    assert client.post("/api/chat", json=request).status_code == 400


@pytest.mark.parametrize("stream", [True, False])
def test_prompt_longer_than_the_window_is_400(client, stream):
    response = client.post("/api/chat", json=body("word " * (N_CTX + 100), stream=stream))
    assert response.status_code == 400
    error = response.json()["error"]
    assert error.startswith("the prompt is longer than the context length")
    assert str(N_CTX) in error


def test_two_chats_at_once_and_a_third_that_waits(client):
    questions = ["Name a fruit.", "Name an animal.", "Name a city."]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda q: ask(client, q, temperature=0, num_predict=30), questions))
    assert all(content(answer) for answer in answers)
    assert len({content(answer) for answer in answers}) == 3


def leave_after(client, request, seconds):
    """Send a request and go away; both slots would be full of what is left behind."""
    with pytest.raises(httpx.ReadTimeout):
        client.post("/api/chat", json=request, timeout=seconds)


@pytest.mark.parametrize(
    "text", [LONG, "".join(f"{n} " for n in range(1500))], ids=["answering", "reading the prompt"]
)
def test_leaving_clients_free_their_slots(client, text):
    ask(client, "Hi", num_predict=1)
    request = body(text, num_predict=4000)
    threads = [threading.Thread(target=leave_after, args=(client, request, 1)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    started = time.monotonic()
    ask(client, "Hi", num_predict=1)
    assert time.monotonic() - started < FREED_S


async def test_closing_the_iterator_stops_the_model(model):
    engine = Engine(model.path)
    engine.load()
    turns = [ChatMessage("user", LONG)]
    answer = engine.chat(turns, ChatOptions())
    assert isinstance(await anext(answer), Text)
    await answer.aclose()
    await asyncio.to_thread(join_generations, FREED_S)
    assert not generation_threads()
    pieces = [piece async for piece in engine.chat(turns, ChatOptions(num_predict=3))]
    assert isinstance(pieces[-1], Finished)
    assert (pieces[-1].done_reason, pieces[-1].output_tokens) == ("length", 3)
    engine.close()


async def test_closed_engine_says_so(model):
    engine = Engine(model.path)
    turns = [ChatMessage("user", LONG)]
    with pytest.raises(QwenServerDiedError, match="not loaded"):
        await anext(engine.chat(turns, ChatOptions()))
    engine.load()
    answer = engine.chat(turns, ChatOptions())
    await anext(answer)
    engine.close()
    engine.close()
    assert not generation_threads()
    with pytest.raises(QwenServerDiedError, match="was closed"):
        _ = [piece async for piece in answer]


async def test_long_prompt_is_a_typed_error(model):
    engine = Engine(model.path)
    engine.load()
    with pytest.raises(QwenContextOverflowError):
        await anext(engine.chat([ChatMessage("user", "word " * 9000)], ChatOptions()))
    engine.close()


def generation_threads():
    return [thread for thread in threading.enumerate() if thread.name == "qwen"]


def join_generations(timeout_s):
    for thread in generation_threads():
        thread.join(timeout_s)


def test_file_that_is_no_model_is_a_configuration_error(tmp_path):
    path = tmp_path / "bad.gguf"
    path.write_bytes(b"GGUF\x03\0\0\0" + bytes(200))
    with pytest.raises(ConfigurationError, match=r"bad\.gguf cannot be loaded"):
        Engine(path).load()


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        ("ImportError('libgomp.so.1: cannot open shared object file')", "apt-get install libgomp1"),
        ("ModuleNotFoundError('No module named x')", '-e ".[embedded]"'),
        ("ImportError('GLIBC_2.99 not found')", "GLIBC_2.99 not found"),
    ],
)
def test_engine_that_cannot_be_imported_says_what_to_install(tmp_path, fault, remedy):
    (tmp_path / "xllamacpp.py").write_text(f"raise {fault}")
    code = "from pathlib import Path; from graph.embedded.engine import Engine; "
    run = run_python(code + "Engine(Path('m.gguf')).load()", PYTHONPATH=str(tmp_path))
    last = run.stderr.strip().splitlines()[-1]
    assert last.startswith("graph.errors.ConfigurationError: the embedded model")
    assert remedy in last


PROGRAM = """
import asyncio, sys
from pathlib import Path
from graph.embedded.engine import Engine
from graph.embedded.protocol import ChatMessage, ChatOptions

engine = Engine(Path(sys.argv[1]))
engine.load()

async def main():
    turns = [ChatMessage("user", "Write a very long story about a dragon.")]
    answer = engine.chat(turns, ChatOptions())
    await anext(answer)
    if sys.argv[2] == "cancel":
        await answer.aclose()
    if sys.argv[2] == "close":
        engine.close()
    if sys.argv[2] == "raise":
        raise SystemExit(3)

asyncio.run(main())
"""


@pytest.mark.parametrize(("way", "code"), [("cancel", 0), ("close", 0), ("leave", 0), ("raise", 3)])
def test_process_ends_cleanly_and_silently_after_a_cut_answer(model, way, code):
    started = time.monotonic()
    run = run_python(PROGRAM, str(model.path), way)
    assert (run.returncode, run.stdout, run.stderr) == (code, "", "")
    assert time.monotonic() - started < 30, "it did not write the story first"


SERVER_PROGRAM = """
import sys, threading
from pathlib import Path
import httpx
from graph.embedded.server import EmbeddedOllama
from graph.embedded.weights import ModelFile

ollama = EmbeddedOllama.start(ModelFile("m", Path(sys.argv[1]), 0))
turns = [{"role": "user", "content": "Write a very long story about a dragon."}]
body = {"model": "m", "messages": turns}
stream = httpx.stream("POST", ollama.url + "/api/chat", json=body, timeout=60)
lines = stream.__enter__().iter_lines()
next(lines)
if sys.argv[2] == "close":
    ollama.close()
"""


@pytest.mark.parametrize("way", ["close", "leave"])
def test_process_with_a_busy_server_ends_cleanly(model, way):
    started = time.monotonic()
    run = run_python(SERVER_PROGRAM, str(model.path), way)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert time.monotonic() - started < 30, "it did not write the story first"


@pytest.mark.skipif(not Path("/proc/net").exists(), reason="needs Linux's /proc")
def test_only_our_api_listens(model):
    program = """
import os, sys
from pathlib import Path
from graph.embedded.engine import Engine
engine = Engine(Path(sys.argv[1]))
engine.load()
inodes = {os.readlink(f"/proc/self/fd/{fd}")[8:-1] for fd in os.listdir("/proc/self/fd")
          if os.path.exists(f"/proc/self/fd/{fd}") or os.path.islink(f"/proc/self/fd/{fd}")}
for table in ("tcp", "tcp6"):
    for row in Path("/proc/net", table).read_text().splitlines()[1:]:
        if row.split()[9] in inodes:
            print(row)
for row in Path("/proc/net/unix").read_text().splitlines()[1:]:
    cells = row.split()
    if cells[6] in inodes and len(cells) > 7:
        print("connectable" if os.path.exists(cells[7]) else "unreachable")
"""
    run = run_python(program, str(model.path))
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.split() == ["unreachable"]


def run_python(code, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
