"""Is one run better than another? `python -m evals.compare RUN_A RUN_B`.

Runs are folders that evals.run wrote. Only rows of both are compared, pair by pair.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evals.config import EvalError
from evals.results import Result, ResultFile
from evals.sections import text_of
from evals.statistics import Interval, mcnemar, paired_bootstrap

LESS_IS_BETTER = (
    "false_alarm",
    "brier",
    "latency",
    "polished",
    "paid",
    "regression",
    "free_tokens",
)
SURE = 0.05


@dataclass(frozen=True)
class Difference:
    """One score over the rows that have it in both runs."""

    name: str
    n: int
    a: float
    b: float
    change: Interval
    """B less A, with its 95 % interval by paired bootstrap."""
    p: float | None
    """McNemar's exact p, for scores that are 0 or 1."""

    @property
    def verdict(self) -> str:
        """`better`, `worse`, or `no clear difference`, of B."""
        unclear = self.change.low <= 0 <= self.change.high
        if unclear or (self.p is not None and self.p >= SURE):
            return "no clear difference"
        less = self.name.startswith(LESS_IS_BETTER)
        return "better" if (self.change.value < 0) == less else "worse"


def compare(a: dict[str, Result], b: dict[str, Result]) -> list[Difference]:
    """Every score that both runs give, over the rows of both.

    Raises:
        EvalError: The runs have no row or no score in common.
    """
    both = [name for name in a if name in b and not a[name].error and not b[name].error]
    names = list(dict.fromkeys(name for each in both for name in a[each].feedback))
    found = [_difference(name, [(a[row], b[row]) for row in both]) for name in names]
    if not (known := [each for each in found if each is not None]):
        raise EvalError("the runs have no row with a score in common")
    return known


def _difference(name: str, pairs: Sequence[tuple[Result, Result]]) -> Difference | None:
    read = [(x.feedback.get(name), y.feedback.get(name)) for x, y in pairs]
    known = [(x, y) for x, y in read if x is not None and y is not None]
    if not known:
        return None
    a, b = [x for x, _ in known], [y for _, y in known]
    binary = {*a, *b} <= {0.0, 1.0}
    p = mcnemar(known.count((1.0, 0.0)), known.count((0.0, 1.0))) if binary else None
    n = len(known)
    return Difference(name, n, sum(a) / n, sum(b) / n, paired_bootstrap(a, b), p)


def load_run(path: Path) -> tuple[dict[str, Result], dict[str, Any]]:
    """Results by row id, and what the run was.

    Raises:
        EvalError: The folder holds no run.
    """
    folder = path if path.is_dir() else path.parent
    results = ResultFile(folder / "results.jsonl").read()
    if not results:
        raise EvalError(f"{path} holds no results of evals.run")
    about = folder / "run.json"
    return results, json.loads(about.read_text(encoding="utf-8")) if about.exists() else {}


def table_of(found: Sequence[Difference], titles: tuple[str, str]) -> Table:
    """The comparison for a terminal."""
    table = Table("score", "rows", *titles, "B - A [95 %]", "McNemar p", "B is")
    for each in found:
        style = {"better": "green", "worse": "red"}.get(each.verdict, "")
        p = "" if each.p is None else f"{each.p:.3g}"
        a, b, change = (_shown(each, value) for value in (each.a, each.b, each.change))
        table.add_row(each.name, str(each.n), a, b, change, p, each.verdict, style=style)
    return table


def _shown(each: Difference, value: float | Interval) -> str:
    """Shares as percentages, everything else as it is."""
    if each.p is not None:
        return text_of(value) if isinstance(value, Interval) else f"{value:.1%}"
    if isinstance(value, Interval):
        return f"{value.value:+.4g}  [{value.low:+.4g}, {value.high:+.4g}]"
    return f"{value:.4g}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the comparison; 2 when there is nothing to compare."""
    parser = argparse.ArgumentParser(prog="python -m evals.compare", description=__doc__)
    parser.add_argument("a", type=Path, help="folder of the first run")
    parser.add_argument("b", type=Path, help="folder of the second run")
    options = parser.parse_args(argv)
    try:
        (a, about_a), (b, about_b) = load_run(options.a), load_run(options.b)
        found = compare(a, b)
    except EvalError as error:
        print(f"evals.compare: {error}", file=sys.stderr)
        return 2
    titles = (
        "A: " + about_a.get("name", str(options.a)),
        "B: " + about_b.get("name", str(options.b)),
    )
    console = Console()
    console.print(table_of(found, titles))
    alone = f"{len(a.keys() - b.keys())} rows only in A, {len(b.keys() - a.keys())} only in B"
    console.print(f"{len(a.keys() & b.keys())} rows in both; {alone}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
