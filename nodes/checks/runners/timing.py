"""How long a run and each of its cases may take; the harnesses keep to the same clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LEAST_S = 1.0
"""In less, an interpreter may not even have started."""
LEAST_COMPILED_S = 3.0
"""In less, a compiler may not be done."""
TOO_LITTLE = "too little time left"
_LEAST_OF_CASE_MS = 200


@dataclass(frozen=True, slots=True)
class Timing:
    """The end of a run and the time of each case.

    A case is begun only when all of its time is left, so that one that is cut off had it.
    """

    ends_ms: int
    """Since the epoch: the jail reads the same clock."""
    each_ms: int
    now: Callable[[], float]
    """Seconds since the epoch."""

    @classmethod
    def of(cls, wall_s: float, most_s: float, share: int, now: Callable[[], float]) -> Timing:
        """A run of `wall_s` seconds from now, a case of it `most_s`, and 1/`share`, at most."""
        each_ms = int(1000 * min(most_s, wall_s / share))
        return cls(int((now() + wall_s) * 1000), max(_LEAST_OF_CASE_MS, each_ms), now)

    def left_s(self) -> float:
        """Seconds until the end."""
        return self.ends_ms / 1000 - self.now()
