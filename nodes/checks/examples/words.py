"""The words, in several languages, that tie what goes in to what comes out."""

# ruff: noqa: RUF001  the signs of other scripts are meant
from __future__ import annotations

import re

_VERBS = """
returns? return returning gives? yields? produces? outputs? evaluates\\s+to results?\\s+in becomes?
is are be equals? prints? maps?\\s+to turns?\\s+into means comes?\\s+out\\s+as converts?\\s+to
devuelve devolver devuelva devuelvo retorna retornar retorne da dar produce es sea ser imprime
se\\s+convierte\\s+en queda resulta
devolve devolver dá é vira fica seja
renvoie renvoyer renvoyez retourne retourner donne donner vaut est être devient produit affiche
restituisce restituire ritorna ritornare dà dare è diventa vale stampa essere produrre
gibt liefert liefern ergibt ergeben ist sein wird zurückgeben lautet werden
возвращает вернуть вернёт вернет возвращать даёт дает дать равно это
будет получается выводит становится превращается\\s+в быть
döndür\\w* döner dönmeli verir vermeli olmalı olur çıktısı sonucu eder
geeft retourneert wordt zwraca daje wynosi
"""
_VERBS_CJK = """
返回 得到 结果是 结果为 结果应为
输出 等于 应为 变成 变为 转换为 转为 为 是
返し 返す になり になる となる となり 出力 を返 を返します を返す
반환 돌려 출력 입니다 되어야 결과는 됩니다 된다
"""
_FILLERS = """
the an? it that this function method program code result results answer output value values of to as
so then should must will would shall needs? has have ought expected
always exactly simply just we get
you gets? back also call calling list array string number integer int
str float tuple dict dictionary
object boolean bool set word text for input with on given and into i'd i want for expect
la el una? lo las los que función resultado salida valor debe debería deberá tiene lista
cadena número entrada entonces con para
o os as um uma função saída deve deveria então em número texto com
le les un une fonction résultat sortie doit devrait alors on obtient elle il chaîne liste nombre
il lo gli un' funzione risultato uscita dovrebbe allora si ottiene lista stringa numero
der die das dem den ein eine einen funktion ergebnis ausgabe soll sollte muss dann man zu zurück
es sie er wert liste zahl zeichenkette für bei eingabe aus
функция результат должна должен должно она то список строка строку число
ответ выход
için fonksiyon sonuç liste girdisi değeri ise
"""
_FILLERS_CJK = """
应该 应当 应 则 函数 输入 时 的 会 将 结果 字符串 列表 数组 对于 就 要 以
は が なら の場合 を 渡すと に対して に と 関数 入力 結果 だと の で
은 는 이 가 이면 면 일 때 을 를 로 으로 함수 입력 결과 에 대해 
입력하면 넣으면 라면 하면 의 경우
"""
_WEAK_VERBS = """
is are be means es sea ser queda da dá é fica seja est être vaut è
vale essere ist sein wird это будет
быть 为 是 return
"""
_WEAK = frozenset(_WEAK_VERBS.split())
_ARROW = r"-{1,2}>|={1,2}>|[➞→⟶⇒➜↦⟹➔➡]\ufe0f?"
_PUNCTUATION = r"[\s,;:、，：`*_]"


def _any_of(words: str) -> str:
    return "|".join(sorted(set(words.split()), key=len, reverse=True))


