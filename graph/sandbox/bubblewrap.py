"""The command line of bubblewrap: which protections it has here, and how a jail is laid out."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graph.sandbox.tools import SYSTEM_FOLDERS
from nodes.checks.sandbox import Limits

MB = 1 << 20
UNPRIVILEGED_ID = 65534
"""The user that a jail started by root runs as: the kernel counts and limits its processes."""
RESERVED_MB = 512
"""Memory that runtimes map and never touch; what they do touch is watched."""
OPEN_FILES, STACK_MB, SHARED_MEMORY_MB, TASKS_PER_PROCESS = 1024, 8, 16, 4
_USER = "1000"
_STAGE = "/run"
_NEEDED = ("--size", "--perms", "--json-status-fd", "--remount-ro", "--ro-bind-data")
_ACCOUNTS = {
    "/etc/passwd": f"user:x:{_USER}:{_USER}::/work:/bin/bash\n",
    "/etc/group": f"user:x:{_USER}:\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True)
class Bind:
    """A folder or file of the system, and where the jail sees it."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True)
class Cell:
    """One jail's content. All text is already bytes."""

    command: tuple[str, ...]
    binds: tuple[Bind, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Bubblewrap:
    """How jails are entered on this machine."""

    path: str
    disables_userns: bool
    """Whether this bubblewrap can forbid further user namespaces (0.8 and later)."""
    drops_root: bool
    """Whether root becomes an unprivileged user before it enters."""

    def command(self, cell: Cell, options: int, status: int) -> list[str]:
        """The command that runs `cell`; `options` and `status` are file descriptors."""
        staged, _ = self._staged(cell)
        enter = [self.path, "--args", str(options), "--json-status-fd", str(status), "--"]
        command = [*enter, "prlimit", *_limits(cell.limits), "--", *cell.command]
        if not self.drops_root:
            return command
        ids = [f"--reuid={UNPRIVILEGED_ID}", f"--regid={UNPRIVILEGED_ID}", "--clear-groups"]
        return [*staged, "setpriv", *ids, "--pdeathsig=keep", "--", *command]

    def options(self, cell: Cell, files: Mapping[str, int], seccomp: int | None) -> list[str]:
        """What is read from the descriptor `options`; `files` maps path in the jail to descriptor.

        The paths of `files` are those of `contents`.
        """
        _, binds = self._staged(cell)
        mounts = [*_system(), *_scratch(cell.limits), *_bound(binds), *_delivered(files)]
        closed = ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/work"]
        variables = [word for pair in cell.environment.items() for word in ("--setenv", *pair)]
        rules = [] if seccomp is None else ["--seccomp", str(seccomp)]
        return [*self._namespaces(), *mounts, *closed, *variables, *rules]

    def _namespaces(self) -> list[str]:
        names = ("user", "pid", "net", "ipc", "uts", "cgroup-try")
        words = [f"--unshare-{name}" for name in names]
        words += ["--disable-userns"] if self.disables_userns else []
        words += ["--uid", _USER, "--gid", _USER, "--hostname", "jail", "--cap-drop", "ALL"]
        return [*words, "--new-session", "--die-with-parent"]

    def _staged(self, cell: Cell) -> tuple[list[str], list[Bind]]:
        """Show folders that only root may reach to the unprivileged user, in a view of its own."""
        closed = [bind for bind in cell.binds if self.drops_root and not _open_to_all(bind.source)]
        if not closed:
            return [], list(cell.binds)
        stage = [self.path, "--die-with-parent", "--dev-bind", "/", "/", "--perms", "0755"]
        stage += ["--tmpfs", _STAGE]
        names = {bind: f"{_STAGE}/{number}" for number, bind in enumerate(closed)}
        for bind, name in names.items():
            stage += ["--bind" if bind.writable else "--ro-bind", str(bind.source), name]
        binds = [Bind(Path(names.get(b, b.source)), b.target, b.writable) for b in cell.binds]
        return [*stage, "--"], binds


def contents(cell: Cell) -> dict[str, bytes]:
    """What is delivered into the jail, by path there."""
    accounts = {path: text.encode() for path, text in _ACCOUNTS.items()}
    return accounts | {f"/work/{name}": data for name, data in cell.files.items()}


def find_bubblewrap() -> tuple[list[Bubblewrap], str]:
    """The ways to enter a jail, best first; and why there is none, in words."""
    path = shutil.which("bwrap")
    if path is None:
        return [], "no jail: install bubblewrap"
    if shutil.which("prlimit", path="/usr/bin:/bin") is None:
        return [], "no jail: install util-linux, whose prlimit sets the limits"
    shown = subprocess.run([path, "--help"], capture_output=True, text=True, env={}, check=False)
    if not all(option in shown.stdout for option in _NEEDED):
        return [], "no jail: this bubblewrap is too old, install 0.5 or later"
    disables = "--disable-userns" in shown.stdout
    drops = [True, False] if os.geteuid() == 0 and shutil.which("setpriv") else [False]
    return [Bubblewrap(path, disables, drop) for drop in drops], ""


def _system() -> list[str]:
    words: list[str] = []
    for folder in SYSTEM_FOLDERS:
        if os.path.islink(folder):
            words += ["--symlink", os.readlink(folder), folder]
        else:
            words += ["--ro-bind-try", folder, folder]
    java = sorted(str(path) for path in Path("/etc").glob("java*"))
    for path in ("/etc/ld.so.cache", "/etc/alternatives", *java):
        words += ["--ro-bind-try", path, path]
    return [*words, "--proc", "/proc", "--dev", "/dev"]


def _scratch(limits: Limits) -> list[str]:
    sizes_mb = {"/work": limits.disk_mb, "/tmp": limits.disk_mb, "/dev/shm": SHARED_MEMORY_MB}  # noqa: S108
    return [
        word
        for folder, size_mb in sizes_mb.items()
        for word in ("--perms", "0700", "--size", str(size_mb * MB), "--tmpfs", folder)
    ]


def _bound(binds: list[Bind]) -> list[str]:
    return [
        word
        for bind in binds
        for word in ("--bind" if bind.writable else "--ro-bind", str(bind.source), bind.target)
    ]


def _delivered(files: Mapping[str, int]) -> list[str]:
    words: list[str] = []
    for path, descriptor in files.items():
        how = ["--perms", "0644", "--file"] if path.startswith("/work/") else ["--ro-bind-data"]
        words += [*how, str(descriptor), path]
    return words


def _limits(limits: Limits) -> list[str]:
    wanted = {
        "core": (resource.RLIMIT_CORE, 0),
        "cpu": (resource.RLIMIT_CPU, int(limits.cpu_s) + 2),
        "data": (resource.RLIMIT_DATA, (limits.memory_mb + RESERVED_MB) * MB),
        "fsize": (resource.RLIMIT_FSIZE, limits.disk_mb * MB),
        "nofile": (resource.RLIMIT_NOFILE, OPEN_FILES),
        "nproc": (resource.RLIMIT_NPROC, limits.processes * TASKS_PER_PROCESS),
        "stack": (resource.RLIMIT_STACK, STACK_MB * MB),
    }
    return [f"--{name}={_at_most(kind, value)}" for name, (kind, value) in wanted.items()]


def _at_most(kind: int, value: int) -> int:
    """A limit may only be lowered."""
    hard = resource.getrlimit(kind)[1]
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def _open_to_all(path: Path) -> bool:
    """Whether any user may reach and read it."""
    real = path.resolve()
    wanted = 0o5 if real.is_dir() else 0o4
    if real.stat().st_mode & wanted != wanted:
        return False
    return all(folder.stat().st_mode & 0o1 for folder in real.parents)
