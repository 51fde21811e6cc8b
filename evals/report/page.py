"""The page: what was run, the figures first, then charts, tables and the worst rows."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.report.charts import svg_of
from evals.sections import Cell, Section, Table, Wrong, leading
from evals.statistics import Interval, Rate

MOST_ROWS = 12
"""Longer tables are shown folded."""
FOLDED_FROM = 600
"""Texts of more characters are shown folded."""


def write_page(path: Path, summary: dict[str, Any], sections: Sequence[Section]) -> None:
    """Write the report of one run as one HTML file."""
    style = (files("evals.report") / "style.css").read_text(encoding="utf-8")
    body = "\n".join([_head(summary), _tiles(sections), *map(_section, sections), _about(summary)])
    title = escape(summary["name"])
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}: evaluation</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
    path.write_text(page, encoding="utf-8", errors="replace")  # lone surrogates have no bytes


def _head(summary: dict[str, Any]) -> str:
    failed = len(summary["errors"])
    warning = (
        f'<p class="bad">{failed} rows gave no output and are left out below.</p>' if failed else ""
    )
    data = Path(summary["config"]["data"] or "").name
    about = f"{summary['answered']} rows of {data} · {summary['date'].replace('T', ' ')[:16]} UTC"
    return (
        f"<header><h1>{escape(summary['name'])}</h1>"
        f"<p>{escape(summary['target'].replace('_', ' '))} · {escape(about)}</p>{warning}</header>"
    )


def _tiles(sections: Sequence[Section]) -> str:
    """The figures to read first, large."""
    if not sections:
        return "<p>No row gave an output.</p>"
    shown = [(name, value) for name, value in leading(sections).items() if value is not None]
    tiles = (
        f"<div><strong>{_figure(name, value)}</strong><span>{escape(_words(name))}</span></div>"
        for name, value in shown
    )
    return f'<section class="tiles">{"".join(tiles)}</section>'


def _figure(name: str, value: float) -> str:
    return f"{value:,.0f}" if "tokens" in name else f"{value:.1%}"


def _words(name: str) -> str:
    return name.replace("pass_at_1", "pass@1").replace("_", " ")


def _section(section: Section) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>"]
    if section.note:
        parts.append(f'<p class="note">{escape(section.note)}</p>')
    for chart in section.charts:
        title = escape(chart.title)
        parts.append(f"<figure><figcaption>{title}</figcaption>{svg_of(chart)}</figure>")
    parts += map(_table, section.tables)
    parts += map(_wrong, section.wrong)
    return f"<section>{''.join(parts)}</section>"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table.rows)
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    whole = (
        f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"</div>{note}"
    )
    title = escape(table.title)
    if len(table.rows) <= MOST_ROWS:
        return f"<h3>{title}</h3>{whole}"
    count = f"<small>{len(table.rows)} rows</small>"
    return f"<details><summary><strong>{title}</strong> {count}</summary>{whole}</details>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Rate):
        return _rate(cell)
    if isinstance(cell, Interval):
        spread = f"[{cell.low:+.1%}, {cell.high:+.1%}]"
        return f'<td class="number">{cell.value:+.1%} <small>{spread}</small></td>'
    if isinstance(cell, int | float):
        return f'<td class="number">{_number(cell)}</td>'
    return f"<td>{escape(cell or '')}</td>"


def _rate(cell: Rate) -> str:
    if cell.share is None:
        return '<td class="number">none</td>'
    low, high = cell.interval
    spread = f"{cell.hits}/{cell.n} [{low:.1%}, {high:.1%}]"
    bar = f'style="--share:{cell.share:.1%}"'
    return f'<td class="number rate" {bar}>{cell.share:.1%} <small>{spread}</small></td>'


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _wrong(wrong: Wrong) -> str:
    texts = (("request", wrong.request), ("answer", wrong.answer), ("evidence", wrong.evidence))
    body = "".join(_text(name, text) for name, text in texts if text)
    name = f"<code>{escape(wrong.id)}</code>"
    return f"<article><h3>{escape(wrong.heading)} {name}</h3>{body}</article>"


def _text(name: str, text: str) -> str:
    block = f"<pre>{escape(text)}</pre>"
    if len(text) <= FOLDED_FROM and text.count("\n") < 12:
        return f'<div class="text"><span>{name}</span>{block}</div>'
    start = escape(" ".join(text.split())[:90])
    size = f"{len(text):,} characters"
    summary = f"<summary><span>{name}</span> <q>{start}…</q> <small>{size}</small></summary>"
    return f'<details class="text">{summary}{block}</details>'


def _about(summary: dict[str, Any]) -> str:
    git, versions = summary["git"], summary["versions"]
    changed = " with changes that are not committed" if git["changed"] else ""
    rows = {
        "Command": summary["command"],
        "Started": summary["date"],
        "Finished": summary["finished"],
        "Git revision": f"{git['revision']}{changed}",
        "Code under evaluation": summary["code"],
        "Versions": ", ".join(f"{name} {number}" for name, number in versions.items()),
        "Options": ", ".join(f"{k} = {v}" for k, v in summary["config"]["options"].items())
        or "none",
        "Rows at a time": str(summary["jobs"]),
    }
    items = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows.items())
    intervals = "Intervals are 95 %: Wilson's for shares, paired bootstrap for differences."
    return (
        f"<section><h2>How it was run</h2><dl>{items}</dl><p class='note'>{intervals}</p></section>"
    )
