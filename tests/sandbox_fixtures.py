"""The jail under test in each form that it can take here, and the same programs without one."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graph.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from graph.sandbox.jail import Jail
from nodes.checks.sandbox import Job, Limits, Ran

PYTHON = str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
FORMS = ["best", "old bubblewrap", *(["root kept"] if os.geteuid() == 0 else [])]


def ways_of(form: str) -> tuple[list[Bubblewrap], str]:
    """The ways into the jail as an older bubblewrap, or a root that cannot drop, leaves them."""
    ways, why_not = find_bubblewrap()
    if form == "old bubblewrap":
        ways = [dataclasses.replace(way, disables_userns=False) for way in ways]
    if form == "root kept":
        ways = [way for way in ways if not way.drops_root]
    return ways, why_not


def require(jail: Jail, *tools: str) -> None:
    """Skip, with what to install, where a tool or the jail itself is missing."""
    for tool in tools:
        if (why_not := jail.why_not(tool)) is not None:
            pytest.skip(why_not)


@pytest.fixture(scope="session", params=FORMS)
def jail(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Jail:
    made = Jail(cache_dir=tmp_path_factory.mktemp("cache"), ways=lambda: ways_of(request.param))
    require(made, "python")
    return made


@pytest.fixture(scope="session")
def best(tmp_path_factory: pytest.TempPathFactory) -> Jail:
    made = Jail(cache_dir=tmp_path_factory.mktemp("cache"))
    require(made, "python")
    return made


def python(jail: Jail, program: str, *arguments: str, **limits: float) -> Ran:
    """Run a Python program in the jail."""
    given = Limits(**{"wall_s": 10.0, "cpu_s": 10.0, **limits})  # type: ignore[arg-type]
    return jail.run(Job(("python", "-I", "-c", program, *arguments), limits=given))


def unjailed(program: str, *arguments: str, cwd: Path | None = None) -> str:
    """The positive control: what the same program prints where nothing holds it."""
    command = [PYTHON, "-I", "-c", program, *arguments]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=30, check=False
    ).stdout


def pids_with(marker: str) -> list[int]:
    """The processes of the system that have `marker` among their arguments."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                words = Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[:1] == [b"sleep"] and marker.encode() in words:
                found.append(int(name))
    return found


def wait_until_gone(marker: str, timeout_s: float = 3.0) -> list[int]:
    """The processes with `marker` that are left after a while."""
    until = time.monotonic() + timeout_s
    while (left := pids_with(marker)) and time.monotonic() < until:
        time.sleep(0.02)
    return left
