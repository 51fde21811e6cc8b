"""Fixed results that a request lists: "returns a list with two values: the number 5, 'x'"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nodes.checks.cases import MISSING, Case, Judge, Seen, Signature
from nodes.checks.expectations.compare import agrees
from nodes.checks.expectations.prose import sentences

_WEIGHT = 0.8
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_LISTED = re.compile(
    r"\breturns? (?:an? |the )?(?:list|array|tuple) (?:with|of|containing|that contains) "
    r"(?:exactly |the )?"
    r"(two|three|four|five|six|\d) (?:values|elements|items|things|entries)\b\s*[:,-]?\s*(.*)",
    re.I,
)
_KEYED = re.compile(
    r"\breturns? (?:an? |the )?(?:\w+ )?(?:dict(?:ionary)?|object|map(?:ping)?|hash)\s*"
    r"(?:that )?(?:mapp?(?:ing|s)?|with (?:the )?keys|containing (?:the )?keys|"
    r"with (?:the )?fields)\s*:?\s*(.*)",
    re.I,
)
_ITEM = r"[`'\"]?[A-Z_a-z][\w-]*[`'\"]?"
_SERIES = re.compile(
    rf"(?:the )?(?:[a-z]+ )?((?:{_ITEM},\s*)*{_ITEM},?\s+(?:and|"
    rf"&)\s+{_ITEM})(?=\s+to\b|\s*[.;]|\s*$)"
)
_PROPER = re.compile(r"[`'\"][^`'\"]+[`'\"]|[A-Z][\w-]*")
_PARTS = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")


def listed_cases(query: str, language: str, subject: Signature) -> list[Case]:
    """The call of a function without parameters, judged by what its result is said to hold."""
    if subject.parameters or language == "bash":
        return []
    return [case for sentence in sentences(query) for case in _of_sentence(sentence)]


def _of_sentence(sentence: str) -> list[Case]:
    listed, keyed = _LISTED.search(sentence), _KEYED.search(sentence)
    if listed:
        count = _COUNTS.get(listed[1].lower()) or int(listed[1])
        parts = _PARTS.split(listed[2].strip(" .")) if listed[2].strip() else []
        values = [_literal(part) for part in parts] if len(parts) == count else []
        return [_case(listed[0], _of_list(count, values))]
    series = _SERIES.match(keyed[1]) if keyed else None
    keys = re.split(r",\s*(?:and\s+|&\s+)?|\s+(?:and|&)\s+", series[1]) if series else []
    if not keyed or not keys or not all(_PROPER.fullmatch(key) for key in keys):
        return []
    return [_case(keyed[0], _of_keys([key.strip("`'\"") for key in keys]))]


def _case(quote: str, judge: Judge) -> Case:
    return Case("stated", _WEIGHT, quote, arguments=(), judge=judge)


def _literal(part: str) -> Any:
    """The value that one part of the list names; MISSING when it describes it in words."""
    found = re.fullmatch(
        r"(?:the )?(?:number|integer|string|word|value|boolean|float)?\s*(?:(-?\d+)|"
        r"['\"`](.*?)['\"`]|(true|false))",
        part.strip(),
        re.I,
    )
    if found is None:
        return MISSING
    if found[1]:
        return int(found[1])
    return found[2] if found[2] is not None else found[3].lower() == "true"


def _of_list(count: int, values: Sequence[Any]) -> Judge:
    def judge(seen: Seen) -> str | None:
        if seen.outcome in ("raised", "timed_out"):
            return f"did not return a list: {seen.error or 'no end'}"
        if seen.outcome == "not_run" or seen.value is MISSING:
            return None
        value = seen.value
        if isinstance(value, Mapping):
            value = list(value.values())
        if not isinstance(value, list | tuple):
            return f"gave {seen.shown}, no list"
        if len(value) != count:
            return f"gave {len(value)} values, not {count}"
        known = [
            (one, want) for one, want in zip(value, values, strict=False) if want is not MISSING
        ]
        wrong = next((want for one, want in known if not agrees(one, want)), MISSING)
        return None if wrong is MISSING else f"gave {seen.shown}, without {wrong!r} in its place"

    return judge


def _of_keys(keys: Sequence[str]) -> Judge:
    def judge(seen: Seen) -> str | None:
        if seen.outcome in ("raised", "timed_out"):
            return f"did not return a mapping: {seen.error or 'no end'}"
        if seen.outcome == "not_run" or not isinstance(seen.value, Mapping):
            return None
        present = {str(key) for key in seen.value}
        missing = [key for key in keys if key not in present]
        return f"has no key {missing[0]!r}" if missing else None

    return judge
