"""`chat`: a conversation at the terminal, or line by line from a pipe."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from uuid import uuid4

from langchain_core.exceptions import ModelError
from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory
from rich.console import Console

from graph.cli.ask import AskOptions, Conversation, check_session, valid_text
from graph.cli.exit_codes import in_words
from graph.cli.progress import model_progress, terminal
from graph.errors import NoModelError, RouterError
from graph.services import make_services
from graph.settings import load_settings

HELP = "/new forgets the conversation, /exit (or Ctrl-D) ends it"


def run_chat(options: AskOptions) -> bool:
    """Read requests until the end of input, and answer each; False when some had no answer.

    Raises:
        RouterError: Something must be set before anything can be answered.
    """
    check_session(options.session)
    options = replace(options, session=options.session or _new_session())
    err = terminal()
    with asyncio.Runner() as runner, model_progress(err) as progress:
        services = make_services(load_settings(), progress=progress)
        stack = AsyncExitStack()
        opened = Conversation.opened(services, options, err)
        conversation = runner.run(stack.enter_async_context(opened))
        try:
            return _talk(conversation, runner, err)
        finally:
            runner.run(stack.aclose())


def _talk(conversation: Conversation, runner: asyncio.Runner, err: Console) -> bool:
    """Waiting for a line happens outside the event loop, so that Ctrl-C ends it."""
    err.print(f"session {conversation.options.session}; {HELP}", style="dim", soft_wrap=True)
    answered = True
    for line in _lines():
        if line == "/exit":
            break
        if line == "/new":
            conversation.options = replace(conversation.options, session=_new_session())
            err.print(f"session {conversation.options.session}", style="dim")
        elif line:
            answered &= _answer(conversation, runner, line, err)
    return answered


def _answer(conversation: Conversation, runner: asyncio.Runner, line: str, err: Console) -> bool:
    """A request that fails, or is interrupted at the terminal, does not end the conversation."""
    try:
        runner.run(conversation.answer(line))
    except NoModelError:  # the next request would fare no better
        raise
    except (RouterError, ModelError) as error:
        err.print(f"qwen-router: {in_words(error)}", markup=False, soft_wrap=True)
        return False
    except KeyboardInterrupt:
        if not sys.stdin.isatty():
            raise
        err.print("interrupted", style="dim")
    return True


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        yield from (valid_text(line).strip() for line in sys.stdin)
        return
    prompt: PromptSession[str] = PromptSession(history=InMemoryHistory())
    while True:
        try:
            yield prompt.prompt("> ").strip()
        except (EOFError, KeyboardInterrupt):
            return


def _new_session() -> str:
    return f"chat-{uuid4().hex[:12]}"
