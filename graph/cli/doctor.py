"""`doctor`: what is configured, whether it works, and what to set or install if it does not.

Models are proved by asking each for one word; nothing is guessed from a setting alone.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from langchain_core.messages import HumanMessage
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from graph.cli.ask import sessions_file
from graph.cli.progress import model_progress, status, terminal
from graph.errors import ConfigurationError
from graph.models.providers import aclose, build_model, chat_models, polish_models
from graph.models.qwen import HOW_TO_GET_QWEN, NO_QWEN, find_backend
from graph.sandbox.jail import Jail
from graph.sandbox.tools import TOOLS
from graph.services import Services, make_services
from graph.settings import Settings, load_settings
from nodes.state import ChatRunnable

QUESTION = "Reply with the one word: ready"
ANSWER_TIMEOUT_S = 60.0

State = Literal["works", "fails", "not set", "not tried"]
COLOURS = {"works": "green", "fails": "red", "not set": "yellow", "not tried": "yellow"}


@dataclass(frozen=True)
class Finding:
    """One row of the report."""

    part: str
    state: State
    found: str
    advice: str = ""
    answers: bool = False
    """Whether this part can answer requests."""


def run_doctor() -> bool:
    """Print the report; False when no model can answer."""
    settings = load_settings()
    err = terminal()
    with model_progress(err) as progress, status(err, "asking every model for one word"):
        services = make_services(settings, progress=progress)
        findings = asyncio.run(_findings(settings, services))
    _print(findings)
    return any(finding.answers for finding in findings)


async def _findings(settings: Settings, services: Services) -> list[Finding]:
    try:
        names = dict.fromkeys((*chat_models(settings), *polish_models(settings)))
        models = [await _qwen(settings, services), *[await _cloud(n, settings) for n in names]]
    finally:
        await services.aclose()
    jail = await asyncio.to_thread(_jail, services.sandbox)
    return [*models, *_missing_keys(settings), _sessions(settings), *jail, *_tools()]


async def _qwen(settings: Settings, services: Services) -> Finding:
    part = "Qwen"
    try:
        backend = await asyncio.to_thread(find_backend, settings)
    except ConfigurationError as error:
        return Finding(part, "fails", "wrong settings", str(error))
    if backend is None:
        return Finding(part, "not set", NO_QWEN, HOW_TO_GET_QWEN)
    found = f"{backend.model} ({backend.kind}: {backend.where})"
    if backend.kind == "runloop" and not settings.runloop_devbox_ids:
        advice = (
            "the first code request adopts a box of the blueprint, or makes one, which costs money"
        )
        return Finding(part, "not tried", found, advice, answers=True)

    async def ask() -> str:
        return await _ask(await asyncio.to_thread(services.qwen))

    return await _proved(part, found, ask)


async def _cloud(name: str, settings: Settings) -> Finding:
    async def ask() -> str:
        model = await asyncio.to_thread(
            lambda: build_model(name, settings, timeout_s=ANSWER_TIMEOUT_S)
        )
        try:
            return await _ask(model)
        finally:
            await aclose(model)

    return await _proved("cloud model", name, ask)


async def _proved(part: str, found: str, ask: Callable[[], Awaitable[str]]) -> Finding:
    loop = asyncio.get_running_loop()
    begin_s = loop.time()
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            text = await ask()
    except TimeoutError:
        return Finding(part, "fails", found, f"no answer within {ANSWER_TIMEOUT_S:.0f} s")
    except Exception as error:
        return Finding(part, "fails", found, str(error))
    took = f"answered {text[:20]!r} in {loop.time() - begin_s:.1f} s"
    return Finding(part, "works", f"{found}, {took}", answers=True)


async def _ask(model: ChatRunnable) -> str:
    return (await model.ainvoke([HumanMessage(QUESTION)])).text.strip()


def _missing_keys(settings: Settings) -> list[Finding]:
    rows = [
        ("Groq", settings.groq_api_key, "set GROQ_API_KEY for general chat and polish"),
        ("Gemini", settings.gemini_api_key, "set GEMINI_API_KEY for general chat and polish"),
        ("Runloop", settings.runloop_api_key, "set RUNLOOP_API_KEY to run Qwen in a devbox"),
    ]
    return [Finding(part, "not set", "no key", advice) for part, key, advice in rows if not key]


def _sessions(settings: Settings) -> Finding:
    try:
        return Finding("sessions", "works", str(sessions_file(settings.data_dir)))
    except ConfigurationError as error:
        return Finding("sessions", "fails", str(error), "set QWEN_ROUTER_DATA to another folder")


def _jail(jail: Jail) -> list[Finding]:
    """The jail and each tool in it, proved by running them there."""
    protections = jail.how()
    if not protections:
        why_not = jail.why_not("python") or ""
        return [Finding("jail", "fails", "answers are not run", why_not)]
    return [Finding("jail", "works", protections), *(_in_jail(jail, tool) for tool in TOOLS)]


def _in_jail(jail: Jail, tool: str) -> Finding:
    why_not = jail.why_not(tool)
    if why_not is None:
        return Finding(f"{tool} in the jail", "works", jail.where(tool))
    return Finding(f"{tool} in the jail", "not set", "answers are not run", why_not)


def _tools() -> list[Finding]:
    findings = []
    for name, advice in (
        ("bash", "install bash: local commands run in it"),
        ("curl", "python3 is used in its place"),
    ):
        path = shutil.which(name)
        findings.append(
            Finding(name, "works", path) if path else Finding(name, "not set", "missing", advice)
        )
    return findings


def _print(findings: list[Finding]) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("part", "state", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for row in findings:
        state = Text(row.state, style=COLOURS[row.state])
        table.add_row(row.part, state, Text(row.found), Text(row.advice))
    Console().print(table)
