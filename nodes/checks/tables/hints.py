"""What a request names that made-up rows should hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nodes.checks.tables.model import Schema

_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?!\d)")
_NUMBER = re.compile(r"(?<![\w.,'-])\d{1,7}(?:\.\d+)?(?![\w%]|[.,]\d)")
_COMPARED = re.compile(
    r"([^\W\d]\w*)[`\"']?(?: (?!and\b|or\b)[a-z]+){0,4} ?[<>=]{0,2} ?(\d{1,7})(?![\w.,%])"
)
_NULLABLE = re.compile(
    r"([^\W\d]\w*)[`\"']?(?: column)?,? (?:can|may|might|could|is|are|kann|puede|"
    r"peut)\b[^.\n]{0,20}?"
    r"\b(?:null|empty|missing|optional|leer)\b",
    re.I,
)
_GROUPED = re.compile(
    r"\b(?:per|each|every|by|pro|je|jede[nrs]?|cada|por|par|chaque|ogni)\s+[`\"']?"
    r"([^\W\d]\w*)",
    re.I,
)
_MEASURED = re.compile(
    r"\b(?:total|sum of(?: the)?|average|mean|highest|lowest|maximum|minimum|summe der|suma de|"
    r"somme de|média de)\s+[`\"']?([^\W\d]\w*)",
    re.I,
)
_QUOTED = re.compile(r"(?<!\w)'([^'\n]{1,40})'|\"([^\"\n]{1,40})\"|`([^`\n]{1,40})`")


@dataclass(frozen=True, slots=True)
class Hints:
    """What the request names: values of text columns, numbers and years."""

    texts: tuple[str, ...]
    numbers: tuple[float, ...]
    years: tuple[int, ...]
    compared: tuple[tuple[str, str], ...]
    """Columns, in lower case, and the numbers that stand close behind them."""
    nullable: frozenset[str]
    """Columns that, as the request says, may be empty."""
    measured: frozenset[str]
    """Columns, in lower case, that it wants summed, averaged or compared."""
    grouped: frozenset[str]
    """What the request wants a result for each of, in lower case."""


def hints_of(schema: Schema) -> Hints:
    """What the words around the tables name."""
    known = {t.name.lower() for t in schema.tables}
    known |= {c.name.lower() for t in schema.tables for c in t.columns}
    quoted = ("".join(groups) for groups in _QUOTED.findall(schema.rest))
    texts = dict.fromkeys(text for text in quoted if text.lower() not in known)
    years = tuple(dict.fromkeys(int(year) for year in _YEAR.findall(schema.rest)))
    numbers = (float(text) for text in _NUMBER.findall(schema.rest))
    return Hints(
        tuple(text for text in texts if re.fullmatch(r"[\w -]+", text) and not text.isdigit()),
        tuple(dict.fromkeys(number for number in numbers if int(number) not in years)),
        years or (2023, 2024),
        tuple((name.lower(), number) for name, number in _COMPARED.findall(schema.rest)),
        frozenset(name.lower() for name in _NULLABLE.findall(schema.rest)),
        frozenset(name.lower() for name in _MEASURED.findall(schema.rest)),
        frozenset(name.lower() for name in _GROUPED.findall(schema.rest)),
    )
