"""Trying cases on Java code: one file, compiled in memory by the launcher."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tree_sitter import Node

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import Case, Run, Seen, Signature
from nodes.checks.runners.assembly import head_of, names_wanted
from nodes.checks.runners.compiled import Body, CompiledRunner, Unit
from nodes.checks.runners.definitions import Function
from nodes.checks.runners.java_literals import java_literal
from nodes.checks.runners.java_source import JavaSource, java_file, java_source
from nodes.checks.runners.literals import UnwritableError
from nodes.checks.runners.programs import Program
from nodes.checks.runners.reports import not_run
from nodes.checks.runners.timing import Timing
from nodes.checks.runners.trees import cut, parse, text, walk
from nodes.checks.sandbox import Job, Limits, Prepared, Ran

_FLAGS = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
_ARCHIVE = "/prepared/java.jsa"
_COMMAND = "java Answer.java"
_SHARED = f"-XX:SharedArchiveFile={_ARCHIVE}"
_BUILD = f"javac -J{_SHARED} -J-Xshare:auto -J-XX:TieredStopAtLevel=1 -d classes Answer.java"
_TYPES = ("class_declaration", "record_declaration", "enum_declaration", "interface_declaration")
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
class JavaRunner(CompiledRunner):
    """Tries cases on Java answers: one compilation for all cases, again without those at fault."""

    language = "java"
    tools = ("java", "javac", "bash")
    command = _COMMAND

    def source(self, answer: Answer, code: str) -> JavaAnswer:
        """The code of an answer, read."""
        head = head_of(answer, "java")
        source = java_source(code, is_fragment_of=head.opening if head else "")
        return JavaAnswer(source, names_wanted(answer, "java"))

    def program(self, answer: Answer, code: str, wall_s: float) -> Program:
        """The code of an answer as a program."""
        start = ("java", *_FLAGS, "-cp", "../classes", _main_class(code))
        job = _job(start, {"Answer.java": _without_public(code)}, wall_s)
        source = java_source(code, is_fragment_of="")
        return Program(job, _COMMAND, _BUILD, lambda ran: _not_compiled(source, ran, 1))


@dataclass(frozen=True, slots=True)
class JavaAnswer:
    """The code of one answer, and the functions that its request names."""

    source: JavaSource
    wanted: frozenset[str]

    def body(self, case: Case, subject: Signature | None) -> Body:
        """The statements that try one case; or why there are none."""
        return _body(self.source, case, subject, self.wanted)

    def unit(self, tried: Sequence[tuple[int, str]], marker: str, timing: Timing) -> Unit:
        """The harness, the cases and the answer's classes in one file."""
        file, at, first = java_file(self.source, tried, marker, timing)
        start = ("java", _SHARED, "-Xshare:auto", *_FLAGS, "Answer.java")
        job = _job(start, {"Answer.java": file}, timing.left_s())

        def at_fault(ran: Ran) -> set[int] | None:
            errors = [int(line) for line, _ in _ERROR.findall(ran.stderr)]
            return {at[line] for line in errors if line in at} if errors else None

        return Unit(job, at_fault, lambda ran: _not_compiled(self.source, ran, first))


def _not_compiled(source: JavaSource, ran: Ran, first: int) -> Run:
    said = ran.stderr
    lacking = _NO_PACKAGE.search(said)
    if source.missing or lacking:
        name = lacking[1] if lacking else source.missing[0]
        return Run((), why_not=f"the library {name} is not installed", command=_COMMAND)
    for line, words in _ERROR.findall(said):
        if int(line) >= first:
            return Run((), load_error=f"line {int(line) - first + 1}: {shorten(words, 200)}",
                       command="javac Answer.java")  # fmt: skip
    return Run((), why_not=f"not compiled: {shorten(said)}", command=_COMMAND)


@cache
def _archive() -> Prepared:
    """The classes of the compiler, loaded in a third of the time that their files take."""
    key = hashlib.sha256("\0".join((_WARM_UP, *_FLAGS)).encode()).hexdigest()[:24]
    command = ("java", f"-XX:ArchiveClassesAtExit={_ARCHIVE}", *_FLAGS, "Warm.java")
    return Prepared(f"java-{key}", command, {"Warm.java": _WARM_UP})


def _job(command: tuple[str, ...], files: dict[str, str], wall_s: float) -> Job:
    limits = Limits(wall_s=wall_s, cpu_s=2 * wall_s, memory_mb=1024)
    return Job(command, files, prepared=_archive(), tools=("java", "javac"), limits=limits)


def _without_public(code: str) -> str:
    """The code in which no class demands a file of its own name."""
    kinds = (node for node in parse(code, "java").children if node.type in _TYPES)
    modifiers = (one for node in kinds for one in node.children if one.type == "modifiers")
    return cut(code, [one for each in modifiers for one in each.children if one.type == "public"])


def _main_class(code: str) -> str:
    """The class to start, with its package: the first with a main, else the first."""
    root = parse(code, "java")
    types = [node for node in root.children if node.type in _TYPES]
    mains = [node for node in types if re.search(r"\bvoid\s+main\s*\(", text(node))]
    first = next(iter([*mains, *types]), None)
    name = text(first.child_by_field_name("name")) if first is not None else "Answer"
    package = next((n for n in root.children if n.type == "package_declaration"), None)
    before = text(package).removeprefix("package").strip(" ;\n") if package is not None else ""
    return f"{before}.{name}" if before else name


def _body(
    source: JavaSource, case: Case, subject: Signature | None, wanted: frozenset[str]
) -> Body:
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
