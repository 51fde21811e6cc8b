"""Products that are built once in a jail of their own and then only read by later jobs."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from graph.sandbox.remembered import AGAIN_AFTER_S
from nodes.checks.sandbox import Prepared, Ran

Build = Callable[[Prepared, Path], Ran]
"""Runs the command with the folder writable at `/prepared`."""


@dataclass
class _Product:
    """A product that is built, or being built: by `done`, `folder` is known."""

    folder: Path | None = None
    done: threading.Event = field(default_factory=threading.Event)
    ended_s: float = 0.0

    def is_stale(self, now_s: float) -> bool:
        """Whether it has to be built again: it was removed, or failed a while ago."""
        if not self.done.is_set():
            return False
        if self.folder is None:
            return now_s >= self.ended_s + AGAIN_AFTER_S
        return not self.folder.is_dir()


class PreparedFolders:
    """The products in `folder`, shared by all processes of one user. Safe in many threads.

    `clock` gives seconds that never go back.
    """

    def __init__(self, folder: Path, build: Build, clock: Callable[[], float]) -> None:
        self._folder, self._build, self._clock = folder, build, clock
        self._lock = threading.Lock()
        self._products: dict[str, _Product] = {}

    def get(self, prepared: Prepared, within_s: float) -> Path | None:
        """The product's folder; None when it cannot be built, or not within `within_s` seconds.

        A build that takes longer goes on in the background, for later calls.
        """
        name = _name(prepared)
        with self._lock:
            product = self._products.get(name)
            if product is None or product.is_stale(self._clock()):
                product = self._products[name] = self._begin(prepared, self._folder / name)
        product.done.wait(within_s)
        return product.folder

    def _begin(self, prepared: Prepared, target: Path) -> _Product:
        product = _Product()
        if target.is_dir():
            product.folder = target
            product.done.set()
        else:
            work = (prepared, target, product)
            threading.Thread(target=self._finish, args=work, daemon=True).start()
        return product

    def _finish(self, prepared: Prepared, target: Path, product: _Product) -> None:
        try:
            product.folder = self._make(prepared, target)
        finally:
            product.ended_s = self._clock()
            product.done.set()

    def _make(self, prepared: Prepared, target: Path) -> Path | None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(prefix=".building-", dir=self._folder) as scratch:
                return self._built(prepared, Path(scratch) / "product", target)
        except OSError:
            return None

    def _built(self, prepared: Prepared, product: Path, target: Path) -> Path | None:
        product.mkdir()
        if self._build(prepared, product).exit_code != 0:
            return None
        _take_over(product)
        try:
            product.rename(target)
        except OSError:
            return target if target.is_dir() else None
        return target


def _name(prepared: Prepared) -> str:
    parts = [prepared.key, prepared.command, sorted(prepared.files.items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _take_over(folder: Path) -> None:
    """Make the product its user's own, for all to read who can reach it, for no other to write."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            path.unlink()
            continue
        os.chown(path, os.geteuid(), os.getegid())
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
