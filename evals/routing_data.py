"""Rows of routing data, and further rows made by recombining them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

Turn = tuple[str, str]
"""Role (`user` or `assistant`) and text."""

_CODE_ANSWERS = (
    "```python\ndef run(items):\n    return [item for item in items if item]\n```",
    "Use this:\n\n```js\nconst run = (xs) => xs.filter(Boolean);\n```\n\nIt keeps what is set.",
    "```sql\nSELECT name, COUNT(*) FROM visits GROUP BY name;\n```",
    "```bash\nfor f in *; do echo \"$f\"; done\n```",
    "```java\nclass Main {\n    int twice(int n) { return 2 * n; }\n}\n```",
)  # fmt: skip
_PROSE_ANSWERS = (
    "There are several views on this. Most people start small and look at what changes.",
    "It was built in the nineteenth century and has been restored twice since then.",
    "Sure. Here are three ideas: a walk by the river, a visit to the market, an early dinner.",
    "The answer depends on where you live, but on average it takes about two weeks.",
)
_SENTENCES = (
    "The meeting began late because the trains were not running.",
    "Nobody had expected that much rain in the first week of May.",
    "She kept the letters in a tin box below the stairs.",
    "Prices rose again last year, most of all for bread and milk.",
    "The council will decide in autumn whether the bridge is kept.",
)
_CODE_LINES = (
    "def load(path):",
    "    rows = [line.split(',') for line in open(path)]",
    "    if not rows: return None",
    "    return sum(int(r[1]) for r in rows)",
    "print(load('data.csv'))",
    "for (let i = 0; i < n; i++) { total += items[i].price; }",
)
_LOG_LINES = (
    "2024-03-01 10:11:12 INFO worker-3 request /index.html 200 12ms",
    "2024-03-01 10:11:13 WARN worker-1 slow response 1890ms",
    "id;name;city;amount",
    "17;Berg;Oslo;12.50",
)
_POINTS_AT_PASTE = re.compile(
    r"\b(?:this|these|following|below|above|given|text|sentence|it)\b|:\s*$|[^\x00-\x7f]", re.I
)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled conversation; the last of `turns` is the request."""

    turns: tuple[Turn, ...]
    label: str
    source: str
    hard: bool = False
    weight: float = 1.0
    lang: str = "en"

    @property
    def text(self) -> str:
        return self.turns[-1][1]

    @property
    def messages(self) -> list[BaseMessage]:
        return [
            AIMessage(text) if role == "assistant" else HumanMessage(text)
            for role, text in self.turns
        ]


def read_rows(path: Path, *, weight: float = 1.0) -> list[Row]:
    """Reads JSON lines `{text, messages|null, label, source?|kind?, hard?, lang?}`."""
    with path.open(encoding="utf-8") as lines:
        return [_row(json.loads(line), weight) for line in lines if line.strip()]


def _row(data: dict[str, Any], weight: float) -> Row:
    messages = data.get("messages") or [{"role": "user", "content": data["text"]}]
    turns = tuple((message["role"], message["content"]) for message in messages)
    source = data.get("source") or f"own {data.get('kind', 'rows')}"
    lang = data.get("lang") or "en"
    return Row(turns, data["label"], source, bool(data.get("hard")), weight, lang)


def recombined(
    rows: Sequence[Row], before: Sequence[Row], *, seed: int, weight: float
) -> list[Row]:
    """Conversations that change the subject, and requests that hold a long paste.

    The label is always that of the request, which stands on its own. What was talked about before
    is taken from `before`.
    """
    rng = random.Random(seed)
    earlier = [row for row in before if len(row.turns) == 1]
    made: list[Row] = []
    for row in (row for row in rows if len(row.turns) == 1):
        pick = rng.random()
        if pick < 0.3:
            made.append(_after(row, rng.choice(earlier), rng, weight))
        elif pick < 0.5:
            made.append(_with_paste(row, rng, weight))
    return made


def _after(row: Row, before: Row, rng: random.Random, weight: float) -> Row:
    answers = _CODE_ANSWERS if before.label == "code" else _PROSE_ANSWERS
    past = (("user", before.text), ("assistant", rng.choice(answers)))
    return Row((*past, *row.turns), row.label, row.source, row.hard, weight)


def _with_paste(row: Row, rng: random.Random, weight: float) -> Row:
    """A paste of code beside a general question counts only where nothing points at the paste."""
    pointing = row.label == "chat" and _POINTS_AT_PASTE.search(row.text)
    code = rng.random() < 0.5 and not pointing
    lines: Iterable[str] = _CODE_LINES if code else rng.choice((_SENTENCES, _LOG_LINES))
    least = 40 if code and row.label == "chat" else 15
    paste = "\n".join(rng.choices(tuple(lines), k=rng.randint(least, 60)))
    text = f"{row.text}\n\n{paste}" if rng.random() < 0.5 else f"{paste}\n\n{row.text}"
    return Row((("user", text),), row.label, row.source, row.hard, weight)
