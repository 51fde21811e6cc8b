"""What the words of a request promise of any result: sorted, unique, of a type, input untouched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from nodes.checks.cases import MISSING, Case, Judge, Seen, Signature
from nodes.checks.expectations.complaints import Complaint
from nodes.checks.expectations.inputs import calls
from nodes.checks.expectations.kinds import Kind, by_type, kinds
from nodes.checks.expectations.promises import (
    A_BOOLEAN,
    A_LIST,
    A_MAPPING,
    A_NUMBER,
    A_TEXT,
    AN_INTEGER,
    IGNORES_CASE,
    PROMISES,
    TESTS,
    UNTOUCHED,
    Promise,
)
from nodes.checks.expectations.prose import normalised, sentences
from nodes.checks.expectations.requested import requested_signature

_BY_KIND: dict[Kind, Complaint] = {
    "ints": A_LIST, "strs": A_LIST, "list": A_LIST, "matrix": A_LIST, "str": A_TEXT,
    "bool": A_BOOLEAN, "dict": A_MAPPING, "int": AN_INTEGER, "number": A_NUMBER,
}  # fmt: skip
_HINT_WEIGHT = 0.5
_MUTATION_WEIGHT = 0.4
"""Tests look at results: an input that was changed mostly goes unseen."""


def property_cases(query: str, language: str, subject: Signature) -> list[Case]:
    """Ordinary calls judged by what the words promise; none where a kind is not known.

    A call that fails is no concern of these cases: its input was only a guess.
    """
    if language == "bash":
        return []
    found = kinds(subject, query)
    given = calls(query, subject, found)
    promised = [*_of_words(query), *_of_hint(query)] if given else []
    return [
        Case("property", promise.weight, quote, arguments=arguments, judge=judge)
        for promise, quote, judge in promised
        for arguments in given
    ] + [
        *_untouched_cases(query, given),
        *(_alike_cases(query, language, subject) if found == ("str",) else []),
    ]


def _of_words(query: str) -> Iterator[tuple[Promise, str, Judge]]:
    seen: set[str] = set()
    for sentence in sentences(query):
        text = normalised(sentence)
        for promise in PROMISES:
            match = promise.words.search(text)
            if match is None or promise.name in seen:
                continue
            if promise.unless and promise.unless.search(text):
                continue
            seen.add(promise.name)
            yield promise, match[0], _judge(promise.complaint)


def _judge(complaint: Complaint) -> Judge:
    def judge(seen: Seen) -> str | None:
        if seen.outcome in ("raised", "timed_out", "not_run"):
            return None
        if seen.value is MISSING or seen.value is None:
            return None
        return complaint(seen.value, seen.arguments_after or ())

    return judge


def _untouched(arguments: tuple[Any, ...]) -> Judge:
    def judge(seen: Seen) -> str | None:
        after = seen.arguments_after
        if seen.outcome == "not_run" or after is None or after == arguments:
            return None
        return f"changed its input to {after!r}"

    return judge


def _untouched_cases(query: str, given: Sequence[tuple[Any, ...]]) -> list[Case]:
    text = " ".join(normalised(sentence) for sentence in sentences(query))
    match = UNTOUCHED.search(text)
    if match is None:
        return []
    return [
        Case(
            "property",
            _MUTATION_WEIGHT,
            match[0],
            arguments=arguments,
            judge=_untouched(deepcopy(arguments)),
        )
        for arguments in given
    ]


def _of_hint(query: str) -> Iterator[tuple[Promise, str, Judge]]:
    """The type that the request's own signature says, where that is not optional."""
    shown = requested_signature(query)
    kind = by_type(shown.returns) if shown and not _open(shown.returns) else ""
    complaint = _BY_KIND.get(kind)
    if shown and complaint:
        promise = Promise("hint", UNTOUCHED, complaint, _HINT_WEIGHT)
        yield promise, f"-> {shown.returns}", _judge(complaint)


def _open(returns: str) -> bool:
    return bool(re.search(r"optional|none|union|null|undefined|\||any", returns, re.I))


def _alike_cases(query: str, language: str, subject: Signature) -> list[Case]:
    """What ignores case says the same of a text in either case; only for yes, no and numbers."""
    text = " ".join(normalised(sentence) for sentence in sentences(query))
    match = IGNORES_CASE.search(text)
    if match is None or not TESTS.search(text) or language not in ("python", "javascript"):
        return []
    same = "==" if language == "python" else "==="
    return [
        Case(
            "property", 0.6, match[0],
            call=f'{subject.name}("{word.upper()}") {same} {subject.name}("{word.lower()}")',
            judge=_alike,
        )
        for word in ("level", "abcab", "Noon")
    ]  # fmt: skip


def _alike(seen: Seen) -> str | None:
    """Only a plain no speaks: what fails, or cannot be compared, says nothing."""
    return "differs between upper and lower case" if seen.value is False else None
