"""The jail in which the code of answers runs: bubblewrap, rlimits, a system call filter, a watch.

Tests are in tests/integration_tests/test_sandbox_{escapes,limits}.py and test_sandbox.py.

| threat | what stops it | test |
|---|---|---|
| network, abstract sockets | network namespace | no_connection_to_a_server_on_loopback |
| vsock and other families | system call filter | sockets_that_know_no_network_namespace |
| sockets, files outside | only system folders are mounted | no_file_outside, unix_socket_outside |
| symlinks, `..` in names | nothing to lead to; names are checked | a_symlink_in, a_file_of_a_job |
| environment | nothing is inherited | the_environment_stays_outside |
| writing outside | all is read-only but /work, /tmp | nothing_outside_can_be_written |
| other processes | process namespace, own /proc | processes_outside, memory_of_processes |
| the router's terminal | own session, pipes only, no TIOCSTI | the_terminal_of_the_router |
| gaining rights | no capability, no_new_privs, not root | the_jail_holds_no_capability |
| nested user namespaces | --disable-userns, system call filter | no_user_namespace_in_the_jail |
| daemons | the first process's end ends all | no_daemon_outlives_the_job |
| death of the router | --die-with-parent | the_jail_dies_with_the_router |
| fork bomb | RLIMIT_NPROC in the namespace; watch | a_fork_bomb, the_kernel_itself |
| memory | RLIMIT_DATA; watch of what is resident | memory_*, the_program_ends_when |
| memory of no process | filter (memfd, shm), small tmpfs | memory_that_belongs_to_no_process |
| disk, files | tmpfs size, RLIMIT_FSIZE; watch of inodes | the_disk_is_small, files_without |
| output | cut and ended | a_flood_of_output_is_cut |
| time | wall clock, SIGKILL; CPU of all processes | the_wall_clock, processor_time |
| core dumps, open files | rlimits | no_core_is_dumped, open_files_are_limited |

Not stopped: faults of the kernel itself, and what timing tells a program about the machine.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import platformdirs

from graph.sandbox.bubblewrap import UNPRIVILEGED_ID, Bind, Bubblewrap, Cell, find_bubblewrap
from graph.sandbox.prepared import PreparedFolders
from graph.sandbox.process import run_cell
from graph.sandbox.remembered import Answer, Remembered
from graph.sandbox.tools import Tool, ToolMissingError, find_tool
from graph.settings import APP_NAME
from nodes.checks.sandbox import Job, Limits, Prepared, Ran

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/work", "LANG": "C.UTF-8", "TZ": "UTC"}
_PROOF = Limits(wall_s=20, cpu_s=20, memory_mb=1024)
_MOST_OF_WALL = 0.5
"""The share of a job's time in which what it wants prepared may be built."""
_HOW_TO_ALLOW = (
    "allow user namespaces: sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, "
    "kernel.apparmor_restrict_unprivileged_userns; in Docker, --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)


@dataclass(frozen=True)
class _Found:
    """A tool that was proved to run in the jail, or why it does not."""

    tool: Tool | None
    why_not: str = ""


@dataclass
class Jail:
    """Runs jobs under bubblewrap. Safe in many threads.

    `cache_dir` keeps what is prepared once; `node_path` lists folders of npm packages; `ways` finds
    the ways into a jail, best first, or says why there is none; `clock` gives seconds that never
    go back.
    """

    cache_dir: Path = field(default_factory=lambda: Path(platformdirs.user_cache_dir(APP_NAME)))
    node_path: str = ""
    ways: Callable[[], tuple[list[Bubblewrap], str]] = find_bubblewrap
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._proved: Remembered[tuple[Bubblewrap | None, str]] = Remembered(self.clock)
        self._tools: Remembered[_Found] = Remembered(self.clock)
        self._prepared = PreparedFolders(self.cache_dir / "prepared", self._build, self.clock)

    def why_not(self, tool: str) -> str | None:
        """Why `tool` cannot be run here, with what to install; None when it can.

        The first call proves the jail, and the tool in it, by using them; later calls are free. A
        proof that was cut off is tried again after a minute.
        """
        return self._find(tool).why_not or None

    def how(self) -> str:
        """The protections of the jail on this machine, in words; empty where there is no jail."""
        bubblewrap, _ = self._bubblewrap()
        if bubblewrap is None:
            return ""
        parts = ["bubblewrap without network"]
        parts += ["as an unprivileged user"] if bubblewrap.drops_root else []
        parts += ["no further user namespaces"] if bubblewrap.disables_userns else []
        return ", ".join(parts)

    def where(self, tool: str) -> str:
        """Where a tool that `why_not` has nothing against lies; a library: its packages' folder."""
        found = self._find(tool).tool
        return " ".join(found.command or found.environment.values()) if found else ""

    def run(self, job: Job) -> Ran:
        """Run `job` to its end or its limits; never raises for what the program does.

        What is prepared for it is built within its time, or else for later jobs, in the background.
        """
        if job.prepared is None:
            return self._run(job, [])
        began, wall_s = self.clock(), job.limits.wall_s
        folder = self._prepared.get(job.prepared, wall_s * _MOST_OF_WALL)
        left_s = max(wall_s * (1 - _MOST_OF_WALL), wall_s - (self.clock() - began))
        job = replace(job, limits=replace(job.limits, wall_s=left_s))
        return self._run(job, [Bind(folder, "/prepared")] if folder else [])

    def _build(self, prepared: Prepared, folder: Path) -> Ran:
        bubblewrap, _ = self._bubblewrap()
        if bubblewrap is not None and bubblewrap.drops_root:
            os.chown(folder, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
        job = Job(prepared.command, prepared.files, limits=prepared.limits)
        return self._run(job, [Bind(folder, "/prepared", writable=True)])

    def _run(self, job: Job, binds: list[Bind]) -> Ran:
        bubblewrap, why_not = self._bubblewrap()
        if bubblewrap is None or not job.command:
            return _unavailable(why_not or "the command is empty")
        names = [name for name in (job.command[0], *job.tools) if "/" not in name]
        found = {name: self._find(name) for name in names}
        for each in found.values():
            if each.tool is None:
                return _unavailable(each.why_not)
        tools = {name: each.tool for name, each in found.items() if each.tool is not None}
        if (wrong := _wrong_path(job.files)) is not None:
            return _unavailable(f"no file can be called {wrong!r} in /work")
        return run_cell(bubblewrap, _cell(job, tools, binds))

    def _bubblewrap(self) -> tuple[Bubblewrap | None, str]:
        return self._proved.get("", lambda: _prove(*self.ways()))

    def _find(self, name: str) -> _Found:
        bubblewrap, why_not = self._bubblewrap()
        if bubblewrap is None:
            return _Found(None, why_not)
        return self._tools.get(name, lambda: self._prove_tool(bubblewrap, name))

    def _prove_tool(self, bubblewrap: Bubblewrap, name: str) -> Answer[_Found]:
        try:
            tool = find_tool(name, self.node_path)
        except ToolMissingError as error:
            return Answer(_Found(None, str(error)))
        if not tool.command:
            return Answer(_Found(tool))
        ran = run_cell(bubblewrap, _cell(Job((name, *tool.proof), limits=_PROOF), {name: tool}, []))
        if ran.exit_code == 0:
            return Answer(_Found(tool))
        words = ran.unavailable or ran.stderr or ran.ended_by or f"exit code {ran.exit_code}"
        why_not = f"{name} ({tool.command[0]}) does not run in the jail: {_line(words)}"
        return Answer(_Found(None, why_not), lasts=ran.exit_code is not None)


def _prove(ways: list[Bubblewrap], why_not: str) -> Answer[tuple[Bubblewrap | None, str]]:
    """The best way into a jail that really leads into one."""
    lasts = True
    for way in ways:
        ran = run_cell(way, Cell(("/usr/bin/true",), limits=_PROOF))
        if ran.exit_code == 0:
            return Answer((way, ""), lasts)
        lasts = lasts and ran.exit_code is not None
        words = _line(ran.unavailable or ran.stderr or ran.ended_by)
        why_not = f"no jail: bubblewrap is there but fails ({words}); {_HOW_TO_ALLOW}"
    return Answer((None, why_not), lasts)


def _cell(job: Job, tools: Mapping[str, Tool], binds: list[Bind]) -> Cell:
    folders = dict.fromkeys(folder for tool in tools.values() for folder in tool.folders)
    binds = [*(Bind(folder, str(folder)) for folder in folders), *binds]
    own = tools.get(job.command[0])
    command = (*own.started(job.limits.memory_mb), *job.command[1:]) if own else job.command
    return Cell(
        command=command,
        binds=tuple(binds),
        files={name: text.encode("utf-8", "replace") for name, text in job.files.items()},
        environment={**_environment(tools, job.tools), **job.environment},
        stdin=job.stdin.encode("utf-8", "replace"),
        limits=job.limits,
    )


def _environment(tools: Mapping[str, Tool], further: tuple[str, ...]) -> dict[str, str]:
    """The plain environment, what the tools add to it, and where the `further` ones are found."""
    programs = [Path(tools[name].command[0]).parent for name in further if tools[name].command]
    path = [_ENVIRONMENT["PATH"], *(str(p) for p in programs if not p.is_relative_to("/usr"))]
    added = {name: text for tool in tools.values() for name, text in tool.environment.items()}
    return {**_ENVIRONMENT, "PATH": ":".join(dict.fromkeys(path)), **added}


def _wrong_path(files: Mapping[str, str]) -> str | None:
    """The first name that is no path below /work; bubblewrap itself would follow it outside."""
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
            return name
    return None


def _unavailable(words: str) -> Ran:
    return Ran(None, "", "", 0.0, unavailable=words)


def _line(words: str) -> str:
    return " ".join(words.split())[:200]
