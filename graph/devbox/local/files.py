"""Files of a box: every path is relative to its home and stays below it."""

from __future__ import annotations

from pathlib import Path

from graph.devbox.local.wire import ApiError


def resolve_in_home(home: Path, path: str) -> Path:
    """The file that `path` names.

    Raises:
        ApiError: 400, it lies outside the home, also by way of a link.
    """
    try:
        target = (home / path).resolve()
    except (OSError, ValueError, RuntimeError):
        raise ApiError(400, "the path is not valid") from None
    if not target.is_relative_to(home):
        raise ApiError(400, "the path leaves the home folder")
    return target


def write_file(home: Path, path: str, contents: bytes) -> None:
    """Write a file, making the folders on the way.

    Raises:
        ApiError: 400, the path cannot be written.
    """
    target = resolve_in_home(home, path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(contents)
    except OSError as error:
        raise ApiError(400, f"cannot write: {error.strerror}") from None


def read_file(home: Path, path: str) -> bytes:
    """Read a file.

    Raises:
        ApiError: 404, there is none; 400, the path cannot be read.
    """
    target = resolve_in_home(home, path)
    try:
        return target.read_bytes()
    except FileNotFoundError:
        raise ApiError(404, "File not found") from None
    except OSError as error:
        raise ApiError(400, f"cannot read: {error.strerror}") from None
