"""The signature that a request asks for, in code of any language or in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from nodes.checks import weights
from nodes.checks.answer import Finding
from nodes.checks.cases import Parameter, Signature
from nodes.checks.request import asks_to_explain, moves_code

_NAME = r"[A-Za-z_$][\w$]*"
_LIST = r"\(((?:[^()]|\([^()]*\))*)\)"
_PYTHON = re.compile(rf"\bdef\s+({_NAME})\s*{_LIST}\s*(?:->\s*([^:\n]+))?:?")
_ARROW = re.compile(rf"\b(?:fn|func|fun)\s+({_NAME})\s*{_LIST}\s*(?:->\s*|:\s*)?([\w<>\[\]&]+)?")
_SCRIPT = re.compile(
    rf"\bfunction\s+`?({_NAME})\s*(?:<[^()]*>)?{_LIST}`?(?:\s*:\s*([\w<>\[\]|,{{}} ]+?)\s*[{{\n])?"
)
_TYPED = re.compile(
    r"^[ \t]*(?:(?:public|private|protected|static|final|inline|constexpr)\s+)*"
    rf"([A-Za-z_][\w:]*(?:<[^()\n]*>)?(?:\[\])*[&*]?)\s+({_NAME})\s*{_LIST}\s*(?:\{{|;|$)",
    re.M,
)
_NAMED = re.compile(
    rf"\b(?:functions?|method|named|called|llamada|namens|appelee|nommee|chamada|chiamata|"
    rf"implement|write|define|create)\s+(?:the\s+function\s+)?`?({_NAME}){_LIST}`?",
    re.I,
)
_TICKED = re.compile(rf"`({_NAME}){_LIST}(?:\s*->\s*([^`]+))?`")
_NOT_TYPES = frozenset({
    "return", "else", "new", "throw", "await", "assert", "function", "def", "if", "while", "for",
    "switch", "in", "and", "or", "fn", "func", "case",
})  # fmt: skip
_NOT_NAMES = frozenset({"main", "if", "for", "while", "switch", "__init__", "constructor"})
_COUNTS = {"no": 0, "zero": 0, "one": 1, "a single": 1, "two": 2, "three": 3, "four": 4}
_IN_WORDS = re.compile(
    r"\b(?:takes?|taking|accepts?|accepting|receives?|with|has|have)\s+(?:exactly\s+|as input\s+)?"
    r"(no|zero|one|a single|two|three|four)\s+(?:\w+\s+)?"
    r"(?:parameters?|arguments?|inputs?|params?|args?)\b"
    rf"(?:\s*[:,(]?\s*((?:`?{_NAME}`?\s*(?:,\s*(?:and\s+)?|\s+and\s+))*`?{_NAME}`?)"
    r"(?=\s*[).,;]|\s+(?:that|and (?:returns?|computes?))|$))?",
    re.I,
)
_NO_INPUT = re.compile(
    r"\b(?:no|without|zero) (?:inputs?|arguments?|parameters?|params?|args?)\b", re.I
)
_CALLED = re.compile(
    rf"\b(?:function|method|named|called)\s+(?!(?:called|named)\b)`?({_NAME})`?(?=[\s,.`]|$)", re.I
)
_PLAIN = frozenset({"that", "to", "which", "in", "with", "for", "and", "the", "a", "is", "of"})


@lru_cache(maxsize=64)
def requested_signature(query: str) -> Signature | None:
    """The function that a request asks for; None when it gives no signature.

    With several, the one that the words name wins, then the last, as helpers come before it.
    A count in words ("takes two parameters x and y") gives parameters whose names may be empty.
    """
    none = bool(_NO_INPUT.search(query))
    found = [one for one in _declared(query) if one.parameters or none]
    if not found:
        return _in_words(query)
    spoken = re.sub(r"```.*?```", " ", query, flags=re.S)
    named = [one for one in found if re.search(rf"\b{re.escape(one.name)}\b", spoken)]
    name = (named or found)[-1].name
    return next(one for one in found if one.name == name)


def _declared(query: str) -> Iterator[Signature]:
    for pattern in (_PYTHON, _ARROW, _SCRIPT, _TICKED):
        for match in pattern.finditer(query):
            yield from _made(match[1], match[2], match[3] or "")
    for match in _TYPED.finditer(query):
        if match[1] not in _NOT_TYPES:
            yield from _made(match[2], match[3], match[1])
    for match in _NAMED.finditer(query):
        yield from _made(match[1], match[2], "")


def _made(name: str, inside: str, returns: str) -> Iterator[Signature]:
    parameters = [_parameter(part) for part in _split(inside)]
    if name not in _NOT_NAMES and None not in parameters:
        kept = tuple(p for p in parameters if p is not None and p.name not in ("self", "this"))
        yield Signature(name, kept, returns.strip())


def _split(inside: str) -> list[str]:
    """Splits at commas outside brackets."""
    parts, depth = [""], 0
    for char in inside:
        depth += (char in "([{<") - (char in ")]}>")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts if part.strip() not in ("", "/", "*", "void")]


def _parameter(text: str) -> Parameter | None:
    head, _, default = text.partition("=")
    variadic = head.startswith(("*", "...")) or "..." in head
    head = head.strip().strip("`").removeprefix("**").removeprefix("*").removeprefix("...")
    typed = re.fullmatch(rf"({_NAME})\??\s*:(?!:)\s*(.+)", head.strip(), re.S)
    if typed:
        optional = bool(default) or "?" in head.partition(":")[0]
        return Parameter(typed[1], typed[2].strip(), optional, variadic)
    words = re.fullmatch(
        rf"(?:(.*?[\w>\]&*])\s+|(.*[&*]))?&?({_NAME})((?:\[\])*)", head.strip(), re.S
    )
    if words is None:
        return None
    declared = (words[1] or words[2] or "") + (words[4] or "")
    return Parameter(words[3], declared.strip(), bool(default), variadic)


def _in_words(query: str) -> Signature | None:
    found = _IN_WORDS.search(query)
    if found is None:
        return None
    count = _COUNTS[found[1].lower()]
    names = re.findall(rf"(?<![\w$])(?!and\b){_NAME}", found[2] or "")
    names = names if len(names) == count else [""] * count
    called = _CALLED.search(query)
    name = called[1] if called and called[1].lower() not in _PLAIN else ""
    return Signature(name, tuple(Parameter(one) for one in names))


def wrong_arity(query: str, subject: Signature) -> list[Finding]:
    """What the request's own call says against a function that cannot take its arguments.

    Certain without a run: where the request shows `f(a, b)`, an `f` of one parameter fails.
    """
    wanted = requested_signature(query)
    if wanted is None or not wanted.name or wanted.name != subject.name:
        return []
    if moves_code(query) or asks_to_explain(query) or any(p.is_variadic for p in wanted.parameters):
        return []
    most = len(wanted.parameters)
    least = sum(not p.has_default for p in wanted.parameters)
    if any(subject.accepts(count) for count in range(least, most + 1)):
        return []
    seen = f"asked for {wanted.name} with {most} parameters, takes {len(subject.parameters)}"
    return [Finding("wrong_arity", seen, weights.WRONG_FUNCTION)]
