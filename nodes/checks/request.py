"""What the words of a request call for."""

from __future__ import annotations

import re

from nodes.checks.answer import Answer, canonical

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
_NAME = re.compile(r"(?<![\w.])(" + "|".join(map(re.escape, _NAMED)) + r")(?![\w+#])", re.I)
_FUNCTION = re.compile(
    r"(?:\b(?:function|def|fn|func|method)\s+`?|\bassert(?:\s*\(\s*|\s+))([A-Za-z_]\w{1,60})`?\s*\("
)
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
    """The one language that the request names or shows; empty when none or several."""
    prose = answer.query if not answer.query_blocks else answer.query.split("```")[0]
    named = {_NAMED[name.lower()] for name in _NAME.findall(prose)}
    shown = {block.language for block in answer.query_blocks if block.language}
    found = named | {canonical(language) for language in shown}
    return found.pop() if len(found) == 1 else ""


def wanted_functions(query: str) -> tuple[str, ...]:
    """The functions that the request names with parentheses, in order, without repeats."""
    names = dict.fromkeys(_FUNCTION.findall(query))
    return tuple(name for name in names if name not in _NOT_NAMES)
