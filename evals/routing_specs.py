"""Makes requests that specify a function or a query in prose, and chat that looks like them.

The sentences come from the `spec_` parts of `routing_parts.jsonl`; names, types and values are
made up here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from evals.routing_data import Turn

if TYPE_CHECKING:
    from evals.routing_grammar import Grammar

_ENGLISH, _OTHERS, _QUERIES, _TERSE = 1500, 110, 400, 400
_SPOKEN = ("Python", "python", "java", "Java", "js", "JavaScript", "TypeScript", "ts", "c++",
           "C++17", "go", "Rust", "C#", "ruby", "php", "kotlin", "bash", "swift", "plain js",
           "node", "python3", "modern C++", "es6")  # fmt: skip
_SQL = ("SQLite", "postgres", "MySQL", "sql", "standard SQL", "T-SQL", "one query only")
_COLUMN_TYPES = ("TEXT", "INTEGER", "REAL", "DATE", "INT", "VARCHAR(40)", "BOOLEAN", "TIMESTAMP")
_EMPTY = ("[]", "{}", "0", "None", "null", '""', "''", "-1", "False", "an empty list", "nil", "()",
          "undefined", "Optional.empty()", "0.0", "NaN", "true", "an empty string")  # fmt: skip
_TYPES: Mapping[str, tuple[str, ...]] = {
    "python": ("int", "str", "list[int]", "list[str]", "dict[str, int]", "float", "bool", "date"),
    "ts": ("number", "string", "string[]", "boolean", "Date", "Map<string, number>"),
    "java": ("int", "String", "List<String>", "int[]", "boolean", "double", "long"),
    "c++": ("int", "const std::string&", "std::vector<int>", "double", "bool"),
    "rust": ("i32", "&str", "Vec<i32>", "u64", "bool"),
}
_WORDS = ("anna", "tea", "Zoë", "row 7", "A-12", "north", "two words", "x1", "abba", "Lund", "late",
          "red", "mon", "  spaced ", "no.", "10%", "kg", "b2", "straße", "été")  # fmt: skip


class Specs:
    """Draws names, values and sentences for one grammar."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar, self.rng = grammar, grammar.rng
        self.languages = sorted({lang for lang, part in grammar.parts if part == "spec_open"})

    def function(self, lang: str) -> str:
        """A function specified in one to eight sentences."""
        given = self._names(lang)
        said = [self._one("spec_story", lang, given)] if self.rng.random() < 0.35 else []
        said.append(self._one("spec_open", lang, given))
        said += self._some("spec_rule", lang, given, self.rng.choice((0, 0, 1, 1, 2, 3, 4)))
        said += self._some("spec_ex", lang, given, self.rng.choice((0, 0, 1, 1, 2)))
        return self._joined(said)

    def query(self) -> str:
        """Tables with their columns, and what to read from them or change in them."""
        tables = [self._part("spec_table", "en") for _ in range(2)]
        c1, c2, c3 = (self._part("spec_col", "en") for _ in range(3))
        given = {"t": tables[0], "t2": tables[1], "c1": c1, "c2": c2}
        asked = self._one("spec_query", "en", given)
        shown = {"T": self._table(tables[0], [c1, c2, c3]), "T2": self._table(tables[1], [c3, c1])}
        words = {"q": asked, "l2": self.rng.choice(_SQL), **shown, **given}
        return self._one("spec_queryframe", "en", words)

    def terse(self, lang: str) -> str:
        """The bare name of what to write, with a word about how."""
        thing = self.grammar.one("algo") if lang == "en" else self._part("spec_algo", lang)
        bare = thing.removeprefix("a ").removeprefix("an ").removeprefix("the ")
        words = {"b": bare, "z": bare, "l": self.rng.choice(_SPOKEN)}
        return self._one("spec_terse", lang, words)

    def chat(self, lang: str) -> str:
        """Mathematics, stories and house rules that share words and signs with the others."""
        if self.rng.random() < 0.5:
            said = [self._one("spec_like", lang, {})]
            said += self._some("spec_house", lang, {}, self.rng.choice((0, 0, 0, 1)))
            return self._joined(said)
        said = [self._one("spec_story", lang, {})]
        said += self._some("spec_house", lang, {}, self.rng.choice((0, 1, 2, 3, 4)))
        said.append(self._one("spec_chatask", lang, {}))
        return self._joined(said)

    def rows(self) -> Iterator[tuple[list[Turn], str]]:
        for lang in self.languages:
            for _ in range(_ENGLISH if lang == "en" else _OTHERS):
                yield [("user", self._typed(self.function(lang)))], "code"
                yield [("user", self._typed(self.chat(lang)))], "chat"
        for _ in range(_QUERIES):
            yield [("user", self._typed(self.query()))], "code"
        for lang in sorted({lang for lang, part in self.grammar.parts if part == "spec_terse"}):
            for _ in range(_TERSE if lang == "en" else _TERSE // 5):
                yield [("user", self._typed(self.terse(lang)))], "code"
        yield from self._asked()

    def _asked(self) -> Iterator[tuple[list[Turn], str]]:
        """Whole requests whose words say little about code, or too much, plain and dressed."""
        for part, label in (("spec_ask", "code"), ("spec_talk", "chat")):
            for lang in sorted({lang for lang, name in self.grammar.parts if name == part}):
                for frame in self.grammar.parts[lang, part]:
                    yield [("user", self.grammar.fill(frame))], label
                    yield [("user", self.grammar.dressed(self.grammar.fill(frame)))], label

    def _typed(self, text: str) -> str:
        return self.grammar.slipped(text) if self.rng.random() < 0.1 else text

    def _part(self, part: str, lang: str) -> str:
        return self.grammar.one(part, lang)

    def _one(self, part: str, lang: str, given: Mapping[str, str]) -> str:
        values = {"v": self._value(), "v2": self._value(), "w": self._value(), "w2": self._value()}
        values |= {"e": self.rng.choice(_EMPTY), "s": self._word(), "s2": self._word()}
        values["x"] = self._part("spec_err", "en")
        if part == "spec_like":
            values["w"], values["w2"] = self._word(), self._word()
        return self.grammar.fill(self._part(part, lang), **{**values, **given})

    def _some(self, part: str, lang: str, given: Mapping[str, str], count: int) -> list[str]:
        return list(dict.fromkeys(self._one(part, lang, given) for _ in range(count)))

    def _joined(self, said: list[str]) -> str:
        glue = self.rng.choice((" ", " ", " ", "\n", ". ", "; ", "\n- "))
        return glue.join(s.rstrip(".") if "." in glue or ";" in glue else s for s in said)

    def _names(self, lang: str) -> dict[str, str]:
        words = "en" if self.rng.random() < 0.3 else lang
        style = self.rng.choice(("snake", "snake", "camel", "camel", "joined"))
        g, g2, g3 = (self._name(words, style) for _ in range(3))
        a, b, d = (self._part("spec_noun", words) for _ in range(3))
        arguments = [self.rng.choice((a, f"{a}s")), b, d][: self.rng.choice((1, 1, 2, 2, 2, 3))]
        signature, head = self._signature(g, arguments)
        second, _ = self._signature(g2, [b])
        given = {"f": signature, "f2": second, "h": head, "g": g, "g3": g3}
        given |= {"a": arguments[0], "b": b, "d": d, "c": g2.title().replace("_", "")}
        given["l"] = self.rng.choice(_SPOKEN)
        return given | {"r": self._one("spec_result", lang, given)}

    def _name(self, lang: str, style: str) -> str:
        verb, noun = self._part("spec_verb", lang), self._part("spec_noun", lang)
        words = f"{verb}_{noun}" if self.rng.random() < 0.75 else self.rng.choice((verb, noun))
        first, *rest = words.split("_")
        if style == "snake":
            return words
        return first + "".join(w.title() if style == "camel" else w for w in rest)

    def _signature(self, name: str, arguments: list[str]) -> tuple[str, str]:
        """As it stands in a sentence, and as the first line of the code."""
        kind = self.rng.choice(tuple(_TYPES))
        types = [self.rng.choice(_TYPES[kind]) for _ in arguments]
        result, plain = self.rng.choice(_TYPES[kind]), f"{name}({', '.join(arguments)})"
        if kind in ("java", "c++"):
            inside = ", ".join(f"{t} {a}" for t, a in zip(types, arguments, strict=True))
            static = "static " if kind == "java" and self.rng.random() < 0.6 else ""
            typed, head = f"{static}{result} {name}({inside})", f"public {result} {name}({inside})"
        else:
            inside = ", ".join(f"{a}: {t}" for t, a in zip(types, arguments, strict=True))
            arrow = ": " if kind == "ts" else " -> "
            typed = f"{name}({inside}){self.rng.choice(('', arrow + result))}"
            word = {"python": "def", "ts": "function", "rust": "fn"}[kind]
            end = self.rng.choice(("", ":" if kind == "python" else " {"))
            head = f"{word} {self.rng.choice((plain, typed))}{end}"
        pick = self.rng.random()
        shown = plain if pick < 0.6 else typed if pick < 0.85 else f"`{plain}`"
        return (name if pick > 0.97 else shown), head

    def _table(self, name: str, columns: list[str]) -> str:
        names = dict.fromkeys(["id", *columns] if self.rng.random() < 0.6 else columns)
        typed = self.rng.random() < 0.25
        shown = (f"{c} {self.rng.choice(_COLUMN_TYPES)}" if typed else c for c in names)
        return f"{name}({', '.join(shown)})"

    def _word(self) -> str:
        return self.rng.choice(_WORDS)

    def _quoted(self) -> str:
        return self.rng.choice(("'{}'", '"{}"')).format(self._word())

    def _value(self, depth: int = 0) -> str:
        pick, rng = self.rng.random(), self.rng
        if pick < 0.25:
            return str(rng.choice((rng.randint(-9, 99), rng.randint(100, 9999), 2.5, 0.1)))
        if pick < 0.55:
            return self._quoted()
        if pick < 0.63:
            return rng.choice(("True", "False", "None", "null", "true", '"07:30"', "'2023-04-05'"))
        if depth > 1:
            return str(rng.randint(0, 9))
        inside = [self._value(depth + 1) for _ in range(rng.randint(1, 3))]
        if pick < 0.75:
            return f"({', '.join(inside)})"
        if pick < 0.83:
            return "{" + ", ".join(f"{self._quoted()}: {one}" for one in inside) + "}"
        return f"[{', '.join(inside)}]"
