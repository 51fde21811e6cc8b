"""One box: its home, its state, and what was run in it."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

from graph.devbox.local.executions import Execution
from graph.devbox.local.faults import Faults
from graph.devbox.local.processes import command_environment, kill_box, login_profile
from graph.devbox.local.signals import Signal
from graph.devbox.local.wire import ApiError, check_command
from graph.devbox.wire import DevboxStatus

STATUSES: tuple[str, ...] = get_args(DevboxStatus)
TERMINAL = ("failure", "shutdown")
MAX_COMPLETED = 200
MAX_KEPT_BYTES = 64 * 1024 * 1024
MAX_LOGS = 1000
MAX_LOGGED_CHARACTERS = 1000
KILL_TIMEOUT_S = 2.0
EXECUTION_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


def now_ms() -> int:
    """Wall clock in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


async def off_loop(function: Callable[..., None], *args: Any) -> None:
    """Run a blocking function in a thread, or here when the exiting process has no more threads."""
    try:
        await asyncio.to_thread(function, *args)
    except RuntimeError:
        function(*args)


class Box:
    """One devbox: a home folder, a state, and what was run in it.

    Args:
        root: The box's home is made below it.
        bash: Path of bash.
        faults: Faults ordered by a test.
        request: Members of the create request, without nulls.
    """

    def __init__(self, root: Path, bash: str, faults: Faults, request: Mapping[str, Any]) -> None:
        self.id = f"dbx_{secrets.token_hex(12)}"
        self.home = root / self.id
        self.name: str | None = request.get("name")
        self.metadata: dict[str, str] = request.get("metadata", {})
        self.launch_parameters: dict[str, Any] = request.get("launch_parameters", {})
        self.environment: dict[str, str] = request.get("environment_variables", {})
        self.request = request
        self.create_time_ms = now_ms()
        self.end_time_ms: int | None = None
        self.failure_reason: str | None = None
        self.shutdown_reason: str | None = None
        self.transitions: list[dict[str, Any]] = []
        self.executions: dict[str, Execution] = {}
        self.logs: deque[dict[str, Any]] = deque(maxlen=MAX_LOGS)
        self.changed = Signal()
        self._bash = bash
        self.faults = faults
        self._change: asyncio.Task[None] | None = None
        self._enter("queued")
        self._enter("provisioning")

    @property
    def status(self) -> str:
        """The present status; a forced one wins."""
        forced = self.faults.forced_status(self.id)
        return forced[0] if forced else str(self.transitions[-1]["status"])

    def require_running(self) -> None:
        """Pass when the box is running.

        Raises:
            ApiError: 400, it is not.
        """
        if self.status != "running":
            raise ApiError(400, f"Devbox is not running: {self.status}")

    def start(self) -> None:
        """Make the home and boot."""
        self._change = asyncio.create_task(self._boot())

    def suspend(self) -> None:
        """Kill the processes and keep the disk.

        Raises:
            ApiError: 400, the box is not running.
        """
        self.require_running()
        self._enter("suspending")
        self._change = asyncio.create_task(self._suspend())

    def resume(self) -> None:
        """Boot again from the kept disk.

        Raises:
            ApiError: 400, the box is not suspended.
        """
        if self.status != "suspended":
            raise ApiError(400, "Devbox is not suspended")
        self._enter("resuming")
        self._change = asyncio.create_task(self._boot())

    async def shut_down(self) -> None:
        """End the box for good, disk included; a second time changes nothing."""
        if self._change is not None:
            self._change.cancel()
            await asyncio.gather(self._change, return_exceptions=True)
        if self.status not in TERMINAL:
            self.shutdown_reason = "api_shutdown"
            self._enter("shutdown")
        await self.kill_processes()
        await off_loop(shutil.rmtree, self.home, True)

    async def kill_processes(self) -> None:
        """Kill everything that runs in the box, daemons too, and wait for its end."""
        leaders = (execution.leader_pid for execution in self.executions.values())
        pids = [pid for pid in leaders if pid is not None]
        await off_loop(kill_box, self.id, self.home, pids)
        ends = [e.wait_closed(KILL_TIMEOUT_S) for e in self.executions.values()]
        await asyncio.gather(*ends)

    async def execute(
        self,
        command: str,
        *,
        command_id: str | None = None,
        request_id: str | None = None,
        attach_stdin: bool = False,
    ) -> Execution:
        """Start a command, or find the one that an earlier sending of the request started.

        Raises:
            ApiError: 400, the box is not running, or the command cannot be run.
        """
        self.require_running()
        check_command(command)
        if command_id is not None and not EXECUTION_ID.fullmatch(command_id):
            raise ApiError(400, "command_id is malformed")
        known = self._known(command, command_id, request_id)
        if known is not None:
            return known
        return await self._run(command, command_id, request_id, attach_stdin)

    def execution(self, execution_id: str) -> Execution:
        """The execution of that id.

        Raises:
            ApiError: 404, there is none, or it was forgotten.
        """
        try:
            return self.executions[execution_id]
        except KeyError:
            raise ApiError(404, "Execution not found") from None

    def _known(
        self, command: str, command_id: str | None, request_id: str | None
    ) -> Execution | None:
        if command_id is not None:
            return self.executions.get(command_id)
        if request_id is None:
            return None
        same = (e for e in self.executions.values() if e.request_id == request_id)
        return next((e for e in same if e.command == command), None)

    async def _run(
        self,
        command: str,
        command_id: str | None = None,
        request_id: str | None = None,
        attach_stdin: bool = False,
        source: str = "exec",
    ) -> Execution:
        execution_id = command_id or str(uuid.uuid4())
        execution = Execution(execution_id, self.id, command, request_id)
        self._forget_old()
        self.executions[execution_id] = execution
        environment = command_environment(
            os.environ, self.environment, devbox_id=self.id, home=self.home
        )
        self._log(source, execution, message="started")
        try:
            await execution.start(self._bash, self.home, environment, attach_stdin=attach_stdin)
        except OSError as error:
            del self.executions[execution_id]
            raise ApiError(400, f"the command cannot be started: {error.strerror}") from None
        if self.status not in ("initializing", "running"):
            execution.kill(group=True)
        return execution

    def _forget_old(self) -> None:
        completed = [e for e in self.executions.values() if e.status == "completed"]
        size = sum(e.size_bytes for e in completed)
        count = len(completed)
        for execution in completed:
            if count < MAX_COMPLETED and size <= MAX_KEPT_BYTES:
                return
            del self.executions[execution.id]
            count -= 1
            size -= execution.size_bytes

    def _log(self, source: str, execution: Execution, **values: Any) -> None:
        entry = {"level": "info", "source": source, "timestamp_ms": now_ms()}
        command = execution.command[:MAX_LOGGED_CHARACTERS]
        self.logs.append({**entry, "cmd": command, "cmd_id": execution.id, **values})

    async def _boot(self) -> None:
        await asyncio.sleep(self.faults.boot_s)
        reason = self.faults.take_boot_failure()
        if reason is None:
            self._enter("initializing")
            booted = await self._make_home() and await self._launch()
            reason = None if booted else "execution_failed"
        if reason is not None:
            await self.kill_processes()
            self.failure_reason = reason
        self._enter("running" if reason is None else "failure")

    async def _make_home(self) -> bool:
        def make() -> None:
            self.home.mkdir(mode=0o700, exist_ok=True)
            (self.home / ".bash_profile").write_text(login_profile(os.environ))

        try:
            await off_loop(make)
        except OSError:
            return False
        return True

    async def _launch(self) -> bool:
        for command in self.launch_parameters.get("launch_commands") or []:
            try:
                execution = await self._run(command, source="setup_commands")
            except ApiError:
                return False
            await execution.wait_for(["completed"], None)
            self._log("setup_commands", execution, exit_code=execution.exit_status)
            if execution.exit_status != 0:
                return False
        return True

    async def _suspend(self) -> None:
        await self.kill_processes()
        self._enter("suspended")

    def _enter(self, status: str) -> None:
        self.faults.drop_forced_status(self.id)
        transition = {"status": status, "transition_time_ms": now_ms()}
        if status == "failure":
            transition["failure_reason"] = self.failure_reason
        if status in TERMINAL:
            self.end_time_ms = now_ms()
        self.transitions.append(transition)
        self.changed.fire()
