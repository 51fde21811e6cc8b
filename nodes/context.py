"""The knobs of one run: JSON-able values, shown by Studio as a form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """What one run may set; None means what the process is configured with."""

    qwen_enabled: bool | None = None
    """False sends code requests to the cloud models."""

    polish: bool = True
    """Whether a cloud model may mend an answer that was shown to be broken."""

    polish_threshold: float = 0.5
    """A gate score (probability that the answer fails) from which an answer counts as broken."""

    footer: bool = True
    """Whether the answer ends with the line that says which model gave it."""

    deadline_s: float | None = None
    """Seconds for the whole request, shared by all attempts."""
