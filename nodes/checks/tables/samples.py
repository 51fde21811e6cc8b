"""Values that made-up rows are filled with: in mixed case, and some of them several times."""

from __future__ import annotations

MEASURES = (120, 45, 300, 75, 210, 15, 90, 160, 500, 30, 260, 55)
FIRST = (
    "Alice", "Bob", "carol", "Dave", "Eve", "Frank", "Grace", "heidi", "Ivan", "Judy", "Mallory",
    "Niaj",
)  # fmt: skip
TITLES = (
    "Lamp", "Chair", "table mat", "Desk", "Phone", "Cable", "Mouse", "keyboard", "Pen", "Book",
    "Mug", "Clock",
)  # fmt: skip
CITIES = (
    "Berlin", "Paris", "Rome", "Berlin", "Madrid", "Paris", "Oslo", "Berlin", "Rome", "Vienna",
    "Paris", "Oslo",
)  # fmt: skip
COUNTRIES = (
    "Germany", "France", "Italy", "Germany", "Spain", "France", "Norway", "Germany", "Italy",
    "Austria", "France", "Norway",
)  # fmt: skip
STATUSES = ("open", "closed", "pending")
DAYS = (
    "-01-15", "-03-02", "-03-31", "-05-17", "-06-15", "-07-04", "-08-20", "-09-30", "-10-11",
    "-11-05", "-12-31", "-02-28",
)  # fmt: skip
PARENTS = (0, 1, 1, 2, 4, 4, 4, 7, 0, 8, 2, 1)
"""Which rows of another table are referred to: some of them several times, some never."""
