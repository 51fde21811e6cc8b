"""Requests that report a bug: what they say a function returns may be what is wrong with it."""

# ruff: noqa: RUF001  the signs of other scripts are meant
from __future__ import annotations

import itertools
import re

from nodes.checks.cases import Case
from nodes.checks.examples.brackets import STRING
from nodes.checks.examples.words import SHOULD

_GIVES = r"(?:returns?|returning|gives?|giving|gets?|getting|got|prints?|outputs?|shows?|produces?)"
_ENGLISH = (
    r"\bwrong (?:output|result|answer|value|number|thing)s?\b|\b(?:what|something|anything)(?: is|"
    rf"'s|’s)? (?:going |goes )?wrong\b|\b(?:that|this|it|which|results?|outputs?|answer)"
    r"(?: is|'s|’s| are| looks?| seems?) (?:wrong|incorrect|not right|off|broken)\b|"
    rf"\b{_GIVES} (?:me )?(?:the |an? )?(?:wrong|incorrect|unexpected)\b|\bincorrectly\b|"
    r"(?:[,(:—-] ?|\bbut )(?:wrong|incorrect)\b|\bwrong[.!?)]|"
    r"\bbug(?:s|gy)?\b|\bdebug (?:it|this|my|the)\b|\bbroken\b(?! (?:into|up|down|by|across))|"
    r"\bmisbehav\w+|"
    r"\b(?:doesn['’]?t|does not|isn['’]?t|is not|not) work(?:ing)?\b|\bunexpected(?:ly)?\b|"
    r"\bfix (?:it|this|that|my|the|these|them|what|me)\b|\b(?:please|pls|you|to) fix\b|\bfix[.!?:]|"
    rf"\bwhy (?:does|do|is|am|did)\b[^?\n]{{0,120}}\b{_GIVES}\b|\bhow come\b|"
    r"\b(?:output|result|answer|value|what) (?:that )?I(?:'m| am)? get(?:ting)?\b|"
    r"(?<!do )(?<!can )(?<!when )(?<!if )(?<!that )\bI(?:'m| am)? (?:get|getting|got)\b|"
    r"\b(?:returns|gives|gets?|got|getting|prints|outputs|shows)\b[^.\n]{1,40}\binstead(?: of)?\b|"
    r"\b(?:I|we)(?: was| were)? expect(?:ed|ing)\b|[?!] ?expected\b|"
    r"\bexpected\b[^\n]{1,60}\b(?:but|got|actual)\b|\bgot\b[^\n]{1,60}\bexpected\b"
)
_OTHERS = (
    r"\bfalsch\w*|\b(?:kaputt|fehlerhaft\w*)\b|\b(?:repariere?|behebe?|korrigiere?)\b|"
    r"\bfunktioniert nicht\b|\bwarum\b|\berwartet (?:habe|hatte|war|wäre|ist)\b|\bich erwarte\w*|"
    r"\bstattdessen\b|"
    r"\bincorrect[oa]s?\b|\b(?:está|esta|sale|anda|va) mal\b|\b(?:no|não|non) funciona\b|"
    r"\bnon funziona\b|\b(?:arregl|corrig|corrij|consert)\w+|\bpor qu[eé]\b|\bequivocad\w+|"
    r"\berrad[oa]s?\b|\besperaba\b|\besperava\b|\bsbagliat\w+|\bperch[eé]\b|\bmi aspettavo\b|"
    r"\b(?:c'est|est|donne un résultat) (?:faux|fausse|incorrecte?)\b|\bfaux[.!,]|\bpourquoi\b|"
    r"\bne (?:marche|fonctionne) pas\b|"
    r"\b(?:devuelve|da|renvoie|retourne|donne|retorna)\b[^.\n]{1,40}"
    r"\b(?:au lieu|e[nm] (?:lugar|vez)) de\b|"
    r"\bнеправильн\w+|\bневерн\w+|\bошибка\b|\bисправ\w+|\bпочему\b|"
    r"\bне работает\b|\bожидал\w*\b|"
    r"错了|不对|错误的?(?:结果|答案|输出)|(?:结果|答案|输出)(?:是)?错|修复|为什么|不正确|有问题|"
    r"バグ|間違|直して|修正して|なぜ|おかしい|正しくな|버그|틀[렸린려]|고쳐|잘못|왜 |"
    r"\byanlış\b|\bdüzelt\w*|\bneden\b"
)
_REPORT = re.compile(rf"{_ENGLISH}|^\W*fix\b|{_OTHERS}", re.I)
_RIGHT = re.compile(
    rf"{SHOULD.pattern}|\b(?:instead of|rather than|en lugar de|en vez de|em vez de|au lieu de|"
    r"invece di|statt|anstatt|вместо|erwart\w+|ожида\w+|esper\w+|attend\w*)\b"
    r"|而不是|ではなく|期望|期待",
    re.I,
)
_TEST = re.compile(r"(?:self\.)?assert|expect\s*\(|with |is_deeply")
_BUT = re.compile(
    r"\b(?:but|yet|however|pero|mas|mais|ma|aber|sondern|но|а)\b|但|却|けど|ですが", re.I
)
_CLAUSE = re.compile(r"(?:[^.,;!?\n。，、；？！\d\"'\[\]{}]|(?<=:)\n){0,60}\Z")


def reports_bug(text: str) -> bool:
    """Whether a request says that code which exists does not do what it should."""
    return _REPORT.search(text) is not None


def states_right(case: Case, text: str) -> bool:
    """Whether a case's own clause says that its result is the right one: a test, or "should"."""
    if _TEST.match(case.quote):
        return True
    quote = STRING.sub("''", case.quote)
    return _is_right(quote) or any(
        _is_right(f"{clause} {quote}") for clause in _clauses_before(case.quote, text)
    )


def _is_right(said: str) -> bool:
    words = list(_RIGHT.finditer(said))
    return bool(words) and _BUT.search(said, words[-1].end()) is None


def _clauses_before(quote: str, text: str) -> list[str]:
    pattern = r"\s+".join(map(re.escape, quote.split()))
    found = re.finditer(pattern, text) if pattern else ()
    before = [
        text[max(0, place.start() - 60) : place.start()] for place in itertools.islice(found, 5)
    ]
    return [clause[0] for part in before if (clause := _CLAUSE.search(part))]
