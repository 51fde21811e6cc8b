"""Tables as a request describes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Value = str | int | float | None

_ODD = re.compile(r"\w{120}|[`\"'*]{20}|[ \t]{120}|\d{60}")
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-z\d])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` is its declared type in lower case, or empty."""

    name: str
    type: str = ""
    is_key: bool = False
    """Primary key or unique."""
    is_required: bool = False
    """Never NULL."""
    references: str = ""
    """The table that it refers to."""
    allowed: tuple[str, ...] = ()
    """The values that a CHECK or ENUM allows."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `rows` are those that the request shows."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    is_sure: bool = True
    """Whether it has these columns and no others, by the request's own notation."""
    is_declared: bool = False
    """Whether SQL or a grid describes it, rather than a sentence."""

    def column(self, name: str) -> Column | None:
        """The column of this name, in any case."""
        return next((c for c in self.columns if c.name.lower() == name.lower()), None)

    def index(self, name: str) -> int:
        """Where the column stands in a row."""
        return [column.name for column in self.columns].index(name)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table drawn with bars: its title, its head and its rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """All tables of a request."""

    tables: tuple[Table, ...]
    rest: str
    """The request without what describes the tables."""
    wanted: Grid | None = None
    """The result that the request shows for the rows that it shows."""

    @property
    def is_sure(self) -> bool:
        """Whether there are these tables and no others."""
        return bool(self.tables) and all(table.is_sure for table in self.tables)

    def table(self, name: str) -> Table | None:
        """The table of this name, in any case."""
        return next((t for t in self.tables if t.name.lower() == name.lower()), None)


def is_readable(text: str, most_chars: int) -> bool:
    """Whether a text is short enough to be searched, and of words rather than of long runs."""
    return len(text) <= most_chars and not _ODD.search(text)


def words_of(name: str) -> tuple[str, ...]:
    """The words of an identifier, in lower case: `orderDate` and `order_date` are the same."""
    return tuple(word.lower() for word in _WORDS.findall(_HUMP.sub(" ", name)))


def singular(word: str) -> str:
    """A noun without the usual endings of an English or Romance plural."""
    word = word.lower()
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def same_noun(one: str, other: str) -> bool:
    """Whether two words are forms of one noun: `Kunde` and `kunden`, `order` and `orders`."""
    short, long = sorted((one.lower(), other.lower()), key=len)
    return singular(short) == singular(long) or (
        len(short) > 3 and long.startswith(short) and len(long) - len(short) <= 2
    )


def is_number(value: Any) -> bool:
    """Whether it is a number, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool)
