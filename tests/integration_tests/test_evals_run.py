"""`python -m evals.run` as a person runs it: results, resuming, and nothing on the network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason='pip install -c constraints.txt -e ".[evals]"')

from tests.evals_fixtures import REQUESTS, read_lines, write_config, write_rows
from tests.graph_fixtures import BROKEN, GOOD
from tests.wire.langsmith import LangSmithServer

ROOT = Path(__file__).parents[2]


def start(*arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "evals.run", *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **environment}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    process = start(*arguments, **environment)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, "classifier", write_rows(tmp_path / "rows.jsonl", REQUESTS))


def summary_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def test_a_run_leaves_results_summary_and_report(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(config, "--out", out, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert "accuracy" in done.stdout
    lines = read_lines(out / "results.jsonl")
    assert {line["id"] for line in lines} == {"a", "b", "c", "d"}
    assert all(line["feedback"]["correct"] in (0.0, 1.0) for line in lines)
    summary = summary_of(out)
    assert summary["answered"] == 4
    assert 0 <= summary["figures"]["accuracy"] <= 1
    assert summary["command"].startswith("python -m evals.run ")
    assert summary["versions"]["langgraph"]
    assert "Reliability" in (out / "report.html").read_text(encoding="utf-8")


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    rows = [
        {"id": str(at), "text": f"word{at} " * 3000, "label": "chat", "messages": None}
        for at in range(150)
    ]
    config = write_config(tmp_path, "classifier", write_rows(tmp_path / "rows.jsonl", rows))
    out = tmp_path / "out"
    results = out / "results.jsonl"
    process = start(config, "--out", out)
    until = time.monotonic() + 60
    while not (results.exists() and results.read_bytes().count(b"\n") >= 5):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until, "no results"
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    cut = results.read_bytes()
    whole = cut[: cut.rindex(b"\n") + 1]
    before = [json.loads(line) for line in whole.splitlines()]
    assert 5 <= len(before) < len(rows)
    results.write_bytes(whole + b'{"id": "149", "key": ')  # the line that the kill cut
    assert run(config, "--out", out).returncode == 0
    after = read_lines(results)
    assert after[: len(before)] == before
    assert sorted(int(line["id"]) for line in after) == list(range(150))


def test_changed_rows_and_options_are_run_again(config: Path, tmp_path: Path) -> None:
    out, results = tmp_path / "out", tmp_path / "out" / "results.jsonl"
    run(config, "--out", out)
    first = read_lines(results)
    changed = [{**REQUESTS[0], "text": "Write a Go function that adds"}, *REQUESTS[1:]]
    write_rows(tmp_path / "rows.jsonl", changed)
    run(config, "--out", out)
    keys = {line["id"]: line["key"] for line in first}
    again = {line["id"]: line["key"] for line in read_lines(results)}
    assert [name for name in keys if keys[name] != again[name]] == ["a"]
    write_config(tmp_path, "classifier", tmp_path / "rows.jsonl", threshold=0.99)
    run(config, "--out", out)
    assert not set(again.values()) & {line["key"] for line in read_lines(results)}
    assert len(read_lines(out / "results.before.jsonl")) == 4


def test_a_limited_run_keeps_the_other_results(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(config, "--out", out)
    assert run(config, "--out", out, "--limit", "1").returncode == 0
    assert len(read_lines(out / "results.jsonl")) == 4
    assert summary_of(out)["answered"] == 1


def test_a_row_that_fails_is_told_and_tried_again(tmp_path: Path) -> None:
    rows = [REQUESTS[0], {"id": "bad", "label": "code"}]
    config = write_config(tmp_path, "classifier", write_rows(tmp_path / "rows.jsonl", rows))
    out = tmp_path / "out"
    done = run(config, "--out", out)
    assert done.returncode == 1
    assert "KeyError" in done.stderr
    assert summary_of(out)["errors"] == {"bad": "KeyError: 'text'"}
    assert run(config, "--out", out).returncode == 1
    assert len(read_lines(out / "results.jsonl")) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["missing.toml"], "cannot be read"), (["{config}", "--data", "no.jsonl"], "cannot be read")],
)
def test_wrong_input_is_refused_in_words(
    config: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    done = run(*(each.format(config=config) for each in arguments), "--out", tmp_path / "out")
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("target", ["classifier", "gate", "recorded_cascade"])
def test_without_a_key_not_one_byte_is_sent(target: str, tmp_path: Path) -> None:
    sides = {
        name: {"id": name, "response": text, "passed": text is GOOD}
        for name, text in (("weak", BROKEN), ("strong", GOOD))
    }
    code = {"query": "Write reverse(text) in Python", "language": "python"}
    rows: dict[str, list[dict[str, Any]]] = {
        "classifier": REQUESTS,
        "gate": [{"id": "g", **code, "response": BROKEN, "passed": False}],
        "recorded_cascade": [{**code, **sides}],
    }
    data = write_rows(tmp_path / "rows.jsonl", rows[target])
    options = {} if target == "classifier" else {"run": False}
    config = write_config(tmp_path, target, data, **options)
    with LangSmithServer() as server:
        done = run(
            config, "--out", tmp_path / "out", LANGSMITH_ENDPOINT=server.url, LANGSMITH_API_KEY="",
            LANGCHAIN_ENDPOINT=server.url, LANGSMITH_TRACING="true", LANGCHAIN_TRACING_V2="true",
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert server.requests == []


LIVE = """
import sys
import time
from evals.run import stay_offline
from evals.targets.live import LiveCascade
from evals.targets.options import LiveOptions
from tests.graph_fixtures import GOOD, Bench
from tests.integration_tests.test_evals_live import ROW

if sys.argv[1] == "offline":
    stay_offline()
bench = Bench()
bench.qwen.script(GOOD)
target = LiveCascade(bench.services(), LiveOptions(run=False, strong_alone=False))
assert target(ROW)["answer"] == GOOD
time.sleep(5)  # what is traced is sent within a second
"""


@pytest.mark.parametrize(("mode", "silent"), [("offline", True), ("as it is", False)])
def test_without_a_key_the_live_graph_is_not_traced(mode: str, silent: bool) -> None:
    """The second run shows that the recorder would have seen it."""
    with LangSmithServer() as server:
        tracing = {"LANGSMITH_ENDPOINT": server.url, "LANGSMITH_TRACING": "true"}
        process = subprocess.Popen(
            [sys.executable, "-c", LIVE, mode], cwd=ROOT, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **tracing, "LANGSMITH_API_KEY": ""},
        )  # fmt: skip
        until = time.monotonic() + 90
        while process.poll() is None and not server.requests and time.monotonic() < until:
            time.sleep(0.05)
        if not silent:
            process.kill()
        error = process.communicate(timeout=30)[1]
        assert silent is (process.returncode == 0), error
        assert silent is (server.requests == []), error
