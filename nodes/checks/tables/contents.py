"""Made-up content for the files that a program reads."""

from __future__ import annotations

import json
import re

from nodes.checks.tables.kinds import NUMBERS, is_known, kind_of
from nodes.checks.tables.mentions import File
from nodes.checks.tables.model import Schema, Table
from nodes.checks.tables.rows import filled

_LAYOUT = re.compile(
    r"\b(?:formats?|each line|every line|per line|lines? (?:look|like|of the form|consist)|"
    r"looks? like|first word|"
    r"word of each|nginx|apache|access[ ._-]?log|syslog|(?:http )?status(?: code)?s?|separated|"
    r"stack traces?|json|ip address\w*|"
    r"timestamps?|pro zeile|jede zeile|cada línea|cada linha|chaque ligne|delimited|quoted|"
    r"encoding)\b",
    re.I,
)
_NESTED = re.compile(
    r"\b(?:nested|each with a list|dictionary|mapping|dict|maps?|tree|object with)\b", re.I
)
_SEPARATED = re.compile(
    r"\b(?:semicolons?|semikolon|pipe|tab|tab-separated|separated by|getrennt)\b", re.I
)
_LEVELS = ("INFO", "WARNING", "INFO", "DEBUG", "INFO")
_EVENTS = (
    "service started", "cache is almost full", "user alice logged in", "loaded settings",
    "request done", "connection closed", "user bob logged in", "retry in a moment",
)  # fmt: skip
_MARKED = frozenset({1, 4, 5, 8, 11})
_LOG_LINES = 14
_TEXT = (
    "the quick brown fox jumps over the lazy dog",
    "the river runs past the old mill",
    "a small boat waits near the bridge",
    "the dog sleeps in the warm sun",
    "nobody saw the fox again",
    "the bridge is old",
    "and the river runs on",
)
_FIELD = re.compile(r"[\",\n]")


def table_of(file: File, query: str) -> Table | None:
    """The rows of a file whose columns the request lists; None where that leaves them open."""
    known = [column for column in file.columns if is_known(column)]
    if not known or (file.kind == "csv" and _SEPARATED.search(query)):
        return None
    return filled(Schema((Table("records", file.columns),), query), "plain")[0]


def content(file: File, query: str, word: str) -> str | None:
    """What the file holds, the same each time; None where the request leaves that open.

    Args:
        file: The file, as the request names it.
        query: The request.
        word: What some of the lines must contain; may be empty.
    """
    if file.sample:
        return file.sample
    if file.kind in ("log", "txt"):
        if _LAYOUT.search(query):
            return None
        return _log(word) if file.kind == "log" or word else "\n".join(_TEXT) + "\n"
    table = table_of(file, query)
    if table is None:
        return None
    if file.kind in ("csv", "tsv"):
        return _separated(table, "," if file.kind == "csv" else "\t")
    return None if _NESTED.search(query) else _json(table, file.kind, query)


def _log(word: str) -> str:
    levels = _LEVELS if word else ("ERROR", *_LEVELS)  # what is looked for may be any of them
    lines = []
    for number in range(_LOG_LINES):
        level = word if word and number in _MARKED else levels[number % len(levels)]
        if level != word and word.lower() in level.lower() and word:
            level = "NOTE"
        lines.append(
            f"2024-03-{number + 1:02d} 10:{number * 4:02d}:00 {level} {_EVENTS[number % 8]}"
        )
    return "\n".join(lines) + "\n"


def _separated(table: Table, separator: str) -> str:
    head = separator.join(column.name for column in table.columns)
    rows = [separator.join(_field(value) for value in row) for row in table.rows]
    return "\n".join([head, *rows]) + "\n"


def _field(value: object) -> str:
    text = "" if value is None else str(value)
    return f'"{text}"' if _FIELD.search(text) else text


def _json(table: Table, kind: str, query: str) -> str | None:
    names = [column.name for column in table.columns]
    objects = [dict(zip(names, row, strict=True)) for row in table.rows]
    if kind == "jsonl":
        return "".join(json.dumps(one) + "\n" for one in objects)
    is_list = re.search(r"\b(?:list|array|objects|records|users|liste|lista)\b|数组", query, re.I)
    return json.dumps(objects, indent=1) + "\n" if is_list else None


def measured(table: Table, name: str) -> list[float]:
    """The numbers of the column that is measured and has this name; empty where there is none."""
    column = table.column(name)
    if column is None or kind_of(column) not in NUMBERS | {"text"}:
        return []
    values = [row[table.index(column.name)] for row in table.rows]
    return [value for value in values if isinstance(value, int | float)]
