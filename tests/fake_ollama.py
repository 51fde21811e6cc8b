"""The scripted Ollama with one Qwen2.5-Coder, for tests that ask through the whole path."""

from __future__ import annotations

from typing import Any

from tests.graph_fixtures import GOOD, HANG
from tests.wire.ollama import OllamaReply, OllamaServer

MODEL = "qwen2.5-coder:1.5b"


class FakeOllama(OllamaServer):
    """A context manager; GOOD is what comes when nothing is scripted."""

    def __init__(self) -> None:
        super().__init__(default=OllamaReply(GOOD, chunk_chars=8))
        self.tags = [{"name": MODEL, "size": 1_000_000}]

    def answer(self, *answers: Any) -> None:
        """Forget the past; texts, or HANG, come next."""
        self.reset()
        self.script(*map(_reply, answers))

    @property
    def conversations(self) -> list[list[str]]:
        """What each request said, without the system message."""
        return [
            [row["content"] for row in received.body["messages"] if row["role"] != "system"]
            for received in self.received
        ]


def _reply(answer: Any) -> OllamaReply:
    if answer is HANG:
        return OllamaReply(GOOD, hang_after=0)
    return OllamaReply(answer, chunk_chars=max(8, len(answer) // 100))
