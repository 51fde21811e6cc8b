"""The user's plan, as given: its keyword rule (phase 2) and its quality check (phase 3).

Both are what the project's classifier and gate are measured against.
"""

from __future__ import annotations

PLAN_KEYWORDS = (
    "write", "code", "implement", "create function", "build", "develop", "script", "program",
    "algorithm", "class", "method", "api", "python", "javascript", "java", "c++", "rust", "react",
    "node", "express", "django", "flask",
)  # fmt: skip


def plan_says_code(text: str) -> bool:
    """Whether the plan would call a request code: it holds one of the keywords anywhere."""
    lower = text.lower()
    return any(keyword in lower for keyword in PLAN_KEYWORDS)


def plan_needs_polish(response: str) -> bool:
    """Whether the plan would have a paid model mend the answer."""
    too_short = len(response) < 50
    no_block = "```" not in response and "code" in response
    return too_short or no_block or "[ERROR]" in response or "failed" in response
