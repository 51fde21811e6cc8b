"""Every code task's tests pass its right answer and catch its wrong one, in the jail."""

import dataclasses

import pytest

from evals.code_tasks import CODE_TASKS, Task, read_tasks
from evals.results import load_rows
from evals.targets.live import task_of
from evals.task_tests import CannotRunError, run_tests
from graph.sandbox.jail import Jail

TASKS = read_tasks()
HISTORY = [task_of(row) for row in load_rows(CODE_TASKS.with_name("history_tasks.jsonl"))]
DURATION = next(task for task in TASKS if task.id == "py-parse-duration")


@pytest.fixture(scope="module")
def jail(tmp_path_factory: pytest.TempPathFactory) -> Jail:
    return Jail(cache_dir=tmp_path_factory.mktemp("cache"))


def fenced(code: str, language: str) -> str:
    return f"Here it is:\n\n```{language}\n{code}\n```\n\nTell me if anything is missing."


def judged(task: Task, answer: str, jail: Jail) -> tuple[bool, str]:
    try:
        result = run_tests(task, answer, jail)
    except CannotRunError as why_not:
        pytest.skip(str(why_not))
    return result.passed, result.detail


@pytest.mark.parametrize("task", [*TASKS, *HISTORY], ids=lambda task: task.id)
def test_the_solution_passes(task: Task, jail: Jail) -> None:
    assert judged(task, fenced(task.solution, task.language), jail) == (True, "")


@pytest.mark.parametrize("task", [*TASKS, *HISTORY], ids=lambda task: task.id)
def test_the_wrong_answer_is_caught(task: Task, jail: Jail) -> None:
    passed, detail = judged(task, fenced(task.wrong, task.language), jail)
    assert not passed
    assert detail


@pytest.mark.parametrize("answer", ["", "Sorry, I cannot do that.", "```json\n{}\n```"])
def test_an_answer_without_code_of_the_language_fails(answer: str, jail: Jail) -> None:
    assert judged(DURATION, answer, jail) == (False, "no code in the answer")


def test_a_program_that_ends_before_the_tests_fails(jail: Jail) -> None:
    code = f"{DURATION.solution}\nimport sys\nsys.exit(0)"
    assert judged(DURATION, fenced(code, "python"), jail) == (
        False,
        "the program ended before its tests did",
    )


def test_the_block_that_defines_the_entry_is_taken_whatever_stands_around_it(jail: Jail) -> None:
    usage = "# try it out\n" + "print(undefined_name)  # nothing of the answer itself\n" * 20
    answer = fenced(DURATION.solution, "python") + fenced(usage.replace("parse", ""), "python")
    assert judged(DURATION, answer, jail) == (True, "")


def test_an_answer_in_two_blocks_that_need_each_other_passes(jail: Jail) -> None:
    imports, rest = DURATION.solution.split("\n", 1)
    answer = fenced(imports, "python") + "Then:\n" + fenced(rest, "python")
    assert judged(DURATION, answer, jail) == (True, "")


def test_a_bare_program_is_an_answer(jail: Jail) -> None:
    assert judged(DURATION, DURATION.solution, jail) == (True, "")


@pytest.mark.parametrize(
    ("task_id", "before", "after"),
    [
        ("js-price-format", "function formatPrice", "export function formatPrice"),
        ("js-price-format", "function formatPrice", "module.exports = function formatPrice"),
        ("js-price-format", "function formatPrice", "export default function formatPrice"),
        ("ts-semver-range", "export function", "function"),
        ("java-parking-fee", "class Parking {", "package shop;\n\npublic class Parking {"),
        ("cpp-column-name", "std::string column_name", "int main() {}\n\nstd::string column_name"),
        ("sql-no-orders", "SELECT name", "CREATE TABLE orders(id INTEGER);\n-- names\nSELECT name"),
    ],
)
def test_other_ways_to_hand_over_the_same_code_pass(
    task_id: str, before: str, after: str, jail: Jail
) -> None:
    task = next(task for task in TASKS if task.id == task_id)
    code = task.solution.replace(before, after, 1)
    assert code != task.solution
    assert judged(task, fenced(code, task.language), jail) == (True, "")


def test_a_java_method_without_its_class_passes(jail: Jail) -> None:
    task = next(task for task in TASKS if task.id == "java-parking-fee")
    body = task.solution.strip().removeprefix("class Parking {").removesuffix("}")
    assert judged(task, fenced(body, "java"), jail) == (True, "")


def test_a_missing_toolchain_is_no_verdict() -> None:
    nowhere = Jail(ways=lambda: ([], "no jail: install bubblewrap"))
    for task in (DURATION, dataclasses.replace(DURATION, language="cpp")):
        with pytest.raises(CannotRunError, match="install bubblewrap"):
            run_tests(task, fenced(task.solution, task.language), nowhere)
