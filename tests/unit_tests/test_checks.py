import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.plan_baseline import plan_needs_polish
from nodes.checks.answer import Answer, Finding
from nodes.checks.gate import CHECKS, StagedGate
from nodes.checks.run import not_run
from nodes.checks.scoring import Evidence, score
from nodes.state import GateReport

ASK = "Write a Python function add(a, b) that returns the sum of two numbers."
GOOD = "Here it is:\n\n```python\ndef add(a, b):\n    return a + b\n```\n\nIt adds both numbers."


def judge(response: str, query: str = ASK, finish_reason: str = "stop") -> GateReport:
    return StagedGate()(query, response, finish_reason=finish_reason)


def codes(report: GateReport) -> set[str]:
    return {issue["code"] for issue in report.issues}


def fenced(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}\n```"


def test_a_good_answer_is_plausible_and_never_verified() -> None:
    assert judge(GOOD) == GateReport(0.4)


@pytest.mark.parametrize(
    ("code", "response"),
    [
        ("empty", ""),
        ("empty", " \n\t"),
        ("empty", "```\n```"),
        ("missing_code_block", "Add the two numbers and give back what you get; a sum is enough."),
        (
            "missing_code_block",
            "Sure, here it is, a fine solution:\n\n```python\n\n```\n\nEnjoy it.",
        ),
        ("too_short", "Use the plus sign."),
        ("refusal", "I'm sorry, but I cannot help with that request."),
        ("refusal", "As an AI language model, I am unable to write this program for you today."),
        ("refusal", "Leider kann ich dir bei dieser Aufgabe nicht helfen, bitte frage anders."),
        ("contains_errors", 'Error: model "qwen2.5-coder" not found, try pulling it first'),
        ("contains_errors", "Error: connection refused"),
        ("contains_errors", '{"error": "context deadline exceeded"}'),
        ("contains_errors", "[ERROR] the worker stopped while it was loading the weights"),
        ("contains_errors", "Could not connect to the server: connection refused (port 11434)."),
        ("control_sequences", "\x1b[2K\x1b[1G" + GOOD),
        ("truncated", "```python\ndef add(a, b):\n    total = a +"),
        ("repetition", "```python\nx = 1\n" + "total = total + value\n" * 12),
        ("repetition", "The answer is simple. " + "we add the numbers and then " * 9),
        ("placeholder", fenced("def add(a, b):\n    # TODO: implement\n    pass")),
        ("placeholder", fenced('def add(a, b):\n    """Adds."""\n    ...')),
        ("placeholder", fenced("def add(a, b):\n    raise NotImplementedError")),
        ("syntax_error", fenced("def add(a, b)\n    return a + b")),
        ("syntax_error", fenced("def add(a, b):\n    return the sum of a and b")),
        ("wrong_function", fenced("def multiply(a, b):\n    return a * b")),
        ("wrong_language", fenced("function add(a, b) { return a + b; }", "javascript")),
    ],
)
def test_what_is_wrong_is_found_and_condemns(code: str, response: str) -> None:
    report = judge(response)
    assert code in codes(report)
    assert report.verdict() == "broken"
    assert all(issue["evidence"] for issue in report.issues)


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (fenced("sum"), "a one-line answer in a fence is not too short"),
        (
            fenced(
                "def add(a, b, failed=0):\n    if failed: raise ValueError('x')\n    return a + b"
            ),
            "failed",
        ),
        (GOOD + "\nIf the conversion failed, an error is raised: see error handling.", "the word"),
        (GOOD + "\nAn `[ERROR]` line would be logged.", "a marker in prose beside code"),
        (GOOD.replace("\n", "\r\n"), "Windows line ends"),
        (GOOD.replace("```python", "```"), "no language on the fence"),
        (GOOD.replace("```", "~~~"), "tildes"),
        (GOOD + "\n\n```\nadd(1, 2)\n3\n```", "a transcript beside the code"),
        (GOOD + "\n\n```python\nadd(1, ...) -> 3\n```", "a broken example beside the code"),
        (fenced(">>> def add(a, b):\n...     return a + b\n>>> add(1, 2)\n3"), "a session"),
        (fenced("pip install numpy\nimport numpy\ndef add(a, b):\n    return a + b"), "shell line"),
        (fenced("%timeit 1\n!ls\ndef add(a, b):\n    return a + b"), "notebook magics"),
        (fenced("    def add(a, b):\n        return a + b"), "indented as a whole"),
        (
            fenced("import re\ndef add(a, b):\n    return re.sub('\\d', '', a) + b"),
            "bad escape warns",
        ),
        (fenced("class P:\n    pass\ndef add(a, b):\n    return a + b"), "an empty class is fine"),
        (
            fenced("def add(a, b):\n    # Your code here\n    return a + b"),
            "the template's comment",
        ),
        ("```python\ndef add(a, b):\n    return a + b\n", "an open fence around whole code"),
        ("I'm sorry, I cannot test it, but:\n\n" + GOOD, "an apology before code"),
        (
            fenced("zeros = [\n" + "    [0, 0, 0],\n" * 20 + "]\ndef add(a, b):\n    return a + b"),
            "data",
        ),
    ],
)
def test_correct_answers_are_left_alone(response: str, why: str) -> None:
    report = judge(response)
    assert report.verdict() == "plausible", (why, report.issues)


