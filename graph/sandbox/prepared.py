"""Products that are built once in a jail of their own and then only read by later jobs."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from nodes.checks.sandbox import Prepared, Ran

Build = Callable[[Prepared, Path], Ran]
"""Runs the command with the folder writable at `/prepared`."""


class PreparedFolders:
    """The products in `folder`, shared by all processes of one user. Safe in many threads."""

    def __init__(self, folder: Path, build: Build) -> None:
        self._folder, self._build = folder, build
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._found: dict[str, Path | None] = {}

    def get(self, prepared: Prepared) -> Path | None:
        """The product's folder, built now if nobody has; None when it cannot be built."""
        name = _name(prepared)
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            found = self._found.get(name)
            if name not in self._found or (found is not None and not found.is_dir()):
                found = self._found[name] = self._make(prepared, self._folder / name)
            return found

    def _make(self, prepared: Prepared, target: Path) -> Path | None:
        if target.is_dir():
            return target
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
