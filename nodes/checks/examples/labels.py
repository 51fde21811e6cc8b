"""Inputs and outputs under labels: `Input: .. Output: ..`, tables, `For x = 2 the output is 4`."""

# ruff: noqa: RUF001  the signs of other scripts are meant
from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nodes.checks.cases import Case
from nodes.checks.examples.calls import CALL, Asked, call_at, make_case
from nodes.checks.examples.ends import ends_well, is_several, next_value
from nodes.checks.examples.literals import Literal, literal_at
from nodes.checks.examples.words import EMPTY_AT, empty_value, tie_strength

_MOST_VALUES = 10
_MOST_RUN_CHARS = 8_000
_LABELLED, _NAMED, _TABLE, _RAW = 0.86, 0.86, 0.78, 0.6
_IN = (
    r"inputs?|given|eingaben?|entradas?|entrées?|ingress[oi]|вход(?:ные данные)?|ввод|输入|"
    r"入力|입력|"
    r"girdi|giriş|args|arguments|invoer|dane wejściowe"
)
_OUT = (
    r"(?:expected )?outputs?|(?:expected )?results?|returns?|expected|ausgaben?|ergebnis|salidas?|"
    r"resultados?|saídas?|sorties?|résultats?|uscit[ae]|output atteso|risultat[oi]|"
    r"выход(?:ные данные)?|"
    r"вывод|результат|输出|结果|出力|結果|출력|결과|çıktı|sonuç|uitvoer|wynik"
)
_INPUT = re.compile(
    rf"(?:(?<=^)|(?<=[\s*_>|#.-]))(?:sample |example )?(?:{_IN})(?: ?\d+)?[*_` ]*[:：][ \t*_`]*",
    re.I | re.M,
)
_OUTPUT = re.compile(
    rf"(?:[\s`*_.,;|/#>-]|//|->|→|➞|=>)*(?:sample |"
    rf"example )?(?:{_OUT})(?: ?\d+)?[*_` ]*[:：][\s`*_]*",
    re.I,
)
_NAME = re.compile(
    r"(?:(?<![\w.])([A-Za-z_]\w{0,60})[`*]{0,2}\s?:?=\s?|(?<=if )[a-z]\w* is |"
    r"(?<=for )[a-z]\w* is |(?<=when )[a-z]\w* is )"
    r"[`*]*(?=[-\"'\[({\d“]|True|False|None|true|false|null)"
)
_SEPARATOR = re.compile(
    r"[`*]*\s*(?:,\s*(?:and\s+)?|&\s*|;\s*|(?:and|und|y|e|et|и|ve)\s+|和\s*|と\s*)[`*]*(?:\n\s*)?"
)
_ROW = re.compile(r"^[ \t]*\|(.+)\|[ \t]*$", re.M)
_RULE = re.compile(r"[\s:|-]+")
_HEADER_OUT = re.compile(rf"(?:{_OUT})\b|(?:{_OUT})$", re.I)
_PROGRAM = re.compile(
    r"\bstdin\b|standard input|\b(?:program|script)\b|programa|programm|programme|программ|"
    r"程序|プログラム|"
    r"프로그램",
    re.I,
)
_READS = re.compile(
    r"\bstdin\b|standard input|standard-?eingabe|entrada estándar|entrée standard|"
    r"\b(?:program|script)\b[^.\n]{0,40}\b(?:reads?|takes? (?:as )?input)\b|标准输入|標準入力|"
    r"표준 입력",
    re.I,
)
_TEXT = (
    r"(?:[ \t]*\n?[ \t]*```\w*\n(.{0,2000}?)\n[ \t]*```|[ \t]*`?([^`\n]+?)`?[ \t]*(?=\n|$)|"
    r"[ \t]*\n((?:[^\n]+\n){0,30}?[^\n]+)(?=\n|\Z))"
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Values that go in together, and whether they are named as in `n = 2`."""

    values: tuple[Any, ...]
    end: int
    is_named: bool
    is_marked: bool


def inputs_at(text: str, at: int) -> Inputs | None:
    """A group of inputs that begins here: `2`, `[1] and 3`, `nums = [1], k = 2`."""
    values: list[Any] = []
    is_named = is_marked = False
    end = at
    while len(values) <= _MOST_VALUES:
        name = _NAME.match(text, at)
        literal = literal_at(text, name.end() if name else at) or _empty_at(text, at)
        if literal is None or (values and is_named and name is None):
            break
        is_named = is_named or name is not None
        is_marked = is_marked or literal.is_marked
        values.append(literal.value)
        end = literal.end
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            break
        at = separator.end()
    fits = 0 < len(values) <= _MOST_VALUES
    return Inputs(tuple(values), end, is_named, is_marked) if fits else None


def _empty_at(text: str, at: int) -> Literal | None:
    found = EMPTY_AT.match(text, at)
    return Literal(empty_value(found[0]), f"[{found[0]}]", found.end()) if found else None


def find_labelled(text: str, asked: Asked) -> Iterator[Case]:
    """Cases from input and output labels, from named inputs, and from tables."""
    is_program = not asked.names and _PROGRAM.search(text) is not None
    runs = list(_runs(text)) if is_program or _READS.search(text) else []
    yield from runs or _pairs(text, asked)
    yield from _named(text)
    yield from _rows(text, asked)


def _pairs(text: str, asked: Asked) -> Iterator[Case]:
    for label in _INPUT.finditer(text):
        call = CALL.match(text, label.end())
        called = call_at(text, call, asked) if call else None
        inputs = None if called else inputs_at(text, _skipped(text, label.end()))
        end = called[1] if called else inputs.end if inputs else None
        output = _OUTPUT.match(text, end) if end is not None else None
        if output is None:
            yield from _raw_pair(text, label.end(), asked)
            continue
        result = literal_at(text, output.end()) or _empty_at(text, output.end())
        if result is None or not ends_well(text, result.end):
            continue
        quote = text[label.start() : result.end].strip(" *_`|>#")
        if called:
            case = make_case(called[0], result, _LABELLED, quote, asked)
            yield from [case] if case else []
        elif inputs:
            yield _case(inputs.values, result, _LABELLED, quote)


def _skipped(text: str, at: int) -> int:
    """Past a line's end, a fence or a bullet between a label and its value."""
    found = re.compile(r"\s*(?:```\w*\n)?[\s`*-]*(?=[-\"'\[({\w“])").match(text, at)
    return found.end() if found and text[at : found.end()].count("-") == 0 else at


def _case(values: tuple[Any, ...], result: Literal, weight: float, quote: str) -> Case:
    source = (
        result.source if not EMPTY_AT.fullmatch(result.source.strip("[]")) else repr(result.value)
    )
    return Case(
        "example", weight, " ".join(quote.split()), arguments=values, expected=source,
        value=result.value,
    )  # fmt: skip


_RAW_PAIR = re.compile(
    r"[ \t]*`?([^`\n]{1,80}?)`?[ \t]*\n[\s*_>-]*"
    rf"(?:{_OUT})[*_` ]*[:：][*_ \t]*`?([^`\n]{{1,80}}?)`?[ \t]*(?:\n|$)",
    re.I,
)


def _raw_pair(text: str, at: int, asked: Asked) -> Iterator[Case]:
    """Text without quotes on both lines: a string goes in, a string comes out."""
    found = _RAW_PAIR.match(text, at)
    if found is None or not asked.names or "=" in found[1] or "..." in found[0] or "(" in found[0]:
        return
    if len(found[1].split()) > 8 or literal_at(found[1], 0) or literal_at(found[2], 0):
        return
    quote = f"input {found[1]} output {found[2]}"
    yield Case(
        "example", _RAW, quote, arguments=(found[1],), expected=repr(found[2]), value=found[2]
    )


_RUN = re.compile(
    rf"^[ \t*_>#]{{0,20}}(?:sample |example )?(?:{_IN})(?: ?\d+)?[*_ ]*[:：]?[*_]*{_TEXT}\s*[*_>#]*"
    rf"(?:sample |example )?(?:{_OUT})(?: ?\d+)?[*_ ]*[:：]?[*_]*{_TEXT}",
    re.I | re.M | re.S,
)


def _runs(text: str) -> Iterator[Case]:
    """Whole programs: what they read, and what they print."""
    for found in itertools.islice(_RUN.finditer(text[:_MOST_RUN_CHARS]), 20):
        groups = [group for group in found.groups() if group is not None]
        if len(groups) == 2 and "..." not in found[0]:
            typed, printed = (group.strip("\n") + "\n" for group in groups)
            quote = " ".join(found[0].split())
            yield Case("example", 0.8, quote, stdin=typed, prints=printed)


def _named(text: str) -> Iterator[Case]:
    past = 0
    for name in _NAME.finditer(text):
        if name.start() < past or re.match(r"[\w.`]", text[name.start() - 1 : name.start()] or " "):
            continue
        inputs = inputs_at(text, name.start())
        found = next_value(text, inputs.end) if inputs else None
        if inputs is None or found is None:
            continue
        result, between = found
        tied = tie_strength(between, text[result.end : result.end + 30])
        line = text[text.rfind("\n", 0, name.start()) + 1 : name.start()]
        if (
            tied
            and "\n" not in between.strip()
            and ends_well(text, result.end)
            and "\n\n" not in between
        ):
            past = result.end
            yield _case(
                inputs.values, result, _NAMED, line.strip() + " " + text[name.start() : past]
            )


def _rows(text: str, asked: Asked) -> Iterator[Case]:
    """Tables whose last column, or the one that is headed so, holds the results."""
    header: list[str] = []
    last_end = -1
    for row in _ROW.finditer(text):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", row[1])]
        if row.start() > last_end + 1 or last_end < 0:
            header = cells
        elif not _RULE.fullmatch(row[1]) and len(cells) == len(header) > 1:
            yield from _row(header, cells, asked)
        last_end = row.end()


def _row(header: list[str], cells: list[str], asked: Asked) -> Iterator[Case]:
    outs = [at for at, title in enumerate(header) if _HEADER_OUT.search(title)]
    named = [at for at, title in enumerate(header) if any(name in title for name in asked.names)]
    if not outs and not named and not re.search(_IN, header[0], re.I):
        return
    out = (outs or named or [len(cells) - 1])[-1]
    notes = [
        n
        for n, title in enumerate(header)
        if re.search(r"note|why|remark|reason|explan|#|comment", title, re.I)
    ]
    result = _cell(cells[out])
    if is_several(cells[out].strip("`")):
        return
    call = CALL.match(cells[0].strip("`"))
    called = call_at(cells[0].strip("`"), call, asked) if call else None
    quote = " | ".join(cells)
    if called and out != 0:
        case = make_case(called[0], result, _TABLE, quote, asked)
        yield from [case] if case else []
        return
    values: list[Any] = []
    for at, cell in enumerate(cells):
        if at == out or at in notes or at > out:
            continue
        inputs = inputs_at(cell.strip("`"), 0)
        whole = inputs is not None and inputs.end == len(cell.strip("`"))
        values += inputs.values if inputs and whole else [_cell(cell).value]
    if values:
        yield _case(tuple(values), result, _TABLE, quote)


def _cell(cell: str) -> Literal:
    """A cell's value; text without quotes is a string."""
    bare = cell.strip("`").strip()
    literal = literal_at(bare, 0) or _empty_at(bare, 0)
    if literal is not None and literal.end == len(bare):
        return literal
    return Literal(bare, repr(bare), len(bare))
