"""The environment and .env, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from graph.errors import ConfigurationError
from graph.settings import load_settings

Environment = pytest.MonkeyPatch
KEYS = (
    "RUNLOOP_API_KEY",
    "GROQ_API_KEY",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "ANTHROPIC_API_KEY",
    "OPENAI_API_KEY",
)


@pytest.fixture(autouse=True)
def empty_folder(monkeypatch: Environment, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["RUNLOOP_DEVBOX_ID", "RUNLOOP_DEVOX_ID"])
def test_both_spellings_of_the_devbox_id_and_a_comma_list(
    monkeypatch: Environment, name: str
) -> None:
    monkeypatch.setenv(name, " dbx_1 , dbx_2,")
    assert load_settings().runloop_devbox_ids == ("dbx_1", "dbx_2")


def test_models_are_a_comma_list_in_order(monkeypatch: Environment) -> None:
    monkeypatch.setenv("CHAT_MODELS", "groq:a/b, google_genai:c")
    assert load_settings().chat_models == ("groq:a/b", "google_genai:c")
    assert load_settings().polish_models == ()


@pytest.mark.parametrize("name", ["GEMINI_API_KEY", "GOOGLE_API_KEY"])
def test_both_names_of_geminis_key(monkeypatch: Environment, name: str) -> None:
    monkeypatch.setenv(name, "AIza")
    key = load_settings().gemini_api_key
    assert key is not None
    assert key.get_secret_value() == "AIza"


def test_the_environment_beats_the_env_file_and_the_file_the_defaults(
    monkeypatch: Environment, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("QWEN_SHARE=0.25\nQWEN_ENABLED=false\nUNKNOWN=1\n")
    monkeypatch.setenv("QWEN_SHARE", "0.5")
    settings = load_settings()
    assert (settings.qwen_share, settings.qwen_enabled) == (0.5, False)


def test_another_file_replaces_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("QWEN_SHARE=0.25\n")
    other = tmp_path / "other.env"
    other.write_text("QWEN_ENABLED=no\n")
    settings = load_settings(other)
    assert (settings.qwen_share, settings.qwen_enabled) == (1.0, False)


def test_an_empty_variable_is_no_setting(monkeypatch: Environment) -> None:
    for name in ("GROQ_API_KEY", "QWEN_ENABLED", "ROUTER_DEADLINE_S", "RUNLOOP_DEVBOX_ID"):
        monkeypatch.setenv(name, "")
    settings = load_settings()
    assert (settings.groq_api_key, settings.qwen_enabled) == (None, True)


@pytest.mark.parametrize("name", ["RUNLOOP_BASE_URL", "GROQ_API_BASE", "GEMINI_BASE_URL"])
@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://api.example.com/v1", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000", True),
        ("http://api.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("api.example.com", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("http://[bad", False),
    ],
)
def test_plain_http_is_for_loopback_only(
    monkeypatch: Environment, name: str, url: str, accepted: bool
) -> None:
    monkeypatch.setenv(name, url)
    if accepted:
        assert url in str(load_settings())
    else:
        with pytest.raises(ConfigurationError, match=name):
            load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QWEN_SHARE", "1.5"),
        ("QWEN_SHARE", "nan"),
        ("QWEN_ENABLED", "perhaps"),
        ("ROUTER_DEADLINE_S", "0"),
        ("ROUTER_DEADLINE_S", "inf"),
        ("ROUTER_DEADLINE_S", "nan"),
        ("RUNLOOP_MAX_CREATES_PER_DAY", "-1"),
        ("RUNLOOP_DEVBOX_ID", "$(reboot)"),
        ("RUNLOOP_DEVOX_ID", "dbx_1;ls"),
        ("CHAT_MODELS", "gpt-oss"),
        ("POLISH_MODELS", "groq:"),
    ],
)
def test_a_wrong_value_names_its_variable(monkeypatch: Environment, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name) as caught:
        load_settings()
    assert "Value error" not in str(caught.value)


def test_every_wrong_value_is_named_at_once(monkeypatch: Environment) -> None:
    monkeypatch.setenv("QWEN_SHARE", "2")
    monkeypatch.setenv("ROUTER_DEADLINE_S", "soon")
    with pytest.raises(ConfigurationError, match=r"(?s)QWEN_SHARE.*ROUTER_DEADLINE_S"):
        load_settings()


def test_a_password_in_an_address_is_not_repeated(monkeypatch: Environment) -> None:
    monkeypatch.setenv("GROQ_API_BASE", "http://user:canary@example.com")
    with pytest.raises(ConfigurationError, match=r"http://example\.com must") as caught:
        load_settings()
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_never_shown(monkeypatch: Environment, name: str) -> None:
    monkeypatch.setenv(name, "canary-9f31")
    settings = load_settings()
    dumped: list[Any] = [
        settings,
        repr(settings),
        settings.model_dump(),
        settings.model_dump_json(),
    ]
    assert all("canary" not in str(shown) for shown in dumped)
    assert "**********" in repr(settings)


def test_an_env_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"GROQ_API_KEY=\xff\xfe\n")
    with pytest.raises(ConfigurationError, match=r"\.env cannot be read"):
        load_settings()


def test_a_path_may_begin_at_home(monkeypatch: Environment) -> None:
    monkeypatch.setenv("QWEN_GGUF_PATH", "~/model.gguf")
    assert load_settings().qwen_gguf_path == Path.home() / "model.gguf"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load_settings().qwen_share = 0.1  # type: ignore[misc]
