"""Makes training rows from the parts in `routing_parts.jsonl`: frames, tasks and topics.

The parts were written for this project; what is made of them depends on the seed alone.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.routing_data import Row, Turn
from evals.routing_specs import Specs

PARTS = Path(__file__).parent / "data" / "routing_parts.jsonl"
SOURCE = "grammar"

_LANGUAGES = (
    "Python", "Java", "JavaScript", "C++", "C#", "C", "Go", "Rust", "PHP", "Ruby", "Kotlin",
    "Swift", "TypeScript", "Scala", "Perl", "Haskell", "R", "MATLAB", "Lua", "Julia", "SQL", "Bash",
)  # fmt: skip
_POLITE = (
    "please ", "Please ", "can you ", "could you please ", "Hi! ", "Hello, ", "hey, ", "hi there, ",
    "I have a question: ", "quick question: ", "help me: ", "I need help. ", "ok so ", "so, ",
)  # fmt: skip
_CLOSING = (" please", " thanks", "?", ".", " Thanks in advance!", " (beginner)", " asap", " pls")
_SLOTS: Mapping[str, Sequence[str]] = {
    "f": ("txt", "csv", "log", "pdf", "jpg", "json", "py", "html", "conf", "md"),
    "where": ("in the current folder", "below /var/log", "in my home directory", "under /srv",
              "and in its subfolders", "in /tmp", "on the backup disk", "recursively"),
    "when": ("in the last 24 hours", "since yesterday", "more than 30 days ago", "this week"),
    "adj": ("largest", "oldest", "newest", "empty", "hidden"),
    "dst": ("/mnt/backup", "~/archive", "/opt/data", "out"),
    "w": ("error", "report", "backup", "data", "main", "users", "draft", "invoice"),
    "w2": ("warning", "summary", "old", "final", "test"),
    "p": ("x^2 + 3x", "sin(x)", "2x - 5", "e^(2x)", "x^3 - x", "ln(x) / x", "4x + 1"),
    "N": ("Anna", "Tom", "Maria", "Ali", "Chen", "Olga", "Sam", "Lucy"),
    "N2": ("her brother", "Ben", "a friend", "his neighbour"),
    "g": ("jazz", "rock", "piano music", "the new album", "a bedtime story", "folk songs"),
    "city": ("Denver", "Lyon", "Osaka", "Prague", "Boston", "Nairobi", "Lima", "Leeds"),
    "city2": ("Madrid", "Atlanta", "Delhi", "Oslo", "Perth"),
    "day": ("Monday", "Friday", "the third of May", "tomorrow", "next week"),
    "y": ("1998", "2006", "2014", "1966"),
}  # fmt: skip


class Grammar:
    """The parts by language and kind, with a random source for choosing among them."""

    def __init__(self, parts: Sequence[Mapping[str, Any]], seed: int) -> None:
        self.rng = random.Random(seed)
        self.parts: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for part in parts:
            value = part if part["part"] == "tech" else part["text"]
            self.parts[part["lang"], part["part"]].append(value)
        self.languages = sorted({lang for lang, _ in self.parts} - {"en"})

    def one(self, part: str, lang: str = "en") -> str:
        return str(self.rng.choice(self.parts[lang, part]))

    def fill(self, frame: str, **given: str) -> str:
        """Puts values into the frame's slots; slots not given are drawn."""

        def value(match: re.Match[str]) -> str:
            name = match[1]
            return given[name] if name in given else self._drawn(name)

        return re.sub(r"\{(\w+)\}", value, frame)

    def _drawn(self, name: str) -> str:
        if name in ("L", "L2"):
            return self.rng.choice(_LANGUAGES)
        if name in ("n", "m"):
            return str(self.rng.randint(2, 90))
        part = {"c": "concept", "c2": "concept", "a": "app", "t": "topic", "x": "x"}.get(name)
        return self.one(part) if part else self.rng.choice(_SLOTS[name])

    def tech(self) -> str:
        tech = self.rng.choice(self.parts["en", "tech"])
        tasks, nouns, name = tech["tasks"], tech["nouns"], tech["text"]
        if self.rng.random() < 0.55:
            v, v2 = self.rng.choice(tasks), self.rng.choice(tasks)
            frame = self.one("taskframe")
            return self.fill(frame, T=name, v=v, g=gerund(v), g2=gerund(v2))
        n, n2 = self.rng.choice(nouns), self.rng.choice(nouns)
        return self.fill(self.one("nounframe"), T=name, n=n, n2=n2)

    def make(self) -> str:
        thing = self.one("algo" if self.rng.random() < 0.5 else "mk")
        bare = re.sub(r"^(?:an?|the) ", "", thing)
        return self.fill(self.one("makeframe"), a=thing, b=bare)

    def task(self) -> str:
        if self.rng.random() < 0.5:
            return self.fill(self.one("verbframe"), v=self.one("algovp"))
        return self.fill(self.one("fnframe"), v=self.one("fn"))

    def error(self) -> str:
        return self.fill(self.one("errframe"), e=self.one("err"))

    def with_code(self) -> str:
        """An instruction and the code it is about."""
        code = re.sub(r"(?:^.*:\n\n)?```\w*\n|```(?:.|\n)*", "", self.one("snippet"))
        order = [self.fill(self.one("codetask")), code.strip()]
        if self.rng.random() < 0.4:
            order.reverse()
        return self.rng.choice(("\n\n", "\n", ": ")).join(order)

    def role(self, part: str) -> str:
        """A role to play: what it is, what comes in, and how it opens."""
        role, given, opening = self.one(part).split(" | ")
        return self.fill(self.one("roleframe"), r=role, i=given, o=opening)

    def need(self) -> str:
        need = self.one("need")
        return self.one("needframe").format(t=need, t0=re.sub(r"^an? ", "", need))

    def passage(self) -> str:
        order = [self.one("passtask"), self.one("passage")]
        if self.rng.random() < 0.3:
            order = [self.one("itemtask"), self.one("items")]
        if self.rng.random() < 0.25:
            order.reverse()
        return self.rng.choice(("\n\n", "\n", " ")).join(order)

    def code_in(self, lang: str) -> str:
        if self.rng.random() < 0.6:
            return self.fill(self.one("frame", lang), t=self.one("task", lang))
        return self.fill(self.one("code", lang))

    def chat_in(self, lang: str) -> str:
        return self.fill(self.one("talk" if self.rng.random() < 0.4 else "chat", lang))

    def code(self) -> str:
        """One English request for code."""
        made: tuple[Callable[[], str], ...] = (self.tech, self.make, self.task, self.error)
        kind = self.rng.random()
        if kind < 0.08:
            return self.with_code()
        if kind < 0.16:
            return self.fill(self.one("nl2cmd"))
        if kind < 0.2:
            return self.role("rolecode")
        return self.dressed(self.rng.choices(made, (5, 3, 3, 1))[0]())

    def chat(self) -> str:
        """One English request for something else."""
        kinds = ("conceptframe", "langtalk", "appframe", "topicframe", "math", "intent", "fact")
        kind = self.rng.random()
        if kind < 0.1:
            return self.passage()
        if kind < 0.16:
            return self.need()
        if kind < 0.22:
            return self.role("rolechat")
        frame = self.one(self.rng.choices(kinds, (4, 3, 4, 4, 2, 1, 1))[0])
        return self.dressed(self.fill(frame))

    def dressed(self, text: str) -> str:
        """Sometimes with a greeting, a thank you, or a slip of the keys."""
        pick = self.rng.random()
        if pick < 0.1:
            text = self.rng.choice(_POLITE) + text
        elif pick < 0.18:
            text += self.rng.choice(_CLOSING)
        elif pick < 0.26:
            text = self.slipped(text)
        return text

    def slipped(self, text: str) -> str:
        """With a slip or two, or with slips all over."""
        many = len(text.split(" ")) // 2 + 1 if self.rng.random() < 0.5 else 2
        return mistyped(text, self.rng, many)

    def talked(self) -> tuple[list[Turn], str]:
        """A conversation of two or more turns, and its label."""
        about, lang = self.rng.random(), "en"
        if self.rng.random() < 0.35:
            lang = self.rng.choice(self.languages)
        if about < 0.5:
            return self._after_code(lang)
        return self._after_chat(lang)

    def _after_code(self, lang: str) -> tuple[list[Turn], str]:
        asked = self.code() if lang == "en" else self.code_in(lang)
        past: list[Turn] = [("user", asked), ("assistant", self.one("snippet"))]
        if self.rng.random() < 0.2:
            past += [("user", self._follow("U", lang)), ("assistant", self.one("snippet"))]
        pick = self.rng.random()
        if pick < 0.55:
            turn, label = self._follow(self.rng.choice("UUV"), lang), "code"
        elif pick < 0.7:
            turn, label = self._follow("E", lang), "chat"
        elif pick < 0.88:
            turn, label = self.chat() if lang == "en" else self.chat_in(lang), "chat"
        else:
            turn, label = self.code() if lang == "en" else self.code_in(lang), "code"
        return [*past, ("user", turn)], label

    def _after_chat(self, lang: str) -> tuple[list[Turn], str]:
        asked = self.chat() if lang == "en" else self.chat_in(lang)
        past: list[Turn] = [("user", asked), ("assistant", self.one("prose"))]
        if self.rng.random() < 0.2:
            past += [("user", self._follow("V", lang)), ("assistant", self.one("prose"))]
        pick = self.rng.random()
        if pick < 0.5:
            turn, label = self._follow(self.rng.choice("VW"), lang), "chat"
        elif pick < 0.57:
            turn, label = self._follow("E", lang), "chat"
        elif pick < 0.75:
            turn, label = self.chat() if lang == "en" else self.chat_in(lang), "chat"
        elif pick < 0.85:
            turn, label = self.fill(self.one("S")), "code"
        else:
            turn, label = self.code() if lang == "en" else self.code_in(lang), "code"
        return [*past, ("user", turn)], label

    def _follow(self, part: str, lang: str) -> str:
        if not self.parts[lang, part]:
            lang = "en"
        return self.fill(self.one(part, lang))


