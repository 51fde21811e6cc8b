"""`chat`: a conversation at the terminal, or line by line from a pipe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

from langchain_core.exceptions import ModelError
from prompt_toolkit import PromptSession
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console

from graph.cli.ask import AskOptions, Conversation, check_session
from graph.cli.progress import model_progress
from graph.errors import RouterError
from graph.services import Services, make_services
from graph.settings import load_settings

HELP = "/new forgets the conversation, /exit (or Ctrl-D) ends it"


def run_chat(options: AskOptions) -> None:
    """Read requests until the end of input, and answer each."""
    check_session(options.session)
    options = replace(options, session=options.session or _new_session())
    err = Console(stderr=True, highlight=False)
    with model_progress(err) as progress:
        services = make_services(load_settings(), progress=progress)
        asyncio.run(_talk(options, services, err))


async def _talk(options: AskOptions, services: Services, err: Console) -> None:
    err.print(f"[dim]session {options.session}; {HELP}[/dim]")
    async with Conversation.opened(services, options, err) as conversation:
        async for line in _lines():
            if line == "/exit":
                return
            if line == "/new":
                conversation.options = replace(conversation.options, session=_new_session())
                err.print(f"[dim]session {conversation.options.session}[/dim]")
            elif line:
                await _answer(conversation, line, err)


async def _answer(conversation: Conversation, line: str, err: Console) -> None:
    """A request that fails does not end the conversation."""
    try:
        await conversation.answer(line)
    except (RouterError, ModelError) as error:
        err.print(f"qwen-router: {error}", markup=False)


async def _lines() -> AsyncIterator[str]:
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.strip()
        return
    prompt: PromptSession[str] = PromptSession()
    while True:
        try:
            with patch_stdout():
                yield (await prompt.prompt_async("> ")).strip()
        except (EOFError, KeyboardInterrupt):
            return


def _new_session() -> str:
    return f"chat-{uuid4().hex[:12]}"
