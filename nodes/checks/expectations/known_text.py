"""Common knowledge about texts."""

from __future__ import annotations

from nodes.checks.expectations.compare import AnyOf
from nodes.checks.expectations.entries import Entry, entry

_STRING = (
    r"(?:strings?|texts?|words?|sentences?|cadenas?(?: de (?:texto|caracteres))?|zeichenketten?|"
    r"strings|"
    r"chaines?(?: de caracteres)?|stringhe?|string[ae]?|строк\w*|字符串|文字列|phrases?)"
)
_CHARS = (
    "character characters char chars letters letter caracteres zeichen caractere caratteri symbols"
)
_WORD = (
    "word words phrase sentence palabra palabras frase wort worter satz mot mots phrase parola "
    "parole "
    "слов слова предложении предложения text's"
)
_TEXT = r"s\d?|text\d?|txt|str\d?|string\d?|sentence|haystack|main_?str\w*|full|phrase|input\w*"
_SUB = r"sub\w*|needle|pattern|target|find|search\w*|word|query|part|key"
_NOT_PLAIN = (
    r"vowel|word|each|every|list|digit|half|only|number|integer|order of|first|last|"
    r"group|between|except"
)

ENTRIES: tuple[Entry, ...] = (
    entry(
        "is_palindrome",
        r"palindrom(?:e|es|ic)?|palindrom[oa]s?|palindromes?|палиндром\w*|回文(?:字符串|串)?|"
        r"パリンドローム",
        "s", ("racecar", True), ("level", True), ("hello", False), ("ab", False), ("noon", True),
        also=_CHARS + " " + _WORD + " ist une es e eh reads",
        unless=r"longest|permutation|substring|number|integer|count|partition|numero|make|all|"
        r"list|linked|"
        r"generate|nearest|next|numbers|shortest|zahl|nombre|число|数字|数か|prime|array|lista|"
        r"liste|"
        r"列表|链表|数组|minimum|at least|almost",
    ),
    entry(
        "are_anagrams",
        r"anagrams?(?: of (?:each other|one another|another|the other))?|anagramas?|"
        r"anagramme?n?|anagrammi|"
        r"анаграмм\w*|(?:字母)?异位词|变位词|アナグラム",
        "ss", ("listen", "silent", True), ("abc", "cab", True), ("hello", "world", False),
        ("aab", "abb", False), ("ab", "abc", False),
        also=_CHARS + " " + _WORD + " each other strings two are sind sont sono sao son entre "
        "anagrams",
        unless=r"group|all|list|find|substring|sets?|count|minimum|generate|dictionary|"
        r"palindrome|pairs",
    ),
    entry(
        "reverse_string",
        rf"revers(?:es?|ed|ing|al of)(?: the| a| an| given| input| of)*(?: {_STRING})|{_STRING} "
        rf"(?:in )?revers(?:e|ed)(?: order)?|"
        rf"(?:invierta|invertir|invierte|inverta|inverter|inverte|inverti|invertire) (?:una |"
        rf"uma |la |a |o )*{_STRING}|"
        rf"{_STRING} (?:umdreht|umkehrt|umdrehen|umkehren)|inverse[rz]? (?:une |la )*{_STRING}|"
        r"(?:переворачивает|перевернуть|разворачивает) строку|(?:反转|翻转|逆转)字符串|字符串反转|"
        r"文字列を(?:逆順|反転)|文字列を逆",
        "s", ("hello", "olleh"), ("a", "a"), ("Python", "nohtyP"), ("", ""),
        also="characters reverse reversed order caracteres строку umdreht umkehrt zu に にする",
        unless=_NOT_PLAIN + r"|words|sentence|case|vowels",
    ),
    entry(
        "reverse_words",
        r"revers(?:es?|ed|ing)(?: the)?(?: order of(?: the)?)? words|(?:words (?:in|of) (?:a |"
        r"the )?(?:sentence|string|given string) (?:in )?reverse(?:d)?(?: order)?)|"
        r"(?:invierta|invierte|inverta) (?:el |la )?orden de las palabras|反转单词(?:顺序)?",
        "s", ("hello world", "world hello"), ("a b c", "c b a"), ("one", "one"),
        also="order sentence sentences word", unless=r"each|every|letters|characters|individual|"
        r"place|punctuation|keep|list",
    ),
    entry(
        "count_vowels",
        r"(?:count(?:s|ing)?(?: of)?(?: the)?(?: total)?(?: number of)?|number of|how many)"
        r"(?: the)? vowels|vowels? count(?:er)?|(?:cuent[ae]|contar|cuantas|numero de|"
        r"cantidad de)(?: el numero de)?(?: las)? vocales|anzahl (?:der )?vokale|"
        r"vokale (?:zahlt|zahlen)|(?:nombre de|compte[rz]?(?: le nombre de)?)(?: les)? voyelles|"
        r"(?:cont[ae]r?|numero de)(?: o numero de)?(?: as)? vogais|(?:cont[ai]\w*|numero di)"
        r"(?: il numero di)?(?: le)? vocali|(?:количество|число|подсчитывает|считает) "
        r"(?:количество )?гласных|(?:统计|计算)?(?:字符串中)?(?:的)?元音(?:字母)?(?:的)?(?:数量|"
        r"个数)|"
        r"母音の数(?:を数える)?",
        "s", ("hello", 2), ("xyz", 0), ("programming", 3), ("education", 5), ("", 0),
        also="counts how many total zahlt " + _CHARS + " " + _WORD + " букв 字母 中 个数 数える "
        "gesamt "
        "sinta",
        unless=r"consonants?|each|unique|distinct|consecutive|per|list|only|words|longest|"
        r"substring|konsonant|"
        r"consonant\w*|and return both|dictionary|lowercase|uppercase|y as",
    ),
    entry(
        "count_consonants", r"(?:count(?:s|ing)?(?: the)?(?: number of)?|number of) consonants|"
        r"consonants? count",
        "s", ("hello", 3), ("aei", 0), ("xyz", AnyOf((3, 2))), also=_CHARS + " counts how many",
        unless=r"vowels?|each|unique|distinct|per|list|only|words",
    ),
    entry(
        "count_words",
        r"(?:count(?:s|ing)?(?: of)?(?: the)?(?: total)?(?: number of)?|number of|how many)"
        r"(?: the)? words|word count(?:er)?|(?:cuent[ae]|contar|numero de|cantidad de)"
        r"(?: el numero de)?(?: las)? palabras|anzahl (?:der )?(?:worter|worte)|"
        r"(?:nombre de|compte[rz]?(?: le nombre de)?)(?: les)? mots|numero di parole|"
        r"(?:количество|число) слов|单词(?:的)?(?:数量|个数)|単語の数",
        "s", ("hello world", 2), ("one", 1), ("the quick brown fox", 4),
        also="counts how many total zahlt sentence sentences phrase paragraph",
        unless=r"each|unique|distinct|frequency|length|longer|frequent|occurrences|starting|per|"
        r"list|file|dict\w*|times|every|appear\w*|common|mapping|object",
    ),
    entry(
        "count_substring",
        r"(?:counts? )?(?:the )?(?:number of (?:times|occurrences)|occurrences|how many times|"
        r"how often)(?: of)?(?: the| a)? (?:sub-?string|`?sub\w*`?)(?: \w+)? "
        r"(?:(?:occurs|appears|is found) )?(?:in|within|inside)(?: the| a)?(?: given)?(?: main)?"
        r"(?: \w+)?(?: string)?",
        "ss", ("hello world", "o w", 1), ("abcabc", "abc", 2), ("hello", "xyz", 0), ("a-b-c", "-",
        2),
        also="counts count of times occurs appears", roles=(_TEXT, _SUB), unless=r"overlap|case|"
        r"consecutive",
    ),
    entry(
        "char_frequency",
        r"(?:counts? )?(?:the )?(?:character|char|letter) (?:frequenc(?:y|ies)|counts?)|"
        r"(?:frequency|count|number of occurrences|occurrences|how many times)(?: of)? "
        r"(?:each|every|all|the) (?:characters?|letters?)(?: (?:appears|occurs))?|"
        r"counts? (?:each|every|the frequency of each|the occurrences of each) character|"
        r"frecuencia de (?:cada |los )?(?:caracter|caracteres|letra)|"
        r"haufigkeit (?:jedes zeichens|der zeichen)|frequence (?:de chaque caractere|"
        r"des caracteres)|每个字符(?:出现)?的?(?:次数|频率)|各文字の出現回数",
        "s", ("aab", {"a": 2, "b": 1}), ("hello", {"h": 1, "e": 1, "l": 2, "o": 1}), ("", {}),
        also="counts count dictionary dict map object hash mapping occurrences hashmap appears "
        "diccionario worterbuch"
        " dictionnaire 字典 辞書 统计 出现",
        unless=r"sort|most|least|words?|sum|decreas|descend|ignor|case|order|spaces|only|first|"
        r"max|list|pairs|formatted|compress",
        may_raise=False,
    ),
    entry(
        "word_frequency",
        r"word (?:frequenc(?:y|ies)|counts)|(?:frequency|count|number of occurrences|"
        r"occurrences|how many times)(?: of)? (?:each|every|the) words?(?: (?:appears|occurs))?|"
        r"counts? (?:each|every|the frequency of each) word|frecuencia de (?:cada |las )?palabras?|"
        r"haufigkeit (?:jedes wortes|der worter)|frequence (?:de chaque mot|des mots)|"
        r"每个单词(?:出现)?的?(?:次数|频率)|各単語の出現回数",
        "s", ("a b a", {"a": 2, "b": 1}), ("red blue", {"red": 1, "blue": 1}),
        also="counts count dictionary dict map object mapping occurrences sentence appears "
        "diccionario 字典 辞書 统计 出现",
        unless=r"sort|most|least|file|top|punctuation|list|stop|longest|common|order|max|first",
    ),
    entry(
        "to_uppercase", r"(?:convert\w* |to |in |into )*(?:upper ?case|uppercase|mayusculas|"
        r"grossbuchstaben|majuscules?|maiusculas|maiuscolo|大写)(?: letters)?",
        "s", ("hello", "HELLO"), ("aB1", "AB1"), also="all to " + _CHARS, weight=0.8,
        unless=r"count|first|each|vowel|lower|only|if|whether|check|toggle|number|remove|"
        r"alternat|find|has|words|contains|one|word|consonant|list",
    ),
    entry(
        "to_lowercase", r"(?:convert\w* |to |in |into )*(?:lower ?case|lowercase|minusculas|"
        r"kleinbuchstaben|minuscules?|minuscolo|小写)(?: letters)?",
        "s", ("HELLO", "hello"), ("aB1", "ab1"), also="all to " + _CHARS, weight=0.8,
        unless=r"count|first|each|vowel|upper|only|if|whether|check|toggle|number|remove|"
        r"alternat|find|has|words|contains|one|word|consonant|list",
    ),
    entry(
        "title_case",
        r"capitali[sz]e(?:s|d)?(?: the)?(?: first letter of)?(?: each| every| all)(?: the)?"
        r" words?|title case|capitali[sz]e(?:s|d)? the first letter of (?:each|every) word",
        "s", ("hello world", "Hello World"), ("a", "A"), also="sentence first letter word words "
        "each", weight=0.8,
        unless=r"except|only|last|small|list|camel",
    ),
    entry(
        "count_uppercase", r"(?:count(?:s)?(?: the)?(?: number of)?|number of) upper ?case "
        r"(?:letters|characters)", "s",
        ("HeLLo", 3), ("abc", 0), ("ABC", 3), also="counts how many", unless=r"lower|vowel|each|"
        r"even|odd|and",
    ),
    entry(
        "remove_vowels", r"remov(?:es?|ing|ed)(?: all)?(?: the)? vowels|without vowels|"
        r"elimin\w+ (?:todas )?(?:las )?vocales|删除元音", "s",
        ("hello", "hll"), ("xyz", "xyz"), ("aeiou", ""), also="all removed",
        unless=r"except|only|first|list|consonant|duplicate",
    ),
    entry(
        "remove_spaces", r"remov(?:es?|ing|ed)(?: all)?(?: the)? (?:white ?)?spaces|remov(?:es?|"
        r"ing) all whitespace", "s",
        ("a b c", "abc"), ("abc", "abc"), (" x ", "x"), also="all removed",
        unless=r"extra|leading|trailing|multiple|duplicate|consecutive|except|only|punctuation|"
        r"around|both",
    ),
    entry(
        "is_pangram", r"pangrams?", "s", ("The quick brown fox jumps over the lazy dog", True),
        ("hello world", False),
        also="sentence " + _CHARS, unless=r"missing|perfect|list|find",
    ),
    entry(
        "is_isogram", r"isograms?", "s", ("lumberjack", True), ("hello", False),
        also="word " + _CHARS,
    ),
    entry(
        "longest_word",
        r"longest word|palabra mas larga|langste wort|mot le plus long|palavra mais longa|"
        r"parola piu lunga|самое длинное слово|最长(?:的)?单词", "s",
        ("the quickest fox", "quickest"), ("a bb ccc", "ccc"), also="sentence phrase",
        unless=r"length|list|file|words|dictionary|chain|lange|longueur|长度|without",
    ),
    entry(
        "is_valid_email",
        r"(?:valid )?(?:e-?mail)(?: address(?:es)?)?|(?:correo(?: electronico)?|email) (?:es )?"
        r"valid[oa]|valid\w* (?:an? )?e-?mail(?: address)?|gultige e-?mail-?(?:adresse)?|"
        r"(?:adresse )?e-?mail (?:est )?valide|邮箱(?:地址)?(?:是否)?(?:有效|合法)",
        "s", ("user@example.com", True), ("john.smith@mail.org", True), ("userexample.com", False),
        ("user@", False), ("@example.com", False),
        also="valid validate validates validating validation address regular expression "
        "expressions regex regexp adresse format correct syntactically",
        unless=r"extract|find|all|list|domain|send|addresses|mask|username|class|login|split|"
        r"html|form",
    ),
)  # fmt: skip
