"""`graph`: the state machine as text, Mermaid or SVG, drawn here."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, Literal

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout

from graph.router import graph

BOX_WIDTH, BOX_HEIGHT, MARGIN = 130.0, 36.0, 30.0

STYLE = """\
rect { fill: #eef2ff; stroke: #4f46e5; rx: 8px }
.end rect { fill: #f1f5f9; stroke: #64748b }
text { font: 13px system-ui, sans-serif; fill: #0f172a; text-anchor: middle }
path { fill: none; stroke: #64748b; stroke-width: 1.4 }
.conditional { stroke-dasharray: 5 4 }
#tip { fill: #64748b; stroke: none; stroke-dasharray: none }"""


def draw(kind: Literal["ascii", "mermaid", "svg"]) -> str:
    """The picture as text."""
    drawable = graph.get_graph()
    if kind == "mermaid":
        return drawable.draw_mermaid()
    return drawable.draw_ascii() if kind == "ascii" else _svg(drawable)


class _Box:
    """What grandalf lays out."""

    w, h = BOX_WIDTH, BOX_HEIGHT
    xy = (0.0, 0.0)


def _svg(drawable: Any) -> str:
    places = _layout(drawable)
    left = min(x for x, _ in places.values()) - BOX_WIDTH / 2 - MARGIN - 40
    top = min(y for _, y in places.values()) - BOX_HEIGHT / 2 - MARGIN
    width = max(x for x, _ in places.values()) + BOX_WIDTH / 2 + MARGIN + 40 - left
    height = max(y for _, y in places.values()) + BOX_HEIGHT / 2 + MARGIN - top
    body = "\n".join([*_arrows(drawable, places), *_boxes(drawable, places)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="The qwen-router graph" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">\n<style>{STYLE}</style>\n'
        '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path id="tip" d="M0 0 8 4 0 8z"/></marker></defs>\n'
        f"{body}\n</svg>"
    )


def _layout(drawable: Any) -> dict[str, tuple[float, float]]:
    vertices = {name: Vertex(name) for name in drawable.nodes}
    for vertex in vertices.values():
        vertex.view = _Box()
    edges = [Edge(vertices[e.source], vertices[e.target]) for e in drawable.edges]
    component = Graph(list(vertices.values()), edges).C[0]
    layout = SugiyamaLayout(component)
    layout.xspace, layout.yspace = 50.0, 48.0
    layout.init_all(roots=[vertices["__start__"]])
    layout.draw()
    return {name: vertex.view.xy for name, vertex in vertices.items()}


def _boxes(drawable: Any, places: dict[str, tuple[float, float]]) -> Iterator[str]:
    for name in drawable.nodes:
        x, y = places[name]
        kind = ' class="end"' if name.startswith("__") else ""
        yield (
            f'<g{kind}><rect x="{x - BOX_WIDTH / 2:.0f}" y="{y - BOX_HEIGHT / 2:.0f}" '
            f'width="{BOX_WIDTH:.0f}" height="{BOX_HEIGHT:.0f}"/>'
            f'<text x="{x:.0f}" y="{y + 4.5:.0f}">{escape(name.strip("_"))}</text></g>'
        )


def _arrows(drawable: Any, places: dict[str, tuple[float, float]]) -> Iterator[str]:
    for edge in drawable.edges:
        kind = ' class="conditional"' if edge.conditional else ""
        path = _path(places[edge.source], places[edge.target])
        yield f'<path{kind} marker-end="url(#arrow)" d="{path}"/>'


def _path(source: tuple[float, float], target: tuple[float, float]) -> str:
    """Down: from bottom to top. Up, or past another row: around the side."""
    (x1, y1), (x2, y2) = source, target
    half = BOX_HEIGHT / 2
    if y2 > y1:
        bend = (y2 - y1) / 2
        return (
            f"M{x1:.0f} {y1 + half:.0f} C{x1:.0f} {y1 + bend:.0f} "
            f"{x2:.0f} {y2 - bend:.0f} {x2:.0f} {y2 - half:.0f}"
        )
    side = max(x1, x2) + BOX_WIDTH / 2
    return (
        f"M{x1 + BOX_WIDTH / 2:.0f} {y1:.0f} C{side + 50:.0f} {y1:.0f} "
        f"{side + 50:.0f} {y2:.0f} {x2 + BOX_WIDTH / 2:.0f} {y2:.0f}"
    )
