"""What a request says of tables and files, and made-up data for them."""

from nodes.checks.tables.queries import sql_cases
from nodes.checks.tables.scripts import script_cases

__all__ = ["script_cases", "sql_cases"]
