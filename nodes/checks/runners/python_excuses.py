"""Errors that speak of what is not here: a file, a network, a variable, a user, a program.

Shared by the runners and by the harness that they send into the sandbox, so it stands alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

_CLASSES = {
    "a file": "FileNotFoundError NotADirectoryError IsADirectoryError PermissionError "
    "FileExistsError",
    "a network": "URLError HTTPError gaierror herror SSLError ConnectionError TimeoutError "
    "BrokenPipeError ConnectionRefusedError ConnectionResetError ConnectionAbortedError timeout "
    "RemoteDisconnected",
    "a program": "CalledProcessError TimeoutExpired ChildProcessError ProcessLookupError",
    "input": "EOFError StdinNotImplementedError",
    "a screen": "TclError",
}
_NEEDED = {name: what for what, names in _CLASSES.items() for name in names.split()}
_NOT_THE_WORLD = frozenset({"UnsupportedOperation"})
# A closed or wrong descriptor, an invalid argument, a name too long: these the code made itself.
_OWN_ERRNO = re.compile(r"\[Errno (?:9|22|36)\]")
_DATABASE = re.compile(r"no such table|unable to open|readonly database")
_LAST_LINE = re.compile(r"^(?:\w+\.)*(\w+)(?::[ \t]*(.*))?$")
_VARIABLE = re.compile(r'File "[^"\n]*\bos(?:\.py|>)", line \d+, in __getitem__\b')
_MOST_CAUSES = 8


def excuse(error: BaseException) -> str:
    """What an error, or one that led to it, shows to be missing here; empty when nothing is."""
    return next(filter(None, map(_excuse_of_one, _causes(error))), "")


def excuse_in(stderr: str) -> str:
    """The same for an error that is known by its traceback alone."""
    for part in stderr.strip().split("\n\n"):
        found = _LAST_LINE.match(part.rstrip().rpartition("\n")[2])
        if found is None:
            continue
        if found[1] == "KeyError" and _VARIABLE.search(part):
            return "it needs an environment variable"
        why = _reason((found[1],), found[2] or "")
        if why:
            return why
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__


def _excuse_of_one(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return "it needs an environment variable" if _is_variable(error) else ""
    if isinstance(error, OSError) and _is_own(error):
        return ""
    try:
        text = str(error)
    except Exception:
        text = ""
    return _reason([one.__name__ for one in type(error).__mro__], text)


def _reason(classes: tuple[str, ...] | list[str], text: str) -> str:
    if not _NOT_THE_WORLD.isdisjoint(classes) or _OWN_ERRNO.search(text):
        return ""
    if "OperationalError" in classes:
        return "it needs a database" if _DATABASE.search(text) else ""
    named = next((_NEEDED[name] for name in classes if name in _NEEDED), "")
    if not named and "OSError" in classes:
        named = "something of the system"
    return named and f"it needs {named}, which is not here"


def _is_variable(error: KeyError) -> bool:
    """Whether `os.environ` raised it."""
    walked = error.__traceback__
    while walked is not None and walked.tb_next is not None:
        walked = walked.tb_next
    frame = walked.tb_frame if walked else None
    return frame is not None and frame.f_globals.get("__name__") == "os"


def _is_own(error: OSError) -> bool:
    """Whether it is about something in the working folder, which only the code can have made.

    What exists already may be left over from an earlier call.
    """
    name = error.filename
    if not isinstance(name, str) or isinstance(error, FileExistsError):
        return False
    path, folder = os.path.abspath(name), os.getcwd()
    return path.startswith(folder + os.sep) and os.path.lexists(path)
