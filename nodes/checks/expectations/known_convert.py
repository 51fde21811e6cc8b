"""Common knowledge about conversions and formulas."""

from __future__ import annotations

from nodes.checks.expectations.compare import AnyOf
from nodes.checks.expectations.entries import WHOLE, Entry, entry

_DEC = r"(?:decimals?(?: numbers?| integers?)?|integers?|numbers?|base 10|dezimal(?:zahl)?|int)"
_BIN = (
    r"(?:binary(?: strings?| numbers?| representation| form| format| equivalent)?|binario|"
    r"binar(?:zahl)?|binaire|base 2)"
)
_HEX = r"(?:hex(?:adecimal)?(?: strings?| numbers?| representation| value)?)"
_TO = (
    r" (?:to|into|in|a|al|nach|en|para|to its|to a|into its|into a|to an|to the) (?:its |a |"
    r"the |an |une? )?"
)
_ROMAN = (
    r"(?:roman(?: numerals?| numbers?)?(?: representation| string)?|(?:numero )?romano|"
    r"romische zahl(?:en)?|chiffres? romains?|numero romano|римск\w+)"
)
_C = (
    r"(?:degrees? )?(?:celsius|centigrade|grados celsius|grad celsius|degres celsius|"
    r"graus celsius|gradi celsius)"
)
_F = r"(?:degrees? )?(?:fahrenheit)"
_VALID = "valid convert number numeral equivalent representation"


def _pair(
    name: str, one: str, other: str, kinds: str, *cases: tuple[object, ...], unless: str = ""
) -> Entry:
    return entry(name, one + _TO + other, kinds, *cases, also=WHOLE + " " + _VALID, unless=unless)


