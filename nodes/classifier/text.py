"""From messages to the bounded, normalised texts that the features look at."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

_WHOLE_CHARS = 1000
_EDGE_CHARS = 450
_MIDDLE_CHARS = 1200
_PROSE_SYMBOLS = 0.15
_BREAK = re.compile(r"\n\s*\n")
_SYMBOL = re.compile(r"[0-9{}()\[\]<>;=+*/\\|_#$%&@~^:]")
_CODE_LINE = re.compile(
    r"^[ \t]*(?:```|import \w|from \w+ import |#include|package \w)|[;{}][ \t]*$|"
    r"^(?:\t| {2,})\S|\w\(",
    re.M | re.I,
)

# Scripts without spaces are cut from Latin words that touch them, as in "用python写".
TOKEN = re.compile(
    r"[0-9a-z_\u00c0-\u1fff\u2c00-\u2dff\uac00-\ud7ff]+[+#]{0,2}|[\u2e80-\ua4cf\uf900-\ufaff]+"
)


@dataclass(frozen=True, slots=True)
class View:
    """One message, casefolded: `edges` usually holds the request, `middle` what was pasted.

    A text of at most 1000 characters is all edges. Of a longer one, whatever its length, at most
    900 characters of edges and 1200 of the rest are looked at; where prose stands at one end only,
    as before or after pasted code, that prose alone is the edges.
    """

    edges: str
    middle: str = ""

    @property
    def text(self) -> str:
        """Everything that is looked at."""
        return f"{self.edges}\n{self.middle}" if self.middle else self.edges


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns that decide: the request, what was asked before, and what was answered to that."""

    request: View
    previous_request: View
    previous_answer: View
    follows: bool
    """Whether anything came before the request."""


def normalise(text: str) -> str:
    """NFKC and casefold, so that case and width do not matter."""
    return text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def view_of(text: str) -> View:
    """The bounded view of one message's text."""
    text = text.strip()
    if len(text) <= _WHOLE_CHARS:
        return View(normalise(text))
    head, tail = text[:_EDGE_CHARS], text[-_EDGE_CHARS:]
    middle = text[_EDGE_CHARS:-_EDGE_CHARS][:_MIDDLE_CHARS]
    opening, closing = _BREAK.split(head, 1)[0], _BREAK.split(tail)[-1]
    if _is_prose(opening) != _is_prose(closing):
        request = opening if _is_prose(opening) else closing
        return View(normalise(request), normalise(middle))
    return View(f"{normalise(head)}\n{normalise(tail)}", normalise(middle))


def _is_prose(text: str) -> bool:
    """Whether a paragraph reads like words rather than code, data or a log."""
    if not text.strip() or _CODE_LINE.search(text):
        return False
    return len(_SYMBOL.findall(text)) <= _PROSE_SYMBOLS * len(text)


def conversation_of(messages: Sequence[BaseMessage]) -> Conversation:
    """Picks the deciding turns; the last human message is the request."""
    at = _last_index(messages, HumanMessage, len(messages))
    if at is None:
        at = len(messages) - 1
    before = messages[: max(at, 0)]
    return Conversation(
        request=view_of(_text(messages[at])) if messages else View(""),
        previous_request=_last_view(before, HumanMessage),
        previous_answer=_last_view(before, AIMessage),
        follows=any(isinstance(message, (HumanMessage, AIMessage)) for message in before),
    )


def _last_index(messages: Sequence[BaseMessage], kind: type[BaseMessage], end: int) -> int | None:
    found = (i for i in range(end - 1, -1, -1) if isinstance(messages[i], kind))
    return next(found, None)


def _last_view(messages: Sequence[BaseMessage], kind: type[BaseMessage]) -> View:
    at = _last_index(messages, kind, len(messages))
    return View("") if at is None else view_of(_text(messages[at]))


def _text(message: BaseMessage) -> str:
    content = message.content
    if isinstance(content, str):
        return content
    parts = (part if isinstance(part, str) else part.get("text") for part in content)
    return "\n".join(part for part in parts if isinstance(part, str))
