"""Trying cases on bash: each in a shell of its own, judged by its output and its status."""

from __future__ import annotations

import ast
import re
import secrets
import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tree_sitter import Node

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import MISSING, Case, Run, Seen, Signature
from nodes.checks.runners.assembly import assemble, names_wanted, subject_of
from nodes.checks.runners.definitions import functions
from nodes.checks.runners.literals import UnwritableError, shell_text
from nodes.checks.runners.programs import (
    PROGRAM_S,
    TIMED_OUT,
    Program,
    decoded,
    run_programs,
    runs_program,
    same_text,
)
from nodes.checks.runners.reports import lines, not_run, numbered
from nodes.checks.runners.timing import LEAST_S, TOO_LITTLE, Timing
from nodes.checks.runners.trees import parse, text
from nodes.checks.sandbox import Job, Limits, Ran, Sandbox

_HARNESS = Path(__file__).with_name("harness.sh")
_COMMAND = "bash answer.sh"
_MOST_OF_CASE_S = 1.5
_SYNTAX_STATUS = 2
_KEPT = frozenset({
    "function_definition", "variable_assignment", "variable_assignments", "declaration_command",
    "unset_command",
})  # fmt: skip
_KEPT_COMMANDS = frozenset({"set", "shopt", "declare", "readonly", "export", "alias", "unset"})
_CALL = re.compile(r"\$\((?!\()(.*)\)\Z", re.S)
_MISSING = re.compile(r"([\w.+-]+): command not found")


@dataclass(frozen=True, slots=True)
class BashRunner:
    """Tries cases on bash answers: the script's functions, without what it runs at its top.

    Attributes:
        marker: Makes the word that begins each line of a report.
        now: Seconds since the epoch.
    """

    marker: Callable[[], str] = lambda: secrets.token_hex(12)
    now: Callable[[], float] = time.time

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """The function under test: one of `wanted` names if defined, else the main one."""
        return subject_of(answer, assemble(answer, "bash", wanted), "bash", wanted)

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
        why_not = sandbox.why_not("bash")
        if why_not is not None:
            return Run((), why_not=why_not)
        code = assemble(answer, "bash", (subject.name,) if subject else ())
        if not code:
            return Run((), why_not="no code to run")
        if wall_s < LEAST_S:
            return Run((), why_not=TOO_LITTLE)
        limits = Limits(wall_s=wall_s, cpu_s=wall_s)
        if any(map(runs_program, cases)):
            job = Job(("bash", "../answer.sh"), {"answer.sh": code}, limits=limits)
            timing = Timing.of(wall_s, PROGRAM_S, 3, self.now)
            return run_programs(cases, Program(job, _COMMAND), sandbox, self.marker(), timing)
        return self._try(answer, code, subject, cases, sandbox, limits)

    def _try(
        self,
        answer: Answer,
        code: str,
        subject: Signature | None,
        cases: Sequence[Case],
        sandbox: Sandbox,
        limits: Limits,
    ) -> Run:
        defined = {function.name for function in functions(parse(code, "bash"))}
        wanted = names_wanted(answer, "bash")
        scripts = [_scripts(case, subject, defined, wanted) for case in cases]
        files = {"harness.sh": _HARNESS.read_text(), "functions.sh": _definitions(code)}
        files["answer.sh"] = code
        tried = [script for script in scripts if isinstance(script, tuple)]
        for number, (call, expected) in enumerate(tried):
            files[f"call_{number}.sh"] = call
            if expected:
                files[f"expected_{number}.sh"] = expected
        marker = self.marker()
        timing = Timing.of(limits.wall_s, _MOST_OF_CASE_S, 3, self.now)
        given = (marker, str(timing.each_ms), str(timing.ends_ms), str(len(tried)))
        check = 'bash -n ./functions.sh >&2 && exec bash ./harness.sh "$@"'
        command = ("bash", "-c", check, "harness", *given)
        ran = sandbox.run(Job(command, files, limits=limits))
        return _read(cases, scripts, ran, marker)


def _read(
    cases: Sequence[Case], scripts: Sequence[tuple[str, str] | Seen], ran: Ran, marker: str
) -> Run:
    if ran.unavailable:
        return Run((), why_not=ran.unavailable)
    found = lines(ran, marker)
    if not found and ran.exit_code == _SYNTAX_STATUS and not ran.ended_by:
        return Run((), load_error=shorten(ran.stderr, 400), command="bash -n answer.sh")
    reports = iter(numbered(found, ran, sum(isinstance(one, tuple) for one in scripts)))
    seen = tuple(
        script if isinstance(script, Seen) else _seen(case, next(reports))
        for case, script in zip(cases, scripts, strict=True)
    )
    return Run(seen, command=_COMMAND)


