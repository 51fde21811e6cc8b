"""Exit codes: 0 answered; 2 usage or configuration; 3 nothing could answer; 130 interrupted."""

from __future__ import annotations


def exit_code_of(error: Exception) -> int | None:
    """The exit code that `error` stands for; None for a fault of ours."""
    from langchain_core.exceptions import ModelError  # noqa: PLC0415  # keeps --help quick

    from graph.errors import NoModelError, RouterError  # noqa: PLC0415

    if isinstance(error, (NoModelError, ModelError)):
        return 3
    return 2 if isinstance(error, RouterError) else None


def in_words(error: Exception) -> str:
    """The error's text and the notes that this project added to it."""
    notes = [note for note in getattr(error, "__notes__", []) if not note.startswith("During task")]
    return "\n  ".join([str(error), *notes])
