"""Tree-sitter grammars, each loaded when its language is first met."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module

from tree_sitter import Language, Node, Parser

# Language to (module, name of its function); a language that is not here is not checked.
_GRAMMARS = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "java": ("tree_sitter_java", "language"),
    "go": ("tree_sitter_go", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "bash": ("tree_sitter_bash", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "c#": ("tree_sitter_c_sharp", "language"),
    "css": ("tree_sitter_css", "language"),
}
LANGUAGES = frozenset(_GRAMMARS)
_SHOWN_CHARS = 80


@cache
def _language(name: str) -> Language:
    module, function = _GRAMMARS[name]
    return Language(getattr(import_module(module), function)())


def grammar_error(code: str, language: str) -> str | None:
    """The first place the grammar cannot place, such as `line 3: unexpected: }`, or None.

    Raises:
        KeyError: The language has no grammar here; see LANGUAGES.
    """
    source = code.encode("utf-8", "replace")
    root = Parser(_language(language)).parse(source).root_node
    if not root.has_error:
        return None
    node = next(_errors(root), root)
    line = node.start_point.row + 1
    if node.is_missing:
        return f"line {line}: missing {node.type}"
    seen = source[node.start_byte : node.end_byte].decode("utf-8", "replace").split("\n")[0]
    return f"line {line}: unexpected: {seen[:_SHOWN_CHARS]}"


def _errors(root: Node) -> Iterator[Node]:
    """Error nodes in document order, without recursion: an answer may nest without end."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            waiting.extend(reversed(node.children))
