"""Common knowledge about sequences of numbers."""

from __future__ import annotations

from math import comb

from nodes.checks.expectations.compare import AnyOf, OrRefused
from nodes.checks.expectations.entries import WHOLE, Entry, entry

_F = [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144]
_FIB = (
    r"fibonacci(?:-folge|reihe|folge|zahl(?:en)?)?(?: (?:sequence|series|numbers?))?|"
    r"fib(?: (?:sequence|number))?|(?:числ\w+ )?фибоначчи|斐波那契(?:数列|数)?|"
    r"フィボナッチ(?:数列|数)?"
)
_NTH = (
    r"(?:the )?[`'(]*(?:n|g|k|i|x|\w+)[`')]*-?\s?(?:th|-th|'th) (?:element|number|term|value|item)?"
)
_FIRST = (
    r"(?:the )?first [`']*\w+[`']* (?:elements?|numbers?|terms?|values?)|sequence up to n terms|"
    r"los primeros \w+ (?:numeros|elementos|terminos)|die ersten \w+|les \w+ premiers "
    r"(?:nombres|termes)|"
    r"os primeiros \w+ (?:numeros|termos)|i primi \w+ numeri|первые \w+ чисел|前n个|前n项|最初のn個"
)
_ZERO_BASED = r"\b(?:0|zero)[ -]?(?:based|indexed)\b|\bf\(0\) ?= ?0"
_ONE_BASED = r"\b(?:1|one)[ -]?(?:based|indexed)\b|\bf\(1\) ?= ?1"


def _primes(below: int) -> list[int]:
    return [n for n in range(2, below) if all(n % d for d in range(2, n))]


def _fib_lists(count: int) -> AnyOf:
    return AnyOf((_F[:count], _F[1 : count + 1]))


def _pascal(rows: int) -> list[list[int]]:
    return [[comb(row, at) for at in range(row + 1)] for row in range(rows)]


_PASCAL = (
    r"pascal(?:'s|s)? triangle|triangulo de pascal|pascalsche\w* dreieck\w*|triangle de pascal|"
    r"杨辉三角"
)
_BASED = "0 1 based indexed zero-based 0-based 0-indexed zero-indexed zero"
_UPTO = (
    r"(?:up to|upto|until|less than or equal to|not exceeding|hasta|bis|jusqu'a|ate|fino a|"
    r"до|以内|以下の|不超过|小于等于)"
)

