"""What the programs in a jail use together, read from the jail's own /proc, seen from outside."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

from nodes.checks.sandbox import Limits

MOST_FILES = 20_000
"""Empty files cost no disk, but the kernel's memory."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_MB = 1 << 20


@dataclass(frozen=True)
class Usage:
    """Of all processes of a jail, now."""

    processes: int
    cpu_s: float
    memory_bytes: int
    files: int


class Watch:
    """Measures the jail whose first process is `pid`."""

    def __init__(self, pid: int) -> None:
        self._root = f"/proc/{pid}/root"
        self._is_inside = False

    def exceeded(self, limits: Limits) -> str:
        """Which limit the jail is beyond: `processes`, `cpu`, `memory`, `disk`; else empty."""
        if not self._entered():
            return ""
        used = self.usage()
        if used.processes > limits.processes:
            return "processes"
        if used.cpu_s > limits.cpu_s:
            return "cpu"
        if used.files > MOST_FILES:
            return "disk"
        most = limits.memory_mb * _MB
        too_much = used.memory_bytes > most and (self._shared_out() or used.memory_bytes) > most
        return "memory" if too_much else ""

    def _entered(self) -> bool:
        """Whether the first process is in the jail; until then it sees the system's own /proc."""
        if not self._is_inside:
            with contextlib.suppress(OSError):
                jailed = os.stat(f"{self._root}/proc/1").st_dev
                self._is_inside = jailed != os.stat("/proc").st_dev
        return self._is_inside

    def usage(self) -> Usage:
        """Measure; processes that end meanwhile count as nothing."""
        pids = self._pids()
        stats = [stat for pid in pids if (stat := self._stat(pid))]
        ticks = sum(sum(int(word) for word in stat[11:15]) for stat in stats)
        memory = sum(self._field_kb(pid, "status", ("RssAnon", "RssShmem")) for pid in pids)
        # The first process is bubblewrap's own.
        return Usage(len(pids) - 1, ticks / _TICKS_PER_S, memory * 1024, self._files())

    def _shared_out(self) -> int:
        """The same, but pages that processes share, as after a fork, count once; 0: unknown."""
        names = ("Pss_Anon", "Pss_Shmem")
        return sum(self._field_kb(pid, "smaps_rollup", names) for pid in self._pids()) * 1024

    def _pids(self) -> list[str]:
        try:
            return [name for name in os.listdir(f"{self._root}/proc") if name.isdigit()]
        except OSError:
            return []

    def _read(self, pid: str, name: str) -> str:
        try:
            with open(f"{self._root}/proc/{pid}/{name}", encoding="utf-8", errors="replace") as it:
                return it.read()
        except OSError:
            return ""

    def _stat(self, pid: str) -> list[str]:
        """The fields after the program's name, which may hold spaces and brackets."""
        return self._read(pid, "stat").rpartition(")")[2].split()

    def _field_kb(self, pid: str, name: str, fields: tuple[str, ...]) -> int:
        lines = (line.partition(":") for line in self._read(pid, name).splitlines())
        return sum(int(value.split()[0]) for field, _, value in lines if field in fields)

    def _files(self) -> int:
        try:
            found = [os.statvfs(self._root + folder) for folder in ("/work", "/tmp")]  # noqa: S108
        except OSError:
            return 0
        return sum(each.f_files - each.f_ffree for each in found)
