"""Is it the function, and the language, that the request names?"""

from __future__ import annotations

import re

from nodes.checks import weights
from nodes.checks.answer import Answer, Block, Finding
from nodes.checks.request import asks_to_write, moves_code, wanted_functions, wanted_language
from nodes.checks.syntax import error_in

_DEFINED = re.compile(
    r"\b(?:def|function\*?|fn|func|fun|sub)\s+([A-Za-z_]\w*)|"
    r"\b(?:const|let|var)\s+([A-Za-z_]\w*)\s*(?::[^=\n]{1,80})?=\s*(?:async\s*)?(?:function|\(|\w+\s*=>)|"
    r"^[ \t]*([A-Za-z_]\w*)\s*\(\)\s*\{",
    re.M,
)
_FAMILIES = (
    frozenset({"javascript", "typescript", "tsx", "html", "css", "vue", "svelte", "json"}),
    frozenset({"c", "cpp"}),
    frozenset({"python", "python2"}),
    frozenset({"bash", "console", "awk", "sed", "powershell", "fish"}),
    frozenset({"java", "kotlin", "groovy", "scala"}),
    frozenset({"php", "html"}),
)
_COMPARED = frozenset({
    "python", "javascript", "typescript", "java", "cpp", "c", "go", "rust", "ruby", "php", "bash",
    "c#", "perl", "swift", "kotlin", "haskell", "lua",
})  # fmt: skip


def wrong_function(answer: Answer) -> list[Finding]:
    """The code defines functions, and none has a name that the request gives."""
    block = answer.main
    if block is None or _is_body(block) or not asks_to_write(answer.query):
        return []
    if moves_code(answer.query):
        return []
    wanted = wanted_functions(answer.query)
    defined = ["".join(groups) for groups in _DEFINED.findall(_all_code(answer))]
    if not wanted or not defined or any(_mentions(answer, name) for name in wanted):
        return []
    seen = f"asked for {wanted[0]}, defines {', '.join(dict.fromkeys(defined[:3]))}"
    return [Finding("wrong_function", seen, weights.WRONG_FUNCTION)]


def _is_body(block: Block) -> bool:
    """An indented first line continues a function whose head stands in the request."""
    return block.code[:1].isspace()


def _all_code(answer: Answer) -> str:
    return "\n".join(block.code for block in answer.blocks)


def _mentions(answer: Answer, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", _all_code(answer)) is not None


def wrong_language(answer: Answer) -> list[Finding]:
    """The main block claims another language than the one that the request names or shows."""
    block, wanted = answer.main, wanted_language(answer)
    if block is None or moves_code(answer.query) or not {wanted, block.language} <= _COMPARED:
        return []
    # Commands may be the answer whatever the language is: "install it in Python".
    given = {part.language for part in answer.blocks}
    if block.language == "bash" or any(_related(wanted, language) for language in given):
        return []
    if _parses_as(answer, block, wanted):
        return []
    seen = f"asked for {wanted}, the code is {block.language}"
    return [Finding("wrong_language", seen, weights.WRONG_LANGUAGE)]


def _related(one: str, other: str) -> bool:
    return one == other or any({one, other} <= family for family in _FAMILIES)


def _parses_as(answer: Answer, block: Block, language: str) -> bool:
    """A block that parses in the wanted language only has the wrong label."""
    return error_in(answer, Block(language, block.code, block.closed)) is None


CHECKS = (wrong_function, wrong_language)
