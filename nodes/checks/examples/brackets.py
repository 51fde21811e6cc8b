"""Which bracket of a text closes which, in time that grows with the text's length alone."""

from __future__ import annotations

import re
from functools import lru_cache

STRING = re.compile(
    r"([rRbBuU]{0,2})(\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')"
    r"|\u201c([^\u201c\u201d\n]*)\u201d"
    r"|\u00ab ?([^\u00ab\u00bb\n]*?) ?\u00bb"
    r"|\u300c([^\u300d\n]*)\u300d"
    r"|\u201e([^\u201c\u201d\n]*)[\u201c\u201d]|\u2018([^\u2018\u2019\n]*)\u2019"
)
_MARK = re.compile("[][(){}\"'\u201c\u00ab\u300c\u201e\u2018]")
_CLOSING = {"[": "]", "(": ")", "{": "}"}
_DEEPEST = 20
_MOST_CHARS = 8_000


class Brackets:
    """The brackets of one text, each looked at once.

    Attributes:
        failed: Where a bracket opens that holds no literal; kept by who reads literals.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[int, tuple[int, int] | None] = {}
        self.failed: set[int] = set()

    def closing_at(self, at: int) -> int | None:
        """Past the bracket that closes the one at `at`; None when it is open, long or deep."""
        if self._text[at : at + 1] not in _CLOSING:
            return None
        if at not in self._known:
            self._scan(at)
        found = self._known[at]
        if found is None or found[0] - at > _MOST_CHARS or found[1] > _DEEPEST:
            return None
        return found[0]

    def _scan(self, at: int) -> None:
        """Follows a bracket to its end; all that are open where it fails fail with it."""
        opened: list[int] = []
        heights: list[int] = []
        while mark := _MARK.search(self._text, at):
            at = mark.end()
            if mark[0] in _CLOSING and mark.start() not in self._known:
                opened.append(mark.start())
                heights.append(1)
            elif mark[0] in _CLOSING:
                known = self._known[mark.start()]
                if known is None:
                    break
                at = known[0]
                heights[-1] = max(heights[-1], known[1] + 1)
            elif mark[0] not in ")]}":
                string = STRING.match(self._text, mark.start())
                at = string.end() if string else at
            elif _CLOSING[self._text[opened[-1]]] != mark[0]:
                break
            else:
                height = heights.pop()
                self._known[opened.pop()] = at, height
                if not opened:
                    return
                heights[-1] = max(heights[-1], height + 1)
        self._known.update(dict.fromkeys(opened))


@lru_cache(maxsize=32)
def brackets_of(text: str) -> Brackets:
    """The brackets of a text, found as they are asked for."""
    return Brackets(text)
