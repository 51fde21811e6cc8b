"""Trying cases on code that is compiled: in one go, and again without the cases at fault."""

from __future__ import annotations

import re
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from nodes.checks.answer import Answer
from nodes.checks.cases import Case, Run, Seen, Signature
from nodes.checks.runners.assembly import assemble, subject_of
from nodes.checks.runners.definitions import functions
from nodes.checks.runners.programs import PROGRAM_S, Program, run_programs, runs_program
from nodes.checks.runners.reports import lines, not_run, numbered, says_to_print, seen_of
from nodes.checks.runners.timing import LEAST_COMPILED_S, LEAST_S, TOO_LITTLE, Timing
from nodes.checks.runners.trees import parse
from nodes.checks.sandbox import Job, Ran, Sandbox

_MOST_OF_CASE_S = 1.0
_MOST_ROUNDS = 3
_DEFINES = re.compile(
    r"\b(?:class|interface|enum|record|struct|union|namespace|template|void|main)\b"
    r"|=\s*\[|^\s*#\s*define",
    re.M,
)
"""What begins a definition, also in code that does not parse; a lambda with a name is one."""

Body = str | Seen
"""The code that tries one case; or what is known of the case without it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One compilation of an answer's code with some cases, and its run."""

    job: Job
    at_fault: Callable[[Ran], set[int] | None]
    """The cases that do not compile; none of them: the code itself; None: all was compiled."""
    not_compiled: Callable[[Ran], Run]
    """What a compilation that failed for the code itself means."""


class Source(Protocol):
    """An answer's code, ready to be called."""

    def body(self, case: Case, subject: Signature | None) -> Body:
        """What tries a case; or why nothing can."""
        ...

    def unit(self, tried: Sequence[tuple[int, str]], marker: str, timing: Timing) -> Unit:
        """The code with the bodies of the cases that are tried, by their numbers."""
        ...


@dataclass(frozen=True, slots=True)
class CompiledRunner(ABC):
    """Tries cases on answers in one compiled language.

    Attributes:
        marker: Makes the word that begins each line of a report.
        now: Seconds since the epoch.
    """

    language: ClassVar[str]
    tools: ClassVar[tuple[str, ...]]
    command: ClassVar[str]
    is_loose: ClassVar[bool] = False
    """Whether true is 1 and a character a number."""

    marker: Callable[[], str] = lambda: secrets.token_hex(12)
    now: Callable[[], float] = time.time

    @abstractmethod
    def source(self, answer: Answer, code: str) -> Source:
        """The code of an answer, read."""

    @abstractmethod
    def program(self, answer: Answer, code: str, wall_s: float) -> Program:
        """The code of an answer as a program."""

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
        why_not = next(filter(None, map(sandbox.why_not, self.tools)), None)
        if why_not is not None:
            return Run((), why_not=why_not)
        if wall_s < LEAST_COMPILED_S:
            return Run((), why_not=TOO_LITTLE)
        code = assemble(answer, self.language, (subject.name,) if subject else ())
        if not code:
            return Run((), why_not="no code to run")
        if _is_fragment(code, self.language):
            return Run((), why_not="a fragment is not run")
        if any(map(runs_program, cases)):
            timing = Timing.of(wall_s, PROGRAM_S, 3, self.now)
            program = self.program(answer, code, wall_s)
            return run_programs(cases, program, sandbox, self.marker(), timing)
        timing = Timing.of(wall_s, _MOST_OF_CASE_S, 4, self.now)
        return self._rounds(answer, code, subject, cases, sandbox, timing)

    def _rounds(
        self,
        answer: Answer,
        code: str,
        subject: Signature | None,
        cases: Sequence[Case],
        sandbox: Sandbox,
        timing: Timing,
    ) -> Run:
        """Compile and run; leave out the cases that do not compile, and do it again."""
        marker, source = self.marker(), self.source(answer, code)
        bodies = [source.body(case, subject) for case in cases]
        for _ in range(_MOST_ROUNDS):
            if timing.left_s() < LEAST_S:
                break
            tried = [(n, body) for n, body in enumerate(bodies) if isinstance(body, str)]
            unit = source.unit(tried, marker, timing)
            ran = sandbox.run(unit.job)
            at_fault = None if ran.unavailable else unit.at_fault(ran)
            if at_fault is None:
                return self._read(answer, cases, bodies, ran, marker)
            if at_fault.isdisjoint(number for number, _ in tried):
                return unit.not_compiled(ran)
            bodies = _without(bodies, at_fault)
        return Run((), why_not=TOO_LITTLE, command=self.command)

    def _read(
        self,
        answer: Answer,
        cases: Sequence[Case],
        bodies: Sequence[Body],
        ran: Ran,
        marker: str,
    ) -> Run:
        if ran.unavailable:
            return Run((), why_not=ran.unavailable)
        reports = numbered(lines(ran, marker), ran, len(cases))
        prints = says_to_print(answer.query)

        def seen(case: Case, body: Body, report: dict[str, Any]) -> Seen:
            if isinstance(body, Seen):
                return body
            return seen_of(case, report, loose=self.is_loose, prints=prints)

        return Run(tuple(map(seen, cases, bodies, reports)), command=self.command)


def _is_fragment(code: str, language: str) -> bool:
    """Whether code is statements alone, for a place that its reader has."""
    root = parse(code, language)
    return not (root.has_error or _DEFINES.search(code) or functions(root))


def _without(bodies: Sequence[Body], at_fault: set[int]) -> list[Body]:
    left_out = not_run("the call does not compile")
    return [left_out if number in at_fault else body for number, body in enumerate(bodies)]
