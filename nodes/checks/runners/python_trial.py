"""One case, tried inside a process of its own; part of the harness that the sandbox runs."""

from __future__ import annotations

import _ast
import builtins
import contextlib
import io
import itertools
import sys
import types
from typing import Any

from nodes.checks.runners import python_excuses
from nodes.checks.runners.python_loader import Loaded, shown, told
from nodes.checks.runners.python_values import decode, encode, same

_ONLY_TREE = 0x400  # ast.PyCF_ONLY_AST, without importing ast
_MOST_OUTPUT = 100_000
_SHOWN = 300
_ENDLESS = 10_000
_OFTEN_USED = ("math", "collections", "datetime", "re", "json")


class _NoFunctionError(Exception):
    """A case gives arguments, and there is no function that takes them."""


class _Output(io.BytesIO):
    """Keeps the beginning of what is printed."""

    def write(self, data: Any) -> int:
        if self.tell() < _MOST_OUTPUT:
            super().write(data)
        return len(data)


class Trial:
    """One case, inside its own process."""

    def __init__(self, loaded: Loaded, source: str, subject: str, case: dict[str, Any]) -> None:
        self._loaded, self._source, self._subject, self._case = loaded, source, subject, case
        self._output = _Output()
        self._positional: list[Any] | None = None
        self._before: Any = None
        self._unmade: dict[str, BaseException] = {}

    def seen(self) -> dict[str, Any]:
        """Runs the case and tells what came of it."""
        self._redirect()
        try:
            value = _settled(self._result())
        except BaseException as error:
            return self._raised(error)
        return self._judged(value) | self._arguments_after()

    def _redirect(self) -> None:
        stdin = io.BytesIO(self._case["stdin"].encode("utf-8", "surrogatepass"))
        sys.stdin = io.TextIOWrapper(stdin, "utf-8", "surrogateescape")
        sys.stdout = io.TextIOWrapper(self._output, "utf-8", "backslashreplace", write_through=True)
        # A prompt is for people: it is no part of the result.
        builtins.input = lambda prompt="": _line(sys.stdin)

    def _result(self) -> Any:
        case = self._case
        if case["whole"]:
            return self._program()
        if case["call"]:
            return self._evaluated(case["call"])
        name = case["function"] or self._subject
        function = self._loaded.find(name) if name else None
        if function is None or isinstance(function, type):
            raise _NoFunctionError(name or "the code")
        return self._called(function, list(decode(case["arguments"])))

    def _called(self, function: Any, positional: list[Any]) -> Any:
        self._positional = positional
        with contextlib.suppress(Exception):  # objects cannot be kept as they were
            self._before = decode(encode(positional))
        return function(*positional)

    def _program(self) -> None:
        main = types.ModuleType("__main__")
        sys.modules["__main__"] = main
        try:
            exec(compile(self._source, "answer.py", "exec", dont_inherit=True), main.__dict__)  # noqa: S102
        except SystemExit as stop:
            if stop.code not in (None, 0):
                raise

    def _evaluated(self, text: str) -> Any:
        names = self._names(text)
        tree: Any = compile(text, "call", "exec", _ONLY_TREE)
        *before, last = tree.body
        exec(compile(_ast.Module(before, []), "call", "exec"), names)  # noqa: S102
        if not isinstance(last, _ast.Expr):
            return exec(compile(_ast.Module([last], []), "call", "exec"), names)  # noqa: S102
        call = last.value
        if isinstance(call, _ast.Call) and not call.keywords and not _has_star(call):
            function = _value_of(call.func, names)
            return self._called(function, [_value_of(part, names) for part in call.args])
        return _value_of(call, names)

    def _names(self, text: str) -> dict[str, Any]:
        """What the expression may use: the code's names, its methods, some of the library."""
        names = dict(self._loaded.names)
        words = set(_words(text))
        for word in words.difference(names, vars(builtins)):
            if word in _OFTEN_USED:
                names[word] = __import__(word)
                continue
            try:
                names[word] = self._loaded.find(word)
            except Exception as error:  # it is told when the expression needs the name
                self._unmade[word] = error
        return names

    def _raised(self, error: BaseException) -> dict[str, Any]:
        if isinstance(error, NameError):
            error = self._unmade.get(error.name or "", error)
        excuse = self._loaded.excuse(error)
        if isinstance(error, _NoFunctionError):
            excuse = f"{error} is no function"
        classes = [one.__name__ for one in type(error).__mro__]
        wanted = self._case["raises"]
        is_wanted = bool(wanted) and wanted.rpartition(".")[2] in classes
        if excuse or (not is_wanted and (excuse := self._excuse(error))):
            return {"outcome": "not_run", "shown": excuse}
        outcome = "passed" if is_wanted else "raised"
        return {"outcome": outcome, "error": type(error).__name__, "shown": told(error)}

    def _excuse(self, error: BaseException) -> str:
        """What is missing here; a program whose input is given must not ask for more."""
        case = self._case
        has_input = case["stdin"] or (case["whole"] and case["prints"] is not None)
        if isinstance(error, EOFError) and has_input:
            return ""
        return python_excuses.excuse(error)

    def _judged(self, value: Any) -> dict[str, Any]:
        seen: dict[str, Any] = {"outcome": "returned", "shown": shown(value)}
        with contextlib.suppress(Exception):  # a class may change what its values are written as
            seen["value"] = encode(value)
        case = self._case
        if case["raises"]:
            return seen | {"outcome": "wrong"}
        if case["prints"] is not None:
            return seen | self._compared_output(case["prints"])
        return seen | self._compared(value)

    def _compared_output(self, expected: str) -> dict[str, Any]:
        printed = self._printed()
        outcome = "passed" if _lines(printed) == _lines(expected) else "wrong"
        return {"outcome": outcome, "shown": printed[:_SHOWN], "value": printed}

    def _compared(self, value: Any) -> dict[str, Any]:
        case = self._case
        try:
            if case["expected"]:
                names = self._names(case["expected"])
                expected = eval(case["expected"], names)  # noqa: S307
            elif "value" in case:
                expected = decode(case["value"])
            else:
                return {}
        except Exception as error:
            return {"outcome": "not_run", "shown": f"the expected value is unclear: {told(error)}"}
        if _is_same(value, expected, strict=case["strict"]):
            return {"outcome": "passed"}
        return {"outcome": "wrong"} if value is not None else self._done_instead(expected)

    def _done_instead(self, expected: Any) -> dict[str, Any]:
        """What a function without a result did: to its arguments, or by printing."""
        strict, before, after = self._case["strict"], self._before, self._positional
        for old, new in zip(before or (), after or (), strict=False):
            if isinstance(new, list | dict | set | bytearray) and same(
                new, expected, strict=strict
            ):
                is_changed = not same(new, old, strict=True)
                why = "no result, and nothing to change"
                return {"outcome": "passed"} if is_changed else _not_run(why)
        is_changed = before is not None and not same(after, before, strict=True)
        if self._case["gives_nothing"] and not is_changed:
            return _not_run("the request wants no result")
        return self._printed_instead(expected)

    def _printed_instead(self, expected: Any) -> dict[str, Any]:
        printed = self._printed()
        if not printed.strip():
            return {"outcome": "wrong"}
        as_text = expected if isinstance(expected, str) else shown(expected)
        right = _lines(printed) in (_lines(as_text), _lines(shown(expected)))
        outcome = "passed" if right and self._case["may_print"] else "wrong"
        return {"outcome": outcome, "shown": f"None, and printed {printed[:_SHOWN]!r}"}

    def _printed(self) -> str:
        return self._output.getvalue().decode("utf-8", "replace")

    def _arguments_after(self) -> dict[str, Any]:
        try:
            return {} if self._positional is None else {"after": encode(tuple(self._positional))}
        except Exception:  # see _judged
            return {}


def _not_run(why: str) -> dict[str, Any]:
    return {"outcome": "not_run", "shown": why}


def _words(text: str) -> list[str]:
    kept = "".join(c if c.isalnum() or c == "_" else " " for c in text)
    return [word for word in kept.split() if word.isidentifier()]


def _has_star(call: Any) -> bool:
    return any(isinstance(part, _ast.Starred) for part in call.args)


def _value_of(tree: Any, names: dict[str, Any]) -> Any:
    return eval(compile(_ast.Expression(tree), "call", "eval"), names)  # noqa: S307


def _line(stream: Any) -> str:
    line: str = stream.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.rstrip("\n")


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _settled(value: Any) -> Any:
    """Awaits what must be awaited, and draws the items of a generator."""
    if isinstance(value, types.CoroutineType):
        import asyncio  # noqa: PLC0415  slow, and seldom needed

        value = asyncio.run(value)
    if isinstance(value, types.GeneratorType):
        return list(itertools.islice(value, _ENDLESS))
    return value


def _is_same(value: Any, expected: Any, *, strict: bool) -> bool:
    try:
        return same(value, expected, strict=strict)
    except Exception:  # a comparison written by the answer
        return False
