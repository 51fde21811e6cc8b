"""The files that a request names for its program to read, and what it says they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nodes.checks.answer import Answer
from nodes.checks.tables.model import Column
from nodes.checks.tables.sentences import columns_at

_NAMED = re.compile(
    r"(?<![\w/\\.@*-])(?:\./)?(?P<name>[\w-]+\.(?P<kind>csv|tsv|jsonl|ndjson|json|log|"
    r"txt))(?![\w/]|\.\w)",
    re.I,
)
_UNNAMED = re.compile(
    r"\b(?:an?|the|une?|eine?|un[ao]?|einer) (?:\w+ )?(?P<kind>CSV|TSV|JSONL|JSON|log|"
    r"text)(?:[ -](?:file|datei)|-Datei)\b|"
    r"\b(?:archivo|fichier|arquivo|file|файл) (?P<other>CSV|TSV|JSON)\b",
    re.I,
)
_TASK = re.compile(
    r"\b(?:writ\w+|creat\w*|generat\w*|mak\w+|schreib\w*|erstell\w*|escrib\w+|cre[ae]\w*|"
    r"[ée]cri\w+|escrev\w+|"
    r"scriv\w+|напиш\w*)\b(?: [\w+#'-]+){0,5}?[ -](?:s[ck]ripts?|programs?|programm?e?|programa|"
    r"command|code|one-liner|"
    r"скрипт|программу)\b",
    re.I,
)
_WRITTEN = re.compile(
    r"\b(?:writ\w+|sav\w+|stor\w+|export\w*|creat\w*|generat\w*|outputs?|append\w*|dump\w*|"
    r"schreib\w*|"
    r"speicher\w*|guard\w+|escrib\w+|enregistr\w+|salv\w+|grav\w+|сохран\w*|запис\w*|copy|copies|"
    r"mov\w+)\b|"
    r"\b(?:to|into|as|nach|en|dans|em|в)\s+(?:a |an |the )?(?:new |file )*[`\"']?\Z",
    re.I,
)
_READ = re.compile(
    r"\b(?:read\w*|pars\w+|load\w*|open\w*|from|process\w*|analy\w+|les\w*|liest|einlies\w*|lee\w*|lit|lire|"
    r"lê|legge|le[ei]r?|lea|aus|читает|из|takes?|through|convert\w*)\b|[读从]",
    re.I,
)
_SPECIAL_TEXT = """
package.json tsconfig.json requirements.txt robots.txt composer.json settings.json license.txt
"""
_SPECIAL = frozenset(_SPECIAL_TEXT.split())
_HEAD = re.compile(
    r"\b(?:(?:header|kopfzeile|cabecera|en-tête|encabezado)(?: (?:row|line))?|columns?|fields?|"
    r"keys?|spalten?|feldern?|"
    r"columnas?|campos?|colonnes?|champs?|colunas?|chiavi|campi|колонк\w+|столбц\w+|пол[яей]\w*)\b"
    r"(?:\s+(?:are|is|named|called|sind|son|sont))?\s*[:=]?\s*[(\"'`“]?|(?:列|字段)[:\uff1a]?\s*|"
    r"\b(?:objects?|records?|users?|entries) with (?:an? |the )?",
    re.I,
)
_KINDS = {"ndjson": "jsonl", "text": "txt"}


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read."""

    name: str
    kind: str
    """csv, tsv, json, jsonl, log or txt."""
    columns: tuple[Column, ...] = ()
    """Columns or keys, as far as the request lists them all."""
    sample: str = ""
    """The content that the request shows."""


def file_read(query: str) -> File | None:
    """The one file that the program must read; None where there is none, or several."""
    said = _TASK.sub(lambda task: " " * len(task[0]), query)
    named: dict[str, tuple[re.Match[str], bool]] = {}
    for match in _NAMED.finditer(query):
        before = said[max(0, match.start() - 90) : match.start()].rstrip("`\"'")
        name = match["name"].lower()
        if name in _SPECIAL:
            return None
        is_first = name not in named
        is_read = _last(_READ, before) >= _last(_WRITTEN, before)
        if is_first:
            named[name] = (match, is_read)
    readable = [match for match, is_read in named.values() if is_read]
    if len(named) - len(readable) > 1 or len(readable) != 1:
        return _unnamed(query) if not named else None
    match = readable[0]
    kind = _KINDS.get(match["kind"].lower(), match["kind"].lower())
    return File(match["name"], kind, _columns(query), _sample(query, match["name"]))


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match begins, in the last sentence; -1 without one."""
    text = re.split(r"[.!?]\s|\n", text)[-1]
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _unnamed(query: str) -> File | None:
    found = list(_UNNAMED.finditer(query))
    kinds = {(one["kind"] or one["other"]).lower() for one in found}
    if len(kinds) != 1:
        return None
    kind = _KINDS.get(kinds.copy().pop(), kinds.pop())
    return File(f"input.{kind}", kind, _columns(query), _sample(query, ""))


def _columns(query: str) -> tuple[Column, ...]:
    """The columns of the only complete list that the request holds."""
    lists = [columns_at(query, match.end()) for match in _HEAD.finditer(query)]
    found = {one for one in lists if one is not None}
    return found.pop() if len(found) == 1 else ()


def _sample(query: str, name: str) -> str:
    """The one block without code that the request shows."""
    blocks = Answer(query, "").query_blocks
    shown = [
        b.code for b in blocks if b.language in ("", "text", "txt", "csv", "log", "json", "jsonl")
    ]
    return f"{shown[0]}\n" if len(shown) == 1 == len(blocks) and name else ""
