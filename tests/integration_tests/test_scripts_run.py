"""Whole scripts of answers, run in a jail beside the files that their requests name."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.answer import Answer
from nodes.checks.cases import Case, Run
from nodes.checks.run import complaint_on
from nodes.checks.runners.script import ScriptRunner
from nodes.checks.tables import script_cases
from tests.sandbox_fixtures import require


@pytest.fixture(scope="module")
def jail(tmp_path_factory: pytest.TempPathFactory) -> Jail:
    made = Jail(cache_dir=tmp_path_factory.mktemp("cache"))
    require(made, "python", "bash")
    return made


def tried(jail: Jail, language: str, query: str, code: str) -> tuple[list[Case], Run]:
    cases = script_cases(query)
    answer = Answer(query, f"Sure:\n```{language}\n{code}\n```\nDone.")
    return cases, ScriptRunner(language).run(answer, None, cases, sandbox=jail, wall_s=8.0)


def complaints(jail: Jail, language: str, query: str, code: str) -> list[str]:
    cases, run = tried(jail, language, query, code)
    assert cases
    assert not run.why_not
    found = [complaint_on(case, seen) for case, seen in zip(cases, run.seen, strict=True)]
    return [" ".join(one) for one in found if one]


PER_CAR = (
    "Write a Python script that reads trips.csv with columns day, car, miles and prints the total "
    "miles per car."
)
SUMS = """import csv
from collections import defaultdict
sums = defaultdict(float)
with open("trips.csv", newline="") as file:
    for row in csv.DictReader(file):
        sums[row["car"]] += float(row["miles"])
for car, miles in sorted(sums.items()):
    print(f"{car}: {miles:,.2f}")
