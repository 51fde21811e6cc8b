"""Ollama's API over HTTP on loopback; the engine behind it is scripted."""

import json
import threading
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import contextmanager
from datetime import datetime

import anyio
import httpx
import pytest

from graph.background import BackgroundServer
from graph.embedded.ollama_api import create_app
from graph.embedded.protocol import ChatEngine, ChatMessage, ChatOptions, Finished, Text
from graph.embedded.weights import ModelFile
from graph.errors import (
    QwenBusyError,
    QwenContextOverflowError,
    QwenServerError,
)

DONE = Finished(
    done_reason="stop", prompt_tokens=12, output_tokens=3, prompt_ms=120.5, output_ms=90.25
)
HI = [{"role": "user", "content": "Hi"}]


class ScriptedEngine(ChatEngine):
    """Gives the pieces of its script; waits for ever at None, raises errors."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.script: list[Text | Finished | Exception | None] = [Text("Hel"), Text("lo"), DONE]
        self.asked: list[tuple[list[ChatMessage], ChatOptions]] = []
        self.waiting = threading.Event()
        self.ended = threading.Event()

    @property
    def n_ctx(self) -> int:
        return 4096

    async def chat(
        self, messages: Sequence[ChatMessage], options: ChatOptions
    ) -> AsyncGenerator[Text | Finished, None]:
        self.asked.append((list(messages), options))
        try:
            for piece in self.script:
                if isinstance(piece, Exception):
                    raise piece
                if piece is None:
                    self.waiting.set()
                    await anyio.sleep_forever()
                else:
                    yield piece
        finally:
            self.ended.set()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server for all tests; closing one takes a fifth of a second."""
    path = tmp_path_factory.mktemp("model") / "m.gguf"
    path.write_bytes(b"GGUF")
    model = ModelFile("coder:1b", path, 4, "ab" * 32, parameter_size="1B", quantization="Q4_K_M")
    engine = ScriptedEngine()
    server = BackgroundServer(create_app(engine, model), name="test-ollama")
    server.start()
    with httpx.Client(base_url=server.url, timeout=10) as client:
        yield engine, client
    server.close()


@pytest.fixture
def engine(served):
    served[0].reset()
    return served[0]


@pytest.fixture
def client(served, engine):
    return served[1]


def chat(client, **changes):
    return client.post("/api/chat", json={"model": "coder:1b", "messages": HI, **changes})


def lines(response):
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def test_streams_lines_by_default(client):
    first, second, last = lines(chat(client))
    assert first["message"] == {"role": "assistant", "content": "Hel"}
    assert second["message"]["content"] == "lo"
    assert [record["done"] for record in (first, second, last)] == [False, False, True]
    assert {record["model"] for record in (first, second, last)} == {"coder:1b"}
    assert first["created_at"].endswith("Z")
    assert datetime.fromisoformat(first["created_at"]) <= datetime.fromisoformat(last["created_at"])


def test_last_line_counts_tokens_and_nanoseconds(client):
    last = lines(chat(client))[-1]
    assert last["done_reason"] == "stop"
    assert last["message"]["content"] == ""
    assert (last["prompt_eval_count"], last["eval_count"]) == (12, 3)
    assert (last["prompt_eval_duration"], last["eval_duration"]) == (120_500_000, 90_250_000)
    assert last["load_duration"] == 0
    assert 0 < last["total_duration"] < 10_000_000_000


def test_each_piece_is_sent_at_once(client, engine):
    engine.script = [Text("early"), None]
    body = {"model": "coder:1b", "messages": HI}
    with client.stream("POST", "/api/chat", json=body) as response:
        assert json.loads(next(response.iter_lines()))["message"]["content"] == "early"
        assert engine.waiting.wait(5)


def test_without_streaming_the_answer_is_one_object(client):
    answer = chat(client, stream=False).json()
    assert answer["message"] == {"role": "assistant", "content": "Hello"}
    assert (answer["done"], answer["done_reason"], answer["eval_count"]) == (True, "stop", 3)


