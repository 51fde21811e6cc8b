import json
import random

import pytest

pytest.importorskip("numpy", reason="install the evals extra: pip install -e '.[evals]'")
pytest.importorskip("sklearn", reason="install the evals extra: pip install -e '.[evals]'")

from evals.routing_data import read_rows
from evals.routing_grammar import Grammar, gerund, made_rows, mistyped, read_parts
from evals.routing_specs import Specs
from evals.train_classifier import DATA, EVAL, EXTRA, GRAMMAR_WEIGHT, SEED, own_rows
from nodes.classifier.structure import certainty_of, specified_in


def test_no_evaluation_row_is_trained_on() -> None:
    trained = {row.text.casefold().strip() for row in own_rows(EXTRA) if len(row.turns) == 1}
    talked = {row.turns for row in own_rows(EXTRA)}
    for row in read_rows(EVAL):
        if len(row.turns) == 1:
            assert row.text.casefold().strip() not in trained
        assert row.turns not in talked
    tasks = (DATA / "code_tasks.jsonl").read_text(encoding="utf-8").splitlines()
    assert not {json.loads(task)["query"].casefold().strip() for task in tasks} & trained


def test_the_grammar_makes_the_same_rows_again() -> None:
    parts = read_parts()
    first, again = (made_rows(parts, seed=SEED, weight=GRAMMAR_WEIGHT) for _ in range(2))
    assert first == again
    other = made_rows(parts, seed=SEED + 1, weight=GRAMMAR_WEIGHT)
    assert other != first


def test_made_rows_are_balanced_whole_and_distinct() -> None:
    rows = made_rows(read_parts(), seed=SEED, weight=GRAMMAR_WEIGHT)
    assert len(rows) > 10_000
    assert 0.4 < sum(row.label == "code" for row in rows) / len(rows) < 0.6
    assert len({row.turns for row in rows}) == len(rows)
    assert sum(len(row.turns) > 1 for row in rows) > 1000
    left = [row.text for row in rows if "{T}" in row.text or "{L}" in row.text]
    assert left == []


def test_functions_are_specified_in_many_languages_and_so_is_chat_that_looks_like_it() -> None:
    specs = Specs(Grammar(read_parts(), SEED))
    assert len(specs.languages) >= 15
    for lang in specs.languages:
        code = {specs.function(lang) for _ in range(20)}
        chat = {specs.chat(lang) for _ in range(20)}
        assert len(code) >= 18
        assert len(chat) >= 4
        assert sum(certainty_of(specified_in(text.casefold())) > 0 for text in code) >= 14


def test_slips_all_over_leave_the_number_of_words() -> None:
    text = "write a function that merges several sorted lists into one long list"
    wrong = []
    for seed in range(20):
        slipped = mistyped(text, random.Random(seed), most=8).split()
        wrong.append(sum(a != b for a, b in zip(text.split(), slipped, strict=True)))
    assert max(wrong) >= 4


@pytest.mark.parametrize(
    ("phrase", "made"),
    [
        ("write a file", "writing a file"),
        ("get the value", "getting the value"),
        ("read a line", "reading a line"),
        ("see why", "seeing why"),
    ],
)
def test_gerunds(phrase: str, made: str) -> None:
    assert gerund(phrase) == made
