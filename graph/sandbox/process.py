"""Runs one cell to its end or its limits: starts it, reads it, watches it, ends it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import selectors
import signal
import subprocess
import time
from contextlib import ExitStack
from typing import IO, Any

from graph.sandbox.bubblewrap import Bubblewrap, Cell, contents
from graph.sandbox.seccomp import seccomp_filter
from graph.sandbox.watch import Watch
from nodes.checks.sandbox import Ran

_FIRST_LOOK_S, _LAST_LOOK_S, _SLOWER = 0.003, 0.015, 1.3
_DEATH_S = 2.0
"""How long the last output of a killed jail is waited for."""
_CHUNK = 1 << 16
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL


def run_cell(bubblewrap: Bubblewrap, cell: Cell) -> Ran:
    """Run `cell`; `unavailable` tells what kept its program from being started at all."""
    began = time.monotonic()
    with ExitStack() as stack:
        try:
            running = _start(bubblewrap, cell, stack, began)
        except (OSError, ValueError) as error:
            words = f"the jail could not be started: {error}"
            return Ran(None, "", "", time.monotonic() - began, unavailable=words)
        try:
            running.follow()
        finally:
            running.kill()
    return running.result()


def _start(bubblewrap: Bubblewrap, cell: Cell, stack: ExitStack, began: float) -> _Running:
    files = {path: _sealed(data, stack) for path, data in contents(cell).items()}
    rules = seccomp_filter()
    seccomp = None if rules is None else _sealed(rules, stack)
    options = bubblewrap.options(cell, files, seccomp)
    given = _sealed(_joined(options), stack)
    passed = [*files.values(), given, *([] if seccomp is None else [seccomp])]
    ours, theirs = os.pipe()
    status = stack.enter_context(os.fdopen(ours, "rb", buffering=0))
    with os.fdopen(theirs, "wb", buffering=0):
        process = subprocess.Popen(
            bubblewrap.command(cell, given, theirs),
            stdin=_sealed(cell.stdin, stack),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[*passed, theirs],
            env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
            cwd="/",
            start_new_session=True,
        )
    return _Running(cell, stack.enter_context(process), status, began)


def _sealed(data: bytes, stack: ExitStack) -> int:
    """A file in memory that nobody, the jail included, can change any more."""
    descriptor = os.memfd_create("jail", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    stack.callback(os.close, descriptor)
    with os.fdopen(descriptor, "wb", closefd=False) as it:
        it.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    return descriptor


def _joined(words: list[str]) -> bytes:
    if any("\0" in word for word in words):
        raise ValueError("a file's name or a variable holds a NUL character")
    return b"".join(word.encode("utf-8", "replace") + b"\0" for word in words)


class _Running:
    """A jail at work, read and watched by the one thread that started it."""

    def __init__(
        self, cell: Cell, process: subprocess.Popen[bytes], status: IO[bytes], began: float
    ) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._cell, self._process, self._began = cell, process, began
        self._pipes = {"stdout": process.stdout, "stderr": process.stderr, "status": status}
        self._read = {name: bytearray() for name in self._pipes}
        self._ended_by = ""
        self._seconds = 0.0
        self._watch: Watch | None = None

    def follow(self) -> None:
        """Until all pipes are at their end, which the jail's death brings about."""
        with selectors.DefaultSelector() as selector:
            for name, pipe in self._pipes.items():
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, name)
            self._until_closed(selector)
        self._seconds = time.monotonic() - self._began

    def _until_closed(self, selector: selectors.BaseSelector) -> None:
        wall_at = self._began + self._cell.limits.wall_s
        pause_s, look_at = _FIRST_LOOK_S, time.monotonic()
        while selector.get_map():
            now = time.monotonic()
            if now >= look_at:
                self._look()
                pause_s = min(pause_s * _SLOWER, _LAST_LOOK_S)
                look_at = now + pause_s
            if not self._ended_by and now >= wall_at:
                self._ended_by = "wall"
            if self._ended_by:
                self._bury(selector)
                return
            for key, _ in selector.select(max(0.0, min(look_at, wall_at) - now)):
                self._take(selector, key)

    def _bury(self, selector: selectors.BaseSelector) -> None:
        self.kill()
        until = time.monotonic() + _DEATH_S
        while selector.get_map() and (left := until - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                self._take(selector, key)

    def _take(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        data = os.read(key.fd, _CHUNK)
        if not data:
            selector.unregister(key.fileobj)
            return
        kept, most = self._read[key.data], self._cell.limits.output_bytes
        kept += data
        if len(kept) > most and key.data != "status":
            del kept[most:]
            self._ended_by = self._ended_by or "output"

    def _look(self) -> None:
        if self._watch is None and (pid := self._status().get("child-pid")):
            self._watch = Watch(pid)
        if self._watch is not None and not self._ended_by:
            self._ended_by = self._watch.exceeded(self._cell.limits)

    def kill(self) -> None:
        """End everything in the jail: with its first process the kernel ends all others.

        bubblewrap's parent half is left to reap it, and killed only when it does not.
        """
        pid = self._status().get("child-pid")
        if self._process.poll() is not None:
            return
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            if pid and "exit-code" not in self._status():
                os.kill(pid, signal.SIGKILL)
            self._process.wait(_DEATH_S if pid else 0)
        self._process.kill()

    def _status(self) -> dict[str, Any]:
        """What bubblewrap has reported: first `child-pid`, at the end `exit-code`."""
        known: dict[str, Any] = {}
        for line in self._read["status"].splitlines():
            with contextlib.suppress(ValueError):
                known |= json.loads(line)
        return known

    def result(self) -> Ran:
        """What came of it."""
        out, err = (self._read[name].decode("utf-8", "replace") for name in ("stdout", "stderr"))
        if self._ended_by:
            return Ran(None, out, err, self._seconds, self._ended_by)
        code = self._status().get("exit-code")
        if code is None:
            words = f"the jail could not be set up: {' '.join(err.split())}"
            return Ran(None, "", "", self._seconds, unavailable=words)
        return Ran(code, out, err, self._seconds)
