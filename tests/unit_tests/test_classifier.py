import random
import time
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from evals.plan_baseline import plan_says_code
from nodes.classifier.features import BUCKETS
from nodes.classifier.model import LinearClassifier, Weights, packaged_weights
from nodes.state import Classification

PYTHON_ANSWER = AIMessage("```python\ndef total(xs):\n    return sum(xs)\n```")
PROSE_ANSWER = AIMessage("Lima is the capital of Peru; some ten million people live there.")


@pytest.fixture(scope="module")
def classifier() -> LinearClassifier:
    return LinearClassifier.load()


def classify(classifier: LinearClassifier, *turns: str | BaseMessage) -> Classification:
    return classifier([HumanMessage(turn) if isinstance(turn, str) else turn for turn in turns])


@pytest.mark.parametrize(
    "text",
    [
        "Write a Python function that merges two sorted lists",
        "regex that matches a hex colour",
        "sql: customers that placed no order last year",
        "undo my last git commit but keep the files",
        "awk print every second line",
        "Schreibe eine Funktion, die Primzahlen ausgibt",
        "написать функцию, которая сортирует список",
        "用python写一个快速排序",
        "TypeError: 'NoneType' object is not subscriptable",
        "Traceback (most recent call last):\n  File \"a.py\", line 2, in <module>\nKeyError: 'x'",
        "why does this never stop? while (i < 5) { sum += i; }",
        "css to make the footer stay at the bottom of the page",
        "excel formula that adds the cells of column B where column A is open",
        "fix this: for i in range(10) print(i)",
    ],
)
def test_requests_for_code(classifier: LinearClassifier, text: str) -> None:
    assert classify(classifier, text).label == "code"


@pytest.mark.parametrize(
    "text",
    [
        "What is the tallest mountain of Africa?",
        "Recommend a novel for a long train ride",
        "who invented the java language and where does its name come from",
        "what is an operating system, in simple words?",
        "Write an essay about friendship",
        "Schreib mir ein Gedicht über den Winter",
        "Расскажи сказку про лису",
        "推荐几部电影",
        "how much does a software developer earn in Madrid?",
        "A farmer has 17 sheep and sells 9. How many are left?",
        "thanks, have a nice weekend!",
    ],
)
def test_requests_for_something_else(classifier: LinearClassifier, text: str) -> None:
    assert classify(classifier, text).label == "chat"


@pytest.mark.parametrize(
    "text",
    [
        "classic capital cities of Europe",
        "write a film script about two old friends",
        "describe the method actors use to cry",
        "which therapies help against a stiff neck?",
        "plan a training program for a marathon",
        "what is the dress code for a gala dinner?",
    ],
)
def test_words_that_mislead_the_plans_keywords(classifier: LinearClassifier, text: str) -> None:
    assert plan_says_code(text)
    assert classify(classifier, text).label == "chat"


@pytest.mark.parametrize(
    "text",
    [
        "reverse the words of a sentence in golang, no loops",
        "KeyError: 'name' when I read the csv with pandas",
        "center a div",
    ],
)
def test_requests_that_are_short_and_hold_no_such_keyword(
    classifier: LinearClassifier, text: str
) -> None:
    assert not plan_says_code(text)
    assert classify(classifier, text).label == "code"


def test_a_follow_up_takes_the_meaning_of_what_it_follows(classifier: LinearClassifier) -> None:
    turn = "now a shorter version please"
    assert classify(classifier, "add up a list in python", PYTHON_ANSWER, turn).label == "code"
    assert classify(classifier, "What is Peru's capital?", PROSE_ANSWER, turn).label == "chat"


@pytest.mark.parametrize(
    ("turns", "label"),
    [
        (("add up a list in python", PYTHON_ANSWER, "thank you, bye!"), "chat"),
        (("add up a list in python", PYTHON_ANSWER, "which wine goes with fish?"), "chat"),
        (("What is Peru's capital?", PROSE_ANSWER, "sort a list of dicts in python"), "code"),
        (("add up a list in python", PYTHON_ANSWER, "it fails for an empty list"), "code"),
    ],
)
def test_a_change_of_subject(
    classifier: LinearClassifier, turns: tuple[str | BaseMessage, ...], label: str
) -> None:
    assert classify(classifier, *turns).label == label


