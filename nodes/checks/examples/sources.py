"""What a piece of source in a request names and whether it can stand by itself."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Sequence

BUILTINS = frozenset(vars(builtins))
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's parser raises on text that is no source."""
_MODULES = frozenset({"math", "collections", "datetime", "re", "json"})
_CONSTRUCTORS = frozenset(
    {"set", "frozenset", "float", "dict", "list", "tuple", "bytes", "range", "chr"}
)


def one_line(source: str) -> str:
    """Source that is wrapped over lines of a comment or docstring, on one line."""
    return re.sub(r"\s*\n[ \t]*(?:(?://|#)[ \t]?)?[ \t]*", " ", source)


def can_stand_alone(source: str, language: str, names: Sequence[str]) -> bool:
    """Whether all that the call names is known, so that it is no pattern such as `f(n)`."""
    if language != "python":
        return _symbolless(source, names)
    tree = expression(one_line(source))
    if tree is None:
        return False
    nodes = list(ast.walk(tree))
    if any(isinstance(node, ast.Constant) and node.value is ... for node in nodes):
        return False
    read = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in read if isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    heads = [node.func for node in nodes if isinstance(node, ast.Call)]
    called = {node.id for node in heads if isinstance(node, ast.Name)}
    free = {node.id for node in read} - bound
    known = BUILTINS | set(names)
    return free - called <= _MODULES | set(names) and (not names or called <= known)


_STRINGS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_FREE_NAME = re.compile(r"(?<![\w.$>:])[A-Za-z_$][\w$]*(?!\s*[\w(:<.\[{$]|\s*=>|\s+[\w&*])")
_KNOWN_WORDS = frozenset(
    {"true", "false", "null", "undefined", "nullptr", "NaN", "Infinity", "NULL", "long", "float",
     "double", "int", "String", "char", "bool", "boolean", "string", "Integer", "Long"}
)  # fmt: skip


def _symbolless(source: str, names: Sequence[str]) -> bool:
    arguments = _STRINGS.sub("''", source.partition("(")[2])
    if "..." in arguments or "…" in arguments:
        return False
    free = set(_FREE_NAME.findall(arguments)) - _KNOWN_WORDS - set(names)
    return not free or "=>" in arguments


def expression(source: str) -> ast.expr | None:
    """The tree of a Python expression, or None."""
    try:
        return quiet_tree(source.strip()).body
    except UNREADABLE:
        return None


def quiet_tree(source: str) -> ast.Expression:
    """The tree of a Python expression; what the compiler only warns of is let pass.

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: `source` cannot be read.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source, mode="eval")


def is_constant(tree: ast.expr) -> bool:
    """Whether an expression is made of literals alone."""
    nodes = list(ast.walk(tree))
    if any(isinstance(node, ast.Constant) and node.value is ... for node in nodes):
        return False
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names <= _CONSTRUCTORS and any(isinstance(node, ast.Constant) for node in nodes)
