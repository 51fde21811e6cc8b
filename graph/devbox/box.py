"""One devbox: a command run to its end, or followed line by line, and killed when nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

import anyio

from graph.devbox.client import RunloopClient, new_id
from graph.devbox.command import OLLAMA_URL, Command
from graph.devbox.wire import Execution
from graph.errors import (
    DevboxRequestError,
    DevboxServerError,
    DevboxUnavailableError,
    QwenTimeoutError,
    RunloopError,
)

KILL_TIMEOUT_S = 2.0
MAX_REOPENS = 3
REOPEN_PAUSE_S = 0.1


@dataclass(frozen=True)
class Devbox:
    """A box with an Ollama in it.

    Attributes:
        client: The account that owns the box.
        id: `dbx_...`.
        ollama_url: Where Ollama listens, seen from inside the box.
        starts_ollama: Whether a command may start `ollama serve` when nothing listens.
    """

    client: RunloopClient
    id: str
    ollama_url: str = OLLAMA_URL
    starts_ollama: bool = True

    async def run(self, command: Command, command_id: str) -> Execution:
        """Run `command` to its end; cancelling kills its process group.

        Raises:
            RunloopError: The box or Runloop failed; a failing command is no error here.
        """
        with_kill = _KilledUnlessDone(self, command_id)
        async with with_kill:
            await self._upload(command)
            with_kill.started = True
            async with self._explained():
                execution = await self.client.execute(self.id, command.text, command_id=command_id)
                while not execution.completed:
                    waited = await self.client.wait_for_execution(self.id, execution.execution_id)
                    execution = waited or execution
            with_kill.done = True
        return execution

    @asynccontextmanager
    async def running(self, command: Command) -> AsyncIterator[RunningCommand]:
        """Start `command`; leaving before its end kills its process group.

        Raises:
            RunloopError: The box or Runloop failed.
        """
        await self._upload(command)
        async with self._explained():
            execution = await self._start(command)
        running = RunningCommand(self, execution.execution_id)
        async with _KilledUnlessDone(self, execution.execution_id, started=True) as with_kill:
            yield running
            with_kill.done = running.ended

    async def _start(self, command: Command) -> Execution:
        """Start even when cancelled meanwhile: an execution without a known id cannot be killed."""
        starting = asyncio.ensure_future(
            self.client.execute_async(self.id, command.text, request_id=new_id())
        )
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            with anyio.move_on_after(KILL_TIMEOUT_S, shield=True), suppress(RunloopError):
                await self.client.kill(self.id, (await starting).execution_id)
            raise

    async def _upload(self, command: Command) -> None:
        if command.upload_path is not None and command.upload_contents is not None:
            async with self._explained():
                await self.client.write_file(self.id, command.upload_path, command.upload_contents)

    @asynccontextmanager
    async def _explained(self) -> AsyncIterator[None]:
        """Ask for the box's state when a call is refused: the message's wording is no contract."""
        try:
            yield
        except DevboxRequestError as error:
            raise await self._explain(error) from error

    async def _explain(self, error: DevboxRequestError) -> RunloopError:
        try:
            view = await self.client.retrieve(self.id)
        except DevboxRequestError:
            return DevboxUnavailableError(f"devbox {self.id} does not exist")
        if view.status == "running":
            return error
        reason = f", {view.failure_reason}" if view.failure_reason else ""
        return DevboxUnavailableError(f"devbox {self.id} is in state {view.status}{reason}")


class RunningCommand:
    """A started command, read as it writes."""

    def __init__(self, box: Devbox, execution_id: str) -> None:
        self._box = box
        self._execution_id = execution_id
        self._last: Execution | None = None

    @property
    def ended(self) -> bool:
        """Whether the command was seen to have completed."""
        return self._last is not None and self._last.completed

    async def lines(self) -> AsyncGenerator[str, None]:
        """Complete lines of stdout, without their newline; the last may lack one.

        A stream that breaks, or ends before the command does, is opened again from the last
        complete line; after `MAX_REOPENS` times without a new line it is given up.

        Raises:
            RunloopError: Runloop failed, or the stream kept breaking.
        """
        reader = _LineReader()
        breaks = 0
        while breaks <= MAX_REOPENS:
            try:
                async with aclosing(self._follow(reader)) as lines:
                    async for line in lines:
                        breaks = 0
                        yield line
                if (await self._retrieve()).completed:
                    break
            except (DevboxUnavailableError, DevboxServerError, QwenTimeoutError):
                if breaks == MAX_REOPENS:
                    raise
            breaks += 1
            await asyncio.sleep(REOPEN_PAUSE_S * breaks)
        else:
            raise DevboxUnavailableError("the stream of the answer kept ending early")
        if rest := reader.take_rest():
            yield rest

    async def result(self) -> Execution:
        """The completed execution: its exit status and stderr."""
        execution = self._last or await self._retrieve()
        client = self._box.client
        while not execution.completed:
            waited = await client.wait_for_execution(self._box.id, self._execution_id)
            self._last = execution = waited or execution
        return execution

    async def _follow(self, reader: _LineReader) -> AsyncGenerator[str, None]:
        offset = reader.rewind()
        stream = self._box.client.stream_stdout(self._box.id, self._execution_id, offset=offset)
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                for line in reader.feed(chunk):
                    yield line

    async def _retrieve(self) -> Execution:
        client = self._box.client
        self._last = await client.retrieve_execution(self._box.id, self._execution_id)
        return self._last


class _LineReader:
    """Joins chunks to lines and counts bytes itself: Runloop's offsets are ambiguous."""

    def __init__(self) -> None:
        self._partial = ""
        self._offset = 0

    def feed(self, text: str) -> list[str]:
        *lines, self._partial = (self._partial + text).split("\n")
        self._offset += sum(len(line.encode()) + 1 for line in lines)
        return lines

    def rewind(self) -> int:
        """Forget the partial line; the byte at which to go on reading."""
        self._partial = ""
        return self._offset

    def take_rest(self) -> str:
        rest, self._partial = self._partial, ""
        return rest


@dataclass
class _KilledUnlessDone:
    """Kills the execution on the way out of a block that did not finish."""

    box: Devbox
    execution_id: str
    started: bool = False
    done: bool = False

    async def __aenter__(self) -> _KilledUnlessDone:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.done or not self.started:
            return
        with anyio.move_on_after(KILL_TIMEOUT_S, shield=True), suppress(RunloopError):
            await self.box.client.kill(self.box.id, self.execution_id)
