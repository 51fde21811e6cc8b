"""With a key, a run is a LangSmith experiment: the real SDK speaks to a recorder on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("matplotlib", reason='pip install -c constraints.txt -e ".[evals]"')

from langsmith.utils import get_env_var

from evals.run import main
from tests.evals_fixtures import REQUESTS, read_lines, write_config, write_rows
from tests.wire.langsmith import LangSmithServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LangSmithServer]:
    with LangSmithServer() as opened:
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_test")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", opened.url)
        get_env_var.cache_clear()  # the SDK remembers the environment
        yield opened
    get_env_var.cache_clear()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, "classifier", write_rows(tmp_path / "requests.jsonl", REQUESTS))


def test_dataset_experiment_runs_and_feedback(
    server: LangSmithServer, config: Path, tmp_path: Path
) -> None:
    assert main([str(config), "--out", str(tmp_path / "out")]) == 0
    (dataset,) = server.datasets.values()
    assert dataset["name"] == "qwen-router/requests"
    examples = {each["metadata"]["row_id"]: each for each in server.examples.values()}
    assert examples["c"]["inputs"] == {"text": REQUESTS[2]["text"]}
    assert examples["c"]["outputs"] == {"label": "code"}
    assert examples["c"]["metadata"]["lang"] == "de"
    (project,) = server.projects.values()
    assert project["name"].startswith("trial-20")
    assert project["reference_dataset_id"] == dataset["id"]
    assert project["end_time"]
    runs = {run["reference_example_id"]: run for run in server.runs.values()}
    assert set(runs) == set(server.examples)
    run = runs[examples["a"]["id"]]
    assert run["session_name"] == project["name"]
    assert run["inputs"] == {"text": REQUESTS[0]["text"]}
    assert run["outputs"]["label"] in ("code", "chat")
    assert run["end_time"] >= run["start_time"]
    told = {line["id"]: line["feedback"] for line in read_lines(tmp_path / "out" / "results.jsonl")}
    for name, scores in server.scores().items():
        assert scores == pytest.approx(told.pop(name), abs=1e-4)  # the SDK rounds
    assert told == {}


def test_publishing_twice_sends_nothing_new(
    server: LangSmithServer, config: Path, tmp_path: Path
) -> None:
    arguments = [str(config), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    sent = server.requests.count("POST /runs")
    assert main(arguments) == 0
    assert server.requests.count("POST /runs") == sent
    assert (len(server.datasets), len(server.projects), len(server.runs)) == (1, 1, 4)


def test_examples_are_upserted_by_row_id(
    server: LangSmithServer, config: Path, tmp_path: Path
) -> None:
    main([str(config), "--out", str(tmp_path / "one")])
    ids = set(server.examples)
    rows = [{**REQUESTS[0], "label": "chat"}, *REQUESTS[1:], {**REQUESTS[0], "id": "new"}]
    write_rows(tmp_path / "requests.jsonl", rows)
    main([str(config), "--out", str(tmp_path / "two")])
    assert len(server.datasets) == 1
    assert len(server.examples) == 5
    assert ids < set(server.examples)
    changed = {each["metadata"]["row_id"]: each for each in server.examples.values()}["a"]
    assert changed["outputs"] == {"label": "chat"}
    assert sum(request.startswith("PATCH /v1/platform") for request in server.requests) == 1


def test_an_outage_costs_no_result_and_the_next_run_sends_it(
    server: LangSmithServer, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.fails = True
    arguments = [str(config), "--out", str(tmp_path / "out")]
    assert main(arguments) == 2
    assert "LangSmith did not take the results" in " ".join(capsys.readouterr().err.split())
    assert len(read_lines(tmp_path / "out" / "results.jsonl")) == 4
    assert (tmp_path / "out" / "report.html").exists()
    server.fails = False
    assert main(arguments) == 0
    assert len(server.runs) == 4
    assert len(server.projects) == 1
