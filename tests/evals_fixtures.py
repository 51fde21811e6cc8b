"""Small rows, configs and recorded outputs for the evaluations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evals.results import Result, Sample


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def write_config(folder: Path, target: str, data: Path | None = None, **options: Any) -> Path:
    lines = ['name = "trial"', f'target = "{target}"']
    lines += [f'data = "{data}"'] if data else []
    lines += ["[options]", *(f"{key} = {json.dumps(value)}" for key, value in options.items())]
    path = folder / "trial.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


REQUESTS = [
    {"id": "a", "text": "Write a Python function that reverses a string", "label": "code"},
    {"id": "b", "text": "What is the capital of France?", "label": "chat", "lang": "en"},
    {"id": "c", "text": "Schreibe ein Bash-Skript, das Logs löscht", "label": "code", "lang": "de"},
    {"id": "d", "text": "Tell me a story about a dragon", "label": "chat", "hard": True},
]


def said(score: float, **more: Any) -> dict[str, Any]:
    """What the gate target gives for one answer."""
    stages = {"structure": 0.0, "syntax": 0.0, "static": 0.0, "run": score}
    issues = [{"code": "wrong_result", "evidence": "f(1) is 2"}] if score >= 0.5 else []
    return {
        "verdict": "broken" if score >= 0.5 else "plausible",
        "score": score,
        "issues": issues,
        "ms": 10.0,
        "stages": stages,
        "plan": False,
        **more,
    }


def judged(name: str, failing: bool, score: float, **row: Any) -> Sample:
    """A gate row with its output."""
    base = {
        "id": name, "query": "Add two numbers", "response": "x", "language": "python",
        "passed": not failing, "needs_polish": failing,
    }  # fmt: skip
    return Sample({**base, **row}, Result(name, "k", said(score)))


def pair(name: str, weak: tuple[bool, float], strong: tuple[bool, float]) -> Sample:
    """A recorded pair with its output: passed and score of each side."""
    sides = {
        side: {"id": f"{name}-{side}", "response": side, "passed": passed, "passed_plus": None}
        for side, (passed, _) in (("weak", weak), ("strong", strong))
    }
    row = {"id": name, "query": "Add two numbers", "language": "python", **sides}
    output = {"weak": said(weak[1]), "strong": said(strong[1])}
    return Sample(row, Result(name, "k", output))
