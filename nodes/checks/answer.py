"""An answer taken apart once, for all checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

_FENCE = re.compile(r"^[ \t]{0,12}(`{3,}|~{3,})[ \t]*([^\n`]*)$", re.M)
_CODE_LINE = re.compile(
    r"^\s*(?:def |class |import |from \S+ import|return\b|(?:if|for|while)\b.*[:{]\s*$|else\b|"
    r"elif |try\s*[:{]|except\b|(?:async )?function\b|"
    r"@\w|#!|\$ |//|assert |#include|using |package |"
    r"(?:const|let|var|int|long|double|bool|auto|void|static|public|private|protected|export|fn|"
    r"func|type|struct|enum) |(?i:select .* from |insert into |create table )|[}\])]+[;,)]*\s*$)|"
    r"[;{}]\s*$|^\s*[\w.\[\]]+ ?(?:[-+*/:]?=)[^=]|^\s*[\w.]+\(.*\)\s*;?\s*$"
)
_INLINE = re.compile(r"(?<!`)`([^`\n]{4,400})`(?!`)")
_CUT = frozenset({"length", "max_tokens", "max_length", "model_length"})
_NOT_SOURCE = frozenset({
    "text", "txt", "plaintext", "plain", "output", "console", "diff", "patch", "log", "markdown",
    "md", "none", "pseudo", "pseudocode", "error", "mermaid", "csv",
})  # fmt: skip
_ALIASES = {
    "py": "python", "python3": "python", "python2": "python2", "ipython": "python",
    "pycon": "python", "js": "javascript", "node": "javascript", "mjs": "javascript",
    "jsx": "javascript", "ts": "typescript", "sh": "bash", "shell": "bash", "zsh": "bash",
    "shell-session": "console", "c++": "cpp", "cc": "cpp", "cs": "c#", "csharp": "c#",
    "sqlite": "sql", "sqlite3": "sql", "mysql": "sql", "mariadb": "sql", "postgresql": "sql",
    "postgres": "sql", "pgsql": "sql", "tsql": "sql", "plsql": "sql",
    "golang": "go", "rs": "rust", "rb": "ruby", "htm": "html", "yml": "yaml",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block; `language` is canonical, lower case, and empty when none is claimed."""

    language: str
    code: str
    closed: bool

    @property
    def is_source(self) -> bool:
        """Whether it may be what was asked for, not output or notes."""
        return self.language not in _NOT_SOURCE and bool(self.code.strip())


@dataclass(frozen=True)
class Answer:
    """A request and the answer under examination.

    `finish_reason` is what the model reported, such as `stop` or `length`.
    """

    query: str
    response: str
    finish_reason: str = "stop"

    @cached_property
    def text(self) -> str:
        """The response with Unix line ends."""
        return self.response.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """All fenced blocks, in order; an open fence that only prose follows is none."""
        return tuple(blocks_in(self.text))

    @cached_property
    def query_blocks(self) -> tuple[Block, ...]:
        """The fenced blocks of the request."""
        return tuple(blocks_in(self.query.replace("\r\n", "\n")))

    @cached_property
    def prose(self) -> str:
        """The text outside all fences."""
        return outside_fences(self.text)

    @cached_property
    def main(self) -> Block | None:
        """The longest block of source, on which the answer stands or falls."""
        source = [block for block in self.blocks if block.is_source]
        return max(source, key=lambda block: len(block.code), default=None)

    @property
    def was_cut(self) -> bool:
        """Whether the model reports that it stopped at its limit."""
        return self.finish_reason.lower() in _CUT

    @property
    def ends_in_block(self) -> bool:
        """Whether the last block of code is never closed."""
        return bool(self.blocks) and not self.blocks[-1].closed

    @cached_property
    def bare_code_lines(self) -> int:
        """How many lines outside fences look like code."""
        return sum(1 for line in self.prose.splitlines() if looks_like_code(line))

    @cached_property
    def holds_code(self) -> bool:
        """Whether there is any code: in a fence, bare, or a command in backticks."""
        if self.main is not None or self.bare_code_lines >= 2:
            return True
        return self.bare_is_code or self.inline_code

    @cached_property
    def bare_is_code(self) -> bool:
        """Whether the text is code from end to end, without a fence."""
        lines = [line for line in self.prose.splitlines() if line.strip()]
        return bool(lines) and 2 * self.bare_code_lines >= len(lines)

    @cached_property
    def bare_code(self) -> str:
        """What looks like code in an answer without fences, from its first line to its last."""
        lines = [] if self.blocks else self.text.split("\n")
        found = [at for at, line in enumerate(lines) if looks_like_code(line)]
        return "\n".join(lines[found[0] : found[-1] + 1]) if len(found) >= 2 else ""

    @cached_property
    def inline_code(self) -> bool:
        """Whether backticks hold a command or an expression, not only a name."""
        return any(re.search(r"[\s(=|<>{$]", found) for found in _INLINE.findall(self.prose))


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `weight` is the probability, on this alone, that the answer fails."""

    code: str
    evidence: str
    weight: float


Check = Callable[[Answer], list[Finding]]


def canonical(language: str) -> str:
    """The one name of a language for all its spellings; the info string's first word."""
    words = language.strip().lower().split()
    name = words[0].strip("{}.:,") if words else ""
    return _ALIASES.get(name, name)


def blocks_in(text: str) -> Iterator[Block]:
    """Fenced blocks by CommonMark's rule: the closing fence is as long and bears no language."""
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opening is None:
            opening = fence
        elif _closes(opening, fence):
            yield _block(opening, text[opening.end() : fence.start()], closed=True)
            opening = None
    if opening is not None:
        rest = text[opening.end() :]
        if any(looks_like_code(line) for line in rest.splitlines()):
            yield _block(opening, rest, closed=False)


def _closes(opening: re.Match[str], fence: re.Match[str]) -> bool:
    longer = fence[1].startswith(opening[1])
    return longer and not fence[2].strip()


def _block(opening: re.Match[str], code: str, *, closed: bool) -> Block:
    return Block(canonical(opening[2]), code.strip("\n"), closed)


def outside_fences(text: str) -> str:
    """The text without its fenced blocks."""
    kept, at, opening = [], 0, None
    for fence in _FENCE.finditer(text):
        if opening is None:
            kept.append(text[at : fence.start()])
            opening = fence
        elif _closes(opening, fence):
            at, opening = fence.end(), None
    if opening is None:
        kept.append(text[at:])
    return "".join(kept)


def looks_like_code(line: str) -> bool:
    """Whether one line has the form of a statement rather than of a sentence."""
    return len(line) < 400 and bool(_CODE_LINE.search(line))


def shorten(text: str, limit: int = 120) -> str:
    """One line of evidence of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."
