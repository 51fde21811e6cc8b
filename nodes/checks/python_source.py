"""Python as answers hold it: whole files, bodies, transcripts, notebook cells."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from nodes.checks.grammars import grammar_error

_PROMPT = re.compile(r"\s*>>> ")
_SHELL = re.compile(
    r"^\s*(?:[!%?]|\$ |(?:pip3?|python3?|conda|npm|apt(?:-get)?|brew|sudo|cd|mkdir|git|curl|source|"
    r"export|uvicorn|pytest|poetry|uv) [\w./~\"'-])"
)
_OLD_PRINT = "Missing parentheses in call to"
_LONGEST_CHARS = 200_000


def parse_python(code: str, *, may_be_body: bool = False) -> ast.Module | None:
    """The tree of the first reading of the code that Python accepts, or None."""
    trees = map(_parsed, readings(code, may_be_body=may_be_body))
    return next((tree for tree in trees if isinstance(tree, ast.Module)), None)


def python_error(code: str, *, may_be_body: bool = False) -> str | None:
    """Where Python stumbles, such as `line 3: invalid syntax: x = = 1`; None when it does not.

    Syntax that only this interpreter refuses is no error: the answer may be for a newer one.
    """
    if len(code) > _LONGEST_CHARS:
        return None
    first: SyntaxError | None = None
    for reading in readings(code, may_be_body=may_be_body):
        error = _refusal(reading)
        if error is None:
            return None
        first = first or error
    if first is None:
        return None
    return f"line {first.lineno}: {first.msg}: {(first.text or '').strip()[:80]}"


def _refusal(code: str) -> SyntaxError | None:
    """Why no version of Python 3 accepts the code; None when one may."""
    error = _parsed(code)
    if not isinstance(error, SyntaxError):
        return None
    # The grammar knows newer syntax than the host, but no indentation, and Python 2's print.
    in_all_versions = isinstance(error, IndentationError) or error.msg.startswith(_OLD_PRINT)
    return error if in_all_versions or grammar_error(code, "python") is not None else None


def _parsed(code: str) -> ast.Module | SyntaxError | None:
    """None when the text is no possible source at all: NUL bytes, lone surrogates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except SyntaxError as error:
            return error
        except ValueError:
            return None


def readings(code: str, *, may_be_body: bool) -> Iterator[str]:
    """The code as it stands, then as the kinds of fragments that answers hold.

    `may_be_body` adds the body of a function whose head stands in the request.
    """
    yield code
    code = code.replace("\u00a0", " ")
    yield textwrap.dedent(code)
    if _PROMPT.match(code):
        yield without_prompts(code)
    lines = code.splitlines()
    kept = [line for line in lines if not _SHELL.match(line)]
    if kept != lines:
        yield textwrap.dedent("\n".join(kept))
    if not may_be_body:
        return
    # The first line of a body often lacks the indentation that the others have.
    yield "def _():\n    " + code.strip()
    yield "class _:\n def _():\n        " + code.strip()


def without_prompts(code: str) -> str:
    """The statements of a transcript, without prompts and output."""
    said = (line.strip() for line in code.splitlines())
    kept = (line[4:] for line in said if line.startswith((">>> ", "... ")))
    return "\n".join(kept)
