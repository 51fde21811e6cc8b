"""What the checks need of a jail in which an answer's code runs; graph/sandbox provides it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one job may use."""

    wall_s: float = 5.0
    cpu_s: float = 5.0
    memory_mb: int = 512
    processes: int = 64
    disk_mb: int = 32
    output_bytes: int = 256_000
    """Of stdout and stderr each; what is longer is cut, and the job is ended."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Something that is built once, such as a precompiled header, and then only read.

    It is built in a jail of its own, in the folder `/prepared`, and found there by later jobs.
    """

    key: str
    """Names the product; changes with everything that goes into it."""
    command: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits(wall_s=30, cpu_s=30, memory_mb=1024, disk_mb=512)


@dataclass(frozen=True, slots=True)
class Job:
    """A program to run in an empty working folder `/work` that holds `files`, and nothing else."""

    command: tuple[str, ...]
    """The first word names a tool (`python`, `node`, `bash`, `java`, `javac`, `g++`, `sqlite3`),
    which the sandbox resolves to a path; the others are passed as they are."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Relative path to text."""
    stdin: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    """All of it: nothing is inherited but a plain PATH, HOME and LANG."""
    tools: tuple[str, ...] = ()
    """Further tools that the program needs, such as `typescript` (then importable by node)."""
    prepared: Prepared | None = None
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a job."""

    exit_code: int | None
    """None when it was ended by the sandbox; 128 + n when it died of signal n."""
    stdout: str
    stderr: str
    seconds: float
    ended_by: str = ""
    """Which limit ended it: `wall`, `memory`, `output`; empty when it ended by itself."""
    unavailable: str = ""
    """Why it was not run at all, in words; empty when it was."""


class Sandbox(Protocol):
    """Runs programs that nobody has read, where they can do no harm. Safe in many threads."""

    def why_not(self, tool: str) -> str | None:
        """Why `tool` cannot be run here, with what to install; None when it can. Cheap."""
        ...

    def run(self, job: Job) -> Ran:
        """Run `job` to its end or its limits; never raises for what the program does."""
        ...
