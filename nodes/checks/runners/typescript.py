"""Trying cases on TypeScript code."""

from __future__ import annotations

from dataclasses import dataclass

from nodes.checks.runners.javascript import JavaScriptRunner


@dataclass(frozen=True, slots=True)
class TypeScriptRunner(JavaScriptRunner):
    """Tries cases on TypeScript answers: transpiled without a check of types, then run by node."""

    language: str = "typescript"
