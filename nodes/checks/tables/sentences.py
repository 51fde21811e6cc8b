"""Tables described in words: "a table users with columns id, name and email"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nodes.checks.tables.create import IDENT, TYPE, Found
from nodes.checks.tables.model import Column, Table

_TABLE = r"(?:table|tabelle|tabla|tabela|tabella|таблиц\w*|表|テーブル|테이블)"
_COLUMNS = (
    r"(?:(?:columns?|fields?|attributes?|spalten?|feldern?|columnas?|campos?|colonnes?|champs?|"
    r"colunas?|colonn[ea]|campi|столбц\w+|колонк\w+|пол[яей]\w*)\b|列|字段|カラム|컬럼)"
)
_NAME = rf"[`\"'*]*(?P<name>{IDENT})[`\"'*]*"
_LINK = (
    r"(?:[\s,]*(?:with|has|having|contains?|containing|including|consisting of|mit|hat|con|tiene|"
    r"avec|a|com|tem|ha|\u0441\u043e?|the|den|die|las?|los?|les?|as|os|le|i|following|folgenden|"
    r"siguientes|suivantes|seguintes|seguenti|that|which|of)\b|[有包含以下]+)*\s*"
)
_PATTERNS = (
    re.compile(
        rf"\b{_TABLE}\s*(?:called|named|namens|llamada|appelée|chamada|chiamata)?\s*{_NAME}"
        rf"{_LINK}[(\s]*{_COLUMNS}\s*(?:are|is|sind|son|sont|são|sono)?\s*[:(]?\s*",
        re.I,
    ),
    re.compile(rf"{_NAME}[ -]{_TABLE}{_LINK}[(\s]*{_COLUMNS}\s*(?:are|is)?\s*[:(]?\s*", re.I),
    re.compile(rf"\b{_TABLE}\s+{_NAME}\s*(?:with|has|:|mit|con|avec|com)\s*\(?\s*", re.I),
    re.compile(rf"{_NAME}\s+{_TABLE}\s*(?:has|with|:)?\s*\(\s*", re.I),
    re.compile(rf"\b{_TABLE}\s+{_NAME}\s*\(\s*", re.I),
    re.compile(rf"{_NAME}\s*表\s*[有包含:\uff1a]+\s*", re.I),
)
_LINE = re.compile(rf"^[ \t]*(?:[-*•]|\d+[.)])?[ \t]*{_NAME}\s*(?::|->|→)[ \t]*\(?", re.M)
_ITEM = re.compile(
    rf"[`\"*]*(?P<name>{IDENT})[`\"*]*(?:\s*\((?P<note>[^()\n]*)\)|[ \t]+(?P<type>{TYPE.pattern})\b"
    rf"(?:\([\d, ]*\))?(?:[ \t]+primary key)?)?",
    re.I,
)
_COMMA = re.compile(r"\s*[,\uff0c、;]\s*(?:(?:and|und|y|et|e|и|och)\s+)?")
_VERB = (
    r"(?:(?:prints?|shows?|displays?|writes?|calculates?|computes?|outputs?|finds?|sums?|counts?|"
    r"lists?|gives?|"
    r"returns?|sorts?|saves?|then|muestr\w+|imprim\w+|calcul\w+|escrib\w+|affich\w+|mostr\w+|"
    r"stamp\w+|"
    r"gibt|zeigt|berechnet|liest|выводит|печатает|считает|i|we|need|ich|in|as|from)\b)"
)
_LAST = re.compile(rf"(?!\s+\w+\s+{_VERB})(?:\s+(?:and|und|y|et|e|и|&)\s+|\s*和\s*)", re.I)
_END = re.compile(
    r"[`\"*]*(?:\s+columns?|\s*[一二三四五六七八九]?[列个字段]+)?\s*"
    rf"(?:\)|\.(?=\s|\Z)|[;:!?。\uff1b\uff01]|\n|\Z|(?=,?\s*(?:(?:and|und|y|et|e|и|"
    rf"then)\s+)?{_VERB})|[\"'”])",
    re.I,
)
_OPEN = re.compile(r"[\s,]*(?:\.\.|…|etc|usw|and (?:so on|others|more)|among others)", re.I)
_OPENS = re.compile(r"\b(?:such as|like|e\.g|including|among)\b", re.I)
_NO_NAMES_TEXT = """
with columns fields output result results input example note query sql the a this that each
return returns columns schema following called named my our tables table has is are data your
requirements
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())
SPEAKS = re.compile(rf"\b{_TABLE}|\bschema\b|\bdatabase\b|表|数据库", re.I)


@dataclass(frozen=True, slots=True)
class _List:
    columns: tuple[Column, ...]
    end: int
    is_complete: bool


def told(text: str) -> Iterator[Found]:
    """Tables that sentences describe."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            found = _columns(text, match.end())
            name = match["name"]
            if name.lower() in _NO_NAMES or found is None:
                continue
            is_sure = found.is_complete and not _OPENS.search(match[0])
            yield Found(Table(name, found.columns, is_sure=is_sure), match.start(), found.end)


def lines(text: str) -> Iterator[Found]:
    """Tables of lines such as `users: id, name, email`."""
    is_sure = bool(SPEAKS.search(text))
    for match in _LINE.finditer(text):
        found = _columns(text, match.end())
        if found is None or not found.is_complete or match["name"].lower() in _NO_NAMES:
            continue
        table = Table(match["name"], found.columns, is_sure=is_sure)
        yield Found(table, match.start(), found.end)


def columns_at(text: str, at: int) -> tuple[Column, ...] | None:
    """The columns of a list that begins at `at`; None unless it is complete."""
    found = _columns(text, at)
    return found.columns if found is not None and found.is_complete else None


def _columns(text: str, at: int) -> _List | None:
    """The list that begins at `at`; without its last item where a sentence may go on in it."""
    columns: list[Column] = []
    is_last = False
    while (item := _ITEM.match(text, at)) is not None:
        columns.append(Column(item["name"], _type(item)))
        at = item.end()
        comma, last = _COMMA.match(text, at), _LAST.match(text, at)
        if comma and not is_last and _ITEM.match(text, comma.end()):
            at = comma.end()
        elif last and not is_last:
            at, is_last = last.end(), True
        else:
            break
    end = _END.match(text, at)
    if end is not None:
        return _made(columns, end.end() if end[0].endswith(")") else at, is_complete=True)
    if _OPEN.match(text, at):
        return _made(columns, at, is_complete=False)
    return _made(columns[:-1] if is_last or len(columns) > 1 else [], at, is_complete=False)


def _type(item: re.Match[str]) -> str:
    note = TYPE.match(item["note"] or "")
    return (item["type"] or (note[0] if note else "")).lower()


def _made(columns: list[Column], end: int, *, is_complete: bool) -> _List | None:
    names = {column.name.lower() for column in columns}
    if len(columns) < 2 or len(names) < len(columns):
        return None
    return _List(tuple(columns), end, is_complete)
