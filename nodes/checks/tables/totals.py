"""Results of simple questions, worked out here: only where nothing of the request is left over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nodes.checks.cases import Judge, Seen
from nodes.checks.tables.kinds import NUMBERS, kind_of
from nodes.checks.tables.model import Column, Schema, Table, Value, is_number, same_noun, singular
from nodes.checks.tables.rows import parent_of

_SUM = (
    r"(?:total|sum(?: of)?|gesamt\w*|summe(?: der| von)?|total de|suma de|somme de[s]?|"
    r"soma de|totale)"
)
_AVERAGE = (
    r"(?:average|mean|avg|durchschnittlich\w*|durchschnitt(?: der| von)?|promedio de|"
    r"moyenne de[s]?|média de|media)"
)
_COUNT = (
    r"(?:number of|count(?: of)?|how many|anzahl(?: der| von)?|n[uú]mero de|cantidad de|"
    r"nombre de|quantidade de|numero di)"
)
_HIGH = r"(?:highest|maximum|max|largest|biggest|höchste\w*|más alto|maximal\w*)"
_LOW = r"(?:lowest|minimum|min|smallest|niedrigste\w*)"
_PER = (
    r"(?:per|in each|for each|for every|by each|by|of each|pro|je|für jeden|für jede|por cada|"
    r"por|par|pour chaque|per ogni|para cada)"
)
_THE = r"(?:(?:all the|the|der|die|des|el|la|los|las|le|les|o|a|os|as|il|gli|i|all)\s+)?"
_GROUPED = re.compile(
    rf"(?P<what>{_SUM}|{_AVERAGE}|{_COUNT}|{_HIGH}|{_LOW})\s+{_THE}"
    rf"(?P<measure>[^\W\d]\w*(?: (?!per|for|by|pro|por|par|je|für|pour|"
    rf"para)[^\W\d]\w*)?\s+)??{_PER}\s+{_THE}"
    r"(?P<key>[^\W\d]\w*)",
    re.I,
)
_WITHOUT = re.compile(
    r"(?P<parent>[^\W\d]\w*)\s+(?:(?:who|that|which)\s+)?(?:have\s+|has\s+)?"
    r"(?:without|with no|have no|no|never\s+(?:placed|made|had|have)|not\s+(?:placed|made|had)|"
    r"haven't\s+(?:placed|made|had)|"
    r"ohne|sin|sans|sem|senza)\s+(?:any\s+|an?\s+|einen\s+)?(?P<child>[^\W\d]\w*)",
    re.I,
)
_SECOND = re.compile(
    r"\b(?P<rank>second|third|2nd|3rd)[ -]+(?P<what>highest|largest|biggest|lowest|"
    r"smallest)\s+(?P<measure>[^\W\d]\w*)",
    re.I,
)
_ORDER = re.compile(r"\b(?:sort|order)(?:ed)?(?: the (?:results?|output))? by\b[^.\n]*", re.I)
_CUTS = re.compile(
    r"\b(?:limit|only|top|first|just|exclud\w+|where|with|but|that|which)\b|\d", re.I
)
_MORE_KEYS = re.compile(
    r"\b(?:each|per|every|pro|je|jede\w*|cada|chaque|par|por|ogni|by|group\w*)\b", re.I
)
_AND = re.compile(r"\s*(?:,|and|und|y|et|e|&|/)\s*(?:by |per |pro )?([^\W\d]\w*)", re.I)
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?|[^\s\w]")
_FILLERS_TEXT = """
write a an the sql query sqlite statement to that which who for me please need give show list
find get return returns calculate compute select i want would like using use my our database
have has tables table all of in from with and by name names id ids their its as column columns
called result results output it this can you how do following given schema two there are is i'd
i've i'm each every every every create one shows showing computes gets lists finds calculates
prints print display displays report simple could help us we let's having schreib schreibe eine
ein einen abfrage die der das ich habe brauche mir bitte zeige für und tabellen tabelle mit gib
tabla tablas tengo las los el la una un consulta que escribe escriba muestre muestra devuelva
quiero necesito y con dame calcule j ai les des deux écris écrivez une requête qui donne et le
affiche veux tabelas tabela tenho as os uma escreva mostre e com quero j'ai anzeigen anzeigt
alle alles todos todas tous toutes tutti ho le scrivi che mostri calcola calculer lister
calcular . , : ; ! ? ' " ` ( ) - / * •
"""
_FILLERS = frozenset(_FILLERS_TEXT.split())


@dataclass(frozen=True, slots=True)
class _Known:
    """Names that stand for each thing, and the number that belongs to it."""

    names: tuple[Value, ...]
    number: float


def computed(schema: Schema, tables: tuple[Table, ...]) -> Iterator[tuple[float, str, Judge]]:
    """Weight, words and judge of each result that can be worked out over `tables`."""
    filled = Schema(tables, schema.rest)
    for pattern, make in ((_GROUPED, _grouped), (_WITHOUT, _without), (_SECOND, _second)):
        for found in pattern.finditer(_ORDER.sub(" ", schema.rest)):
            judge = make(found, filled)
            if judge is not None and _is_all(filled, found):
                yield 0.75, " ".join(found[0].split()), judge
                return


def _is_all(schema: Schema, found: re.Match[str]) -> bool:
    """Whether the rest of the request says nothing but what it speaks of."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    rest = f"{before} {after}".lower()
    following = _AND.match(after)
    names_more = following and any(t.column(following[1]) for t in schema.tables)
    if names_more or _MORE_KEYS.search(rest) or any(map(_CUTS.search, _ORDER.findall(schema.rest))):
        return False
    known = {word for t in schema.tables for word in (t.name.lower(), singular(t.name))}
    columns = [column for table in schema.tables for column in table.columns]
    for column in (column for column in columns if kind_of(column) != "flag"):
        rest = re.sub(rf"\b{re.escape(column.name.lower())}\b", " ", rest)
    left = (word for word in _WORD.findall(rest) if word not in _FILLERS)
    return all(word in known or singular(word) in known for word in left)