def test_text_survives_unchanged(client, engine):
    text = 'h\u00e9llo \u2028 \U0001f600 "quoted" \\ <tag> \n\tend'
    engine.script = [Text(text), DONE]
    assert json.loads(chat(client).content.split(b"\n")[0])["message"]["content"] == text
    assert chat(client, stream=False).json()["message"]["content"] == text


def test_conversation_and_options_reach_the_engine(client, engine):
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "Bye"},
    ]
    options = {
        "num_predict": 64,
        "temperature": 0,
        "top_p": 0.5,
        "top_k": 5,
        "repeat_penalty": 1.1,
        "seed": 7,
        "stop": ["END", "###"],
        "num_ctx": 8192,
    }
    chat(client, messages=turns, options=options, keep_alive=-1, truncate=False, shift=False)
    messages, given = engine.asked[0]
    assert messages == [ChatMessage(turn["role"], turn["content"]) for turn in turns]
    assert given == ChatOptions(
        num_predict=64,
        temperature=0,
        top_p=0.5,
        top_k=5,
        repeat_penalty=1.1,
        seed=7,
        stop=("END", "###"),
    )


def test_unset_and_null_options_keep_ollamas_defaults(client, engine):
    chat(client)
    chat(client, options={"temperature": None, "stop": None}, format=None, tools=None, think=False)
    chat(client, options={"num_predict": -1, "seed": -1})
    assert [options for _, options in engine.asked] == [ChatOptions()] * 3
    assert (ChatOptions().temperature, ChatOptions().top_p, ChatOptions().top_k) == (0.8, 0.9, 40)


def test_one_stop_string_is_a_list_of_one(client, engine):
    chat(client, options={"stop": "END"})
    assert engine.asked[0][1].stop == ("END",)


def test_format_asks_for_json(client, engine):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    chat(client, format="json")
    chat(client, format=schema)
    assert [options.response_format for _, options in engine.asked] == [
        {"type": "json_object"},
        {"type": "json_schema", "json_schema": {"schema": schema}},
    ]


@pytest.mark.parametrize("messages", [[], None])
def test_no_messages_means_load(client, engine, messages):
    answer = chat(client, messages=messages).json()
    assert (answer["done"], answer["done_reason"]) == (True, "load")
    assert engine.asked == []


def test_another_model_is_404(client, engine):
    response = chat(client, model="llama3:8b")
    assert response.status_code == 404
    assert response.json() == {"error": 'model "llama3:8b" not found, try pulling it first'}
    assert engine.asked == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"{", "Invalid JSON"),
        (b"[]", "should be an object"),
        (b'{"messages": []}', "model: Field required"),
        (b'{"model": "coder:1b", "messages": "hi"}', "messages: "),
        (b'{"model": "coder:1b", "messages": [{"content": "x"}]}', "messages.0.role: "),
        (b'{"model": "coder:1b", "messages": [{"role": "boss"}]}', "messages.0.role: "),
        (b'{"model": "coder:1b", "messages": [{"role": "user", "content": 3}]}', "content: "),
        (b'{"model": "coder:1b", "options": {"temperature": "hot"}}', "options.temperature: "),
    ],
)
def test_malformed_requests_are_400(client, engine, body, text):
    response = client.post("/api/chat", content=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert text in response.json()["error"]
    assert engine.asked == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"think": True}, '"coder:1b" does not support thinking'),
        ({"tools": [{"type": "function"}]}, '"coder:1b" does not support tools'),
        ({"format": "yaml"}, 'invalid format: "yaml"'),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_what_is_not_supported_is_400(client, changes, text, stream):
    response = chat(client, stream=stream, **changes)
    assert response.status_code == 400
    assert response.json()["error"].startswith(text)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QwenContextOverflowError("the prompt is longer than the context length"), 400),
        (QwenBusyError("server busy"), 503),
        (QwenServerError("broken"), 500),
    ],
)
def test_error_before_the_first_token_is_a_status(client, engine, error, status, stream):
    engine.script = [error]
    response = chat(client, stream=stream)
    assert response.status_code == status
    assert response.json() == {"error": str(error)}


