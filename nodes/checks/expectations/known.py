"""What everybody knows of the thing that a request names: gcd(12, 18) is 6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, permutations

from nodes.checks.cases import Case, Signature
from nodes.checks.expectations import (
    known_convert,
    known_lists,
    known_more,
    known_numbers,
    known_sequences,
    known_text,
)
from nodes.checks.expectations.compare import result_is, written
from nodes.checks.expectations.entries import Entry, Kinds
from nodes.checks.expectations.fillers import leftover
from nodes.checks.expectations.kinds import Kind, kinds
from nodes.checks.expectations.prose import normalised, sentences
from nodes.checks.expectations.requested import requested_signature

_TABLES = (known_numbers, known_sequences, known_text, known_convert, known_lists, known_more)
_PRINTS = re.compile(
    r"\b(?:print|display|output the|prompt|ask the user|user input|stdin|imprim\w*|muestr\w*|"
    r"ausgib\w*|"
    r"ausgeb\w*|affich\w*|stamp\w*|mostr\w*|exib\w*|выв\w+|печат\w*)\b|打印|输出|表示する|出力"
)
_RETURNS = re.compile(
    r"\b(?:returns?|returning|devuel\w*|devolv\w*|retorn\w*|regres\w*|zuruck\w*|liefert|renvo\w*|"
    r"retourn\w*|restitu\w*|ritorn\w*|возвра\w*|вернуть)\b|返回|返す|返して"
)
_TWIST = re.compile(
    r"\b(?:only|except|unless|but|instead|ignor\w*|skip\w*|exclud\w*|without|modulo|also|"
    r"additionally|"
    r"twist|however|reverse\w*|each|every|rather|weighted|at least|at most|more than|less than|"
    r"followed by|prefix\w*|starting|ending|extra|special\w*|differ\w*|second function|another|"
    r"both|"
    r"multipl\w+ by|plus|minus|per|must be|sort\w*|round\w*|format\w*|class|dict\w*|tuples?|"
    r"solo|excepto|salvo|pero|nur|aber|ausser|ohne|sauf|mais|sans|apenas|exceto|mas|ma|tranne|"
    r"senza|"
    r"solamente|sin|sem|только|кроме|но|без)\b|除了|但|只|不使用|ただし|以外|のみ|だけ"
)
_HARMLESS = re.compile(
    r"\b(?:raise\w*|throw\w*|exceptions?|errors?|valueerror|typeerror|invalid|type hints?|"
    r"annotat\w*|"
    r"docstrings?|comments?|document\w*|unit tests?|tests?|examples?|efficient\w*|edge cases?|"
    r"complexity|explain\w*|explanation|readable|best practices?|assume|guaranteed|you (?:can|may)|"
    r"thank\w*|complete the|full code|solution|performance|fehler|errores|erreurs?|erros|errori|"
    r"ошиб\w*|исключен\w*)\b|异常|错误|注释|エラー|例外"
)
_STATED = re.compile(
    r"\b(?:returns?|gives?|is)\b.*\b(?:empty|none|null|negative|zero|0|not found)\b"
)
_OR_NOT = re.compile(
    r"\btests? (?=(?:if|whether)\b)|\bor not\b|\bo no\b|\boder nicht\b|\bou non\b|\bou nao\b|"
    r"\bo no[nt]?\b|\bили нет\b|或不|\b(?:true|false|yes|no) (?:if|when) (?:it is|it's|so|not|"
    r"it is not|it isn't)\b|\botherwise\b|(?:,? ?and )?(?:false|returns? false|falso|false) "
    r"(?:otherwise|else|if not|if it is not|when not)"
)
_FALSE_FIRST = re.compile(
    r"\b(?:false|falso|falsch|faux|not|isn't|aren't|ложь|non|nicht|pas|nao)\b|不是|でない"
)
_CODE_CALL = re.compile(r"`?\b[a-z_$][\w$]*\((?:[^()]|\(\))*\)(?:\s*->\s*[\w\[\], ]+)?`?")
_NAMING = re.compile(
    r"\b(?:named|called|name it|function|method|def|llamad[ao]|namens|nommee?|appelee?|chamad[ao]|"
    r"chiamat[ao]|denominad[ao]|funcion|funktion|fonction|funcao|funzione)\s+(?:`\w+`|"
    r"[\"']\w+[\"']|\w*_\w+)|`(\w+)`"
)
_LANGUAGE = re.compile(
    r"\b(?:in|en|em|auf|на|using|with|for)?\s*(?:python ?3?|java ?script|typescript|java|c\+\+|"
    r"golang|"
    r"bash|rust|ruby|node\.?js|js)(?:\s*(?:function|code|program|script))?(?!\w)"
)


def known_cases(query: str, language: str, subject: Signature) -> list[Case]:
    """Cases for the one well-known thing that a request asks for; none when in doubt.

    The whole sentence must name it: one word that is no filler, and nothing is known.
    """
    if not len(subject.parameters) >= 1 or any(p.is_variadic for p in subject.parameters):
        return []
    found = _matching(query, subject)
    if found is None:
        return []
    entry, trust = found
    order = _order(entry, subject, kinds(subject, query))
    if order is None or (language == "bash" and not entry.is_scalar):
        return []
    return list(_cases(entry, order, trust, query))


@cache
def entries() -> tuple[Entry, ...]:
    """All that is known."""
    return tuple(chain.from_iterable(table.ENTRIES for table in _TABLES))


def _cases(entry: Entry, order: tuple[int, ...], trust: float, query: str) -> Iterator[Case]:
    needs_value = bool(_RETURNS.search(normalised(query)))
    for arguments, expected in entry.cases:
        placed = tuple(arguments[i] for i in order)
        judge = result_is(expected, needs_value=needs_value, may_raise=entry.may_raise)
        quote = f"{entry.name}{_call(arguments)} is {written(expected)}"
        yield Case("known", entry.weight * trust, quote, arguments=placed, judge=judge)


def _call(arguments: tuple[object, ...]) -> str:
    return f"({', '.join(map(repr, arguments))})"


def _matching(query: str, subject: Signature) -> tuple[Entry, float] | None:
    """The one entry that a sentence names, and how far the other sentences leave it so."""
    texts = [_stripped(sentence, subject) for sentence in sentences(query)]
    names = _names(query)
    found = {
        (entry.name, i): entry for i, text in enumerate(texts) for entry in _named(text, names)
    }
    if len({name for name, _ in found}) != 1:
        return None
    entry = next(iter(found.values()))
    named = {i for _, i in found}
    rest = [text for i, text in enumerate(texts) if i not in named]
    if entry.of_prints != bool(_PRINTS.search(normalised(query))) or entry.of_prints:
        return None
    trusts = [_trust(text, entry, names) for text in rest]
    return (entry, min(trusts, default=1.0)) if min(trusts, default=1.0) > 0 else None


def _trust(text: str, entry: Entry, names: frozenset[str]) -> float:
    """How sure it is that a further sentence does not change what is asked for."""
    if not leftover(text, names) or _STATED.search(text):
        return 1.0
    if re.match(rf"(?:an?|the|o|un[ao]?|eine?)?\s*(?:\w+ )?(?:{entry.pattern.pattern})", text):
        return 1.0 if re.search(r"\b(?:is|are|means|es|ist|est|e)\b", text) else 0.0
    if _TWIST.search(text):
        return 0.0
    return 1.0 if _HARMLESS.search(text) else 0.6


def _named(text: str, names: frozenset[str]) -> Iterator[Entry]:
    for entry in entries():
        found = entry.pattern.search(text)
        if found is None or (entry.unless and entry.unless.search(text)):
            continue
        if entry.is_test and _FALSE_FIRST.search(text[: found.start()]):
            continue
        rest = entry.pattern.sub(" ", text)
        if not leftover(rest, names | entry.also):
            yield entry


def _stripped(sentence: str, subject: Signature) -> str:
    """A sentence without the names of functions and languages, and without "or not"."""
    text = normalised(sentence)
    text = _CODE_CALL.sub(" ", _NAMING.sub(r" \1 ", text))
    text = (
        re.sub(rf"\b{re.escape(subject.name.lower())}\b", " ", text)
        if "_" in subject.name
        else text
    )
    return " ".join(_LANGUAGE.sub(" ", _OR_NOT.sub(" ", text)).split())


def _names(query: str) -> frozenset[str]:
    """Names of parameters that the request gives: in a sentence they say nothing more."""
    shown = requested_signature(query)
    given = [p.name for p in shown.parameters] if shown else []
    return frozenset(normalised(name) for name in given)


def _order(entry: Entry, subject: Signature, found: tuple[Kind, ...]) -> tuple[int, ...] | None:
    """Which of the entry's arguments goes to which parameter; None when that is not clear."""
    count = len(entry.kinds)
    if not subject.accepts(count):
        return None
    found = found[:count]
    orders = [
        order
        for order in permutations(range(count))
        if all(_fits(kind, entry.kinds[i]) for kind, i in zip(found, order, strict=True))
        and (not entry.roles or _has_roles(entry, subject, order))
    ]
    straight = tuple(range(count))
    if entry.roles:
        return orders[0] if len(orders) == 1 else None
    return straight if straight in orders else orders[0] if len(orders) == 1 else None


def _has_roles(entry: Entry, subject: Signature, order: tuple[int, ...]) -> bool:
    """Whether at least one name says its role, and none says another."""
    names = [p.name.lower() for p in subject.parameters]
    says = [
        [j for j, role in enumerate(entry.roles) if re.fullmatch(role, name)]
        for name in names[: len(order)]
    ]
    fits = all(not found or i in found for found, i in zip(says, order, strict=True))
    return fits and any(says)


def _fits(kind: Kind, wanted: Kinds) -> bool:
    """Whether a parameter of a kind, if it is known, takes the argument."""
    return kind == "" or kind in _TAKES[wanted]


_TAKES: dict[Kinds, frozenset[Kind]] = {
    "int": frozenset({"int", "number"}),
    "number": frozenset({"int", "number"}),
    "str": frozenset({"str"}),
    "ints": frozenset({"ints", "list"}),
    "strs": frozenset({"strs", "list"}),
    "list": frozenset({"list", "ints"}),
    "matrix": frozenset({"matrix", "list"}),
    "any": frozenset({"int", "number", "str", "list", "ints", "strs", "matrix", "dict"}),
}
