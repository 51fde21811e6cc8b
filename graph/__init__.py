"""Assembles the nodes into the router and serves it; the only package that knows the world."""
