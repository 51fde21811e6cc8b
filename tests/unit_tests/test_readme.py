"""The README says what the code is."""

from __future__ import annotations

import re
from pathlib import Path

from graph.router import graph
from graph.settings import Settings

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
EDGE = re.compile(r"^  (\w+) -(?:-|\. (\w+) \.-)> (\w+)$", re.M)


def test_the_picture_is_the_graph() -> None:
    drawn = {(source, label or None, target) for source, label, target in EDGE.findall(README)}
    assert drawn == {(edge.source, edge.data, edge.target) for edge in graph.get_graph().edges}


def test_the_table_names_every_setting() -> None:
    table = README[README.index("## Settings") : README.index("## Measured")]
    for field in Settings.model_fields.values():
        alias = field.validation_alias or field.alias
        names = [alias] if isinstance(alias, str) else list(alias.choices)
        for name in names:
            assert f"`{name}`" in table, name
