"""Trying cases on C++ code: compiled with a precompiled header, one process for each case."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic

from tree_sitter import Node

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import Case, Run, Seen, Signature
from nodes.checks.runners.assembly import assemble, head_of, names_wanted, subject_of
from nodes.checks.runners.cpp_literals import cpp_literal, plain_type
from nodes.checks.runners.definitions import Function, functions
from nodes.checks.runners.literals import UnwritableError
from nodes.checks.runners.programs import run_programs, runs_program
from nodes.checks.runners.reports import lines, not_run, numbered, says_to_print, seen_of
from nodes.checks.runners.trees import parse, text, walk
from nodes.checks.sandbox import Job, Limits, Prepared, Ran, Sandbox

_HARNESS = Path(__file__).with_name("harness.hpp")
_FLAGS = ("-std=c++17", "-O0", "-w", "-fmax-errors=8")
_COMMAND = "g++ -std=c++17 answer.cpp && ./a.out"
_NOT_COMPILED = 97
_MOST_OF_CASE_S = 1.0
_ERROR = re.compile(r"^([\w./]+):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$", re.M)
_CASE_FILE = re.compile(r"\bcase_(\d+)(?=[:,.])")
_NO_HEADER = re.compile(r"fatal error: (\S+): No such file")
_MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class CppRunner:
    """Tries cases on C++ answers: one compilation for all cases, again without those at fault.

    Attributes:
        marker: Makes the word that begins each line of a report.
    """

    marker: Callable[[], str] = lambda: secrets.token_hex(12)

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """The function under test: one of `wanted` names if defined, else the main one."""
        return subject_of(answer, assemble(answer, "cpp", wanted), "cpp", wanted)

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
        why_not = sandbox.why_not("g++") or sandbox.why_not("bash")
        if why_not is not None:
            return Run((), why_not=why_not)
        code = assemble(answer, "cpp", (subject.name,) if subject else ())
        if not code:
            return Run((), why_not="no code to run")
        code = _with_usings(answer, code)
        if any(map(runs_program, cases)):
            job = _job(code, wall_s)
            return run_programs(cases, job, sandbox, _COMMAND)
        return self._rounds(answer, code, subject, cases, sandbox, wall_s)

    def _rounds(
        self,
        answer: Answer,
        code: str,
        subject: Signature | None,
        cases: Sequence[Case],
        sandbox: Sandbox,
        wall_s: float,
    ) -> Run:
        """Compile and run; leave out the cases that do not compile, and do it again."""
        ends, marker = monotonic() + wall_s, self.marker()
        bodies = [_body(answer, code, case, subject) for case in cases]
        ran: Ran | None = None
        for _ in range(_MOST_ROUNDS):
            source = _program(code, bodies, marker, wall_s)
            ran = sandbox.run(_job(source, max(0.5, ends - monotonic())))
            if ran.unavailable:
                return Run((), why_not=ran.unavailable)
            if ran.exit_code != _NOT_COMPILED:
                return _read(answer, cases, bodies, ran, marker)
            at_fault = {int(number) for number in _CASE_FILE.findall(ran.stderr)}
            at_fault = at_fault or {
                n for n, b in enumerate(bodies) if "undefined ref" in ran.stderr
            }
            if not at_fault or all(isinstance(one, Seen) for one in bodies):
                return _not_compiled(ran)
            bodies = [not_run("the call does not compile") if n in at_fault else one
                      for n, one in enumerate(bodies)]  # fmt: skip
        return _not_compiled(ran) if ran is not None else Run(())


def _not_compiled(ran: Ran) -> Run:
    lacking = _NO_HEADER.search(ran.stderr)
    if lacking is not None:
        return Run((), why_not=f"the header {lacking[1]} is not installed", command=_COMMAND)
    found = list(_ERROR.finditer(ran.stderr))
    found = [match for match in found if match[1] == "answer.cpp"] or found
    if not found or "answer.cpp:" not in ran.stderr:
        return Run((), why_not=f"not compiled: {shorten(ran.stderr)}", command=_COMMAND)
    first = found[0]
    place = f"line {first[2]}" if first[1] == "answer.cpp" else Path(first[1]).name
    return Run((), load_error=f"{place}: {shorten(first[3], 200)}", command=_COMMAND)


def _read(
    answer: Answer, cases: Sequence[Case], bodies: Sequence[str | Seen], ran: Ran, marker: str
) -> Run:
    reports = iter(numbered(_renumbered(bodies, lines(ran, marker)), ran, _count(bodies)))
    prints = says_to_print(answer.query)
    seen = tuple(
        body if isinstance(body, Seen) else seen_of(case, next(reports), loose=True, prints=prints)
        for case, body in zip(cases, bodies, strict=True)
    )
    return Run(seen, command=_COMMAND)


def _count(bodies: Sequence[str | Seen]) -> int:
    return sum(isinstance(one, str) for one in bodies)


def _renumbered(
    bodies: Sequence[str | Seen], found: list[dict[str, object]]
) -> list[dict[str, object]]:
    """Reports numbered among the cases that were tried."""
    tried = [n for n, body in enumerate(bodies) if isinstance(body, str)]
    return [{**one, "case": tried.index(n)} for one in found if (n := one.get("case")) in tried]


@cache
def _header() -> Prepared:
    source = _HARNESS.read_text()
    key = hashlib.sha256("\0".join((source, *_FLAGS)).encode()).hexdigest()[:24]
    output = "/prepared/harness.hpp.gch"
    command = ("g++", *_FLAGS, "-x", "c++-header", "harness.hpp", "-o", output)
    return Prepared(f"cpp-{key}", command, {"harness.hpp": source})


def _job(source: str, wall_s: float) -> Job:
    flags = " ".join(_FLAGS)
    script = (
        f"g++ {flags} -I/prepared -Iplain -include harness.hpp answer.cpp -o answer "
        f"|| exit {_NOT_COMPILED}\nexec ./answer"
    )
    limits = Limits(wall_s=wall_s, cpu_s=wall_s, memory_mb=1024, disk_mb=64)
    files = {"answer.cpp": source, "plain/harness.hpp": _HARNESS.read_text()}
    return Job(("bash", "-c", script), files, tools=("g++",), prepared=_header(), limits=limits)


def _program(code: str, bodies: Sequence[str | Seen], marker: str, wall_s: float) -> str:
    """The answer without its main, the cases, and a main of our own."""
    each_s = max(0.2, min(_MOST_OF_CASE_S, wall_s / 4))
    parts = ['#line 1 "answer.cpp"', _without_main(code)]
    numbers = []
    for number, body in enumerate(bodies):
        if isinstance(body, str):
            numbers.append(number)
            parts += [f'#line 1 "case_{number}"', f"void case_{number}_" + body.removeprefix("@")]
    table = ", ".join(f"{{{number}, case_{number}_}}" for number in numbers)
    call = f'harness_::run_all("{marker}", {{{table}}}, {each_s:.3f})'
    return "\n".join([*parts, '#line 1 "main"', f"int main() {{ return {call}; }}", ""])


def _without_main(code: str) -> str:
    """The code with its main renamed, so that it still compiles as it did."""
    source = code.encode("utf-8", "replace")
    for node in walk(parse(code, "cpp")):
        if node.type == "function_declarator":
            name = node.child_by_field_name("declarator")
            if name is not None and text(name) == "main":
                return (
                    source[: name.start_byte] + b"answer_main_" + source[name.end_byte :]
                ).decode("utf-8", "replace")
    return code


def _with_usings(answer: Answer, code: str) -> str:
    """A fragment without any include is meant to stand below the usual first lines."""
    shown = head_of(answer, "cpp")
    if "#include" in code or shown is not None:
        return code
    return f"using namespace std;\n#line 1\n{code}"


def _body(answer: Answer, code: str, case: Case, subject: Signature | None) -> str | Seen:
    """The function that tries one case; or why there is none."""
    found = {function.name: function for function in functions(parse(code, "cpp"))}
    call = _expression(case.call)
    wanted = {case.function, *names_wanted(answer, "cpp")}
    callee = _callee(call) if call else case.function or (subject.name if subject else "")
    if callee and callee not in found and callee in wanted and not _mentions(code, callee):
        return Seen("raised", shown=f"{callee} is not defined", error="undefined")
    function = found.get(callee)
    if call:
        lines_ = [_result(call, function), _expected(case.expected)]
        return _wrapped(case, [_owner(function, found), *lines_])
    if case.arguments is None or function is None:
        return not_run("no call to try")
    try:
        return _wrapped(case, _typed_call(case, function))
    except UnwritableError as error:
        return not_run(str(error))


def _mentions(code: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", code) is not None


def _wrapped(case: Case, statements: Sequence[str]) -> str:
    return "@(harness_::Report &report_) { " + " ".join(statements) + " }"


def _typed_call(case: Case, function: Function) -> list[str]:
    given = case.arguments or ()
    parameters = function.signature.parameters
    if not function.signature.accepts(len(given)):
        raise UnwritableError(f"{function.name} does not take {len(given)} arguments")
    made, names = [], []
    for at, (value, parameter) in enumerate(zip(given, parameters, strict=False)):
        kind = plain_type(parameter.type) or "auto"
        kind = "auto" if kind in _open_types(function) else kind
        literal = cpp_literal(value, kind)
        made.append(_variable(kind, f"a{at}_", literal))
        names.append(f"a{at}_")
    after = [f"harness_::put(after_, {name}), after_ += ',';" for name in names]
    target = (
        f"{function.owner}{'::' if function.is_static else '()' + '.'}" if function.owner else ""
    )
    call = f"{target}{function.name}({', '.join(names)})"
    close = "if (after_.size() > 1) after_.pop_back(); report_(\"after\", after_ + ']');"
    return [*made, _result(call, function), 'std::string after_ = "[";', *after, close]


def _open_types(function: Function) -> set[str]:
    """The names of the function's own template parameters."""
    around = function.node.parent
    if around is None or around.type != "template_declaration":
        return set()
    listed = around.child_by_field_name("parameters")
    return (
        {text(node) for node in walk(listed) if node.type == "type_identifier"} if listed else set()
    )


