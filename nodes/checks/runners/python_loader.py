"""The answer's code, loaded statement by statement; part of the harness that the sandbox runs."""

from __future__ import annotations

import _ast
import itertools
import signal
import sys
import time
import types
from typing import Any

_ONLY_TREE = 0x400  # ast.PyCF_ONLY_AST, without importing ast
_FUTURE = 0x1000000  # __future__.annotations.compiler_flag
_DEFINITIONS = (
    _ast.FunctionDef,
    _ast.AsyncFunctionDef,
    _ast.ClassDef,
    _ast.Import,
    _ast.ImportFrom,
)
_SHOWN = 300
_TYPING = frozenset({
    "Any", "Callable", "DefaultDict", "Deque", "Dict", "FrozenSet", "Generator", "Iterable",
    "Iterator", "List", "Literal", "Mapping", "NamedTuple", "Optional", "Sequence", "Set", "Tuple",
    "Type", "TypeVar", "Union",
})  # fmt: skip


class TooSlowError(BaseException):
    """The time for a statement of the code is over."""


class Loaded:
    """The answer's code, executed statement by statement, so that a failing demo ends nothing."""

    def __init__(self, source: str, subject: str, limit_s: float) -> None:
        self.error = ""
        self.demo_error = self.demo_fails_in = ""
        self.unbound: dict[str, str] = {}
        self.module = types.ModuleType("answer")
        sys.modules["answer"] = self.module
        self._subject, self._ends = subject, time.monotonic() + limit_s
        tree: Any = compile(source, "answer.py", "exec", _ONLY_TREE | _FUTURE * _has_future(source))
        self._flags = _FUTURE * _has_future(source)
        for statement in tree.body:
            self._execute(statement)

    @property
    def names(self) -> dict[str, Any]:
        """What the code has defined."""
        return self.module.__dict__

    def _execute(self, statement: Any) -> None:
        tree = _ast.Module([statement], [])
        try:
            code = compile(tree, "answer.py", "exec", self._flags, dont_inherit=True)
            left_s = max(0.05, self._ends - time.monotonic())
            signal.setitimer(signal.ITIMER_REAL, left_s)
            try:
                exec(code, self.names)  # noqa: S102  the sandbox is there for this
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        except BaseException as error:
            if not self._lends(error):
                return self._note(statement, error)
            self._execute(statement)

    def _lends(self, error: BaseException) -> bool:
        """Gives the code a name of `typing` that it forgot to import; many readers do the same."""
        name = error.name if isinstance(error, NameError) else ""
        if name not in _TYPING or name in self.names:
            return False
        self.names[name] = getattr(__import__("typing"), name)
        return True

    def _note(self, statement: Any, error: BaseException) -> None:
        """Tells what a reader would blame the code for from what lies outside it."""
        why = self.excuse(error)
        if isinstance(error, EOFError | TooSlowError):
            why = "it needs input"
        for name in _bound(statement):
            self.unbound.setdefault(name, why)
        if why or self.error:
            return
        reason = f"line {statement.lineno}: {told(error)}"
        is_code = isinstance(statement, _DEFINITIONS) or isinstance(error, NameError)
        if is_code and self._subject not in self.names:
            self.error = reason
        elif not isinstance(error, SystemExit) and not self.demo_error:
            self.demo_error, self.demo_fails_in = reason, _raised_in(error)

    def excuse(self, error: BaseException) -> str:
        """Why an error says nothing about the code; empty when it does."""
        if isinstance(error, ModuleNotFoundError):
            return f"the module {error.name} is not installed"
        if isinstance(error, NameError):
            return self.unbound.get(error.name or "", "")
        return ""

    def find(self, name: str) -> Any:
        """A function by its name, or a method of a class that can be made without arguments."""
        if name in self.names:
            return self.names[name]
        for found in list(self.names.values()):
            if isinstance(found, type) and found.__module__ == "answer" and hasattr(found, name):
                return getattr(found(), name)
        raise NameError(f"name {name!r} is not defined", name=name)


def _raised_in(error: BaseException) -> str:
    """The answer's function that was called last when the error was raised."""
    name, walked = "", error.__traceback__
    while walked is not None:
        code, walked = walked.tb_frame.f_code, walked.tb_next
        if code.co_filename == "answer.py" and not code.co_name.startswith("<"):
            name = code.co_name
    return name


def _has_future(source: str) -> bool:
    return "from __future__ import" in source and "annotations" in source


def _bound(statement: Any) -> list[str]:
    """The names that a statement would have given a value."""
    if isinstance(statement, _ast.Import | _ast.ImportFrom):
        return [alias.asname or alias.name.split(".")[0] for alias in statement.names]
    if isinstance(statement, _ast.FunctionDef | _ast.AsyncFunctionDef | _ast.ClassDef):
        return [statement.name]
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    names = [getattr(target, "elts", [target]) for target in targets]
    return [name.id for name in itertools.chain(*names) if isinstance(name, _ast.Name)]


def told(error: BaseException) -> str:
    """Class and text of an error, also of one whose text fails."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"[:_SHOWN]


def shown(value: Any) -> str:
    """A value as Python prints it, shortened."""
    try:
        text = repr(value)
    except Exception as error:
        return f"a {type(value).__name__} whose repr fails: {told(error)}"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
