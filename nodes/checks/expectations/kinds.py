"""What a parameter holds, from its annotation, its name and the request's words."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Any, Literal

from nodes.checks.cases import Parameter, Signature
from nodes.checks.examples.sources import UNREADABLE, quiet_tree
from nodes.checks.expectations.requested import requested_signature

Kind = Literal["int", "number", "str", "bool", "ints", "strs", "list", "matrix", "dict", ""]
"""`list` is one of unknown elements; empty: nothing is known."""

_INT = re.compile(
    r"int|integer|long|short|byte|i\d+|u\d+|usize|isize|int\d+_t|size_t|bigint|longlong"
)
_NUMBER = re.compile(r"float|double|number|f32|f64|decimal")
_STR = re.compile(r"str|string|&str|charsequence|string_view")
_BOOL = re.compile(r"bool|boolean")
_DICT = re.compile(
    r"(?:dict|mapping|map|unordered_map|hashmap|record|counter|defaultdict)(?:[\[<].*)?|object"
)
_LIST = re.compile(
    r"(?:list|sequence|iterable|collection|array|vector|arraylist|readonlyarray|"
    r"vec)(?:[\[<](.*)[\]>])?"
)
_ARRAY = re.compile(r"(.+)\[\]")
_BY_NAME: tuple[tuple[str, Kind], ...] = (
    (r"nums?_?(?:list|array)|nums|numbers|integers|ints|num_?list|number_?list|scores|prices|temps|"
     r"temperatures|grades|weights|heights|salaries|numeros|zahlen|nombres|numeri", "ints"),
    (r"words|strings|strs|sentences|texts|word_?list|string_?list|palabras|palavras", "strs"),
    (r"matrix|grid|mat|matriz|matrice|matrix[12ab]|mat[12]|matrice", "matrix"),
    (r"lst\d?|list\d|l[12]|arr\d?|array\d?|items|elements|the_?list|input_?list|my_?list|list[ab_]|"
     r"arr[ab]|lista|liste|values|data_?list|sequence|seq|elems", "list"),
    (r"s\d?|st|str\d?|string\d?|strng|text\d?|txt|word\d?|sentence|phrase|paragraph|message|msg|"
     r"input_?str(?:ing)?|input_?text|cadena|texto|palabra|frase|chaine|texte|mot|testo|stringa|"
     r"palavra|wort|satz|sub|substr(?:ing)?|needle|haystack|my_?str(?:ing)?", "str"),
    (r"n|num\d?|number\d?|k|count|limit|year|month|age|index|position|pos|num_?rows|rows|cols|"
     r"terms|size|length|numero|numeros?|zahl|nombre|ano|annee|anno|jahr|integer|exponent|depth|"
     r"minutes|seconds|hours|days|total_?seconds", "int"),
    (r"celsius|fahrenheit|kelvin|temp|temperature|radius|height|weight|width|price|amount|"
     r"principal|rate|percent(?:age)?|distance|base|discount|salary", "number"),
    (r"dictionary|dct|mapping|my_?dict|data_?dict|diccionario|dict\d|d[12]", "dict"),
)  # fmt: skip
_LONGEST_TYPE_CHARS = 200
_LONGEST_CALL_CHARS = 2_000
_NAMES = tuple((re.compile(pattern), kind) for pattern, kind in _BY_NAME)
_OF_NUMBERS = re.compile(
    r"\b(?:list|array|sequence|lists|arrays|vector|tuple)s? of (?:\w+ )?(?:integer|number|int|"
    r"num|float)|"
    r"\b(?:integer|number) (?:list|array)|(?:lista|arreglo|vector|lista) de (?:numeros|enteros|"
    r"inteiros)|"
    r"liste? (?:von|de|d') ?(?:zahlen|nombres|entiers)|lista di (?:numeri|interi)|"
    r"список (?:целых )?чисел|списка чисел|整数列表|数字列表|整数数组|整数のリスト|数値のリスト",
    re.I,
)
_OF_STRINGS = re.compile(
    r"\b(?:list|array|sequence|tuple)s? of (?:\w+ )?(?:string|word|name)|lista de (?:cadenas|"
    r"palabras|strings)|"
    r"liste? (?:von|de) (?:strings|worten|wortern|mots|chaines)|"
    r"список строк|字符串列表|文字列のリスト",
    re.I,
)
_TWO_NUMBERS = re.compile(r"\b(?:two|three|2|3) (?:\w+ )?(?:numbers|integers|values)\b", re.I)


def kinds(subject: Signature, query: str) -> tuple[Kind, ...]:
    """The kind of each parameter, in order."""
    given = shown_arguments(query, subject.name)
    if given and len(given[0]) == len(subject.parameters):
        return tuple(kind_of(value) for value in given[0])
    shown = requested_signature(query)
    same = shown is not None and len(shown.parameters) == len(subject.parameters)
    asked = shown.parameters if shown is not None and same else subject.parameters
    return tuple(_kind(p, q, query) for p, q in zip(subject.parameters, asked, strict=True))


def kind_of(value: Any) -> Kind:
    """The kind of a value."""
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "number"
        case str():
            return "str"
        case dict():
            return "dict"
        case [first, *_] if isinstance(value, list):
            return _of(kind_of(first))
        case _:
            return "list" if value == [] else ""


@lru_cache(maxsize=64)
def shown_arguments(query: str, name: str) -> tuple[tuple[Any, ...], ...]:
    """Arguments of the calls of a function that a request writes out with plain values.

    A call whose values cannot be read counts as one without arguments.
    """
    if not name:
        return ()
    calls = re.finditer(
        rf"(?<![\w.]){re.escape(name)}\(((?:[^()\n]|\([^()\n]*\)){{1,400}})\)", query
    )
    found = (_values(call[1]) for call in calls if re.search(r"[\d\[\]'\"]", call[1]))
    return tuple(one for one in found if one is not None)


def _values(inside: str) -> tuple[Any, ...] | None:
    if re.search(r"[A-Za-z_]\w*\s*[:=]", inside) and "'" not in inside and '"' not in inside:
        return None
    if len(inside) > _LONGEST_CALL_CHARS:
        return ()
    try:
        found: tuple[Any, ...] = ast.literal_eval(quiet_tree(f"({inside},)"))
        repr(found)
    except (*UNREADABLE, TypeError):
        return ()
    return found


def _kind(parameter: Parameter, asked: Parameter, query: str) -> Kind:
    for one in (parameter, asked):
        if one.type:
            return _refined(by_type(one.type), query)
    if re.search(rf"(?<![\w.]){re.escape(parameter.name)} ?= ?['\"]", query):
        return "str"
    return _refined(by_name(parameter.name) or by_name(asked.name), query) or _by_words(
        parameter.name, query
    )


def _refined(kind: Kind, query: str) -> Kind:
    """A plain list holds what the request says that lists hold."""
    if kind != "list":
        return kind
    numbers, strings = bool(_OF_NUMBERS.search(query)), bool(_OF_STRINGS.search(query))
    if numbers == strings:
        return "list"
    return "ints" if numbers else "strs"


def _by_words(name: str, query: str) -> Kind:
    single = re.fullmatch(r"[abcxym]", name) is not None
    return "int" if single and _TWO_NUMBERS.search(query) else ""


def by_name(name: str) -> Kind:
    """What a name of this kind usually holds; empty when it could be anything."""
    bare = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower().strip("_$")
    return next((kind for pattern, kind in _NAMES if pattern.fullmatch(bare)), "")


def by_type(annotation: str) -> Kind:
    """What an annotation of any of the languages says; empty when it is none of the kinds."""
    if len(annotation) > _LONGEST_TYPE_CHARS:
        return ""
    text = (
        annotation.lower().replace("typing.", "").replace("std::", "").replace("collections.", "")
    )
    text = re.sub(r"\b(?:const|final|readonly|unsigned|signed|mut)\b|\s|[&*'\"]", "", text)
    text = re.sub(r"^optional\[(.*)\]$", r"\1", text)
    text = re.sub(r"\|(?:none|null|undefined)$", "", text)
    for pattern, kind in ((_INT, "int"), (_NUMBER, "number"), (_STR, "str"), (_BOOL, "bool")):
        if pattern.fullmatch(text):
            return kind  # type: ignore[return-value]
    if _DICT.fullmatch(text):
        return "dict"
    array, generic = _ARRAY.fullmatch(text), _LIST.fullmatch(text)
    found = array or generic
    if found is None:
        return ""
    return _of(by_type(found[1])) if found[1] else "list"


def _of(element: Kind) -> Kind:
    """A collection of elements of one kind; empty for pairs, texts of texts and the like."""
    if element in ("int", "number"):
        return "ints"
    if element == "str":
        return "strs"
    return "matrix" if element == "ints" else ""
