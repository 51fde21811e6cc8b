"""Rows in, results out: the JSONL files of an evaluation, and what may be kept of an earlier run.

A result's line is written once its row is done, so that a killed run loses only what was under way.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.config import EvalError

Data = dict[str, Any]
Feedback = dict[str, float | None]
"""Scores of one row by name, each 0..1 or a count; None: says nothing of this row."""


@dataclass(frozen=True)
class Result:
    """What became of one row."""

    id: str
    key: str
    """Hash of config, row and code: the same key, the same result."""
    output: Data = field(default_factory=dict)
    feedback: Feedback = field(default_factory=dict)
    started: str = ""
    """UTC, ISO 8601."""
    seconds: float = 0.0
    error: str | None = None
    """Why the target gave no output; such a row is tried again by the next run."""


@dataclass(frozen=True)
class Sample:
    """A row beside its result: what evaluators read."""

    row: Data
    result: Result

    @property
    def output(self) -> Data:
        """What the target said."""
        return self.result.output


def read_jsonl(path: Path) -> list[Data]:
    """The objects of a file.

    Raises:
        EvalError: It cannot be read, or a line holds no object.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalError(f"{path} cannot be read: {error}") from error
    return [_object(line, f"{path}:{n}") for n, line in enumerate(lines, 1) if line.strip()]


def _object(line: str, where: str) -> Data:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise EvalError(f"{where} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise EvalError(f"{where} holds no object")
    return value


def load_rows(data: Path, tests: Path | None = None, limit: int | None = None) -> list[Data]:
    """Rows with an `id` each; hidden tests of a second file are put under `hidden`.

    Raises:
        EvalError: A file cannot be read, or two rows have the same id.
    """
    rows = [{**row, "id": row_id(row)} for row in read_jsonl(data)][:limit]
    by_id = {str(each["id"]): each for each in read_jsonl(tests)} if tests else {}
    if len({row["id"] for row in rows}) < len(rows):
        raise EvalError(f"{data}: two rows have the same id")
    return [{**row, "hidden": by_id[row["id"]]} if row["id"] in by_id else row for row in rows]


def row_id(row: Mapping[str, Any]) -> str:
    """The row's own id; for a pair of answers, theirs; else a hash of what the row holds."""
    if row.get("id") is not None:
        return str(row["id"])
    if "weak" in row and "strong" in row:
        return f"{row['weak']['id']}-{row['strong']['id']}"
    return _hash(row)


def row_key(version: str, row: Data) -> str:
    """Names a result by everything it depends on."""
    return _hash([version, row])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


class ResultFile:
    """The results of one evaluation, appended row by row."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, Result]:
        """Results by id, the last one of each; a last line that was cut by a kill is left out."""
        if not self.path.exists():
            return {}
        lines = self.path.read_bytes().split(b"\n")
        return {one.id: one for one in _parsed(lines)}

    def keep(self, kept: Mapping[str, Result]) -> None:
        """Put these results in place of what the file holds, which goes to a `.before` file."""
        if self.path.exists() and set(self.read()) - set(kept):
            os.replace(self.path, self.path.with_suffix(".before.jsonl"))
        partial = self.path.with_suffix(".partial")
        partial.write_text("".join(map(_line, kept.values())), encoding="utf-8")
        os.replace(partial, self.path)

    def append(self, result: Result) -> None:
        """Write one result at once; call it from one thread."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(result))


def _line(result: Result) -> str:
    return json.dumps(asdict(result)) + "\n"  # ASCII: a row may hold lone surrogates


def _parsed(lines: Sequence[bytes]) -> Iterator[Result]:
    for line in lines:
        try:
            yield Result(**json.loads(line))
        except (ValueError, TypeError):
            continue
