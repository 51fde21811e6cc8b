"""The one Python program that an answer amounts to, put together from its blocks."""

from __future__ import annotations

import ast
import builtins
import functools
import re
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nodes.checks.answer import Answer
from nodes.checks.python_source import readings

_PYTHON = frozenset({"", "python", "python2"})
_START = re.compile(r"^[ \t]*(?:def |async def |class |import |from [\w.]+ import |@\w|>>> )", re.M)
_MOST_CHARS = 100_000
_MOST_CUTS = 40
_MOST_KEPT = 8  # a tree takes a hundred times the memory of its source, and both are users' words
_BUILTINS = frozenset(vars(builtins))
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Program:
    """Source that compiles, and its tree."""

    source: str
    tree: ast.Module


@functools.lru_cache(maxsize=_MOST_KEPT)
def program_of(answer: Answer, wanted: tuple[str, ...]) -> Program | None:
    """The answer's code with what it leaves to the request; None when no reading compiles.

    Args:
        answer: The request and the answer.
        wanted: Names of which the code should define one; they choose between several blocks.
    """
    given = request_programs(answer)
    head = _head(given, wanted)
    pieces = _pieces(answer)
    whole = [_whole(piece) for piece in pieces]
    if head and not any(one and definitions(one.tree) for one in whole):
        whole = [_body(piece, head) or one for piece, one in zip(pieces, whole, strict=True)]
    programs = [program for program in whole if program is not None]
    if not programs:
        return None
    joined = _joined(programs, _chosen(programs, wanted))
    return _completed(joined, given)


def request_programs(answer: Answer) -> list[Program]:
    """The code that stands in the request; a head without a body is given an empty one."""
    texts = [block.code for block in answer.query_blocks if block.language in _PYTHON]
    texts = texts or list(_bare(answer.query.replace("\r\n", "\n")))
    found = (_compiled(text) or _compiled(text.rstrip() + "\n        pass") for text in texts)
    return [program for program in found if program is not None]


def compiled(source: str) -> Program | None:
    """The program, if Python compiles it."""
    return _compiled(source)


