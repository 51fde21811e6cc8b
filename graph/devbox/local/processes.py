"""The processes of a box: what they see of this process's environment, and how all of them end."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from graph.errors import ConfigurationError

PASSED_ON = ("LANG", "LANGUAGE", "TZ", "TMPDIR", "USER", "LOGNAME")
PASSED_ON_PREFIX = "LC_"
MARKER = "QWEN_ROUTER_DEVBOX"
"""Names the box in each of its processes' environment, so that daemons are found again."""
KILL_ROUNDS = 100


def find_bash() -> str:
    """Path of bash.

    Raises:
        ConfigurationError: There is none.
    """
    bash = shutil.which("bash")
    if bash is None:
        raise ConfigurationError("the local devbox runs its commands with bash: install bash")
    return bash


def command_environment(
    parent: Mapping[str, str], own: Mapping[str, str], *, devbox_id: str, home: Path
) -> dict[str, str]:
    """Environment of a box's commands: a short allow-list of `parent`, and `own`."""
    passed = {
        name: value
        for name, value in parent.items()
        if name in PASSED_ON or name.startswith(PASSED_ON_PREFIX)
    }
    path = os.pathsep.join(search_path(parent))
    return {**passed, "PATH": path, **own, "HOME": str(home), MARKER: devbox_id}


def search_path(parent: Mapping[str, str]) -> list[str]:
    """Folders for PATH: the parent's, then this interpreter's; relative ones are dropped."""
    folders = [*parent.get("PATH", os.defpath).split(os.pathsep), str(Path(sys.executable).parent)]
    return [folder for folder in dict.fromkeys(folders) if os.path.isabs(folder)]


def login_profile(parent: Mapping[str, str]) -> str:
    """Text of `.bash_profile`: /etc/profile resets PATH, so it is extended after that."""
    folders = shlex.quote(os.pathsep.join(search_path(parent)))
    return f'export PATH="$PATH":{folders}\nulimit -c 0\n'


def kill_group(leader_pid: int) -> None:
    """Kill the process group of `leader_pid`, which must not have been reaped yet."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, signal.SIGKILL)


def kill_box(devbox_id: str, home: Path, leader_pids: Iterable[int]) -> None:
    """Kill the given groups and, where /proc exists, every daemon that left them.

    Blocks until none is left, or for about a second.
    """
    for pid in leader_pids:
        kill_group(pid)
    for _ in range(KILL_ROUNDS):
        pids = box_pids(devbox_id, home)
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not pids:
            return
        time.sleep(0.01)


def box_pids(devbox_id: str, home: Path) -> list[int]:
    """Live processes that carry the box's marker or work below its home; empty without /proc."""
    proc = Path("/proc")
    if not proc.is_dir():
        return []
    marker = f"{MARKER}={devbox_id}".encode()
    own = os.getpid()
    found = (entry for entry in proc.iterdir() if entry.name.isdecimal())
    return [int(e.name) for e in found if int(e.name) != own and _belongs(e, marker, home)]


def _belongs(entry: Path, marker: bytes, home: Path) -> bool:
    with suppress(OSError):
        if marker in (entry / "environ").read_bytes().split(b"\0"):
            return True
    with suppress(OSError):
        return Path(os.readlink(entry / "cwd")).is_relative_to(home)
    return False
