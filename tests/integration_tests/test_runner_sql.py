"""SQL of answers, run in a jail on tables made up for the request."""

# ruff: noqa: RUF001  words in several alphabets

from __future__ import annotations

import pytest

from graph.sandbox.jail import Jail
from nodes.checks.answer import Answer
from nodes.checks.cases import Case, Run
from nodes.checks.run import complaint_on
from nodes.checks.runners.sql import SqlRunner
from nodes.checks.tables import sql_cases
from tests.sandbox_fixtures import require


@pytest.fixture(scope="module")
def jail(tmp_path_factory: pytest.TempPathFactory) -> Jail:
    made = Jail(cache_dir=tmp_path_factory.mktemp("cache"))
    require(made, "python")
    return made


def tried(jail: Jail, query: str, sql: str) -> tuple[list[Case], Run]:
    cases = sql_cases(query)
    answer = Answer(query, f"Here it is:\n```sql\n{sql}\n```\nThat is all.")
    return cases, SqlRunner().run(answer, None, cases, sandbox=jail, wall_s=8.0)


def complaints(jail: Jail, query: str, sql: str) -> list[str]:
    cases, run = tried(jail, query, sql)
    assert not run.why_not
    found = [complaint_on(case, seen) for case, seen in zip(cases, run.seen, strict=False)]
    return [run.load_error] * bool(run.load_error) + [" ".join(one) for one in found if one]


SHOP = "Tables: clients(id, name, city) and bills(id, client_id, amount, status, sent_on, paid). "
STAFF = "staff(id, name, team_id, pay, manager_id, hired_on) and teams(id, name). "
TOYS = "table toys(id, name, price, category). "
EMAILS = """Table: Contact

| Column Name | Type    |
|-------------|---------|
| id          | int     |
| email       | varchar |

Report all the duplicate emails, in any order.

Input:
Contact table:
+----+---------+
| id | email   |
+----+---------+
| 1  | a@b.com |
| 2  | c@d.com |
| 3  | a@b.com |
+----+---------+
Output:
+---------+
| Email   |
+---------+
| a@b.com |
+---------+
"""

