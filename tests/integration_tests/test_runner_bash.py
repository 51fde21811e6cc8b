from __future__ import annotations

import pytest

from nodes.checks.cases import Case
from tests.runner_cases import native, need, outcomes, program, tried, values


@pytest.fixture(autouse=True)
def _bash() -> None:
    need("bash")


def test_functions_are_called_without_what_the_script_runs() -> None:
    code = 'set -eu\nadd() { echo $(( $1 + $2 )); }\nif [ $# -lt 2 ]; then exit 1; fi\nadd "$@"'
    cases = [native('$(add "1" "2")', '"3"'), values("add", 1, 2, gives=4)]
    assert outcomes(tried("bash", code, *cases)) == ["passed", "wrong"]


def test_a_predicate_may_answer_by_its_status() -> None:
    code = "is_even() { (( $1 % 2 == 0 )); }"
    cases = [values("is_even", 4, gives=True), values("is_even", 3, gives=True)]
    assert outcomes(tried("bash", code, *cases)) == ["passed", "wrong"]


def test_lists_are_words_and_a_loop_costs_one_case() -> None:
    code = 'f() { while [ "$1" = loop ]; do :; done; echo "$1" | tr " " "\\n" | sort | xargs; }'
    cases = [values("f", "loop", gives=""), values("f", ["b", "a"], gives=["a", "b"])]
    assert outcomes(tried("bash", code, *cases)) == ["timed_out", "passed"]


def test_a_body_continues_the_head_of_the_request() -> None:
    head = "Complete it:\n```sh\n#!/bin/bash\nf() {\n```"
    code = "  g() {\n    echo $(( $1 * 2 ))\n  }\n  g $1\n}"
    assert outcomes(tried("bash", code, native("$(f 4)", '"8"'), query=head)) == ["passed"]


def test_a_script_that_does_not_parse() -> None:
    assert tried("bash", "f() { if true; then echo 1;", native("$(f)", "1")).load_error


def test_a_script_reads_and_prints() -> None:
    run = tried("bash", "read n; echo $((n * 2))", program("6", "3\n"), program("7", "3\n"))
    assert outcomes(run) == ["passed", "wrong"]


@pytest.mark.parametrize("wall_s", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("case", [values("f", 1, gives=1), program("", "")])
def test_too_little_time_is_no_fault(wall_s: float, case: Case) -> None:
    run = tried("bash", 'f() { echo "$1"; }', case, wall_s=wall_s)
    assert run.why_not or set(outcomes(run)) <= {"passed", "not_run"}
    assert (run.why_not == "too little time left") is (wall_s < 1)
