"""The knobs of one run: JSON-able values, shown by Studio as a form."""

from __future__ import annotations

from dataclasses import dataclass

BROKEN_FROM = 0.5
"""The least gate score that is called broken, where a run sets no threshold of its own."""


@dataclass(frozen=True)
class Context:
    """What one run may set; None means what the process is configured with."""

    qwen_enabled: bool | None = None
    """False sends code requests to the cloud models."""

    max_repairs: int = 1
    """How often the free model may mend its own broken answer before a cloud model is paid."""

    vote: bool = True
    """Whether the free model's own tests and second answers judge what cannot be run as it is."""

    polish: bool = True
    """Whether a cloud model may mend an answer that was shown to be broken."""

    polish_threshold: float = BROKEN_FROM
    """A gate score (probability that the answer fails) from which an answer counts as broken."""

    footer: bool = True
    """Whether the answer ends with the line that says which model gave it."""

    deadline_s: float | None = None
    """Seconds for the whole request, shared by all attempts."""
