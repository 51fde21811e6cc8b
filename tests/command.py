"""The `qwen-router` command as a process of its own, in a clean environment and an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("qwen-router"))
NOTHING = {"OLLAMA_HOST": "127.0.0.1:9", "QWEN_MODEL": "none-installed"}
"""Variables under which no model is found, even where the embedded one is installed."""


@dataclass(frozen=True)
class Command:
    """Runs `qwen-router` in `folder`, with `variables` and little else in its environment."""

    folder: Path
    variables: dict[str, str]

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
        }
        own = {
            "HOME": str(self.folder),
            "QWEN_ROUTER_DATA": str(self.data),
            "QWEN_VOTE": "false",  # one request is one call of the model
            "LC_ALL": "C.UTF-8",
        }
        return {**kept, **own, **self.variables, **more}

    def __call__(
        self, *arguments: str | bytes, stdin: bytes = b"", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end."""
        done = subprocess.run(
            [COMMAND, *arguments],
            input=stdin,
            capture_output=True,
            env=self.environment(**variables),
            cwd=self.folder,
            timeout=60,
            check=False,
        )
        texts = (done.stdout.decode(), done.stderr.decode())
        return subprocess.CompletedProcess(done.args, done.returncode, *texts)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start, for a test that ends it early."""
        return subprocess.Popen(
            [COMMAND, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(),
            cwd=self.folder,
            text=True,
            start_new_session=True,
        )


def processes_naming(text: str) -> list[str]:
    """Command lines of this machine's processes that hold `text`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if text in line:
            found.append(line)
    return found
