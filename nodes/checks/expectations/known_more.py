"""Common knowledge about well-known algorithms on texts."""

from __future__ import annotations

from itertools import permutations

from nodes.checks.expectations.compare import AnyOf, Items
from nodes.checks.expectations.entries import Entry, entry

_STRINGS = r"(?: (?:between|of|for) (?:two )?(?:given )?(?:strings|words|sequences|texts))?"
_BRACKETS = (
    r"(?:parenthes[ei]s|brackets|parens|braces|delimiters|parentesis|klammern|"
    r"parentheses|parenteses|parentesi|скобок|скобки|скобки)"
)
_TO_CASE = r"(?:strings?|text|names?|identifiers?|words|variable names?|sentence|phrase)"


def _strings(*words: str) -> Items:
    return Items(tuple(words))


ENTRIES: tuple[Entry, ...] = (
    entry("balanced_brackets",
        rf"(?:valid|balanced|matching|well-?formed)(?: string of)? {_BRACKETS}|"
        rf"{_BRACKETS} (?:\w+ ){{0,4}}?(?:are |is |sont |estan |sind |sao )?(?:correctly |"
        r"properly )?(?:balanced|valid|matched|closed|balanceados|ausgeglichen|equilibrees|"
        r"balanceadas|bilanciate|сбалансированы)|括号(?:是否)?(?:匹配|有效|平衡|合法)|有效(?:的)?括号|括弧の対応",
          "s", ("()", True), ("(())", True), ("()()", True), ("(", False), (")(", False), ("(()",
        False), ("", True),
          also="balanced brackets parentheses parenthesis contains containing only () [] {} "
        "equilibrado equilibrada round curly square types properly correctly 匹配 字符",
        unless=r"remove|minimum|longest|generate|all|count|number|depth|add|score|how many|"
        r"combinations|star|wildcard", weight=0.85),
    entry("caesar_cipher", r"(?:encrypt\w* (?:a |an |the )?(?:text|string|message) (?:using|"
        r"with) )?(?:the |a )?(?:caesar|cesar|casar)[ -](?:cipher|shift|chiffre|verschlusselung|"
        r"encryption)|(?:cifrado (?:de )?cesar|casar-(?:verschlusselung|chiffre)|"
        r"chiffre(?:ment)? de cesar|cifra de cesar|cifrario di cesare|шифр\w* цезаря|凯撒(?:密码|"
        r"加密)|シーザー暗号)",
          "si", ("abc", 1, "bcd"), ("xyz", 3, "abc"), ("abc", 0, "abc"), ("hello", 3, "khoor"),
          also="encrypt encrypts encryption encode encodes cipher shift key message given "
        "amount cifra verschlusselt chiffre texte mensaje 加密 letters", unless=r"decrypt|decod|"
        r"both|brute|crack|class|digits|uppercase|reverse", roles=(r"text|s|str\w*|message|msg|"
        r"plain\w*|string|word|texto|mensaje|nachricht", r"shift\w*|k|key|n|offset|steps|rot\w*|"
        r"desplazamiento|amount"), weight=0.8),
    entry("rot13", r"rot-?13(?: cipher| encoding| encryption)?", "s", ("abc", "nop"), ("Hello",
        "Uryyb"), ("nop", "abc"), also="encode encodes encrypt cipher apply applies message "
        "letters", unless=r"digits|rot5|only"),
    entry("run_length_encoding", r"run[ -]length[ -]encod(?:ing|e|es|ed)(?: \(?rle\)?)?|"
        r"codificacion run-length|lauflangenkodierung|codage par plages|游程编码|行程编码|"
        r"ランレングス圧縮",
          "s", ("aaabbc", AnyOf(("a3b2c1", "3a2b1c", "a3b2c", "3a2bc", [["a", 3], ["b", 2], ["c",
        1]], [[3, "a"], [2, "b"], [1, "c"]]))), ("aa", AnyOf(("a2", "2a", [["a", 2]], [[2, "a"]]))),
        ("", AnyOf(("", []))),
          also="encode encodes compress compresses compression perform performs basic perform "
        "version", unless=r"decod|both|format|list|tuples|only if|shorter|original|decompress",
        weight=0.75),
    entry("levenshtein",
        r"(?:levenshtein(?:-| )?(?:edit )?(?:distance|distanz)?|edit distance)"
        rf"(?: \(?(?:levenshtein|edit)(?: distance)?\)?)?{_STRINGS}|distancia de levenshtein|"
        r"distance de levenshtein|distanza di levenshtein|расстояние левенштеина|"
        r"(?:编辑距离|レーベンシュタイン距離|編集距離)",
          "ss", ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "abc", 0), ("flaw", "lawn", 2),
        ("a", "b", 1), also="distance minimum words entre cadenas deux zwischen zwei zweier "
        "zeichenketten dos", unless=r"damerau|ratio|normal|weighted|similar|one|cost|transpos|"
        r"operations|only|without"),
    entry("hamming_distance",
        rf"hamming[ -]?(?:distance|distanz|abstand){_STRINGS}(?: of equal length)?|"
        r"distancia de hamming|distance de hamming|汉明距离|ハミング距離", "ss",
          ("karolin", "kathrin", 3), ("abc", "abc", 0), ("1011101", "1001001", 2),
        also="equal length same dos deux zwei", unless=r"integers|numbers|total|bits|binary|xor|"
        r"整数"),
    entry("longest_common_prefix",
        r"longest common prefix(?: string)?(?: (?:among|of|amongst|in|from|for)(?: an?| the)?"
        r"(?: \w+)? (?:array|list|set|strings)(?: of (?:strings|words))?)?|"
        r"prefijo comun mas largo|langste[rsn]? gemeinsame[rsn]? prafix|"
        r"plus long prefixe commun|最长公共前缀|最長共通接頭辞", "S",
          (["flower", "flow", "flight"], "fl"), (["dog", "car"], ""), (["abc"], "abc"), (["test",
        "testing"], "test"), also="among strings words set amongst", unless=r"two|length|suffix|"
        r"substring"),
    entry("longest_common_subsequence_length",
        r"length of (?:the )?(?:longest common subsequence|lcs)(?: \(?lcs\)?)?|"
        r"最长公共子序列(?:的)?长度", "ss", ("abcde", "ace", 3),
        ("abc",
        "abc", 3), ("abc", "def", 0), also="two strings lcs sequences", unless=r"substring|"
        r"three|print"),
    entry("longest_common_subsequence", r"longest common subsequence(?: \(?lcs\)?)?|最长公共子序列|"
        r"subsecuencia comun mas larga", "ss", ("abcde", "ace", AnyOf(("ace", 3, ["a", "c", "e"]))),
        ("abc", "abc", AnyOf(("abc", 3, ["a", "b", "c"]))), ("abc", "def", AnyOf(("", 0, []))),
        also="two strings lcs sequences", unless=r"length|substring|three|print|长度"),
    entry("camel_to_snake",
        rf"(?:(?:convert\w* )?(?:a |an |the )?(?:{_TO_CASE} )?(?:from |in )?(?:lower |upper )?"
        rf"camel[ -_]?case(?: {_TO_CASE})? (?:to|into) snake[ -_]?case(?: {_TO_CASE})?)|"
        r"camelcase (?:a|in|en|para) snake_?case|驼峰(?:命名)?转(?:换为)?(?:蛇形|下划线)(?:命名)?",
        "s",
          ("helloWorld", "hello_world"), ("myVariableName", "my_variable_name"), ("name", "name"),
        also="name names identifier identifiers variable case notation format nach",
        unless=r"regex only|vice|pascal|acronym|upper"),
    entry("snake_to_camel",
        rf"(?:{_TO_CASE} )?(?:from |in )?snake[ -_]?case(?: {_TO_CASE})? (?:to|into) (?:lower )?"
        rf"camel[ -_]?case(?: {_TO_CASE})?|snake_?case (?:a|in|en|para) camelcase", "s",
          ("hello_world", AnyOf(("helloWorld", "HelloWorld"))), ("my_variable_name",
        AnyOf(("myVariableName", "MyVariableName"))), ("name", AnyOf(("name", "Name"))),
        also="name names identifier identifiers variable case notation format nach lower",
        unless=r"vice|upper"),
    entry("slugify", r"(?:url[ -](?:friendly )?)?slug(?:s|ify|ifies)?", "s", ("Hello World",
        "hello-world"), ("a b c", "a-b-c"), ("hello", "hello"), also="url-friendly url friendly "
        "title titles slugify version", unless=r"underscore|unique|unicode|max|truncate|django|"
        r"database", weight=0.8),
    entry("string_permutations",
        r"all (?:the )?(?:possible )?permutations(?: of(?: an?| the)?(?: given)?"
        r"(?: string| characters of a string| word))|字符串的(?:所有|全)排列", "s",
        ("abc",
        Items(tuple("".join(p) for p in permutations("abc")))), ("a", _strings("a")),
        also="all string", unless=r"unique|number of|count|sorted|lexic|duplicates|check|length",
        weight=0.8),
    entry("fizzbuzz_list", r"fizz ?-?buzz(?: (?:list|sequence|results?))?(?: (?:from )?(?:1|"
        r"one) (?:to|up to|through) n)?", "i",
          (5, AnyOf((["1", "2", "Fizz", "4", "Buzz"], "Buzz"))), (3, AnyOf((["1", "2", "Fizz"],
        "Fizz"))), (15, AnyOf((["1", "2", "Fizz", "4", "Buzz", "Fizz", "7", "8", "Fizz", "Buzz",
        "11", "Fizz", "13", "14", "FizzBuzz"], "FizzBuzz"))), also="1 n fizzbuzz game problem "
        "strings sequence up list classic", unless=r"seven|custom|variant|dict", weight=0.75),
    entry("is_valid_ipv4", r"(?:valid )?ipv4(?: address)?|valid ip(?:v4)? address", "s",
        ("192.168.1.1", True), ("10.0.0.1", True), ("256.1.1.1", False), ("1.2.3", False), ("abc",
        False), also="valid validate validates address format", unless=r"ipv6|extract|find|all|"
        r"list|int|binary|subnet|cidr"),
    entry("is_unique_chars",
        r"(?:all )?(?:the )?characters (?:in|of) (?:a |the |an )?(?:given )?(?:string|word)"
        r" are unique|string (?:has|contains|consists of) (?:all |only )?unique characters", "s",
        ("abc", True), ("aab", False), ("hello", False), ("world",
        True), also="all", unless=r"count|remove|first|longest|number|if not|ignor"),
    entry("first_unique_char", r"first (?:non[ -]repeat(?:ing|ed)|unique) (?:character|char|"
        r"letter)(?: (?:in|of|from)(?: an?| the)?(?: given)? (?:string|word))?|"
        r"字符串中第一个(?:不重复|"
        r"唯一)(?:的)?字符", "s", ("swiss", AnyOf(("w", 1))), ("leetcode", AnyOf(("l", 0))),
        ("aabc",
        AnyOf(("b", 2))), also="string letter index", unless=r"stream|all|second|last|if no"),
    entry("is_subsequence", r"(?:string|s|one string|first string|`?\w`?) is a subsequence of "
        r"(?:another|t|the second|the other|another string|`?\w`?)(?: string)?", "ss", ("ace",
        "abcde", True), ("aec", "abcde", False), ("", "abc", True), also="string another second",
        roles=(r"s|s1|sub\w*|a|str1", r"t|s2|text|string|b|str2|full|main\w*"),
        unless=r"count|longest|number|distinct|all"),
    entry("digits_only", r"(?:string|text) (?:contains|consists of|has|is made of) only "
        r"(?:digits|numeric characters|numbers)|(?:string|text) is numeric", "s", ("123", True),
        ("12a", False), ("abc", False), also="all", unless=r"float|decimal|negative|and|letters|"
        r"hex|or"),
    entry("swap_case", r"(?:swap|toggle|invert)(?:s|ing)?(?: the)? case(?: of(?: an?| the| each|"
        r" all)*(?: \w+)?(?: (?:characters?|letters?))?)?", "s", ("Hello", "hELLO"), ("abc", "ABC"),
        also="each letter letters character characters all every case upper lower",
        unless=r"only|vowel|odd|even|except|first|alternat"),
)  # fmt: skip