_GERUND = re.compile(r"^(\w+)")


def gerund(phrase: str) -> str:
    """`write a file` to `writing a file`; good enough for the verbs in the parts."""

    def form(match: re.Match[str]) -> str:
        verb = match[1]
        if re.search(r"[^e]e$", verb):
            return verb[:-1] + "ing"
        if re.fullmatch(r"[^aeiou]*[aeiou][bdgmnpt]", verb):
            return verb + verb[-1] + "ing"
        return verb + "ing"

    return _GERUND.sub(form, phrase, count=1)


def mistyped(text: str, rng: random.Random, most: int = 2) -> str:
    """Swaps, drops or doubles one letter inside some words, `most` of them or fewer."""
    words = text.split(" ")
    for _ in range(rng.randint(1, most)):
        at = rng.randrange(len(words))
        word = words[at]
        if len(word) > 3 and word.isalpha():
            i = rng.randrange(1, len(word) - 1)
            swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
            words[at] = rng.choice((swapped, word[:i] + word[i + 1 :], word[:i] + word[i - 1 :]))
    return " ".join(words)


def read_parts(path: Path = PARTS) -> list[dict[str, Any]]:
    """The parts, one JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def made_rows(parts: Sequence[Mapping[str, Any]], *, seed: int, weight: float) -> list[Row]:
    """Rows without duplicates, the same for the same parts and seed."""
    grammar, seen = Grammar(parts, seed), set()
    rows: list[Row] = []
    for turns, label in _drawn_rows(grammar):
        key = turns[-1][1].casefold() if len(turns) == 1 else str(turns)
        if key not in seen:
            seen.add(key)
            rows.append(Row(tuple(turns), label, SOURCE, False, weight))
    return rows


def _drawn_rows(grammar: Grammar) -> Iterator[tuple[list[Turn], str]]:
    for _ in range(5000):
        yield [("user", grammar.code())], "code"
        yield [("user", grammar.chat())], "chat"
    for lang in grammar.languages:
        for _ in range(6 * len(grammar.parts[lang, "task"]) + 60):
            yield [("user", grammar.code_in(lang))], "code"
            yield [("user", grammar.chat_in(lang))], "chat"
    for _ in range(2500):
        yield grammar.talked()
    yield from Specs(grammar).rows()
