"""What the gate finds and what it costs: `python -m evals.gate_report --data FILE`.

Recall is the share of failing answers called broken, a false alarm a good answer called broken.
Rows: `{query, response, passed, needs_polish, synthetic?, failure?}`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.plan_baseline import plan_needs_polish
from nodes.checks.gate import StaticGate
from nodes.state import GateReport

Data = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """One row with the gate's report and the wall time it took."""

    row: Data
    report: GateReport
    ms: float

    @property
    def broken(self) -> bool:
        return self.report.verdict == "broken"


def judge(rows: Sequence[Data]) -> list[Judged]:
    gate, judged = StaticGate(), []
    for row in rows:
        began = time.perf_counter()
        report = gate(row["query"], row["response"])
        judged.append(Judged(row, report, (time.perf_counter() - began) * 1000))
    return judged


def share(part: int, whole: int) -> str:
    return f"{part:4d}/{whole:<4d} {part / whole:6.1%}" if whole else "   none"


def show_rates(title: str, rows: Sequence[Data], broken: Callable[[int], bool]) -> None:
    """Recall and false alarms, once by needs_polish and once by passed."""
    print(title)
    for label in ("needs_polish", "passed"):
        failing = [at for at, row in enumerate(rows) if row[label] == (label == "needs_polish")]
        fine = sorted(set(range(len(rows))) - set(failing))
        recall = share(sum(map(broken, failing)), len(failing))
        alarms = share(sum(map(broken, fine)), len(fine))
        print(f"    by {label:13s} recall {recall}   false alarms {alarms}")


def show_codes(judged: Sequence[Judged]) -> None:
    """Every issue code: how often on failing and on good answers, and how often these condemned."""
    seen: dict[str, Counter[tuple[bool, bool]]] = defaultdict(Counter)
    for one in judged:
        for code in {issue["code"] for issue in one.report.issues}:
            seen[code][one.row["needs_polish"], one.broken] += 1
    print(f"{'issue':22s} {'failing':>8s} {'broken':>8s} {'good':>8s} {'broken':>8s}")
    for code, n in sorted(seen.items()):
        failing, good = n[True, True] + n[True, False], n[False, True] + n[False, False]
        print(f"{code:22s} {failing:8d} {n[True, True]:8d} {good:8d} {n[False, True]:8d}")


def show_failures(judged: Sequence[Judged]) -> None:
    """Recall by the kind of failure that the data names."""
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for one in judged:
        kind = one.row.get("synthetic") or one.row.get("failure") or "good"
        by_kind[kind].append(one.broken)
    for kind, broken in sorted(by_kind.items()):
        print(f"    {kind:22s} {share(sum(broken), len(broken))}")


def show_errors(judged: Sequence[Judged], limit: int) -> None:
    alarms = [one for one in judged if one.broken and not one.row["needs_polish"]]
    for one in alarms[:limit]:
        print(f"false alarm {one.row['id']}: {list(one.report.issues)}")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure the gate on labelled answers.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--errors", type=int, default=0, help="show so many false alarms")
    options = parser.parse_args(argv)
    lines = options.data.read_text(encoding="utf-8").splitlines()
    judged = judge([json.loads(line) for line in lines if line.strip()])
    rows = [one.row for one in judged]
    show_rates("static gate, all rows", rows, lambda at: judged[at].broken)
    show_rates("plan's needsPolish", rows, lambda at: plan_needs_polish(rows[at]["response"]))
    real = [one for one in judged if not one.row.get("synthetic")]
    show_rates("static gate, real answers", [one.row for one in real], lambda at: real[at].broken)
    show_codes(judged)
    show_failures(judged)
    spent = sorted(one.ms for one in judged)
    p95 = spent[int(0.95 * len(spent))]
    print(f"median {statistics.median(spent):.2f} ms, p95 {p95:.2f} ms, most {spent[-1]:.2f} ms")
    show_errors(judged, options.errors)


if __name__ == "__main__":
    main()
