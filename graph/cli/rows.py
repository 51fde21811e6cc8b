"""JSON lines: read them whatever they hold, and print one for each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from graph.errors import ConfigurationError

Row = dict[str, Any]


def parse_row(line: str) -> Row:
    """One line as an object.

    Raises:
        ValueError: It is no JSON object.
    """
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("the row is no JSON object")
    return row


def text_field(row: Row, name: str) -> str:
    """A field that must be text; lone surrogates, which no model reads, become U+FFFD.

    Raises:
        ValueError: It is missing, or something else.
    """
    value = row.get(name)
    if not isinstance(value, str):
        raise ValueError(f"the row has no text in {name!r}")
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def print_json(value: Row) -> None:
    """One line on stdout, in characters that it can take."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=plain))


def lines_of(path: Path | None) -> Iterator[str]:
    """The lines of a file, or of standard input, that are not blank.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    if path is None or str(path) == "-":
        yield from _not_blank(sys.stdin)
        return
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
            yield from _not_blank(file)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error


def _not_blank(file: TextIO) -> Iterator[str]:
    return (line for line in file if line.strip())
