"""Trying cases on Python code."""

from __future__ import annotations

import ast
import functools
import json
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nodes.checks.answer import Answer
from nodes.checks.cases import MISSING, Case, Parameter, Run, Signature
from nodes.checks.python_source import python_error
from nodes.checks.request import wanted_functions
from nodes.checks.runners.python_program import Program, definitions, functions, program_of
from nodes.checks.runners.python_reports import run_of
from nodes.checks.runners.python_values import UnwritableError, encode
from nodes.checks.runners.reports import gives_nothing
from nodes.checks.runners.timing import TOO_LITTLE
from nodes.checks.sandbox import Job, Limits, Sandbox

_PARTS = tuple(
    f"python_{part}.py" for part in ("harness", "clock", "excuses", "loader", "trial", "values")
)
_START = "from nodes.checks.runners.python_harness import main; main()"
_COMMAND = ("python", "-E", "-s", "-S", "-B", "-c", _START)
_CASE_CPU_S = 1.0
_LEAST_WALL_S = 0.1
_MOST_OUTPUT = 1_000_000
_LEAST_STRICT = 0.85
"""From this weight on, a request's notation leaves nothing open: tuples are not lists."""
_PRINTING = ("print", "display", "show", "imprim", "ausgeben", "affich", "mostra", "вывед", "打印")


@dataclass(frozen=True, slots=True)
class PythonRunner:
    """Tries cases on Python answers: one process for an answer, one more for each case."""

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """The function under test: one of `wanted` names if defined, else the main one."""
        program = program_of(answer, tuple(wanted))
        return None if program is None else _signature(program.tree, wanted)

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
        if wall_s < _LEAST_WALL_S:
            return Run((), why_not=TOO_LITTLE)
        name = subject.name if subject else ""
        wanted = (name,) if name else wanted_functions(answer.query)
        program = program_of(answer, wanted)
        if program is None:
            return _unreadable(answer)
        marker = secrets.token_hex(8)
        task = _task(answer, program, subject, cases, wall_s) | {"marker": marker}
        ran = sandbox.run(_job(task, wall_s))
        return run_of(ran, marker, cases, _command(name, cases))


def _unreadable(answer: Answer) -> Run:
    """Why there is no program: no code, or code that Python refuses."""
    block = answer.main
    if block is None or block.language not in {"", "python"} or not block.closed:
        return Run((), why_not="the answer holds no Python code that can be read")
    error = python_error(block.code)
    if error is None:
        return Run((), why_not="this Python does not know the syntax")
    return Run((), load_error=f"SyntaxError: {error}")


@functools.cache
def _files() -> dict[str, str]:
    here = Path(__file__).parent
    return {f"nodes/checks/runners/{part}": (here / part).read_text("utf-8") for part in _PARTS}


def _job(task: dict[str, Any], wall_s: float) -> Job:
    # The harness keeps its own time; the sandbox ends what does not let it.
    limits = Limits(wall_s=wall_s + 1, cpu_s=wall_s + 1, output_bytes=_MOST_OUTPUT)
    return Job(_COMMAND, _files(), json.dumps(task), limits=limits)


def _task(
    answer: Answer,
    program: Program,
    subject: Signature | None,
    cases: Sequence[Case],
    wall_s: float,
) -> dict[str, Any]:
    words = answer.query.lower()
    may_print = any(word in words for word in _PRINTING)
    asked = {"may_print": may_print, "gives_nothing": gives_nothing(answer.query)}
    written = [_written(case, subject) | asked for case in cases]
    return {
        "source": program.source,
        "subject": subject.name if subject else "",
        "whole": bool(written) and all(case["whole"] for case in written),
        "cases": written,
        "load_s": wall_s / 3,
        "case_s": _CASE_CPU_S,
        "most_chars": _MOST_OUTPUT // (len(cases) + 1),
        "wall_s": wall_s,
    }


