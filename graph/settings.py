"""The process's settings: the environment and `.env`, read once, typed, with defaults.

No other module reads the environment. The environment wins over `.env`.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from graph.errors import ConfigurationError

APP_NAME = "qwen-router"
DEFAULT_CHAT_MODELS = ("groq:openai/gpt-oss-120b", "google_genai:gemini-3.5-flash")
QWEN_NUM_CTX = 8192
"""Qwen's context window, in tokens, wherever it runs; Ollama reloads a model when it changes."""
QWEN_NUM_PREDICT = 2048
"""Qwen's longest answer, in tokens."""
DEVBOX_ID = re.compile(r"dbx_[A-Za-z0-9]+")

CommaList = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Everything that configures one process; the README's table of settings is this class."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    runloop_api_key: SecretStr | None = Field(None, alias="RUNLOOP_API_KEY")
    """Key of the Runloop account; without it Qwen runs on this machine."""
    runloop_base_url: str = Field("https://api.runloop.ai", alias="RUNLOOP_BASE_URL")
    """Where Runloop's REST API is."""
    runloop_devbox_ids: CommaList = Field(
        (), validation_alias=AliasChoices("RUNLOOP_DEVBOX_ID", "RUNLOOP_DEVOX_ID")
    )
    """The devbox that runs Ollama (the plan's spelling RUNLOOP_DEVOX_ID is read too)."""
    qwen_ollama_blueprint_id: str | None = Field(None, alias="QWEN_OLLAMA_BLUEPRINT_ID")
    """Blueprint with Ollama and Qwen; a box is made from it when no devbox is named."""
    runloop_max_creates_per_day: int = Field(3, ge=0, alias="RUNLOOP_MAX_CREATES_PER_DAY")
    """A box costs money: at most this many are made in 24 hours."""

    qwen_enabled: bool = Field(True, alias="QWEN_ENABLED")
    """`false` sends every request to the cloud models."""
    qwen_share: float = Field(1.0, ge=0, le=1, alias="QWEN_SHARE")
    """Share of sessions whose code requests go to Qwen first."""
    qwen_vote: bool = Field(True, alias="QWEN_VOTE")
    """Whether Qwen's own tests and second answers judge what cannot be tried otherwise."""
    qwen_model: str | None = Field(None, alias="QWEN_MODEL")
    """Ollama's tag of the model; the best one found when it is not set."""
    qwen_gguf_path: Path | None = Field(None, alias="QWEN_GGUF_PATH")
    """A GGUF file of your own for the embedded engine."""
    ollama_host: str | None = Field(None, alias="OLLAMA_HOST")
    """An Ollama on this machine or network (default 127.0.0.1:11434, used when it answers)."""

    groq_api_key: SecretStr | None = Field(None, alias="GROQ_API_KEY")
    """Key for Groq: general chat and polish."""
    groq_api_base: str | None = Field(None, alias="GROQ_API_BASE")
    """Another address of Groq's API."""
    gemini_api_key: SecretStr | None = Field(
        None, validation_alias=AliasChoices("GEMINI_API_KEY", "GOOGLE_API_KEY")
    )
    """Key for Gemini: general chat and polish."""
    gemini_base_url: str | None = Field(None, alias="GEMINI_BASE_URL")
    """Another address of Gemini's API."""
    anthropic_api_key: SecretStr | None = Field(None, alias="ANTHROPIC_API_KEY")
    """Key for `anthropic:...` in CHAT_MODELS or POLISH_MODELS."""
    openai_api_key: SecretStr | None = Field(None, alias="OPENAI_API_KEY")
    """Key for `openai:...` in CHAT_MODELS or POLISH_MODELS."""
    chat_models: CommaList = Field((), alias="CHAT_MODELS")
    """`provider:model` for general chat, in fallback order."""
    polish_models: CommaList = Field((), alias="POLISH_MODELS")
    """`provider:model` for mending code, in fallback order; CHAT_MODELS when not set."""

    classify_model: str | None = Field(None, alias="CLASSIFY_MODEL")
    """`provider:model` asked for one word where the classifier is not sure; off when not set."""

    node_path: str = Field("", alias="NODE_PATH")
    """Folders of npm packages, by colons, in which `typescript` is looked for too."""

    router_deadline_s: float | None = Field(None, gt=0, le=86_400, alias="ROUTER_DEADLINE_S")
    """Seconds for a whole request (60; 120 for `ask` where no cloud model is configured)."""
    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir(APP_NAME)), alias="QWEN_ROUTER_DATA"
    )
    """Sessions live here."""
    cache_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir(APP_NAME)),
        alias="QWEN_ROUTER_CACHE",
    )
    """The embedded model's file is assembled here."""

    @field_validator("runloop_devbox_ids", "chat_models", "polish_models", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("runloop_devbox_ids")
    @classmethod
    def _is_devbox_id(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for devbox_id in value:
            if not DEVBOX_ID.fullmatch(devbox_id):
                raise ValueError(f"{devbox_id!r} is not a devbox id such as dbx_31JZQ")
        return value

    @field_validator("chat_models", "polish_models", "classify_model")
    @classmethod
    def _is_provider_and_model(cls, value: Any) -> Any:
        for name in [value] if isinstance(value, str) else value or ():
            provider, _, model = name.partition(":")
            if not provider or not model:
                raise ValueError(
                    f"{name!r} must be provider:model, such as {DEFAULT_CHAT_MODELS[0]}"
                )
        return value

    @field_validator("qwen_gguf_path", "data_dir", "cache_dir")
    @classmethod
    def _from_home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value else value

    @field_validator("runloop_base_url", "groq_api_base", "gemini_base_url")
    @classmethod
    def _is_safe_url(cls, value: str | None) -> str | None:
        if value is not None:
            check_base_url(value)
        return value


def check_base_url(url: str) -> None:
    """Accept https anywhere and plain http on loopback only, so that no key travels in the clear.

    Raises:
        ValueError: `url` is neither.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and is_loopback(parts.hostname):
        return
    # The host alone: what stands before an @ may be a password.
    named = f"{parts.scheme}://{parts.hostname}" if parts.hostname else "the address"
    raise ValueError(f"{named} must be https://..., or http:// on loopback")


def is_loopback(host: str | None) -> bool:
    """Whether `host` names this machine."""
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load_settings(env_file: Path | None = None) -> Settings:
    """Read the settings; `env_file` replaces `.env`.

    Raises:
        ConfigurationError: A value is wrong; the message names the variable and the reason.
    """
    try:
        return Settings() if env_file is None else Settings(_env_file=env_file)
    except ValidationError as error:
        faults = "\n  ".join(map(_in_words, error.errors()))
        raise ConfigurationError(f"wrong settings\n  {faults}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{env_file or '.env'} cannot be read: {error}") from error


def _in_words(fault: ErrorDetails) -> str:
    variables = _spellings(str(fault["loc"][0]))
    return f"{variables}: {fault['msg'].removeprefix('Value error, ')}"


def _spellings(variable: str) -> str:
    """Every name of the variable: which of them was set is not in the error."""
    aliases = (field.validation_alias for field in Settings.model_fields.values())
    choices = [alias.choices for alias in aliases if isinstance(alias, AliasChoices)]
    names = next((names for names in choices if variable in names), [variable])
    return " or ".join(map(str, names))
