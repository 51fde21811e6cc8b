"""Where a result comes from: date, command, git revision, versions, and the code's own hash."""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("qwen-router", "langgraph", "langchain-core", "langsmith", "xllamacpp", "numpy")
_JUDGED = (
    "nodes",
    "graph",
    "evals/targets",
    "evals/task_jobs.py",
    "evals/task_tests.py",
    "evals/code_tasks.py",
    "evals/plan_baseline.py",
    "evals/harness",
)


def provenance(argv: Sequence[str]) -> dict[str, Any]:
    """Everything that a reader needs to get the same figures again."""
    return {
        "date": now(),
        "command": shlex.join(["python", "-m", "evals.run", *argv]),
        "git": {"revision": _git("rev-parse", "HEAD"), "changed": bool(_git("status", "-s"))},
        "versions": {"python": platform.python_version(), **dict(_versions())},
        "machine": {
            "system": platform.system(),
            "arch": platform.machine(),
            "cores": os.cpu_count(),
        },
    }


def now() -> str:
    """UTC, ISO 8601, in seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def code_digest(root: Path = ROOT, parts: Iterable[str] = _JUDGED) -> str:
    """A hash of the code and weights whose change may change a result."""
    digest = hashlib.sha256()
    for path in sorted(found for part in parts for found in _files(root / part)):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _files(place: Path) -> Iterable[Path]:
    if place.is_file():
        return [place]
    found = (path for path in place.rglob("*") if path.is_file())
    return [path for path in found if "__pycache__" not in path.parts]


def _versions() -> Iterable[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def _git(*words: str) -> str | None:
    """Git's answer; None where there is no git, or no repository."""
    try:
        done = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
