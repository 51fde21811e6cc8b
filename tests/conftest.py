"""What every test stands on: none of the developer's settings, and in CI no skipped test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.settings import Settings

NO_OLLAMA = "127.0.0.1:9"  # the discard port: nothing answers


def variables() -> Iterator[str]:
    for field in Settings.model_fields.values():
        alias = field.validation_alias or field.alias
        yield from [alias] if isinstance(alias, str) else [str(c) for c in alias.choices]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in variables():
        if name != "QWEN_ROUTER_CACHE":  # the assembled model is shared by all tests
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QWEN_ROUTER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OLLAMA_HOST", NO_OLLAMA)
    monkeypatch.setenv("LANGSMITH_TRACING", "false")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long runs wait for `-m full`; what a class does not offer is not asked of it."""
    full = "full" in (config.option.markexpr or "")
    dropped = [
        item
        for item in items
        if (item.get_closest_marker("full") and not full) or _is_not_offered(item)
    ]
    items[:] = [item for item in items if item not in dropped]
    config.hook.pytest_deselected(items=dropped)


def _is_not_offered(item: pytest.Item) -> bool:
    function = item if isinstance(item, pytest.Function) else None
    return function is not None and function.originalname in getattr(
        function.cls, "not_offered", ()
    )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test in CI means that .ci/run did not install what it needs."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
