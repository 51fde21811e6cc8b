"""What is tried on an answer's code, and what came of it: the words that all checks share.

`examples` and `expectations` derive cases from a request, `runners` try them in a sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from nodes.checks.answer import Answer
from nodes.checks.sandbox import Sandbox

Origin = Literal["example", "stated", "known", "property", "smoke", "model"]
"""Where a case comes from: `example`, written in the request with its result; `stated`, an edge
case or error that it describes in words; `known`, general knowledge of what it names (gcd(12, 18)
is 6); `property`, what its words promise of any result; `smoke`, an ordinary call that must not
fail; `model`, written by a model."""


class Missing:
    """The type of MISSING: no value is known, which is not the value None."""


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as the code declares it; `type` is the annotation's source, or empty."""

    name: str
    type: str = ""
    has_default: bool = False
    is_variadic: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """The function under test; `returns` is the annotation's source, or empty."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    returns: str = ""

    def accepts(self, count: int) -> bool:
        """Whether a call with `count` positional arguments fits."""
        least = sum(not (p.has_default or p.is_variadic) for p in self.parameters)
        most = len(self.parameters) if not any(p.is_variadic for p in self.parameters) else count
        return least <= count <= most


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one case."""

    outcome: Literal["passed", "wrong", "returned", "raised", "timed_out", "not_run"]
    """`returned`: a value where none was expected; `not_run`: nothing can be said, `shown` says
    why (a module that is not installed, a value that cannot be written in the language)."""
    value: Any = MISSING
    """The result as a Python value, where the runner can carry it over."""
    shown: str = ""
    """The result as its language prints it, shortened."""
    error: str = ""
    """The class of what was raised, such as `ValueError`; its text is in `shown`."""
    arguments_after: tuple[Any, ...] | None = None
    """The arguments as the call left them, where the runner can carry them over."""


Judge = Callable[[Seen], str | None]
"""What is wrong with a result, in words; None when nothing is."""


@dataclass(frozen=True, slots=True)
class Case:
    """One call, or one run of a whole program, and what must come of it.

    Either `call` holds the expression as the request writes it, in the language of the code, or
    `arguments` hold Python values, which each runner writes in its language; often both. The same
    holds for `expected` (source) and `value`. With neither of these two, nor `raises`, nor `judge`,
    the call must only not fail.
    """

    origin: Origin
    weight: float
    """Probability that the answer fails, on this alone, when the case does."""
    quote: str
    """The words of the request, or of our knowledge, that it rests on; for evidence."""
    function: str = ""
    """The function called; empty: the one under test."""
    call: str = ""
    arguments: tuple[Any, ...] | None = None
    expected: str = ""
    value: Any = MISSING
    raises: str = ""
    """Class of the error that must be raised; `Exception` when the request names none."""
    judge: Judge | None = None
    prints: str | None = None
    """What the program must print, for a case that runs the whole program."""
    stdin: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """What lies in the working folder, relative path to text; for SQL, scripts that fill tables."""


@dataclass(frozen=True, slots=True)
class Run:
    """All cases tried on one answer."""

    seen: tuple[Seen, ...]
    """One for each case, in their order; empty when nothing was run."""
    load_error: str = ""
    """Why the code itself did not compile or load, as its language says it."""
    why_not: str = ""
    """Why nothing was run, in words: no jail, no toolchain, a module that is not installed."""
    demo_error: str = ""
    """The first failure of what the answer itself runs, such as its own assert."""
    demo_fails_in: str = ""
    """The answer's function that raised it; empty when the demonstration itself did."""
    command: str = ""
    """The command, as a reader would type it; for evidence."""


class Runner(Protocol):
    """Tries cases on the code of an answer, in one language."""

    def signature(self, answer: Answer, wanted: Sequence[str]) -> Signature | None:
        """The function under test: one of `wanted` names if defined, else the main one.

        None when the answer's code defines no function, for instance in a script.
        """
        ...

    def run(
        self,
        answer: Answer,
        subject: Signature | None,
        cases: Sequence[Case],
        *,
        sandbox: Sandbox,
        wall_s: float,
    ) -> Run:
        """Try `cases` within `wall_s` seconds; never raises for what the code does."""
        ...
