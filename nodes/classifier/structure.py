"""Signs of code in the shape of a text, whatever its natural language."""

from __future__ import annotations

import re

# Every pattern is linear: bounded repeats, no nested ones. Texts come casefolded and bounded.
_COUNTED = {
    "call": re.compile(r"[a-z_]\w{0,40}\("),
    "member": re.compile(r"[a-z_]\w{0,40}\.[a-z_]\w{0,40}\b(?!\.[a-z]{2,3}\b)"),
    "assign": re.compile(r"\w[\])]? ?(?:[:+\-*/]?=)(?![=>]) ?[\w\"'\[({-]"),
    "operator": re.compile(r"==|!=|=>|->|::|&&|\|\||<<|>>|\+\+|</|/>"),
    "brace": re.compile(r"[{}\[\]]"),
    "line_end": re.compile(r"[;{})\]:,]\s*$", re.M),
    "indented": re.compile(r"^(?:\t| {2,})\S", re.M),
    "snake": re.compile(r"\b[a-z]+\d*_[a-z_0-9]+\b"),
    "flag": re.compile(r"(?<=[\s`])--?[a-z][\w-]{0,20}\b"),
    "path": re.compile(r"(?:^|[\s\"'`(=])(?:~|\.{1,2})?/[\w.*-]{1,40}"),
    "glob": re.compile(r"\*\.\w{1,5}\b"),
    "sigil": re.compile(r"[$@]\w{1,40}|%[sdr]\b"),
    "quoted": re.compile(r"[\"'`][^\"'`\n]{1,60}[\"'`]"),
    "arithmetic": re.compile(r"\d\s?[+*/^\u00d7\u00f7]\s?\d"),
    "money": re.compile(r"[$€£]\s?\d|\d\s?(?:%|percent\b|€)"),
    "number": re.compile(r"\b\d+(?:\.\d+)?\b"),
}
_PRESENT = {
    "fence": re.compile(r"```|~~~"),
    "inline_code": re.compile(r"(?<!`)`[^`\n]{1,80}`(?!`)"),
    "keyword_line": re.compile(
        r"^\s{0,20}(?:def \w+\s?\(|class \w+\s?[:({]|import \w|from [\w.]+ import |"
        r"function\s?\w*\s?\(|#include\s?[<\"]|using namespace |public (?:static|class|void) |"
        r"package \w+$|fn \w+|func \w+\(|"
        r"(?:var|let|const) \w+ ?=|<\?php|#!/|<!doctype|return\b.{0,40};?$)",
        re.M,
    ),
    "control": re.compile(
        r"\b(?:for|while|if|switch|catch)\s?\(|\belif\b|\bfor \w+ in \w|\bend if\b"
    ),
    "comment": re.compile(r"^\s{0,20}(?:#(?!#?\s*$)|//|/\*|\*|--|<!--|\"\"\")", re.M),
    "prompt": re.compile(r"^\s{0,8}(?:>>> |\$ |c:\\|sudo )", re.M),
    "sql": re.compile(
        r"\bselect\b.{1,200}\bfrom\b|\binsert into\b|\bcreate table\b|\bgroup by\b", re.S
    ),
    "tag": re.compile(r"</?(?:[a-z][a-z0-9]{0,10})(?:\s[^<>\n]{0,80})?/?>"),
    "stack_trace": re.compile(
        r"traceback \(most recent|^\s{1,8}at [\w.$<>]{3,80}\(|\bfile \"[^\"\n]{1,120}\", line \d|"
        r"exception in thread|\bpanicked at\b|segmentation fault|core dumped|collect2:|"
        r":\d+:\d+: error|npm err!|undefined reference",
        re.M,
    ),
    "error_name": re.compile(r"\b[a-z]{3,40}(?:error|exception)\b"),
    "error_label": re.compile(r"\berror(?: code)?:|\berror \w{0,3}\d{2,5}\b|\bwarning:"),
    "source_file": re.compile(
        r"\b[\w-]{1,40}\.(?:py|js|jsx|ts|tsx|java|c|cpp|h|hpp|cs|go|rs|rb|php|pl|sh|sql|html|css|"
        r"scss|vue|ipynb|kt|swift|r|lua|yml|yaml|toml|json|xml|ini|conf|gradle|tf)\b"
    ),
    "data_file": re.compile(
        r"\b[\w*-]{1,40}\.(?:txt|csv|log|xlsx?|tar|gz|zip|bak|dat|pdf|jpe?g|png)\b"
    ),
    "signature": re.compile(r"\b[a-z_]\w{1,40}\s?\((?:\s?[a-z_]\w{0,20}\s?[,)]){1,6}"),
    "example_value": re.compile(r"\[\s?[\"'\d][^\]\n]{0,80}\]|\{[\"'][^}\n]{0,80}\}"),
    "latex": re.compile(r"\\(?:begin|frac|documentclass|usepackage|textbf|int|sum)\b"),
    "question": re.compile(r"[?\u061f]\s*$"),
    "url": re.compile(r"https?://"),
    "blank": re.compile(r"_{3,}"),
}  # fmt: skip

