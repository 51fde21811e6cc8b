"""A request as sentences, without its code, its examples and its numbering."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from nodes.checks.answer import blocks_in, outside_fences

_DOCSTRING = re.compile(
    r"\"\"\"(.*?)(?:\"\"\"|\Z)|'''(.*?)(?:'''|\Z)|/\*\*?((?:(?!/\*|\*/).)*+)\*/", re.S
)
_COMMENT = re.compile(r"^[ \t]*(?://+|#(?!!|include|define))[ \t]?(.*)$", re.M)
_EXAMPLE = re.compile(
    r"\b(?:for )?examples?\b|\be\.g\b|>>>|\bassert\b|\binput:|\bpor ejemplo\b|\bejemplos?\b|"
    r"\bzum beispiel\b|\bbeispiele?\b|\bpar exemple\b|\bexemplos?\b|\besempi[oi]?\b|"
    r"\bнапример\b|\bпример|\bz\.b\.|例如|比如|示例|例[::]|例えば|\b(?:sample|test) cases?\b|"
    r"\b(?:must|should) (?:pass|satisfy)\b|\bhere is an? (?:example|test)",
    re.I,
)
_DIRECTIVE = re.compile(
    r"^\s*(?:[@:]\s*(?:param|type|return|rtype)|args?:|returns?:|raises?:)", re.I
)
_END = re.compile(r"(?<=[.!?;])\s+|[。!?;]\s*|\n\s*\n|\n\s*(?=[-*•]|\d+[.)])|\n")
_JOINED = re.compile(r"[ \t]*\n[ \t]*(?=[a-z(])")

_LONGEST_CHARS = 400
_MOST = 60


def normalised(text: str) -> str:
    """Lower case, without accents, with plain apostrophes and single spaces."""
    text = text.replace("\u2019", "'").lower().replace("\u00df", "ss")
    parts = unicodedata.normalize("NFD", text)
    bare = "".join(c for c in parts if not _is_accent(c))
    return re.sub(r"[ \t]+", " ", unicodedata.normalize("NFC", bare)).strip()


def _is_accent(char: str) -> bool:
    return "\u0300" <= char <= "\u036f"


@lru_cache(maxsize=64)
def sentences(query: str) -> tuple[str, ...]:
    """The sentences that say what is wanted, in their own case, up to the first example.

    What is longer than any sentence is left out.
    """
    texts = [outside_fences(query), *_docs(query)]
    found = (sentence for text in texts for sentence in _sentences(text))
    return tuple(islice((one for one in found if len(one) <= _LONGEST_CHARS), _MOST))


def _docs(query: str) -> Iterator[str]:
    for block in blocks_in(query.replace("\r\n", "\n")):
        documented = ["".join(groups) for groups in _DOCSTRING.findall(block.code)]
        yield from documented or ["\n".join(_COMMENT.findall(block.code))]


def _sentences(text: str) -> Iterator[str]:
    text = _prose_of_bare_code(text)
    example = _EXAMPLE.search(text)
    text = text[: example.start()] if example else text
    for part in _END.split(_JOINED.sub(" ", text)):
        sentence = part.strip(" \t\n-*•#>.:")
        if sentence and not _DIRECTIVE.match(sentence):
            yield sentence


def _prose_of_bare_code(text: str) -> str:
    """A request that is a bare `def` with a docstring says what it wants in the docstring."""
    found = _DOCSTRING.search(text)
    if found is None or not re.search(r"^\s*(?:def|function|public|fn|func)\b", text, re.M):
        return text
    return "".join(group or "" for group in found.groups())
