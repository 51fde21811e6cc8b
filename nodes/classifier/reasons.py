"""Says in words why a request was classified as it was."""

from __future__ import annotations

from collections.abc import Mapping

from nodes.classifier.features import Features
from nodes.classifier.lexicon import LANGUAGES
from nodes.classifier.text import TOKEN, View
from nodes.state import Intent

_MOST = 3
_CODE_SIGNS = (
    ("sign:stack_trace", "holds a stack trace"),
    ("sign:error_name", "names an error"),
    ("code", "holds code"),
    ("paste:code", "holds pasted code"),
    ("sign:source_file", "names a source file"),
    ("sign:signature", "names a function to write"),
    ("spec:maps_to", "shows what values become"),
)
_CODE_KINDS = (
    ("kind:fix", "asks to change code"),
    ("kind:codenoun", "asks for a piece of code"),
    ("kind:operate", "asks for a command or operation"),
    ("kind:tech", "about a development tool"),
)
_CHAT_KINDS = (
    ("kind:creative", "asks for prose"),
    ("kind:thanks", "closing remark"),
    ("kind:sum", "a calculation in words"),
    ("kind:desktop", "about using a product"),
)
_TECHNICAL = frozenset({"kind:lang", "kind:tech", "kind:codenoun"})


def reason_for(
    label: Intent, request: View, features: Features, weights: Mapping[str, float]
) -> str:
    """A few words such as `asks for SQL; follow-up to code`."""
    said = _code(request, features) if label == "code" else _chat(features, weights)
    return "; ".join(said[:_MOST])


def _code(request: View, features: Features) -> list[str]:
    named = features.named
    said = [f"asks for {language}" for language in _languages(request)[:1]]
    said += ["follow-up to code"] * ("after:code" in named)
    said += [words for name, words in _CODE_SIGNS if name in named][:2]
    if not said:
        said = [words for name, words in _CODE_KINDS if name in named][:1]
    return said or ["worded like a request for code"]


def _languages(request: View) -> list[str]:
    """Languages named as words, not by the ending of a file's name."""
    text = request.edges
    words = (match[0] for match in TOKEN.finditer(text) if text[max(match.start() - 1, 0)] != ".")
    return list(dict.fromkeys(LANGUAGES[word] for word in words if word in LANGUAGES))


def _chat(features: Features, weights: Mapping[str, float]) -> list[str]:
    """Only what spoke for chat is given as a reason."""
    named = features.named
    said = [words for name, words in _CHAT_KINDS if name in named and weights.get(name, 0.0) < 0][
        :1
    ]
    if "kind:concept" in named and _TECHNICAL & named.keys():
        said.append("talk about technology, no code wanted")
    if "after:code" in named:
        said.append("leaves the code talked about before")
    return said or ["general question"]
