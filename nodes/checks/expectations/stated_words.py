"""The words in which requests state edge cases, over normalised text, in several languages."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

import re

_VALUE = (
    r"(?:an? |the |le |la |el |une? |una |eine? |um |uma )?(?:value |valor |integer )?[`'\"]?"
    r"(?P<value>empty (?:list|array|string|dict(?:ionary)?|object|tuple)|"
    r"(?:lista|arreglo|cadena|string) vaci[oa]|leere (?:liste|zeichenkette)|leeren string|"
    r"liste vide|chaine vide|(?:lista|string) vazia|lista vuota|stringa vuota|пустои список|"
    r"пустую строку|空(?:列表|字符串|数组)|none|null|nil|true|false|verdadero|falso|"
    r"-?\d+(?:\.\d+)?(?![\w.])|zero|cero|null(?!\w)|nul(?!\w)|\[\]|\{\}|''|\"\")[`'\"]?"
    r"(?!\w| (?:if not|list of|and\b|elements|or))"
)
_GIVES = (
    r"(?:(?:should |must |it |to )*(?:returns?|return|gives?|yields?|is|be|results? in|returning|"
    r"->|=>)|devuelv[ea]|retorn[ae]|regres[ae]|"
    r"gibt|liefert|renvoie|retourne|restituisc[ea]|возвращает|верни(?:те)?|вернуть|返回|返す)"
)
_WHEN = (
    r"(?:if|when|for|on|given|in case(?: of)?|si|cuando|para|wenn|falls|bei|quand|pour|"
    r"lorsque|se|quando|per|если|для|如果|当|对于)"
)
_CONDITION = r"(?P<condition>[^,.;:]{3,70}?)"
_AFTER = re.compile(
    rf"\b{_GIVES}\s*{_VALUE}\s*(?:zuruck)?,?\s*\b{_WHEN}\b\s*{_CONDITION}(?=$|[,.;:]|\s+(?:or|"
    rf"and otherwise|otherwise|else)\b)"
)
_BEFORE = re.compile(
    rf"(?:^|[,;:(]\s*|\b(?:and|but|y|und|et|"
    rf"e)\s+)(?:\b{_WHEN}\b\s*)?{_CONDITION}\s*,?\s*(?:then\s+|(?:the )?(?:function|result|"
    rf"it)\s+)?(?:should\s+|must\s+)?\b{_GIVES}\s*{_VALUE}(?=\s*$|\s*[,.;:)]|\s+zuruck)"
)
_CHINESE = re.compile(
    rf"(?:如果|若|当|对于)(?P<condition>[^,，。;]{{2,20}}?)(?:时|的话)?[,，]?\s*(?:则|应|就|"
    rf"应该)?返回\s*{_VALUE}"
)
_JAPANESE = re.compile(
    rf"(?P<condition>[^、,。]{{1,20}}?)(?:の場合|なら|のとき)(?:は|に)?[、,]?\s*{_VALUE}\s*を返"
)
RESULTS = (_AFTER, _BEFORE, _CHINESE, _JAPANESE)
_RAISE = (
    r"(?:(?:should |must |it )*(?:raises?|throws?|raising|throwing)|lanz[ae]|lance[rz]?|"
    r"leve[rz]?|wirft|werfen|sollevi?a?|выброс\w+|抛出|引发)\s*"
    r"(?:an? |the |un |una |une |eine?n? |uma? )?[`'\"]?(?P<error>\w*(?:error|exception|"
    r"illegalargumentexception))[`'\"]?"
)
RAISES_AFTER = re.compile(
    rf"\b{_RAISE}\s*(?:exception|error)?\s*,?\s*\b{_WHEN}\b\s*{_CONDITION}(?=$|[,.;:]|\s+(?:or|"
    rf"and|otherwise|else)\b)"
)
RAISES_BEFORE = re.compile(
    rf"(?:^|[,;:(]\s*|\b(?:and|"
    rf"but)\s+)\b{_WHEN}\b\s*{_CONDITION}\s*,?\s*(?:then\s+)?{_RAISE}(?=\s*$|\s*[,.;:)])"
)
ERROR_NAME = re.compile(r"[A-Z]\w*(?:Error|Exception)\b")
EMPTY = re.compile(
    r"(?:is|are|was|be|esta|est|ist|e)?\s*\bempty\b|\bvaci[oa]s?\b|\bleere?[rns]?\b|\bvides?\b|"
    r"\bvazi[oa]s?\b|\bvuot[oa]\b|\bпуст\w*|为?空(?:の)?"
)
NEGATIVE = re.compile(
    r"\bnegativ[eoa]?s?\b|\bnegatifs?\b|\bnegativen?\b|\bless than (?:0|zero)\b|\bbelow (?:0|"
    r"zero)\b|<\s*0(?!\.)|\bотрицательн\w+|(?:是|为)?负数?"
)
ZERO = re.compile(r"\b(?:is |equals? |== ?)?(?:zero|0|cero|null)\b(?!\.)|为零|是0")
NONE = re.compile(r"\b(?:is |== ?)?(?:none|null|undefined)\b")
LESS = re.compile(
    r"(?:\bless than|\bsmaller than|\bbelow|<)\s*(\d{1,6})\b(?! (?:elements|items|characters|"
    r"letters|words|digits))"
)
NOT_FOUND = re.compile(
    r"(?:(?:is |was |could |can )?(?:not|n't)(?: be)? (?:found|present|in the (?:list|array|"
    r"string))|"
    r"no (?:se encuentra|esta)|nicht (?:gefunden|vorhanden)|pas trouve|nao (?:for )?encontrado|"
    r"not exist|doesn't exist|does not exist)"
)
SAID = re.compile(
    r"\b(?:an?|the|any|input|given|is|are|numbers?|integers?|values?|list|array|string|strings|"
    r"text|argument|parameter|n|x|"
    r"inputs|it|if|of|for|in|was|passed|provided|lists|arrays|dict|dictionary|sequence|word|"
    r"sentence|s|lst|nums|arr|only|"
    r"element|target|item|key|character|or|"
    r"la|el|lista|cadena|es|esta|numero|un|una|die|das|der|eine?|einer|liste|zahl|zeichenkette|"
    r"ist|eingabe|le|les|"
    r"l'entree|est|nombre|chaine|o|a|e|stringa|entrada|список|строка|число|является)\b|列表|"
    r"字符串|数组|"
    r"输入|是|的|时"
)