GOOD = [
    (SHOP + "Write a SQL query that shows the total amount per client.",
     "SELECT name, SUM(b.amount) FROM clients c JOIN bills b ON b.client_id = c.id GROUP BY c.id"),
    (SHOP + "Write a SQL query that shows the total amount per client.",
     "SELECT client_id, SUM(amount) FROM bills GROUP BY client_id"),
    (SHOP + "Write a SQL query that shows the total amount per client.",
     "SELECT c.name, COALESCE(SUM(b.amount), 0) FROM clients c LEFT JOIN bills b"
     " ON b.client_id = c.id GROUP BY c.name"),
    (SHOP + "number of bills per client",
     "SELECT c.name, COUNT(b.id) FROM clients c LEFT JOIN bills b ON b.client_id=c.id GROUP BY 1"),
    (SHOP + "number of bills per client and status",
     "SELECT client_id, status, COUNT(*) FROM bills GROUP BY client_id, status"),
    (SHOP + "List the clients without bills.",
     "SELECT * FROM clients WHERE id NOT IN (SELECT client_id FROM bills)"),
    (SHOP + "List clients with no paid bills",
     "SELECT name FROM clients WHERE id NOT IN (SELECT client_id FROM bills WHERE paid)"),
    (SHOP + "Find the second highest amount.",
     "SELECT MAX(amount) FROM bills WHERE amount < (SELECT MAX(amount) FROM bills)"),
    (SHOP + "Top 5 clients by total amount",
     "SELECT c.name, SUM(b.amount) t FROM clients c JOIN bills b ON c.id = b.client_id "
     "GROUP BY c.id ORDER BY t DESC LIMIT 5"),
    (SHOP + "total amount per client for bills with status 'sent'",
     "SELECT client_id, SUM(amount) FROM bills WHERE status = 'sent' GROUP BY client_id"),
    (SHOP + "Give me the distinct cities, alphabetically.", "SELECT DISTINCT city FROM clients"),
    (SHOP + "Bills of the last 30 days (MySQL)",
     "SELECT * FROM bills WHERE sent_on >= DATE_SUB(CURDATE(), INTERVAL 30 DAY)"),
    (SHOP + "SQL Server: top 3 bills by amount", "SELECT TOP 3 * FROM bills ORDER BY amount DESC"),
    (SHOP + "PostgreSQL: amounts as text", "SELECT amount::text FROM bills"),
    (SHOP + "clients and their newest bill",
     "SELECT c.name, b.id FROM clients c CROSS JOIN LATERAL (SELECT id FROM bills) b"),
    (SHOP + "set all open bills to 'closed'",
     "UPDATE bills SET status='closed' WHERE status='open'"),
    (SHOP + "bills by date sent", "SELECT * FROM bills WHERE client_id = :client ORDER BY sent_on"),
    (SHOP + "bills of clients whose phone is known",
     "SELECT b.* FROM bills b JOIN clients c ON c.id = b.client_id WHERE c.phone IS NOT NULL"),
    (STAFF + "Write a query to find the highest pay in each team.",
     "SELECT t.name, MAX(s.pay) FROM staff s JOIN teams t ON t.id = s.team_id GROUP BY t.name"),
    (STAFF + "staff who earn more than their manager",
     "SELECT s.name FROM staff s JOIN staff m ON s.manager_id = m.id WHERE s.pay > m.pay"),
    (STAFF + "top 3 pays per team",
     "SELECT * FROM (SELECT name, pay, DENSE_RANK() OVER (PARTITION BY team_id ORDER BY pay DESC)"
     " r FROM staff) WHERE r <= 3"),
    (STAFF + "hired in 2020, in PostgreSQL",
     "SELECT * FROM staff WHERE EXTRACT(YEAR FROM hired_on) = 2020 AND name ILIKE 'a%'"),
    (TOYS + "Return name and price of toys with price > 100 ordered by price descending.",
     "SELECT name, price FROM toys WHERE price > 100 ORDER BY price DESC"),
    (TOYS + "name and price of the top 2 toys by price, sorted by price descending",
     "SELECT name, price FROM toys ORDER BY price DESC FETCH FIRST 2 ROWS ONLY"),
    (TOYS + "rank the toys by price",
     "SELECT name, RANK() OVER (ORDER BY price DESC) AS place FROM toys ORDER BY name"),
    (TOYS + "sorted by name", "SELECT * FROM toys ORDER BY name COLLATE NOCASE"),
    (TOYS + "sorted by name", "SELECT * FROM toys ORDER BY name"),
    (TOYS + "Two ways to count them",
     "SELECT COUNT(*) FROM toys;\n-- or\nSELECT COUNT(id) FROM toys;"),
    (TOYS + "all of them",
     "CREATE TABLE toys (id INT);\nINSERT INTO toys VALUES (1);\nSELECT name FROM toys;"),
    (TOYS + "rows whose price differs", "SELECT * FROM toys WHERE price IS DISTINCT FROM 3"),
    ("CREATE TABLE emp (id INT PRIMARY KEY, mgr_id INT REFERENCES emp(id)); all reports of 1",
     "WITH RECURSIVE r AS (SELECT id FROM emp WHERE mgr_id = 1 UNION SELECT e.id FROM emp e "
     "JOIN r ON e.mgr_id = r.id) SELECT * FROM r"),
    (EMAILS, "SELECT email FROM Contact GROUP BY email HAVING COUNT(*) > 1"),
    ("Tabellen kunden(id, name), rechnungen(id, kunde_id, betrag). Kunden ohne Rechnungen zeigen",
     "SELECT k.name FROM kunden k LEFT JOIN rechnungen r ON r.kunde_id = k.id WHERE r.id IS NULL"),
    ("Tengo una tabla ventas con las columnas id, producto, importe. Escribe una consulta que "
     "muestre el total de importe por producto ordenado por producto.",
     "SELECT producto, SUM(importe) FROM ventas GROUP BY producto ORDER BY producto"),
    ("J'ai une table ventes avec les colonnes id, produit, montant. Écris une requête qui donne la "
     "somme de montant par produit.", "SELECT produit, SUM(montant) FROM ventes GROUP BY produit"),
    ("У меня есть таблица users с полями id, name, age. Все, отсортированные по age по убыванию.",
     "SELECT * FROM users ORDER BY age DESC"),
    ("表 students(id, name, score)。写一个SQL查询，按score降序排列",
     "SELECT * FROM students ORDER BY score DESC"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "sql"), GOOD)
