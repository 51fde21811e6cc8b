"""Runs SQL on tables that it makes first; runs inside the sandbox, by itself.

It reads one JSON object from stdin and writes one line to stdout for each case as it ends, behind a
marker. Each case has a database of its own, in memory.
"""

from __future__ import annotations

import datetime
import json
import re
import sqlite3
import sys
import time
from typing import Any

_MOST_ROWS = 1000
_STEPS = 20_000
_MOST_SLOW = 2
_LEAST_S = 0.02
_CREATES = re.compile(
    r"\s*create\s+(?:temp\w*\s+)?table\s+(?:if\s+not\s+exists\s+)?[`\"\[]?(\w+)", re.I
)
_FILLS = re.compile(
    r"\s*(?:insert\s+into|drop\s+table(?:\s+if\s+exists)?|truncate(?:\s+table)?)\s+[`\"\[]?(\w+)",
    re.I,
)
_NO_SQL = re.compile(r"\s*(?:use\s+\w+\s*;|go\s*;?\s*$|\.\w+|set\s+\w+)", re.I)
_COMMENT = re.compile(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|#[^\n]*(?:\n|\Z)|/\*.*?\*/)+", re.S)


def statements(script: str) -> list[str]:
    """The statements of a script, without comments in front."""
    found, rest = [], ""
    for part in re.split(r"(?<=;)", script):
        rest += part
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    found.append(rest)
    bare = [_COMMENT.sub("", statement) for statement in found]
    return [statement for statement in bare if statement.strip(" \n\t;")]


class _Database:
    """The tables of one case, and what statements did to them."""

    def __init__(self, tables: str, limit_s: float) -> None:
        self.results: list[dict[str, Any]] = []
        self.error: dict[str, str] | None = None
        self._own = sqlite3.connect(":memory:", isolation_level=None)
        self._own.executescript(tables)
        names = self._own.execute("SELECT lower(name) FROM sqlite_master WHERE type = 'table'")
        self._given = {name for (name,) in names}
        self._ends = time.monotonic() + limit_s
        self._own.set_progress_handler(lambda: time.monotonic() > self._ends, _STEPS)
        _add_functions(self._own)

    def run(self, script: str) -> None:
        """Run all statements but those that would make or fill the given tables again."""
        remade = set()
        for statement in statements(script):
            creates, fills = _CREATES.match(statement), _FILLS.match(statement)
            if creates and creates[1].lower() in self._given:
                remade.add(creates[1].lower())
            elif not _NO_SQL.match(statement) and not (fills and fills[1].lower() in remade):
                self.execute(statement)

    def execute(self, statement: str) -> None:
        """Run one statement; keeps its rows, or its error."""
        try:
            cursor = self._own.execute(statement)
            rows = cursor.fetchmany(_MOST_ROWS)
        except (sqlite3.Error, sqlite3.Warning, OverflowError, ValueError, MemoryError) as error:
            kind = "timed_out" if "interrupted" in str(error) else type(error).__name__
            told = {"kind": kind, "text": str(error), "statement": statement[:2000]}
            self.error = self.error or told
            return
        if cursor.description:
            columns = [column[0] for column in cursor.description]
            self.results.append(
                {"columns": columns, "rows": [list(map(_plain, row)) for row in rows]}
            )


def _plain(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _add_functions(database: sqlite3.Connection) -> None:
    """Functions of other dialects that mean one thing."""
    now = datetime.datetime(2024, 6, 30, 12)
    database.create_function(
        "concat", -1, lambda *parts: "".join(str(p) for p in parts if p is not None)
    )
    database.create_function("now", 0, lambda: now.isoformat(" "))
    database.create_function("getdate", 0, lambda: now.isoformat(" "))
    database.create_function("curdate", 0, lambda: now.date().isoformat())
    database.create_function("len", 1, lambda text: None if text is None else len(str(text)))
    database.create_function("nvl", 2, lambda one, other: other if one is None else one)
    for name, start, end in (("year", 0, 4), ("month", 5, 7), ("day", 8, 10)):
        database.create_function(name, 1, lambda text, a=start, b=end: _part(text, a, b))


def _part(text: Any, start: int, end: int) -> int | None:
    part = str(text)[start:end]
    return int(part) if part.isdigit() else None


def _tried(case: dict[str, Any], script: str, limit_s: float) -> dict[str, Any]:
    """The results of a case, or its error."""
    database = _Database(case["tables"], limit_s)
    database.run(script)
    if not case["call"] or database.error is not None:
        return {"results": database.results, "error": database.error}
    database.results = []
    database.execute(case["call"])
    return {"results": database.results, "error": None}


def _told(case: dict[str, Any], job: dict[str, Any], left_s: float) -> dict[str, Any]:
    """What is reported of a case: only one that had all its time did not end."""
    if left_s < _LEAST_S:
        return {"not_run": "no time left"}
    told = _tried(case, job["script"], min(job["case_s"], left_s))
    is_late = told["error"] is not None and told["error"]["kind"] == "timed_out"
    if is_late and left_s < job["case_s"]:
        return {"not_run": "no time left"}
    if len(json.dumps(told)) > job["most_chars"]:
        return {"not_run": "the result is too large to carry"}
    return told


def main() -> None:
    """Does one job: `script`, `cases` and limits in, results and errors out."""
    started = time.monotonic()
    job = json.loads(sys.stdin.read())
    slow = 0
    for number, case in enumerate(job["cases"]):
        left_s = started + job["wall_s"] - time.monotonic() if slow < _MOST_SLOW else 0.0
        told = _told(case, job, left_s)
        slow += (told.get("error") or {}).get("kind") == "timed_out"
        sys.stdout.write(f"\n{job['marker']}{json.dumps({'case': number, **told})}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