def test_only_the_last_human_turn_is_the_request(classifier: LinearClassifier) -> None:
    system = SystemMessage("You are a Python tutor. Write code in Python. def f(): return 1")
    assert classify(classifier, system, "what should I cook tonight?").label == "chat"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("write a SQL query for the ten oldest orders", "asks for SQL"),
        ("fix this python: for i in range(3) print(i)", "asks for Python"),
        ("Traceback (most recent call last):\nKeyError: 'a'", "holds a stack trace"),
        ("write a poem about rain", "asks for prose"),
    ],
)
def test_reasons_name_what_was_seen(classifier: LinearClassifier, text: str, words: str) -> None:
    assert words in classify(classifier, text).reason


def test_the_reason_of_a_follow_up_says_so(classifier: LinearClassifier) -> None:
    found = classify(classifier, "sum in python", PYTHON_ANSWER, "rewrite it in SQL")
    assert found.reason == "asks for SQL; follow-up to code"


REQUESTS = [
    ("Write a Python function that parses these lines", "code"),
    ("What is the capital of Portugal?", "chat"),
]
PASTES = {
    "prose": "The ship left before dawn and nobody on the pier waved to it. ",
    "log": "2024-05-01 10:00:00 INFO worker-7 request /index 200 9ms\n",
    "spaces": " ",
    "brackets": "({[<",
}


@pytest.mark.parametrize("paste", PASTES)
@pytest.mark.parametrize(("request_text", "label"), REQUESTS)
def test_a_long_paste_changes_neither_verdict_nor_time(
    classifier: LinearClassifier, paste: str, request_text: str, label: str
) -> None:
    filler = (PASTES[paste] * 100_000)[:100_000]
    for text in (f"{request_text}\n\n{filler}", f"{filler}\n\n{request_text}"):
        spent = []
        for _ in range(5):
            began = time.thread_time()
            assert classify(classifier, text).label == label
            spent.append(time.thread_time() - began)
        assert min(spent) < 0.02


def test_a_usual_request_takes_well_under_a_millisecond(classifier: LinearClassifier) -> None:
    rng, spent = random.Random(3), []
    words = ["write", "function", "list", "river", "house", "sort", "garden", "number", "the", "in"]
    for _ in range(100):
        text = " ".join(rng.choices(words, k=14))
        began = time.thread_time()
        classify(classifier, text)
        spent.append(time.thread_time() - began)
    assert sorted(spent)[50] < 0.001


@settings(deadline=None)
@given(st.text(), st.text(), st.text())
def test_any_text_gets_a_probability(before: str, answer: str, text: str) -> None:
    found = LinearClassifier.load()([HumanMessage(before), AIMessage(answer), HumanMessage(text)])
    assert 0.0 <= found.score <= 1.0
    assert (found.score >= packaged_weights().threshold) == (found.label == "code")
    assert found.reason


@pytest.mark.parametrize("text", ["", " \n", "\x00", "\ud800", "\udfff write", "\u202e", "🙂" * 50])
def test_odd_text_is_no_trouble(classifier: LinearClassifier, text: str) -> None:
    assert 0.0 <= classify(classifier, text).score <= 1.0


def test_no_messages_at_all_is_chat(classifier: LinearClassifier) -> None:
    assert classifier([]).label == "chat"


def test_content_in_parts_counts_like_the_text(classifier: LinearClassifier) -> None:
    parts = HumanMessage(
        [
            "sort a list",
            {"type": "text", "text": "in rust"},
            {"type": "image_url", "image_url": "x"},
        ]
    )
    whole = classify(classifier, "sort a list\nin rust")
    assert classifier([parts]) == whole


@settings(deadline=None)
@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200),
    st.text(" \t\n", max_size=20),
)
def test_case_and_outer_space_do_not_matter(text: str, space: str) -> None:
    classifier = LinearClassifier.load()
    plain = classify(classifier, text)
    assert classify(classifier, space + text.upper() + space) == plain
    assert classify(classifier, text.lower()) == plain


def test_full_width_letters_count_like_others(classifier: LinearClassifier) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in "python list")
    assert classify(classifier, wide) == classify(classifier, "python list")


def test_the_weights_are_packaged_and_small() -> None:
    data = (files("nodes.classifier") / "weights.bin").read_bytes()
    assert len(data) < 2_000_000
    weights = Weights.from_bytes(data)
    assert weights.to_bytes() == data
    assert len(weights.buckets) == BUCKETS


@pytest.mark.parametrize(
    "data", [b"", b"QRW1", b"PK\x03\x04 something else", b"QRW1\x02\x00\x00\x00{}"]
)
def test_a_wrong_file_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="weights"):
        Weights.from_bytes(data)


def test_the_threshold_comes_with_the_weights(classifier: LinearClassifier) -> None:
    w = classifier.weights
    never = LinearClassifier(Weights(w.bias, 1.0, w.scale, w.named, w.buckets))
    assert classify(never, "write a python function").label == "chat"
