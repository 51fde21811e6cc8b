"""Tables declared with CREATE TABLE, or listed as `orders(id, customer_id, total)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from nodes.checks.tables.model import Column, Table, Value

IDENT = r"[^\W\d]\w*"
_CREATE = re.compile(
    r"\bcreate\s+(?:temp(?:orary)?\s+)?table\s+(?:if\s+not\s+exists\s+)?"
    r"(?P<name>[`\"\[]?[\w.]+[`\"\]]?)\s*(?=\()",
    re.I,
)
_CALLED = re.compile(rf"(?P<quote>[`\"]?)(?P<name>{IDENT})(?P=quote)(?P<space>[ \t]*)(?=\()")
_INSERT = re.compile(
    r"\binsert\s+into\s+[`\"\[]?(?P<name>\w+)[`\"\]]?\s*(?P<head>\([^()]*\))?\s*values\s*", re.I
)
_ITEM = re.compile(
    rf"\s*(?:[`\"\[](?P<quoted>[^`\"\]]+)[`\"\]]|(?P<bare>{IDENT}))[ \t\n:]*(?P<rest>.*)\Z", re.S
)
TYPE = re.compile(
    r"(?:big|small|tiny|medium)?int(?:eger)?\d*|(?:big)?serial|auto_?increment|identity|real|"
    r"float\d*|double(?: precision)?|decimal|numeric|number|money|n?(?:var)?char2?|string|str|"
    r"(?:tiny|medium|long)?text|clob|uuid|bool(?:ean)?|bit|date|datetime2?|time|timestamptz|"
    r"timestamp|year|enum|json[b]?|blob",
    re.I,
)
_TYPED = re.compile(rf"(?:{TYPE.pattern})\b", re.I)
_NOTE = re.compile(
    r"(?:primary|pk|fk|foreign|references|unique|not null|null|->|→|=|like|as|in|'|default|"
    r"check|auto)",
    re.I,
)
_CONSTRAINT = re.compile(
    r"\s*(?:constraint\b|primary\s+key\s*\(|foreign\s+key\b|unique\s*(?:key|index|\()|check\s*\(|"
    r"(?:key|index)\s+\S+\s*\()",
    re.I,
)
_MOST_FOUND = 200
_OPEN_END = re.compile(r"\.\.\.|…|\betc\b|\busw\b|和其他")
_NO_TABLES_TEXT = """
abs avg cast coalesce concat count date datetime date_trunc datediff extract first
group_concat ifnull in json julianday key length limit lower max min nullif now over primary
replace round row_number rank dense_rank strftime string_agg substr substring sum trim unique
upper values varchar char decimal numeric enum check table tables column columns field fields
database schema sql sqlite mysql postgres postgresql oracle with and or by like as e eg i ie
server query result output returns spalten felder columnas campos colonnes champs colunas
colonne поля столбцы entries rows using on exists any all select from where having to of is
are references foreign default
"""
_NO_TABLES = frozenset(_NO_TABLES_TEXT.split())


@dataclass(frozen=True, slots=True)
class Found:
    """A table and where its description stands."""

    table: Table
    start: int
    end: int


def declared(text: str) -> Iterator[Found]:
    """Tables of the CREATE TABLE statements in a text."""
    for match in islice(_CREATE.finditer(text), _MOST_FOUND):
        inside = balanced(text, match.end())
        table = None if inside is None else _declared(match["name"].strip('`"[]'), inside)
        if inside is not None and table is not None:
            yield Found(table, match.start(), match.end() + len(inside) + 2)


def called(text: str, *, speaks_of_tables: bool) -> Iterator[Found]:
    """Tables listed like a call, as `orders(id, customer_id, total)`."""
    for match in islice(_CALLED.finditer(text), _MOST_FOUND):
        inside = balanced(text, match.end())
        if inside is None or match["name"].lower() in _NO_TABLES:
            continue
        columns = _listed(split(inside))
        if columns is None:
            continue
        is_sure = not _OPEN_END.search(inside) and (speaks_of_tables or not match["space"])
        table = Table(match["name"], columns, is_sure=is_sure)
        yield Found(table, match.start(), match.end() + len(inside) + 2)


def inserted(text: str) -> Iterator[tuple[str, tuple[str, ...], list[tuple[Value, ...]], int, int]]:
    """INSERT statements: table, columns as written, rows, and where they stand."""
    for match in islice(_INSERT.finditer(text), _MOST_FOUND):
        at, rows = match.end(), []
        while (inside := balanced(text, at)) is not None:
            rows.append(tuple(literal(item) for item in split(inside)))
            at += len(inside) + 2
            comma = re.compile(r"\s*,\s*(?=\()").match(text, at)
            if comma is None:
                break
            at = comma.end()
        head = tuple(item.strip(' `"[]') for item in split((match["head"] or "()")[1:-1]))
        yield match["name"], head, rows, match.start(), at


def balanced(text: str, at: int) -> str | None:
    """What stands between the parenthesis at `at` and its partner; None without one."""
    if text[at : at + 1] != "(":
        return None
    depth, quote = 0, ""
    for place in range(at, min(len(text), at + 8000)):
        char = text[place]
        if quote:
            quote = "" if char == quote else quote
        elif char == "'" and not text[place - 1].isalpha():
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return text[at + 1 : place]
    return None


def split(text: str) -> list[str]:
    """The items between the commas that stand in no parentheses and no quotes."""
    items, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char == "'":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char in ",\uff0c、" and depth == 0:
            items.append("")
            continue
        items[-1] += char
    return [item for item in items if item.strip()]


def literal(text: str) -> Value:
    """A value as SQL or a grid writes it; what is no number and not NULL is text."""
    text = text.strip()
    if text[:1] in "'\"" and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text.lower() in ("null", "none"):
        return None
    for kind in (int, float):
        if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", text) and (kind is float or "." not in text):
            return kind(text)
    return text


def _declared(name: str, inside: str) -> Table | None:
    inside = re.sub(r"--[^\n]*|/\*.*?\*/", " ", inside, flags=re.S)
    items = split(inside)
    constraints = [item for item in items if _CONSTRAINT.match(item)]
    columns = [_column(item) for item in items if not _CONSTRAINT.match(item)]
    known = tuple(column for column in columns if column is not None)
    if not known or len(known) != len(columns):
        return None
    known = tuple(_constrained(column, constraints) for column in known)
    return Table(name.split(".")[-1], known, is_declared=True)


def _constrained(column: Column, constraints: list[str]) -> Column:
    for item in constraints:
        keys = re.findall(r"\(([^()]*)\)", item)
        names = [key.strip(' `"[]').lower() for key in (keys or [""])[0].split(",")]
        if names != [column.name.lower()]:
            continue
        refers = re.search(r"references\s+[`\"\[]?(\w+)", item, re.I)
        is_key = column.is_key or bool(re.search(r"\bprimary\b|\bunique\b", item, re.I))
        refers_to = refers[1] if refers else column.references
        column = Column(
            column.name, column.type, is_key, column.is_required, refers_to, column.allowed
        )
    return column


def _column(item: str) -> Column | None:
    match = _ITEM.match(item)
    if match is None:
        return None
    rest = " ".join(match["rest"].split())
    typed = _TYPED.match(rest)
    refers = re.search(r"(?:references|->|→|fk to|refers to)\s*[`\"\[]?(\w+)", rest, re.I)
    values = re.search(r"(?:\bin|enum)\s*\(((?:\s*'[^']*'\s*,?)+)\)", rest, re.I)
    return Column(
        match["quoted"] or match["bare"],
        typed[0].lower() if typed else "",
        bool(re.search(r"\bprimary\b|\bunique\b|\bpk\b", rest, re.I)),
        bool(re.search(r"\bnot null\b|\bprimary\b|\bpk\b", rest, re.I)),
        refers[1] if refers else "",
        tuple(re.findall(r"'([^']*)'", values[1])) if values else (),
    )


def _listed(items: list[str]) -> tuple[Column, ...] | None:
    """The columns, when each item reads as one."""
    columns = []
    for item in items:
        match = _ITEM.match(item)
        if match is None:
            if _OPEN_END.search(item):
                continue
            return None
        rest = re.sub(r"^\([^()]*\)", "", match["rest"].strip()).strip()
        if rest and not (_TYPED.match(rest) or _NOTE.match(rest)):
            return None
        column = _column(item.replace("(", " ", 1) if "(" in item and not rest else item)
        if column is None or column.name.lower() == "etc":
            continue
        columns.append(column)
    names = {column.name.lower() for column in columns}
    is_list = len(columns) > 1 or any(column.type for column in columns)
    return tuple(columns) if is_list and len(names) == len(columns) else None
