"""Is there an answer with code in it, and is it whole?"""

from __future__ import annotations

import re

from nodes.checks import weights
from nodes.checks.answer import Answer, Block, Finding, shorten
from nodes.checks.request import asks_to_explain, asks_to_write
from nodes.checks.syntax import error_in

_HEAD = re.compile(r"^\s*(?:async )?(?:def|class|function|func|fn) \w", re.M)
_SIGNATURE = re.compile(
    r"(?<![\w.])[a-z]+(?:_\w+|[a-z]*[A-Z]\w*)"  # a name with an underscore or an inner capital
    r"\(\s*[A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*\s*\)"
    r"(?:\s*(?:[:,.]|->|=>|→)|\s+(?:is|takes|gives|returns?|should|must|that|which)\b)"
)
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
    if asks_to_write(answer.query) or _shows_signature(answer.query):
        return [_missing("prose only, code was asked for", weights.NO_CODE_ASKED_FOR)]
    return [] if asks_to_explain(answer.query) else [_missing("prose only", weights.NO_CODE)]


def _shows_signature(query: str) -> bool:
    """`parse(text, sep): ...` asks for code without a word that says so."""
    return not asks_to_explain(query) and _SIGNATURE.search(query) is not None


def _missing(evidence: str, weight: float) -> Finding:
    return Finding("missing_code_block", evidence, weight)


def truncated(answer: Answer) -> list[Finding]:
    """The model ran out of tokens, or a code block is never closed."""
    seen = []
    if answer.was_cut:
        seen.append(f"the model stopped at its limit ({answer.finish_reason})")
    if answer.ends_in_block:
        seen.append("the last code block is not closed")
    return [Finding("truncated", "; ".join(seen), _cut_weight(answer))] if seen else []


def _cut_weight(answer: Answer) -> float:
    if not answer.holds_code:
        return weights.CUT_WITHOUT_CODE
    if answer.ends_in_block and (answer.was_cut or _is_unfinished(answer, answer.blocks[-1])):
        return weights.CUT_IN_CODE
    return weights.CUT_AFTER_CODE if answer.main is not None else weights.CUT_IN_CODE


def _is_unfinished(answer: Answer, block: Block) -> bool:
    """An unlabelled block may be a command or a folder's tree, unless it defines something."""
    is_source = bool(block.language) or _HEAD.search(block.code) is not None
    return is_source and error_in(answer, block) is not None


CHECKS = (empty, too_short, missing_code_block, truncated)