# How people specify a function in prose; a word before a parenthesis is no call by itself, as in
# "Rome (Italy)" or "the key(s)", and one letter before it is usually mathematics.
_ARG = r"\s?[a-z_]\w{0,30}\s?"
_TYPE = (
    r"(?:u?int|integer|string|str|bool|boolean|double|float|char|long|text|varchar|real|number|"
    r"decimal|numeric|date|datetime|timestamp|list|vector|map|dict|array)"
)
_CALLS = {
    "arguments": re.compile(rf"\b[a-z_]\w{{1,40}}\({_ARG}(?:,{_ARG}){{1,7}}[),]"),
    "argument": re.compile(
        r"\b(?!(?:sin|cos|tan|cot|log|exp|sqrt|lim|det|arc\w{3})\()[a-z_]\w{2,40}\("
        r"(?!(?:es|en|er|as|os|in|nen|innen|ies|ed|ly|al)\))\s?[a-z_]\w{1,30}\s?\)"
    ),
    "typed": re.compile(
        rf"\b[a-z_]\w{{1,40}}\s?\((?:[^()\n]{{0,60}}[\s,:])?{_TYPE}\b(?:[\[\s<,:]|\))"
    ),
    "snake_call": re.compile(r"\b[a-z]{1,20}(?:_[a-z0-9]{1,20}){1,5}\("),
    "bare_call": re.compile(r"\b[a-z_]\w{1,40}\(\)"),
    "called": re.compile(r"\b[a-z_]\w{2,40}\(\s?(?:[\"'\[{]|-?\d)"),
    "head": re.compile(
        r"\b(?:def|func|fn|function|void|static \w{1,20}|public \w{1,20}) [a-z_]\w{0,40}\("
    ),
    "maths": re.compile(r"\b[a-z]'?\(\s?[a-z0-9]\s?\)|\b(?:sin|cos|tan|log|ln|exp|sqrt|lim)\("),
    "nested": re.compile(r"[\[(]\s?[\[({]|[\])}]\s?,\s?[\[({]"),
}
_SPECIFIED = {
    "arrow": re.compile(r"->|=>|[\u2192\u21d2\u21a6\u27f6\u279c]"),
    "maps_to": re.compile(
        r"[\"'`\d\])}]\s?(?:->|=>|[\u2192\u21d2\u21a6\u27f6\u279c])\s?[\"'`\d\[({-]"
    ),
    "empty": re.compile(r"\[\]|\{\}|(?<![\"'])(?:\"\"|'')(?![\"'])"),
    "null": re.compile(r"\b(?:null|nil|nullptr|nan|undefined)\b"),
    "truth": re.compile(r"\b(?:true|false|none)\b"),
    "type": re.compile(
        r"\b(?:dicts?|tuples?|int|ints|str|bool|boolean|datetime|varchar|bigint|hashmap|arraylist)\b"
        r"|\b(?:vector|list|map|set|optional|promise|record|array)<|\bstd::|\b(?:int|string)\[\]"
    ),
    "compared": re.compile(r"[<>]=|[\u2264\u2265]"),
    "named": re.compile(r"`[a-z_]\w{0,40}`|\b[a-z]{1,20}(?:_[a-z0-9]{1,20}){1,5}\b"),
    "raised": re.compile(r"\b[a-z]{3,40}(?:error|exception)\b"),
    "literal": re.compile(r"\[\s?(?:[\"'\d]|-\d)|[\[(]\s?\d[\d., ]{0,40}[\])]|\{\s?[\"']"),
    "quotes": re.compile(r"([\"'])[^\"'\n]{1,40}\1[^\"'\n]{1,40}([\"'])[^\"'\n]{0,40}\2"),
}  # fmt: skip
_NOT_OF_CODE = frozenset({"maths", "truth", "quotes", "arrow"})

_BINS = (1, 2, 4, 8, 16)
_CODE_SIGNS = frozenset({"fence", "keyword_line", "prompt", "sql", "tag", "stack_trace", "control"})


def signs_in(text: str) -> dict[str, float]:
    """Sign to strength in 0..1; absent signs are left out."""
    signs = {name: 1.0 for name, pattern in _PRESENT.items() if pattern.search(text)}
    for name, pattern in _COUNTED.items():
        count = sum(1 for _ in pattern.finditer(text))
        if count:
            signs[name] = sum(count >= edge for edge in _BINS) / len(_BINS)
    return signs


def specified_in(text: str) -> frozenset[str]:
    """Signs that a text specifies a function, a table or what values become."""
    found = {name for name, pattern in _SPECIFIED.items() if pattern.search(text)}
    if "(" in text:
        found |= {name for name, pattern in _CALLS.items() if pattern.search(text)}
    return frozenset(found)


def certainty_of(specified: frozenset[str]) -> int:
    """How many of the signs are of the kind that talk about other things seldom shows."""
    return len(specified - _NOT_OF_CODE)


def holds_code(signs: dict[str, float]) -> bool:
    """Whether the signs amount to a piece of code rather than a symbol or two."""
    if "fence" in signs or "stack_trace" in signs:
        return True
    weak = sum(signs.get(name, 0.0) >= 0.4 for name in ("call", "assign", "operator", "line_end"))
    return len(_CODE_SIGNS & signs.keys()) + weak >= 2
