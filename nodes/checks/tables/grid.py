"""Tables drawn with bars, as rows of a table, its description, or the wanted result."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodes.checks.tables.create import TYPE, Found, literal
from nodes.checks.tables.model import Column, Grid, Table

_BARS = re.compile(r"(?:^[ \t]*[|+][^\n]*[|+][ \t]*(?:\n|\Z)){2,}", re.M)
_RULE = re.compile(r"[\s|+:=-]*\Z")
_WANTED = re.compile(
    r"\b(?:output|results?|expected|desired|should (?:be|return|give|look)|ergebnis|ausgabe|"
    r"resultado|salida|résultat|sortie|saída|risultato|результат|вывод)\b|结果|输出|結果",
    re.I,
)
_TITLE = re.compile(
    r"[`\"*]*(?P<before>[^\W\d]\w*)[`\"*]*\s*(?:table|tabelle|tabla|tabela|tabella|"
    r"表)?\s*[:*`\s]*\Z|"
    r"\b(?:table|tabelle|tabla|tabela|tabella|"
    r"таблица)\s*:?\s*[`\"*]*(?P<after>[^\W\d]\w*)[`\"*:\s]*\Z",
    re.I,
)
_NO_TITLES_TEXT = """
input table example data this is so like follows schema as sample
"""
_NO_TITLES = frozenset(_NO_TITLES_TEXT.split())


def grids(text: str) -> Iterator[tuple[Grid, int, int]]:
    """The grids of a text, with where they stand; the title is the line above."""
    before = 0
    for match in _BARS.finditer(text):
        lines = [line.strip() for line in match[0].splitlines()]
        cells = [_cells(line) for line in lines if "|" in line and not _RULE.match(line)]
        above = [line for line in text[before : match.start()].splitlines() if line.strip()]
        before = match.end()
        if len(cells) > 1 and all(len(row) == len(cells[0]) for row in cells):
            rows = tuple(tuple(literal(cell) for cell in row) for row in cells[1:])
            title = above[-1].strip() if above else ""
            yield Grid(title, tuple(cells[0]), rows), match.start(), match.end()


def is_result(grid: Grid) -> bool:
    """Whether it shows what must come out."""
    return bool(_WANTED.search(grid.title))


def described(grid: Grid, start: int, end: int) -> Found | None:
    """The table that a grid of names and types, or of rows, stands for."""
    title = _TITLE.search(grid.title)
    name = (title["before"] or title["after"] or "") if title else ""
    if not name or name.lower() in _NO_TITLES:
        return None
    is_list = len(grid.head) >= 2 and all(
        isinstance(row[1], str) and TYPE.match(row[1]) for row in grid.rows
    )
    if is_list:
        columns = tuple(Column(str(row[0]), str(row[1]).lower()) for row in grid.rows)
        return Found(Table(name, columns, is_declared=True), start, end)
    if not all(re.fullmatch(r"[^\W\d]\w*", head) for head in grid.head):
        return None
    columns = tuple(Column(head) for head in grid.head)
    return Found(Table(name, columns, grid.rows, is_declared=True), start, end)


def _cells(line: str) -> list[str]:
    return [cell.strip(" `*") for cell in line.strip("|+").split("|")]
