"""Commands that a request writes out with their output: `slugify "A B"` prints a-b."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from nodes.checks.cases import Case
from nodes.checks.examples.calls import Asked
from nodes.checks.examples.ends import goes_on
from nodes.checks.examples.literals import literal_at

_WEIGHT = 0.8
_MOST_WORDS = 20
_WORD = r"(?:\"[^\"\n$`]*\"|'[^'\n]*'|[\w.,:/@%+-]+)"
_TIE = (
    r"[`)\s]*(?:={1,2}>|-{1,2}>|→|➞|==?|#|(?:should |must |will )?(?:prints?|outputs?|"
    r"echoe?s?|returns?|gives?|"
    r"yields?|imprime|affiche|stampa|выводит|输出|出力)\b)[:\s]*`?"
)
_TEXT = re.compile(r"[^\n`]{1,80}")
_PLACEHOLDER = re.compile(r"[A-Z_]{2,}:?|.*:")
_PRINTS = re.compile(r"print|output|echo|#|imprime|affiche|stampa|выводит|输出|出力")
_SENTENCE_END = re.compile(r"[.,;:)]*$")


def find_shell_calls(text: str, asked: Asked) -> Iterator[Case]:
    """Cases for commands that begin with a wanted name and are followed by their output."""
    for name in asked.names:
        pattern = rf"(?<![\w$.(-]){re.escape(name)}((?:[ \t]+{_WORD}){{1,{_MOST_WORDS}}}?){_TIE}"
        for found in re.finditer(pattern, text):
            case = _case(text, found, name)
            if case is not None:
                yield case


def _case(text: str, found: re.Match[str], name: str) -> Case | None:
    literal = literal_at(text, found.end())
    bare = _TEXT.match(text, found.end())
    if literal is not None and goes_on(text, literal.end):
        return None
    if literal is not None:
        shown = literal.value if isinstance(literal.value, str) else literal.source
    elif bare is not None and text[found.end() - 1] == "`":
        shown = _SENTENCE_END.sub("", bare[0])
    else:
        return None
    try:
        words = tuple(shlex.split(found[1]))
    except ValueError:
        return None
    if _is_status(shown, found[0]) or any(_PLACEHOLDER.fullmatch(word) for word in words):
        return None
    quote = f"{name}{found[1]} gives {shown}"
    return Case(
        "example", _WEIGHT, quote, call=f"$({name}{found[1]})", arguments=words,
        expected=shlex.quote(shown), value=shown,
    )  # fmt: skip


def _is_status(shown: str, said: str) -> bool:
    """`f x` returns 0: what a shell function returns is its exit status."""
    return shown in ("0", "1") and _PRINTS.search(said) is None
