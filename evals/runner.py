"""Runs a target over rows: several at once, one line of results as soon as each is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evals.evaluators.base import Evaluator
from evals.provenance import now
from evals.results import Data, Feedback, Result, ResultFile, Sample, row_key
from evals.targets.base import Target

Evaluators = Mapping[str, Evaluator]


@dataclass(frozen=True)
class Plan:
    """The rows of one run, and what an earlier run has left of them."""

    rows: Sequence[Data]
    keys: Mapping[str, str]
    """Key by row id."""
    kept: Mapping[str, Result]
    """Earlier results that still hold, by row id; also of rows that this run leaves out."""

    @property
    def pending(self) -> list[Data]:
        """The rows that must be run."""
        return [row for row in self.rows if row["id"] not in self.kept]


def plan_run(
    rows: Sequence[Data],
    file: ResultFile,
    version: str,
    evaluators: Evaluators,
    *,
    all_rows: Sequence[Data] = (),
) -> Plan:
    """Decide what is run; results that hold get their feedback anew, for evaluators may change.

    Args:
        rows: The rows of this run.
        file: Results of earlier runs.
        version: Names config and code; a result of another version does not hold.
        evaluators: By name.
        all_rows: Rows whose results are worth keeping, though this run leaves them out.
    """
    known = {row["id"]: row for row in (*all_rows, *rows)}
    keys = {name: row_key(version, row) for name, row in known.items()}
    kept = {
        one.id: _with_feedback(Sample(known[one.id], one), evaluators)
        for one in file.read().values()
        if one.error is None and keys.get(one.id) == one.key
    }
    return Plan(rows, keys, kept)


def run_rows(
    plan: Plan, target: Target, evaluators: Evaluators, file: ResultFile, *, jobs: int = 1,
    console: Console | None = None,
) -> list[Result]:  # fmt: skip
    """Run what is pending, `jobs` rows at a time; the results of all rows, in their order."""
    file.keep(plan.kept)
    done = dict(plan.kept)
    with _progress(plan, console) as advance, ThreadPoolExecutor(jobs) as pool:
        futures = [
            pool.submit(run_row, row, plan.keys[row["id"]], target, evaluators)
            for row in plan.pending
        ]
        try:
            for future in as_completed(futures):
                result = future.result()
                file.append(result)
                done[result.id] = result
                advance(result)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [done[row["id"]] for row in plan.rows]


def run_row(row: Data, key: str, target: Target, evaluators: Evaluators) -> Result:
    """One row; what goes wrong in it is its result."""
    started, began_s = now(), time.monotonic()
    result = Result(row["id"], key, started=started)
    try:
        output = target(row)
        result = replace(result, output=output, seconds=time.monotonic() - began_s)
        return _with_feedback(Sample(row, result), evaluators)
    except Exception as error:  # the other rows go on
        words = f"{type(error).__name__}: {error}"
        return replace(result, error=words, seconds=time.monotonic() - began_s)


def _with_feedback(sample: Sample, evaluators: Evaluators) -> Result:
    feedback: Feedback = {}
    for evaluator in evaluators.values():
        feedback |= evaluator.feedback(sample)
    return replace(sample.result, feedback=feedback)


def answered(rows: Iterable[Data], results: Iterable[Result]) -> list[Sample]:
    """The rows that have an output, beside it."""
    pairs = zip(rows, results, strict=True)
    return [Sample(row, result) for row, result in pairs if result.error is None]


@contextmanager
def _progress(plan: Plan, console: Console | None) -> Iterator[Callable[[Result], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn(), TextColumn("{task.fields[failed]}"))  # fmt: skip
    failed = 0
    with Progress(*columns, console=console or Console(stderr=True)) as shown:
        kept = len(plan.rows) - len(plan.pending)
        task = shown.add_task("rows", total=len(plan.rows), completed=kept, failed="")

        def advance(result: Result) -> None:
            nonlocal failed
            failed += result.error is not None
            shown.update(task, advance=1, failed=f"{failed} failed" if failed else "")

        yield advance
