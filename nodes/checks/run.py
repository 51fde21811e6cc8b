"""The code of an answer, tried on what its request says and promises."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nodes.checks.answer import Answer, Finding, shorten
from nodes.checks.cases import MISSING, Case, Origin, Run, Runner, Seen, Signature
from nodes.checks.examples import find_examples
from nodes.checks.expectations import find_expectations, wrong_arity
from nodes.checks.python_source import parse_python
from nodes.checks.request import wanted_functions, wanted_language
from nodes.checks.runners import runner_for
from nodes.checks.runners.script import ScriptRunner
from nodes.checks.sandbox import Sandbox
from nodes.checks.tables import script_cases, sql_cases
from nodes.checks.weights import LOAD_ERROR, OWN_CODE_FAILS, OWN_DEMO_FAILS

RUN_WALL_S = 8.0
_MOST_CASES = 48
_COMPILED = frozenset({"cpp", "java", "typescript"})
"""Languages in which code can be tried, by compiling it, without a case."""
_PROOFS: tuple[Origin, ...] = ("example", "known")
"""What a case must come from for its success to say that the answer does what was asked."""


@dataclass(frozen=True)
class Subject:
    """The code under test."""

    answer: Answer
    language: str
    runner: Runner
    signature: Signature | None

    def try_on(self, cases: Sequence[Case], sandbox: Sandbox, wall_s: float) -> Run:
        """Run the cases; what was not run is why."""
        wall_s = min(wall_s, RUN_WALL_S)
        return self.runner.run(self.answer, self.signature, cases, sandbox=sandbox, wall_s=wall_s)


@dataclass(frozen=True)
class Trial:
    """What was tried, what came of it, and what is wrong."""

    subject: Subject | None
    cases: tuple[Case, ...]
    run: Run
    findings: tuple[Finding, ...] = ()

    def passed(self, *origins: Origin) -> int:
        """How many cases of these origins came out as they must."""
        tried = zip(self.cases, self.run.seen, strict=False)
        return sum(case.origin in origins and _is_met(case, seen) for case, seen in tried)

    @property
    def is_proof(self) -> bool:
        """Whether something that the request expects was seen to hold, and nothing to fail."""
        return not self.findings and self.passed(*_PROOFS) > 0

    @property
    def can_go_on(self) -> bool:
        """Whether the code ran, and could be tried on further cases."""
        ran = not (self.run.why_not or self.run.load_error)
        return ran and self.subject is not None and self.subject.signature is not None


def not_run(why: str) -> Trial:
    """A trial that says only why there is none."""
    return Trial(None, (), Run((), why_not=why))


def try_code(answer: Answer, sandbox: Sandbox, *, wall_s: float) -> Trial:
    """Derive cases from the request and try them on the answer's main code.

    Args:
        answer: The request and its answer.
        sandbox: Where the code is run.
        wall_s: Seconds that the run may take.
    """
    ends_s = time.monotonic() + wall_s
    subject = subject_of(answer)
    if subject is None:
        return not_run(f"{code_language(answer) or 'this'} code is not run")
    cases = tuple(_cases(subject))[:_MOST_CASES]
    if not cases and subject.signature is None and subject.language not in _COMPILED:
        return not_run("the code is a script, and the request says nothing to try it on")
    run = subject.try_on(cases, sandbox, max(0.0, ends_s - time.monotonic()))
    name = subject.signature.name if subject.signature else ""
    found = [*_arity(subject), *_findings(cases, run, name)]
    return Trial(subject, cases, run, tuple(found))


def subject_of(answer: Answer, wanted: Sequence[str] = ()) -> Subject | None:
    """The code that an answer stands or falls by; None where nothing can run it.

    Args:
        answer: The request and its answer.
        wanted: Names of the function to test; default: those that the request gives.
    """
    answer = _fenced(answer)
    language = code_language(answer)
    runner = runner_for(language)
    if runner is None or answer.main is None:
        return None
    if language in ("python", "bash") and script_cases(answer.query):
        return Subject(answer, language, ScriptRunner(language), None)
    signature = runner.signature(answer, wanted or wanted_functions(answer.query))
    return Subject(answer, language, runner, signature)


def _fenced(answer: Answer) -> Answer:
    """The answer, with the fence that its code lacks; how it stands there is not tried here."""
    code = answer.bare_code if answer.main is None else ""
    if not code:
        return answer
    language = wanted_language(answer)
    if language in ("", "python") and parse_python(code, may_be_body=True) is None:
        return answer
    return Answer(answer.query, f"```{language}\n{code}\n```", answer.finish_reason)


def code_language(answer: Answer) -> str:
    """What the main block is written in: as it claims, else as the request wants, else Python."""
    if answer.main is None:
        return ""
    claimed = answer.main.language or wanted_language(answer)
    if claimed:
        return claimed
    return "python" if parse_python(answer.main.code, may_be_body=True) else ""


def _cases(subject: Subject) -> Iterable[Case]:
    """What the request says, then what it promises."""
    query, signature = subject.answer.query, subject.signature
    if subject.language == "sql":
        yield from sql_cases(query)
        return
    names = (*wanted_functions(query), *([signature.name] if signature else ()))
    examples = find_examples(query, subject.language, tuple(dict.fromkeys(names)))
    yield from examples
    if signature is not None:
        written = {_key(case) for case in examples}
        implied = find_expectations(query, subject.language, signature)
        yield from (case for case in implied if _key(case) not in written)
    if isinstance(subject.runner, ScriptRunner):
        yield from script_cases(query)


def _key(case: Case) -> tuple[str, str]:
    """Cases with the same one try the same thing."""
    return repr(case.arguments), case.raises


def _arity(subject: Subject) -> list[Finding]:
    return wrong_arity(subject.answer.query, subject.signature) if subject.signature else []


def _findings(cases: Sequence[Case], run: Run, name: str) -> Iterable[Finding]:
    if run.load_error:
        yield Finding("does_not_load", _with_command(run, shorten(run.load_error, 400)), LOAD_ERROR)
    if run.demo_error:
        weight = OWN_CODE_FAILS if run.demo_fails_in else OWN_DEMO_FAILS
        where = f" (raised in {run.demo_fails_in})" if run.demo_fails_in else ""
        yield Finding("own_demo_fails", shorten(run.demo_error, 200) + where, weight)
    for case, seen in zip(cases, run.seen, strict=False):
        complaint = complaint_on(case, seen, name)
        if complaint is not None:
            code, words = complaint
            yield Finding(code, _with_command(run, words), case.weight)


def complaint_on(case: Case, seen: Seen, name: str = "") -> tuple[str, str] | None:
    """The issue's code, and what was expected and seen; None when nothing is wrong."""
    if seen.outcome in ("passed", "not_run"):
        return None
    called = call_of(case, name)
    if case.judge is not None:
        wrong = case.judge(seen)
        return ("broken_promise", f"{called} {wrong} ({_quote(case)})") if wrong else None
    if seen.outcome == "timed_out":
        return "timed_out", f"{called} did not end ({_quote(case)})"
    if seen.outcome == "raised":
        words = f"{called} raised {seen.error}: {shorten(seen.shown)} ({_quote(case)})"
        return "raised_error", words
    if seen.outcome == "wrong":
        got = f"{called} gave {shorten(seen.shown)}"
        return "wrong_result", f"{got}, not {_wanted(case)} ({_quote(case)})"
    return None


def _is_met(case: Case, seen: Seen) -> bool:
    if case.judge is not None:
        return seen.value is not MISSING and case.judge(seen) is None
    return seen.outcome == "passed"


def call_of(case: Case, name: str = "") -> str:
    """The call as a reader would write it, shortened; `name` is the function under test."""
    if case.call:
        return shorten(case.call, 200)
    if case.arguments is None:
        return "the program"
    given = ", ".join(map(repr, case.arguments))
    return shorten(f"{case.function or name or 'the function'}({given})", 200)


def _wanted(case: Case) -> str:
    if case.raises:
        return f"an error ({case.raises})"
    if case.prints is not None:
        return shorten(repr(case.prints))
    return shorten(case.expected or ("" if case.value is MISSING else repr(case.value)))


def _quote(case: Case) -> str:
    said = {"known": "it is known that", "smoke": "it must not fail", "model": "a test says"}
    return f"{said.get(case.origin, 'the request says')}: {shorten(case.quote)}"


def _with_command(run: Run, words: str) -> str:
    return f"{words}\n$ {run.command}" if run.command else words
