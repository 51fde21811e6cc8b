"""A model that runs in circles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodes.checks import weights
from nodes.checks.answer import Answer, Finding, looks_like_code, shorten

_LONGEST_LINES = 12
_LONGEST_WORDS = 24
_LAST_LINES = 200
_LAST_WORDS = 400
_CYCLES = 5
_PROSE_CYCLES = 8
_CYCLE_LETTERS = 12
_TAG = re.compile(r"<[^<>\s]*>?")


def repetition(answer: Answer) -> list[Finding]:
    """The same lines at the end of an answer that was cut, or the same words on and on in prose.

    Rows of a table repeat too, so a loop in code that the model finished is none.
    """
    cycle = _cycle_at_end(answer) or _cycle_in_prose(answer)
    if not cycle:
        return []
    return [Finding("repetition", f"over and over: {shorten(cycle)}", weights.REPETITION)]


def _cycle_at_end(answer: Answer) -> str:
    if not (answer.was_cut or answer.ends_in_block):
        return ""
    lines = [line.strip()[:200] for line in answer.text.splitlines() if line.strip()][-_LAST_LINES:]
    words = answer.text[-4000:].split()[-_LAST_WORDS:]
    return final_cycle(lines, _LONGEST_LINES) or final_cycle(words, _LONGEST_WORDS)


def _cycle_in_prose(answer: Answer) -> str:
    lines = [line for line in answer.prose[-4000:].splitlines() if not looks_like_code(line)]
    return repeated_cycle(" ".join(lines).split()[-_LAST_WORDS:], _LONGEST_WORDS, _PROSE_CYCLES)


def final_cycle(items: Sequence[str], longest: int) -> str:
    """The shortest cycle that the items end in, be its last item cut short, or nothing."""
    for end in (len(items), len(items) - 1):
        for period in range(1, min(longest, end // _CYCLES) + 1):
            run = items[max(0, end - period * _CYCLES) : end]
            cycle = " ".join(run[-period:])
            if run[period:] == run[:-period] and _letters(cycle) >= _CYCLE_LETTERS:
                return cycle
    return ""


def repeated_cycle(items: Sequence[str], longest: int, cycles: int) -> str:
    """The first cycle of at most `longest` items that stands `cycles` times in a row."""
    for period in range(1, min(longest, len(items) // cycles) + 1):
        run = 0
        for at in range(period, len(items)):
            run = run + 1 if items[at] == items[at - period] else 0
            if run >= period * (cycles - 1):
                cycle = " ".join(items[at - period + 1 : at + 1])
                if _letters(cycle) >= _CYCLE_LETTERS:
                    return cycle
    return ""


def _letters(text: str) -> int:
    """Rows of zeros, rules of dashes and empty tags are data, not a loop."""
    return sum(map(str.isalpha, _TAG.sub("", text)))


CHECKS = (repetition,)
