"""Is there an answer with code in it, and is it whole?"""

from __future__ import annotations

from nodes.checks import weights
from nodes.checks.answer import Answer, Finding, shorten
from nodes.checks.request import asks_to_explain, asks_to_write
from nodes.checks.syntax import error_in

_CUT = frozenset({"length", "max_tokens", "max_length", "model_length"})
_SHORT_CHARS = 40


def empty(answer: Answer) -> list[Finding]:
    """No text at all."""
    if answer.text.strip("`~ \t\n"):
        return []
    return [Finding("empty", "the answer holds no text", weights.EMPTY)]


def too_short(answer: Answer) -> list[Finding]:
    """A few words without code; a single correct line of code is long enough."""
    text = answer.text.strip()
    if not text or len(text) >= _SHORT_CHARS or answer.holds_code:
        return []
    weight = weights.TOO_SHORT if not asks_to_explain(answer.query) else weights.NO_CODE
    return [Finding("too_short", f"{len(text)} characters and no code: {shorten(text)}", weight)]


def missing_code_block(answer: Answer) -> list[Finding]:
    """No code where some was asked for, an empty block, or code that stands without a fence."""
    if answer.main is not None or not answer.text.strip():
        return []
    if answer.blocks and not any(block.code.strip() for block in answer.blocks):
        return [_missing("the code block is empty", weights.EMPTY_BLOCK)]
    if answer.bare_is_code:
        return [_missing("the code stands without a fence", weights.BARE_CODE)]
    if answer.bare_code_lines >= 2:
        return [_missing("code and prose are not kept apart", weights.BARE_CODE_IN_PROSE)]
    return _no_code(answer)


def _no_code(answer: Answer) -> list[Finding]:
    if answer.inline_code or any(block.code.strip() for block in answer.blocks):
        return []
    if asks_to_write(answer.query):
        return [_missing("prose only, code was asked for", weights.NO_CODE_ASKED_FOR)]
    return [] if asks_to_explain(answer.query) else [_missing("prose only", weights.NO_CODE)]


def _missing(evidence: str, weight: float) -> Finding:
    return Finding("missing_code_block", evidence, weight)


def truncated(answer: Answer) -> list[Finding]:
    """The model ran out of tokens, or a code block is never closed."""
    last = answer.blocks[-1] if answer.blocks else None
    is_open = last is not None and not last.closed
    was_cut = answer.finish_reason.lower() in _CUT
    if not (was_cut or is_open):
        return []
    seen = f"the model stopped at its limit ({answer.finish_reason})" if was_cut else ""
    if is_open:
        seen = "; ".join(filter(None, [seen, "the last code block is not closed"]))
    return [Finding("truncated", seen, _cut_weight(answer, is_open=is_open, was_cut=was_cut))]


def _cut_weight(answer: Answer, *, is_open: bool, was_cut: bool) -> float:
    if not answer.holds_code:
        return weights.CUT_WITHOUT_CODE
    if is_open and (was_cut or error_in(answer, answer.blocks[-1]) is not None):
        return weights.CUT_IN_CODE
    return weights.CUT_AFTER_CODE if answer.main is not None else weights.CUT_IN_CODE


CHECKS = (empty, too_short, missing_code_block, truncated)
