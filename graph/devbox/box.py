"""One devbox: a command run to its end, or followed line by line, and killed when nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass

from graph.devbox.client import RunloopClient, new_id
from graph.devbox.command import OLLAMA_URL, Command, remove_command
from graph.devbox.wire import MAX_REPLY_BYTES, Execution
from graph.errors import (
    ConfigurationError,
    DevboxAuthenticationError,
    DevboxRateLimitError,
    DevboxRequestError,
    DevboxServerError,
    DevboxUnavailableError,
    QwenServerError,
    QwenTimeoutError,
    RouterError,
    RunloopError,
)
from graph.settings import DEVBOX_ID

KILL_TIMEOUT_S = 2.0
"""How long a cancelled caller waits for the kill, which then goes on without it."""
KILL_PAUSES_S = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Between kills of a command that the box does not know yet."""
MAX_REOPENS = 3
REOPEN_PAUSE_S = 0.1

_REFUSALS = (DevboxRequestError, DevboxAuthenticationError, DevboxRateLimitError)
_BREAKS = (DevboxUnavailableError, DevboxServerError, QwenTimeoutError)
_cleanups: set[asyncio.Task[None]] = set()


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

    def __post_init__(self) -> None:
        if not DEVBOX_ID.fullmatch(self.id):
            raise ConfigurationError(f"{self.id!r} is not a devbox id such as dbx_31JZQ")

    async def run(self, command: Command, command_id: str) -> Execution:
        """Run `command` to its end; cancelling kills its process group.

        Raises:
            RunloopError: The box or Runloop failed; a failing command is no error here.
        """
        async with self._explained(), RunningCommand(self, command) as running:
            await running.execute(command_id)
            return await running.result()

    @asynccontextmanager
    async def running(self, command: Command) -> AsyncIterator[RunningCommand]:
        """Start `command`; leaving before its end kills its process group.

        Raises:
            RunloopError: The box or Runloop failed.
        """
        async with self._explained(), RunningCommand(self, command) as running:
            await running.start()
            yield running

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
    """A command in a box; leaving its block takes back whatever of it is still there.

    Upload and start run in tasks of their own: what is cancelled half-way cannot be taken back.
    """

    def __init__(self, box: Devbox, command: Command) -> None:
        self._box = box
        self._client = box.client
        self._command = command
        self._uploading: asyncio.Task[None] | None = None
        self._starting: asyncio.Task[Execution] | None = None
        self._execution_id: str | None = None
        self._last: Execution | None = None

    async def __aenter__(self) -> RunningCommand:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not self.ended:
            await _finish(self._take_back(error))

    @property
    def ended(self) -> bool:
        """Whether the command was seen to have completed."""
        return self._last is not None and self._last.completed

    async def execute(self, command_id: str) -> None:
        """Run, in one call that lasts until the end or Runloop's patience."""
        await self._upload()
        self._execution_id = command_id
        try:
            self._last = await self._client.execute(
                self._box.id, self._command.text, command_id=command_id
            )
        except _REFUSALS:
            self._execution_id = None
            raise
        self._execution_id = self._last.execution_id

    async def start(self) -> None:
        """Start and return at once."""
        await self._upload()
        self._starting = asyncio.create_task(
            self._client.execute_async(self._box.id, self._command.text, request_id=new_id())
        )
        self._execution_id = (await asyncio.shield(self._starting)).execution_id

    async def lines(self) -> AsyncGenerator[str, None]:
        """Complete lines of stdout, without their newline; the last may lack one.

        A stream that breaks, or ends before the command does, is opened again from the last
        complete line; after `MAX_REOPENS` times without a new line it is given up. All is read
        when a stream opened after the command's end brings nothing new.

        Raises:
            RunloopError: Runloop failed, or the stream kept breaking.
        """
        reader = _LineReader()
        breaks = 0
        while True:
            ended, start = self.ended, reader.offset
            fault: RunloopError = DevboxUnavailableError("the stream of the answer kept ending")
            try:
                async with aclosing(self._follow(reader)) as lines:
                    async for line in lines:
                        yield line
                if ended and reader.offset == start:
                    break
                await self._refresh()
            except _BREAKS as error:
                fault = error
            breaks = 0 if reader.offset > start else breaks + 1
            if breaks > MAX_REOPENS:
                raise fault
            await asyncio.sleep(0 if self.ended else REOPEN_PAUSE_S * breaks)
        if reader.partial:
            yield reader.partial

    async def result(self) -> Execution:
        """The completed execution: its exit status and outputs.

        Raises:
            RunloopError: Runloop failed, or kept failing to wait.
        """
        execution = self._last or await self._refresh()
        breaks = 0
        while not execution.completed:
            try:
                waited = await self._client.wait_for_execution(self._box.id, self._id)
            except _BREAKS:
                breaks += 1
                if breaks > MAX_REOPENS:
                    raise
            else:
                breaks = 0
                self._last = execution = waited or execution
            await asyncio.sleep(0 if execution.completed else REOPEN_PAUSE_S * (breaks or 0.5))
        return execution

    @property
    def _id(self) -> str:
        assert self._execution_id is not None, "the command was started"
        return self._execution_id

    async def _follow(self, reader: _LineReader) -> AsyncGenerator[str, None]:
        offset = reader.rewind()
        stream = self._client.stream_stdout(self._box.id, self._id, offset=offset)
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                for line in reader.feed(chunk):
                    yield line

    async def _refresh(self) -> Execution:
        self._last = await self._client.retrieve_execution(self._box.id, self._id)
        return self._last

    async def _upload(self) -> None:
        path, contents = self._command.upload_path, self._command.upload_contents
        if path is not None and contents is not None:
            work = self._client.write_file(self._box.id, path, contents)
            self._uploading = asyncio.create_task(work)
            await asyncio.shield(self._uploading)

    async def _take_back(self, error: BaseException | None) -> None:
        await asyncio.gather(self._kill_what_was_started(error), self._remove_upload())

    async def _kill_what_was_started(self, error: BaseException | None) -> None:
        if self._starting is not None:
            with suppress(RouterError):
                self._execution_id = (await self._starting).execution_id
        if self._execution_id is None:
            return
        # Without an answer to the start, it may still be on its way to the box.
        unanswered = not isinstance(error, RunloopError | None) or isinstance(
            error, QwenTimeoutError
        )
        await self._kill(KILL_PAUSES_S if unanswered else ())

    async def _kill(self, pauses_s: Sequence[float]) -> None:
        for pause_s in (*pauses_s, None):
            try:
                return await self._client.kill(self._box.id, self._id)
            except DevboxRequestError:
                if pause_s is not None:
                    await asyncio.sleep(pause_s)
            except RouterError:
                return

    async def _remove_upload(self) -> None:
        """The command removes its prompt itself, unless it was killed before or never came."""
        if self._uploading is None or self._command.upload_path is None:
            return
        remove = remove_command(self._command.upload_path)
        with suppress(RouterError):
            await self._uploading
        with suppress(RouterError):
            await self._client.execute(self._box.id, remove, command_id=new_id())


class _LineReader:
    """Joins chunks to lines and counts bytes itself: Runloop's offsets are ambiguous."""

    def __init__(self) -> None:
        self.partial = ""
        self.offset = 0

    def feed(self, text: str) -> list[str]:
        *lines, self.partial = (self.partial + text).split("\n")
        self.offset += sum(_size(line) + 1 for line in lines)
        if self.offset + len(self.partial) > MAX_REPLY_BYTES:
            raise QwenServerError(f"the answer exceeds {MAX_REPLY_BYTES} bytes")
        return lines

    def rewind(self) -> int:
        """Forget the partial line; the byte at which to go on reading."""
        self.partial = ""
        return self.offset


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


async def _finish(work: Coroutine[None, None, None]) -> None:
    """Wait for `work`, but not for ever; a further cancellation does not stop it."""
    task = asyncio.create_task(work)
    _cleanups.add(task)
    task.add_done_callback(_cleanups.discard)
    await asyncio.wait([task], timeout=KILL_TIMEOUT_S)