"""
AVERAGE = (
    "Write a Python script that loads people.json, a list of objects with keys name and age, and "
    "prints the average age."
)
HIGHEST = "Python script: read marks.csv (columns: id, name, score) and print the highest score"
ROWS = (
    "Write a python script which takes a CSV file with the columns name, email and age as argument "
    "and prints the number of rows"
)
FATAL = "Bash: count the lines with FATAL in boot.log"
LINES = "Write a bash script that prints the number of lines in todo.txt"
WORDS = "Python script that reads essay.txt and prints the number of words"
FEES = "Use bash to print the sum of the amount column of fees.csv with columns date,who,amount"

GOOD = [
    ("python", PER_CAR, SUMS),
    ("python", PER_CAR, "import sys\n" + SUMS.replace('"trips.csv"', "sys.argv[1]")),
    ("python", PER_CAR, "import pandas as pd\n"
     "print(pd.read_csv('trips.csv').groupby('car').sum())"),
    ("python", PER_CAR, SUMS.replace("trips.csv", "/path/to/trips.csv")),
    ("python", PER_CAR, SUMS + "exit(0)"),
    ("python", PER_CAR, "name = input('File: ')\n" + SUMS.replace('"trips.csv"', "name")),
    ("python", AVERAGE, "import json\nd = json.load(open('people.json'))\n"
     "print(f\"Average: {sum(p['age'] for p in d) / len(d):.1f}\")"),
    ("python", HIGHEST, "import csv\nrows = list(csv.DictReader(open('marks.csv')))\n"
     "best = max(rows, key=lambda row: float(row['score']))\nprint(best['name'], best['score'])"),
    ("python", ROWS, "import csv, sys\nif len(sys.argv) != 2:\n    sys.exit('Usage: rows FILE')\n"
     "print(len(list(csv.DictReader(open(sys.argv[1])))))"),
    ("python", ROWS, "import argparse\np = argparse.ArgumentParser()\np.add_argument('--file', "
     "required=True)\nprint(sum(1 for _ in open(p.parse_args().file)) - 1)"),
    ("python", ROWS, "print(sum(1 for _ in open('your_file.csv')) - 1)"),
    ("python", WORDS, "print(len(open('essay.txt').read().split()))"),
    ("bash", FATAL, "grep -c FATAL boot.log"),
    ("bash", FATAL, "grep FATAL boot.log | wc -l"),
    ("bash", FATAL, "#!/bin/bash\nn=0\nwhile read -r line; do [[ $line == *FATAL* ]] && ((n++)); "
     "done < \"${1:-boot.log}\"\necho \"$n lines\""),
    ("bash", FATAL, "rg -c FATAL boot.log"),
    ("bash", LINES, "if [ ! -f todo.txt ]; then echo 'todo.txt not found' >&2; exit 1; fi\n"
     "wc -l < todo.txt"),
    ("bash", LINES, "awk 'END { print NR }' \"$1\""),
    ("bash", FEES, "awk -F, 'NR > 1 { s += $3 } END { print s }' fees.csv"),
    ("python", "Escribe un script de Python que lea gastos.csv con las columnas fecha, tienda, "
     "importe y muestre el total.", "import csv\nprint('Total:', sum(float(f['importe']) for f in "
     "csv.DictReader(open('gastos.csv', encoding='utf-8'))))"),
    ("python", "Напиши скрипт на Python, который читает trips.csv с колонками date, city, amount и "
     "выводит сумму amount.", "import csv\nprint(sum(int(r['amount']) for r in "
     "csv.DictReader(open('trips.csv'))))"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "query", "code"), GOOD)
def test_a_good_script_raises_no_complaint(jail, language, query, code):
    assert complaints(jail, language, query, code) == []


BAD = [
    ("python", PER_CAR, SUMS.replace("+=", "="), "does not show"),
    ("python", PER_CAR, SUMS.replace('"miles"', '"Miles"'), "KeyError: 'Miles'"),
    ("python", PER_CAR, SUMS.split("for car")[0], "printed nothing"),
    ("python", PER_CAR, SUMS.replace("sorted", "sort"), "NameError"),
    ("python", AVERAGE, "import json\nd = json.load(open('people.json'))\n"
     "print(sum(p['age'] for p in d))", "does not show"),
    ("python", AVERAGE, "import json\nd = json.loads('people.json')\nprint(d)", "JSONDecodeError"),
    ("python", HIGHEST, "import csv\nprint(min(float(r['score']) for r in "
     "csv.DictReader(open('marks.csv'))))", "does not show"),
    ("python", WORDS, "print(len(open('essay.txt').read()))", "does not show"),
    ("bash", FATAL, "wc -l < boot.log", "does not show"),
    ("bash", FATAL, "grep -c fatal boot.log", "does not show"),
    ("bash", LINES, "wc -c < todo.txt", "does not show"),
    ("bash", FEES, "awk -F, 'NR > 1 { s += $2 } END { print s }' fees.csv", "does not show"),
    ("bash", FEES, "cut -d, -f3 fees.csv > /dev/null", "printed nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "query", "code", "words"), BAD)
def test_a_bad_script_is_caught_with_evidence(jail, language, query, code, words):
    found = complaints(jail, language, query, code)
    assert any(words in one for one in found), found


def test_standard_input_holds_the_file_where_the_request_says_so(jail):
    query = (
        "Python script: read CSV with header id, name, age from stdin, a CSV file, print the sum"
    )
    _, run = tried(jail, "python", query, "import sys\nprint(sys.stdin.readline())")
    assert str(run.seen[0].value).startswith("id,name,age")


def test_a_program_that_waits_for_more_is_not_judged(jail):
    cases, run = tried(jail, "bash", LINES, "tail -f todo.txt")
    assert {seen.outcome for seen in run.seen} == {"not_run"}
    assert len(run.seen) == len(cases)


def test_a_program_is_compared_with_what_it_must_print(jail):
    answer = Answer("", "```python\nprint(int(input()) + 1)\n```")
    cases = [
        Case("example", 0.9, "", prints="4", stdin="3\n"),
        Case("example", 0.9, "", prints="5"),
    ]
    cases.append(Case("example", 0.9, "", call="f(1)"))
    run = ScriptRunner("python").run(answer, None, cases, sandbox=jail, wall_s=8.0)
    assert [seen.outcome for seen in run.seen] == ["passed", "raised", "not_run"]


def test_an_answer_without_code_is_not_run(jail):
    run = ScriptRunner("python").run(
        Answer(WORDS, "No, sorry!"), None, [], sandbox=jail, wall_s=5.0
    )
    assert run.why_not


@pytest.mark.parametrize(
    "code",
    [
        "import os\nprint(os.environ['API_KEY'])",
        "import socket\nprint(socket.create_connection(('example.com', 22)))",
        "import sqlite3\nprint(sqlite3.connect('app.db').execute('SELECT 1 FROM users'))",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', '1/0'], check=True)",
        "try:\n    open('other.txt')\nexcept OSError as error:\n    raise SystemError from error",
    ],
)
def test_a_script_that_needs_what_is_not_here_is_not_judged(jail, code):
    assert complaints(jail, "python", WORDS, code) == []
    answer = Answer("", f"```python\n{code}\n```")
    cases = [Case("example", 0.9, "", prints="4")]
    run = ScriptRunner("python").run(answer, None, cases, sandbox=jail, wall_s=8.0)
    assert [seen.outcome for seen in run.seen] == ["not_run"]


def test_a_key_that_is_missing_in_the_data_is_evidence(jail):
    assert complaints(jail, "python", WORDS, "print({'a': 1}['TOTAL'])")


@pytest.mark.parametrize(("wall_s", "outcome"), [(0.0, "not_run"), (0.4, "not_run"),
                                                 (8.0, "timed_out")])  # fmt: skip
def test_only_a_program_that_had_its_time_did_not_end(jail, wall_s, outcome):
    answer = Answer("", "```python\nwhile True: pass\n```")
    cases = [Case("example", 0.9, "", prints="4")]
    run = ScriptRunner("python").run(answer, None, cases, sandbox=jail, wall_s=wall_s)
    assert [seen.outcome for seen in run.seen] == [outcome]


def test_a_program_that_leaves_by_exit_ends_well(jail):
    answer = Answer("", "```python\nprint(4)\nquit()\n```")
    cases = [Case("example", 0.9, "", prints="4")]
    run = ScriptRunner("python").run(answer, None, cases, sandbox=jail, wall_s=8.0)
    assert [seen.outcome for seen in run.seen] == ["passed"]
