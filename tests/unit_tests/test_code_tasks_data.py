"""What the project's own code tasks promise of themselves, without running any of them."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from evals.code_tasks import CODE_TASKS, Task, read_tasks
from evals.config import load_config
from evals.results import Data, load_rows
from evals.targets.classifier import conversation
from evals.targets.live import task_of
from evals.targets.options import LiveOptions, options_as
from nodes.conversation import prompt
from nodes.prompts import CODE_SYSTEM

TASKS = read_tasks()
HISTORY_ROWS = load_rows(CODE_TASKS.with_name("history_tasks.jsonl"))
HISTORY = [task_of(row) for row in HISTORY_ROWS]
CONFIGS = Path(__file__).parents[2] / "evals" / "configs"
LEAST_BUDGET = {"previous turn": 512, "about 1000 tokens": 2048, "about 3000 tokens": 6144}
AT_LEAST = {
    "python": 40,
    "javascript": 14,
    "typescript": 8,
    "bash": 10,
    "sql": 10,
    "java": 8,
    "cpp": 8,
}
VALUE = r"(?:[\"'\[{(]|-?\d)"
BECOMES = r"(?:->|→|=>|==|is|gives?|becomes?|returns?|ist|ergibt|da|donne|devolve|будет|变成|は)"
PAIR = re.compile(rf"[\"'\])}}\d] *{BECOMES} *{VALUE}")
NUMBER = re.compile(r"[\w.%$-]*\d[\w.%-]*")
QUOTED = re.compile(r"(?<!\w)[\"']([^\"'\n]+)[\"']")
NAME = re.compile(r"\b[A-Z]\w+")


def test_ids_and_requests_are_unique() -> None:
    tasks = [*TASKS, *HISTORY]
    for values in ([t.id for t in tasks], [t.query for t in tasks]):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_there_are_enough_tasks_in_each_language() -> None:
    counts = Counter(task.language for task in TASKS)
    assert counts.keys() == AT_LEAST.keys()
    assert [name for name, least in AT_LEAST.items() if counts[name] < least] == []


def test_requests_are_made_in_several_languages_and_about_a_third_without_examples() -> None:
    spoken = Counter(task.query_language for task in TASKS)
    assert spoken.keys() >= {"en", "es", "de", "fr", "pt", "zh", "ru", "ja"}
    assert 0.3 <= sum(not task.has_examples for task in TASKS) / len(TASKS) <= 0.42


@pytest.mark.parametrize("task", [*TASKS, *HISTORY], ids=lambda task: task.id)
def test_a_task_is_complete(task: Task) -> None:
    assert task.query.strip() == task.query != ""
    assert "" not in (task.solution.strip(), task.wrong.strip(), task.tests.strip())
    assert task.solution != task.wrong
    assert task.kind in ("function", "class", "script", "query")
    assert (task.entry == "") == (task.kind in ("script", "query"))
    assert (task.kind == "query") == (task.language == "sql")
    assert re.fullmatch("[a-z]{2}", task.query_language)


@pytest.mark.parametrize("task", [t for t in [*TASKS, *HISTORY] if t.entry], ids=lambda t: t.id)
def test_what_the_tests_call_is_named_in_the_request(task: Task) -> None:
    for name in task.entry.split("."):
        assert name in task.query
        assert name in task.solution
        assert name in task.wrong
        assert name in task.tests


@pytest.mark.parametrize("task", [t for t in TASKS if t.kind == "script"], ids=lambda t: t.id)
def test_the_runs_of_a_script_say_what_must_come_of_them(task: Task) -> None:
    runs = json.loads(task.tests)
    assert len(runs) >= 2
    for run in runs:
        assert run.keys() <= {"files", "args", "stdin", "stdout", "fails"}
        assert run.keys() & {"stdout", "fails"}


@pytest.mark.parametrize("task", [t for t in TASKS if t.kind == "query"], ids=lambda t: t.id)
def test_a_query_is_tried_on_several_contents_of_its_tables(task: Task) -> None:
    spec = json.loads(task.tests)
    assert spec.keys() <= {"schema", "cases", "ordered", "then"}
    assert len(spec["cases"]) >= 2
    assert all(case.keys() == {"data", "rows"} for case in spec["cases"])


@pytest.mark.parametrize("task", [t for t in TASKS if t.has_examples], ids=lambda t: t.id)
def test_what_an_example_shows_is_tested(task: Task) -> None:
    found = [text for pattern in (NUMBER, QUOTED, NAME) for text in pattern.findall(task.query)]
    shown = {text.strip(".:") for text in found} - {task.entry, ""}
    assert len([text for text in shown if text in task.tests]) >= 2


@pytest.mark.parametrize("task", [t for t in TASKS if not t.has_examples], ids=lambda t: t.id)
def test_a_request_without_examples_shows_no_result(task: Task) -> None:
    assert PAIR.search(task.query) is None
    assert task.entry == "" or not re.search(rf"{task.entry}\({VALUE}", task.query)


@pytest.mark.parametrize("row", HISTORY_ROWS, ids=lambda row: row["id"])
def test_only_a_prompt_that_is_long_enough_holds_what_was_said(row: Data) -> None:
    turns = conversation(row)
    assert [turn.text for turn in turns] == [turn["content"] for turn in row["messages"]]
    assert [turn.type for turn in turns] == ["human", *["ai", "human"] * (len(turns) // 2)]
    for budget in LEAST_BUDGET.values():
        sent = prompt(CODE_SYSTEM, turns, max_tokens=budget)
        is_sent = any(row["said"] in turn.text for turn in sent[:-1])
        assert is_sent == (budget >= LEAST_BUDGET[row["distance"]])
        assert row["said"] not in turns[-1].text


def test_what_was_said_stands_at_each_distance_equally_often() -> None:
    assert Counter(row["distance"] for row in HISTORY_ROWS) == dict.fromkeys(LEAST_BUDGET, 4)


def test_each_length_of_prompt_has_its_config() -> None:
    configs = map(load_config, CONFIGS.glob("question_history_*.toml"))
    budgets = {options_as(LiveOptions, config.options).prompt_tokens for config in configs}
    assert budgets == set(LEAST_BUDGET.values())


def test_a_row_with_other_fields_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text('{"id": "x", "language": "python"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        read_tasks(path)
