"""Sends hostile and ordinary prompts through real bash; run by test_delivery.py inside a jail.

    python -m tests.delivery_probe ours|plan CORPUS.json

Prints one JSON object: what did not arrive, what else ran, which canaries were touched. Every
command writes its own trace; a prompt that runs anything makes a trace that differs from the first.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from langchain_core.messages import HumanMessage, SystemMessage

from graph.devbox.client import new_id
from graph.models.ollama import clean_text
from tests.runloop_fixtures import Bench, open_bench

AT_ONCE = 8
CANARIES = Path("/tmp/canaries")
TRACE = """
mkdir -p "$HOME/traces"
exec {trace_fd}>"$HOME/traces/$$"
BASH_XTRACEFD=$trace_fd
set -x
"""
FAKE_OLLAMA = """#!/bin/sh
printf '%s' "$3" >"$HOME/delivered/$QWEN_PROBE_ID"
"""


def main() -> None:
    how, corpus = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    CANARIES.mkdir()
    with open_bench() as bench:
        profile = bench.home / ".bash_profile"
        profile.write_text(profile.read_text() + TRACE)
        send = {"ours": send_ours, "plan": send_plan}[how]
        asyncio.run(send(bench, corpus))
        arrived = {"ours": arrived_ours, "plan": arrived_plan}[how](bench)
        report = {
            "sent": len(corpus),
            "lost": [n for n, text in enumerate(corpus) if arrived.get(n) != clean_text(text)],
            "traces": len(traces(bench)),
            "odd_traces": odd_traces(bench) if how == "ours" else [],
            "canaries": sorted(path.name for path in CANARIES.iterdir()),
        }
    print(json.dumps(report))


async def send_ours(bench: Bench, corpus: list[str]) -> None:
    """Through ChatRunloop, several at a time."""
    model, slots = bench.model(), asyncio.Semaphore(AT_ONCE)

    async def send(number: int, text: str) -> None:
        async with slots:
            await model.ainvoke([SystemMessage(str(number)), HumanMessage(text)])

    await model.ainvoke([SystemMessage("-1"), HumanMessage("hello")])
    await asyncio.gather(*(send(number, text) for number, text in enumerate(corpus)))
    await model.aclose()


def arrived_ours(bench: Bench) -> dict[int, str]:
    return {int(seen.contents[0]): seen.contents[1] for seen in bench.ollama.received}


async def send_plan(bench: Bench, corpus: list[str]) -> None:
    """As the plan does it: double quotes escaped, and nothing else."""
    (bench.home / "delivered").mkdir()
    fake = bench.home / ".local" / "bin" / "ollama"
    fake.parent.mkdir(parents=True)
    fake.write_text(FAKE_OLLAMA)
    fake.chmod(0o755)
    client = bench.client()
    for number, text in enumerate(corpus):
        quoted = text.replace('"', '\\"')
        command = f'ollama run qwen2.5-coder "{quoted}"'
        setup = f'export QWEN_PROBE_ID={number} PATH="$HOME/.local/bin:$PATH"\n'
        await client.execute(bench.devbox_id, setup + command, command_id=new_id())
    await client.aclose()


def arrived_plan(bench: Bench) -> dict[int, str]:
    files = (bench.home / "delivered").iterdir()
    return {int(file.name): file.read_text(errors="replace") for file in files}


def traces(bench: Bench) -> list[Path]:
    return sorted((bench.home / "traces").iterdir(), key=lambda path: path.stat().st_mtime_ns)


def odd_traces(bench: Bench) -> list[str]:
    """Traces that differ from that of the first, harmless prompt; a pipeline's order is free."""
    first, *others = [Counter(path.read_text().splitlines()) for path in traces(bench)]
    assert any("curl" in line for line in first), "the first command was traced"
    return ["\n".join((other - first) + (first - other)) for other in others if other != first]


if __name__ == "__main__":
    main()
