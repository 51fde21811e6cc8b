"""Trying cases on code, one file for each language."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from nodes.checks.cases import Runner

_RUNNERS = {
    "python": ("python", "PythonRunner"),
    "javascript": ("javascript", "JavaScriptRunner"),
    "typescript": ("typescript", "TypeScriptRunner"),
    "bash": ("bash", "BashRunner"),
    "java": ("java", "JavaRunner"),
    "cpp": ("cpp", "CppRunner"),
    "sql": ("sql", "SqlRunner"),
}


@cache
def runner_for(language: str) -> Runner | None:
    """What tries code of a language, by its canonical name; None when nothing does."""
    if language not in _RUNNERS:
        return None
    module, name = _RUNNERS[language]
    runner: Runner = getattr(import_module(f"nodes.checks.runners.{module}"), name)()
    return runner