ENTRIES: tuple[Entry, ...] = (
    _pair("int_to_roman", _DEC, _ROMAN, "i", (1, "I"), (4, "IV"), (9, "IX"), (58, "LVIII"), (1994,
        "MCMXCIV"), (2024, "MMXXIV"),
          unless=r"lower|minuscul|roman.*\b(?:back|vice)"),
    _pair("roman_to_int", _ROMAN, _DEC, "s", ("III", 3), ("IV", 4), ("IX", 9), ("LVIII", 58),
        ("MCMXCIV", 1994), unless=r"lower|back|vice"),
    _pair("decimal_to_binary", _DEC, _BIN, "i", (5, AnyOf(("101", "0b101"))), (10, AnyOf(("1010",
        "0b1010"))), (1, AnyOf(("1", "0b1"))),
          unless=r"bits?\b|padded|count|vice|float|fraction|array|list|negative|\d-bit"),
    _pair("binary_to_decimal", _BIN, _DEC, "s", ("101", 5), ("1010", 10), ("0", 0), ("1", 1),
        ("11111111", 255),
          unless=r"vice|list|array|linked|signed|fraction|negative|sum"),
    _pair("decimal_to_hex", _DEC, _HEX, "i", (255, AnyOf(("ff", "FF", "0xff", "0xFF", "0XFF"))),
        (16, AnyOf(("10", "0x10"))), (9, AnyOf(("9", "0x9"))),
          unless=r"vice|color|rgb|negative|padded"),
    _pair("hex_to_decimal", _HEX, _DEC, "s", ("FF", 255), ("10", 16), ("1A", 26), ("0", 0),
        unless=r"vice|color|rgb"),
    _pair("celsius_to_fahrenheit", _C, _F, "n", (0, 32), (100, 212), (-40, -40), (25, 77),
        unless=r"vice|back|kelvin|and fahrenheit to|list|array|both"),
    _pair("fahrenheit_to_celsius", _F, _C, "n", (32, 0), (212, 100), (-40, -40), (77, 25),
        unless=r"vice|back|kelvin|and celsius to|list|array|both"),
    entry("celsius_to_fahrenheit", r"摄氏度?转(?:换为|换成|为)?华氏度?|摂氏を華氏に", "n", (0, 32),
        (100, 212)),
    entry("int_to_roman", r"(?:整数|数字)转(?:换为|换成)?罗马数字", "i", (4, "IV"), (9, "IX"),
        (1994,
        "MCMXCIV")),
    entry("roman_to_int", r"罗马数字转(?:换为|换成)?(?:整数|数字)", "s", ("IV", 4), ("IX", 9),
        ("MCMXCIV",
        1994)),
    entry(
        "bmi", r"(?:bmi|body mass index)(?: \(?bmi\)?)?|(?:indice de masa corporal|imc)|"
        r"body-mass-index", "nn",
        (80, 2, 20), (50, 1, 50), also="weight height kg m kilograms meters metres person's "
        "person given weight_kg height_m",
        unless=r"categor|class|cm|centim|pounds|lbs|inches|under|over|string|feet",
        roles=(r"w\w*|mass|peso|gewicht|poids|kg", r"h\w*|altura|grosse|taille|m"),
        weight=0.7,
    ),
    entry("area_of_circle",
        r"area of (?:a |the )?circle|circle(?:'s)? area|area (?:de un|do|del|de um) "
        r"(?:circulo|cerchio)|kreisflache|flacheninhalt eines kreises|aire d'un cercle|圆的?面积|"
        r"円の面積", "n",
          (0, 0), (2, AnyOf((12.566370614, 12.57, 12.56, 12.5664, 12.566, 12.6))),
        also="radius radio raggio rayon raio r its 半径 のある", unless=r"sector|circumference|"
        r"perimeter|square|diameter|and|inscribed", weight=0.7),
    entry("area_of_rectangle",
        r"area of (?:a |the )?rectangle|rectangle(?:'s)? area|area (?:de un|de um|di un) "
        r"(?:rectangulo|retangulo|rettangolo)|flache(?:ninhalt)? eines rechtecks|"
        r"aire d'un rectangle|(?:矩形|长方形)的?面积|長方形の面積", "nn",
          (3, 4, 12), (5, 5, 25), (2, 10, 20), also="length width height its sides largo ancho "
        "breite lange longueur largeur", unless=r"perimeter|largest|square|overlap"),
    entry("area_of_triangle", r"area of (?:a |the )?triangle", "nn", (3, 4, 6), (10, 5, 25),
        also="base height its", unless=r"sides|heron|coordinates|points|equilateral|three|"
        r"perimeter|vertices"),
    entry("hypotenuse", r"hypotenuse(?: length)?(?: of (?:a |the )?right(?:-angled)? triangle)?|"
        r"length of the hypotenuse|hipotenusa|hypothenuse|斜边", "nn",
          (3, 4, 5), (5, 12, 13), (8, 15, 17), also="legs sides right triangle lengths other "
        "length right-angled", unless=r"hypotenuse and|given the hypotenuse"),
    entry("seconds_to_hms",
        r"(?:(?:number of )?seconds|segundos|sekunden|secondes|secondi|秒数?)" +
        r"(?: (?:to|into|in|a|as|en|em|nach) (?:a |an |the )?(?:time )?(?:string )?(?:in )?"
        r"(?:the )?(?:format )?|转换?[为成])[`'\"(]*hh:mm:ss[`'\")]*", "i",
          (3661, "01:01:01"), (0, "00:00:00"), (59, "00:00:59"), (36000, "10:00:00"), (45296,
        "12:34:56"), also="format formatted string total hh:mm:ss number of",
        unless=r"24|wrap|days"),
    entry("minutes_to_seconds", r"minutes (?:to|into) seconds", "n", (1, 60), (5, 300), (0, 0),
        unless=r"hours|and|format"),
    entry("hours_to_seconds", r"hours (?:to|into) seconds", "n", (1, 3600), (2, 7200),
        unless=r"minutes|and|format"),
    entry("simple_interest", r"simple interest", "nnn", (1000, 5, 2, 100), (2000, 10, 1, 200),
        also="principal rate time amount years given",
          roles=(r"p\w*|amount", r"r\w*|interest\w*|rate", r"t\w*|y\w*|time|n"),
        unless=r"total|compound|and|decimal", weight=0.55),
    entry("days_between_dates",
        r"(?:number of )?days between(?: two| 2)?(?: given)? dates|dias entre (?:dos |duas )?"
        r"(?:fechas|datas)|tage zwischen zwei (?:daten|datumsangaben)|"
        r"(?:nombre de )?jours entre deux dates|两个日期之间的天数", "ss",
          ("2024-01-01", "2024-01-31", AnyOf((30, -30))), ("2024-02-28", "2024-03-01", AnyOf((2,
        -2))), ("2023-05-05", "2023-05-05", 0),
          also="yyyy-mm-dd format formatted number dates date strings iso difference days",
        unless=r"business|week|inclusive|working|dd|mm/|objects|leap", weight=0.7, may_raise=True),
)  # fmt: skip
