"""The answer's code, loaded statement by statement; part of the harness that the sandbox runs."""

from __future__ import annotations

import _ast
import signal
import sys
import types
from collections.abc import Iterator
from time import monotonic
from typing import Any

from nodes.checks.runners import python_excuses

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
        self._was_stopped = False  # what follows may miss what was not done
        self.unbound: dict[str, str] = {}
        self.module = types.ModuleType("answer")
        sys.modules["answer"] = self.module
        self._subject, self._ends = subject, monotonic() + limit_s
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
            left_s = max(0.05, self._ends - monotonic())
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
        if isinstance(error, TooSlowError):
            why, self._was_stopped = "it takes too long", True
        why = why or python_excuses.excuse(error)
        for name in _bound(statement):
            self.unbound.setdefault(name, why)
        if why or self.error:
            return
        reason = f"line {statement.lineno}: {told(error)}"
        is_code = isinstance(statement, _DEFINITIONS) or isinstance(error, NameError)
        if is_code and self._subject not in self.names:
            self.error = reason
        elif not (isinstance(error, SystemExit) or self._was_stopped or self.demo_error):
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
                owner = found if _needs_no_object(found, name) else self._made(found, name)
                if owner is not None:
                    return getattr(owner, name)
        raise NameError(f"name {name!r} is not defined", name=name)

    def _made(self, found: type, name: str) -> Any:
        """An object of a class; None when the class asks for arguments that nobody gave."""
        try:
            return found()
        except TypeError as error:
            inner = error.__traceback__.tb_next if error.__traceback__ else None
            if inner is not None:
                raise
        self.unbound[name] = f"{found.__name__} must be made with arguments"
        return None


def _needs_no_object(found: type, name: str) -> bool:
    parts = (vars(one).get(name) for one in found.__mro__)
    part = next((one for one in parts if one is not None), None)
    return isinstance(part, staticmethod | classmethod)


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
    return list(_stored(statement))


def _stored(node: Any) -> Iterator[str]:
    """The names to which a statement, or one inside it, gives a value."""
    if isinstance(node, _ast.Name) and isinstance(node.ctx, _ast.Store):
        yield node.id
    for field in node._fields:
        part = getattr(node, field, None)
        for one in part if isinstance(part, list) else [part]:
            if isinstance(one, _ast.AST):
                yield from _stored(one)


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
