"""What code defines: its functions with their parameters, and all names at its top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from nodes.checks.cases import Parameter, Signature
from nodes.checks.runners.trees import text, walk

_SCRIPT_FUNCTIONS = ("function_declaration", "generator_function_declaration")
_SCRIPT_VALUES = ("arrow_function", "function_expression", "generator_function")
_CLASSES = frozenset({
    "class_declaration", "abstract_class_declaration", "record_declaration", "enum_declaration",
    "interface_declaration", "class_specifier", "struct_specifier", "union_specifier",
    "enum_specifier",
})  # fmt: skip
_OPEN = frozenset({
    "export_statement", "namespace_definition", "declaration_list", "template_declaration",
    "linkage_specification", "lexical_declaration", "variable_declaration", "expression_statement",
    "class_body", "enum_body_declarations", "enum_body", "interface_body",
    "field_declaration_list", "internal_module", "statement_block",
})  # fmt: skip


# What a grammar that trips over an expansion still shows of a shell function.
_SHELL_HEAD = re.compile(r"^(?:function[ \t]+)?([A-Za-z_][\w-]*)[ \t]*\(\)[ \t]*\n?[ \t]*\{", re.M)


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method; `owner` is its class, empty at the top."""

    signature: Signature
    node: Node
    owner: str = ""
    is_static: bool = False

    @property
    def name(self) -> str:
        """Its name alone."""
        return self.signature.name


def functions(root: Node) -> list[Function]:
    """The functions and methods of a program, in order; those inside functions are left out."""
    found = list(_functions(root, ""))
    if root.has_error and not found:
        return [_shell_named(root, name) for name in _SHELL_HEAD.findall(text(root))]
    return found


def _shell_named(root: Node, name: str) -> Function:
    return Function(Signature(name, (Parameter("arguments", is_variadic=True),)), root)


def top_names(root: Node) -> set[str]:
    """The names of the functions, classes and variables at the top."""
    return {name for child in root.children for name in names_of(child)}


def names_of(node: Node) -> set[str]:
    """The names that one statement at the top defines."""
    if node.type in _CLASSES or node.type in ("type_definition", "type_alias_declaration"):
        return {text(node.child_by_field_name("name") or node.child_by_field_name("declarator"))}
    if node.type in ("variable_declarator", "variable_assignment", "alias_declaration"):
        return {text(node.child_by_field_name("name"))}
    found = _function(node, "")
    if found is not None:
        return {found.name}
    within = node.children if node.type in _OPEN or node.type == "declaration" else ()
    return {name for child in within for name in names_of(child)}


def choose(found: Sequence[Function], wanted: Iterable[str]) -> Function | None:
    """The function under test: the first of `wanted` that is defined, else the main one.

    The main one is the last that no other calls, `main` and constructors left out; methods count
    only where nothing stands at the top.
    """
    by_name: dict[str, Function] = {}
    for function in found:
        by_name.setdefault(function.name, function)
    for name in wanted:
        if name in by_name:
            return by_name[name]
    rest = [f for f in by_name.values() if f.name not in ("main", "constructor", f.owner)]
    rest = [f for f in rest if not f.owner] or rest
    uncalled = [f for f in rest if not any(_mentions(g, f.name) for g in rest if g is not f)]
    return next(reversed(uncalled or rest), None)


def _mentions(function: Function, name: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text(function.node)) is not None


def _functions(node: Node, owner: str) -> Iterator[Function]:
    for child in node.children:
        found = _function(child, owner)
        if found is not None:
            yield found
        elif child.type in _CLASSES:
            name = text(child.child_by_field_name("name"))
            body = child.child_by_field_name("body")
            yield from _functions(body, name) if body is not None else ()
        elif child.type in _OPEN and not (child.type == "statement_block" and not owner):
            yield from _functions(child, owner)


