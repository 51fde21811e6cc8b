"""Twelve simple requests, through `qwen-router ask` and through the bare engine, run and compared.

    python -m evals.simple_requests [--model qwen2.5-coder:0.5b]

Each answer's first Python block is run with two checks, in the jail.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.embedded.weights import resolve_model
from graph.sandbox.jail import Jail
from graph.settings import load_settings
from nodes.checks.sandbox import Job
from nodes.prompts import CODE_SYSTEM

DATA = Path(__file__).parent / "data" / "simple_requests.jsonl"
NO_OLLAMA = "127.0.0.1:9"  # the discard port: the embedded model is asked
BLOCK = re.compile(r"```(?:python|py)?\n(.*?)```", re.S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="qwen2.5-coder:0.5b")
    options = parser.parse_args()
    rows = [json.loads(line) for line in DATA.read_text().splitlines()]
    engine = bare_engine(options.model)
    raw = run("bare engine", rows, lambda request: ask_engine(engine, request))
    router = run("router", rows, lambda request: ask_router(request, options.model))
    print(f"router {router}/{len(rows)}, bare engine {raw}/{len(rows)}")
    sys.exit(router < raw - 1)


def run(name: str, rows: list[dict[str, Any]], ask: Callable[[str], str]) -> int:
    passed = 0
    for row in rows:
        begin_s = time.perf_counter()
        good = passes(ask(row["request"]), row["checks"])
        passed += good
        took_s = time.perf_counter() - begin_s
        print(f"{name}: {row['id']}: {'passed' if good else 'FAILED'} ({took_s:.1f} s)", flush=True)
    return passed


def ask_router(request: str, model: str) -> str:
    router = str(Path(sys.executable).with_name("qwen-router"))
    command = [router, "ask", "--quiet", "--no-footer", request]
    environment = {**os.environ, "QWEN_MODEL": model, "OLLAMA_HOST": NO_OLLAMA}
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    return answer.stdout


def bare_engine(model: str) -> Any:
    """xllamacpp itself, with nothing of the router around it."""
    import xllamacpp  # noqa: PLC0415  # the extra may be missing

    file = resolve_model(gguf_path=None, name=model, cache_dir=load_settings().cache_dir)
    assert file is not None, f"{model} is not installed"
    params = xllamacpp.CommonParams()
    params.model.path = str(file.path)
    params.n_ctx, params.use_jinja, params.ui, params.verbosity = 8192, True, False, 0
    return xllamacpp.Server(params)


def ask_engine(engine: Any, request: str) -> str:
    messages = [
        {"role": "system", "content": CODE_SYSTEM},
        {"role": "user", "content": request},
    ]
    pieces: list[str] = []

    def collect(chunk: dict[str, Any]) -> bool:
        pieces.append(chunk["choices"][0]["message"]["content"])
        return False

    engine.handle_chat_completions(
        {"messages": messages, "temperature": 0.2, "max_tokens": 2048}, collect
    )
    return "".join(pieces)


def passes(answer: str, checks: list[str]) -> bool:
    block = BLOCK.search(answer)
    if block is None:
        return False
    program = block[1] + "\n" + "".join(f"assert {check}\n" for check in checks)
    return Jail().run(Job(("python", "-I", "-c", program))).exit_code == 0


if __name__ == "__main__":
    if why_not := Jail().why_not("python"):
        sys.exit(why_not)
    main()
