"""Common knowledge about single numbers."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

from nodes.checks.expectations.compare import AnyOf, Items, OrRefused
from nodes.checks.expectations.entries import WHOLE, Entry, entry

_PRIME = (
    r"(?:a )?prime(?: numbers?)?|primality|is[_ ]?prime|(?:numero )?primo|primzahl(?:en)?|prim|"
    r"(?:nombre )?premier|прост(?:ое|ым|ого|ои)(?: числ\w+)?|(?:素|质)数"
)
_GREATEST = r"(?:greatest|highest|largest|biggest)"
_DIGITS = r"(?:digits|cifre|cifras|digitos|chiffres|ziffern|цифр)"
_ROMAN = r"(?:roman (?:numerals?|numbers?))"

ENTRIES: tuple[Entry, ...] = (
    entry(
        "factorial",
        r"factorials?(?: value)?|fakultat|factorielle?|fattoriale|fatorial|факториала?|"
        r"(?:的)?阶乘|階乗",
        "i", (5, 120), (0, OrRefused(1)), (1, 1), (3, 6), (10, 3628800), also=WHOLE + " n!",
        unless=r"trailing|double|sum|zero",
    ),
    entry(
        "gcd",
        rf"{_GREATEST} common (?:divisor|factor|denominator)(?: \(?(?:gcd|gcf|hcf)\)?)?|gcd|gcf|"
        rf"hcf|"
        r"maximo comun divisor|mcd|grosste[nr]? gemeinsame[nr]? teilers?|ggt|"
        r"plus grand commun diviseur|pgcd|maximo divisor comum|mdc|massimo comun(?:e)? divisore|"
        r"наибольш\w+ общ\w+ делител\w+|нод|最大公约数|最大公約数",
        "ii", (12, 18, 6), (18, 12, 6), (7, 5, 1), (100, 75, 25), (9, 9, 9),
        also=WHOLE + " euclid euclidean euclid's",
    ),
    entry(
        "lcm",
        r"(?:least|lowest|smallest) common multiple(?: \(?lcm\)?)?|lcm|minimo comun multiplo|mcm|"
        r"kleinste[sn]? gemeinsame[sn]? vielfache[sn]?|kgv|plus petit commun multiple|ppcm|"
        r"minimo multiplo comum|mmc|minimo comune multiplo|наименьш\w+ общ\w+ кратн\w+|нок|"
        r"最小公倍数",
        "ii", (4, 6, 12), (6, 4, 12), (3, 7, 21), (5, 5, 5), (12, 18, 36), also=WHOLE,
    ),
    entry(
        "is_prime", _PRIME, "i",
        (2, True), (7, True), (97, True), (4, False), (9, False), (15, False), (91, False),
        (1, OrRefused(False)),
        also=WHOLE + " number's",
        unless=r"\b(?:numbers|primes|all|list|nth|n-th|up to|below|generate|next|find|between|"
        r"factors?|"
        r"compute|calculat\w+|get)\b|primzahlen|primos|найти|求出|找出",
    ),
    entry(
        "nth_prime", r"n-?th prime(?: numbers?)?|enesimo (?:numero )?primo|n-te primzahl|"
        r"n-ieme nombre premier|第n个素数|第n个质数|n番目の素数",
        "i", (1, 2), (2, 3), (5, 11), (10, 29), also=WHOLE,
    ),
    entry(
        "prime_factors",
        r"(?:all |list of |the )*prime factors|prime factori[sz]ation|factores primos|primfaktoren|"
        r"primfaktorzerlegung|facteurs premiers|fatores primos|fattori primi|простые множители|"
        r"质因数|素因数",
        "i", (30, Items((2, 3, 5))), (7, Items((7,))), (77, Items((7, 11))),
        also=WHOLE + " all", unless=r"number of|count|sum|largest|smallest|distinct|how many|"
        r"product",
    ),
    entry(
        "is_even", r"(?:is )?even|par|gerade|pair|pari|четн(?:ое|ым)|偶数", "i",
        (2, True), (3, False), (0, True), (10, True), (7, False), also=WHOLE,
        unless=r"\b(?:odd|numbers|list|lists|all|sum|count|find|get|elements|array|impar|"
        r"numeros)\b|奇数",
    ),
    entry(
        "is_odd", r"odd|impar|ungerade|impair|dispari|нечетн(?:ое|ым)|奇数", "i",
        (2, False), (3, True), (0, False), (10, False), (7, True), also=WHOLE,
        unless=r"\b(?:even|numbers|list|lists|all|sum|count|find|get|elements|array|par|"
        r"numeros)\b|偶数",
    ),
    entry(
        "sum_of_digits",
        rf"(?:sum (?:of )?(?:all )?(?:the |its )?{_DIGITS}|digits? sum|suma de (?:los |las )?"
        rf"{_DIGITS}|quersumme|somme des {_DIGITS}|soma dos {_DIGITS}|somma delle {_DIGITS}|"
        rf"сумм[ау] {_DIGITS}|各位数字之和|各位数之和|各位の和|各桁の和)",
        "i", (123, 6), (0, OrRefused(0)), (9, 9), (405, 9), (1000, 1), also=WHOLE,
        unless=r"square|cube|until|single digit|even|odd|power|recursively until",
    ),
    entry(
        "count_digits",
        rf"(?:number of|count(?:s|ing)?(?: of)?(?: the)?(?: number of)?) {_DIGITS}|"
        rf"anzahl der {_DIGITS}|(?:numero|cantidad) de {_DIGITS}|nombre de {_DIGITS}",
        "i", (123, 3), (7, 1), (1000, 4), also=WHOLE, unless=r"even|odd|string|text|distinct|"
        r"unique",
    ),
    entry(
        "reverse_number",
        r"revers(?:e|es|ed|al|ing)(?: the)?(?: of)?(?: the)? (?:digits|an? (?:integer|number)|"
        r"integer|number)(?: of)?"
        r"(?: an?| the)?(?: integer| number)?",
        "i", (123, 321), (7, 7), (4012, 2104), also=WHOLE,
        unless=r"32|overflow|signed|string|list|array|add|order",
    ),
    entry(
        "is_armstrong", r"armstrong(?: numbers?)?|narcissistic(?: numbers?)?|阿姆斯特朗数|"
        r"水仙花数", "i",
        (153, True), (370, True), (371, True), (154, False), (100, False), (9474, True), also=WHOLE,
        unless=r"\b(?:numbers|all|list|find|between|range|up to|digits?)\b|水仙花",
    ),
    entry(
        "is_perfect_number",
        r"perfect(?: number)?|numero perfecto|vollkommene zahl|nombre parfait|numero perfeito|"
        r"numero perfetto|совершенн\w+|完全数|完美数",
        "i", (6, True), (28, True), (496, True), (12, False), (27, False), also=WHOLE,
        unless=r"square|cube|power|\b(?:numbers|all|list|find|between|up to)\b",
    ),
    entry(
        "is_perfect_square",
        r"perfect square|square number|cuadrado perfecto|quadratzahl|carre parfait|"
        r"quadrado perfeito|quadrato perfetto|полным квадратом|完全平方数|平方数",
        "i", (16, True), (1, True), (25, True), (2, False), (15, False), (26, False), also=WHOLE,
        unless=r"sum|numbers|count|next|nearest|list|largest|smallest|find|difference",
    ),
    entry(
        "is_power_of_two",
        r"power of (?:two|2)|potencia de (?:dos|2)|zweierpotenz|puissance de (?:deux|2)|"
        r"potencia de (?:dois|2)|potenza di (?:due|2)|степенью двоики|2的幂|2の累乗|2のべき乗",
        "i", (1, True), (2, True), (16, True), (3, False), (6, False), (100, False), also=WHOLE,
        unless=r"next|nearest|sum|largest|smallest|highest|numbers|list|find|compute|calculat|"
        r"raise",
    ),
    entry(
        "is_leap_year",
        r"(?:a )?leap(?: year)?|is_leap(?:_year)?|bisiesto|schaltjahr|(?:annee )?bissextile|"
        r"(?:ano )?bissexto|(?:anno )?bisestile|високосн\w+|闰年|うるう年|閏年",
        "i", (2000, True), (2024, True), (1900, False), (2023, False), (2100, False), (1996, True),
        also="year years specific particular ano annee anno jahr год года году", weight=0.9,
        unless=r"\b(?:years|next|list|all|count|number of|between|range|days)\b|年份列表",
    ),
    entry(
        "collatz_steps",
        r"(?:number of )?steps (?:of |for |in )?(?:the )?collatz(?: sequence| conjecture)?|"
        r"collatz steps|length of (?:the )?collatz sequence",
        "i", (6, AnyOf((8, 9))), (7, AnyOf((16, 17))), (1, AnyOf((0, 1))), also=WHOLE,
    ),
    entry(
        "collatz_sequence", r"collatz (?:sequence|conjecture)", "i",
        (6, AnyOf(([6, 3, 10, 5, 16, 8, 4, 2, 1], 8, 9))), also=WHOLE, weight=0.6,
        unless=r"length|steps|longest|under|below",
    ),
    entry(
        "add_two_numbers",
        r"(?:sum of|adds?|adding|addition of) (?:two|2) (?:numbers|integers|values)|"
        r"(?:suma|sumar|sume) (?:de )?dos numeros|summe zweier zahlen|somme de deux nombres|"
        r"(?:soma|somar|some) (?:de )?dois numeros|somma di due numeri|сумм[ау] двух чисел|"
        r"两数之和|"
        r"两个数的和|两个数字之和|2つの数の和",
        "nn", (2, 3, 5), (-1, 1, 0), (0, 0, 0), (10, 5, 15), also="sum together returns",
        unless=r"list|linked|target|array|index|binary|string|列表|数组|目标",
    ),
    entry(
        "divisors",
        r"(?:all )?(?:the )?(?:divisors|factors)|todos los divisores|alle teiler|"
        r"tous les diviseurs|所有(?:因数|约数)|すべての約数",
        "i", (6, Items((1, 2, 3, 6))), (7, Items((1, 7))), (12, Items((1, 2, 3, 4, 6, 12))),
        also=WHOLE + " all",
        unless=r"number of|count|sum|common|prime|proper|largest|smallest|how many|pairs?|two|"
        r"product|odd|even",
    ),
    entry(
        "absolute_value",
        r"absolute value|valor absoluto|absolutwert|valeur absolue|valore assoluto|绝对值|絶対値",
        "n", (-5, 5), (5, 5), (0, 0), also="a", unless=r"difference|list|sum|array|max|min",
    ),
    entry(
        "is_palindrome_number",
        r"palindrom(?:e|ic)? (?:number|integer)|(?:number|integer) (?:is |that is )?"
        r"(?:a |is a )*palindrom(?:e|ic)|numero palindromo|回文数|回文数字",
        "i", (121, True), (12321, True), (7, True), (123, False), (10, False), also=WHOLE,
        unless=r"next|nearest|largest|list|numbers|all|count|find|prime|binary|closest|smallest",
    ),
)  # fmt: skip
