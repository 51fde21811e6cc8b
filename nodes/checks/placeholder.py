"""Code that leaves the work to the reader."""

from __future__ import annotations

import ast
import re

from nodes.checks import weights
from nodes.checks.answer import Answer, Block, Finding, shorten
from nodes.checks.python_source import parse_python
from nodes.checks.request import wanted_functions

_COMMENT = re.compile(
    r"(?:#|//|--|/\*|<!--|%)[ \t]*\W{0,4}(?:todo\b.{0,20}\b(?:implement|add|fill|write|your|"
    r"complete|logic)|your (?:code|logic|implementation|solution)\b.{0,20}\bhere|"
    r"(?:code|logic|implementation) (?:goes )?here|"
    r"implement(?:ation)? (?:your|the|this)?.{0,30}\bhere\b|write your code|"
    r"(?:add|insert|put) your (?:code|logic)|fill in (?:the|your)|"
    r"rest of (?:the|your) (?:code|function|implementation))",
    re.I,
)
_ELIDED_BODY = re.compile(r"\{\s*(?:(?://[^\n]*\n|/\*[^*]{0,200}\*/|\.\.\.)\s*)+\}")
_TODO = re.compile(r"todo|your (?:code|logic)|implement|\.\.\.|\bhere\b", re.I)
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_ABSTRACT = re.compile(r"abstract|overload|Protocol|ABC|interface")


def placeholder(answer: Answer) -> list[Finding]:
    """A body that is a stub where one was to be written, or a comment in the place of code."""
    block = answer.main
    if block is None:
        return []
    stub = _stub(answer, block)
    if stub:
        return [Finding("placeholder", shorten(stub), weights.STUB)]
    found = _COMMENT.search(block.code)
    if found is None or found[0] in answer.query:
        return []
    return [Finding("placeholder", shorten(found[0]), weights.PLACEHOLDER_COMMENT)]


def _stub(answer: Answer, block: Block) -> str:
    if _ABSTRACT.search(block.code) or _ABSTRACT.search(answer.query):
        return ""
    tree = parse_python(block.code) if block.language in ("python", "") else None
    if tree is not None:
        return _python_stub(tree, wanted_functions(answer.query))
    found = _ELIDED_BODY.search(block.code)
    return found[0] if found and _TODO.search(found[0]) and _is_alone(block.code, found[0]) else ""


def _is_alone(code: str, body: str) -> bool:
    """Whether little code is left without the elided body."""
    return sum(map(str.isalpha, code.replace(body, ""))) < 150


def _python_stub(tree: ast.Module, wanted: tuple[str, ...]) -> str:
    functions = [node for node in ast.walk(tree) if isinstance(node, _Function)]
    named = [node for node in functions if node.name in wanted] or functions
    if not named or not all(_is_stub(node) for node in named):
        return ""
    return f"def {named[0].name}: {ast.unparse(named[0].body[-1])}"


def _is_stub(function: _Function) -> bool:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:] if isinstance(body[0].value.value, str) else body
    return all(_does_nothing(statement) for statement in body)


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant) and statement.value.value is ...
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        return "NotImplemented" in ast.unparse(statement.exc)
    return isinstance(statement, ast.Pass)


CHECKS = (placeholder,)
