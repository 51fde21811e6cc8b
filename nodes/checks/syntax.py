"""Does the main block parse in the language that it claims?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from nodes.checks import weights
from nodes.checks.answer import Answer, Block, Finding
from nodes.checks.grammars import LANGUAGES, grammar_error
from nodes.checks.python_source import python_error
from nodes.checks.request import wanted_language

_LONGEST_CHARS = 30_000
_ELISION = re.compile(r"^[ \t]*(?:\.\.\.|…)[ \t]*$", re.M)
_TRANSCRIPT = re.compile(r"^[ \t]*(?:\$ |\w+@[\w-]+[:~])", re.M)
_HEAD = re.compile(r"\b(?:def|class) \w+", re.M)
_JSON_STRING = r'"(?:\\.|[^"\\\n])*+"?'
_JSON_COMMENT = re.compile(rf"({_JSON_STRING})|//[^\n]*|/\*[^*]{{0,500}}\*/")
_JSON_LAST_COMMA = re.compile(rf"({_JSON_STRING})|,(?=\s*[}}\]])")
_JSON_ELISION = re.compile(rf"{_JSON_STRING}|(\.\.\.|\u2026|<[A-Za-z][\w -]{{0,40}}>)")
_WRAPPED = {
    "java": ("class A {{\n{}\n}}", "class A {{ void f() {{\n{}\n;}} }}"),
    "c#": ("class A {{\n{}\n}}", "class A {{ void f() {{\n{}\n;}} }}"),
    "cpp": ("void f() {{\n{}\n;}}",),
    "c": ("void f() {{\n{}\n;}}",),
    "css": ("_ {{\n{}\n}}",),
    "go": ("package p\n{}", "package p\nfunc f() {{\n{}\n}}"),
    "rust": ("fn f() {{\n{}\n}}",),
    "javascript": ("({}\n)", "class A {{\n{}\n}}"),
    "typescript": ("({}\n)", "class A {{\n{}\n}}"),
    "php": ("<?php\n{}",),
}
_SYNTAX_WEIGHT = {
    "python": weights.PYTHON_SYNTAX,
    "json": weights.JSON_SYNTAX,
    "bash": weights.SHELL_SYNTAX,
}


def syntax_error(answer: Answer) -> list[Finding]:
    """The main block, and it alone: fragments, output and other languages are passed over."""
    block = answer.main
    if block is None or not block.closed:
        return []
    error = error_in(answer, block)
    if error is None:
        return []
    language = block.language or wanted_language(answer)
    weight = _SYNTAX_WEIGHT.get(language, weights.GRAMMAR_SYNTAX)
    weight = weight if block.language else weights.UNLABELLED_SYNTAX
    return [Finding("syntax_error", f"{language}, {error}", weight)]


def error_in(answer: Answer, block: Block) -> str | None:
    """Why no reading of the block parses; None when one does, or when nothing can tell."""
    language = block.language or wanted_language(answer)
    if len(block.code) > _LONGEST_CHARS:
        return None
    if language == "python":
        return _python_error(answer, block.code)
    if language == "json":
        return _json_error(block.code)
    return _grammar_error(answer, block.code, language)


def _all_fail(errors: Iterator[str | None]) -> str | None:
    """The first error, unless any reading has none."""
    first: str | None = None
    for error in errors:
        if error is None:
            return None
        first = first or error
    return first


def _python_error(answer: Answer, code: str) -> str | None:
    may_be_body = _HEAD.search(answer.query) is not None
    continued = [f"{block.code.rstrip()}\n{code}" for block in answer.query_blocks[-1:]]
    return _all_fail(python_error(text, may_be_body=may_be_body) for text in (code, *continued))


def _grammar_error(answer: Answer, code: str, language: str) -> str | None:
    if language not in LANGUAGES or (language == "bash" and _TRANSCRIPT.search(code)):
        return None
    code = _ELISION.sub("", code)
    return _all_fail(grammar_error(v, name) for v, name in _variants(answer, code, language))


def _variants(answer: Answer, code: str, language: str) -> Iterator[tuple[str, str]]:
    """The code alone, in the frames a fragment needs, and as the request's continuation."""
    yield code, language
    if language == "typescript":
        yield code, "tsx"
    if language == "javascript":
        yield code, "tsx"
    yield from ((frame.format(code), language) for frame in _WRAPPED.get(language, ()))
    for block in answer.query_blocks[-1:]:
        yield f"{block.code.rstrip()}\n{code}", language
        yield f"{block.code.rstrip()}\n{code}\n}}", language


def _json_error(code: str) -> str | None:
    relaxed = _JSON_LAST_COMMA.sub(_string_alone, _JSON_COMMENT.sub(_string_alone, code))
    if any(found[1] for found in _JSON_ELISION.finditer(relaxed)):
        return None
    texts = (code, relaxed, "[" + ",".join(code.strip().splitlines()) + "]")
    return _all_fail(_json_failure(text) for text in texts)


def _string_alone(found: re.Match[str]) -> str:
    """Keeps a string, drops a comment or a comma that configuration files allow."""
    return found[1] or ""


def _json_failure(text: str) -> str | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"line {error.lineno}: {error.msg}"
    return None


CHECKS = (syntax_error,)
