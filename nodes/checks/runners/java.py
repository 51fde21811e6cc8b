"""Trying cases on Java code: one file, compiled in memory by the launcher."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from time import monotonic

from tree_sitter import Node

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import Case, Run, Seen, Signature
from nodes.checks.runners.assembly import assemble, head_of, names_wanted, subject_of
from nodes.checks.runners.definitions import Function
from nodes.checks.runners.java_literals import java_literal
from nodes.checks.runners.java_source import JavaSource, java_file, java_source
from nodes.checks.runners.literals import UnwritableError
from nodes.checks.runners.programs import run_programs, runs_program
from nodes.checks.runners.reports import lines, not_run, numbered, says_to_print, seen_of
from nodes.checks.runners.trees import parse, text, walk
from nodes.checks.sandbox import Job, Limits, Prepared, Ran, Sandbox

_FLAGS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
_ARCHIVE = "/prepared/java.jsa"
_COMMAND = "java Answer.java"
_MOST_OF_CASE_S = 1.0
_MOST_ROUNDS = 3
_ERROR = re.compile(r"^Answer\.java:(\d+): error: (.*)$", re.M)
_NO_PACKAGE = re.compile(r"package ((?!java\.)[\w.]+) does not exist")
_UTILITY = re.compile(
    r"(?<![\w.])(ArrayList|Arrays|Array(?:Deque)|List|LinkedList|Map|HashMap|LinkedHashMap|TreeMap|"
    r"Set|HashSet|LinkedHashSet|TreeSet|Optional(?:Int|Long|Double)?|Collections|Objects)\b"
)
_WARM_UP = """
import java.util.*;
class Warm { public static void main(String[] a) { System.out.println(Other.f(List.of(1, 2))); } }
class Other {
  static Map<String, Integer> f(List<Integer> v) {
    Map<String, Integer> m = new HashMap<>();
    for (int i : v) m.merge("" + i, i, (x, y) -> x + y);
    v.stream().map(x -> x + 1).sorted().forEach(x -> m.put(x.toString(), x));
    return m;
  }
}
"""


@dataclass(frozen=True, slots=True)
class JavaRunner:
    """Tries cases on Java answers: one compilation for all cases, again without those at fault.

    Attributes:
        marker: Makes the word that begins each line of a report.
    """

    marker: Callable[[], str] = lambda: secrets.token_hex(12)

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """The function under test: one of `wanted` names if defined, else the main one."""
        return subject_of(answer, assemble(answer, "java", wanted), "java", wanted)

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
        why_not = sandbox.why_not("java") or sandbox.why_not("javac")
        if why_not is not None:
            return Run((), why_not=why_not)
        code = assemble(answer, "java", (subject.name,) if subject else ())
        if not code:
            return Run((), why_not="no code to run")
        if any(map(runs_program, cases)):
            job = _job({"Answer.java": _main_first(code)}, wall_s)
            return run_programs(cases, job, sandbox, _COMMAND)
        head = head_of(answer, "java")
        source = java_source(code, is_fragment_of=head.opening if head else "")
        return self._rounds(answer, source, subject, cases, sandbox, wall_s)

    def _rounds(
        self,
        answer: Answer,
        source: JavaSource,
        subject: Signature | None,
        cases: Sequence[Case],
        sandbox: Sandbox,
        wall_s: float,
    ) -> Run:
        """Compile and run; leave out the cases that do not compile, and do it again."""
        ends, marker = monotonic() + wall_s, self.marker()
        wanted = names_wanted(answer, "java")
        bodies = [_body(source, case, subject, wanted) for case in cases]
        each_ms = int(1000 * max(0.2, min(_MOST_OF_CASE_S, wall_s / 4)))
        ran, first = None, 0
        for _ in range(_MOST_ROUNDS):
            tried = [(n, body) for n, body in enumerate(bodies) if isinstance(body, str)]
            file, at, first = java_file(source, tried, marker, each_ms)
            ran = sandbox.run(_job({"Answer.java": file}, max(0.5, ends - monotonic())))
            if ran.unavailable:
                return Run((), why_not=ran.unavailable)
            errors = [(int(line), words) for line, words in _ERROR.findall(ran.stderr)]
            if not errors:
                return _read(answer, cases, bodies, ran, marker)
            at_fault = {at[line] for line, _ in errors if line in at}
            if not at_fault:
                break
            bodies = [not_run("the call does not compile") if n in at_fault else one
                      for n, one in enumerate(bodies)]  # fmt: skip
        return _not_compiled(source, ran, first)


def _not_compiled(source: JavaSource, ran: Ran | None, first: int) -> Run:
    said = ran.stderr if ran is not None else ""
    lacking = _NO_PACKAGE.search(said)
    if source.missing or lacking:
        name = lacking[1] if lacking else source.missing[0]
        return Run((), why_not=f"the library {name} is not installed", command=_COMMAND)
    for line, words in _ERROR.findall(said):
        if int(line) >= first:
            return Run((), load_error=f"line {int(line) - first + 1}: {shorten(words, 200)}",
                       command="javac Answer.java")  # fmt: skip
    return Run((), why_not=f"not compiled: {shorten(said)}", command=_COMMAND)


def _read(
    answer: Answer, cases: Sequence[Case], bodies: Sequence[str | Seen], ran: Ran, marker: str
) -> Run:
    tried = [n for n, body in enumerate(bodies) if isinstance(body, str)]
    found = [{**one, "case": tried.index(n)} for one in lines(ran, marker)
             if (n := one.get("case")) in tried]  # fmt: skip
    reports = iter(numbered(found, ran, len(tried)))
    prints = says_to_print(answer.query)
    seen = tuple(
        body if isinstance(body, Seen) else seen_of(case, next(reports), prints=prints)
        for case, body in zip(cases, bodies, strict=True)
    )
    return Run(seen, command=_COMMAND)


@cache
def _archive() -> Prepared:
    """The classes of the compiler, loaded in a third of the time that their files take."""
    key = hashlib.sha256("\0".join((_WARM_UP, *_FLAGS)).encode()).hexdigest()[:24]
    command = ("java", f"-XX:ArchiveClassesAtExit={_ARCHIVE}", *_FLAGS, "Warm.java")
    return Prepared(f"java-{key}", command, {"Warm.java": _WARM_UP})


def _job(files: dict[str, str], wall_s: float) -> Job:
    command = ("java", f"-XX:SharedArchiveFile={_ARCHIVE}", "-Xshare:auto", *_FLAGS, "Answer.java")
    limits = Limits(wall_s=wall_s, cpu_s=2 * wall_s, memory_mb=1024)
    return Job(command, files, prepared=_archive(), tools=("javac",), limits=limits)


def _main_first(code: str) -> str:
    """The class with main before the others, as the launcher wants it."""
    root = parse(code, "java")
    types = [n for n in root.children if n.type.endswith("_declaration") and
             n.type not in ("import_declaration", "package_declaration")]  # fmt: skip
    first = [n for n in types if re.search(r"\bvoid\s+main\s*\(", text(n))]
    rest = [n for n in root.children if n not in types]
    order = [*rest, *first, *(n for n in types if n not in first)]
    return "\n".join(map(text, order)) if first and not root.has_error else code


def _body(
    source: JavaSource, case: Case, subject: Signature | None, wanted: frozenset[str]
) -> str | Seen:
    """The statements that try one case; or why there are none."""
    call = _expression(case.call)
    callee = _callee(call) if call else None
    name = text(callee.child_by_field_name("name")) if callee else case.function
    name = name or (subject.name if subject and not call else "")
    function = source.functions.get(name)
    if function is None and name in {case.function, *wanted} - {""}:
        return Seen("raised", shown=f"{name} is not defined", error="undefined")
    if call:
        return " ".join([_result(_reached(call, callee, function), function),
                         _expected(case.expected)])  # fmt: skip
    if case.arguments is None or function is None:
        return not_run("no call to try")
    try:
        return _typed_call(case.arguments, function)
    except UnwritableError as error:
        return not_run(str(error))


def _typed_call(given: tuple[object, ...], function: Function) -> str:
    parameters = function.signature.parameters
    if not function.signature.accepts(len(given)) or any(p.is_variadic for p in parameters):
        raise UnwritableError(f"{function.name} does not take {len(given)} arguments")
    made = [f"{p.type or 'var'} a{at}__ = {java_literal(value, p.type)};"
            for at, (value, p) in enumerate(zip(given, parameters, strict=True))]  # fmt: skip
    names = [f"a{at}__" for at in range(len(given))]
    call = f"{_target(function)}{function.name}({', '.join(names)})"
    after = f"report__.after({', '.join(['new Object[] {' + ', '.join(names) + '}'])});"
    return " ".join([*made, _result(call, function), after])


def _target(function: Function) -> str:
    return f"{function.owner}." if function.is_static else f"new {function.owner}()."


def _reached(call: str, callee: Node | None, function: Function | None) -> str:
    """The call with the class before the method's name."""
    if callee is None or function is None or callee.child_by_field_name("object") is not None:
        return _qualified(call)
    at = callee.start_byte - len(b"class A { Object x = (")
    source = call.encode()
    before, after = source[:at].decode(), source[at:].decode()
    return _qualified(before) + _target(function) + _qualified(after)


def _result(call: str, function: Function | None) -> str:
    if function is not None and function.signature.returns == "void":
        return f"{call}; report__.value(null);"
    return f"Object value__ = {call}; report__.value(value__);"


def _expected(source: str) -> str:
    made = _expression(source)
    return f"report__.expected({_qualified(made)});" if made else ""


def _qualified(source: str) -> str:
    """Names of java.util in full, so that no import of the answer's need be added."""
    pieces = re.split(r'("(?:\\.|[^"\\])*")', source)
    return "".join(p if i % 2 else _UTILITY.sub(r"java.util.\1", p) for i, p in enumerate(pieces))


def _expression(source: str) -> str:
    """The source as one expression on one line; empty when it is none."""
    source = " ".join(source.strip().rstrip(";").split("\n"))
    if not source or "//" in source.replace("://", ""):
        return ""
    return "" if parse(f"class A {{ Object x = ({source}); }}", "java").has_error else source


def _callee(call: str) -> Node | None:
    root = parse(f"class A {{ Object x = ({call}); }}", "java")
    return next((node for node in walk(root) if node.type == "method_invocation"), None)
