"""What one evaluation runs: a TOML file, checked before anything is run."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

TargetName = Literal["classifier", "gate", "recorded_cascade", "live_cascade"]


class EvalError(Exception):
    """What the user can mend: a config, a data file, a missing tool; its text says how."""


class EvalConfig(BaseModel):
    """One evaluation, as its TOML file states it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    """Names the folder of results and the LangSmith experiment."""
    target: TargetName
    data: Path | None = None
    """JSONL of rows, relative to the config's folder; `--data` overrides it."""
    tests: Path | None = None
    """JSONL of hidden tests by row id, where the rows do not hold them; `--tests` overrides it."""
    evaluators: tuple[str, ...] = ()
    """All that fit the target when none are named."""
    options: dict[str, Any] = Field(default_factory=dict)
    """What the target takes; each target checks its own."""

    def digest(self) -> str:
        """A hash of what decides a row's output: the target and its options.

        Rows are hashed by what they hold, wherever they are read from (see `results.row_key`), and
        evaluators only read outputs.
        """
        stated = self.model_dump(mode="json", include={"target", "options"})
        return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:16]


def load_config(path: Path, *, data: Path | None = None, tests: Path | None = None) -> EvalConfig:
    """Read a config; `data` and `tests` override its own.

    Raises:
        EvalError: The file is missing, is no TOML, or says what no config says.
    """
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
        config = EvalConfig.model_validate(stated)
    except OSError as error:
        raise EvalError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EvalError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        raise EvalError(f"{path}: {in_words(error)}") from error
    files = {
        "data": data or _beside(path, config.data),
        "tests": tests or _beside(path, config.tests),
    }
    return config.model_copy(update=files)


def in_words(error: ValidationError) -> str:
    """Pydantic's findings on one line."""
    found = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
    return "; ".join(found)


def _beside(config: Path, named: Path | None) -> Path | None:
    return None if named is None else config.parent / named
