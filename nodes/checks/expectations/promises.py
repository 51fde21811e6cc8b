"""Words of a request, and what they promise of any result."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nodes.checks.expectations.complaints import (
    Complaint,
    is_a,
    is_cased,
    no_repeats,
    not_negative,
    ordered,
    rounded,
    same_items,
    same_length,
)

_LISTS = r"(?:list|array|lista|liste)"
_RETURNS = (
    r"(?:returns?|returning|devuelv[ea]|retorn[ae]|regres[ae]|gibt|liefert|renvoie|"
    r"retourne|restituisc[ea]|возвращает|返回)"
)
_ARTICLE = r"(?:an? |the |una? |eine? |einen |une? |uma? )?"


@dataclass(frozen=True)
class Promise:
    """Words, and what they promise of the result.

    `unless` says what in the same sentence makes them mean another thing.
    """

    name: str
    words: re.Pattern[str]
    complaint: Complaint
    weight: float
    unless: re.Pattern[str] | None = None


A_LIST = is_a("a list", list, tuple, set, frozenset)
A_TEXT = is_a("a string", str)
A_BOOLEAN = is_a("a boolean", bool, int)
AN_INTEGER = is_a("an integer", int, float)
A_NUMBER = is_a("a number", int, float)
A_MAPPING = is_a("a dictionary", dict)
_OTHERWISE = re.compile(
    r"\b(?:or|none|null|otherwise|else|if|when|list of lists|depending|unless|except|error|"
    r"generator|"
    r"iterator|tuple|linked|json|boolean|function|promise|o|oder|ou|si|wenn|falls|cuando|quand|"
    r"se|quando|vaci[oa]|vide|leere?|vuot[ao]|vazi[ao])\b|если|如果"
)
_BY_KEY = re.compile(
    r"\b(?:by|according|based|then|key|frequency|length|count|custom|if|except|check|whether|"
    r"is sorted|tuples?|dict\w*|both|each|even|odd|followed|numbers first|absolute|two|first|"
    r"only|either|or)\b"
)


def _returned(what: str) -> re.Pattern[str]:
    return re.compile(rf"\b{_RETURNS} {_ARTICLE}(?:new |single |python )?(?:{what})(?=$|[ ,.;])")


_LIST_ITSELF = _returned(rf"{_LISTS}(?: (?:of|with|containing))?")
_A_STRING = _returned(r"string|cadena|zeichenkette|chaine(?: de caracteres)?|stringa")
_A_BOOLEAN = _returned(r"boolean(?: value)?|booleano|bool")
_A_DICTIONARY = _returned(r"dict(?:ionary)?|diccionario|worterbuch|dictionnaire|hash ?map")
_AN_INTEGER = _returned(r"(?:integer|int)(?: value)?")
_NOT_BOOLEAN = re.compile(r"\b(?:list|array|none|null|string|tuple)\b")
_TYPES = (
    Promise("list", _LIST_ITSELF, A_LIST, 0.5, _OTHERWISE),
    Promise("string", _A_STRING, A_TEXT, 0.5, _OTHERWISE),
    Promise("boolean", _A_BOOLEAN, A_BOOLEAN, 0.5, _NOT_BOOLEAN),
    Promise("dictionary", _A_DICTIONARY, A_MAPPING, 0.5, _OTHERWISE),
    Promise("integer", _AN_INTEGER, AN_INTEGER, 0.5, _OTHERWISE),
)
PROMISES: tuple[Promise, ...] = (
    Promise(
        "ascending",
        re.compile(
            rf"\b{_RETURNS} {_ARTICLE}(?:new )?sorted {_LISTS}\b|\b{_RETURNS} [\w ]{{0,50}}\b"
            r"(?:in|sorted in) (?:ascending|increasing|alphabetical) order|"
            r"\b(?:result|output|returned list) (?:should|must|is|will)(?: be)? sorted"
            r"(?: in (?:ascending|increasing) order)?$"
        ),
        ordered(falling=False),
        0.65,
        re.compile(rf"{_BY_KEY.pattern}|descend|decreas|reverse"),
    ),
    Promise(
        "descending",
        re.compile(
        rf"\b{_RETURNS} [\w ]{{0,50}}\b(?:in|sorted in) (?:descending|decreasing) order"),
        ordered(falling=True),
        0.65,
        _BY_KEY,
    ),
    Promise(
        "unique",
        re.compile(
            rf"\b{_RETURNS} {_ARTICLE}(?:new )?(?:{_LISTS} (?:of|with) )?(?:the |all (?:the )?)?"
            r"(?:unique|distinct) (?:elements|values|items|words|characters|numbers)\b|"
            rf"\b{_RETURNS} [\w ]{{0,40}}\b(?:without|with no|no) duplicates\b"
        ),
        no_repeats,
        0.65,
        re.compile(r"\b(?:number of|count|sum|combinations|pairs|permutations|consecutive)\b"),
    ),
    Promise(
        "lower_case", _returned(r"[\w ]{1,30} (?:in|to|as) (?:all )?lower ?case"),
        is_cased(upper=False), 0.65,
        re.compile(r"\b(?:if|first|except|only|upper\w*|number|count|or)\b"),
    ),
    Promise(
        "upper_case", _returned(r"[\w ]{1,30} (?:in|to|as) (?:all )?upper ?case"),
        is_cased(upper=True), 0.65,
        re.compile(r"\b(?:if|first|except|only|lower\w*|number|count|or|each)\b"),
    ),
    Promise("non_negative", _returned(r"non-?negative (?:integer|number|int|value)"), not_negative,
        0.7),
    Promise(
        "two_decimals",
        re.compile(
                   r"\brounded to (?:two|2) decimal|\bround (?:the result |it )?to (?:two|2)"
                   r" decimal|redonde\w+ a (?:dos|2) decimales|"
                   r"auf (?:zwei|2) (?:dezimal|nachkomma)stellen|arrondi\w* a (?:deux|2)"
                   r" decimales|保留两位小数"),
        rounded(2),
        0.65,
        re.compile(r"\b(?:string|each|if)\b"),
    ),
    Promise(
        "shuffled", re.compile(rf"\b(?:shuffles?|permutes?) (?:an? |the )?(?:given )?{_LISTS}\b"),
        same_items, 0.7,
    ),
    Promise(
        "same_length",
        re.compile(
                   rf"\b{_RETURNS} {_ARTICLE}(?:new )?(?:{_LISTS}|string) (?:of|with)"
                   r" the same length as the (?:input|original)"),
        same_length,
        0.7,
    ),
    *_TYPES,
)  # fmt: skip

UNTOUCHED = re.compile(
    r"\b(?:without (?:modifying|mutating|changing|altering) (?:the |its |any )?(?:original|input|"
    r"given|list|array|argument)|"
    r"(?:do(?:es)? not|don't|doesn't|must not|should not|never) (?:modify|mutate|change|alter) "
    r"(?:the |its |any )?(?:original|input|given|argument|list|array)|"
    r"sin modificar (?:la |el )?(?:lista|original|entrada)|ohne (?:die |das )?(?:original\w*|"
    r"eingabe\w*|liste) zu (?:verandern|andern)|sans modifier (?:la |le |l')?(?:liste|original|"
    r"entree))"
)
IGNORES_CASE = re.compile(
    r"\bignor(?:e|es|ing)(?: the)? (?:letter |upper/lower )?case"
    r"(?: (?:differences|sensitivity))?\b(?! of)|\bcase[- ]insensitive(?:ly)?\b|"
    r"\b(?:regardless of|irrespective of) case\b|sin (?:distinguir|importar) mayusculas|"
    r"gross-? ?und kleinschreibung (?:ignor|nicht)|sans tenir compte de la casse|忽略大小写|"
    r"不区分大小写"
)
TESTS = re.compile(
    r"\b(?:checks?|whether|true|count\w*|number of|is_\w+|verifi\w*|pruf\w*|comprueb\w*|判断|是否)"
    r"\b|判断|是否"
)
