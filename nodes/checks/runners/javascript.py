"""Trying cases on JavaScript code, and on TypeScript once it is transpiled."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tree_sitter import Node

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import Case, Run, Seen, Signature
from nodes.checks.runners.assembly import assemble, names_wanted, subject_of
from nodes.checks.runners.literals import UnwritableError, script_literal
from nodes.checks.runners.programs import PROGRAM_S, Program, run_programs, runs_program
from nodes.checks.runners.reports import (
    lines,
    not_run,
    numbered,
    says_to_print,
    seen_of,
)
from nodes.checks.runners.timing import LEAST_S, TOO_LITTLE, Timing
from nodes.checks.runners.trees import parse, text, walk
from nodes.checks.sandbox import Job, Limits, Ran, Sandbox

_HARNESS = Path(__file__).with_name("harness.js")
_PARTS = ("demo", "transpile", "values")
_LIMITS = {"memory_mb": 1024, "disk_mb": 32}
_TRANSPILE = (
    'node "${NODE_PATH%%:*}/typescript/lib/tsc.js" --noCheck --target es2022 --module commonjs '
    "answer.ts; [[ -e answer.js ]]"
)
_JSX = ("jsx_element", "jsx_self_closing_element")
_FRAMEWORK = re.compile(
    r"""(?:\bfrom|\bimport|\brequire\s*\()\s*['"](?:react|preact|vue|svelte)(?:[-/][^'"]*)?['"]"""
)
_MOST_OF_CASE_S = 1.0
_LOAD_MS = 1500
_BROWSER = (
    "document", "window", "navigator", "localStorage", "sessionStorage", "alert", "prompt",
    "confirm", "location", "history", "XMLHttpRequest", "FileReader", "Image", "HTMLElement",
    "requestAnimationFrame", "customElements", "jQuery", r"\$", "React", "ReactDOM", "Vue",
    "angular", "describe", "it", "test", "expect", "jest", "chrome", "browser", "d3", "_",
)  # fmt: skip
"""What is defined where such code is meant to run, and not here."""


@dataclass(frozen=True, slots=True)
class JavaScriptRunner:
    """Tries cases on JavaScript answers: one process of node for an answer.

    Attributes:
        marker: Makes the word that begins each line of a report.
        now: Seconds since the epoch.
    """

    marker: Callable[[], str] = lambda: secrets.token_hex(12)
    now: Callable[[], float] = time.time
    language: str = "javascript"

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """The function under test: one of `wanted` names if defined, else the main one."""
        code = assemble(answer, self.language, wanted)
        return subject_of(answer, code, self.language, wanted)

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
        for tool in self._tools():
            why_not = sandbox.why_not(tool)
            if why_not is not None:
                return Run((), why_not=why_not)
        if wall_s < LEAST_S:
            return Run((), why_not=TOO_LITTLE)
        code = assemble(answer, self.language, (subject.name,) if subject else ())
        if not code:
            return Run((), why_not="no code to run")
        if _is_jsx(code, self.language):
            return Run((), why_not="JSX is not run")
        if any(map(runs_program, cases)):
            timing = Timing.of(wall_s, PROGRAM_S, 3, self.now)
            return run_programs(cases, self._program(code, wall_s), sandbox, self.marker(), timing)
        return self._try(answer, code, subject, cases, sandbox, wall_s)

    def _tools(self) -> tuple[str, ...]:
        return ("node", "typescript") if self.language == "typescript" else ("node",)

    def _command(self) -> str:
        return (
            "tsc answer.ts && node answer.js" if self.language == "typescript" else "node answer.js"
        )

    def _program(self, code: str, wall_s: float) -> Program:
        limits = Limits(wall_s=wall_s, cpu_s=wall_s, **_LIMITS)
        heap = {"NODE_OPTIONS": f"--max-old-space-size={limits.memory_mb * 5 // 8}"}
        is_module = any(n.type in ("import_statement", "export_statement")
                        for n in parse(code, "javascript").children)  # fmt: skip
        name = "answer.mjs" if is_module else "answer.js"
        name = "answer.ts" if self.language == "typescript" else name
        start = ("node", f"../{name}".replace(".ts", ".js"))
        job = Job(start, {name: code}, tools=self._tools(), environment=heap, limits=limits)
        build = _TRANSPILE if self.language == "typescript" else ""
        return Program(job, self._command(), build)

    def _try(
        self,
        answer: Answer,
        code: str,
        subject: Signature | None,
        cases: Sequence[Case],
        sandbox: Sandbox,
        wall_s: float,
    ) -> Run:
        marker = self.marker()
        timing = Timing.of(wall_s, _MOST_OF_CASE_S, 3, self.now)
        plans = [_plan(answer, case, subject, self.language, timing.each_ms) for case in cases]
        tried = [
            {"number": at, **p} for at, p in enumerate(p for p in plans if isinstance(p, dict))
        ]
        job = self._job(answer, code, tried, marker, timing)
        ran = sandbox.run(job)
        if ran.unavailable:
            return Run((), why_not=ran.unavailable)
        return self._read(answer, cases, plans, ran, marker)

    def _job(
        self, answer: Answer, code: str, tried: list[dict[str, Any]], marker: str, timing: Timing
    ) -> Job:
        wall_s = timing.left_s()
        words = answer.query.lower()
        root = parse(code, self.language)
        plan = {
            "marker": marker,
            "cases": tried,
            "classes": _classes(root),
            "host": _BROWSER,
            "ends_ms": timing.ends_ms,
            "load_ms": int(min(_LOAD_MS, wall_s * 400)),
            "typescript": self.language == "typescript",
            "undefined_is_null": not ("undefined" in words and "null" in words),
        }
        files = {"run.js": _HARNESS.read_text(), "source.txt": code, "plan.json": json.dumps(plan)}
        files |= {f"{part}.js": _HARNESS.with_name(f"harness_{part}.js").read_text()
                  for part in _PARTS}  # fmt: skip
        limits = Limits(wall_s=wall_s, cpu_s=wall_s, **_LIMITS)
        tools = ("typescript",) if plan["typescript"] else ()
        return Job(("node", "run.js"), files, tools=tools, limits=limits)

    def _read(
        self,
        answer: Answer,
        cases: Sequence[Case],
        plans: Sequence[dict[str, Any] | Seen],
        ran: Ran,
        marker: str,
    ) -> Run:
        found = lines(ran, marker)
        for one in found:
            if "why_not" in one:
                return Run((), why_not=shorten(str(one["why_not"])), command=self._command())
            if "load_error" in one:
                return Run((), load_error=str(one["load_error"]), command=self._command())
        reports = iter(numbered(found, ran, sum(isinstance(p, dict) for p in plans)))
        prints = says_to_print(answer.query)
        seen = tuple(
            plan if isinstance(plan, Seen) else seen_of(case, next(reports), prints=prints)
            for case, plan in zip(cases, plans, strict=True)
        )
        return Run(seen, command=self._command(), **_demo(found))


def _is_jsx(code: str, language: str) -> bool:
    """Whether code holds elements, or is a part of a framework that makes them."""
    if _FRAMEWORK.search(code):
        return True
    if language == "typescript" and not parse(code, "typescript").has_error:
        return False
    nodes = walk(parse(code, "javascript"))
    return any(node.type in _JSX and not node.has_error for node in nodes)


def _demo(found: list[dict[str, Any]]) -> dict[str, str]:
    told = next((one for one in found if "demo_error" in one), {})
    return {name: str(told[name]) for name in ("demo_error", "demo_fails_in") if name in told}


def _plan(
    answer: Answer, case: Case, subject: Signature | None, language: str, each_ms: int
) -> dict[str, Any] | Seen:
    """What the harness does for a case, or why it cannot."""
    shared = {"ms": each_ms, "expected": _expression(case.expected, language)}
    call = _expression(case.call, language)
    if call:
        callee, free = _names(call, language)
        wanted = {case.function, *names_wanted(answer, language)}
        return {**shared, "call": call, "function": callee, "free": free,
                "must_exist": callee in wanted}  # fmt: skip
    name = case.function or (subject.name if subject else "")
    if case.arguments is None or not name:
        return not_run("no call to try")
    try:
        written = [script_literal(one) for one in case.arguments]
    except UnwritableError as error:
        return not_run(str(error))
    return {**shared, "arguments": written, "function": name, "free": [], "must_exist": True}


def _expression(source: str, language: str) -> str:
    """The source as one expression; empty when it is none."""
    source = source.strip().rstrip(";").strip()
    if not source:
        return ""
    root = parse(f"({source}\n)", language)
    inner = [child for child in root.named_children if child.type != "comment"]
    is_one = len(inner) == 1 and inner[0].type == "expression_statement"
    return source if is_one and not root.has_error else ""


def _names(call: str, language: str) -> tuple[str, list[str]]:
    """The function that an expression calls outermost, and all other names that it uses."""
    root = parse(f"({call}\n)", language)
    callee = ""
    for node in walk(root):
        if node.type == "call_expression":
            function = node.child_by_field_name("function")
            is_name = function is not None and function.type == "identifier"
            callee = text(function) if is_name else ""
            break
    names = {text(node) for node in walk(root) if node.type == "identifier"}
    bound = {text(p) for node in walk(root) if node.type in ("formal_parameters", "arrow_function")
             for p in node.named_children if p.type == "identifier"}  # fmt: skip
    return callee, sorted(names - bound - {callee})


def _classes(root: Node) -> list[str]:
    return [
        text(node.child_by_field_name("name"))
        for child in root.children
        for node in (child, *child.named_children)
        if node.type == "class_declaration"
    ]