_SPACED = rf"(?<!\w)(?:{_any_of(_VERBS + _FILLERS)})(?!\w)"
_UNSPACED = _any_of(_VERBS_CJK + _FILLERS_CJK)
_TIE = re.compile(rf"(?:{_ARROW}|={{1,3}}|{_PUNCTUATION}|{_SPACED}|{_UNSPACED})*", re.I)
_VERB = re.compile(rf"(?<!\w)(?:{_any_of(_VERBS)})(?!\w)|{_any_of(_VERBS_CJK)}", re.I)
_SYMBOL = re.compile(rf"{_ARROW}|={{1,3}}")
_VERB_AFTER = re.compile(
    r"[`\"'*)\s]{0,3}(?:を?返|にな|とな|を出力|です|"
    r"[을를]?\s?(?:반환|돌려|출력)|(?:이|가)?\s?(?:되|된|됩|입니다|이다)|"
    r"dön|olmalı|olur|verir|vermeli|zurück|ergeben|liefern|返回)",
    re.I,
)
SHOULD = re.compile(
    r"\b(?:should|must|ought|expect(?:ed)?|needs? to|has to|debe\w*|debería|tiene que|doit|devrait|"
    r"deve|deveria|dovrebbe|soll(?:te)?|muss|want)\b|долж|应|べき|야|meli|malı",
    re.I,
)
INSTEAD = re.compile(
    r"[\s,;:`(*]*(?:and not|not|instead of|rather than|en lugar de|en vez de|ao invés de|em vez de|"
    r"au lieu de|invece di|statt|anstatt|вместо|而不是|ではなく)\b[\s`*:]*",
    re.I,
)
BUT = re.compile(
    r"[\s,;:`(*—-]*(?:but|however|yet|though|while|whereas|when|pero|mas|mais|ma|aber|sondern|"
    r"но|а|但|ですが|하지만|ama)?[^\n.!?(]{0,50}?"
    r"(?:should|must|ought|expect(?:ed)?|debe\w*|debería|doit|devrait|deve|deveria|dovrebbe|"
    r"soll(?:te)?|"
    r"muss|wanted|correct|right|должн\w+|应该?)[^\n\d\"'\[({.]{0,40}?(?=[-\"'\[({\d]|True|"
    r"False|None|true|false|null)",
    re.I,
)
WRONG = re.compile(
    r"\b(?:currently|at the moment|right now|now it|wrongly|incorrectly|mistakenly|buggy|bug|"
    r"actual(?:ly)?|"
    r"actualmente|ahora|aktuell|derzeit|momentan|actuellement|atualmente|attualmente|сейчас)\b|"
    r"目前|现在|現在|현재|şu an",
    re.I,
)
EXAMPLE = re.compile(
    r"(?:\b(?:e\.?\s?g|for example|for instance|examples?|ex|i\.e|ejemplos?|por ejemplo|exemplos?|"
    r"por exemplo|exemples?|par exemple|esemp\w+|beispiel\w*|z\. ?b|bspw|"
    r"например|пример\w*|örne\w+|mesela|like|so|such as|given|for|with|of|von|input|"
    r"bijvoorbeeld|np|na przykład|para|pour|per|für|bei|для|için|con|avec)\b|"
    r"例如|比如|如|例|输入|对于|たとえば|例えば|예)[\s.,:;`*(—，：-]*\Z",
    re.I,
)


def has_strong_verb(text: str) -> bool:
    """Whether a word such as "gives" is in a text; "is" and a bare "return" are not enough."""
    return any(found[0].lower() not in _WEAK for found in _VERB.finditer(text))


def tie_strength(between: str, after: str) -> int:
    """How surely the words between two values, and after them, mean "gives".

    Returns:
        3 for an arrow or an equals sign, 2 for a verb such as "returns", 1 for "is", 0 for no tie.
    """
    if len(between) > 80 or _TIE.fullmatch(between) is None:
        return 0
    if _SYMBOL.search(between):
        return 3
    has_verb = _VERB.search(between) is not None
    if has_strong_verb(between) or (has_verb and SHOULD.search(between)):
        return 2
    if _VERB_AFTER.match(after):
        return 2
    return 1 if has_verb else 0