def test_the_plans_checks_misfire_where_these_do_not() -> None:
    ask = "Show me code for a guard in Python"
    for response in (
        fenced("x = y or 0"),
        fenced("if failed:\n    print('the job has failed, retry')"),
    ):
        assert plan_needs_polish(response)
        assert judge(response, ask).verdict() == "plausible"


def test_the_plans_checks_miss_what_these_find() -> None:
    stub = "Here is the function that you have asked for:\n\n" + fenced("def add(a, b):\n    pass")
    assert not plan_needs_polish(stub)
    assert judge(stub).verdict() == "broken"


def test_bare_code_is_a_minor_issue() -> None:
    report = judge("def add(a, b):\n    return a + b\n\nprint(add(1, 2))")
    assert codes(report) == {"missing_code_block"}
    assert 0.0 < report.score < 0.5


@pytest.mark.parametrize(
    ("query", "response"),
    [
        ("What does the line `set -e` do?", "It ends the script as soon as any command fails."),
        (
            "Explain this: a, b = b, a",
            "Both names are bound anew at once, so the values change places.",
        ),
        ("how do I list hidden files in bash", "Use `ls -a` in the folder."),
        ("Formula for the sum of A1 to A9?", "`=SUM(A1:A9)`"),
    ],
)
def test_words_or_a_command_may_be_the_answer(query: str, response: str) -> None:
    assert judge(response, query).verdict() == "plausible"


def test_running_out_of_tokens_condemns_only_unfinished_code() -> None:
    assert judge(GOOD, finish_reason="length").verdict() == "plausible"
    assert codes(judge(GOOD, finish_reason="length")) == {"truncated"}
    cut = judge("```python\ndef add(a, b):\n    return a", finish_reason="length")
    assert cut.verdict() == "broken"
    assert judge("First we think about it", finish_reason="length").verdict() == "broken"


def test_the_body_alone_continues_the_request() -> None:
    query = "Complete the function:\n\n```python\ndef add(a, b):\n    '''sum'''\n```"
    assert judge(fenced("    total = a + b\n    return total"), query).verdict() == "plausible"
    assert judge(fenced("total = a + b\n    return total"), query).verdict() == "plausible"
    assert "syntax_error" in codes(judge(fenced("total = a + b\n    return total")))


def test_other_names_and_languages_are_fine_where_the_request_moves_code() -> None:
    query = "Translate to JavaScript:\n```python\ndef add_two(a):\n    return a + 2\n```"
    assert codes(judge(fenced("const addTwo = (a) => a + 2;", "javascript"), query)) == set()


def test_a_mislabelled_block_is_not_another_language() -> None:
    assert "wrong_language" not in codes(judge(fenced("def add(a, b):\n    return a + b", "ruby")))


