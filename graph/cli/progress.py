"""stderr: the log's warnings, and the bar while the embedded model's file is put together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.status import Status


class _Warnings(logging.Handler):
    """Prints the log's warnings without disturbing a status line."""

    def __init__(self, err: Console) -> None:
        super().__init__(logging.WARNING)
        self._err = err

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        self._err.print(record.getMessage(), markup=False, soft_wrap=True)


def terminal(*, quiet: bool = False) -> Console:
    """stderr, which shows this project's warnings from now on."""
    err = Console(stderr=True, quiet=quiet, highlight=False)
    logging.getLogger("qwen_router").handlers = [_Warnings(err)]
    return err


def status(err: Console, text: str) -> Status:
    """A line that changes in place; nothing where nobody watches."""
    return Status(text, console=err if err.is_terminal else Console(quiet=True))


@contextmanager
def model_progress(err: Console) -> Iterator[Callable[[int, int], None]]:
    """A callback for bytes done and bytes in all; the bar appears with the first call."""
    bar = Progress(
        TextColumn("preparing Qwen2.5-Coder"), BarColumn(), DownloadColumn(), console=err
    )

    def show(done: int, total: int) -> None:
        if not bar.tasks:
            bar.start()
            bar.add_task("model", total=total)
        bar.update(bar.tasks[0].id, completed=done)
        if done >= total:
            bar.stop()

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()
