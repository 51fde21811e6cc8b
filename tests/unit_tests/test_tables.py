"""The tables that a request describes, and the rows made up for them."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

import sqlite3
import time

import pytest

from nodes.checks.tables import script_cases, sql_cases
from nodes.checks.tables.hints import hints_of
from nodes.checks.tables.model import Schema
from nodes.checks.tables.rows import filled, script
from nodes.checks.tables.schema import read_schema

DESCRIBED = [
    (
        "Given CREATE TABLE invoice (nr INT PRIMARY KEY, client_id INT REFERENCES client(id), "
        "net DECIMAL(10,2) NOT NULL, state ENUM('new','sent')); list them.",
        {"invoice": ["nr", "client_id", "net", "state"]},
    ),
    (
        "```sql\nCREATE TABLE IF NOT EXISTS `pets` (\n  `id` int NOT NULL "
        "AUTO_INCREMENT, -- the key\n"
        "  `born` date,\n  PRIMARY KEY (`id`)\n);\n```\nThe oldest pet?",
        {"pets": ["id", "born"]},
    ),
    (
        "I have a table guests with columns id, name and phone. List all.",
        {"guests": ["id", "name", "phone"]},
    ),
    (
        "The readings table has columns sensor, taken_at, value. Average?",
        {"readings": ["sensor", "taken_at", "value"]},
    ),
    (
        "a table called `visits` that has the columns user_id, page and at. Go",
        {"visits": ["user_id", "page", "at"]},
    ),
    (
        "guests: id, name\nrooms: id, guest_id, floor\n\nJoin the tables.",
        {"guests": ["id", "name"], "rooms": ["id", "guest_id", "floor"]},
    ),
    (
        "guests(id, name, vip) and stays(id, guest_id, night date as 'YYYY-MM-DD').",
        {"guests": ["id", "name", "vip"], "stays": ["id", "guest_id", "night"]},
    ),
    (
        "Table stock(sku PRIMARY KEY, amount, checked INTEGER 0/1): the total?",
        {"stock": ["sku", "amount", "checked"]},
    ),
    ("series(n INTEGER) has holes", {"series": ["n"]}),
    ("staff table (id, name, pay). top 3", {"staff": ["id", "name", "pay"]}),
    (
        "Table teas with columns id, name, price and write a query for it",
        {"teas": ["id", "name", "price"]},
    ),
    (
        "Eine Tabelle autos mit den Spalten id, marke und preis. Schreibe",
        {"autos": ["id", "marke", "preis"]},
    ),
    (
        "Tengo una tabla libros con las columnas id, título y precio. Escribe",
        {"libros": ["id", "título", "precio"]},
    ),
    (
        "J'ai une table films avec les colonnes id, titre et année. Écris",
        {"films": ["id", "titre", "année"]},
    ),
    (
        "Tenho a tabela acessos(usuario TEXT, dia TEXT no formato 'AAAA-MM-DD');",
        {"acessos": ["usuario", "dia"]},
    ),
    (
        "Ho una tabella gatti con le colonne id, nome, peso. Scrivi",
        {"gatti": ["id", "nome", "peso"]},
    ),
    (
        "У меня есть таблица books с полями id, title, price. Напиши",
        {"books": ["id", "title", "price"]},
    ),
    ("teachers 表有 id、name、subject 三列。写", {"teachers": ["id", "name", "subject"]}),
    (
        "表 trades(id INTEGER, account TEXT, amount INTEGER)，写",
        {"trades": ["id", "account", "amount"]},
    ),
    (
        "Table: Cinema\n\n| Column Name | Type |\n|---|---|\n| id | int |\n| "
        "movie | varchar |\n\nWrite",
        {"Cinema": ["id", "movie"]},
    ),
    ("pets\n| id | name |\n|----|------|\n| 1 | Rex |\n| 2 | NULL |\n", {"pets": ["id", "name"]}),
]


@pytest.mark.parametrize(("query", "tables"), DESCRIBED)
def test_a_described_table_is_read(query, tables):
    found = read_schema(query)
    assert {t.name: [c.name for c in t.columns] for t in found.tables} == tables
    assert found.is_sure


UNSURE = [
    "table logs (id bigint, at timestamp, level text, ...). count",
    "a table events with columns such as id, name and kind. count",
    "offices (rome, oslo, sales) need a report",
]


@pytest.mark.parametrize("query", UNSURE)
def test_an_open_list_is_not_sure(query):
    assert not read_schema(query).is_sure


NONE = [
    "Create a table users with columns id, name and email.",
    "Design a database schema for a library",
    "Explain SELECT SUM(a), COALESCE(b, 0) FROM t",
    "How do I join two tables?",
    "Return columns: id, name, total",
    "Write a function add(a, b)" * 1000,
]


@pytest.mark.parametrize("query", NONE)
def test_a_request_without_tables_gives_no_cases(query):
    assert sql_cases(query) == []


@pytest.mark.parametrize("variant", ["plain", "varied"])
@pytest.mark.parametrize("query", [query for query, _ in DESCRIBED])
def test_the_rows_can_be_loaded_and_are_always_the_same(query, variant):
    tables = filled(read_schema(query), variant)
    database = sqlite3.connect(":memory:")
    database.executescript(script(tables))
    for table in tables:
        count = database.execute(f'SELECT COUNT(*) FROM "{table.name}"').fetchone()[0]
        assert count == len(table.rows) > 1
    database.close()
    assert tables == filled(read_schema(query), variant)


def rows_of(query: str, variant: str = "plain") -> dict[str, list[dict[str, object]]]:
    tables = filled(read_schema(query), variant)  # type: ignore[arg-type]
    return {
        t.name: [dict(zip([c.name for c in t.columns], r, strict=True)) for r in t.rows]
        for t in tables
    }


def test_some_parents_have_several_children_and_some_have_none():
    rows = rows_of("clients(id, name), bills(id, client_id, total)")
    referred = [row["client_id"] for row in rows["bills"]]
    ids = {row["id"] for row in rows["clients"]}
    assert set(referred) < ids
    assert len(referred) > len(set(referred))


def test_the_varied_rows_hold_an_orphan_ties_and_the_numbers_of_the_request():
    rows = rows_of(
        "clients(id, name), bills(id, client_id, total). bills with total over 77", "varied"
    )
    ids = {row["id"] for row in rows["clients"]}
    totals = [row["total"] for row in rows["bills"]]
    assert any(row["client_id"] not in ids for row in rows["bills"])
    assert len(set(totals)) < len(totals)
    assert {76, 77, 78} <= set(totals)


def test_a_declared_reference_always_matches():
    query = (
        "CREATE TABLE a (id INT PRIMARY KEY); "
        "CREATE TABLE b (id INT PRIMARY KEY, a_id INT REFERENCES a(id));"
    )
    rows = rows_of(query, "varied")
    assert {row["a_id"] for row in rows["b"]} <= {row["id"] for row in rows["a"]}


def test_what_may_be_null_is_null_somewhere_and_nothing_else_is():
    rows = rows_of("guests(id, name), stays(id, guest_id, night). guest_id can be NULL.")
    assert None in [row["guest_id"] for row in rows["stays"]]
    assert None not in [value for row in rows["guests"] for value in row.values()]


def test_statuses_and_years_of_the_request_appear():
    rows = rows_of("bills(id, status, sent_on). bills with status 'overdue' in 1998")
    assert "overdue" in [row["status"] for row in rows["bills"]]
    assert any(str(row["sent_on"]).startswith("1998") for row in rows["bills"])


def test_rows_that_the_request_shows_are_kept():
    query = "pets\n| id | name |\n|----|------|\n| 1 | Rex |\n| 2 | NULL |\n"
    assert rows_of(query)["pets"] == [{"id": 1, "name": "Rex"}, {"id": 2, "name": None}]
    query = "CREATE TABLE t (a INT, b TEXT); INSERT INTO t (b, a) VALUES ('x,y', 1), ('it''s', -2);"
    assert rows_of(query)["t"] == [{"a": 1, "b": "x,y"}, {"a": -2, "b": "it's"}]


def test_an_empty_request_names_nothing():
    hints = hints_of(Schema((), ""))
    assert not hints.texts
    assert not hints.numbers


@pytest.mark.parametrize("text", ["`" * 7900, " " * 7900, "a" * 7900, "table " * 1300, "a(" * 3900])
def test_a_strange_request_takes_no_time(text):
    before = time.process_time()
    sql_cases(text)
    script_cases(text)
    assert time.process_time() - before < 2