def test_a_quoted_error_is_not_an_answer_that_failed() -> None:
    query = "I get Error: connection refused from redis, why?"
    answer = "Nothing listens there: connection refused means that the server is not running."
    assert judge(answer, query).verdict() == "plausible"


def test_a_signature_asks_for_code_without_a_word_that_says_so() -> None:
    words = "You have to look at each row of the table in turn and keep the largest of them all."
    query = "row_max(table, column): the largest value in that column, None for no rows"
    assert judge(words, query).verdict() == "broken"
    assert judge(words, "What does row_max(table, column) do?").verdict() == "plausible"


def test_a_check_that_raises_costs_nobody_the_answer() -> None:
    def faulty(answer: Answer) -> list[Finding]:
        raise KeyError(answer.query)

    report = StagedGate(checks=(*CHECKS, faulty))(ASK, "")
    assert report.verdict() == "plausible"
    assert codes(report) >= {"gate_error"}


def test_code_too_deep_for_the_parser_is_not_called_broken() -> None:
    assert codes(judge(fenced("x = 1" + " + 1" * 20_000), "Write a sum")) == {"gate_error"}


@pytest.mark.parametrize(
    ("weights", "expected"), [((), 0.4), ((0.5,), 0.5), ((0.5, 0.5), 0.875), ((0.3, 0.3), 0.515)]
)
def test_doubts_add_up_to_the_share_that_fails(weights: Sequence[float], expected: float) -> None:
    found = [Finding(f"doubt_{at}", "seen", weight) for at, weight in enumerate(weights)]
    assert score(Evidence(tuple(found), not_run("no sandbox"))) == pytest.approx(expected)


PIECES = st.sampled_from([
    "```python\n", "```\n", "~~~", "def f(x):\n", "    return x\n", "{", "}", "//", "/*", "...\n",
    "\x00", "\ud800", "\r\n", "Error:", "I cannot help", ">>> ", "# TODO: implement\n",
    "```json\n{", "```js\n",
])  # fmt: skip


@settings(deadline=None)
@given(
    st.text(), st.lists(st.one_of(PIECES, st.text(max_size=8))), st.sampled_from(["stop", "length"])
)
def test_any_text_gets_a_verdict(query: str, pieces: list[str], finish_reason: str) -> None:
    report = judge("".join(pieces), query, finish_reason)
    assert 0.0 <= report.score <= 1.0
    assert report.verdict() == ("broken" if report.score >= 0.5 else "plausible")
    assert "gate_error" not in codes(report)


@settings(deadline=None)
@given(st.text(" \n", max_size=9), st.text(" \n", max_size=9))
def test_outer_blank_lines_do_not_matter(before: str, after: str) -> None:
    answers = (GOOD, "Use the plus sign.", fenced("def add(a, b):\n    pass"))
    for answer in answers:
        assert judge(f"{before}\n{answer}\n{after}").verdict() == judge(answer).verdict()


@pytest.mark.parametrize(
    "response",
    [
        GOOD * 20,
        fenced("\n".join(f"const a{n} = (x) => {{ return x + {n}; }};" for n in range(60)), "js"),
        fenced("\n".join(f"def f{n}(x):\n    return x + {n}" for n in range(60))),
    ],
)
def test_a_usual_answer_is_judged_in_milliseconds(response: str) -> None:
    judge(response)
    spent = []
    for _ in range(7):
        began = time.thread_time()
        judge(response)
        spent.append(time.thread_time() - began)
    assert min(spent) < 0.02


@pytest.mark.parametrize(
    "response",
    [
        "\n" * 100_000,
        "{ // " * 20_000,
        "```c\n{" + "// /* */ " * 3_000,
        "Error: " * 15_000,
        '```json\n"' + '\\"' * 14_000 + "\n```",
        "```json\n" + "{//,<a " * 4_000 + "\n```",
        "<td " * 25_000,
    ],
)
def test_hostile_answers_take_bounded_time(response: str) -> None:
    began = time.thread_time()
    judge(response)
    assert time.thread_time() - began < 1.5
