"""A model that runs in circles."""

from __future__ import annotations

from collections.abc import Sequence

from nodes.checks import weights
from nodes.checks.answer import Answer, Finding, shorten

_LONGEST_LINES = 12
_LONGEST_WORDS = 24
_LAST_LINES = 200
_LAST_WORDS = 400
_CYCLES = 5
_CYCLE_LETTERS = 12


def repetition(answer: Answer) -> list[Finding]:
    """The same lines, or the same words, over and over without a break."""
    lines = [line.strip()[:200] for line in answer.text.splitlines() if line.strip()][-_LAST_LINES:]
    words = answer.text[-4000:].split()[-_LAST_WORDS:]
    cycle = repeated_cycle(lines, _LONGEST_LINES) or repeated_cycle(words, _LONGEST_WORDS)
    if not cycle:
        return []
    return [Finding("repetition", f"over and over: {shorten(cycle)}", weights.REPETITION)]


def repeated_cycle(items: Sequence[str], longest: int) -> str:
    """The first cycle of at most `longest` items that follows itself five times, or nothing."""
    for period in range(1, min(longest, len(items) // _CYCLES) + 1):
        run = 0
        for at in range(period, len(items)):
            run = run + 1 if items[at] == items[at - period] else 0
            if run >= period * (_CYCLES - 1):
                cycle = " ".join(items[at - period + 1 : at + 1])
                if _letters(cycle) >= _CYCLE_LETTERS:
                    return cycle
    return ""


def _letters(text: str) -> int:
    """Rows of zeros and rules of dashes are data, not a loop."""
    return sum(map(str.isalpha, text))


CHECKS = (repetition,)
