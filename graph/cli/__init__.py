"""The `qwen-router` command. Its help answers without importing langgraph."""

from graph.cli.app import main

__all__ = ["main"]