@functools.lru_cache(maxsize=_MOST_KEPT)
def _compiled(source: str) -> Program | None:
    if len(source) > _MOST_CHARS:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
            compile(tree, "answer.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return Program(source, tree)


def _pieces(answer: Answer) -> list[str]:
    blocks = [block.code for block in answer.blocks if block.is_source]
    python = [b.code for b in answer.blocks if b.is_source and b.language in _PYTHON]
    return python if blocks else list(_bare(answer.text))


def _bare(text: str) -> Iterator[str]:
    """Code that stands in a text without a fence."""
    if any(_compiled(reading) for reading in readings(text, may_be_body=False)):
        yield text
        return
    start = _START.search(text)
    code = text[start.start() :] if start else text
    lines = code.rstrip().split("\n")
    ends = [at for at in range(len(lines), 0, -1) if at == len(lines) or not lines[at].strip()]
    cuts = ("\n".join(lines[:end]) for end in ends[:_MOST_CUTS])
    shortened = next((cut for cut in cuts if _compiled(textwrap.dedent(cut))), None)
    yield shortened or code


def _whole(piece: str) -> Program | None:
    """The piece as it stands, in the first reading that compiles."""
    return next(filter(None, map(_compiled, readings(piece, may_be_body=False))), None)


def _body(piece: str, head: str) -> Program | None:
    """The piece as the body that follows the head in the request."""
    return next(filter(None, map(_compiled, _continued(head, piece))), None)


def _continued(head: str, body: str) -> Iterator[str]:
    """The head with the body below it, however the body is indented."""
    last = max(re.findall(r"^([ \t]*)(?:async )?def ", head, re.M), key=len, default="")
    margin = last + "    "
    yield f"{head}\n{body}"
    yield f"{head}\n{margin}{body.lstrip()}"
    yield f"{head}\n{textwrap.indent(textwrap.dedent(body), margin)}"


def _head(given: Sequence[Program], wanted: Sequence[str]) -> str:
    """The request's code as far as the function that it leaves empty; empty when there is none."""
    for program in reversed(given):
        empty = [function for function in functions(program.tree) if _is_empty(function)]
        named = [function for function in empty if function.name in wanted]
        for function in (named or empty)[-1:]:
            first = function.body[0]
            has_words = ast.get_docstring(function, clean=False) is not None
            end = first.end_lineno if has_words else first.lineno - 1
            return "\n".join(program.source.split("\n")[:end])
    return ""


def _is_empty(function: _Function) -> bool:
    return all(
        isinstance(part, ast.Pass | ast.Raise)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in function.body
    )


def functions(tree: ast.Module) -> list[_Function]:
    """The functions at the top, and the methods of its classes."""
    tops: list[ast.stmt] = []
    for statement in tree.body:
        tops += statement.body if isinstance(statement, ast.ClassDef) else [statement]
    return [one for one in tops if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]


def definitions(tree: ast.Module) -> list[str]:
    """Names of the functions and classes at the top, and of what is a lambda."""
    names: list[str] = []
    for statement in tree.body:
        if isinstance(statement, _Function | ast.ClassDef):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
            names += [t.id for t in statement.targets if isinstance(t, ast.Name)]
    return names


def _chosen(programs: Sequence[Program], wanted: Sequence[str]) -> int:
    """The longest of the programs that define what is wanted, or anything, or of all."""

    def rank(at: int) -> tuple[bool, bool, int]:
        tree = programs[at].tree
        defined = definitions(tree)
        names = {*defined, *(function.name for function in functions(tree))}
        return not names.isdisjoint(wanted), bool(defined), len(programs[at].source)

    return max(range(len(programs)), key=rank)


def _joined(programs: Sequence[Program], chosen: int) -> Program:
    """The chosen program with those others that define what it uses."""
    kept, uses = {chosen}, used_names(programs[chosen].tree)
    own = set(bound_names(programs[chosen].tree))
    for at, program in enumerate(programs):
        bound = set(bound_names(program.tree))
        if at not in kept and bound & (uses - own - _BUILTINS):
            kept.add(at)
            own |= bound
    if len(kept) == 1:
        return programs[chosen]
    return _compiled("\n\n".join(programs[at].source for at in sorted(kept))) or programs[chosen]


def _completed(program: Program, given: Sequence[Program]) -> Program:
    """The program behind those statements of the request that define what it only uses."""
    known = {*bound_names(program.tree), *_BUILTINS}
    missing = used_names(program.tree) - known
    parts: list[str] = []
    for source in given:
        for statement in reversed(source.tree.body):
            bound = set(_bound(statement))
            if (bound & missing) and not _is_stub(statement):
                parts.append(ast.get_source_segment(source.source, statement) or "")
                known |= bound
                missing = (missing | used_names(statement)) - known
    if not parts:
        return program
    future = [line for line in program.source.split("\n") if line.startswith("from __future__")]
    rest = [line for line in program.source.split("\n") if line not in future]
    return _compiled("\n".join([*future, *reversed(parts), *rest])) or program


def _is_stub(statement: ast.stmt) -> bool:
    return isinstance(statement, _Function) and _is_empty(statement)


def used_names(tree: ast.AST) -> set[str]:
    """All names that the code reads."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return {node.id for node in nodes if isinstance(node.ctx, ast.Load)}


def bound_names(tree: ast.Module) -> list[str]:
    """The names that the statements at the top bind."""
    return [name for statement in tree.body for name in _bound(statement)]


def _bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.split(".")[0] for alias in statement.names]
    if isinstance(statement, _Function | ast.ClassDef):
        return [statement.name]
    stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [node.id for node in stored if isinstance(node.ctx, ast.Store)]
