"""The bar that is shown while the embedded model's file is put together, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn


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
        bar.stop()
