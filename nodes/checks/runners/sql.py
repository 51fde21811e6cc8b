"""Trying SQL on the tables of a request, in SQLite."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import Case, Run, Seen, Signature
from nodes.checks.runners.reports import lines, not_run
from nodes.checks.runners.sql_errors import excuse, portable, syntax_error
from nodes.checks.runners.timing import TOO_LITTLE
from nodes.checks.sandbox import Job, Limits, Sandbox

_HARNESS = Path(__file__).with_name("sql_harness.py")
_COMMAND = "sqlite3 :memory: '.read tables.sql' '.read answer.sql'"
_SPELLINGS = frozenset({
    "", "sql", "sqlite", "sqlite3", "mysql", "postgresql", "postgres", "pgsql", "plpgsql", "tsql",
    "plsql", "mariadb",
})  # fmt: skip
_QUERY = re.compile(r"^\s*(?:\(\s*)?(?:select|with|update|delete|insert|merge)\b", re.I | re.M)
_READS = re.compile(r"^\s*(?:\(\s*)?(?:select|with)\b", re.I | re.M)
_MOST_CHARS = 40_000
_CASE_S = 1.5
_LEAST_WALL_S = 0.1
_MOST_OUTPUT = 4_000_000


@dataclass(frozen=True, slots=True)
class SqlRunner:
    """Tries cases on SQL: each in a throw-away database that holds the case's files."""

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """Always None: a query is no function."""
        return None

    def run(
        self,
        answer: Answer,
        subject: Signature | None,
        cases: Sequence[Case],
        *,
        sandbox: Sandbox,
        wall_s: float,
    ) -> Run:
        """Try `cases` within `wall_s` seconds; never raises for what the code does."""
        why_not = sandbox.why_not("python")
        if why_not is not None:
            return Run((), why_not=why_not)
        script = script_of(answer)
        if not script:
            return Run((), why_not="the answer holds no SQL that can be read")
        if wall_s < _LEAST_WALL_S:
            return Run((), why_not=TOO_LITTLE)
        marker = secrets.token_hex(8)
        ran = sandbox.run(_job(script, cases, marker, wall_s))
        told = {one.get("case"): one for one in lines(ran, marker)}
        if ran.unavailable or not told:
            why = ran.unavailable or ran.ended_by or shorten(ran.stderr) or "no result"
            return Run((), why_not=f"the queries were not tried: {why}")
        late = {"not_run": shorten(ran.ended_by or ran.stderr) or "no result"}
        return _run(answer, cases, [told.get(at, late) for at in range(max(1, len(cases)))])


def script_of(answer: Answer) -> str:
    """The block that answers: the longest, unless only another one holds a query."""
    found = [block.code for block in answer.blocks if block.language in _SPELLINGS]
    if not answer.blocks and answer.bare_is_code:
        found = [answer.text]
    ordered = sorted((code for code in found if code.strip()), key=len, reverse=True)
    reading = [code for code in ordered if _READS.search(code)]
    writing = [code for code in ordered if _QUERY.search(code)]
    script = next(iter(reading or writing or ordered), "")
    return script if len(script) <= _MOST_CHARS else ""


def _job(script: str, cases: Sequence[Case], marker: str, wall_s: float) -> Job:
    task = {
        "script": portable(script),
        "marker": marker,
        "case_s": _CASE_S,
        "wall_s": wall_s,
        "most_chars": _MOST_OUTPUT // (len(cases) + 1),
        "cases": [
            {"tables": "\n".join(case.files.values()), "call": case.call}
            for case in cases or [Case("smoke", 0.0, "")]
        ],
    }
    # The harness keeps its own time; the sandbox ends what does not let it.
    limits = Limits(wall_s=wall_s + 1, cpu_s=wall_s + 1, output_bytes=_MOST_OUTPUT)
    command = ("python", "-E", "-s", "-S", "-B", "sql_harness.py")
    files = {"sql_harness.py": _HARNESS.read_text("utf-8")}
    return Job(command, files, json.dumps(task), limits=limits)


def _run(answer: Answer, cases: Sequence[Case], told: Sequence[dict[str, Any]]) -> Run:
    for error in filter(None, (one.get("error") for one in told)):
        wrong = syntax_error(error, answer.query)
        if wrong:
            return Run((), load_error=wrong, command=_COMMAND)
    seen = [_seen(answer, case, one) for case, one in zip(cases, told, strict=False)]
    return Run(tuple(seen), command=_COMMAND)


def _seen(answer: Answer, case: Case, told: dict[str, Any]) -> Seen:
    if "not_run" in told:
        return not_run(told["not_run"])
    error, results = told["error"], told["results"]
    is_lone = error is not None and not (results and _READS.match(error["statement"]))
    if is_lone:
        return _failed(answer, error)
    if not results and case.judge is None:
        return Seen("returned", [], "no rows")
    if not results:
        return Seen("not_run", shown="the statements return no rows")
    tried = [_returned(result) for result in results]
    if case.judge is None:
        return tried[-1]
    # Several queries in one answer are steps or alternatives: one that is right will do.
    return next((one for one in tried if case.judge(one) is None), tried[-1])


def _failed(answer: Answer, error: dict[str, str]) -> Seen:
    if error["kind"] == "timed_out":
        return Seen("timed_out", shown="no result")
    why = excuse(error, answer.query)
    if why:
        return Seen("not_run", shown=f"{error['text']}: {why}")
    return Seen("raised", shown=error["text"], error="an error")


def _returned(result: dict[str, Any]) -> Seen:
    names: list[str] = []
    for name in result["columns"]:
        count = sum(known.split(":")[0] == name for known in names)
        names.append(f"{name}:{count}" if count else name)
    rows = [dict(zip(names, row, strict=True)) for row in result["rows"]]
    shown = [tuple(row.values()) for row in rows[:6]]
    return Seen("returned", rows, shorten(f"{len(rows)} rows: {shown}", 300))
