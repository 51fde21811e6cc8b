from __future__ import annotations

import pytest

from nodes.checks.cases import Case
from tests.runner_cases import native, need, outcomes, program, tried, values

HEAD = "#include <bits/stdc++.h>\nusing namespace std;\n"


@pytest.fixture(autouse=True)
def _compiler() -> None:
    need("g++", "bash")


def test_values_are_written_by_the_declared_types_and_main_does_not_decide() -> None:
    code = HEAD + (
        "map<string,int> count(const vector<string>& w) "
        "{ map<string,int> m; for (auto& x : w) m[x]++; return m; }\n"
        "void order(vector<int>& v) { sort(v.begin(), v.end()); }\n"
        "optional<pair<int,double>> f(int n) "
        "{ if (n < 0) return nullopt; return pair(n, n / 2.0); }\n"
        "int main() { abort(); }"
    )
    cases = [
        values("count", ["a", "b", "a"], gives={"a": 2, "b": 1}),
        values("order", [3, 1, 2], gives=[1, 2, 3]),
        values("f", -1, gives=None),
        values("f", 3, gives=(3, 1.5)),
        values("f", 3, gives=(3, 2.5)),
    ]
    assert outcomes(tried("cpp", code, *cases)) == ["passed"] * 4 + ["wrong"]


def test_a_crash_a_loop_and_an_error_cost_their_own_case_only() -> None:
    code = HEAD + (
        "int f(int n) { volatile int* p = nullptr; if (n == 0) return *p; while (n == 1) {} "
        'if (n < 0) throw invalid_argument("low"); return n; }'
    )
    cases = [values("f", n, gives=n) for n in (0, 1, 2, -1)]
    run = tried("cpp", code, *cases, values("f", -1, raises="std::invalid_argument"))
    assert outcomes(run) == ["raised", "timed_out", "passed", "raised", "passed"]


def test_a_case_that_does_not_compile_is_left_out() -> None:
    code = HEAD + "long f(vector<long> v) { return v.size(); }"
    cases = [native('f("text", 3)', "(1)"), native("f((std::vector<long>({1, 2})))", "(2)")]
    assert outcomes(tried("cpp", code, *cases)) == ["not_run", "passed"]


def test_code_that_does_not_compile() -> None:
    run = tried("cpp", HEAD + "int f(int n) { return nowhere; }", values("f", 1, gives=1))
    assert "nowhere" in run.load_error


def test_a_body_continues_the_head_of_the_request() -> None:
    head = "Complete it:\n```cpp\n#include <vector>\nlong f(std::vector<long> v) {\n```"
    run = tried(
        "cpp", "  return v.size();\n}", native("f((std::vector<long>({1})))", "(1)"), query=head
    )
    assert outcomes(run) == ["passed"]


def test_a_program_reads_and_prints() -> None:
    code = "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << 2 * n; }"
    assert outcomes(tried("cpp", code, program("6", "3"), program("7", "3"))) == ["passed", "wrong"]


@pytest.mark.parametrize("wall_s", [0.05, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("case", [values("f", 1, gives=1), program("1", "")])
def test_too_little_time_is_no_fault(wall_s: float, case: Case) -> None:
    code = HEAD + "int f(int n) { return n; }\nint main() { cout << f(1); }"
    run = tried("cpp", code, case, wall_s=wall_s)
    assert run.why_not or set(outcomes(run)) <= {"passed", "not_run"}
    assert (run.why_not == "too little time left") is (wall_s < 3)


def test_a_class_that_cannot_be_made_without_arguments_is_no_fault() -> None:
    code = HEAD + (
        "class A { int r; public: A(int rate) : r(rate) {} int cost(int n) { return n * r; } };\n"
        "int twice(int n) { return 2 * n; }"
    )
    cases = [values("cost", 2, gives=6), native("cost(2)", "6"), values("twice", 2, gives=4)]
    assert outcomes(tried("cpp", code, *cases)) == ["not_run", "not_run", "passed"]


def test_a_program_is_built_once_and_two_that_do_not_end_are_enough() -> None:
    code = HEAD + "int main() { cout << __DATE__ __TIME__; int n; cin >> n; while (n == 1) {} }"
    run = tried("cpp", code, *[program("x", n) for n in "2" * 3 + "1" * 3])
    assert outcomes(run) == ["wrong"] * 3 + ["timed_out"] * 2 + ["not_run"]
    assert len({seen.shown for seen in run.seen[:3]}) == 1


def test_a_program_that_does_not_compile() -> None:
    assert "nowhere" in tried("cpp", HEAD + "int main() { nowhere; }", program("1")).load_error


@pytest.mark.parametrize(
    "code",
    [
        "std::sort(v.begin(), v.end(), std::greater<>());",
        "#include <algorithm>\nfor (int x : v) std::cout << x;",
    ],
)
def test_statements_alone_are_not_run(code: str) -> None:
    run = tried("cpp", code, program(""))
    assert (run.why_not, run.load_error) == ("a fragment is not run", "")


def test_broken_definitions_are_no_fragments() -> None:
    assert tried("cpp", "int f(int n) { return nowhere; }", program("")).load_error


def test_an_argument_that_was_the_expected_value_before_tells_nothing() -> None:
    code = HEAD + "void turn(vector<int>& v) { reverse(v.begin(), v.end()); }"
    cases = [values("turn", [1, 2], gives=[2, 1]), values("turn", [1, 1], gives=[1, 1])]
    assert outcomes(tried("cpp", code, *cases)) == ["passed", "not_run"]