def _definitions(code: str) -> str:
    """The functions and settings of a script; what it runs at its top is left out."""
    root = parse(code, "bash")
    if root.has_error:
        return code
    return "\n".join(text(node) for node in root.children if _is_kept(node)) + "\n"


def _is_kept(node: Node) -> bool:
    if node.type == "command":
        return text(node.child_by_field_name("name")) in _KEPT_COMMANDS
    return node.type in _KEPT


def _scripts(
    case: Case, subject: Signature | None, defined: set[str], wanted: frozenset[str]
) -> tuple[str, str] | Seen:
    """The scripts that call and that print what is expected; or why there are none."""
    call = _call(case, subject)
    if isinstance(call, Seen):
        return call
    name = call.split(maxsplit=1)[0] if call else ""
    if name not in defined and name != case.function and name not in wanted:
        return not_run(f"{name} is not defined")
    script = f". ./functions.sh\nset +e\n{call}\n"
    if parse(script, "bash").has_error:
        return not_run("the call cannot be read")
    return script, f"printf '%s' {case.expected}\n" if case.expected else ""


def _call(case: Case, subject: Signature | None) -> str | Seen:
    if case.call:
        inner = _CALL.match(case.call.strip())
        return inner[1].strip() if inner else case.call.strip()
    name = case.function or (subject.name if subject else "")
    if case.arguments is None or not name:
        return not_run("no call to try")
    try:
        return shlex.join([name, *map(shell_text, case.arguments)])
    except UnwritableError as error:
        return not_run(str(error))


def _seen(case: Case, report: dict[str, Any]) -> Seen:
    """What a case's output and status mean."""
    if "status" not in report:
        return Seen(report["outcome"], shown=str(report.get("shown", "")))
    status, out, err = int(report["status"]), decoded(report["out"]), decoded(report["err"])
    shown = shorten(out.strip() or err.strip(), 300)
    lacking = _MISSING.search(err)
    if status in TIMED_OUT:
        return Seen("timed_out", out.rstrip("\n"), shown)
    if case.raises:
        return Seen("passed" if status else "wrong", out.rstrip("\n"), shown, f"status {status}")
    expected = _expected(case, report)
    if isinstance(expected, Seen):
        return expected
    if expected is not None and (_same(out, expected) or _by_status(case, status, out)):
        return Seen("passed", out.rstrip("\n"), shown)
    if lacking is not None and _is_tool(lacking[1], case):
        return not_run(f"{lacking[1]} is not installed")
    if expected is not None:
        return Seen("wrong", out.rstrip("\n"), shown)
    if status and not out.strip():
        return Seen("raised", out, shown, f"status {status}")
    return Seen("returned", out.rstrip("\n"), shown)


def _is_tool(name: str, case: Case) -> bool:
    """Whether a command that was not found is a program, not a slip such as `[1` or the task."""
    return name in _TOOLS and name != case.function


_TOOLS = frozenset({
    "bc", "dc", "jq", "python", "python2", "python3", "perl", "ruby", "node", "php", "lua", "curl",
    "wget", "rev", "xxd", "hexdump", "column", "factor", "openssl", "gawk", "rg", "fd", "git", "nc",
    "zip", "unzip", "rsync", "ssh", "docker", "kubectl", "aws", "xmllint", "yq", "units", "cal",
    "seq", "shuf", "numfmt", "md5", "md5sum", "sha256sum", "figlet", "tput", "parallel", "expect",
    "ip", "ifconfig", "ping", "netstat", "lsof", "ps", "free", "systemctl", "ffmpeg", "convert",
})  # fmt: skip
"""Programs that a good script may use and that may not be installed here."""


def _expected(case: Case, report: dict[str, Any]) -> str | Seen | None:
    """The text that must come out; None when none is known."""
    if case.expected:
        listed = _listed(case.expected)
        if listed is not None:
            return listed
        want = str(report["want"])
        return not_run("the expected value cannot be read") if want == "unreadable" else (
            decoded(want))  # fmt: skip
    if case.value is MISSING:
        return None
    try:
        return shell_text(case.value)
    except UnwritableError as error:
        return not_run(str(error))


def _listed(expected: str) -> str | None:
    """The text of a list that is written in brackets rather than as a word of bash."""
    try:
        value = ast.literal_eval(expected.strip()) if expected.lstrip().startswith("[") else None
        items = [shell_text(one) for one in value] if isinstance(value, list) else None
    except (ValueError, SyntaxError, UnwritableError):
        return None
    return None if items is None else " ".join(one.strip('"') for one in items)


def _same(out: str, expected: str) -> bool:
    return out.strip() == expected.strip() or same_text(out, expected)


def _by_status(case: Case, status: int, out: str) -> bool:
    """Whether a predicate said it by its status alone, as the shell's own do."""
    return isinstance(case.value, bool) and not out.strip() and (status == 0) is case.value