ENTRIES: tuple[Entry, ...] = (
    entry(
        "fibonacci", rf"(?:{_NTH} )?(?:of |in |from )?(?:the |a )?(?:{_FIB})(?: {_NTH})?", "i",
        (10, AnyOf((55, 34, 89, *_fib_lists(10).values, *_fib_lists(11).values))),
        (7, AnyOf((13, 8, 21, *_fib_lists(7).values, *_fib_lists(8).values, _F[:8], [0, 1, 1, 2, 3,
        5]))),
        also=WHOLE + " nth n-th element term position index compute n'th n-ieme n-te n-esimo "
        "enesimo ennesimo n-esima",
        unless=rf"first|{_ZERO_BASED}|up to|terms|elements|less|below|even|sum|primer|ersten|"
        rf"premiers|"
        r"primeir|primi|первые|前|最初|до|list|lista|liste|generator|列表|リスト|数字の",
    ),
    entry(
        "fibonacci_0_based", rf"(?:{_NTH} )?(?:of |in |from )?(?:the |a )?(?:{_FIB})(?: {_NTH})?",
        "i",
        (0, OrRefused(0)), (1, 1), (2, 1), (7, 13), (10, 55),
        also=_BASED + " " + WHOLE + " nth n-th element term position index",
        unless=rf"\A(?!.*(?:{_ZERO_BASED}))|first|{_ONE_BASED}|up to|terms|elements|less|below|"
        rf"even|sum",
    ),
    entry(
        "first_fibonacci",
        rf"(?:{_FIRST})(?: (?:of|in|from|de|der|de la|des|von|da|do))*(?: the| a)?(?: la)?\s*的?"
        rf"(?:{_FIB})|(?:{_FIB}) (?:of length \w|up to (?:n|`n`) (?:terms|elements|numbers))|"
        rf"前n个(?:{_FIB})|前n项(?:{_FIB})",
        "i", (5, _fib_lists(5)), (10, _fib_lists(10)), (1, _fib_lists(1)), (2, _fib_lists(2)),
        also=WHOLE + " length elements " + _BASED, unless=r"sum|even|odd|prime|except|reverse",
    ),
    entry(
        "primes_up_to",
        r"(?:all )?(?:the )?(?:prime numbers|primes|numeros primos|primos|primzahlen|"
        rf"nombres premiers|numeri primi|простых чисел|простые числа)(?: numbers)? {_UPTO} "
        r"(?:a given (?:number|limit)|a number|n|(?:the )?(?:limit|number))|"
        r"sieve of eratosthenes|criba de eratostenes|sieb des eratosthenes|crible d'eratosthene|"
        r"crivo de eratostenes|埃拉托斯特尼筛法|エラトステネスの篩",
        "i", (10, [2, 3, 5, 7]), (30, _primes(30)), (20, _primes(20)),
        also=WHOLE + " prime primes numbers limit all up upto inclusive todos alle tous tutti "
        "fino bis hasta jusqu'a ate",
        unless=r"sum|count|number of|how many|twin|exclusive|strictly|below|segmented|range|"
        r"product|average",
    ),
    entry(
        "pascals_triangle", rf"(?:first \w+ rows of )?(?:{_PASCAL})", "i",
        (1, _pascal(1)), (3, _pascal(3)), (5, _pascal(5)),
        also="rows n numrows num_rows filas zeilen lignes generate generates level levels up",
        unless=r"\b(?:row|nth|n-th|sum|kth|k-th|element|fila|ligne|zeile|entry)\b",
    ),
    entry(
        "binomial", r"binomial co-?efficients?|n choose k|coeficiente binomial|"
        r"binomialkoeffizient\w*|"
        r"coefficient binomial|coefficiente binomiale|二项式系数", "ii",
        (5, 2, 10), (4, 0, OrRefused(1)), (6, 3, 20), (5, 5, 1), also=WHOLE + " c( choose",
        unless=r"sum|product|mod|prime|maximum",
    ),
    entry(
        "power",
        r"(?:n|x|a|base|number|it) (?:raised )?to the (?:power|exponent)(?: of)?|"
        r"power of a number|(?:x|n|a)\^(?:n|b)|pow\(x, ?n\)", "ii",
        (2, 3, 8), (5, 0, 1), (3, 2, 9), (10, 1, 10),
        also="base exponent power raised first second", unless=r"two|mod|sum|list|log|check|"
        r"whether|is a",
        roles=(r"base|x|a|number|num", r"exp\w*|n|b|power|p|y"),
    ),
    entry(
        "sum_to_n", r"sum (?:of )?(?:all )?(?:the )?(?:first n (?:natural|positive|whole) numbers|"
        r"(?:natural |positive )?(?:numbers|integers) (?:from 1 (?:to|up to) n|up to n)|first n "
        r"(?:positive )?(?:natural numbers|integers))|"
        r"suma de los primeros n numeros naturales|summe der ersten n (?:naturlichen )?zahlen|"
        r"somme des n premiers (?:entiers|nombres)|1到n的和",
        "i", (1, 1), (10, 55), (100, 5050), also="n inclusive",
        unless=r"square|cube|even|odd|prime|divisible|multiples",
    ),
    entry(
        "triangular", r"n-?th triang(?:le|ular) number", "i", (1, 1), (3, 6), (10, 55), also=WHOLE,
    ),
)  # fmt: skip
