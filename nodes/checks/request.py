"""What the words of a request call for."""

from __future__ import annotations

import re

from nodes.checks.answer import Answer

_MAKE = re.compile(
    r"\b(?:write|implement|complete|create|define|finish|fill|generate|give me|show me|make|build|"
    r"convert|translate|rewrite|refactor|fix|add|return all|code for|function that|script|regex|"
    r"query|schreib\w*|erstelle|escrib\w*|crea|haz|écri\w*|crée|scrivi|escreva|napisz|напиши|"
    r"создай|yaz)\b|写|编写|实现|生成|書いて|作って|작성|만들|اكتب|लिखो",
    re.I,
)
_EXPLAIN = re.compile(
    r"^\W*(?:please |can you |could you )?(?:explain|describe|what|why|how does|is |are |does|do |"
    r"should|which|who|when|review|compare|difference|erklär|warum|explica|por qué|explique|"
    r"pourquoi|perché|объясни|почему)|\bexplain\b.{0,60}$|解释|为什么|什么|説明|なぜ|설명",
    re.I,
)
_MOVE = re.compile(
    r"\b(?:convert|translat\w+|port|rewrite|refactor|rename|equivalent|migrat\w+|"
    r"instead of|from \w+ to)\b",
    re.I,
)
_NAMED = {
    "python": "python", "javascript": "javascript", "typescript": "typescript", "java": "java",
    "c++": "cpp", "c#": "c#", "golang": "go", "rust": "rust", "ruby": "ruby", "php": "php",
    "bash": "bash", "kotlin": "kotlin", "swift": "swift", "perl": "perl", "scala": "scala",
    "haskell": "haskell", "lua": "lua",
}  # fmt: skip
_LANGUAGE = r"(?<![\w.])(" + "|".join(map(re.escape, _NAMED)) + r")(?![\w+#])"
_NAME = re.compile(_LANGUAGE, re.I)
_SHELL_SCRIPT = re.compile(r"\b(?:shell|bash|zsh|sh)[ -]scripts?\b", re.I)
_OTHER_KIND = re.compile(
    r"\b(?:docker(?:file)?|makefile|commands?(?![ -]line)|shell|terminal|"
    r"(?:folder|directory|project) (?:structure|layout|tree))\b",
    re.I,
)
_WANTS = re.compile(
    rf"\b(?:in|using|en|em|на)\s+(?:\w+\s+)?{_LANGUAGE}|^\W*{_LANGUAGE}\s*[:,-]|"
    rf"(?<!\bmy )(?<!\bour ){_LANGUAGE}(?:\s?\d[\d.]*)?\s+(?:[\w-]+\s+)?(?:function|script|program|"
    r"class|code|method|snippet|implementation|solution|module|generator|decorator|one-liner)",
    re.I,
)
_FUNCTION = re.compile(
    r"(?:\b(?:function|def|fn|func|method)\s+`?|\bassert(?:\s*\(\s*|\s+))([A-Za-z_]\w{1,60})`?\s*\("
)
# The words before a function's name that make it a comparison or a means, not the task.
_REFERS = re.compile(
    r"\b(?:(?:replacement|alternative|substitute|polyfill|wrapper)s? (?:for|to|of)|"
    r"without|instead of|rather than|avoid\w*|using|uses?|calls?|calling|via|based on|"
    r"like|unlike|similar to|such as|version of|clone of|mimic\w*|imitat\w+)"
    r"(?:[ \t]+(?!(?:with|and|in|that|which|write|as|to|an?|following|this)\b)[\w+#'.-]+){0,4}"
    r"[ \t]+\Z",
    re.I,
)
_BEFORE_CHARS = 100
_NOT_NAMES = frozenset({
    "not", "that", "which", "to", "for", "main", "isinstance", "all", "any", "len", "set", "sorted",
    "abs", "round", "str", "list", "tuple", "math",
})  # fmt: skip


def asks_to_write(query: str) -> bool:
    """Whether the request says to write code, rather than to explain something."""
    return bool(_MAKE.search(query)) and not asks_to_explain(query)


def asks_to_explain(query: str) -> bool:
    """Whether words alone may answer the request."""
    return bool(_EXPLAIN.search(query.strip()[:400]))


def moves_code(query: str) -> bool:
    """Whether names and language may change on purpose: translation, renaming, refactoring."""
    return bool(_MOVE.search(query))


def wanted_language(answer: Answer) -> str:
    """The one language that the request shows or wants code in; empty when none or several.

    A language that is only spoken of, as in "a script that installs Java", is not wanted.
    """
    prose = answer.query if not answer.query_blocks else answer.query.split("```")[0]
    shown = {block.language for block in answer.query_blocks if block.language}
    found = _spoken_of(prose) | shown
    if len(found) != 1 or not (shown or _SHELL_SCRIPT.search(prose) or _WANTS.search(prose)):
        return ""
    return found.pop()


def _spoken_of(prose: str) -> set[str]:
    """Languages named in the text, `bash` for a shell script, and `other` for what has none."""
    named = {_NAMED[name.lower()] for name in _NAME.findall(prose)}
    rest, scripts = _SHELL_SCRIPT.subn("", prose)
    others = {"other"} if _OTHER_KIND.search(rest) else set()
    return named | others | ({"bash"} if scripts else set())


def wanted_functions(query: str) -> tuple[str, ...]:
    """The functions to write, named with parentheses, in order, without repeats.

    One that is only referred to, as in "without the function reversed()", is not among them.
    """
    found = _FUNCTION.finditer(query)
    names = dict.fromkeys(one[1] for one in found if not _is_referred_to(query, one.start()))
    return tuple(name for name in names if name not in _NOT_NAMES)


def _is_referred_to(query: str, at: int) -> bool:
    return _REFERS.search(query[max(0, at - _BEFORE_CHARS) : at]) is not None
