"""One program from a request and its answer: whole, in pieces, or the body of a shown head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nodes.checks.answer import Answer, Block, looks_like_code
from nodes.checks.cases import Signature
from nodes.checks.request import wanted_functions
from nodes.checks.runners.definitions import choose, functions, names_of, top_names
from nodes.checks.runners.trees import open_braces, parse, text

_SPELLINGS = {
    "javascript": ("javascript", "typescript", "html", ""),
    "typescript": ("typescript", "javascript", "tsx", ""),
    "cpp": ("cpp", "c", "cxx", "hpp", ""),
    "java": ("java", ""),
    "bash": ("bash", ""),
}
_LANGUAGE_ONLY = {"html"}
_MOST_CHARS = 60_000
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_COMMENTS = ("comment", "line_comment", "block_comment", "hash_bang_line")


@dataclass(frozen=True, slots=True)
class Head:
    """The unfinished code that a request shows, with how much of it is still open."""

    code: str
    before: str
    """What stands before the function that is to be finished, in whole statements."""
    name: str
    """The function to finish."""
    opening: str
    """Everything up to that function; of a class, its opening too."""


def pieces(answer: Answer, language: str) -> list[str]:
    """The answer's blocks of this language, or its text when that is code from end to end."""
    accepted = [name for name in _SPELLINGS[language] if name not in _LANGUAGE_ONLY]
    found = [b.code for b in answer.blocks if b.is_source and b.language in accepted]
    if not found and not answer.blocks and answer.bare_is_code:
        found = [answer.text]
    return [code for code in found if len(code) <= _MOST_CHARS]


def assemble(answer: Answer, language: str, wanted: Sequence[str]) -> str:
    """The program to run; empty when the answer holds no code of this language."""
    found = pieces(answer, language)
    if not found:
        return ""
    head = head_of(answer, language)
    names = [*([head.name] if head else ()), *wanted]
    code = _piece(found, language, names)
    if head is not None and _is_body(code, head, language):
        return _closed(f"{head.code.rstrip()}\n{code}", language)
    code = _with_helpers(code, found, language)
    return code if head is None else _before(head, code, language) + code


def head_of(answer: Answer, language: str) -> Head | None:
    """The head of a function that the request ends its code with; None when it shows none."""
    for code in reversed(list(_shown(answer, language))):
        missing = open_braces(parse(code, language)) if len(code) <= _MOST_CHARS else 0
        if missing > 0:
            return _head(code, missing, language)
    return None


def is_clean(code: str, language: str) -> bool:
    """Whether the grammar can place all of it."""
    return not parse(code, language).has_error


def _shown(answer: Answer, language: str) -> Iterator[str]:
    blocks: Sequence[Block] = answer.query_blocks
    yield from (b.code for b in blocks if b.language in _SPELLINGS[language])
    if not blocks and answer.query.rstrip().endswith("{"):
        lines = answer.query.splitlines()
        first = next((i for i, line in enumerate(lines) if looks_like_code(line)), 0)
        yield "\n".join(lines[first:])


def _head(code: str, missing: int, language: str) -> Head | None:
    root = parse(f"{code.rstrip()}\n" + "}" * missing, language)
    last = max(functions(root), key=lambda f: f.node.start_byte, default=None)
    if last is None:
        return None
    kept = [
        text(node)
        for node in root.children
        if node.end_byte <= last.node.start_byte and node.type not in _COMMENTS
    ]
    opening = code.encode()[: last.node.start_byte].decode("utf-8", "ignore")
    return Head(code, "\n".join(kept), last.name, opening)


def _piece(found: list[str], language: str, names: Sequence[str]) -> str:
    """The piece that defines what is wanted, else the longest."""
    longest = sorted(found, key=len, reverse=True)
    for code in longest:
        if {f.name for f in functions(parse(code, language))}.intersection(names):
            return code
    return longest[0]


def _is_body(code: str, head: Head, language: str) -> bool:
    """Whether code only makes sense inside the function that the head begins."""
    root = parse(code, language)
    found = functions(root)
    if head.name in {function.name for function in found}:
        return False
    if any(child.type == "return_statement" for child in root.children) or open_braces(root) < 0:
        return True
    return not found and not any(child.type.startswith("class_") for child in root.children)


def _closed(code: str, language: str) -> str:
    return code + "\n" + "}" * max(0, open_braces(parse(code, language)))


def _before(head: Head, code: str, language: str) -> str:
    """What the head defines above its function and the answer leaves out."""
    defined = top_names(parse(code, language))
    root = parse(head.before, language)
    kept = [
        text(node)
        for node in root.children
        if node.type not in _COMMENTS and not names_of(node) & defined
    ]
    return "\n".join(kept) + "\n" if kept else ""


def _with_helpers(code: str, found: list[str], language: str) -> str:
    """`code` after those other pieces that define what it uses and lacks."""
    defined = top_names(parse(code, language))
    used = set(_WORD.findall(code)) - defined
    helpers = []
    for other in found:
        names = top_names(parse(other, language)) if other != code else set()
        if names & used and not names & defined and is_clean(other, language):
            helpers.append(other)
    return "\n".join([*helpers, code])


def subject_of(answer: Answer, code: str, language: str, wanted: Sequence[str]) -> Signature | None:
    """The function under test in assembled code; None when it defines none."""
    head = head_of(answer, language)
    found = choose(functions(parse(code, language)), [*wanted, *([head.name] if head else ())])
    return found.signature if found is not None else None


def names_wanted(answer: Answer, language: str) -> frozenset[str]:
    """The functions that the request names or begins; an answer without them falls short."""
    head = head_of(answer, language)
    return frozenset((*wanted_functions(answer.query), *([head.name] if head else ())))
