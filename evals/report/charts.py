"""Charts as inline SVG, drawn by matplotlib; colours are CSS variables, for light and dark."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evals.sections import Chart, Series

# Stand-ins that no other colour uses: each is replaced by a CSS variable in the finished SVG.
_INK, _MUTED, _GRID = "#010101", "#020202", "#030303"
_COLOURS = tuple(f"#0{n:x}0{n:x}f{n:x}" for n in range(1, 13))
_MARKS = "osD^vPX*<>ph"
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "qwen-router",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.edgecolor": _MUTED,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def svg_of(chart: Chart) -> str:
    """The chart as an `<svg>` element."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9.2, 4.8), layout="constrained")
        axes = figure.add_subplot()
        for at, series in enumerate(chart.series):
            _draw(axes, series, at)
        _frame(axes, chart)
        figure.legend(loc="outside right center", frameon=False, fontsize=9)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    return _themed(drawn.getvalue(), chart.title)


def _draw(axes: Axes, series: Series, at: int) -> None:
    colour = _COLOURS[at % len(_COLOURS)]
    if series.kind == "points":
        mark = _MARKS[at % len(_MARKS)]
        axes.plot(series.x, series.y, mark, color=colour, label=series.name, markersize=8, zorder=3)
    elif series.kind == "dashed":
        axes.plot(series.x, series.y, "--", color=_MUTED, label=series.name, linewidth=1.2)
    else:
        mark = "o" if len(series.x) <= 12 else ""
        axes.plot(series.x, series.y, marker=mark, color=colour, label=series.name, linewidth=2)


def _frame(axes: Axes, chart: Chart) -> None:
    axes.set_xlabel(chart.x_label)
    axes.set_ylabel(chart.y_label)
    axes.grid(visible=True)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(_percent)
    axes.yaxis.set_major_formatter(_percent)
    axes.set_xlim(-0.02, 1.02)
    low, high = _limits(chart.series) if not chart.from_zero else (0.0, 1.0)
    axes.set_ylim(low - 0.02, high + 0.02)


def _limits(series: Sequence[Series]) -> tuple[float, float]:
    values = [value for each in series for value in each.y]
    return min(values, default=0.0), max(values, default=1.0)


def _percent(value: float, _: float) -> str:
    return f"{round(100 * value, 3):g}%"


def _themed(svg: str, title: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'<svg [^>]*?viewBox="([^"]*)"[^>]*>', _opened(title), svg, count=1)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    names = {_INK: "ink", _MUTED: "muted", _GRID: "grid"}
    names |= {colour: f"c{at}" for at, colour in enumerate(_COLOURS)}
    for colour, name in names.items():
        svg = svg.replace(colour, f"var(--{name})")
    return svg


def _opened(title: str) -> str:
    label = title.replace("&", "and").replace('"', "'").replace("<", "").replace("\\", "")
    return rf'<svg viewBox="\1" role="img" aria-label="{label}">'
