"""Decides whether a request asks for code: a learned linear model over hashed features.

The weights are packaged data, read on the first use; nothing outside the standard library runs.
"""
