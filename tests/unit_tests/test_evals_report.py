"""The report: one file that shows what must be seen, whatever the rows hold."""

import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib", reason='pip install -c constraints.txt -e ".[evals]"')

from evals.report.page import write_page
from evals.sections import Chart, Section, Series, Table, Wrong, plain
from evals.statistics import Interval, Rate

SUMMARY: dict[str, Any] = {
    "name": "trial", "target": "gate", "config": {"data": "rows.jsonl", "options": {"run": True}},
    "answered": 4, "errors": {}, "date": "2026-01-02T03:04:05+00:00", "finished": "later",
    "command": "python -m evals.run x.toml", "git": {"revision": "abc", "changed": True},
    "versions": {"python": "3.11"}, "code": "digest", "jobs": 1,
}  # fmt: skip
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'here'"
CURVE = Series("every threshold", (0.0, 1.0), (0.2, 0.9))


def page(tmp_path: Path, *sections: Section, **summary: Any) -> str:
    path = tmp_path / "report.html"
    write_page(path, {**SUMMARY, **summary}, sections)
    return path.read_text(encoding="utf-8")


def test_nothing_is_loaded_from_elsewhere(tmp_path: Path) -> None:
    charts = (Chart("Cost and quality", "polished", "pass@1", (CURVE,)),)
    html = page(tmp_path, Section("S", {"x": 0.5}, charts=charts))
    links = re.findall(r"""(?:src|href)\s*=\s*["']([^#"']+)|url\(([^#)]+)\)|@import""", html)
    assert links == []
    assert "<script" not in html


def test_figures_charts_tables_and_provenance(tmp_path: Path) -> None:
    table = Table("T", ("", "share", "lead"), [("ours", Rate(9, 10), Interval(0.1, -0.05, 0.25))])
    points = Series("plan", (0.0,), (0.1,), "points")
    chart = Chart("Cost and quality", "polished share", "pass@1", (CURVE, points))
    html = page(tmp_path, Section("S", {"pass_at_1": 0.875}, (table,), (chart,), leads=True))
    assert "<strong>87.5%</strong><span>pass@1</span>" in html
    assert 'aria-label="Cost and quality"' in html
    for text in ("polished share", "every threshold", "plan"):
        assert f">{text}</text>" in html
    assert "90.0%" in html
    assert "9/10 [59.6%, 98.2%]" in html
    assert "+10.0% <small>[-5.0%, +25.0%]" in html
    for text in ("python -m evals.run x.toml", "abc with changes that are not committed", "digest"):
        assert text in html


def test_colours_follow_the_theme(tmp_path: Path) -> None:
    html = page(tmp_path, Section("S", {}, charts=(Chart("C", "x", "y", (CURVE,)),)))
    assert "prefers-color-scheme: dark" in html
    drawn = html[html.index("<svg") : html.index("</svg>")]
    assert "var(--c0)" in drawn
    assert "var(--ink)" in drawn
    assert re.findall(r"#[0-9a-fA-F]{6}", drawn) == []


def test_texts_are_escaped_and_long_ones_folded(tmp_path: Path) -> None:
    wrong = Wrong("id<1>", HOSTILE, HOSTILE, HOSTILE * 100, "short\x00 \ud800 evidence")
    table = Table(HOSTILE, (HOSTILE,), [(HOSTILE,)])
    html = page(tmp_path, Section(HOSTILE, {HOSTILE: 0.1}, (table,), wrong=(wrong,), leads=True))
    assert "<script" not in html
    assert html.count("<details") == 1
    assert f"{len(HOSTILE) * 100:,} characters" in html
    assert "id&lt;1&gt;" in html


def test_failed_rows_are_not_hidden(tmp_path: Path) -> None:
    assert "3 rows gave no output" in page(tmp_path, errors={"a": "E", "b": "E", "c": "E"})


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    section = Section("S", {}, charts=(Chart("C", "x", "y", (CURVE,)),))
    assert page(tmp_path, section) == page(tmp_path, section)


def test_a_section_for_json_has_no_texts_of_rows() -> None:
    section = Section("S", {"x": 1}, (Table("T", ("a",), [(Rate(1, 2),)]),), wrong=(
        Wrong("id", "heading", "request", "answer", "evidence"),
    ))  # fmt: skip
    found = plain(section)
    assert found["wrong"] == ["id"]
    assert found["tables"][0]["rows"][0][0]["share"] == 0.5
