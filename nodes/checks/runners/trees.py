"""Syntax trees of the languages that are run, and the walks over them that the runners share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from tree_sitter import Language, Node, Parser

_GRAMMARS = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "java": ("tree_sitter_java", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "bash": ("tree_sitter_bash", "language"),
}


@cache
def _language(name: str) -> Language:
    module, function = _GRAMMARS[name]
    return Language(getattr(import_module(module), function)())


def parse(code: str, language: str) -> Node:
    """The root of the tree of `code`; errors stand in it as nodes.

    Raises:
        KeyError: The language is not one of those that are run.
    """
    return Parser(_language(language)).parse(code.encode("utf-8", "replace")).root_node


def text(node: Node | None) -> str:
    """The source of a node; empty for none."""
    return "" if node is None or node.text is None else node.text.decode("utf-8", "replace")


def walk(root: Node) -> Iterator[Node]:
    """All nodes below and with `root` in document order, without recursion."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def cut(code: str, nodes: Iterator[Node] | list[Node]) -> str:
    """`code` without these nodes of its tree, which must not overlap; lines keep their numbers."""
    source = bytearray(code.encode("utf-8", "replace"))
    for node in nodes:
        for at in range(node.start_byte, node.end_byte):
            if source[at] != 10:
                source[at] = 32
    return source.decode("utf-8", "replace")


def open_braces(root: Node) -> int:
    """How many more braces are opened than closed, comments and strings left out."""
    return sum(_brace(node) for node in walk(root) if not node.is_missing)


def _brace(node: Node) -> int:
    is_stray = node.type == "word" and text(node) == "}"
    return (node.type == "{") - (node.type == "}" or is_stray)
