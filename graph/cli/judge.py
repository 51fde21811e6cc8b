"""`classify` and `gate`: one row in, one JSON line out, whatever the row holds."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path

from langchain_core.messages import BaseMessage, HumanMessage, convert_to_messages

from graph.cli.rows import Row, lines_of, parse_row, print_json, text_field
from nodes.checks.gate import StaticGate
from nodes.classifier.model import LinearClassifier
from nodes.context import Context
from nodes.quality_gate import verdict_at


def classify_text(text: str) -> None:
    """Print the verdict on one request."""
    seen = LinearClassifier.load()([HumanMessage(text_field({"text": text}, "text"))])
    print(f"{seen.label}  {seen.score:.3f}  {seen.reason}")


def classify_rows(path: Path | None) -> bool:
    """Judge the rows of a file, or of standard input; False when some could not be read."""
    return _print_all(map(partial(_judged, classify_row), lines_of(path)))


def gate_rows(path: Path | None, *, jobs: int) -> bool:
    """Judge the rows, `jobs` at a time, at most one a core; False when some could not be read."""
    jobs = min(jobs, os.cpu_count() or 1)
    judge = partial(_judged, gate_row)
    if jobs == 1:
        return _print_all(map(judge, lines_of(path)))
    with ProcessPoolExecutor(jobs, initializer=_leave_interrupts_to_the_parent) as pool:
        return _print_all(pool.map(judge, lines_of(path), chunksize=8))


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
    report = _gate()(text_field(row, "query"), text_field(row, "response"))
    verdict = verdict_at(report, Context().polish_threshold)
    return {
        "verdict": verdict,
        "score": report.score,
        "needs_polish": verdict == "broken",
        "issues": list(report.issues),
        "ms": round((time.perf_counter() - begin_s) * 1000, 3),
    }


@cache
def _classifier() -> LinearClassifier:
    return LinearClassifier.load()


@cache
def _gate() -> StaticGate:
    return StaticGate()


def _messages(row: Row) -> list[BaseMessage]:
    """The conversation; it ends with the text that is judged."""
    text = text_field(row, "text")
    earlier = convert_to_messages(row.get("messages") or [])
    if earlier and isinstance(earlier[-1], HumanMessage) and earlier[-1].text == text:
        return earlier
    return [*earlier, HumanMessage(text)]


def _judged(judge: Callable[[Row], Row], line: str) -> Row:
    """A row that cannot be read gives a line that says so: no row is lost."""
    row: Row = {}
    try:
        row = parse_row(line)
        return {"id": row.get("id"), **judge(row)}
    except Exception as error:
        return {"id": row.get("id"), "error": f"{type(error).__name__}: {error}"}


def _print_all(results: Iterable[Row]) -> bool:
    whole = True
    for row in results:
        print_json(row)
        whole = whole and "error" not in row
    return whole


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
