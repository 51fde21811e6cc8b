"""The files that a request says its script reads."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

import csv
import io
import json

import pytest

from nodes.checks.tables import script_cases

READ = [
    (
        "Write a Python script that reads trips.csv with columns day, car, "
        "miles and prints the total miles per car.",
        "trips.csv",
    ),
    ("Bash: count the lines with FATAL in boot.log", "boot.log"),
    ("Print how many lines contain 'denied' in auth.log, in bash", "auth.log"),
    (
        "Python script: read marks.csv (columns: id, name, score) and print the highest score",
        "marks.csv",
    ),
    ("Write a bash script that prints the number of lines in todo.txt", "todo.txt"),
    (
        "Write a Python script that loads people.json, a list of objects with "
        "keys name and age, and prints the average age.",
        "people.json",
    ),
    (
        "Schreibe ein Python-Skript, das kasse.csv mit den Spalten datum, "
        "artikel und betrag liest und die Summe ausgibt.",
        "kasse.csv",
    ),
    (
        "Escribe un script de Python que lea gastos.csv con las columnas "
        "fecha, tienda, importe y muestre el total.",
        "gastos.csv",
    ),
    (
        "Напиши скрипт на Python, который читает trips.csv с колонками date, "
        "city, amount и выводит сумму amount.",
        "trips.csv",
    ),
    (
        "Write a python script which takes a CSV file with the columns name, "
        "email and age as argument and prints the number of rows",
        "input.csv",
    ),
    (
        "Python script that reads hits.jsonl with fields user, page, timestamp "
        "and prints the number of records",
        "hits.jsonl",
    ),
    (
        "Write a Python script that reads a.csv with columns id, name and "
        "writes the names to b.csv",
        "a.csv",
    ),
    (
        "Use awk to print the sum of the amount column of fees.csv with columns date,who,amount",
        "fees.csv",
    ),
]


@pytest.mark.parametrize(("query", "name"), READ)
def test_the_file_is_made_up_under_its_name(query, name):
    cases = script_cases(query)
    assert [list(case.files) for case in cases[:1]] == [[name]]


LEFT_OPEN = [
    "Write a Python function that reads a.csv with columns id, name",
    "Write a Python function load(path) for the CSV file sales.csv with columns id, total",
    "Write a Python script that reads data.csv and prints it",
    "Write a Python script that reads values.csv with columns foo, bar and prints them",
    "Write a script that parses access.log where each line looks like 'ip "
    "- date' and prints the ips",
    "Merge a.csv with columns id, name and b.csv with columns id, age in Python and print it",
    "python script to download https://example.com/data.json and print it",
    "Fix this script that reads data.csv with columns id, name: it crashes",
    "How do I read sales.csv with columns id, name in Python?",
    "Write a Python script that reads x.csv, semicolon separated, with "
    "columns id, name and prints the names",
    "Bash script that follows server.log and prints new lines, each line is JSON",
    "Read package.json with keys name, version and print the version with a bash script",
    "Write a Flask server that serves users.json, a list of objects with keys id and name",
    "Save the numbers 1 to 10 in out.txt with Python",
    "Explain how to count lines in notes.txt",
    "",
]


@pytest.mark.parametrize("query", LEFT_OPEN)
def test_what_the_request_leaves_open_gives_no_case(query):
    assert script_cases(query) == []


def content(query: str) -> str:
    return next(iter(script_cases(query)[0].files.values()))


def test_columns_and_kinds_are_those_of_the_request():
    rows = list(csv.DictReader(io.StringIO(content(READ[0][0]))))
    assert list(rows[0]) == ["day", "car", "miles"]
    assert len(rows) > 5
    people = json.loads(content(READ[5][0]))
    assert all(isinstance(one["age"], int) and isinstance(one["name"], str) for one in people)
    lines = content(READ[10][0]).splitlines()
    assert all(set(json.loads(line)) == {"user", "page", "timestamp"} for line in lines)


def test_a_word_stands_in_some_lines_of_a_log_once_each():
    lines = content("Bash: count the lines with FATAL in boot.log").splitlines()
    marked = [line for line in lines if "FATAL" in line]
    assert 0 < len(marked) < len(lines)
    assert all(line.lower().count("fatal") == 1 for line in marked)
    assert not any("fatal" in line.lower() for line in lines if line not in marked)


def test_standard_input_is_given_where_the_request_reads_it():
    query = (
        "Python script: read CSV with header id, name, age from stdin, a CSV file, print the sum"
    )
    assert script_cases(query)[0].stdin == content(query)


def test_a_sample_that_the_request_shows_is_the_content():
    query = "Python script that reads marks.txt and prints the best one:\n```\nann 7\nbob 9\n```"
    assert content(query) == "ann 7\nbob 9\n"


CONDITIONS = [
    "Python script: read marks.csv (columns: id, name, score) and print "
    "the highest score, ignoring rows of id 3",
    "Python script: read marks.csv (columns: id, name, score) and print "
    "the number of rows where score is over 50",
    "Write a bash script that prints the number of lines in todo.txt that are not empty",
]


@pytest.mark.parametrize("query", CONDITIONS)
def test_conditions_leave_no_number_to_be_worked_out(query):
    assert [case.weight for case in script_cases(query)] == [0.65, 0.6]