def _grouped(found: re.Match[str], schema: Schema) -> Judge | None:
    what, key = found["what"].lower(), found["key"]
    measure = (found["measure"] or "").strip().lower()
    counts = re.fullmatch(_COUNT, what, re.I) is not None
    for table in schema.tables:
        groups = _groups(schema, table, key)
        if groups is None or (counts and not _is_named(table, measure)):
            continue
        column = None if counts else _measure(table, measure)
        if column is None and not counts:
            continue
        place = None if column is None else table.index(column.name)
        return _says(_numbers(table, groups, place, _function(what)))
    return None


def _function(what: str) -> Callable[[list[float]], float]:
    for pattern, function in ((_COUNT, len), (_AVERAGE, _mean), (_HIGH, max), (_LOW, min)):
        if re.fullmatch(pattern, what, re.I):
            return function
    return sum


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _is_named(table: Table, words: str) -> bool:
    return bool(words) and same_noun(table.name, words)


def _groups(
    schema: Schema, table: Table, key: str
) -> tuple[int, dict[Value, tuple[Value, ...]]] | None:
    """Where the key stands in the table, and what each of its values may be called."""
    column = table.column(key) or table.column(singular(key))
    if column is not None:
        at = table.index(column.name)
        return at, {row[at]: (row[at],) for row in table.rows if row[at] is not None}
    for column in table.columns:
        parent = parent_of(schema, table, column)
        if parent is None or not same_noun(parent[0].name, key):
            continue
        other, identity = parent
        places = [other.index(identity.name), *_labels(other)]
        names = {row[places[0]]: tuple(row[at] for at in places) for row in other.rows}
        return table.index(column.name), names
    return None


def _labels(table: Table) -> list[int]:
    kinds = ("name", "title", "email")
    return [at for at, column in enumerate(table.columns) if kind_of(column) in kinds]


def _measure(table: Table, words: str) -> Column | None:
    """The column that the words name, or the only one that is measured."""
    numeric = [column for column in table.columns if kind_of(column) in NUMBERS]
    last = words.split()[-1] if words else ""
    named = [c for c in numeric if c.name.lower() in (words, last, words.replace(" ", "_"))]
    if named:
        return named[0]
    means_table = (
        not words or _is_named(table, last) or last in ("amount", "value", "sales", "revenue")
    )
    return numeric[0] if len(numeric) == 1 and means_table else None