_EMPTY_LISTS = (
    r"empty (?:list|array|vector|sequence)|leeren? (?:Liste|Array)|leeres Array|(?:lista|"
    r"arreglo|array) vací[oa]|"
    r"(?:liste|tableau) vide|(?:lista|array) vazi[oa]|(?:lista|array) vuot[oa]|"
    r"пуст\w+ (?:спис\w+|массив\w*)|"
    r"空(?:列表|数组|リスト|配列|のリスト|の配列)|빈 ?(?:리스트|배열|목록)|"
    r"boş (?:bir )?(?:liste|dizi)|lege lijst|pust\w+ list\w+"
)
_EMPTY_STRINGS = (
    r"empty (?:string|text)|leere[rn]? (?:String|Zeichenkette)|(?:cadena|string) vacía|chaîne vide|"
    r"string vazia|stringa vuota|пуст\w+ строк\w*|空(?:字符串|文字列|文字|の文字列)|빈 ?문자열|"
    r"boş (?:bir )?(?:dize|string|metin)|lege string|pust\w+ (?:string|napis\w*)"
)
_EMPTY_DICTS = (
    r"empty (?:dict(?:ionary)?|map|object)|leeres (?:Dict\w*|Objekt)|diccionario vacío|"
    r"dictionnaire vide|"
    r"dicionário vazio|dizionario vuoto|пуст\w+ словар\w*|空(?:字典|の辞書|辞書)|빈 ?딕셔너리|"
    r"boş sözlük"
)
_EMPTY_TUPLES = (
    r"empty tuple|leeres Tupel|tupla vacía|tuple vide|tupla vazia|tupla vuota|"
    r"пуст\w+ кортеж\w*|空元组"
)
EMPTY_AT = re.compile(rf"{_EMPTY_LISTS}|{_EMPTY_STRINGS}|{_EMPTY_DICTS}|{_EMPTY_TUPLES}", re.I)
IS_EMPTY = re.compile(
    r"(?:[\s`]{0,3}zurück)?[\s,`]{0,8}(?<!\w)(?:if|when|si|cuando|quand|se|quando|wenn|falls|если|"
    r"когда)\s+(?:the |it |la |el |le |die |der |das |"
    r"lo |a |o |input |given )*"
    r"(?P<kind>list|array|string|text|str|dict|dictionary|lista|cadena|liste|chaîne|Liste|"
    r"String|stringa|"
    r"список|строка)\s+(?:is |está |es |est |è |é )?(?:empty|vacía|vacío|vide|vazia|vuota|"
    r"leer ist|leer|пуст\w*)",
    re.I,
)
FOR = re.compile(
    r"(?:[\s`]*zurück)?[\s,`*]*(?:for|given|on|when|if|with|from|para|pour|per|für|bei|для|"
    r"con|avec|com|si|cuando|quand|se|wenn|"
    r"falls|если|за)\s+(?:(?:an?|the|given|passed|called with|input|input is|value|any|la|el|"
    r"una?|le|les|une|die|"
    r"eine?[nmrs]?|der|das|eingabe|entrada|entrée|it is|it's|is|n is|x is|n|x)\s+)*[`*]*",
    re.I,
)
VERB_END = re.compile(
    r"(?<!\w)(?:returns?|gives?|yields?|be|outputs?|devuelve|devolver|retorna|retornar|"
    r"renvoie|retourne|restituisce|"
    r"gibt|liefert|возвращает|вернуть|returning)\s+(?:the |an? |value |una? |une? |eine? |"
    r"einen )*[`*]*",
    re.I,
)
RAISES = re.compile(
    r"\b(?:raises?|raising|throws?|lanza[r]?|lève|lever|solleva|lança[r]?|wirft|werfen|"
    r"выбрасыва\w+|выброс\w+|抛出)\s*"
    r"(?:an? |un[ae]? |eine[n]? |the )?`?([A-Z]\w*(?:Error|Exception))`?",
    re.I,
)


def empty_value(phrase: str) -> object:
    """The empty list, string, dictionary or tuple that a phrase speaks of."""
    named = IS_EMPTY.match(phrase)
    kind = named["kind"].lower() if named else ""
    if re.fullmatch(_EMPTY_STRINGS, phrase, re.I) or re.match(r"str|text|cad|cha|стр", kind):
        return ""
    if re.fullmatch(_EMPTY_DICTS, phrase, re.I) or kind.startswith("dict"):
        return {}
    return () if re.fullmatch(_EMPTY_TUPLES, phrase, re.I) else []
