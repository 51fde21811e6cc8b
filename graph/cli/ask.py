"""`ask`: one request through the graph; answer to stdout, everything else to stderr."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from langchain_core.messages import AIMessageChunk, HumanMessage, message_to_dict
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from rich.console import Console
from rich.status import Status
from rich.text import Text

from graph.cli.progress import model_progress, status, terminal
from graph.cli.rows import print_json
from graph.errors import ConfigurationError
from graph.router import build_graph
from graph.services import Services, make_services
from graph.settings import Settings, load_settings
from nodes.context import Context
from nodes.state import OutputState

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""All but tab and newline."""
SESSION = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True)
class AskOptions:
    """What the command line sets."""

    session: str | None = None
    footer: bool = True
    as_json: bool = False
    quiet: bool = False
    deadline_s: float | None = None


def run_ask(question: str, options: AskOptions) -> None:
    """Answer `question` and print it.

    Raises:
        RouterError: Something must be set, or nothing could answer.
        ModelError: The last model that was asked failed.
    """
    question = valid_text(question)
    if not question.strip():
        raise ConfigurationError("the question is empty")
    check_session(options.session)
    settings = load_settings()
    err = terminal(quiet=options.quiet)
    with model_progress(err) as progress:
        services = make_services(settings, progress=progress)
        asyncio.run(_ask_once(question, options, services, err))


async def _ask_once(question: str, options: AskOptions, services: Services, err: Console) -> None:
    async with Conversation.opened(services, options, err) as conversation:
        state = await conversation.answer(question)
    if options.as_json:
        print_json(as_record(state))


def valid_text(text: str) -> str:
    """A command line's bytes that are no UTF-8 come as lone surrogates, which no model reads."""
    return text.encode(errors="surrogateescape").decode(errors="replace")


def check_session(session: str | None) -> None:
    """Refuse a name that cannot be a session's.

    Raises:
        ConfigurationError: `session` holds other characters than letters, digits, `_` and `-`.
    """
    if session is not None and not SESSION.fullmatch(session):
        raise ConfigurationError("--session takes 1 to 128 letters, digits, _ and -")


def as_record(state: OutputState) -> dict[str, Any]:
    """The output as plain JSON values."""
    messages = [message_to_dict(message) for message in state["messages"]]
    return {**state, "messages": messages}


@asynccontextmanager
async def checkpointer(settings: Settings) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """The sessions' store: one SQLite file in the user's data folder.

    Raises:
        ConfigurationError: The folder cannot be written, or the file is no such store.
    """
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # noqa: PLC0415  # with a session

    path = sessions_file(settings.data_dir)
    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        try:
            await saver.setup()
        except sqlite3.Error as error:
            raise ConfigurationError(f"{path} cannot be used: {error}") from error
        yield saver


