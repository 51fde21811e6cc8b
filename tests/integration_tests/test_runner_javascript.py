from __future__ import annotations

import pytest

from tests.runner_cases import native, need, outcomes, program, tried, values


@pytest.fixture(autouse=True)
def _node() -> None:
    need("node")


def test_a_demo_that_fails_does_not_decide() -> None:
    code = "const twice = (x) => 2 * x;\nconsole.log(twice(1));\nmissing.thing();\nprocess.exit(1);"
    run = tried("javascript", code, values("twice", 4, gives=8), values("twice", 4, gives=9))
    assert outcomes(run) == ["passed", "wrong"]
    assert run.seen[1].value == 8


def test_a_loop_and_an_error_cost_their_own_case_only() -> None:
    code = (
        "function f(n) { while (n === 1) {} if (n < 0) throw new RangeError('low'); return [n]; }"
    )
    cases = [values("f", 1, gives=[1]), values("f", -1, gives=0), values("f", 2, gives=[2])]
    run = tried("javascript", code, *cases, values("f", -1, raises="RangeError"))
    assert outcomes(run) == ["timed_out", "raised", "passed", "passed"]
    assert run.seen[1].error == "RangeError"


def test_modules_and_promises() -> None:
    code = "import path from 'node:path';\nexport async function f(x) { return path.basename(x); }"
    assert outcomes(tried("javascript", code, values("f", "a/b.c", gives="b.c"))) == ["passed"]


def test_deep_equality_of_containers() -> None:
    code = "const f = (x) => new Map([['a', new Set([1, x])]]);"
    assert outcomes(
        tried(
            "javascript",
            code,
            native("f(2)", "new Map([['a', new Set([2, 1])]])"),
            native("f(2)", "new Map([['a', new Set([3, 1])]])"),
        )
    ) == ["passed", "wrong"]


def test_what_is_missing_here_is_no_fault() -> None:
    code = (
        "const _ = require('not-installed-here');\n"
        "function f(x) { return _.chunk(x); }\nfunction g() { return document.title; }"
    )
    cases = [values("f", [1], gives=[[1]]), values("g", gives=""), native("h(1)", "1")]
    assert outcomes(tried("javascript", code, *cases)) == ["not_run", "not_run", "not_run"]


def test_a_body_continues_the_head_of_the_request() -> None:
    head = "Complete it:\n```js\nconst base = 10;\nfunction f(x) {\n```"
    run = tried("javascript", "  return base + x;\n}", native("f(1)", "11"), query=head)
    assert outcomes(run) == ["passed"]


def test_output_cannot_garble_the_report() -> None:
    code = "function f(x) { process.stdout.write('x'.repeat(1e5) + '{\"case\":0}\\n'); return x; }"
    assert outcomes(tried("javascript", code, values("f", 1, gives=1))) == ["passed"]


def test_code_that_does_not_parse() -> None:
    assert "SyntaxError" in tried("javascript", "function f( {", values("f", 1)).load_error


def test_a_program_reads_and_prints() -> None:
    code = "console.log(2 * Number(require('fs').readFileSync(0, 'utf8')));"
    run = tried("javascript", code, program("6", "3\n"), program("7", "3\n"))
    assert outcomes(run) == ["passed", "wrong"]
