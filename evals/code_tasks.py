"""The project's own runnable code tasks: requests, with tests that judge any answer to them.

evals/data/README.md describes the fields and the form of the tests in each language.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

CODE_TASKS = Path(__file__).parent / "data" / "code_tasks.jsonl"

Language = Literal["python", "javascript", "typescript", "bash", "sql", "java", "cpp"]
Kind = Literal["function", "class", "script", "query"]


@dataclass(frozen=True, slots=True)
class Task:
    """One request for code, with a right answer, a plausible wrong one, and tests."""

    id: str
    language: Language
    kind: Kind
    query: str
    entry: str
    """What the tests call: a function, a class, or `Class.method` in Java; empty in scripts and
    queries."""
    has_examples: bool
    """Whether the request shows a concrete input together with its result."""
    query_language: str
    """ISO 639-1 code of the language that the request is written in."""
    solution: str
    wrong: str
    """The kind of mistake that a small model makes; the tests must catch it."""
    tests: str


def read_tasks(path: Path = CODE_TASKS) -> list[Task]:
    """Read tasks from JSON lines.

    Raises:
        ValueError: a line does not hold exactly the fields of `Task`.
    """
    with path.open(encoding="utf-8") as lines:
        return [_task(line, number) for number, line in enumerate(lines, 1) if line.strip()]


def _task(line: str, number: int) -> Task:
    row = json.loads(line)
    wanted = {field.name for field in fields(Task)}
    if set(row) != wanted:
        raise ValueError(f"line {number}: fields {sorted(set(row) ^ wanted)} missing or unknown")
    return Task(**row)
