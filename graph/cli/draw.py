"""`graph`: the state machine as text, Mermaid or SVG, drawn here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from grandalf.graphs import Edge, Graph, Vertex
from grandalf.layouts import SugiyamaLayout

from graph.router import graph

BOX_WIDTH, BOX_HEIGHT, MARGIN = 130.0, 36.0, 30.0
PORT_GAP = 28.0
"""Between two arrows on one side of a box."""
DETOUR = 56.0
"""How far an arrow that goes back up swings out."""

# Plain values, for not every viewer knows CSS variables.
STYLE = """\
.paper { fill: #fff }
.box { fill: #eef2ff; stroke: #4f46e5 }
.end { fill: #f1f5f9; stroke: #64748b }
text { font: 13px system-ui, sans-serif; fill: #0f172a; text-anchor: middle }
.label { font-size: 12px; fill: #475569; stroke: #fff; stroke-width: 6px; paint-order: stroke }
.arrow { fill: none; stroke: #64748b; stroke-width: 1.4 }
.choice { stroke-dasharray: 5 4 }
#tip path { fill: #64748b }
@media (prefers-color-scheme: dark) {
.paper { fill: #0f172a }
.box { fill: #1e1b4b; stroke: #818cf8 }
.end { fill: #1e293b; stroke: #94a3b8 }
text { fill: #e2e8f0 }
.label { fill: #cbd5e1; stroke: #0f172a }
.arrow { stroke: #94a3b8 }
#tip path { fill: #94a3b8 }
}"""

Point = tuple[float, float]


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


@dataclass(frozen=True)
class _Arrow:
    """A cubic curve from one box to another."""

    points: tuple[Point, Point, Point, Point]
    label: str
    is_choice: bool

    @property
    def path(self) -> str:
        """SVG's path data."""
        start, *others = (f"{x:.0f} {y:.0f}" for x, y in self.points)
        return f"M{start} C{' '.join(others)}"

    @property
    def middle(self) -> Point:
        """The point halfway along."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = self.points
        return (ax + 3 * bx + 3 * cx + dx) / 8, (ay + 3 * by + 3 * cy + dy) / 8


def _svg(drawable: Any) -> str:
    places = _layout(drawable)
    left = min(x for x, _ in places.values()) - BOX_WIDTH / 2 - MARGIN - DETOUR
    top = min(y for _, y in places.values()) - BOX_HEIGHT / 2 - MARGIN
    width = max(x for x, _ in places.values()) + BOX_WIDTH / 2 + MARGIN - left
    height = max(y for _, y in places.values()) + BOX_HEIGHT / 2 + MARGIN - top
    arrows = list(_arrows(drawable, places))
    labels = [_label(arrow) for arrow in arrows if arrow.label]
    body = "\n".join([*map(_line, arrows), *_boxes(places), *labels])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="The qwen-router graph" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}">\n<style>{STYLE}</style>\n'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>\n'
        f'<path class="paper" d="M{left:.0f} {top:.0f}h{width:.0f}v{height:.0f}h-{width:.0f}z"/>\n'
        f"{body}\n</svg>"
    )


def _layout(drawable: Any) -> dict[str, Point]:
    vertices = {name: Vertex(name) for name in drawable.nodes}
    for vertex in vertices.values():
        vertex.view = _Box()
    order = list(vertices)  # as declared: what leads back to an earlier node gets no say
    onward = [e for e in drawable.edges if order.index(e.source) < order.index(e.target)]
    edges = [Edge(vertices[e.source], vertices[e.target]) for e in onward]
    component = Graph(list(vertices.values()), edges).C[0]
    layout = SugiyamaLayout(component)
    layout.xspace, layout.yspace = 60.0, 60.0
    layout.init_all(roots=[vertices["__start__"]])
    layout.draw()
    return {name: vertex.view.xy for name, vertex in vertices.items()}


def _arrows(drawable: Any, places: dict[str, Point]) -> Iterator[_Arrow]:
    edges = [(edge.source, edge.target) for edge in drawable.edges]
    for edge in drawable.edges:
        source, target = edge.source, edge.target
        if places[target][1] > places[source][1]:
            points = _down(source, target, edges, places)
        else:
            points = _back_up(places[source], places[target])
        yield _Arrow(points, str(edge.data or ""), edge.conditional)


def _down(
    source: str, target: str, edges: list[tuple[str, str]], places: dict[str, Point]
) -> tuple[Point, Point, Point, Point]:
    """From the source's bottom to the target's top; arrows on one side stand apart."""
    down = [(s, t) for s, t in edges if places[t][1] > places[s][1]]
    x1 = _port(source, target, [t for s, t in down if s == source], places)
    x2 = _port(target, source, [s for s, t in down if t == target], places)
    y1, y2 = places[source][1] + BOX_HEIGHT / 2, places[target][1] - BOX_HEIGHT / 2
    bend = (y2 - y1) / 2
    return (x1, y1), (x1, y1 + bend), (x2, y2 - bend), (x2, y2)


def _port(box: str, other: str, others: list[str], places: dict[str, Point]) -> float:
    """Where on `box` the arrow to `other` stands, in the order of the boxes at their far ends."""
    order = sorted(others, key=lambda name: places[name][0])
    return places[box][0] + (order.index(other) - (len(order) - 1) / 2) * PORT_GAP


def _back_up(source: Point, target: Point) -> tuple[Point, Point, Point, Point]:
    """Around the left side."""
    (x1, y1), (x2, y2) = source, target
    left1, left2 = x1 - BOX_WIDTH / 2, x2 - BOX_WIDTH / 2
    outside = min(left1, left2) - DETOUR
    return (left1, y1), (outside, y1), (outside, y2), (left2, y2)


def _line(arrow: _Arrow) -> str:
    kind = "arrow choice" if arrow.is_choice else "arrow"
    return f'<path class="{kind}" marker-end="url(#tip)" d="{arrow.path}"/>'


def _label(arrow: _Arrow) -> str:
    x, y = arrow.middle
    return f'<text class="label" x="{x:.0f}" y="{y + 4:.0f}">{escape(arrow.label)}</text>'


def _boxes(places: dict[str, Point]) -> Iterator[str]:
    for name, (x, y) in places.items():
        kind = "end" if name.startswith("__") else "box"
        yield (
            f'<rect class="{kind}" x="{x - BOX_WIDTH / 2:.0f}" y="{y - BOX_HEIGHT / 2:.0f}" '
            f'width="{BOX_WIDTH:.0f}" height="{BOX_HEIGHT:.0f}" rx="8"/>'
            f'<text x="{x:.0f}" y="{y + 4.5:.0f}">{escape(name.strip("_"))}</text>'
        )
