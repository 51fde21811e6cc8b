"""Trying cases on C++ code: compiled with a precompiled header, one process for each case."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tree_sitter import Node

from nodes.checks.answer import Answer, shorten
from nodes.checks.cases import Case, Parameter, Run, Seen, Signature
from nodes.checks.runners.assembly import head_of, names_wanted
from nodes.checks.runners.compiled import Body, CompiledRunner, Unit
from nodes.checks.runners.cpp_literals import cpp_literal, plain_type
from nodes.checks.runners.definitions import Function, functions
from nodes.checks.runners.literals import UnwritableError
from nodes.checks.runners.programs import NOT_BUILT, Program
from nodes.checks.runners.reports import not_run
from nodes.checks.runners.timing import Timing
from nodes.checks.runners.trees import parse, text, walk
from nodes.checks.sandbox import Job, Limits, Prepared, Ran

_HARNESS = Path(__file__).with_name("harness.hpp")
_FLAGS = ("-std=c++17", "-O0", "-w", "-fmax-errors=8")
_COMMAND = "g++ -std=c++17 answer.cpp && ./a.out"
_BUILD = f"g++ {' '.join(_FLAGS)} -I/prepared -Iplain -include harness.hpp answer.cpp -o answer"
_ERROR = re.compile(r"^([\w./]+):(\d+):(?:\d+:)? (?:fatal )?error: (.*)$", re.M)
_CASE_FILE = re.compile(r"\bcase_(\d+)(?=[:,.])")
_NO_HEADER = re.compile(r"fatal error: (\S+): No such file")


@dataclass(frozen=True, slots=True)
class CppRunner(CompiledRunner):
    """Tries cases on C++ answers: one compilation for all cases, again without those at fault."""

    language = "cpp"
    tools = ("g++", "bash")
    command = _COMMAND
    is_loose = True

    def source(self, answer: Answer, code: str) -> CppSource:
        """The code of an answer, read."""
        return CppSource(_with_usings(answer, code), names_wanted(answer, "cpp"))

    def program(self, answer: Answer, code: str, wall_s: float) -> Program:
        """The code of an answer as a program."""
        job = _job(_with_usings(answer, code), wall_s)
        return Program(replace(job, command=("../answer",)), _COMMAND, _BUILD, _not_compiled)


@dataclass(frozen=True, slots=True)
class CppSource:
    """The code of one answer, and the functions that its request names."""

    code: str
    wanted: frozenset[str]

    def body(self, case: Case, subject: Signature | None) -> Body:
        """The function that tries one case; or why there is none."""
        return _body(self.code, self.wanted, case, subject)

    def unit(self, tried: Sequence[tuple[int, str]], marker: str, timing: Timing) -> Unit:
        """The answer without its main, the cases, and a main of our own."""
        program = _program(self.code, tried, marker, timing)

        def at_fault(ran: Ran) -> set[int] | None:
            if ran.exit_code != NOT_BUILT:
                return None
            found = {int(number) for number in _CASE_FILE.findall(ran.stderr)}
            is_unlinked = not found and "undefined ref" in ran.stderr
            return {number for number, _ in tried} if is_unlinked else found

        return Unit(_job(program, timing.left_s()), at_fault, _not_compiled)


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


@cache
def _header() -> Prepared:
    source = _HARNESS.read_text()
    key = hashlib.sha256("\0".join((source, *_FLAGS)).encode()).hexdigest()[:24]
    output = "/prepared/harness.hpp.gch"
    command = ("g++", *_FLAGS, "-x", "c++-header", "harness.hpp", "-o", output)
    return Prepared(f"cpp-{key}", command, {"harness.hpp": source})


def _job(source: str, wall_s: float) -> Job:
    script = f"{_BUILD} || exit {NOT_BUILT}\nexec ./answer"
    limits = Limits(wall_s=wall_s, cpu_s=wall_s, memory_mb=1024, disk_mb=64)
    files = {"answer.cpp": source, "plain/harness.hpp": _HARNESS.read_text()}
    return Job(("bash", "-c", script), files, tools=("g++",), prepared=_header(), limits=limits)


def _program(code: str, tried: Sequence[tuple[int, str]], marker: str, timing: Timing) -> str:
    parts = ['#line 1 "answer.cpp"', _without_main(code)]
    for number, body in tried:
        parts += [f'#line 1 "case_{number}"', f"void case_{number}_{body}"]
    table = ", ".join(f"{{{number}, case_{number}_}}" for number, _ in tried)
    given = f'"{marker}", {{{table}}}, {timing.each_ms}, {timing.ends_ms}LL'
    main = f"int main() {{ return harness_::run_all({given}); }}"
    return "\n".join([*parts, '#line 1 "main"', main, ""])


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


def _body(code: str, wanted: frozenset[str], case: Case, subject: Signature | None) -> Body:
    """The function that tries one case; or why there is none."""
    found = {function.name: function for function in functions(parse(code, "cpp"))}
    call = _expression(case.call)
    callee = _callee(call) if call else case.function or (subject.name if subject else "")
    is_wanted = callee != "" and callee in {case.function, *wanted}
    if is_wanted and callee not in found and not _mentions(code, callee):
        return Seen("raised", shown=f"{callee} is not defined", error="undefined")
    function = found.get(callee)
    if call:
        made = [_owner(function), _result(call, function), _expected(case.expected)]
        return _wrapped(made)
    if case.arguments is None or function is None:
        return not_run("no call to try")
    try:
        return _wrapped(_typed_call(case.arguments, function))
    except UnwritableError as error:
        return not_run(str(error))


def _mentions(code: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", code) is not None


def _wrapped(statements: Sequence[str]) -> str:
    return "(harness_::Report &report_) { " + " ".join(statements) + " }"


def _typed_call(given: tuple[object, ...], function: Function) -> list[str]:
    parameters = function.signature.parameters
    if not function.signature.accepts(len(given)):
        raise UnwritableError(f"{function.name} does not take {len(given)} arguments")
    names = [f"a{at}_" for at in range(len(given))]
    made = [
        _variable(name, value, parameter, function)
        for name, value, parameter in zip(names, given, parameters, strict=False)
    ]
    after = [f"harness_::put(after_, {name}), after_ += ',';" for name in names]
    target = f"{function.owner}{'::' if function.is_static else '().'}" if function.owner else ""
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


def _variable(name: str, value: object, parameter: Parameter, function: Function) -> str:
    kind = plain_type(parameter.type) or "auto"
    kind = "auto" if kind in _open_types(function) else kind
    literal = cpp_literal(value, kind)
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


def _owner(function: Function | None) -> str:
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