def test_good_sql_raises_no_complaint(jail, query, sql):
    assert complaints(jail, query, sql) == []


BAD = [
    (SHOP + "all clients", "SELECT surname FROM clients", "no such column: surname"),
    (SHOP + "all clients", "SELECT * FROM customers", "no such table: customers"),
    (SHOP + "all bills",
     "SELECT id FROM clients c JOIN bills b ON c.id = b.client_id", "ambiguous"),
    (SHOP + "clients of several bills",
     "SELECT client_id FROM bills WHERE COUNT(*) > 2 GROUP BY client_id", "misuse of aggregate"),
    (SHOP + "all bills", "SELECT id FROM bills WHERE ORDER BY id", "syntax error"),
    (SHOP + "all bills", "SELECT id FROM bills ORDER BY id WHERE amount > 1", "syntax error"),
    (SHOP + "all bills", "SELECT COUNT(id FROM bills", "syntax error"),
    (SHOP + "In SQLite, all bills", "SELECT TOP 3 id FROM bills", "syntax error"),
    (SHOP + "total amount per client",
     "SELECT c.name, COUNT(*) FROM clients c JOIN bills b ON b.client_id = c.id GROUP BY c.id",
     "total amount per client"),
    (SHOP + "total amount per client",
     "SELECT c.name, SUM(b.amount) FROM clients c JOIN bills b ON b.id = c.id GROUP BY c.id",
     "total amount per client"),
    (SHOP + "number of bills per client", "SELECT client_id, SUM(amount) FROM bills GROUP BY 1",
     "number of bills per client"),
    (SHOP + "List the clients without bills.", "SELECT name FROM clients", "not 6"),
    (SHOP + "List the clients without bills.",
     "SELECT c.name FROM clients c JOIN bills b ON b.client_id = c.id WHERE b.id IS NULL",
     "leaves out"),
    (SHOP + "Find the second highest amount.", "SELECT MAX(amount) FROM bills", "does not give"),
    (SHOP + "the distinct cities", "SELECT city FROM clients", "twice"),
    (TOYS + "sorted by price descending", "SELECT * FROM toys ORDER BY price", "not descending"),
    (TOYS + "sorted by category, then price descending",
     "SELECT * FROM toys ORDER BY price DESC, category", "not ascending by category"),
    (TOYS + "the top 3 by price", "SELECT * FROM toys ORDER BY price DESC", "gives 12 rows"),
    (TOYS + "Return name and price.", "SELECT * FROM toys", "4 columns"),
    (TOYS + "toys with price > 100", "SELECT * FROM toys WHERE price >= 100", "price is 100"),
    (TOYS + "toys with price > 100", "SELECT * FROM toys WHERE price < 100", "a row whose price"),
    (EMAILS, "SELECT DISTINCT email FROM Contact", "not [('a@b.com',)]"),
    ("Tabelle laden(id, artikel, betrag): durchschnittlicher Betrag pro Artikel",
     "SELECT artikel, SUM(betrag) FROM laden GROUP BY artikel", "does not give"),
    ("表 students(id, name, score)。写一个SQL查询，按score降序排列",
     "SELECT * FROM students ORDER BY score", "not descending"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "sql", "words"), BAD)
