"""Evaluate a part of the router: `python -m evals.run CONFIG.toml`.

A run that was stopped goes on where it was: rows are run again only when they, the config, or the
code under evaluation have changed. Without LANGSMITH_API_KEY nothing goes to the network.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import langsmith
from rich.console import Console

from evals.config import EvalConfig, EvalError, load_config
from evals.evaluators.make import make_evaluators
from evals.experiments import publish
from evals.provenance import code_digest, now, provenance
from evals.report.page import write_page
from evals.results import Data, Result, ResultFile, load_rows
from evals.runner import Evaluators, Plan, answered, plan_run, run_rows
from evals.sections import Section, leading, plain, text_of
from evals.targets.make import make_target

OUT = Path("eval-runs")


@dataclass(frozen=True)
class Run:
    """One evaluation, ready to be run."""

    config: EvalConfig
    rows: Sequence[Data]
    evaluators: Evaluators
    plan: Plan
    folder: Path
    about: dict[str, Any]

    @property
    def file(self) -> ResultFile:
        """Its results."""
        return ResultFile(self.folder / "results.jsonl")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one evaluation; 0 when every row has a result, 1 when some failed, 2 for wrong input."""
    argv = sys.argv[1:] if argv is None else argv
    options = _parser().parse_args(argv)
    console = Console(stderr=True)
    stay_offline()
    try:
        run = prepare(options, argv)
        results = execute(run, jobs=options.jobs, console=console)
        sections = conclude(run, results)
        _show(run, results, sections, console)
        if _has_key():
            about = {**run.about, "finished": now()}
            name = publish(
                run.config, about["date"], run.rows, results, about,
                ledger=run.folder / "langsmith.json",
            )  # fmt: skip
            console.print(f"LangSmith experiment: {name}")
    except EvalError as error:
        console.print(f"evals.run: {error}", style="red", markup=False, highlight=False)
        return 2
    except KeyboardInterrupt:
        console.print("stopped; the same command goes on where this one was")
        return 130
    return 1 if any(result.error for result in results) else 0


def stay_offline() -> None:
    """Without a key nothing is traced: LANGSMITH_TRACING alone would send what the graph does."""
    if not _has_key():
        langsmith.configure(enabled=False)


def _has_key() -> bool:
    return bool(os.environ.get("LANGSMITH_API_KEY"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.run", description=__doc__)
    parser.add_argument("config", type=Path, help="TOML: name, target, data, evaluators, options")
    parser.add_argument("--data", type=Path, help="rows (JSONL), in place of the config's")
    parser.add_argument("--tests", type=Path, help="hidden tests by row id (JSONL)")
    parser.add_argument("--out", type=Path, help=f"folder of results (default {OUT}/NAME)")
    parser.add_argument("--jobs", type=_positive, default=1, help="rows at a time (default 1)")
    parser.add_argument("--limit", type=_positive, help="only so many rows, spread evenly")
    parser.add_argument(
        "--resume", action="store_true", help="keep earlier results though the code has changed"
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def spread(rows: list[Data], limit: int | None) -> list[Data]:
    """At most `limit` rows, evenly spread, so that a file sorted by kind keeps its mixture."""
    if limit is None or limit >= len(rows):
        return rows
    return [rows[at * len(rows) // limit] for at in range(limit)]


def prepare(options: argparse.Namespace, argv: Sequence[str]) -> Run:
    """Read config, rows and earlier results.

    Raises:
        EvalError: Something is missing or wrong.
    """
    config = load_config(options.config, data=options.data, tests=options.tests)
    if config.data is None:
        raise EvalError("no rows: the config names no data, give --data FILE")
    folder: Path = options.out or OUT / config.name
    folder.mkdir(parents=True, exist_ok=True)
    everything = load_rows(config.data, config.tests)
    rows = spread(everything, options.limit)
    if not rows:
        raise EvalError(f"{config.data} holds no rows")
    evaluators = make_evaluators(config)
    about = _about(config, argv, folder, len(rows), options)
    version = f"{config.digest()}-{about['code']}"
    file = ResultFile(folder / "results.jsonl")
    plan = plan_run(rows, file, version, evaluators, all_rows=everything)
    return Run(config, rows, evaluators, plan, folder, about)


def _about(
    config: EvalConfig, argv: Sequence[str], folder: Path, rows: int, options: argparse.Namespace
) -> dict[str, Any]:
    """What the run is; a run that goes on keeps its date, and with --resume its code's hash."""
    path, code = folder / "run.json", code_digest()
    earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if options.resume and earlier:
        code = earlier["code"]
    same = (earlier.get("config_hash"), earlier.get("code")) == (config.digest(), code)
    about = provenance(argv) | {
        "name": config.name,
        "target": config.target,
        "config": config.model_dump(mode="json"),
        "config_hash": config.digest(),
        "code": code,
        "rows": rows,
        "jobs": options.jobs,
    }
    about["date"] = earlier["date"] if same else about["date"]
    path.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    return about


def execute(run: Run, *, jobs: int, console: Console) -> list[Result]:
    """Run what is pending; no target is built when nothing is."""
    if not run.plan.pending:
        run.file.keep(run.plan.kept)
        return [run.plan.kept[row["id"]] for row in run.rows]
    with closing(make_target(run.config)) as target:
        return run_rows(run.plan, target, run.evaluators, run.file, jobs=jobs, console=console)


def conclude(run: Run, results: Sequence[Result]) -> list[Section]:
    """Write summary.json and report.html."""
    samples = answered(run.rows, results)
    sections = [each.summarize(samples) for each in run.evaluators.values()] if samples else []
    errors = {result.id: result.error for result in results if result.error}
    summary = {
        **run.about,
        "finished": now(),
        "answered": len(samples),
        "errors": errors,
        "figures": {name: value for each in sections for name, value in each.figures.items()},
        "sections": [plain(each) for each in sections],
    }
    text = json.dumps(summary, indent=2) + "\n"
    (run.folder / "summary.json").write_text(text, encoding="utf-8")
    write_page(run.folder / "report.html", summary, sections)
    return sections


def _show(
    run: Run, results: Sequence[Result], sections: Sequence[Section], console: Console
) -> None:
    for name, value in leading(sections).items():
        print(f"{name:28s} {text_of(value)}")
    failed = [result for result in results if result.error]
    for result in failed[:3]:
        console.print(f"row {result.id}: {result.error}", style="red", markup=False)
    if failed:
        console.print(f"{len(failed)} rows failed and are tried again by the next run", style="red")
    print(f"report: {run.folder / 'report.html'}")


if __name__ == "__main__":
    sys.exit(main())
