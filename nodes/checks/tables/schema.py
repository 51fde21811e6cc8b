"""The tables that a request describes, in whatever notation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from nodes.checks.tables.create import Found, called, declared, inserted
from nodes.checks.tables.grid import described, grids, is_result
from nodes.checks.tables.model import Column, Grid, Schema, Table, Value, is_readable
from nodes.checks.tables.sentences import SPEAKS, lines, told

_LONGEST_CHARS = 8_000
_MAKES = re.compile(
    r"\b(?:create|design|define|erstelle|crea|créer?|crie|criar|écri\w+|build|make|generate)\b"
    r"(?:\W+\w+){0,4}?\W+(?:table|schema|database|tabelle|tabla|tabela|tabella)\b",
    re.I,
)


@lru_cache(maxsize=64)
def read_schema(query: str) -> Schema:
    """The tables of a request; none where it asks for a table to be made, or is too long."""
    query = query.replace("\r\n", "\n")
    if not is_readable(query, _LONGEST_CHARS):
        return Schema((), query)
    found, wanted = list(declared(query)), None
    for grid, start, end in grids(query):
        if is_result(grid):
            wanted = grid if wanted is None else wanted
            found.append(Found(Table("", ()), start, end))
        elif (one := described(grid, start, end)) is not None:
            found.append(one)
    if not found and _MAKES.search(query):
        return Schema((), query)
    if not any(one.table.name for one in found):
        found += _apart(_in_words(query), found)
    return _schema(query, found, wanted)


def _in_words(query: str) -> Iterator[Found]:
    yield from called(query, speaks_of_tables=bool(SPEAKS.search(query)))
    yield from told(query)
    yield from lines(query)


def _apart(found: Iterator[Found], before: list[Found]) -> list[Found]:
    """Those that do not overlap with, or repeat, an earlier one."""
    kept: list[Found] = []
    for one in found:
        others = [*before, *kept]
        overlaps = any(one.start < other.end and other.start < one.end for other in others)
        if not overlaps and all(one.table.name.lower() != o.table.name.lower() for o in kept):
            kept.append(one)
    return kept


def _schema(query: str, found: list[Found], wanted: Grid | None) -> Schema:
    tables: dict[str, Table] = {}
    for one in found:
        key = one.table.name.lower()
        if key:
            tables[key] = _merged(tables.get(key), one.table)
    cut = [(one.start, one.end) for one in found]
    for name, head, rows, start, end in inserted(query):
        cut.append((start, end))
        if name.lower() in tables:
            tables[name.lower()] = _with_rows(tables[name.lower()], head, rows)
    return Schema(tuple(tables.values()), _without(query, cut), wanted)


def _merged(known: Table | None, table: Table) -> Table:
    """A description, and rows that the request shows for it."""
    if known is None:
        return table
    names = [column.name.lower() for column in known.columns]
    if table.rows and [column.name.lower() for column in table.columns] == names:
        return replace(known, rows=table.rows)
    return known


def _with_rows(table: Table, head: tuple[str, ...], rows: list[tuple[Value, ...]]) -> Table:
    names = head or tuple(column.name for column in table.columns)
    places = {name.lower(): at for at, name in enumerate(names)}
    made: list[tuple[Value, ...]] = []
    for row in rows:
        if len(row) != len(names):
            return table
        given = {name: row[at] for name, at in places.items()}
        made.append(
            tuple(_value(given, column, len(table.rows + tuple(made))) for column in table.columns)
        )
    return replace(table, rows=(*table.rows, *made))


def _value(given: dict[str, Value], column: Column, before: int) -> Value:
    """The value that an INSERT gives; a key that it leaves out is counted."""
    if column.name.lower() in given:
        return given[column.name.lower()]
    return before + 1 if column.is_key else None


def _without(query: str, cut: list[tuple[int, int]]) -> str:
    text = query
    for start, end in sorted(cut, reverse=True):
        text = f"{text[:start]}\n{text[end:]}"
    return re.sub(r"`{3,}\w*", " ", text)