def _written(case: Case, subject: Signature | None) -> dict[str, Any]:
    called = bool(case.call or case.function) or case.arguments is not None
    written: dict[str, Any] = {
        "call": case.call,
        "function": case.function,
        "expected": case.expected,
        "raises": case.raises,
        "prints": case.prints,
        "stdin": case.stdin,
        "strict": case.weight >= _LEAST_STRICT,
        "fits": _fits(case, subject),
        "whole": not called,
        "arguments": {"tuple": []},
    }
    try:
        if case.arguments is not None:
            written["arguments"] = encode(case.arguments)
        if case.value is not MISSING:
            written["value"] = encode(case.value)
            written["expected"] = _evaluable(case.expected)
    except UnwritableError:
        written |= {"call": case.call or "None", "expected": "the_value_cannot_be_written"}
    return written


def _fits(case: Case, subject: Signature | None) -> bool:
    """Whether the function under test takes so many arguments, where a case gives values alone."""
    if case.call or case.function or case.arguments is None or subject is None:
        return True
    return subject.accepts(len(case.arguments))


def _evaluable(expected: str) -> str:
    """The expected value's source, unless it is no Python, for instance JSON's `true`."""
    try:
        ast.literal_eval(expected.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return ""
    return expected


def _command(subject: str, cases: Sequence[Case]) -> str:
    """The first case as a reader would type it, next to a file that holds the answer's code."""
    called = [case for case in cases if case.call or case.arguments is not None]
    if not called:
        return "python answer.py"
    case = called[0]
    written = ", ".join(map(repr, case.arguments or ()))
    call = case.call or f"{case.function or subject}({written})"
    return shlex.join(["python", "-c", f"from answer import *; print({call})"])


def _signature(tree: ast.Module, wanted: Sequence[str]) -> Signature | None:
    """The first of the wanted names that is defined, else the function that none other uses."""
    classes = [one for one in tree.body if isinstance(one, ast.ClassDef)]
    for name in wanted:
        for function in functions(tree):
            if function.name == name:
                return _of_function(function, is_method=function not in tree.body)
        for one in classes:
            if one.name == name:
                return _of_class(one)
        if name in definitions(tree):
            return _of_lambda(tree, name)
    return _main_signature(tree, classes)


def _main_signature(tree: ast.Module, classes: Sequence[ast.ClassDef]) -> Signature | None:
    tops = [one for one in functions(tree) if one in tree.body]
    likely = [one for one in tops if not one.name.startswith(("test", "_")) and one.name != "main"]
    if likely:
        called = {
            node.func.id
            for one in tops
            for node in ast.walk(one)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if node.func.id != one.name
        }
        free = [one for one in likely if one.name not in called] or likely
        return _of_function(free[-1], is_method=False)
    if classes:
        methods = [one for one in functions(tree) if not one.name.startswith("_")]
        single = classes[-1].name == "Solution" or len(methods) == 1
        return (
            _of_function(methods[-1], is_method=True)
            if single and methods
            else _of_class(classes[-1])
        )
    names = definitions(tree)
    return _of_lambda(tree, names[-1]) if names else None


def _of_class(found: ast.ClassDef) -> Signature:
    made = [
        one for one in found.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
    ]
    parameters = _of_function(made[0], is_method=True).parameters if made else ()
    return Signature(found.name, parameters)


def _of_lambda(tree: ast.Module, name: str) -> Signature:
    assigned = (one for one in tree.body if isinstance(one, ast.Assign))
    for one in assigned:
        names = [target.id for target in one.targets if isinstance(target, ast.Name)]
        if isinstance(one.value, ast.Lambda) and name in names:
            return Signature(name, _parameters(one.value.args))
    return Signature(name)


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef, *, is_method: bool) -> Signature:
    parameters = _parameters(function.args)
    static = any(
        isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list
    )
    returns = ast.unparse(function.returns) if function.returns else ""
    return Signature(function.name, parameters[int(is_method and not static) :], returns)


def _parameters(arguments: ast.arguments) -> tuple[Parameter, ...]:
    """The parameters that a call may give by position."""
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    found = [
        Parameter(one.arg, _source(one.annotation), has_default=at >= without)
        for at, one in enumerate(positional)
    ]
    if arguments.vararg:
        one = arguments.vararg
        found.append(Parameter(one.arg, _source(one.annotation), is_variadic=True))
    return tuple(found)


def _source(annotation: ast.expr | None) -> str:
    return ast.unparse(annotation) if annotation else ""
