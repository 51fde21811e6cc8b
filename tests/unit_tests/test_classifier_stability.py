import json
import random
import time
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from nodes.classifier.model import LinearClassifier

CODE = [
    "Write a Python function that merges two sorted lists",
    "implement a trie in Java with insert and search",
    "how do I undo the last commit but keep my changes in git",
    "sql query that joins orders and customers and sums by month",
    "regex that matches an ip address",
    "write a bash script that renames all pictures by date",
    "create a react component with a search box and a list",
    "excel formula that counts cells with the word open",
    "how to sort a dictionary by value in python",
    "fix this python loop, it never ends",
    "write unit tests in jest for a function that adds numbers",
    "convert this javascript function to typescript",
    "Schreibe eine Python Funktion, die Primzahlen ausgibt",
    "escribe una función en javascript que ordene un array",
    "напиши функцию на python, которая сортирует список",
    "用python写一个快速排序函数",
]
CHAT = [
    "What is the tallest mountain of Africa?",
    "write a poem about the first snow of the year",
    "recommend three novels for a long train ride",
    "how do I remove coffee stains from a white shirt",
    "plan a weekend in Vienna for two people",
    "who won the football world cup in 1998",
    "what are the symptoms of a vitamin deficiency",
    "tell me a bedtime story about a brave little fox",
    "how much does a software developer earn in Madrid?",
    "give me a recipe for a vegetarian lasagne",
    "translate good morning to Portuguese and Dutch",
    "why do cats purr when they are stroked",
    "Schreib mir ein Gedicht über den Winter",
    "¿cuál es la mejor época para viajar a Perú?",
    "расскажи сказку про лису и зайца",
    "推荐几部适合周末看的电影",
]
ROWS = [(text, "code") for text in CODE] + [(text, "chat") for text in CHAT]
PASTED_CODE = """def load(path):
    with open(path) as lines:
        return [line.split(";") for line in lines]

for (int i = 0; i < rows.length; i++) { total += rows[i].price; }

"""
EVAL = Path(__file__).parents[2] / "evals" / "data"


@pytest.fixture(scope="module")
def classifier() -> LinearClassifier:
    return LinearClassifier.load()


def label(classifier: LinearClassifier, text: str) -> str:
    return classifier([HumanMessage(text)]).label


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_case_and_outer_space_leave_the_verdict(
    classifier: LinearClassifier, text: str, expected: str
) -> None:
    rng = random.Random(text)
    for space in ("", "   ", "\n\n\t"):
        mixed = "".join(rng.choice((c.upper(), c.lower())) for c in text)
        assert label(classifier, f"{space}{mixed}{space}") == expected


def with_a_slip(text: str, rng: random.Random) -> str:
    """One letter swapped, dropped or doubled."""
    i = rng.randrange(len(text) - 1)
    swapped = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return rng.choice((swapped, text[:i] + text[i + 1 :], text[:i] + text[i] + text[i:]))


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_one_slip_of_the_keys_leaves_the_verdict(
    classifier: LinearClassifier, text: str, expected: str
) -> None:
    rng = random.Random(text)
    slips = [with_a_slip(text, rng) for _ in range(12)]
    assert [label(classifier, slip) for slip in slips].count(expected) >= 11


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_100_kb_of_pasted_code_leave_the_verdict_and_the_time(
    classifier: LinearClassifier, text: str, expected: str, before: bool
) -> None:
    paste = (PASTED_CODE * 1000)[:100_000]
    whole = f"{paste}\n\n{text}" if before else f"{text}\n\n{paste}"
    spent = []
    for _ in range(5):
        began = time.thread_time()
        assert label(classifier, whole) == expected
        spent.append(time.thread_time() - began)
    assert min(spent) < 0.005


def rows_of(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (EVAL / name).read_text(encoding="utf-8").splitlines()]


def test_the_evaluation_rows_are_many_and_mixed() -> None:
    rows = rows_of("routing_eval.jsonl")
    assert len(rows) >= 320
    assert len({row["id"] for row in rows}) == len(rows)
    assert sum(row["lang"] != "en" for row in rows) >= len(rows) / 4
    assert sum(row["messages"] is not None for row in rows) >= 50
    assert 0.4 < sum(row["label"] == "code" for row in rows) / len(rows) < 0.6


def test_most_evaluation_rows_are_classified_as_labelled(classifier: LinearClassifier) -> None:
    right = 0
    for row in rows_of("routing_eval.jsonl"):
        turns = row["messages"] or [{"role": "user", "content": row["text"]}]
        assert isinstance(turns, list)
        said = classifier(
            [(HumanMessage if t["role"] == "user" else AIMessage)(t["content"]) for t in turns]
        )
        right += said.label == row["label"]
    assert right >= 0.9 * len(rows_of("routing_eval.jsonl"))


def test_hardly_a_code_task_is_missed(classifier: LinearClassifier) -> None:
    queries = [str(row["query"]) for row in rows_of("code_tasks.jsonl")]
    missed = [query for query in queries if label(classifier, query) != "code"]
    assert len(missed) <= 3, missed
