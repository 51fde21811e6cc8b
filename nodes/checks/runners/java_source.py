"""An answer's Java code as one file: imports, the harness, the cases, the answer's classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tree_sitter import Node

from nodes.checks.runners.definitions import Function, functions
from nodes.checks.runners.timing import Timing
from nodes.checks.runners.trees import cut, open_braces, parse, text, walk

_HARNESS = Path(__file__).with_name("harness.java")
_JDK = ("java.", "javax.", "jdk.", "com.sun.", "org.w3c.dom", "org.xml.sax")
_WRAPPER = "Answer__"
_TYPES = frozenset({
    "class_declaration", "interface_declaration", "enum_declaration", "record_declaration",
    "annotation_type_declaration",
})  # fmt: skip
_TUPLES = ("Unit", "Pair", "Triplet", "Quartet", "Quintet", "Sextet")
_USUAL = ("java.util.*", "java.util.function.*", "java.util.stream.*", "java.math.*", "java.io.*")
_IMPORT = re.compile(r"import\s+(?:static\s+)?([\w.]+(?:\.\*)?)\s*;")
_MAIN = re.compile(r"\bpublic static void main\b")


@dataclass(frozen=True)
class JavaSource:
    """Code made ready to stand in one file with the cases.

    Attributes:
        imports: Import statements that the JDK can answer.
        classes: The answer's types, in one text.
        missing: Imports of other libraries, by name.
        functions: All methods by name, with the class that holds them.
    """

    imports: tuple[str, ...]
    classes: str
    missing: tuple[str, ...] = ()
    functions: dict[str, Function] = field(default_factory=dict)

    @property
    def has_main(self) -> bool:
        """Whether the answer can be started."""
        return "main" in self.functions


def java_source(code: str, *, is_fragment_of: str = "") -> JavaSource:
    """Take assembled code apart.

    Args:
        code: The program, or some of its methods.
        is_fragment_of: The opening of the class that the request shows, if it does.
    """
    root = parse(code, "java")
    heads = [n for n in root.children if n.type in ("import_declaration", "package_declaration")]
    wanted = [text(n) for n in heads if n.type == "import_declaration"]
    body = _in_class(cut(code, heads), is_fragment_of)
    names = [(one, found[1]) for one in wanted if (found := _IMPORT.match(one))]
    known = [one for one, name in names if name.startswith(_JDK)]
    if not names:
        known = [f"import {name};" for name in _USUAL]
    missing = tuple(n for _, n in names if not n.startswith((*_JDK, "org.javatuples")))
    if any(name.startswith("org.javatuples") for _, name in names):
        body += _stand_ins(body)
    return JavaSource(tuple(dict.fromkeys(known)), body, missing, _methods(body))


def _methods(body: str) -> dict[str, Function]:
    found: dict[str, Function] = {}
    for function in functions(parse(body, "java")):
        found.setdefault(function.name, function)
    return found


def _in_class(code: str, opening: str) -> str:
    """The code with its bare methods in a class."""
    root = parse(code, "java")
    if not any(n.type in ("method_declaration", "field_declaration", "local_variable_declaration")
               for n in root.children):  # fmt: skip
        return code
    shown = next((n for n in walk(parse(opening + "}", "java")) if n.type in _TYPES), None)
    name = text(shown.child_by_field_name("name")) if shown is not None else _WRAPPER
    types = [node for node in root.children if node.type in _TYPES]
    bare = cut(code, types)
    close = "}" if open_braces(root) >= 0 else ""
    outside = "\n".join(text(node) for node in types)
    return f"class {name} {{ {bare}\n{close}\n{outside}\n"


def _stand_ins(body: str) -> str:
    """Tuples like those of org.javatuples, for the names that the code leaves undefined."""
    defined = {text(n.child_by_field_name("name")) for n in walk(parse(body, "java"))
               if n.type in _TYPES}  # fmt: skip
    return "\n" + "\n".join(_tuple(at + 1, n) for at, n in enumerate(_TUPLES) if n not in defined)


def _tuple(count: int, name: str) -> str:
    kinds = [f"T{at}" for at in range(count)]
    types = f"<{', '.join(kinds)}>"
    declared = ", ".join(f"T{at} v{at}" for at in range(count))
    given = ", ".join(f"v{at}" for at in range(count))
    gets = " ".join(
        f"public T{at} getValue{at}() {{ return v{at}; }} "
        f"public {name}{types} setAt{at}(T{at} v) {{ return new {name}<>"
        f"({', '.join('v' if i == at else f'v{i}' for i in range(count))}); }}"
        for at in range(count)
    )
    return (
        f"final class {name}{types} implements Harness__.Tuple {{ "
        + " ".join(f"private final T{at} v{at};" for at in range(count))
        + f" public {name}({declared}) {{ "
        + " ".join(f"this.v{at} = v{at};" for at in range(count))
        + f" }} public static {types} {name}{types} with({declared}) "
        f"{{ return new {name}<>({given}); }} {gets} "
        f"public java.util.List<Object> items() {{ return java.util.Arrays.asList({given}); }} "
        "public java.util.List<Object> toList() { return items(); } "
        "public int getSize() { return items().size(); } "
        "public Object getValue(int at) { return items().get(at); } "
        f"@Override public boolean equals(Object o) {{ return o instanceof {name} && "
        f"items().equals((({name}) o).items()); }} "
        "@Override public int hashCode() { return items().hashCode(); } "
        "@Override public String toString() { return items().toString(); } }"
    )


def java_file(
    source: JavaSource, bodies: Sequence[tuple[int, str]], marker: str, timing: Timing
) -> tuple[str, dict[int, int], int]:
    """The file, the case of each line that holds one, and the first line of the answer."""
    numbers = ", ".join(str(number) for number, _ in bodies)
    calls = ", ".join(f"Cases__::case{number}" for number, _ in bodies)
    head = [" ".join(source.imports), _HARNESS.read_text().rstrip()]
    head.append(
        f'    public static void main(String[] a) throws Exception {{ run("{marker}", '
        f"new int[] {{{numbers}}}, new Case[] {{{calls}}}, "
        f"{timing.each_ms}L, {timing.ends_ms}L); }}\n}}\nclass Cases__ {{"
    )
    first = "\n".join(head).count("\n") + 2
    lines = {first + at: number for at, (number, _) in enumerate(bodies)}
    made = [f"static void case{n}(Harness__.Report report__) throws Throwable {{ {body} }}"
            for n, body in bodies]  # fmt: skip
    begin = "\n".join([*head, *made, "}"]) + "\n"
    return begin + _opened(source.classes), lines, begin.count("\n") + 1


def _opened(classes: str) -> str:
    """The answer's classes with the methods at the top of a class open to the cases."""
    tokens: list[Node] = []
    for function in functions(parse(classes, "java")):
        modifiers = next((c for c in function.node.children if c.type == "modifiers"), None)
        tokens += [c for c in modifiers.children if c.type == "private"] if modifiers else []
    return cut(classes, tokens)
