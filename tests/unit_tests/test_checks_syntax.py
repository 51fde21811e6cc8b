import pytest

from nodes.checks.gate import StagedGate
from nodes.state import GateReport


def judge(response: str, query: str) -> GateReport:
    return StagedGate()(query, response)


def codes(report: GateReport) -> set[str]:
    return {issue["code"] for issue in report.issues}


def fenced(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}\n```"


BROKEN_SOURCE = {
    "javascript": "function add(a, b) {\n  return the other number;\n}",
    "typescript": "function add(a: number, b number): number { return a + + }",
    "java": "class A { int add(int a, int b) { return a + ; } }",
    "go": "package main\nfunc add(a int, b int) int { return a + }",
    "rust": "fn add(a: i32, b: i32) -> i32 { a + }",
    "c": "int add(int a, int b) { return a + ; }",
    "cpp": "int add(int a, int b) { return std::; }",
    "ruby": "def add(a, b\n  a + b\nend)",
    "php": "<?php function add($a, $b) { return $a + ; }",
    "csharp": "class A { int Add(int a, int b) { return a + ; } }",
    "json": '{"a": 1,, "b": 2}',
}
SOUND_SOURCE = {
    "javascript": "const add = async (a, b) => a + b;\nreturn add(1, 2);",
    "typescript": "const add = (a: number, b: number): number => a + b;",
    "jsx": "const A = () => <p className='x'>hi</p>;",
    "java": "public static int add(int a, int b) {\n    return a + b;\n}",
    "go": "func add(a, b int) int {\n\treturn a + b\n}",
    "rust": "let total: i32 = xs.iter().sum();",
    "c": "int add(int a, int b) { return a + b; }",
    "cpp": "auto add = [](int a, int b) { return a + b; };",
    "ruby": "def add(a, b)\n  a + b\nend",
    "php": "function add($a, $b) { return $a + $b; }",
    "csharp": "public int Add(int a, int b) => a + b;",
    "bash": "add() { echo $(( $1 + $2 )); }",
    "json": '{"a": [1, 2], "b": null}',
    "klingon": "qapla' (((",
}


@pytest.mark.parametrize("language", BROKEN_SOURCE)
def test_the_grammars_find_broken_source(language: str) -> None:
    report = judge(fenced(BROKEN_SOURCE[language], language), "Write an adder, please")
    assert "syntax_error" in codes(report)
    assert report.verdict() == "broken"


@pytest.mark.parametrize("language", SOUND_SOURCE)
def test_the_grammars_pass_sound_source_and_fragments(language: str) -> None:
    assert codes(judge(fenced(SOUND_SOURCE[language], language), "Write an adder, please")) == set()


@pytest.mark.parametrize(
    ("language", "fragment"),
    [
        ("java", "list.stream().map(x -> x + 1).toList()"),
        ("java", "int n = 3;\nreturn n;"),
        ("csharp", "var n = xs.Select(x => x + 1);\nreturn n;"),
        ("c", "x = a > b ? a : b"),
        ("cpp", "for (auto x : xs) sum += x;"),
        ("css", "margin: 0 auto;"),
        ("js", "const a = 1;\n...\nconst b = 2;"),
    ],
)
def test_statements_and_expressions_alone_are_no_errors(language: str, fragment: str) -> None:
    assert codes(judge(fenced(fragment, language), "Write an adder, please")) == set()


def test_a_grammar_weighs_less_than_pythons_own_parser() -> None:
    python = judge(fenced("def add(a, b)\n    return 1"), "Write an adder")
    java = judge(fenced(BROKEN_SOURCE["java"], "java"), "Write an adder")
    assert codes(python) == codes(java) == {"syntax_error"}
    assert java.score < python.score
