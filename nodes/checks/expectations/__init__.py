"""What a request promises without an example: properties, stated errors, common knowledge."""

from __future__ import annotations

from nodes.checks.cases import Case, Signature
from nodes.checks.expectations.known import known_cases
from nodes.checks.expectations.properties import property_cases
from nodes.checks.expectations.requested import requested_signature, wrong_arity
from nodes.checks.expectations.smoke import smoke_cases
from nodes.checks.expectations.stated import stated_cases
from nodes.checks.expectations.values_listed import listed_cases

__all__ = ["find_expectations", "requested_signature", "wrong_arity"]

_LONGEST_QUERY_CHARS = 8_000


def find_expectations(query: str, language: str, subject: Signature) -> list[Case]:
    """Cases that a request implies and does not write down, the strongest kinds first.

    Args:
        query: The request, as text, in any natural language.
        language: Canonical name of the language of the answer's code.
        subject: The function under test, as the answer declares it.

    Returns:
        Cases to call `subject` with. A case that has a judge is decided by it whatever the
        outcome was: an error or a call that does not end may be all right, or the very fault.
    """
    if len(query) > _LONGEST_QUERY_CHARS or _is_another(query, subject):
        return []
    return [
        *known_cases(query, language, subject),
        *stated_cases(query, language, subject),
        *listed_cases(query, language, subject),
        *property_cases(query, language, subject),
        *smoke_cases(query, language, subject),
    ]


def _is_another(query: str, subject: Signature) -> bool:
    """Whether the request names a function, and the code under test has another name."""
    wanted = requested_signature(query)
    named = wanted.name if wanted is not None else ""
    return bool(named) and _folded(named) != _folded(subject.name)


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
