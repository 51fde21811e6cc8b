"""What an error of SQLite says about SQL that may be written for another database."""

from __future__ import annotations

import re
from itertools import pairwise

from nodes.checks.tables.model import words_of
from nodes.checks.tables.schema import read_schema

_SQLITE = re.compile(r"\bsqlite", re.I)
_OTHER = re.compile(
    r"\b(?:postgres\w*|mysql|mariadb|oracle|t-?sql|sql server|mssql|bigquery|snowflake|duckdb|"
    r"redshift|hive|spark|clickhouse|db2|presto|trino|databricks)\b|pl/?sql",
    re.I,
)
_PARTS_TEXT = """
year month day hour minute second week quarter dow doy epoch date time yyyy mm dd sysdate
rownum rowid ctid oid level nextval true false systimestamp user current_user interval
microsecond weekday dual excluded values new old
"""
_PARTS = frozenset(_PARTS_TEXT.split())
_SYSTEM = re.compile(r"^(?:information_schema|pg_|sys|dual|all_|user_|dba_|unnest|generate_)", re.I)
_NEWER = re.compile(
    r"\b(?:string_agg|concat_ws|octet_length|timediff|within\s+group|jsonb_?\w*|unistr|if)\b", re.I
)
_TEXT = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/|\$\$.*?\$\$", re.S)
_CLAUSES = ("select", "from", "where", "group by", "having", "order by", "limit")
_CLAUSE = re.compile(r"\b(select|from|where|group\s+by|having|order\s+by|limit)\b", re.I)
_NONSENSE = re.compile(
    r"\b(?:from|where|group by|order by|having)\s+(?:where|from|group by|order by|having|and|or)\b|"
    r"\b(?:and|or)\s+(?:and|or|where|group by|order by)\b|,\s*(?:where|group by|order by|having)\b|"
    r"\bwhere\s*(?:;|\Z)",
    re.I,
)


def portable(script: str) -> str:
    """The script with what other dialects only spell differently."""
    script = re.sub(r"\bILIKE\b", "LIKE", script, flags=re.I)
    script = re.sub(
        r"\bFETCH\s+(?:FIRST|NEXT)\s+(\d+)\s+ROWS?\s+ONLY\b", r"LIMIT \1", script, flags=re.I
    )
    return re.sub(
        r"\bEXTRACT\s*\(\s*(YEAR|MONTH|DAY)\s+FROM\s+([\w.\"]+)\s*\)", r"\1(\2)", script, flags=re.I
    )


def excuse(error: dict[str, str], query: str) -> str:
    """Why an error says nothing about the SQL; empty when it does."""
    text, statement = error["text"], error["statement"]
    missing = re.match(r"no such (column|table): (\S+)", text)
    if missing:
        return _not_in_schema(missing[1], missing[2], query)
    if "ambiguous column name" in text:
        return "" if read_schema(query).is_sure else "the tables are not known for sure"
    if text.startswith("misuse of aggregate"):
        nested = re.search(
            r"\b(?:max|min|avg|sum|count)\s*\(\s*(?:max|min|avg|sum|count)\s*\(", statement, re.I
        )
        return "Oracle nests aggregates" if nested else ""
    if text.startswith("misuse of window function"):
        return ""
    if re.search(r"wrong number of arguments to function (?:count|sum|avg|min)", text, re.I):
        return ""
    return "it may be written for another database"


def _not_in_schema(what: str, name: str, query: str) -> str:
    """Whether a name is missing in tables that are known for sure."""
    schema = read_schema(query)
    bare = name.split(".")[-1].strip('`"[]').lower()
    if not schema.is_sure or not schema.tables:
        return "the tables are not known for sure"
    if bare in _PARTS or _SYSTEM.search(name) or re.search(r"[^\w.]", name):
        return "it belongs to the database"
    said = {word for text in (schema.rest,) for word in re.findall(r"[^\W_]+", text.lower())}
    words = [word for word in words_of(bare) if word not in ("id", "name")]
    if any(word in said or f"{word}s" in said or word.rstrip("s") in said for word in words):
        return "the request speaks of it"
    has_date = re.search(r"date|time|_at$|_on$|year|created", bare)
    if has_date and re.search(
        r"\b(?:last|recent|date|day|month|year|week|since|new|old|20\d\d)", schema.rest, re.I
    ):
        return "the request speaks of time"
    if what == "table" and re.search(rf"\b{re.escape(bare)}\b", query, re.I):
        return "the request names it"
    return ""


def syntax_error(error: dict[str, str], query: str) -> str:
    """An error of syntax that no database forgives, or that SQLite does not where it is wanted."""
    text, statement = error["text"], error["statement"]
    if not (
        text.endswith("syntax error") or text.startswith(("incomplete input", "unrecognized token"))
    ):
        return ""
    if re.search(
        r"(?<![:\w]):\w|\?|@\w|\$\d|\{\w*\}|<\w+>|%\(?s|\.\.\.", _TEXT.sub(" ", statement)
    ):
        return ""
    told = f"{text}, in: {' '.join(statement.split())[:120]}"
    if _SQLITE.search(query) and not _OTHER.search(query) and not _NEWER.search(statement):
        return told
    return told if _is_broken(statement) else ""


def _is_broken(statement: str) -> bool:
    """Parentheses or clauses that no dialect allows."""
    code = _TEXT.sub(" x ", statement)
    if code.count("(") != code.count(")"):
        return True
    flat = code
    for _ in range(20):
        inner = re.sub(r"\([^()]*\)", " x ", flat)
        if inner == flat:
            break
        flat = inner
    plain = re.sub(r"\bdistinct\s+from\b", "is", " ".join(flat.split()), flags=re.I)
    return bool(_NONSENSE.search(plain)) or _out_of_order(plain)


def _out_of_order(plain: str) -> bool:
    if not re.match(r"(?:select|with)\b", plain, re.I) or re.search(
        r"\bover\b|\bwindow\b|\bqualify\b", plain, re.I
    ):
        return False
    for part in re.split(r"\b(?:union(?: all)?|intersect|except|minus)\b", plain, flags=re.I):
        names = [" ".join(m[1].lower().split()) for m in _CLAUSE.finditer(part)]
        places = [_CLAUSES.index(name) for name in names]
        # Two heads are two statements, whose semicolon some databases do without.
        if (
            names[:1] == ["select"]
            and names.count("select") == 1
            and any(b <= a for a, b in pairwise(places))
        ):
            return True
    return False
