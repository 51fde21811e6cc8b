"""Answers that are found once for each name, and again after a while when they may change."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

AGAIN_AFTER_S = 60.0
"""How long an answer that a busy or full machine may have spoilt is kept."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """An answer, and whether it will stay true for as long as the process lives."""

    value: T
    lasts: bool = True


class Remembered(Generic[T]):
    """Answers by name. Safe in many threads, and no name waits for another.

    `clock` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._known: dict[str, tuple[T, float]] = {}

    def get(self, name: str, find: Callable[[], Answer[T]]) -> T:
        """The answer for `name`, by `find` where none is known any more."""
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            value, until_s = self._known.get(name, (None, -math.inf))
            if value is not None and self._clock() < until_s:
                return value
            found = find()
            until_s = math.inf if found.lasts else self._clock() + AGAIN_AFTER_S
            self._known[name] = (found.value, until_s)
            return found.value
