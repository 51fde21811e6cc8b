"""LangSmith, when LANGSMITH_API_KEY is set: the rows are a dataset, a run is an experiment.

Results are published once they are on disk, so that no outage costs any; ids are made from names,
so that publishing twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from langsmith import Client
from langsmith.schemas import TracerSession
from langsmith.utils import LangSmithError, LangSmithNotFoundError

from evals.config import EvalConfig, EvalError
from evals.results import Data, Result

INPUTS = ("text", "messages", "query", "response", "weak", "strong")
REFERENCE = ("label", "passed", "passed_plus", "needs_polish", "failure", "tests", "solution")
BATCH = 100
SENDERS = 8


def publish(
    config: EvalConfig,
    date: str,
    rows: Sequence[Data],
    results: Sequence[Result],
    about: Mapping[str, Any],
    *,
    ledger: Path,
) -> str:
    """Send what was not sent yet; returns the experiment's name.

    Args:
        config: Names dataset and experiment.
        date: When the run began, ISO 8601.
        rows: The run's rows.
        results: Their results, in the same order.
        about: What is recorded beside the experiment.
        ledger: File that remembers what was sent.

    Raises:
        EvalError: LangSmith did not take it; the results are on disk, and the same command sends
            what is missing.
    """
    # Unbatched: an error is raised here, not logged by a thread.
    client = Client(auto_batch_tracing=False, tracing_sampling_rate=1.0)
    name = experiment_name(config, date)
    sent = _sent(ledger, name)
    new = [
        (row, result)
        for row, result in zip(rows, results, strict=True)
        if sent.get(result.id) != result.key
    ]
    try:
        dataset = _dataset(client, config)
        _put_examples(client, dataset, rows)
        project = _experiment(client, name, dataset, about)
        with ThreadPoolExecutor(SENDERS) as pool:
            list(pool.map(lambda one: _send(client, project, dataset, one, config.target), new))
        finished = datetime.fromisoformat(about["finished"])
        client.update_project(project.id, metadata=_told(about), end_time=finished)
    except (LangSmithError, OSError) as error:
        raise EvalError(f"LangSmith did not take the results: {error}") from error
    keys = {result.id: result.key for result in results}
    ledger.write_text(json.dumps({"experiment": name, "sent": sent | keys}), encoding="utf-8")
    return name


def experiment_name(config: EvalConfig, date: str) -> str:
    """Config and date, such as `gate-20261122T183000Z`."""
    begun = datetime.fromisoformat(date)
    return f"{config.name}-{begun:%Y%m%dT%H%M%SZ}"


def dataset_name(config: EvalConfig) -> str:
    """The rows' file, such as `qwen-router/gate_dev`."""
    assert config.data is not None, "a run has rows"
    return f"qwen-router/{config.data.stem}"


def _sent(ledger: Path, name: str) -> dict[str, str]:
    """Key by row id of what this experiment has already."""
    if not ledger.exists():
        return {}
    known = json.loads(ledger.read_text(encoding="utf-8"))
    return dict(known["sent"]) if known["experiment"] == name else {}


def _dataset(client: Client, config: EvalConfig) -> UUID:
    name = dataset_name(config)
    try:
        found = client.read_dataset(dataset_name=name)
    except LangSmithNotFoundError:
        found = client.create_dataset(name, description=f"rows for {config.target}")
    return UUID(str(found.id))


def _put_examples(client: Client, dataset: UUID, rows: Sequence[Data]) -> None:
    """Create what is missing, update what has changed."""
    there = {one.id: (one.inputs, one.outputs) for one in client.list_examples(dataset_id=dataset)}
    wanted = {example_id(dataset, row["id"]): row for row in rows}
    missing = [
        _example(name, row, "reference_outputs")
        for name, row in wanted.items()
        if name not in there
    ]
    changed = [
        _example(name, row, "outputs")
        for name, row in wanted.items()
        if name in there and there[name] != (_inputs(row), _reference(row))
    ]
    for batch in _batches(missing):
        client.create_examples(dataset_id=dataset, examples=batch)
    for updates in _batches(changed):
        client.update_examples(dataset_id=dataset, updates=updates)


def example_id(dataset: UUID, row_id: str) -> UUID:
    """The same row, the same example."""
    return uuid5(dataset, row_id)


def _example(name: UUID, row: Data, outputs: str) -> dict[str, Any]:
    """`outputs`: what the SDK calls them, which is not the same in creating and updating."""
    return {
        "id": name,
        "inputs": _inputs(row),
        outputs: _reference(row),
        "metadata": _metadata(row),
    }


def _inputs(row: Data) -> Data:
    return {name: row[name] for name in INPUTS if row.get(name) is not None}


def _reference(row: Data) -> Data:
    return {name: row[name] for name in REFERENCE if row.get(name) is not None}


def _metadata(row: Data) -> Data:
    rest = {name: value for name, value in row.items() if name not in (*INPUTS, *REFERENCE, "id")}
    return {"row_id": row["id"], **rest}


def _experiment(
    client: Client, name: str, dataset: UUID, about: Mapping[str, Any]
) -> TracerSession:
    return client.create_project(
        name, reference_dataset_id=dataset, metadata=_told(about), upsert=True
    )


def _told(about: Mapping[str, Any]) -> Data:
    return {key: about[key] for key in ("command", "git", "versions", "config", "code")}


def _send(
    client: Client, project: TracerSession, dataset: UUID, one: tuple[Data, Result], target: str
) -> None:
    """One run, and the feedback on it."""
    row, result = one
    run = uuid5(project.id, result.id)
    begun = datetime.fromisoformat(result.started)
    client.create_run(
        name=target,
        inputs=_inputs(row),
        run_type="chain",
        project_name=project.name,
        id=run,
        trace_id=run,
        dotted_order=f"{begun:%Y%m%dT%H%M%S%fZ}{run}",
        reference_example_id=example_id(dataset, result.id),
        outputs=result.output,
        error=result.error,
        start_time=begun,
        end_time=begun + timedelta(seconds=result.seconds),
    )
    for key, score in result.feedback.items():
        if score is not None:
            client.create_feedback(
                run, key, score=score, trace_id=run, session_id=project.id, start_time=begun,
                feedback_id=uuid5(run, key), stop_after_attempt=3,
            )  # fmt: skip


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[at : at + BATCH] for at in range(0, len(items), BATCH))
