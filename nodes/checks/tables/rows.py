"""Made-up rows: the same for the same request, small, and unkind where the request allows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from nodes.checks.tables.hints import Hints, hints_of
from nodes.checks.tables.kinds import NUMBERS, Kind, kind_of
from nodes.checks.tables.model import (
    Column,
    Schema,
    Table,
    Value,
    is_number,
    same_noun,
    singular,
    words_of,
)
from nodes.checks.tables.samples import (
    CITIES,
    COUNTRIES,
    DAYS,
    FIRST,
    MEASURES,
    PARENTS,
    STATUSES,
    TITLES,
)

ROWS = 12
Variant = Literal["plain", "varied"]
"""`plain`: no ties among measures, no NULL, each reference matches; `varied`: none of this."""


def filled(schema: Schema, variant: Variant) -> tuple[Table, ...]:
    """The tables with rows: those that the request shows, else made-up ones."""
    hints = hints_of(schema)
    made: dict[str, Table] = {}
    for number, table in enumerate(_parents_first(schema)):
        if not table.rows:
            columns = [
                _holed(table.columns[place], hints, values)
                for place in range(len(table.columns))
                for values in [_values(schema, made, table, place, hints, number, variant)]
            ]
            table = replace(table, rows=tuple(zip(*columns, strict=True)))
        made[table.name] = table
    return tuple(made.values())


def _parents_first(schema: Schema) -> list[Table]:
    left, ordered = list(schema.tables), list[Table]()
    while left:
        names = {table.name for table in left}
        free = [t for t in left if not (_needed(schema, t) & names - {t.name})] or left[:1]
        ordered += free
        left = [table for table in left if table not in free]
    return ordered


def _needed(schema: Schema, table: Table) -> set[str]:
    parents = (parent_of(schema, table, column) for column in table.columns)
    return {parent.name for parent, _ in filter(None, parents)}


def parent_of(schema: Schema, table: Table, column: Column) -> tuple[Table, Column] | None:
    """The table and column that a column refers to, by declaration or by its name."""
    words = words_of(column.name)
    for other in schema.tables:
        key = key_of(other)
        if key is None or (other.name == table.name and column.name == key.name):
            continue
        if column.references:
            if other.name.lower() == column.references.lower():
                return other, key
            continue
        noun = singular(words_of(other.name)[-1]) if words_of(other.name) else ""
        names_it = (
            len(words) > 1 and words[-1] in ("id", "nr", "no", "key") and same_noun(words[-2], noun)
        )
        shares_it = column.name.lower() == key.name.lower() != "id" and len(words) > 1
        if other.name != table.name and (names_it or (shares_it and noun in words)):
            return other, key
    return None


def key_of(table: Table) -> Column | None:
    """The column that identifies a row: the primary key, `id`, or `<table>_id`."""
    keys = [column for column in table.columns if column.is_key]
    if keys:
        return keys[0]
    noun = singular(words_of(table.name)[-1]) if words_of(table.name) else ""
    names = ("id", f"{noun}_id", f"{noun}id")
    return next((column for column in table.columns if column.name.lower() in names), None)


def _values(
    schema: Schema, made: dict[str, Table], table: Table, place: int, hints: Hints, number: int,
    variant: Variant,
) -> list[Value]:  # fmt: skip
    column = table.columns[place]
    parent = parent_of(schema, table, column)
    if parent is not None:
        return _references(parent, made, column, variant)
    is_own_key = column is key_of(table)
    if is_own_key and kind_of(column) in ("id", "number"):
        return list(range(1, ROWS + 1))
    if _refers_to_itself(table, column):
        return [1, *(1 + PARENTS[row] % 5 for row in range(1, ROWS))]
    values = _plain(column, hints, place + 3 * number)
    is_repeated = key_of(table) is None or column.name.lower() in hints.grouped
    if is_repeated and not column.is_key and kind_of(column) in ("name", "title", "text"):
        values = [values[at % 5] for at in PARENTS]
    if column.is_key:
        return [_unique(value, row) for row, value in enumerate(values)]
    return _varied(column, values, hints, place) if variant == "varied" else values


def _holed(column: Column, hints: Hints, values: list[Value]) -> list[Value]:
    if column.name.lower() not in hints.nullable or column.is_key:
        return values
    return [None if row in (2, 7) else value for row, value in enumerate(values)]


def _references(
    parent: tuple[Table, Column], made: dict[str, Table], column: Column, variant: Variant
) -> list[Value]:
    table, key = parent
    known = made.get(table.name)
    if known is None or not known.rows:
        return [1 + at for at in PARENTS]
    keys = [row[known.index(key.name)] for row in known.rows]
    values = [keys[at % len(keys)] for at in PARENTS]
    if column.is_key:
        return [keys[row] if row < len(keys) else row + 1 for row in range(ROWS)]
    may_miss = variant == "varied" and not column.references and is_number(values[-1])
    return [*values[:-1], 99] if may_miss else values


def _refers_to_itself(table: Table, column: Column) -> bool:
    is_reference = words_of(column.name)[:1] in (("manager",), ("parent",), ("boss",), ("chef",))
    return column.references.lower() == table.name.lower() or (
        is_reference and words_of(column.name)[-1] == "id"
    )


def _plain(column: Column, hints: Hints, shift: int) -> list[Value]:
    kind = kind_of(column)
    if kind == "text" and not column.type and column.name.lower() in hints.measured:
        kind = "number"
    if kind in NUMBERS:
        return [_measure(kind, row, shift) for row in range(ROWS)]
    if kind in ("date", "datetime", "year", "month"):
        return [_time(kind, hints.years, row, shift) for row in range(ROWS)]
    if kind == "flag":
        return [int((row + shift) % 3 != 0) for row in range(ROWS)]
    if kind == "id":
        return [100 + (row * 5 + shift) % 7 for row in range(ROWS)]
    if kind == "status":
        known = column.allowed or (*hints.texts, *STATUSES)
        return [known[(row * 2 + row // 5 + shift) % len(known)] for row in range(ROWS)]
    if kind == "email":
        return [f"{name.lower()}@example.com" for name in FIRST]
    texts: tuple[str, ...] = {"title": TITLES, "city": CITIES, "country": COUNTRIES}.get(
        kind, FIRST
    )
    if kind == "text" and hints.texts:
        texts = tuple(
            hints.texts[row % len(hints.texts)] if row % 3 == 0 else texts[row]
            for row in range(ROWS)
        )
    return list(texts)


def _measure(kind: Kind, row: int, shift: int) -> Value:
    value = MEASURES[(row * 5 + shift) % ROWS]
    if kind == "age":
        return 18 + value // 10 + (row if value > 150 else 0)
    return value // 5 if kind == "score" else value * (1 + shift % 3)


def _time(kind: Kind, years: tuple[int, ...], row: int, shift: int) -> Value:
    year = [years[0] - 1, *years, *years][(row + shift) % (1 + 2 * len(years))]
    day = DAYS[(row * 5 + shift) % ROWS]
    if kind == "year":
        return year
    if kind == "month":
        return f"{year}{day[:3]}"
    return f"{year}{day} {row + 6:02d}:30:00" if kind == "datetime" else f"{year}{day}"


def _unique(value: Value, row: int) -> Value:
    return f"{value}{row}" if isinstance(value, str) else row + 1


def _varied(column: Column, values: list[Value], hints: Hints, place: int) -> list[Value]:
    """With ties, with the numbers that the request names and their neighbours."""
    if kind_of(column) not in NUMBERS:
        return values
    changed = list(values)
    changed[5], changed[9] = changed[4], changed[4]
    changed[8] = max((v for v in changed if is_number(v)), default=0)  # type: ignore[type-var]
    compared = [float(number) for name, number in hints.compared if name == column.name.lower()]
    for at, number in enumerate(compared or hints.numbers[:2]):
        if number == int(number):
            start = (3 * at + 4 * place) % 9
            changed[start : start + 3] = [int(number) - 1, int(number), int(number) + 1]
    return changed


def script(tables: tuple[Table, ...]) -> str:
    """The SQL that makes the tables and fills them."""
    return "\n".join(_created(table) for table in tables)


def _created(table: Table) -> str:
    names = ", ".join(_declaration(table, column) for column in table.columns)
    statement = f"CREATE TABLE {_quoted(table.name)} ({names});"
    rows = ",\n".join(f"({', '.join(map(_written, row))})" for row in table.rows)
    return f"{statement}\nINSERT INTO {_quoted(table.name)} VALUES\n{rows};" if rows else statement


def _declaration(table: Table, column: Column) -> str:
    values = [row[table.index(column.name)] for row in table.rows]
    numbers = [value for value in values if is_number(value)]
    is_whole = all(isinstance(value, int) for value in numbers)
    affinity = ("INTEGER" if is_whole else "REAL") if numbers else "TEXT"
    if column.type.startswith(("dec", "num", "real", "float", "double", "money")):
        affinity = "REAL"
    is_unique = column.is_key and len(set(values)) == len(values)
    return f"{_quoted(column.name)} {affinity}{' PRIMARY KEY' if is_unique else ''}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _written(value: Value) -> str:
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
