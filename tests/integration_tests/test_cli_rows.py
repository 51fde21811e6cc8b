"""`classify`, `gate` and `graph` as processes: one line for every row, and pictures offline."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from graph.router import graph
from tests.command import NOTHING, Command
from tests.graph_fixtures import BROKEN, CHAT, CODE, GOOD

MALFORMED = [
    "{",
    "[1]",
    "null",
    '{"id": "m"}',
    '{"id": "n", "query": 1, "response": null}',
    "[" * 9,
]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path, NOTHING)


def rows_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def written(folder: Path, rows: list[Any]) -> str:
    path = folder / "rows.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("text", "label"), [(CODE, "code"), (CHAT, "chat")])
def test_classify_says_label_score_and_reason(command: Command, text: str, label: str) -> None:
    done = command("classify", text)
    found, score, reason = done.stdout.strip().split("  ", 2)
    assert (done.returncode, found) == (0, label)
    assert (float(score) >= 0.5) is (label == "code")
    assert reason


def test_classify_gives_one_line_a_row_in_order(command: Command) -> None:
    earlier = [{"role": "user", "content": CODE}, {"role": "assistant", "content": GOOD}]
    rows = [
        {"id": "a", "text": CODE},
        {"id": 7, "text": CHAT},
        {"id": "c", "text": "now in Rust", "messages": earlier},
        {"id": "lone \ud800", "text": "lone \ud800 surrogate \u2028 in code"},
    ]
    done = command("classify", "--jsonl", written(command.folder, rows))
    assert done.returncode == 0
    found = rows_of(done.stdout)
    assert [row["id"] for row in found] == [row["id"] for row in rows]
    assert [row["label"] for row in found[:3]] == ["code", "chat", "code"]
    assert set(found[0]) == {"id", "label", "score", "reason", "us"}
    assert all(row["us"] > 0 for row in found)


def test_classify_reads_rows_from_standard_input(command: Command) -> None:
    rows = f"{json.dumps({'id': 1, 'text': CODE})}\n\n{json.dumps({'id': 2, 'text': CHAT})}"
    for arguments in ((), ("--jsonl", "-")):
        done = command("classify", *arguments, stdin=b"\xff\n" + rows.encode())
        assert [row["id"] for row in rows_of(done.stdout)] == [None, 1, 2]
        assert done.returncode == 2


def test_a_gate_row_says_verdict_score_and_issues(command: Command) -> None:
    rows = [
        {"id": "good", "query": CODE, "response": GOOD},
        {"id": "bad", "query": CODE, "response": BROKEN},
    ]
    done = command("gate", "--jsonl", written(command.folder, rows), "--no-run", "--no-model")
    good, bad = rows_of(done.stdout)
    assert done.returncode == 0
    assert set(good) == {"id", "verdict", "score", "needs_polish", "issues", "ms"}
    assert (good["verdict"], good["needs_polish"]) == ("plausible", False)
    assert (bad["verdict"], bad["needs_polish"]) == ("broken", True)
    assert bad["score"] > good["score"]
    assert {"code", "evidence"} == set(bad["issues"][0])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_no_row_is_lost_and_none_changes_its_place(command: Command, jobs: str) -> None:
    good = [{"id": n, "query": CODE, "response": GOOD} for n in range(40)]
    rows = [*good[:20], *MALFORMED, *good[20:]]
    done = command("gate", "--no-model", "--jobs", jobs, "--jsonl", written(command.folder, rows))
    found = rows_of(done.stdout)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    expected = [*range(20), None, None, None, "m", "n", None, *range(20, 40)]
    assert [row["id"] for row in found] == expected
    failed = [row for row in found if "error" in row]
    assert found[20:26] == failed
    assert "no JSON object" in failed[1]["error"]
    assert "'query'" in failed[3]["error"]


@pytest.mark.parametrize("name", ["classify", "gate"])
def test_a_file_that_is_not_there_exits_with_2(command: Command, name: str) -> None:
    done = command(name, "--jsonl", "missing.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "missing.jsonl cannot be read" in done.stderr


@pytest.mark.parametrize("name", ["classify", "gate"])
def test_no_rows_give_no_lines(command: Command, name: str) -> None:
    done = command(name, "--jsonl", written(command.folder, []))
    assert (done.returncode, done.stdout) == (0, "")


def nodes() -> list[str]:
    return [name for name in graph.get_graph().nodes if not name.startswith("__")]


@pytest.mark.parametrize("kind", [(), ("--ascii",), ("--mermaid",), ("--svg",)])
def test_every_picture_names_every_node(command: Command, kind: tuple[str, ...]) -> None:
    done = command("graph", *kind)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(nodes()) == 6
    assert [name for name in nodes() if name not in done.stdout] == []


def test_mermaid_has_every_edge(command: Command) -> None:
    lines = [line.strip() for line in command("graph", "--mermaid").stdout.splitlines()]
    for edge in graph.get_graph().edges:
        arrow = f"-. &nbsp;{edge.data}&nbsp; .->" if edge.conditional else "-->"
        assert f"{edge.source} {arrow} {edge.target};" in lines


SVG = "{http://www.w3.org/2000/svg}"


def box_of(rect: ET.Element) -> tuple[float, float, float, float]:
    x, y, width, height = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def points_of(path: ET.Element) -> list[tuple[float, float]]:
    """Points along the cubic curve, its ends left out."""
    numbers = [float(number) for number in re.findall(r"-?\d+", path.get("d", ""))]
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(corners) == 4

    def at(t: float, axis: int) -> float:
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        return sum(w * corner[axis] for w, corner in zip(weights, corners, strict=True))

    return [(at(n / 100, 0), at(n / 100, 1)) for n in range(3, 98)]


def test_the_svg_is_one_document_with_every_box_arrow_and_label(command: Command) -> None:
    root = ET.fromstring(command("graph", "--svg").stdout)
    assert root.tag == f"{SVG}svg"
    edges = graph.get_graph().edges
    boxes = [box_of(rect) for rect in root.iter(f"{SVG}rect")]
    assert len(boxes) == len(graph.get_graph().nodes)
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(arrows) == len(edges)
    labels = [text.text for text in root.iter(f"{SVG}text") if text.get("class") == "label"]
    assert sorted(labels) == sorted(edge.data for edge in edges if edge.conditional)
    assert "http" not in "".join(root.itertext())

    through = [
        (arrow.get("d"), box)
        for arrow in arrows
        for x, y in points_of(arrow)
        for box in boxes
        if box[0] < x < box[2] and box[1] < y < box[3]
    ]
    assert through == []
