"""Interpreter sessions: `>>> f(2)` and, on the lines below, what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nodes.checks.cases import MISSING, Case
from nodes.checks.examples.calls import Asked, arguments_of
from nodes.checks.examples.ends import goes_on
from nodes.checks.examples.literals import literal_at
from nodes.checks.examples.sources import expression

_WEIGHT = 0.92
_BARE_TEXT = 0.6
_PROMPT = re.compile(r"^([ \t]*(?:(?://+|#+|--|\*|;)[ \t]*)?)>>> ?(\S.*)$")
_MORE = re.compile(r"^[ \t]*(?:(?://+|#+|--|\*|;)[ \t]*)?\.\.\.(?: (.*))?$")
_COMMENT = re.compile(r"^[ \t]*(?://+|#+|--|\*|;)[ \t]?")
_IPYTHON = re.compile(r"^([ \t]*)(?:In ?\[\d+\]: ?|Out ?\[\d+\]: ?)", re.M)
_RAISED = re.compile(r"^([A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning))\b", re.M)
_STOP = re.compile(r"^(?:\"\"\"|'''|```|#|//|\*/|$)")
_NOTE = re.compile(r"\s+(?:#|//)\s.*$")


@dataclass(frozen=True, slots=True)
class _Step:
    code: str
    shown: str


def find_doctests(text: str, asked: Asked) -> Iterator[Case]:
    """Cases for the steps that call what is wanted; what comes before is part of the call."""
    before: list[str] = []
    for step in _steps(_IPYTHON.sub(_as_prompt, text)):
        case = _case(step, before, asked) if step.shown else None
        if case is not None:
            yield case
        elif asked.language == "python" and not step.shown:
            before.append(step.code)


def _as_prompt(found: re.Match[str]) -> str:
    return found[1] + (">>> " if "In" in found[0] else "")


def _steps(text: str) -> Iterator[_Step]:
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        prompt = _PROMPT.match(lines[at])
        at += 1
        if prompt is None:
            continue
        code = [prompt[2]]
        while at < len(lines) and (more := _MORE.match(lines[at])):
            code.append(more[1] or "")
            at += 1
        shown: list[str] = []
        in_comment = bool(prompt[1].strip())
        while (
            at < len(lines) and (line := _shown_line(lines[at], in_comment=in_comment)) is not None
        ):
            shown.append(line)
            at += 1
        yield _Step("\n".join(code).strip(), "\n".join(shown))


def _shown_line(line: str, *, in_comment: bool) -> str | None:
    """One line of output, without the comment's sign; None behind the output's end."""
    if _PROMPT.match(line) or (in_comment and not _COMMENT.match(line)):
        return None
    line = _COMMENT.sub("", line, count=1) if in_comment else line
    return None if _STOP.match(line.strip()) else line.strip()


def _case(step: _Step, before: list[str], asked: Asked) -> Case | None:
    code = _NOTE.sub("", step.code).rstrip("; ")
    if not _calls_wanted("\n".join([*before, code]) if before else code, asked):
        return None
    quote = " ".join(f">>> {step.code} {step.shown}".split())
    raised = _RAISED.findall(step.shown) if "Traceback" in step.shown else []
    call = "\n".join([*before, code])
    if raised:
        return Case("example", _WEIGHT, quote, call=call, raises=raised[-1])
    if "..." in step.shown or "…" in step.shown:
        return None
    if re.match(r"(?:print|console\.log)\(", code):
        return Case("example", _WEIGHT, quote, call=call, prints=step.shown)
    return _compared(call, step.shown, quote, asked)


def _calls_wanted(code: str, asked: Asked) -> bool:
    words = re.findall(r"[A-Za-z_$][\w$]*", code)
    if asked.names and asked.language != "bash":
        return any(word in asked.names for word in words)
    return bool(words) and ("(" in code)


def _compared(call: str, shown: str, quote: str, asked: Asked) -> Case | None:
    literal = literal_at(shown, 0)
    if literal is not None and goes_on(shown, literal.end):
        return None
    rest = shown[literal.end :] if literal else shown
    whole = literal is not None and re.match(r"\s*(?:$|#|//|\(|,? ?(?:since|because)|\n)", rest)
    if literal is not None and whole:
        value, source = literal.value, literal.source
        quote = " ".join(f">>> {call} {source}".split())
    elif asked.language == "python" and expression(shown) is None:
        return _bare_text(call, shown, quote)
    else:
        value, source = MISSING, _NOTE.sub("", shown.split("\n", 1)[0]).strip()
    name = re.split(r"::|\.", call.partition("(")[0])[-1]
    known = arguments_of(call, name, asked) if "\n" not in call else None
    weight = 0.84 if isinstance(value, float) else _WEIGHT
    return Case("example", weight, quote, call=call, expected=source, value=value, arguments=known)


def _bare_text(call: str, shown: str, quote: str) -> Case | None:
    """Text without its quotes, as careless authors write a string."""
    if "\n" in shown or len(shown.split()) > 12:
        return None
    return Case("example", _BARE_TEXT, quote, call=call, expected=repr(shown), value=shown)
