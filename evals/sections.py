"""What evaluators find, as plain data: figures for the summary, tables and charts for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from evals.statistics import Interval, Rate

Cell = str | int | float | Rate | Interval | None
Figures = dict[str, float | int | None]
"""Values by name; shares are 0..1."""


@dataclass(frozen=True)
class Table:
    """Rows of cells; the report writes a Rate as a percentage with its interval."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True)
class Series:
    """One line of a chart, or its single points."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    kind: Literal["line", "dashed", "points"] = "line"


def point(name: str, x: Rate, y: Rate) -> Series:
    """A single point of a chart."""
    return Series(name, (x.share or 0.0,), (y.share or 0.0,), "points")


@dataclass(frozen=True)
class Chart:
    """Series over two axes, both shares or probabilities."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    from_zero: bool = True
    """Whether the y axis shows 0..1, or only where the values are."""


@dataclass(frozen=True)
class Wrong:
    """One row that came out wrong, for a reader."""

    id: str
    heading: str
    request: str
    answer: str
    evidence: str


@dataclass(frozen=True)
class Section:
    """What one evaluator found."""

    title: str
    figures: Figures
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    note: str = ""
    leads: bool = False
    """Whether its figures are the ones to read first."""


def p_words(p: float) -> str:
    """A p value for people."""
    return f"{p:.3f}" if p >= 0.001 else "< 0.001"


def leading(sections: Sequence[Section]) -> Figures:
    """The figures to read first."""
    return {
        name: value
        for section in sections
        if section.leads
        for name, value in section.figures.items()
    }


def plain(section: Section) -> dict[str, Any]:
    """The section for JSON, without the texts of single rows."""
    return {
        "title": section.title,
        "figures": section.figures,
        "tables": [
            {**asdict(table), "rows": [[cell_of(cell) for cell in row] for row in table.rows]}
            for table in section.tables
        ],
        "charts": [asdict(chart) for chart in section.charts],
        "wrong": [each.id for each in section.wrong],
        "note": section.note,
    }


def cell_of(cell: Cell) -> Any:
    """A cell for JSON."""
    if isinstance(cell, Rate):
        low, high = cell.interval
        return {"share": cell.share, "hits": cell.hits, "n": cell.n, "low": low, "high": high}
    return asdict(cell) if isinstance(cell, Interval) else cell


def text_of(cell: Cell) -> str:
    """A cell for people."""
    if isinstance(cell, Rate):
        if cell.share is None:
            return "none"
        low, high = cell.interval
        return f"{cell.share:.1%}  [{low:.1%}, {high:.1%}]  {cell.hits}/{cell.n}"
    if isinstance(cell, Interval):
        return f"{cell.value:+.1%}  [{cell.low:+.1%}, {cell.high:+.1%}]"
    if isinstance(cell, float):
        return f"{cell:.4g}"
    return "-" if cell is None else str(cell)
