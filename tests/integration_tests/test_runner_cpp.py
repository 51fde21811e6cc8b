from __future__ import annotations

import pytest

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
