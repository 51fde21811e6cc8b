"""What the words of a request promise of any result of its query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from nodes.checks.answer import shorten
from nodes.checks.cases import Judge, Seen
from nodes.checks.tables.create import IDENT
from nodes.checks.tables.model import Schema, is_number

Row = dict[str, Any]

_ORDERED = re.compile(
    r"(?:\b(?:sort|order)(?:ed|ing)?\b(?:\s+(?:the|them|it|all|results?|output|rows|list))*\s+by|"
    r"\b(?:sortiert|geordnet|sortiere|ordne)\b(?:\s+(?:das|die|es|ergebnis))*\s+nach|"
    r"\bordenad[oa]s?\s+(?:por|pel[oa])|\b(?:tri[ée]+s?|triez|ordonn[ée]+s?|class[ée]+s?)\s+par|"
    r"\bordinat[oiae]\s+per|(?:отсортир\w+|упорядоч\w+|сортир\w+)\s+по)\s+",
    re.I,
)
_KEY = re.compile(
    rf"(?:the |their |der |dem |den |el |la |le |il |lo )*[`\"']?(?P<name>{IDENT})[`\"']?"
    r"(?:\s+(?:column|value|spalte))?"
    r"(?P<down>,?\s*\(?(?:in )?(?:desc(?:ending)?(?: order)?|absteigend|"
    r"(?:de forma )?descend[ei]nte|"
    r"décroissante?|decrescente|по убыванию|high(?:est)? (?:to low(?:est)?|first)|largest first|"
    r"newest first|latest first|from high to low|most recent first)\b\)?)?"
    r"(?P<up>,?\s*\(?(?:in )?(?:asc(?:ending)?(?: order)?|alphabetically|aufsteigend|(?:de forma )?"
    r"ascend[ei]nte|croissante?|crescente|по возрастанию|low(?:est)? (?:to high(?:est)?|first)|"
    r"oldest first|smallest first)\b\)?)?",
    re.I,
)
_NEXT = re.compile(
    r"(?:,|;)?\s*(?:and\s+)?(?:then|dann|danach|luego|después|puis|depois|poi|затем)\s+(?:by\s+|"
    r"nach\s+|por\s+|par\s+)?|,\s*",
    re.I,
)
_CLOSE = re.compile(r"\s*(?:[.;,)!?]|\n|\Z)")
_ORDERED_ZH = re.compile(
    r"按(?:照)?\s*[`\"']?([A-Za-z_][A-Za-z0-9_]*)[`\"']?\s*的?(降序|升序|从高到低|从低到高|从大到小|从小到大)"
)
_WINDOWS = re.compile(
    r"\b(?:rank\w*|running|cumulative|row[ _]number|partition\w*|window|dense|previous|next row|"
    r"laufende|acumulad\w|cumul\w*)\b|each group",
    re.I,
)
_MOST = re.compile(r"\b(?:top|highest|most|best|largest|biggest|latest|newest|greatest)\b", re.I)
_NUMBER_WORDS = "one two three four five six seven eight nine ten"
_NUMBERS = dict(zip(_NUMBER_WORDS.split(), range(1, 11), strict=True))
_TOP = re.compile(
    rf"\b(?:top[ -]|limit(?: (?:it|the (?:results?|output)))?(?: to)? )(?P<one>\d{{1,3}}|"
    rf"{'|'.join(_NUMBERS)})\b"
    rf"(?!\s*(?:%|percent))|\bthe (?P<two>\d{{1,3}}|{'|'.join(_NUMBERS)}) (?:most|highest|lowest|"
    rf"best|"
    r"cheapest|newest|latest|oldest|largest|biggest|smallest)\b",
    re.I,
)
_GROUPED = re.compile(
    r"\b(?:each|every|per|within|ties?|tied|pro|je|jede\w*|cada|chaque|par|ogni)\b", re.I
)
_DISTINCT = re.compile(
    r"\b(?:distinct|(?:no|without|remove|removing|avoid|eliminate) (?:any )?(?:duplicates?|"
    r"repeats)|"
    r"without repetitions?|ohne (?:duplikate|doppelte)|sin (?:duplicados|repetir|repeticiones)|"
    r"sans (?:doublons?|répétition)|senza (?:duplicati|ripetizioni)|sem (?:duplicados|repetir|"
    r"repetições)|без (?:повтор\w+|дубл\w+))|去重|不重复|重複なし",
    re.I,
)
_COUNTS = re.compile(
    r"\b(?:count|number of|how many|anzahl|wie viele|cu[aá]nt\w+|combien|nombre de|quant[oi]s)\b|"
    r"多少",
    re.I,
)
_ONLY = re.compile(
    rf"\b(?:return|output|show|select|display|columns|columns should be|with columns)\b\s*:?\s*"
    rf"(?:only |just |exactly )?(?:the )?(?:columns? )?:?\s*(?P<list>[`\"]?{IDENT}[`\"]?"
    rf"(?:\s*,\s*(?:and )?[`\"]?{IDENT}[`\"]?|\s+and\s+[`\"]?{IDENT}[`\"]?)+)"
    r"(?=\s*(?:columns?\b|fields?\b)?\s*(?:[.;:\n]|\Z|,? ?(?:order|sort)ed\b))",
    re.I,
)
_MORE = re.compile(r"\b(?:also|additional\w*|plus|as well|together with|along with)\b", re.I)
_COMPARED = re.compile(
    rf"(?<![\w.])[`\"]?(?P<name>{IDENT})[`\"]?\s*(?:is |are |of )?(?P<sign>>=|<=|>|<|=|"
    rf"greater than|more than|"
    r"higher than|above|over|less than|lower than|below|under|at least|at most)\s*"
    r"(?:(?P<number>-?\d+(?:\.\d+)?)(?![\d%/:-])|'(?P<text>[^'\n]{1,40})')",
    re.I,
)
_SIGNS = {
    ">": ">", "greater than": ">", "more than": ">", "higher than": ">", "above": ">", "over": ">",
    "<": "<", "less than": "<", "lower than": "<", "below": "<", "under": "<", "at least": ">=",
    ">=": ">=", "at most": "<=", "<=": "<=", "=": "=",
}  # fmt: skip
_OPEN = re.compile(
    r"\b(?:or|either|except|not|unless|without|n't|else|otherwise|if|when|case|count|number|total|"
    r"sum|average|avg|mean|per|each|flag|label|whether|update|delete|set|insert|null|never|"
    r"other than|exclud\w+|different)\b",
    re.I,
)


def promised(schema: Schema) -> Iterator[tuple[float, str, Judge]]:
    """Weight, words and judge of each promise that the words around the tables make."""
    text = schema.rest
    yield from _order(text)
    yield from _limit(text)
    yield from _distinct(text)
    yield from _width(text, schema)
    yield from _conditions(text, schema)


def _order(text: str) -> Iterator[tuple[float, str, Judge]]:
    short = _ORDERED_ZH.findall(text)
    if len(short) == 1 and not _WINDOWS.search(text):
        name, direction = short[0][0].lower(), short[0][1] in ("降序", "从高到低", "从大到小")
        yield 0.75, "".join(short[0]), lambda seen: _is_ordered(_rows(seen), [(name, direction)])
    found = list(_ORDERED.finditer(text))
    if len(found) != 1 or _WINDOWS.search(text):
        return
    keys, at = [], found[0].end()
    while (key := _KEY.match(text, at)) is not None:
        following, closing = _NEXT.match(text, key.end()), _CLOSE.match(text, key.end())
        if following is None and closing is None:
            break
        is_open = not (key["down"] or key["up"]) and _MOST.search(text)
        if is_open:
            break
        keys.append((key["name"].lower(), bool(key["down"])))
        at = following.end() if following else key.end()
        if following is None:
            break
    if keys:
        said = shorten(text[found[0].start() : at], 80)
        yield 0.75, said, lambda seen: _is_ordered(_rows(seen), keys)


def _rows(seen: Seen) -> list[Row]:
    return seen.value if isinstance(seen.value, list) else []


def _is_ordered(rows: list[Row], keys: list[tuple[str, bool]]) -> str | None:
    known = [{name.lower(): value for name, value in row.items()} for row in rows]
    for at, (name, is_down) in enumerate(keys):
        if not known or name not in known[0]:
            return None
        before = [key for key, _ in keys[:at]]
        for one, other in pairwise(known):
            if all(one[key] == other[key] for key in before) and _wrong(
                one[name], other[name], is_down
            ):
                direction = "descending" if is_down else "ascending"
                return f"is not {direction} by {name}: {one[name]!r} stands before {other[name]!r}"
    return None


def _wrong(one: Any, other: Any, is_down: bool) -> bool:
    """Whether two neighbours stand the wrong way round, in whatever collation."""
    first, second = (other, one) if is_down else (one, other)
    if is_number(first) and is_number(second):
        return bool(first > second)
    if isinstance(first, str) and isinstance(second, str):
        return first > second and first.casefold() > second.casefold()
    return False


def _limit(text: str) -> Iterator[tuple[float, str, Judge]]:
    found = _TOP.search(text)
    if found is None or len(_TOP.findall(text)) > 1:
        return
    if _GROUPED.search(text):
        return
    word = (found["one"] or found["two"]).lower()
    most = _NUMBERS.get(word) or int(word)
    yield 0.7, shorten(found[0]), lambda seen: _is_short(_rows(seen), most)


def _is_short(rows: list[Row], most: int) -> str | None:
    if not 0 < most < len(rows):
        return None
    last, extra = rows[most - 1].values(), rows[-1].values()
    has_tie = any(is_number(a) and a == b for a, b in zip(last, extra, strict=True))
    return None if has_tie else f"gives {len(rows)} rows"


def _distinct(text: str) -> Iterator[tuple[float, str, Judge]]:
    found = _DISTINCT.search(text)
    if (
        found
        and not _COUNTS.search(text)
        and not re.search(r"\b(?:delete|update|insert)\b", text, re.I)
    ):
        yield 0.7, found[0], lambda seen: _is_distinct(_rows(seen))


def _is_distinct(rows: list[Row]) -> str | None:
    known: set[tuple[Any, ...]] = set()
    for row in rows:
        values = tuple(row.values())
        if values in known:
            return f"gives the row {values!r} twice"
        known.add(values)
    return None


def _width(text: str, schema: Schema) -> Iterator[tuple[float, str, Judge]]:
    found = _ONLY.search(text)
    if found is None or len(_ONLY.findall(text)) > 1 or _MORE.search(text):
        return
    names = [n.strip('`" ') for n in re.split(r"\s*,\s*(?:and )?|\s+and\s+", found["list"])]
    known = {column.name.lower() for table in schema.tables for column in table.columns}
    says_columns = re.search(r"\bcolumns?\b", found[0], re.I)
    if says_columns or all(name.lower() in known for name in names):
        yield 0.6, shorten(found[0]), lambda seen: _is_wide(_rows(seen), len(names))


def _is_wide(rows: list[Row], count: int) -> str | None:
    if not rows or len(rows[0]) == count:
        return None
    return f"gives {len(rows[0])} columns ({', '.join(rows[0])})"


def _conditions(text: str, schema: Schema) -> Iterator[tuple[float, str, Judge]]:
    names = {column.name.lower() for table in schema.tables for column in table.columns}
    if _OPEN.search(text) or len(schema.tables) > 1:
        return
    for found in _COMPARED.finditer(text):
        name = found["name"].lower()
        if name in names:
            wanted: Any = found["text"] if found["text"] is not None else float(found["number"])
            sign = _SIGNS[found["sign"].lower()]
            yield 0.7, shorten(found[0]), _keeps(name, sign, wanted)


def _keeps(name: str, sign: str, wanted: Any) -> Judge:
    def judge(seen: Seen) -> str | None:
        for value in _column(_rows(seen), name):
            if is_number(value) != is_number(wanted) or value is None:
                continue
            if not _holds(value, sign, wanted):
                return f"gives a row whose {name} is {value!r}"
        return None

    return judge


def _column(rows: Iterable[Row], name: str) -> list[Any]:
    return [value for row in rows for key, value in row.items() if key.lower() == name]


def _holds(value: Any, sign: str, wanted: Any) -> bool:
    if isinstance(wanted, str) and sign == "=":
        return bool(value.casefold() == wanted.casefold())
    results = {
        ">": value > wanted, "<": value < wanted, ">=": value >= wanted, "<=": value <= wanted,
        "=": value == wanted,
    }  # fmt: skip
    return bool(results[sign])