def _function(node: Node, owner: str) -> Function | None:
    kind = node.type
    if kind in (*_SCRIPT_FUNCTIONS, "method_definition", "method_declaration"):
        return _named(node, node, node.child_by_field_name("name"), owner)
    if kind == "variable_declarator" or kind == "assignment_expression":
        name = node.child_by_field_name("name") or _assigned(node.child_by_field_name("left"))
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        if value is not None and value.type in _SCRIPT_VALUES:
            return _named(node, value, name, owner)
    if kind == "function_definition":
        if node.child_by_field_name("declarator") is None:
            return _shell(node)
        return _cpp(node, owner)
    return None


def _assigned(left: Node | None) -> Node | None:
    """The name in `exports.name = ...` and `name = ...`."""
    if left is not None and left.type == "member_expression":
        return left.child_by_field_name("property")
    return left


def _named(whole: Node, inner: Node, name: Node | None, owner: str) -> Function | None:
    if name is None:
        return None
    listed = inner.child_by_field_name("parameters")
    single = inner.child_by_field_name("parameter")
    nodes = listed.named_children if listed is not None else [single] if single else []
    parameters = tuple(_parameter(one) for one in nodes if one.type != "comment")
    returns = inner.child_by_field_name("return_type") or inner.child_by_field_name("type")
    signature = Signature(text(name), parameters, text(returns).lstrip(": "))
    return Function(signature, whole, owner, _is_static(whole))


def _is_static(node: Node) -> bool:
    words = (text(child) for child in node.children if child.type in ("modifiers", "static"))
    return any("static" in word.split() for word in words)


def _parameter(node: Node) -> Parameter:
    """One parameter of JavaScript, TypeScript or Java."""
    pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left")
    name = node.child_by_field_name("name") or pattern or node
    if node.type == "spread_parameter":
        inner = next((c for c in node.children if c.type == "variable_declarator"), node)
        kind = next(
            (c for c in node.named_children if c.type.endswith(("type", "identifier"))), None
        )
        return Parameter(text(inner), text(kind), is_variadic=True)
    kind = node.child_by_field_name("type")
    dimensions = text(node.child_by_field_name("dimensions"))
    has_default = node.type in ("assignment_pattern", "optional_parameter")
    has_default = has_default or node.child_by_field_name("value") is not None
    is_rest = "rest_pattern" in (node.type, name.type)
    declared = text(kind).lstrip(": ") + dimensions
    return Parameter(text(name).lstrip("."), declared, has_default, is_rest)


def _shell(node: Node) -> Function:
    name = text(node.child_by_field_name("name"))
    return Function(Signature(name, (Parameter("arguments", is_variadic=True),)), node)


def _cpp(node: Node, owner: str) -> Function | None:
    inner = next((n for n in _declarators(node) if n.type == "function_declarator"), None)
    if inner is None:
        return None
    name = inner.child_by_field_name("declarator")
    listed = inner.child_by_field_name("parameters")
    parameters = tuple(_cpp_parameters(listed)) if listed is not None else ()
    last = text(name).split("::")
    signature = Signature(last[-1], parameters, text(node.child_by_field_name("type")))
    is_static = any(text(c) == "static" for c in node.children)
    return Function(signature, node, owner or "::".join(last[:-1]), is_static)


def _declarators(node: Node | None) -> Iterator[Node]:
    while node is not None:
        yield node
        inner = node.child_by_field_name("declarator")
        node = inner or next((c for c in node.named_children if "declarator" in c.type), None)


def _cpp_parameters(listed: Node) -> Iterator[Parameter]:
    for node in listed.named_children:
        if node.type not in ("parameter_declaration", "optional_parameter_declaration"):
            continue
        name = next((n for n in walk(node) if n.type == "identifier"), None)
        value = node.child_by_field_name("default_value")
        whole, start = node.text or b"", node.start_byte
        end = value.start_byte - start if value is not None else len(whole)
        at = (name.start_byte - start, name.end_byte - start) if name else (end, end)
        declared = (whole[: at[0]] + whole[at[1] : end]).decode("utf-8", "replace")
        declared = declared.strip().removesuffix("=").strip()
        if declared != "void":
            yield Parameter(text(name), declared, has_default=value is not None)
