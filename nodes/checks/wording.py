"""Text that stands where an answer should: refusals, error messages, terminal noise."""

from __future__ import annotations

import re

from nodes.checks import weights
from nodes.checks.answer import Answer, Finding, looks_like_code, shorten

_REFUSAL = re.compile(
    r"\bi(?:'m| am)? ?(?:sorry|apologi[sz]e|afraid)\b.{0,80}\b(?:can(?:no|')t|cannot|unable|"
    r"not able|won't|not)\b|"
    r"\bi (?:can(?:no|')t|cannot|won't|will not|am (?:un|not )able to|must decline|refuse to)\b"
    r".{0,60}\b(?:help|assist|provide|write|generate|create|fulfil|comply|do|answer|complete|code|"
    r"continue)|\bi'm (?:unable|not able) to\b|"
    r"\bas an ai\b.{0,80}\b(?:can(?:no|')t|cannot|unable|not able|don't|do not)\b|"
    r"(?:ich kann|leider kann ich).{0,60}\bnicht\b|je ne (?:peux|suis) pas\b|"
    r"no puedo (?:ayudar|escribir|hacer|proporcionar)|"
    r"я не могу (?:помочь|написать)|我(?:无法|不能)(?:帮|提供|编写|完成)|申し訳",
    re.I | re.S,
)
_SERVICE_ERROR = re.compile(
    r"\bmodel\b.{0,60}\b(?:not found|is not loaded|does not exist)|try pulling it first|"
    r"connection (?:refused|reset|timed out|error)|could not connect|failed to connect|"
    r"\b(?:502 bad gateway|503 service|504 gateway|500 internal server|429 too many)|"
    r"out of memory|llama runner|requires more system memory|no such container|"
    r"rate limit (?:exceeded|reached)|invalid api key|context deadline exceeded|"
    r"command not found|curl: \(\d+\)|econnrefused|unexpected server status",
    re.I,
)
_ERROR_START = re.compile(
    r"^\W{0,3}(?:fatal |http |internal )?error\b\s?[:\]]|^\s*\{\s*\"error\"", re.I
)
_MARKER = re.compile(r"^[ \t]*\[(?:ERROR|FATAL)\]", re.M)
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SPINNER = re.compile(r"[\u2800-\u28ff]")
_SHORT_CHARS = 400
_START_CHARS = 500


def refusal(answer: Answer) -> list[Finding]:
    """The model declines, and there is no code all the same."""
    if answer.main is not None or answer.bare_code_lines >= 2:
        return []
    found = _REFUSAL.search(answer.prose[:_START_CHARS].replace("\u2019", "'"))
    return [Finding("refusal", shorten(found[0]), weights.REFUSAL)] if found else []


def contains_errors(answer: Answer) -> list[Finding]:
    """An error message instead of an answer; the word in code or in prose is none."""
    if answer.main is not None or answer.bare_code_lines >= 2:
        return []
    text = answer.text.strip()
    if _MARKER.search(text):
        return [Finding("contains_errors", shorten(text), weights.ERROR_MARKER)]
    if len(text) > _SHORT_CHARS or text[:80] in answer.query:
        return []
    if _ERROR_START.search(text) and (_SERVICE_ERROR.search(text) or "\n\n" not in text):
        return [Finding("contains_errors", shorten(text), weights.ERROR_TEXT)]
    return []


def service_error(answer: Answer) -> list[Finding]:
    """A model server's or network's complaint that does not begin with the word error."""
    text = answer.text.strip()
    if answer.holds_code or len(text) > _SHORT_CHARS // 2 or _ERROR_START.search(text):
        return []
    found = _SERVICE_ERROR.search(text)
    if found is None or found[0].lower() in answer.query.lower():
        return []
    return [Finding("contains_errors", shorten(text), weights.ERROR_MARKER)]


def control_sequences(answer: Answer) -> list[Finding]:
    """A terminal's escape codes, or a spinner in prose, which have no place in an answer."""
    found = _CONTROL.search(answer.response) or _spinner(answer)
    if found is None or found[0] in answer.query:
        return []
    seen = f"terminal control characters such as {found[0]!r}"
    return [Finding("control_sequences", seen, weights.CONTROL_SEQUENCES)]


def _spinner(answer: Answer) -> re.Match[str] | None:
    """A spinner's sign that the answer leaves behind, unless its code draws or quotes one."""
    prose: list[str] = []
    code = [block.code for block in answer.blocks]
    for line in answer.prose.splitlines():
        (code if looks_like_code(line) or "`" in line else prose).append(line)
    return None if any(map(_SPINNER.search, code)) else _SPINNER.search("\n".join(prose))


CHECKS = (refusal, contains_errors, service_error, control_sequences)
