from __future__ import annotations

import pytest

from nodes.checks.cases import Case
from tests.runner_cases import native, need, outcomes, program, tried, values


@pytest.fixture(autouse=True)
def _jdk() -> None:
    need("java", "javac")


def test_values_are_written_by_the_declared_types_and_main_does_not_decide() -> None:
    code = """import java.util.*;
public class Solution {
  private int[] order(int[] v) { Arrays.sort(v); return v; }
  static Optional<String> first(List<String> words) { return words.stream().findFirst(); }
  static Map<Character, Long> f(char c, long n) { return Map.of(c, n); }
  public static void main(String[] a) { throw new IllegalStateException("demo"); }
}"""
    cases = [
        values("order", [3, 1], gives=[1, 3]),
        values("first", [], gives=None),
        values("first", ["\u00e9\n"], gives="\u00e9\n"),
        values("f", "x", 3, gives={"x": 3}),
        values("f", "x", 3, gives={"x": 4}),
    ]
    assert outcomes(tried("java", code, *cases)) == ["passed"] * 4 + ["wrong"]


def test_an_error_and_a_loop_cost_their_own_case_only() -> None:
    code = """static int f(int n) { while (n == 1) {} return n < 0 ? f(n - 1) : n; }
static int g(int n) { throw new IllegalArgumentException("low"); }"""
    cases = [values("f", n, gives=n) for n in (-1, 1, 2)]
    run = tried("java", code, *cases, values("g", 1, raises="IllegalArgumentException"))
    assert outcomes(run) == ["raised", "timed_out", "passed", "passed"]
    assert run.seen[0].error == "StackOverflowError"


def test_a_case_that_does_not_compile_is_left_out() -> None:
    code = "class Problem { static long f(long n) { return n; } }"
    cases = [native('f("text")', "(1)"), native("f((2l))", "(2l)")]
    assert outcomes(tried("java", code, *cases)) == ["not_run", "passed"]


def test_tuples_of_a_library_that_is_not_here() -> None:
    head = "```java\nimport java.util.*;\nimport org.javatuples.*;\nclass Problem {\n"
    head += "    public static Pair<Long, String> f(long n) {\n```"
    code = '        return Pair.with(n, "x");\n    }\n}'
    cases = [native("f((2l))", '(Pair.with(2l, "x"))'), native("f((2l))", '(Pair.with(3l, "x"))')]
    assert outcomes(tried("java", code, *cases, query=head)) == ["passed", "wrong"]


def test_another_library_that_is_not_here_is_no_fault() -> None:
    code = "import org.example.Thing;\nclass A { static Thing f(int n) { return new Thing(n); } }"
    assert "org.example.Thing" in tried("java", code, values("f", 1)).why_not


def test_code_that_does_not_compile() -> None:
    run = tried("java", "class A { static int f(int n) { return nowhere; } }", values("f", 1))
    assert "cannot find symbol" in run.load_error


def test_a_program_reads_and_prints() -> None:
    code = """class Half { static int of(int n) { return n / 2; } }
public class Main { public static void main(String[] a) {
  System.out.println(Half.of(new java.util.Scanner(System.in).nextInt())); } }"""
    assert outcomes(tried("java", code, program("3", "6\n"), program("4", "6\n"))) == [
        "passed",
        "wrong",
    ]


@pytest.mark.parametrize("wall_s", [0.05, 0.5, 3.0])
@pytest.mark.parametrize("case", [values("f", 1, gives=1), program("1", "")])
def test_too_little_time_is_no_fault(wall_s: float, case: Case) -> None:
    code = "public class A { static int f(int n) { return n; }\n"
    code += "public static void main(String[] a) { System.out.println(f(1)); } }"
    run = tried("java", code, case, wall_s=wall_s)
    assert run.why_not or set(outcomes(run)) <= {"passed", "not_run"}
    assert (run.why_not == "too little time left") is (wall_s < 3)


def test_a_class_that_cannot_be_made_without_arguments_is_no_fault() -> None:
    code = "class A { int r; A(int rate) { r = rate; } int cost(int n) { return n * r; }\n"
    code += "static int twice(int n) { return 2 * n; } }"
    cases = [values("cost", 2, gives=6), native("cost(2)", "6"), values("twice", 2, gives=4)]
    assert outcomes(tried("java", code, *cases)) == ["not_run", "not_run", "passed"]


def test_a_program_in_a_package_with_two_public_classes() -> None:
    code = "package a.b;\npublic class Half { }\npublic class Main {\n"
    code += '  public static void main(String[] a) { System.out.println("x"); } }'
    assert outcomes(tried("java", code, program("x"))) == ["passed"]


def test_a_program_that_does_not_compile() -> None:
    code = "public class A { public static void main(String[] a) { nowhere(); } }"
    assert "line 1: cannot find" in tried("java", code, program("1")).load_error


@pytest.mark.parametrize(
    "code",
    [
        "words.sort(Comparator.comparingInt(String::length));",
        "int sum = numbers.stream().mapToInt(Integer::intValue).sum();",
    ],
)
def test_statements_alone_are_not_run(code: str) -> None:
    run = tried("java", code, program(""))
    assert (run.why_not, run.load_error) == ("a fragment is not run", "")


def test_broken_definitions_are_no_fragments() -> None:
    assert tried("java", "class A { int f( { return 1; }", program("")).load_error
