"""Where a value ends in a text, and whether it is all of the result or the first of several."""

# ruff: noqa: RUF001  the signs of other scripts are meant
from __future__ import annotations

import re

from nodes.checks.examples.literals import Literal, literal_at
from nodes.checks.examples.words import FOR, tie_strength

_NEXT_LITERAL = re.compile(
    r"[\"'\[({\u201c\u00ab\u300c\u201e\u2018]|[-+−]?\.?\d|\b(?:True|False|None|true|false|"
    r"null|undefined)\b|\bset\(\)"
)
_OPERATOR = re.compile(r"[ \t]*(?:-{1,2}>|={1,3}|[➞→⟶⇒+*/%&|^<>~-](?![-*/>])|\*\*|//)")
_AND = (
    r"(?:and|or|to|then|through|und|oder|bis|dann|y|e|o|a|luego|et|ou|à|puis|poi|и|или|до|en|of|"
    r"ve|veya)\b|和|与|及|或|到|と|や|から|와|과|부터"
)
_SEPARATOR = re.compile(
    rf"[`*_]{{0,3}}(?:[ \t]*[,，、][ \t]*(?:(?:{_AND})[ \t]*)?|[ \t]*(?:{_AND})[ \t]*|[ \t]+)"
    r"[`*_]{0,3}(?=[^\s])"
)
_NEXT_LINE = re.compile(r"[ \t]*,?\n[ \t]*(?=\S)")
_OTHERWISE = re.compile(
    r"[`*_,\s]{1,4}(?:otherwise|else|elsewhere|unless|sonst|andernfalls|sinon|en otro caso|"
    r"si no|caso contrário|senão|altrimenti|иначе|anders)\b|[`，,\s]{0,3}(?:否则|それ以外)"
)
_LOOKAHEAD = 120
_MOST_VALUES = 50


def ends_well(text: str, end: int) -> bool:
    """Whether a value is complete where it ends: no operator and no other value goes on."""
    return not _is_cut(text, end) and not goes_on(text, end)


def _is_cut(text: str, end: int) -> bool:
    if re.match(r"[ \t]*(?:…|\.\.\.)", text[end : end + 8]):
        return True
    rest = text[end : end + 40]
    if _OPERATOR.match(rest):
        return re.match(r"[ \t]*(?://|#|\*\*\s|\|)", rest) is None
    return rest[:1].isalnum() and rest[:1].isascii()


def goes_on(text: str, end: int) -> bool:
    """Whether more values follow that are no example of their own: "3 and 1", "2, 3, 5".

    What such a result is, a list, a tuple or printed text, cannot be known.
    """
    first = _following(text, end)
    if first is None:
        return False
    at = first.end
    for _ in range(_MOST_VALUES):
        if _begins_example(text, at):
            return False
        following = _following(text, at)
        if following is None:
            break
        at = following.end
    return not (_is_cut(text, first.end) or _OTHERWISE.match(text, at) or FOR.match(text, at))


def is_several(source: str) -> bool:
    """Whether a cell or a quoted piece holds several values without brackets: `2, 3, 5`."""
    literal = literal_at(source.strip(), 0)
    return literal is not None and goes_on(source.strip(), literal.end)


def _following(text: str, end: int) -> Literal | None:
    """The value that comes at once behind another, on its line or alone on the next."""
    separator = _SEPARATOR.match(text, end)
    if separator is None:
        line = _NEXT_LINE.match(text, end)
        literal = literal_at(text, line.end()) if line else None
        is_alone = literal and re.compile(r"[ \t]*,?[ \t]*(?:\n|\Z)").match(text, literal.end)
        return literal if is_alone else None
    at = separator.end()
    is_note = text[at : at + 1] == "(" and text[end - 1] != ")" and separator[0].isspace()
    return None if is_note else literal_at(text, at)


def _begins_example(text: str, end: int) -> bool:
    """Whether what ends here is tied to a result: `'45s' is 45`."""
    found = next_value(text, end)
    if found is None:
        return False
    literal, between = found
    return tie_strength(between, text[literal.end : literal.end + 30]) > 0


def next_value(text: str, end: int) -> tuple[Literal, str] | None:
    """The next literal within the sentence, and the words before it."""
    line = text[end : end + _LOOKAHEAD].split("\n\n", 1)[0]
    for found in _NEXT_LITERAL.finditer(line):
        literal = literal_at(text, end + found.start())
        if literal is not None:
            return literal, line[: found.start()]
        if found[0] not in "([":
            return None
    return None
