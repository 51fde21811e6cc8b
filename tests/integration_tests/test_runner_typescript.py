from __future__ import annotations

import pytest

from tests.runner_cases import need, outcomes, program, tried, values


@pytest.fixture(autouse=True)
def _typescript() -> None:
    need("node", "typescript")


def test_types_are_dropped_and_not_checked() -> None:
    code = (
        "interface P { x: number }\nenum C { A = 1 }\n"
        "export function f(p: P[], c: C = C.A): number "
        "{ return p.reduce((s: number, q: P) => s + q.x, c); }\nconst n: string = 5;"
    )
    cases = [values("f", [{"x": 2}], gives=3), values("f", [], gives=0)]
    assert outcomes(tried("typescript", code, *cases)) == ["passed", "wrong"]


def test_code_that_does_not_parse() -> None:
    code = "function f(x: number { return x; }"
    assert tried("typescript", code, values("f", 1)).load_error


def test_a_program_prints() -> None:
    assert outcomes(tried("typescript", "const n: number = 3; console.log(n);", program("3"))) == [
        "passed"
    ]
