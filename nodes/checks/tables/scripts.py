"""Cases for whole scripts that read a file: it is made up, and simple results are worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodes.checks.cases import Case, Judge, Seen
from nodes.checks.request import asks_to_explain, wanted_functions
from nodes.checks.tables.contents import content, measured, table_of
from nodes.checks.tables.mentions import File, file_read
from nodes.checks.tables.model import Table, Value, is_number, is_readable, singular

_LONGEST_CHARS = 4000
_RUNS, _PRINTS, _NUMBER_SHOWN = 0.65, 0.6, 0.7
_NO_SCRIPT = re.compile(
    r"^\W*how (?:do|can|would|to|does)\b|\b(?:function|def|class|method|module|library|"
    r"funktion|función|fonction|função|funzione|"
    r"функци\w+|api|server(?!\.)|flask|django|endpoint|web|bot|gui|test|tests|unit|download\w*|url|"
    r"http\w*|"
    r"database|sqlite|mysql|postgres\w*|email|arguments|options|flags?|asks?|prompts?|"
    r"interactive\w*|input from|"
    r"all|every|each|multiple|several|both|two) (?:\w+ )?(?:files?\b)|\b(?:function|class|method|"
    r"def|flask|django|"
    r"api|server(?!\.)|download\w*|url|database|gui|tkinter|prompt\w*|fix|debug|traceback|bug|"
    r"funktion|función|fonction|função|funzione|функци\w+)\b|函数|数据库",
)
_PRINT = re.compile(
    r"\b(?:print\w*|show\w*|display\w*|count\w*|output\w*|list\w*|zeig\w*|gib\w*|ausgib\w*|"
    r"ausgeb\w*|imprim\w*|"
    r"muestr\w*|affich\w*|mostr\w*|stamp\w*|вывод\w*|выв[её]\w*|печата\w*|how many)\b|打印|输出",
    re.I,
)
_WRITE = re.compile(
    r"\b(?:writ\w+ (?:\w+ ){0,5}(?:to|into)|sav\w+|export\w*|convert\w*|delet\w*|renam\w*)\b", re.I
)
_STDIN = re.compile(
    r"\bstdin\b|standard input|standardeingabe|entrada estándar|entrée standard|标准输入", re.I
)
_WORD = r"[`\"'“]?(?P<word>\w{2,20})[`\"'”]?"
_LINES_WITH = re.compile(
    r"\blines?\b(?: (?:in|of) (?:the )?(?:file )?[`\"']?[\w.-]+[`\"']?)?(?: that| which)? "
    rf"(?:contain(?:s|ing)?|with|having|include|including)(?: the)?(?: word| string|"
    rf" text)? {_WORD}",
    re.I,
)
_COUNT = (
    r"(?:count(?:s|ing)?(?: up)?|number of|how many)(?: the)?(?: (?:total )?number of)?(?: the)?"
)
_COUNT_LINES = re.compile(
    rf"\b{_COUNT} (?P<what>lines|words|rows|records|entries|users|objects)\b", re.I
)
_OPEN = re.compile(
    r"\b(?:only|where|exclud\w+|skip\w*|except\w*|ignor\w+|top|first|last|between|after|before|"
    r"greater|less|"
    r"more|above|below|over|under|unless|if|when|filter\w*|unique|distinct|different|empty|blank|"
    r"missing|"
    r"invalid|percent\w*|older|younger|per|each|every|by|group\w*|not|without|most|case|longest|"
    r"shortest|than|or|number of occurrences|times|comment\w*|starting|ending|start|end|"
    r"frequency)\b",
    re.I,
)
_TOTAL = re.compile(
    r"\b(?P<what>total|sum|average|mean|maximum|highest|largest|max|minimum|lowest|smallest|"
    r"min)(?: of)?(?: the)? "
    r"(?:values? (?:of|in) )?(?:the )?[`\"']?(?P<name>\w+)[`\"']?(?: (?P<last>\w+))?",
    re.I,
)
_PER = re.compile(
    r"\b(?P<what>total|sum|average|mean)(?: of)?(?: the)?(?: [`\"']?(?P<name>\w+?)[`\"']?)??"
    r"(?: column)? (?:per|for each|by) [`\"']?(?P<key>\w+)",
    re.I,
)
_NUMERAL = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")


def script_cases(query: str) -> list[Case]:
    """Cases that run an answer's whole script beside the file that its request names.

    Args:
        query: The request, as text, in any natural language.

    Returns:
        Cases without call or arguments, with the file in `files`; where the request says so, also
        on standard input. Empty where it asks for a function, or leaves the file's content open.
    """
    if (
        not is_readable(query, _LONGEST_CHARS)
        or wanted_functions(query)
        or _NO_SCRIPT.search(query.lower())
    ):
        return []
    file = None if asks_to_explain(query) else file_read(query)
    if file is None:
        return []
    word = _LINES_WITH.search(query)
    text = content(file, query, word["word"] if word else "")
    return [] if text is None else list(_cases(query, file, text))


def _cases(query: str, file: File, text: str) -> Iterator[Case]:
    files, stdin = {file.name: text}, text if _STDIN.search(query) else ""
    quote = f"it reads {file.name}"
    yield Case("smoke", _RUNS, quote, files=files, stdin=stdin)
    print_word = _PRINT.search(query)
    if print_word and not _WRITE.search(query) and not file.sample:
        yield Case("property", _PRINTS, print_word[0], judge=_prints, files=files, stdin=stdin)
        for said, judge in _numbers(query, file, text):
            yield Case("property", _NUMBER_SHOWN, said, judge=judge, files=files, stdin=stdin)


def _prints(seen: Seen) -> str | None:
    return None if str(seen.value).strip() else "printed nothing"


def _numbers(query: str, file: File, text: str) -> Iterator[tuple[str, Judge]]:
    lines = text.splitlines()
    marked = _LINES_WITH.search(query)
    counted = _COUNT_LINES.search(query)
    table = table_of(file, query) if file.kind not in ("log", "txt") else None
    if marked and counted:
        rest = query[: marked.start()] + query[marked.end() :]
        if not _OPEN.search(rest):
            yield marked[0], _shows([sum(marked["word"] in line for line in lines)])
    elif _OPEN.search(_PER.sub(" ", query)):
        return
    elif table is not None:
        yield from _of_table(query, table, counted)
    elif counted and counted["what"].lower() in ("lines", "words"):
        number = len(lines) if counted["what"].lower() == "lines" else len(text.split())
        yield counted[0], _shows([number])


def _of_table(
    query: str, table: Table, counted: re.Match[str] | None
) -> Iterator[tuple[str, Judge]]:
    grouped = list(_PER.finditer(query))
    if grouped:
        numbers = _grouped(table, grouped[0]) if len(grouped) == 1 else {}
        if numbers:
            yield grouped[0][0], _shows(list(numbers.values()), [str(key) for key in numbers])
        return
    if counted and counted["what"].lower() in ("rows", "records", "entries", "users", "objects"):
        yield counted[0], _shows([len(table.rows)])
    for found in _TOTAL.finditer(query):
        values = measured(table, found["name"])
        if values:
            yield found[0], _shows([_figure(found["what"].lower(), values)])


def _grouped(table: Table, found: re.Match[str]) -> dict[Value, float]:
    key = table.column(found["key"]) or table.column(singular(found["key"]))
    numeric = [c.name for c in table.columns if measured(table, c.name)]
    name = found["name"] if found["name"] and measured(table, found["name"]) else None
    if (
        name is None
        and found["name"]
        and found["name"].lower() not in ("amount", "sales", "value", "revenue")
    ):
        return {}
    if key is None or (name is None and len(numeric) != 1):
        return {}
    column, at = table.column(name or numeric[0]), table.index(key.name)
    place = table.index(column.name) if column else 0
    groups: dict[Value, list[float]] = {}
    for row in table.rows:
        value = row[place]
        if is_number(value):
            groups.setdefault(row[at], []).append(float(value))  # type: ignore[arg-type]
    return {key: _figure(found["what"].lower(), values) for key, values in groups.items()}


def _figure(what: str, values: list[float]) -> float:
    if what in ("average", "mean"):
        return sum(values) / len(values)
    if what in ("maximum", "highest", "largest", "max"):
        return max(values)
    return min(values) if what in ("minimum", "lowest", "smallest", "min") else sum(values)


def _shows(wanted: list[float], names: list[str] | None = None) -> Judge:
    """Whether the numbers stand in the output, however they are rounded."""

    def judge(seen: Seen) -> str | None:
        text = str(seen.value)
        if not text.strip() or not any(name in text for name in names or [""]):
            return None
        shown = [float(one.replace(",", "")) for one in _NUMERAL.findall(text)]
        shown += [float(one) for one in re.findall(r"\d+(?:\.\d+)?", text)]
        missing = [number for number in wanted if not any(_near(one, number) for one in shown)]
        return f"does not show {missing[0]:g}" if missing else None

    return judge


def _near(shown: float, wanted: float) -> bool:
    return shown == wanted if float(wanted).is_integer() else abs(shown - wanted) <= 0.51
