"""Cases for SQL: the tables of a request, made up where it shows no rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from nodes.checks.answer import shorten
from nodes.checks.cases import Case, Judge, Seen
from nodes.checks.tables.model import Grid, Schema, is_number
from nodes.checks.tables.promises import promised
from nodes.checks.tables.rows import Variant, filled, script
from nodes.checks.tables.schema import read_schema
from nodes.checks.tables.totals import computed

_DECLARED, _TOLD, _UNSURE = 0.85, 0.75, 0.6
_ROWS_SHOWN = 0.85
_ORDERED = re.compile(r"\b(?:order|sort)(?:ed)?\b|\bsortier|\bordenad|\btri[ée]|排序", re.I)
_ANY_ORDER = re.compile(r"\bany order\b|order (?:does|do)(?: not|n't) matter", re.I)
_WRITES = re.compile(
    r"\b(?:update|delete|insert|remove|modify|trigger|procedure|view|index|lösche|aktualisier\w*|"
    r"elimin\w+|actualiz\w+|supprim\w+)\b",
    re.I,
)


def sql_cases(query: str) -> list[Case]:
    """Cases that run an answer's SQL over tables as the request describes them.

    Args:
        query: The request, as text, in any natural language.

    Returns:
        Cases without call or arguments, the strongest first, each with the tables as `files`; the
        judges look at `Seen.value`, a list of rows, each a dict from column to value.
    """
    schema = read_schema(query)
    if not schema.tables:
        return []
    return list(_cases(schema))


def _cases(schema: Schema) -> Iterator[Case]:
    shown = [table for table in schema.tables if table.rows]
    if schema.wanted is not None and len(shown) == len(schema.tables):
        yield _case(
            "example", _ROWS_SHOWN, "the result shown", _shows(schema, schema.wanted), schema
        )
    plain, varied = _files(schema, "plain"), _files(schema, "varied")
    yield Case("smoke", _weight(schema), "it must run on the tables of the request", files=plain)
    if _WRITES.search(schema.rest):
        return
    tables = filled(schema, "plain")
    for weight, quote, judge in computed(schema, tables):
        yield Case("property", weight, quote, judge=_of_rows(judge), files=plain)
    for weight, quote, judge in promised(schema):
        for files in (plain, varied):
            yield Case("property", weight, quote, judge=_of_rows(judge), files=files)


def _case(origin: Any, weight: float, quote: str, judge: Judge, schema: Schema) -> Case:
    return Case(origin, weight, quote, judge=judge, files=_files(schema, "plain"))


def _files(schema: Schema, variant: Variant) -> dict[str, str]:
    return {"tables.sql": script(filled(schema, variant))}


def _weight(schema: Schema) -> float:
    if not schema.is_sure:
        return _UNSURE
    return _DECLARED if all(table.is_declared for table in schema.tables) else _TOLD


def _of_rows(judge: Judge) -> Judge:
    """Nothing is said of what is no list of rows."""
    return lambda seen: judge(seen) if isinstance(seen.value, list) else None


def _shows(schema: Schema, wanted: Grid) -> Judge:
    is_ordered = bool(_ORDERED.search(schema.rest)) and not _ANY_ORDER.search(schema.rest)

    def judge(seen: Seen) -> str | None:
        rows = [tuple(map(_comparable, row.values())) for row in seen.value]
        expected = [tuple(map(_comparable, row)) for row in wanted.rows]
        same = rows == expected if is_ordered else sorted(rows) == sorted(expected)
        if same:
            return None
        given, right = (shorten(repr(r), 200) for r in (_values(seen.value), list(wanted.rows)))
        return f"gives {given}, not {right}"

    return _of_rows(judge)


def _values(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in rows]


def _comparable(value: Any) -> tuple[str, float, str]:
    """Numbers by two decimals, texts without case at their ends."""
    if value is None:
        return ("null", 0.0, "")
    if is_number(value):
        return ("number", round(float(value), 2), "")
    try:
        return ("number", round(float(value), 2), "")
    except (TypeError, ValueError):
        return ("text", 0.0, str(value).strip())