def sessions_file(folder: Path) -> Path:
    """The store's path, made readable by its owner only."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "sessions.sqlite"
        path.touch(mode=0o600)
        path.chmod(0o600)
    except OSError as error:
        raise ConfigurationError(f"sessions cannot be stored in {folder}: {error}") from error
    return path


@dataclass
class Conversation:
    """A compiled graph and the terminal that it answers on."""

    graph: Any
    options: AskOptions
    err: Console
    _streamed: str = field(default="", init=False)
    _message_id: str | None = field(default=None, init=False)
    _written: str = field(default="", init=False)

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, services: Services, options: AskOptions, err: Console
    ) -> AsyncIterator[Conversation]:
        """With the session's memory when there is a session; everything is closed at the end."""
        builder = build_graph(services)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(services.aclose)
            saver = None
            if options.session is not None:
                saver = await stack.enter_async_context(checkpointer(services.settings))
            yield cls(builder.compile(checkpointer=saver), options, err)

    async def answer(self, question: str) -> OutputState:
        """Ask, show the progress, print the accepted answer; the whole record comes back."""
        self._streamed, self._written, self._message_id = "", "", None
        state: OutputState = {}
        begin_s = time.monotonic()
        with status(self.err, "thinking") as line:
            async for mode, event in self._events(question):
                if mode == "values":
                    state = cast(OutputState, event)
                else:
                    self._show(mode, event, line)
        if not self.options.as_json:
            self._print(state)
        line_below = f"{provenance(state)} | {time.monotonic() - begin_s:.1f} s"
        self.err.print(line_below, style="dim", markup=False, soft_wrap=True)
        return state

    async def _events(self, question: str) -> AsyncIterator[tuple[str, Any]]:
        config = RunnableConfig()
        if self.options.session is not None:
            config["configurable"] = {"thread_id": self.options.session}
        context = Context(footer=self.options.footer, deadline_s=self.options.deadline_s)
        remembered = self.options.session is not None
        async for mode, event in self.graph.astream(
            {"messages": [HumanMessage(question)]},
            config=config,
            context=context,
            stream_mode=["updates", "messages", "custom", "values"],
            durability="sync" if remembered else None,
        ):
            yield mode, event

    def _show(self, mode: str, event: Any, line: Status) -> None:
        if mode == "updates":
            line.update(_next_step(event))
        elif mode == "custom":
            self._streamed_draft(event, line)
        elif self._is_live(event):
            line.stop()
            self._print_live(event[0])

    def _print_live(self, chunk: AIMessageChunk) -> None:
        """A model that takes over after text was shown starts the answer again."""
        if self._streamed and chunk.id != self._message_id:
            print(flush=True)
            self.err.print("the connection was lost; the answer starts again")
            self._streamed = ""
        self._message_id = chunk.id
        self._streamed += chunk.text
        _write(chunk.text, end="")

    def _streamed_draft(self, event: dict[str, str], line: Status) -> None:
        if event.get("event") == "draft":
            self._written += event["text"]
            newest = self._written.rstrip().rpartition("\n")[2]
            line.update(Text(f"Qwen is writing: {newest[:60]}"))

    def _is_live(self, event: Any) -> bool:
        """Tokens of general chat go out as they come, when somebody watches."""
        chunk, metadata = event
        return (
            isinstance(chunk, AIMessageChunk)
            and metadata.get("langgraph_node") == "groq_chat"
            and not self.options.as_json
            and sys.stdout.isatty()
        )

    def _print(self, state: OutputState) -> None:
        answer = state["answer"]
        if self._streamed and answer.startswith(self._streamed.strip()):
            _write(answer[len(self._streamed.strip()) :])
            return
        if self._streamed:
            print(flush=True)
            self.err.print("the connection was lost; the whole answer follows")
        _write(answer)


def _write(text: str, end: str = "\n") -> None:
    """To stdout; a model's control characters do not reach a terminal."""
    print(CONTROLS.sub("", text) if sys.stdout.isatty() else text, end=end, flush=True)


_MENDING = {"repair": "Qwen is mending its answer", "escalate": "a cloud model is mending it"}


def _next_step(update: dict[str, Any]) -> str:
    """What happens now that the node in `update` is done."""
    node, written = next(iter(update.items()))
    if node == "classify":
        return "Qwen is writing" if written["route"] == "qwen" else "asking the chat model"
    if node == "qwen_generate":
        return "Qwen failed; asking a cloud model" if written.get("failure") else "checking"
    return _MENDING.get((written or {}).get("next_step", ""), "checking")


def provenance(state: OutputState) -> str:
    """One line: route, reason, verdict, tokens."""
    attempts = state["attempts"]
    tokens = sum((a["input_tokens"] or 0) + (a["output_tokens"] or 0) for a in attempts)
    parts = [
        f"{state['intent']} ({state['reason']})",
        " + ".join(f"{a['provider']}:{a['model']}" for a in attempts),
        state["verdict"] or "",
        f"{tokens} tokens",
    ]
    if failure := state["failure"]:
        parts.insert(1, f"Qwen failed: {failure['message']}")
    return " | ".join(part for part in parts if part)
