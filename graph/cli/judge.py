"""`classify` and `gate`: one row in, one JSON line out, whatever the row holds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from langchain_core.messages import BaseMessage, HumanMessage, convert_to_messages

from graph.errors import ConfigurationError
from nodes.checks.gate import StaticGate
from nodes.classifier.model import LinearClassifier
from nodes.context import Context
from nodes.quality_gate import verdict_at

Row = dict[str, Any]


def classify_text(text: str) -> None:
    """Print the verdict on one request."""
    seen = LinearClassifier.load()([HumanMessage(text)])
    print(f"{seen.label}  {seen.score:.3f}  {seen.reason}")


def classify_rows(path: Path | None) -> None:
    """Judge the rows of a file, or of standard input."""
    _print_rows(_rows(path), classify_row)


def gate_rows(path: Path | None, *, jobs: int) -> None:
    """Judge the rows of a file, or of standard input, `jobs` at a time."""
    if jobs == 1:
        _print_rows(_rows(path), gate_row)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for result in pool.map(_judged_gate_row, _rows(path), chunksize=8):
            _print(result)


def classify_row(row: Row) -> Row:
    """`{"text", "messages"?}` to label, score and reason; `us` is the CPU time of the call."""
    classifier = _classifier()
    messages = _messages(row)
    begin_ns = time.thread_time_ns()
    seen = classifier(messages)
    us = (time.thread_time_ns() - begin_ns) / 1000
    return {**asdict(seen), "us": round(us, 1)}


def gate_row(row: Row) -> Row:
    """`{"query", "response"}` to a verdict; `ms` is the wall time of the row."""
    begin_s = time.perf_counter()
    report = _gate()(str(row["query"]), str(row["response"]))
    verdict = verdict_at(report, Context().polish_threshold)
    return {
        "verdict": verdict,
        "score": report.score,
        "needs_polish": verdict == "broken",
        "issues": list(report.issues),
        "ms": round((time.perf_counter() - begin_s) * 1000, 3),
    }


def _judged_gate_row(line: str) -> Row:
    return _judged(line, gate_row)


@cache
def _classifier() -> LinearClassifier:
    return LinearClassifier.load()


@cache
def _gate() -> StaticGate:
    return StaticGate()


def _messages(row: Row) -> list[BaseMessage]:
    """The conversation; it ends with the text that is judged."""
    earlier = convert_to_messages(row.get("messages") or [])
    text = str(row["text"])
    if earlier and isinstance(earlier[-1], HumanMessage) and earlier[-1].text == text:
        return earlier
    return [*earlier, HumanMessage(text)]


def _judged(line: str, judge: Callable[[Row], Row]) -> Row:
    """A row that cannot be read gives a line that says so: no row is lost."""
    row: Any = None
    try:
        row = json.loads(line)
        return {"id": row.get("id"), **judge(row)}
    except Exception as error:
        row_id = row.get("id") if isinstance(row, dict) else None
        return {"id": row_id, "error": f"{type(error).__name__}: {error}"}


def _print_rows(lines: Iterable[str], judge: Callable[[Row], Row]) -> None:
    for line in lines:
        _print(_judged(line, judge))


def _print(row: Row) -> None:
    print(json.dumps(row, ensure_ascii=False))


def _rows(path: Path | None) -> Iterator[str]:
    if path is None or str(path) == "-":
        yield from _not_blank(sys.stdin)
        return
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from _not_blank(file)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error


def _not_blank(file: TextIO) -> Iterator[str]:
    return (line for line in file if line.strip())
