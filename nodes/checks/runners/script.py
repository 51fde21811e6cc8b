"""Trying cases on whole scripts, beside the files that they read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import Case, Run, Seen, Signature
from nodes.checks.runners import python_excuses
from nodes.checks.runners.assembly import assemble
from nodes.checks.runners.programs import program_seen, runs_program
from nodes.checks.runners.python_program import program_of
from nodes.checks.runners.reports import not_run
from nodes.checks.runners.timing import TOO_LITTLE
from nodes.checks.sandbox import Job, Limits, Ran, Sandbox

_COMMANDS = {
    "python": ("python", "-E", "-s", "-B", "answer.py"),
    "bash": ("bash", "answer.sh"),
}
_ARGUMENTS = re.compile(r"sys\.argv|argparse|\bclick\b|\bfire\b|\$\{?[1@*#]|\bargv\b|getopts")
_MOST_OF_CASE_S = 4.0
_LEAST_S = 0.2
# What a script, or a shell, says in words; errors of Python are in python_excuses.
_EXCUSES = re.compile(
    r"ModuleNotFoundError|ImportError|EOF when reading|"
    r"Connection refused|Network is unreachable|resolve host|^usage:|Usage:|error: the following|"
    r"sys\.argv\[|os\.environ|command not found|Permission denied|"
    r"Read-only file system|time data|isoformat|could not convert|invalid literal|unbound variable|"
    r"No module named|termios|curses|DISPLAY",
    re.M,
)
_NO_FILE = re.compile(
    r"(?:No such file or directory|FileNotFoundError|cannot open|can't open|not found|"
    r"does not exist|"
    r"doesn't exist|no existe|nicht gefunden)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ScriptRunner:
    """Tries cases on a script as a user would run it, one process for each file.

    Attributes:
        language: `python` or `bash`.
    """

    language: str

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """Always None: the script as a whole is under test."""
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
        why_not = sandbox.why_not(self.language)
        if why_not is not None:
            return Run((), why_not=why_not)
        source = self._source(answer)
        if not source:
            return Run((), why_not=f"the answer holds no {self.language} script that can be read")
        results: dict[tuple[object, ...], Ran] = {}
        for case in cases:
            key = (*case.files.items(), case.stdin)
            left_s = wall_s - sum(ran.seconds for ran in results.values())
            if runs_program(case) and key not in results and left_s >= _LEAST_S:
                results[key] = sandbox.run(self._job(source, case, left_s))
        return _run(cases, results, self._shown(source, cases))

    def _source(self, answer: Answer) -> str:
        if self.language == "bash":
            return assemble(answer, "bash", ())
        program = program_of(answer, ())
        return program.source if program else ""

    def _job(self, source: str, case: Case, left_s: float) -> Job:
        command = _COMMANDS[self.language]
        seconds = min(_MOST_OF_CASE_S, left_s)
        files = {command[-1]: source, **case.files}
        limits = Limits(wall_s=seconds, cpu_s=seconds)
        return Job((*command, *_arguments(source, case)), files, case.stdin, limits=limits)

    def _shown(self, source: str, cases: Sequence[Case]) -> str:
        words = [self.language, _COMMANDS[self.language][-1]]
        return " ".join([*words, *(_arguments(source, cases[0]) if cases else ())])


def _arguments(source: str, case: Case) -> tuple[str, ...]:
    """The file, where the script takes one."""
    return tuple(case.files)[:1] if _ARGUMENTS.search(source) else ()


def _run(cases: Sequence[Case], results: dict[tuple[object, ...], Ran], command: str) -> Run:
    for ran in results.values():
        if ran.unavailable:
            return Run((), why_not=ran.unavailable)
    seen = []
    for case in cases:
        found = results.get((*case.files.items(), case.stdin))
        if not runs_program(case):
            seen.append(not_run("it calls a function of a script"))
        else:
            seen.append(_seen(case, found) if found else not_run(TOO_LITTLE))
    return Run(tuple(seen), command=command)


def _seen(case: Case, ran: Ran) -> Seen:
    if case.prints is not None:
        return _compared(case, ran)
    if ran.ended_by == "wall":
        # It may wait for a user, or for ever for more of a log.
        return not_run("it did not end")
    if ran.ended_by:
        return not_run(f"ended by {ran.ended_by}")
    said = f"{ran.stderr}\n{ran.stdout}"
    if ran.exit_code or (ran.stderr.strip() and not ran.stdout.strip()) or _NO_FILE.search(said):
        why = _excuse(case, ran, said)
        if why:
            return Seen("not_run", ran.stdout, why)
    if ran.exit_code and ran.stderr.strip():
        last = ran.stderr.strip().splitlines()[-1]
        return Seen("raised", ran.stdout, shorten(last, 300), f"exit status {ran.exit_code}")
    return Seen("returned", ran.stdout, shorten(ran.stdout, 300))


def _compared(case: Case, ran: Ran) -> Seen:
    """A program that must print something; it was told all that it may ask for."""
    if ran.ended_by in ("wall", "cpu"):
        had_all = ran.seconds > 0.9 * _MOST_OF_CASE_S
        return Seen("timed_out", shown="did not end") if had_all else not_run(TOO_LITTLE)
    seen = program_seen(case, ran)
    why = python_excuses.excuse_in(ran.stderr) if seen.outcome == "raised" else ""
    return not_run(why) if why and "EOFError" not in ran.stderr else seen


def _excuse(case: Case, ran: Ran, said: str) -> str:
    """Why the failure lies in what is not there, rather than in the script."""
    why = python_excuses.excuse_in(ran.stderr)
    if why:
        return why
    found = _EXCUSES.search(said)
    if found:
        return f"it needs something else: {found[0]}"
    if _NO_FILE.search(said):
        return "it looks for another file"
    if (ran.exit_code or 0) > 128:
        return f"it was ended by signal {(ran.exit_code or 0) - 128}"
    return ""