def test_error_in_mid_stream_is_the_last_line(client, engine):
    engine.script = [Text("half"), QwenServerError("broken")]
    first, last = lines(chat(client))
    assert first["message"]["content"] == "half"
    assert last == {"error": "broken"}


def test_error_in_mid_answer_is_a_status_without_streaming(client, engine):
    engine.script = [Text("half"), QwenServerError("broken")]
    response = chat(client, stream=False)
    assert (response.status_code, response.json()) == (500, {"error": "broken"})


@contextmanager
def request_in_flight(client, **changes):
    """Send a chat request and do not read the answer; leaving closes the connection."""
    body = json.dumps({"model": "coder:1b", "messages": HI, **changes}).encode()
    head = b"POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    with anyio.from_thread.start_blocking_portal() as portal:
        url = client.base_url
        stream = portal.call(anyio.connect_tcp, url.host, url.port)
        portal.call(stream.send, head + body)
        yield
        portal.call(stream.aclose)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("script", [[None], [Text("a"), None]], ids=["prompt", "answer"])
def test_model_stops_when_the_client_goes_away(client, engine, script, stream):
    engine.script = script
    with request_in_flight(client, stream=stream):
        assert engine.waiting.wait(5)
        assert not engine.ended.wait(0.2), "it must go on while the client is there"
    started = time.monotonic()
    assert engine.ended.wait(5)
    assert time.monotonic() - started < 1
    engine.script = [Text("next"), DONE]
    assert chat(client, stream=False).json()["message"]["content"] == "next"


def test_model_stops_when_the_answer_is_complete(client, engine):
    chat(client)
    assert engine.ended.wait(5)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:11434", "127.0.0.1.evil.example"])
def test_other_host_names_are_refused(client, engine, host):
    response = client.post(
        "/api/chat", json={"model": "coder:1b", "messages": HI}, headers={"Host": host}
    )
    assert response.status_code == 400
    assert engine.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:11434", "[::1]:11434"])
def test_loopback_host_names_are_accepted(client, host):
    body = {"model": "coder:1b", "messages": HI}
    assert client.post("/api/chat", json=body, headers={"Host": host}).status_code == 200


def test_web_pages_are_refused(client, engine):
    response = client.post(
        "/api/chat",
        json={"model": "coder:1b", "messages": HI},
        headers={"Origin": "https://evil.example"},
    )
    assert response.status_code == 403
    assert engine.asked == []


def test_lists_the_one_model(client):
    (model,) = client.get("/api/tags").json()["models"]
    assert (model["name"], model["size"], model["digest"]) == ("coder:1b", 4, "ab" * 32)
    assert model["details"]["parameter_size"] == "1B"
    assert model["details"]["quantization_level"] == "Q4_K_M"
    assert model["modified_at"].endswith("Z")
    (loaded,) = client.get("/api/ps").json()["models"]
    assert (loaded["name"], loaded["context_length"]) == ("coder:1b", 4096)


def test_shows_the_model(client):
    shown = client.post("/api/show", json={"model": "coder:1b"}).json()
    assert shown["details"]["format"] == "gguf"
    assert shown["capabilities"] == ["completion"]
    assert shown["model_info"]["qwen2.context_length"] == 4096
    assert client.post("/api/show", json={"model": "x"}).status_code == 404
    assert client.post("/api/show", content=b"{").status_code == 400


def test_tells_its_version(client):
    assert client.get("/api/version").json()["version"][0].isdigit()


def test_untagged_name_means_latest(tmp_path):
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF")
    app = create_app(ScriptedEngine(), ModelFile("mine", path, 4))
    server = BackgroundServer(app, name="test-ollama")
    server.start()
    with httpx.Client(base_url=server.url) as client:
        assert chat(client, model="mine").status_code == 200
        assert chat(client, model="mine:latest").status_code == 200
        assert chat(client, model="mine:7b").status_code == 404
    server.close()