def _numbers(
    table: Table, groups: tuple[int, dict[Value, tuple[Value, ...]]], place: int | None,
    function: Callable[[list[float]], float],
) -> list[_Known]:  # fmt: skip
    at, names = groups
    values: dict[Value, list[float]] = {}
    for row in table.rows:
        value = 1 if place is None else row[place]
        if row[at] in names and isinstance(value, int | float):
            values.setdefault(row[at], []).append(value)
    return [_Known(names[key], function(numbers)) for key, numbers in values.items()]


def _says(known: list[_Known]) -> Judge:
    """Whether each thing's row holds its number; nothing is said of rows without its name."""

    def judge(seen: Seen) -> str | None:
        rows = [list(row.values()) for row in seen.value]
        if len(known) < 2:
            return None
        for one in known:
            own = [
                row for row in rows if any(_same(cell, name) for cell in row for name in one.names)
            ]
            exact = [row for row in own if any(_same(cell, one.names[-1]) for cell in row)]
            if not own and not any(_names_one(rows, other) for other in known):
                return None
            if not any(_is_close(cell, one.number) for row in own for cell in row):
                got = (exact or own or [["no row"]])[0]
                return f"does not give {one.number:g} for {one.names[-1]!r}, but {got}"
        return None

    return judge


def _names_one(rows: list[list[Any]], known: _Known) -> bool:
    return any(_same(cell, name) for row in rows for cell in row for name in known.names)


def _same(cell: Any, name: Value) -> bool:
    return bool(cell == name) and type(cell) is type(name)


def _is_close(cell: Any, number: float) -> bool:
    """Equal but for rounding to whole numbers or cents, and integer division."""
    return (
        is_number(cell)
        and abs(cell - number) < max(0.51, 1e-6 * abs(number))
        and (not float(number).is_integer() or cell == number)
    )


def _without(found: re.Match[str], schema: Schema) -> Judge | None:
    parent = _table(schema, found["parent"])
    child = _table(schema, found["child"])
    if parent is None or child is None or parent is child:
        return None
    links = [(c, parent_of(schema, child, c)) for c in child.columns]
    to_parent = [(c, link) for c, link in links if link and link[0].name == parent.name]
    if len(to_parent) != 1 or to_parent[0][1] is None:
        return None
    column, (_, key) = to_parent[0]
    referred = {row[child.index(column.name)] for row in child.rows}
    places = [parent.index(key.name), *_labels(parent)]
    missing = [
        tuple(row[at] for at in places) for row in parent.rows if row[places[0]] not in referred
    ]
    return _are(missing)


def _are(wanted: list[tuple[Value, ...]]) -> Judge:
    def judge(seen: Seen) -> str | None:
        rows = [list(row.values()) for row in seen.value]
        for names in wanted:
            if not any(_same(cell, name) for row in rows for cell in row for name in names):
                return f"leaves out {names[-1]!r}"
        return f"gives {len(rows)} rows, not {len(wanted)}" if len(rows) != len(wanted) else None

    return judge


def _table(schema: Schema, word: str) -> Table | None:
    return next((t for t in schema.tables if same_noun(t.name, word)), None)


def _second(found: re.Match[str], schema: Schema) -> Judge | None:
    rank = 1 if found["rank"].lower() in ("second", "2nd") else 2
    holders = [(t, c) for t in schema.tables if (c := t.column(found["measure"])) is not None]
    if len(holders) != 1 or kind_of(holders[0][1]) not in NUMBERS:
        return None
    table, column = holders[0]
    values = {row[table.index(column.name)] for row in table.rows}
    is_down = found["what"].lower() in ("highest", "largest", "biggest")
    ordered = sorted((v for v in values if is_number(v)), reverse=is_down)  # type: ignore[type-var]
    if len(ordered) <= rank:
        return None
    number = ordered[rank]

    def judge(seen: Seen) -> str | None:
        cells = [cell for row in seen.value for cell in row.values()]
        return None if number in cells else f"does not give {number}, but {cells[:4]}"

    return judge
