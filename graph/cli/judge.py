"""`classify` and `gate`: one row in, one JSON line out, whatever the row holds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path

from langchain_core.messages import BaseMessage, HumanMessage, convert_to_messages
from rich.console import Console

from graph.background import background_loop
from graph.cli.progress import model_progress, terminal
from graph.cli.rows import Row, lines_of, parse_row, print_json, text_field
from graph.services import Services, make_gate, make_services
from graph.settings import load_settings
from nodes.classifier.model import LinearClassifier
from nodes.context import Context
from nodes.judging import judge
from nodes.state import Gate, Vote


@dataclass(frozen=True)
class GateOptions:
    """What the command line sets."""

    run: bool = True
    model: bool = True
    jobs: int = 1


def classify_text(text: str) -> None:
    """Print the verdict on one request."""
    seen = LinearClassifier.load()([HumanMessage(text_field({"text": text}, "text"))])
    print(f"{seen.label}  {seen.score:.3f}  {seen.reason}")


def classify_rows(path: Path | None) -> bool:
    """Judge the rows of a file, or of standard input; False when some could not be read."""
    return _print_all(map(partial(_judged, classify_row), lines_of(path)))


def gate_rows(path: Path | None, options: GateOptions) -> bool:
    """Judge the rows, some at a time, at most one a core; False when some could not be read."""
    err = terminal()
    with model_progress(err) as progress:
        services = make_services(load_settings(), progress=progress)
        try:
            judged = partial(_judged, _row_judge(services, options, err))
            with _mapped(min(options.jobs, os.cpu_count() or 1)) as mapped:
                return _print_all(mapped(judged, lines_of(path)))
        finally:
            services.close()


def classify_row(row: Row) -> Row:
    """`{"text", "messages"?}` to label, score and reason; `us` is the CPU time of the call."""
    classifier = _classifier()
    messages = _messages(row)
    begin_ns = time.thread_time_ns()
    seen = classifier(messages)
    us = (time.thread_time_ns() - begin_ns) / 1000
    return {**asdict(seen), "us": round(us, 1)}


@dataclass(frozen=True)
class RowJudge:
    """`{"query", "response"}` to a verdict; `ms` is the wall time of the row."""

    gate: Gate
    vote: Vote | None
    left_s: float

    def __call__(self, row: Row) -> Row:
        """The verdict on one row."""
        begin_s = time.perf_counter()
        query, response = text_field(row, "query"), text_field(row, "response")
        work = judge(self.gate, self.vote, query, response, left_s=self.left_s)
        report = background_loop().run(work).report
        verdict = report.verdict(Context().polish_threshold)
        return {
            "verdict": verdict,
            "score": round(report.score, 4),
            "needs_polish": verdict == "broken",
            "issues": list(report.issues),
            "ms": round((time.perf_counter() - begin_s) * 1000, 3),
        }


def _row_judge(services: Services, options: GateOptions, err: Console) -> RowJudge:
    gate = services.gate if options.run else make_gate(None)
    vote = services.vote if options.run and options.model else None
    if options.run and (why := services.sandbox.why_not("python")):
        err.print(f"code is not run: {why}", markup=False, soft_wrap=True)
    if vote is not None and (why := services.why_no_qwen()):
        err.print(f"no model is asked: {why}", markup=False, soft_wrap=True)
        vote = None
    return RowJudge(gate, vote, services.deadline.default_s)


@contextmanager
def _mapped(jobs: int) -> Iterator[Callable[..., Iterable[Row]]]:
    """`map`, or a pool's: the work is done by the jail's processes, which threads can wait for."""
    if jobs == 1:
        yield map
        return
    pool = ThreadPoolExecutor(jobs)
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


@cache
def _classifier() -> LinearClassifier:
    return LinearClassifier.load()


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
