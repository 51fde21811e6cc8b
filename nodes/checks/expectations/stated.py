"""Edge cases and errors that a request describes in words: "returns None for an empty list"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodes.checks.cases import Case, Parameter, Signature
from nodes.checks.expectations import stated_words as words
from nodes.checks.expectations.compare import result_is
from nodes.checks.expectations.inputs import empty, ordinary
from nodes.checks.expectations.kinds import Kind, kinds
from nodes.checks.expectations.prose import normalised, sentences

_RAISES_WEIGHT = 0.75
_RESULT_WEIGHT = 0.75
_MAY_RAISE = frozenset({"python", "javascript", "typescript"})
_SEQUENCES = frozenset({"str", "ints", "strs", "list", "matrix", "dict"})
_NUMBERS = frozenset({"int", "number"})
_NOUNS: tuple[tuple[str, frozenset[Kind]], ...] = (
    (r"\b(?:string|text|word|sentence|cadena|zeichenkette|chaine|stringa|строк\w+)\b|字符串|文字列",
        frozenset({"str", ""})),
    (r"\b(?:list|array|sequence|lista|liste|nums|arr|lst|список)\b|列表|数组|リスト|配列",
        frozenset({"ints",
        "strs", "list", "matrix", ""})),
    (r"\b(?:dict|dictionary|map)\b", frozenset({"dict", ""})),
)  # fmt: skip


@dataclass(frozen=True)
class _Place:
    """Which parameter a condition speaks of, and what to give it."""

    at: int
    values: tuple[Any, ...]


def stated_cases(query: str, language: str, subject: Signature) -> list[Case]:
    """One or two cases for each edge case that the request states beyond doubt."""
    if not subject.parameters or any(p.is_variadic for p in subject.parameters):
        return []
    if language == "bash":
        return []
    found = kinds(subject, query)
    cases: dict[str, Case] = {}
    for sentence in sentences(query):
        for case in _of_sentence(sentence, language, subject, found):
            key = f"{case.raises or 'value'} {case.arguments!r}"
            if key in cases and cases[key].quote != case.quote:
                cases.pop(key)  # two readings of one input: neither is sure
            else:
                cases[key] = case
    return list(cases.values())


def _of_sentence(
    sentence: str, language: str, subject: Signature, found: tuple[Kind, ...]
) -> Iterator[Case]:
    text = normalised(sentence)
    raised = [m for p in (words.RAISES_AFTER, words.RAISES_BEFORE) for m in p.finditer(text)]
    for match in raised if language in _MAY_RAISE else ():
        for arguments in _inputs(match["condition"], subject, found):
            raises = _class(match["error"], sentence, language)
            yield Case("stated", _RAISES_WEIGHT, match[0], arguments=arguments, raises=raises)
    if raised:
        return
    for match in (m for p in words.RESULTS for m in p.finditer(text)):
        for arguments in _inputs(match["condition"], subject, found):
            judge = result_is(_literal(match["value"]), needs_value=True)
            yield Case("stated", _RESULT_WEIGHT, match[0].strip(), arguments=arguments, judge=judge)


def _class(name: str, sentence: str, language: str) -> str:
    """The error's class in the request's own case; `Exception` where it names none."""
    for one in words.ERROR_NAME.findall(sentence):
        if one.lower() == name and (language == "python" or one in ("TypeError", "RangeError")):
            return str(one)
    return "Exception"


def _literal(text: str) -> Any:
    text = text.strip("`'\" ")
    if re.search(r"list|array|arreglo|\[\]|список|列表|数组|tuple", text):
        return []
    if re.search(r"string|cadena|zeichenkette|chaine|строк|字符串|''|^$", text):
        return ""
    if re.search(r"dict|object|\{\}", text):
        return {}
    words = {"none": None, "null": None, "nil": None, "nul": None, "true": True, "false": False,
             "verdadero": True, "falso": False, "zero": 0, "cero": 0}  # fmt: skip
    if text in words:
        return words[text]
    return float(text) if "." in text else int(text)


def _inputs(
    condition: str, subject: Signature, found: tuple[Kind, ...]
) -> Iterator[tuple[Any, ...]]:
    """Arguments for which a condition holds; none unless it is understood word by word."""
    place = _place(condition.strip(), subject, found)
    if place is None:
        return
    for value in place.values:
        others = [_other(p, kind) for p, kind in zip(subject.parameters, found, strict=True)]
        needed = [not p.has_default for p in subject.parameters]
        if any(
            other is None and need and at != place.at
            for at, (other, need) in enumerate(zip(others, needed, strict=True))
        ):
            return
        others[place.at] = value
        last = max([place.at, *(at for at, need in enumerate(needed) if need)])
        yield tuple(others[: last + 1])


def _other(parameter: Parameter, kind: Kind) -> Any:
    if not kind and re.fullmatch(r"[abxy]|dividend|numerator|denominator|divisor", parameter.name):
        return 6
    return ordinary(parameter, kind, 0) if kind else None


def _place(condition: str, subject: Signature, found: tuple[Kind, ...]) -> _Place | None:
    for pattern, place in (
        (words.NOT_FOUND, _absent), (words.LESS, _below), (words.NEGATIVE, _negative), (words.EMPTY,
        _emptied),
        (words.NONE, _none), (words.ZERO, _zero),
    ):  # fmt: skip
        match = pattern.search(condition)
        if match is None:
            continue
        names = [at for at, p in enumerate(subject.parameters) if _mentions(condition, p.name)]
        if not _is_plain(condition, match, subject):
            return None
        return place(condition, match, subject, found, names)
    return None


def _mentions(condition: str, name: str) -> bool:
    return (
        bool(name) and re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", condition) is not None
    )


def _is_plain(condition: str, match: re.Match[str], subject: Signature) -> bool:
    """Whether nothing else is said than what the match says of one thing."""
    rest = condition.replace(match[0], " ", 1)
    for parameter in subject.parameters:
        rest = re.sub(rf"(?<!\w)`?{re.escape(parameter.name.lower())}`?(?!\w)", " ", rest)
    return not re.search(r"[^\s`'\"()]", words.SAID.sub(" ", rest))


def _only(
    allowed: frozenset[Any], names: list[int], found: tuple[Kind, ...], many: str
) -> int | None:
    """The parameter meant: the one that is named, else the only one of the allowed kinds."""
    fit = [at for at, kind in enumerate(found) if kind in allowed]
    named = [at for at in names if at in fit]
    if len(named) == 1:
        return named[0]
    return fit[0] if not names and len(fit) == 1 and not many else None


def _both(condition: str) -> str:
    return (
        "more"
        if re.search(r"\b(?:both|lists|arrays|strings|all|neither)\b", condition)
        and " an " not in condition
        else ""
    )


def _negative(
    condition: str, _: re.Match[str], subject: Signature, found: tuple[Kind, ...], names: list[int]
) -> _Place | None:
    at = _only(_NUMBERS | {""}, names, found, "")
    single = len(subject.parameters) == 1 and not re.search(
        r"\b(?:list|array|lista|liste)\b", condition
    )
    return _Place(at, (-1, -5)) if at is not None and (found[at] or single or names) else None


def _below(
    _: str, match: re.Match[str], subject: Signature, found: tuple[Kind, ...], names: list[int]
) -> _Place | None:
    at = _only(_NUMBERS, names, found, "")
    limit = int(match[1])
    return _Place(at, (limit - 1,)) if at is not None else None


def _zero(
    _: str, match: re.Match[str], subject: Signature, found: tuple[Kind, ...], names: list[int]
) -> _Place | None:
    at = _only(_NUMBERS | {""}, names, found, "")
    sure = at is not None and (found[at] or names)
    return _Place(at, (0,)) if at is not None and sure else None


def _none(
    _: str, match: re.Match[str], subject: Signature, found: tuple[Kind, ...], names: list[int]
) -> _Place | None:
    at = names[0] if len(names) == 1 else 0 if len(subject.parameters) == 1 and not names else None
    return _Place(at, (None,)) if at is not None else None


def _emptied(
    condition: str, _: re.Match[str], subject: Signature, found: tuple[Kind, ...], names: list[int]
) -> _Place | None:
    wanted = next((kinds_ for noun, kinds_ in _NOUNS if re.search(noun, condition)), _SEQUENCES)
    at = _only(frozenset(wanted - {""}), names, found, _both(condition))
    if at is not None:
        return _Place(at, (empty(found[at]),))
    if len(found) == 1 and found[0] == "" and wanted is not _SEQUENCES:
        return _Place(0, ("" if "str" in wanted else {} if "dict" in wanted else [],))
    return None


def _absent(
    _: str, match: re.Match[str], subject: Signature, found: tuple[Kind, ...], names: list[int]
) -> _Place | None:
    """The second of (list of numbers, number) or (text, text), looked for and not there."""
    if len(found) != 2 or found[0] not in ("ints", "list", "str"):
        return None
    if found[0] == "str":
        return _Place(1, ("zzz",)) if found[1] == "str" else None
    target = re.fullmatch(
        r"target|x|key|val(?:ue)?|item|element|needle|search\w*", subject.parameters[1].name
    )
    return _Place(1, (99,)) if target and found[1] in ("int", "") else None
