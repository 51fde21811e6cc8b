"""The contract of a target."""

from __future__ import annotations

from typing import Protocol

from evals.results import Data


class Target(Protocol):
    """Answers rows; called from several threads at once."""

    def __call__(self, row: Data) -> Data:
        """The output for one row, JSON-able.

        Raises:
            Exception: This row cannot be answered; the run goes on with the others.
        """
        ...

    def close(self) -> None:
        """Stop what was started; safe to call twice."""
        ...
