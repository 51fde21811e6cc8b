from __future__ import annotations

import time

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


@pytest.mark.parametrize("wall_s", [0.0, 0.05, 0.3, 1.0, 1.2])
def test_too_little_time_is_no_fault(wall_s: float) -> None:
    run = tried("javascript", "const f = (x) => x;", values("f", 1, gives=1), wall_s=wall_s)
    assert run.why_not or set(outcomes(run)) <= {"passed", "not_run"}
    assert (run.why_not == "too little time left") is (wall_s < 1)


def test_a_case_that_nothing_but_the_wall_ends_did_not_end() -> None:
    code = "async function f(x) { await null; while (x) {} return x; }"
    run = tried("javascript", code, values("f", 1), values("f", 0, gives=0), wall_s=2)
    assert outcomes(run) == ["timed_out", "not_run"]


@pytest.mark.parametrize(
    "head",
    [
        "class A { constructor(rate) { this.rate = rate; } cost(n) { return n * this.rate; } }",
        "class B { constructor(r) { this.rate = r; } cost(n) { return n * this.rate; } }\n"
        "class C extends B { }",
        "class D { constructor() { this.at = document.body; } cost(n) { return n; } }",
    ],
)
def test_a_class_that_cannot_be_made_without_arguments_is_no_fault(head: str) -> None:
    assert outcomes(tried("javascript", head, values("cost", 2, gives=6))) == ["not_run"]


def test_a_method_of_a_class_that_needs_no_arguments_is_tried() -> None:
    code = (
        "class B { constructor(r) { this.rate = r; } cost(n) { return n * this.rate; } }\n"
        "class C extends B { constructor() { super(3); } cost(n) { return super.cost(n); } }"
    )
    assert outcomes(tried("javascript", code, values("cost", 2, gives=6))) == ["passed"]


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("const f = (x) => x.a.b;\nfunction g(x) {\n  return f(x);\n}\nconsole.log(g({}));", "f"),
        ("function f(x) { return [1].map((y) => x.a[y]); }\nf({});", "f"),
        ("const assert = require('assert');\nconst f = (x) => x;\nassert.equal(f(1), 2);", ""),
        ("const f = (x) => x;\nif (f(1) !== 2) throw new Error('wrong');", ""),
        ("function f(x) { return x; }\nfunction main() { null.x; }\nmain();", ""),
    ],
)
def test_a_demo_that_fails_is_told_with_the_function_that_failed(code: str, where: str) -> None:
    run = tried("javascript", code, values("f", {"a": {"b": 1}}))
    assert run.demo_error
    assert run.demo_fails_in == where


@pytest.mark.parametrize(
    "demo",
    [
        "f(require('fs').readFileSync('data.txt', 'utf8'));",
        "f(process.env.API_KEY.length);",
        "f(process.argv[2].trim());",
        "document.body.append(f(1));",
        "require('not-installed-here').use(f).then.that();",
        "f(yourList);",
        "process.exit(f(1));",
        "while (true) {}",
        "function g(x) { if (!x) throw new RangeError('none'); return x; }\ng(0);",
        "class Low extends Error {}\nfunction g(x) { throw new Low('low'); }\ng(0);",
    ],
)
def test_what_a_demo_lacks_here_is_no_failure_of_it(demo: str) -> None:
    run = tried("javascript", f"function f(x) {{ return x; }}\n{demo}", values("f", 1, gives=1))
    assert (run.demo_error, run.demo_fails_in) == ("", "")
    assert outcomes(run) == ["passed"]


def test_programs_share_the_time_and_two_that_do_not_end_are_enough() -> None:
    code = "const n = require('fs').readFileSync(0, 'utf8'); while (n.trim() === '1') {} "
    cases = [program("", "1") for _ in range(4)]
    began = time.monotonic()
    run = tried("javascript", code + "console.log(n)", program("2", "2"), *cases, wall_s=4)
    assert time.monotonic() - began < 5
    assert outcomes(run) == ["passed", "timed_out", "timed_out", "not_run", "not_run"]


def test_what_one_run_of_a_program_writes_is_hidden_from_the_next() -> None:
    code = "const fs = require('fs'); console.log(fs.existsSync('a')); fs.writeFileSync('a', '');"
    assert outcomes(tried("javascript", code, program("false"), program("false"))) == ["passed"] * 2


@pytest.mark.parametrize(
    "code",
    [
        "export default function List({ items }) { return <ul>{items.map((i) => <li />)}</ul>; }",
        "import { useState } from 'react';\nexport const useN = () => useState(0);",
        "import { ref } from 'vue';\nexport const n = ref(0);",
    ],
)
def test_code_of_a_framework_is_not_run(code: str) -> None:
    for language in ("javascript", "typescript"):
        if language == "typescript":
            need("typescript")
        run = tried(language, code, values("f", 1, gives=1))
        assert (run.why_not, run.load_error) == ("JSX is not run", "")


def test_comparisons_are_no_elements() -> None:
    code = "function f(a) { const b = 1, c = 9; return b < a && a > b && a < c; }"
    assert outcomes(tried("javascript", code, values("f", 2, gives=True))) == ["passed"]