def test_bad_sql_is_caught_with_evidence(jail, query, sql, words):
    found = complaints(jail, query, sql)
    assert any(words in one for one in found), found


def test_rows_come_back_as_dicts_with_a_name_for_each_column(jail):
    query = "pets(id, name)"
    _, run = tried(jail, query, "SELECT id, id, name FROM pets ORDER BY id LIMIT 1")
    assert run.seen[0].value == [{"id": 1, "id:1": 1, "name": "Alice"}]


def test_statements_that_write_can_be_looked_at_afterwards(jail):
    answer = Answer("pets(id, name)", "```sql\nDELETE FROM pets WHERE id > 2;\n```")
    case = Case(
        "stated", 0.8, "", call="SELECT COUNT(*) AS n FROM pets", files=made("pets(id, name)")
    )
    run = SqlRunner().run(answer, None, [case, case], sandbox=jail, wall_s=5.0)
    assert [seen.value for seen in run.seen] == [[{"n": 2}]] * 2


def made(query: str) -> dict[str, str]:
    return dict(sql_cases(query)[0].files)


def test_a_query_that_does_not_end_is_timed_out(jail):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT COUNT(*) FROM n"
    _, run = tried(jail, "pets(id, name)", endless)
    assert [seen.outcome for seen in run.seen] == ["timed_out"]


def test_an_answer_without_sql_is_not_run(jail):
    run = SqlRunner().run(Answer("pets(id, name)", "No."), None, [], sandbox=jail, wall_s=5.0)
    assert run.why_not


def test_syntax_is_judged_without_any_table(jail):
    answer = Answer("Write SQL", "```sql\nSELECT a FROM t GROUP BY a WHERE b = 1\n```")
    assert "syntax error" in SqlRunner().run(answer, None, [], sandbox=jail, wall_s=5.0).load_error
    answer = Answer("Write SQL", "```sql\nSELECT a FROM t QUALIFY x = 1\n```")
    assert not SqlRunner().run(answer, None, [], sandbox=jail, wall_s=5.0).load_error


def selected(jail: Jail, sql: str, count: int, wall_s: float) -> Run:
    answer = Answer("pets(id, name)", f"```sql\n{sql}\n```")
    cases = [Case("stated", 0.8, "", files=made("pets(id, name)"))] * count
    return SqlRunner().run(answer, None, cases, sandbox=jail, wall_s=wall_s)


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "


def test_many_rows_are_carried_for_each_case(jail):
    sql = NUMBERS.format(1000) + "SELECT i, printf('%060d', i) AS padded FROM n"
    run = selected(jail, sql, 12, 8.0)
    assert [len(seen.value) for seen in run.seen] == [1000] * 12


def test_rows_too_large_to_carry_are_not_judged(jail):
    sql = NUMBERS.format(9) + "SELECT printf('%0999999d', i) FROM n"
    run = selected(jail, sql, 2, 8.0)
    assert [seen.shown for seen in run.seen] == ["the result is too large to carry"] * 2


def test_queries_after_two_that_do_not_end_are_not_run(jail):
    run = selected(jail, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
                   "SELECT COUNT(*) FROM n", 4, 8.0)  # fmt: skip
    assert [seen.outcome for seen in run.seen] == ["timed_out"] * 2 + ["not_run"] * 2


@pytest.mark.parametrize("wall_s", [0.0, 0.05, 0.2, 0.5])
def test_too_little_time_says_nothing_about_a_query(jail, wall_s):
    run = selected(jail, NUMBERS.format(5_000_000) + "SELECT COUNT(*) AS n FROM n", 2, wall_s)
    assert {seen.outcome for seen in run.seen} <= {"not_run", "returned"}
    assert run.seen or run.why_not