def _variable(kind: str, name: str, literal: str) -> str:
    if kind.endswith("[]"):
        return f"{kind.removesuffix('[]')} {name}[] = {literal};"
    if kind.endswith("*") and literal.startswith('"'):
        return f"char {name}[] = {literal};"
    return f"{kind} {name} = {literal};"


def _result(call: str, function: Function | None) -> str:
    if function is not None and function.signature.returns == "void":
        return f'{call}; report_("value", "null");'
    return f"auto &&value_ = {call}; harness_::give(report_, value_);"


def _expected(source: str) -> str:
    made = _expression(source)
    return f"harness_::compare(report_, value_, {made});" if made else ""


def _owner(function: Function | None, found: dict[str, Function]) -> str:
    """Lets a call by name alone reach a method of a class such as Solution."""
    if function is None or not function.owner:
        return ""
    name, owner = function.name, function.owner
    return f"auto {name} = [](auto &&...a) {{ return {owner}().{name}(a...); }};"


def _expression(source: str) -> str:
    """The source as one expression; empty when it is none."""
    source = source.strip().rstrip(";").strip()
    if not source or "//" in source:
        return ""
    root = parse(f"auto x = ({source}\n);", "cpp")
    is_one = len(root.named_children) == 1 and root.named_children[0].type == "declaration"
    return source if is_one and not root.has_error else ""


def _callee(call: str) -> str:
    root = parse(f"auto x = ({call}\n);", "cpp")
    found: Node | None = next((n for n in walk(root) if n.type == "call_expression"), None)
    function = found.child_by_field_name("function") if found is not None else None
    is_name = function is not None and function.type in ("identifier", "template_function")
    return text(function).split("<")[0] if is_name else ""
