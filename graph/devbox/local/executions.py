"""One command in a box: its process, its output, its end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from graph.devbox.local.processes import kill_group
from graph.devbox.local.signals import Signal

MAX_OUTPUT_BYTES = 8 * 1024 * 1024
DEFAULT_LAST_LINES = 100
DRAIN_S = 0.1
START_FAILED_STATUS = 126


class OutputBuffer(asyncio.Protocol):
    """The reading end of a process's pipe, and the first `MAX_OUTPUT_BYTES` that came of it."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.overflowed = False
        self.sealed = False
        self.changed = Signal()
        self._at_eof = False
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the pipe is connected."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by asyncio; what comes after the seal or above the cap is read and dropped."""
        if self.sealed:
            return
        room = MAX_OUTPUT_BYTES - len(self.data)
        self.data += data[:room]
        self.overflowed |= len(data) > room
        self.changed.fire()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio at the end of the pipe."""
        self._at_eof = True
        self.changed.fire()

    async def drain_and_seal(self) -> None:
        """Take what the exited process left; a daemon that holds the pipe is not waited for."""
        await self.changed.wait_until(lambda: self._at_eof, DRAIN_S)
        self.sealed = True
        self.changed.fire()

    def close(self) -> None:
        """Stop reading."""
        if self._transport is not None:
            self._transport.close()

    def last_lines(self, count: int) -> tuple[str, bool]:
        """The last `count` lines, and whether anything is missing."""
        data = bytes(self.data)
        start = len(data) - 1 if data.endswith(b"\n") else len(data)
        for _ in range(count):
            start = data.rfind(b"\n", 0, start)
            if start < 0:
                return data.decode("utf-8", "replace"), self.overflowed
        return data[start + 1 :].decode("utf-8", "replace"), bool(data)


class Execution:
    """A command, from its start to its exit status.

    Args:
        execution_id: The caller's `command_id`, or one of our own.
        devbox_id: The box that it runs in.
        command: Given to `bash -lc`.
        request_id: `x-request-id` of the request, for finding a repeated one.
    """

    def __init__(
        self, execution_id: str, devbox_id: str, command: str, request_id: str | None = None
    ) -> None:
        self.id = execution_id
        self.devbox_id = devbox_id
        self.command = command
        self.request_id = request_id
        self.stdout = OutputBuffer()
        self.stderr = OutputBuffer()
        self.exit_status: int | None = None
        self.changed = Signal()
        self._stdin: asyncio.WriteTransport | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.Task[None] | None = None

    @property
    def status(self) -> str:
        """`queued`, `running` or `completed`."""
        if self.exit_status is not None:
            return "completed"
        return "queued" if self._process is None else "running"

    @property
    def leader_pid(self) -> int | None:
        """Id of the running process and of its group; None before and after."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    @property
    def size_bytes(self) -> int:
        """Memory that the output takes."""
        return len(self.stdout.data) + len(self.stderr.data)

    async def start(
        self, bash: str, home: Path, environment: Mapping[str, str], *, attach_stdin: bool
    ) -> None:
        """Start the process in a session of its own.

        Raises:
            OSError: The system refused, for one because the environment is too large.
        """
        reads, writes = zip(os.pipe(), os.pipe(), strict=True)
        stdin_read, stdin_write = os.pipe() if attach_stdin else _open_null()
        try:
            # Pipes of our own: with asyncio's, wait() lasts until daemons let go of them too.
            self._process = await asyncio.create_subprocess_exec(
                *(bash, "-lc", self.command),
                cwd=home,
                env=environment,
                stdin=stdin_read,
                stdout=writes[0],
                stderr=writes[1],
                start_new_session=True,
            )
        except BaseException:
            _close_all(*reads, stdin_write)
            self._complete(START_FAILED_STATUS)
            raise
        finally:
            _close_all(*writes, stdin_read)
        await self._connect(reads, stdin_write)
        self._ending = asyncio.create_task(self._follow(self._process))
        self.changed.fire()

    async def _connect(self, reads: tuple[int, int], stdin_write: int | None) -> None:
        loop = asyncio.get_running_loop()
        for fd, buffer in zip(reads, (self.stdout, self.stderr), strict=True):
            await loop.connect_read_pipe(lambda b=buffer: b, os.fdopen(fd, "rb", 0))  # type: ignore[misc]
        if stdin_write is not None:
            pipe = os.fdopen(stdin_write, "wb", 0)
            self._stdin, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, pipe)

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        code = await process.wait()
        await asyncio.gather(self.stdout.drain_and_seal(), self.stderr.drain_and_seal())
        self._complete(code if code >= 0 else 128 - code)
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.abort()

    def _complete(self, exit_status: int) -> None:
        self.stdout.sealed = self.stderr.sealed = True
        self.exit_status = exit_status
        self.changed.fire()

    async def wait_for(self, statuses: list[str], timeout_s: float | None) -> bool:
        """Whether the status became one of `statuses` within `timeout_s` seconds."""
        return await self.changed.wait_until(lambda: self.status in statuses, timeout_s)

    async def wait_closed(self, timeout_s: float) -> None:
        """After the kill: wait for the end, then let go of the pipes."""
        await self.wait_for(["completed"], timeout_s)
        self.stdout.close()
        self.stderr.close()

    def kill(self, *, group: bool) -> None:
        """Kill the shell, or with `group` all that it started and that stayed in its group."""
        pid = self.leader_pid
        if pid is None:
            return
        if group:
            kill_group(pid)
        else:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def interrupt(self) -> bool:
        """Send SIGINT to the group, as a terminal's Ctrl-C does; False when nothing runs."""
        if self.leader_pid is None:
            return False
        with suppress(ProcessLookupError):
            os.killpg(self.leader_pid, signal.SIGINT)
        return True

    def send_text(self, text: str) -> bool:
        """Write to standard input; False when it is not attached or was closed."""
        if self._stdin is None or self._stdin.is_closing():
            return False
        self._stdin.write(text.encode())
        return True

    def close_stdin(self) -> bool:
        """End standard input after what was written; False when it is not attached."""
        if self._stdin is None:
            return False
        self._stdin.close()
        return True

    def view(self, last_n: int = DEFAULT_LAST_LINES) -> dict[str, Any]:
        """Runloop's `DevboxAsyncExecutionDetailView`."""
        view = {"devbox_id": self.devbox_id, "execution_id": self.id, "status": self.status}
        if self.exit_status is None:
            return view
        stdout, stdout_truncated = self.stdout.last_lines(last_n)
        stderr, stderr_truncated = self.stderr.last_lines(last_n)
        return {
            **view,
            "exit_status": self.exit_status,
            "stdout": stdout,
            "stderr": stderr,
            "stdout_truncated": stdout_truncated,
            "stderr_truncated": stderr_truncated,
        }


def _open_null() -> tuple[int, None]:
    return os.open(os.devnull, os.O_RDONLY), None


def _close_all(*fds: int | None) -> None:
    for fd in fds:
        if fd is not None:
            os.close(fd)
