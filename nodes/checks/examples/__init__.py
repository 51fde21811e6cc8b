"""Calls and results that a request writes down, found in its text."""

from nodes.checks.examples.find import find_examples

__all__ = ["find_examples"]
