"""The commands and their options; the work is in this package's other modules.

Those are imported by the command that needs them, so that `--help` and `--version` are quick.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from graph.cli.exit_codes import exit_code_of, in_words

app = typer.Typer(
    name="qwen-router",
    help="Code questions go to a free Qwen2.5-Coder first; only a broken answer is paid for.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DAY_S = 86_400

Session = Annotated[
    str | None, typer.Option(help="Remember the conversation under this name (A-Z a-z 0-9 _ -).")
]
Footer = Annotated[
    bool, typer.Option("--footer/--no-footer", help="End the answer with the line on its origin.")
]


def _seconds(value: float | None) -> float | None:
    if value is not None and not 0 < value <= DAY_S:
        raise typer.BadParameter("must be a number of seconds, above 0 and at most a day")
    return value


DeadlineS = Annotated[
    float | None,
    typer.Option("--deadline", callback=_seconds, help="Seconds for the whole request."),
]
Jsonl = Annotated[
    Path | None,
    typer.Option("--jsonl", help="Rows to judge, one JSON object a line; - is standard input."),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qwen-router {version('qwen-router')}")
        raise typer.Exit


@app.callback()
def root(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version."
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The request; - reads it from standard input.")],
    session: Session = None,
    footer: Footer = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole record as one JSON object.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr.")] = False,
    deadline_s: DeadlineS = None,
) -> None:
    """Answer one request: stdout gets the answer alone."""
    with _reported():
        from graph.cli.ask import AskOptions, run_ask

        text = sys.stdin.read() if question == "-" else question
        run_ask(text, AskOptions(session, footer, as_json, quiet, deadline_s))


@app.command()
def chat(
    session: Session = None,
    footer: Footer = True,
    deadline_s: DeadlineS = None,
) -> None:
    """Talk with the router; it remembers the conversation."""
    with _reported():
        from graph.cli.ask import AskOptions
        from graph.cli.chat import run_chat

        if not run_chat(AskOptions(session, footer, deadline_s=deadline_s)):
            raise typer.Exit(3)


@app.command()
def classify(
    text: Annotated[str | None, typer.Argument(help="A request.")] = None,
    jsonl: Jsonl = None,
) -> None:
    """Say whether a request asks for code, and why."""
    with _reported():
        from graph.cli.judge import classify_rows, classify_text

        if text is not None and jsonl is None:
            classify_text(text)
        elif text is not None:
            raise typer.BadParameter("give TEXT or --jsonl, not both")
        elif not classify_rows(jsonl):
            raise typer.Exit(2)


@app.command()
def gate(
    jsonl: Jsonl = None,
    run: Annotated[bool, typer.Option("--run/--no-run", help="Run the code, in a jail.")] = True,
    model: Annotated[
        bool,
        typer.Option("--model/--no-model", help="Ask Qwen where running decides nothing."),
    ] = True,
    jobs: Annotated[int, typer.Option(min=1, help="Rows judged at the same time.")] = 1,
) -> None:
    """Judge answers to code requests: rows {"id", "query", "response"} in, verdicts out."""
    with _reported():
        from graph.cli.judge import GateOptions, gate_rows

        if not gate_rows(jsonl, GateOptions(run, model, jobs)):
            raise typer.Exit(2)


@app.command()
def graph(
    ascii_: Annotated[bool, typer.Option("--ascii", help="As text (default).")] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="As Mermaid source.")] = False,
    svg: Annotated[bool, typer.Option("--svg", help="As an SVG picture.")] = False,
) -> None:
    """Draw the state machine, with no network."""
    with _reported():
        from graph.cli.draw import draw

        if ascii_ + mermaid + svg > 1:
            raise typer.BadParameter("choose one of --ascii, --mermaid and --svg")
        typer.echo(draw("mermaid" if mermaid else "svg" if svg else "ascii"))


@app.command()
def doctor() -> None:
    """Say for each part whether it works, and what to set or install if it does not."""
    with _reported():
        from graph.cli.doctor import run_doctor

        if not run_doctor():
            raise typer.Exit(3)


@contextmanager
def _reported() -> Iterator[None]:
    """Turn an error into one message on stderr and the exit code that it stands for."""
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except BrokenPipeError:
        _discard_stdout()
        raise typer.Exit(0) from None
    except Exception as error:
        code = exit_code_of(error)
        if code is None:
            raise
        typer.echo(f"qwen-router: {in_words(error)}", err=True)
        raise typer.Exit(code) from None


def _discard_stdout() -> None:
    """Nobody reads it any more; the flush at exit must not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tolerate_any_text() -> None:
    """Bytes that are no UTF-8, in or out, must not end a command."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _interrupt(*_: object) -> None:
    signal.raise_signal(signal.SIGINT)


def main() -> None:
    """Entry point of the console script."""
    _tolerate_any_text()
    # A closed terminal or a plain kill must stop the model's processes as Ctrl-C does.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)
    app()
