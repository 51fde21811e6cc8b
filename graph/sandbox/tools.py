"""Where the tools that run code lie on this machine, and which folders each of them needs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM_FOLDERS = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
TOOLS = ("python", "node", "typescript", "bash", "sqlite3", "g++", "javac", "java")
_HOW_TO_GET = {
    "node": "install Node.js",
    "java": "install a JDK, such as openjdk-17-jdk-headless",
    "javac": "install a JDK, such as openjdk-17-jdk-headless",
    "typescript": "run `npm install -g typescript`",
    "tsc": "run `npm install -g typescript`",
    "g++": "install g++",
    "sqlite3": "install sqlite3, the command",
}
_HEAP = {"node": "--max-old-space-size={}", "java": "-Xmx{}m", "javac": "-J-Xmx{}m"}
_NODE_MODULES = (
    "/usr/lib/node_modules",
    "/usr/local/lib/node_modules",
    "/usr/share/nodejs",
    "/opt/homebrew/lib/node_modules",
)


class ToolMissingError(Exception):
    """A tool is not on this machine; the message says what to install."""


@dataclass(frozen=True)
class Tool:
    """How a tool is started in the jail, where all paths are those of the system."""

    command: tuple[str, ...]
    """The program and its first arguments; empty for a library."""
    folders: tuple[Path, ...] = ()
    """Folders or files outside the system's that it needs, to be seen read-only."""
    environment: Mapping[str, str] = field(default_factory=dict)
    proof: tuple[str, ...] = ("--version",)
    """Arguments with which it must succeed, quickly, where it works at all."""
    heap_option: str = ""
    """Limits the heap, in MB, which goes by the memory of the whole machine otherwise."""

    def started(self, memory_mb: int) -> tuple[str, ...]:
        """The program and its first arguments, in a jail with so much memory."""
        heap = (self.heap_option.format(memory_mb * 5 // 8),) if self.heap_option else ()
        return (self.command[0], *heap, *self.command[1:])


def find_tool(name: str, node_path: str = "") -> Tool:
    """Find the tool called `name`; `node_path` lists folders of npm packages, by colons.

    Raises:
        ToolMissingError: It is not here.
    """
    if name == "python":
        return _python()
    if name in ("typescript", "tsc"):
        return _typescript(name, node_path)
    path = _executable(name)
    proof = ("-version",) if name == "java" else ("--version",)
    return Tool((str(path),), _folders(path), proof=proof, heap_option=_HEAP.get(name, ""))


def _python() -> Tool:
    """The interpreter under the virtual environment: answers never see what is installed there."""
    prefix = Path(sys.base_prefix).resolve()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    path = prefix / "bin" / version
    path = path.resolve() if path.exists() else Path(sys.executable).resolve()
    folders = _folders(path)
    if folders == (path,):
        folders = (path, *(p for p in (prefix / "lib").glob(f"*{version}*")))
    return Tool((str(path),), folders, proof=("-I", "-c", "import json, random, re"))


def _typescript(name: str, node_path: str) -> Tool:
    node = find_tool("node")
    package = _package("typescript", node_path, node)
    if package is None:
        raise ToolMissingError(f"typescript is missing: {_HOW_TO_GET['typescript']}")
    # An installation may keep the native compiler beside the package, not in it.
    beside = [p for p in (package.parent / "@typescript",) if p.is_dir()]
    folders = (*node.folders, *_outside_system([package, *beside]))
    compiler = str(package / "lib" / "tsc.js")
    command = (*node.command, compiler) if name == "tsc" else ()
    return Tool(command, folders, {"NODE_PATH": str(package.parent)})


def _package(name: str, node_path: str, node: Tool) -> Path | None:
    prefix = Path(node.command[0]).parent.parent
    places = [*node_path.split(os.pathsep), str(prefix / "lib" / "node_modules"), *_NODE_MODULES]
    found = [Path(place) / name for place in places if place]
    tsc = shutil.which("tsc")
    if tsc is not None:
        found.insert(0, Path(tsc).resolve().parents[1])
    return next((path.resolve() for path in found if _is_package(path, name)), None)


def _is_package(path: Path, name: str) -> bool:
    try:
        described = json.loads((path / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(described, dict) and described.get("name") == name


def _executable(name: str) -> Path:
    found = shutil.which(name) if "/" not in name else None
    if found is None:
        raise ToolMissingError(f"{name} is missing: {_HOW_TO_GET.get(name, f'install {name}')}")
    path = Path(found).absolute()
    real = path.resolve()
    return path if _in_system(path) and _in_system(real) else real


def _in_system(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in SYSTEM_FOLDERS)


def _outside_system(paths: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(path for path in paths if not _in_system(path))


def _folders(executable: Path) -> tuple[Path, ...]:
    """The installation that `executable` belongs to; itself alone where others share the folder."""
    if _in_system(executable):
        return ()
    if executable.is_relative_to("/nix/store"):
        return (Path("/nix/store"),)
    prefix = executable.parent.parent
    return (executable,) if executable.parent.name != "bin" or _is_shared(prefix) else (prefix,)


def _is_shared(prefix: Path) -> bool:
    """Whether the folder holds more than one installation: a home, or one that holds a home."""
    homes = [home := Path.home().resolve(), home / ".local", Path.cwd()]
    return len(prefix.parts) < 3 or any(place.is_relative_to(prefix) for place in homes)
