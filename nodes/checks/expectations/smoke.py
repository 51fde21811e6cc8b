"""Ordinary calls, from names and annotations: whatever the result, the code must not trip."""

from __future__ import annotations

from collections.abc import Sequence

from nodes.checks.cases import Case, Judge, Seen, Signature
from nodes.checks.expectations.inputs import calls
from nodes.checks.expectations.kinds import Kind, by_type, kinds, shown_arguments
from nodes.checks.expectations.requested import requested_signature

_UNDEFINED = frozenset({"NameError", "UnboundLocalError", "ReferenceError"})
_TRIPS = frozenset({"TypeError", "AttributeError", "RecursionError", "RangeError"})
_TRIPS_ON_NUMBERS = _TRIPS | {"IndexError", "KeyError"}
_UNDEFINED_WEIGHT = 0.7
_TYPED_WEIGHT = 0.5
_NAMED_WEIGHT = 0.3
_SCALARS = frozenset({"int", "number", "str"})


def smoke_cases(query: str, language: str, subject: Signature) -> list[Case]:
    """A few ordinary calls, where every parameter's kind is known.

    An error that code raises on purpose, such as ValueError, is never held against it.
    """
    found = kinds(subject, query)
    if language == "bash" and not _SCALARS.issuperset(found):
        return []
    given = calls(query, subject, found)
    if not given:
        return []
    quote = f"an ordinary call of {subject.name}"
    undefined = Case("smoke", _UNDEFINED_WEIGHT, quote, arguments=given[0], judge=_undefined)
    if "list" in found:
        return [undefined]
    weight, trips = _weight(query, subject, found), _judge(found)
    tried = (Case("smoke", weight, quote, arguments=one, judge=trips) for one in given)
    return [undefined, *tried]


def _weight(query: str, subject: Signature, found: Sequence[Kind]) -> float:
    """What is annotated is sure; what only a name suggests is not."""
    shown = requested_signature(query)
    asked = shown.parameters if shown is not None else ()
    typed = all(by_type(p.type) for p in subject.parameters)
    promised = bool(asked) and len(asked) == len(found) and all(by_type(p.type) for p in asked)
    sure = typed or promised or shown_arguments(query, subject.name)
    return _TYPED_WEIGHT if sure else _NAMED_WEIGHT


def _judge(found: Sequence[Kind]) -> Judge:
    plain = len(found) == 1 and found[0] in ("int", "number", "ints")
    trips = _TRIPS_ON_NUMBERS if plain else _TRIPS

    def judge(seen: Seen) -> str | None:
        if seen.outcome == "timed_out":
            return "did not end"
        if seen.outcome == "raised" and seen.error in trips:
            return f"raised {seen.error}"
        return None

    return judge


def _undefined(seen: Seen) -> str | None:
    if seen.outcome == "raised" and seen.error in _UNDEFINED:
        return f"raised {seen.error}"
    return None
