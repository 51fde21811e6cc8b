"""Training and evaluation commands; data comes by path and is not part of the wheel."""
