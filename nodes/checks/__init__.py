"""The gate's checks: what an answer's text shows without running it.

One file per family; each check is a pure function of `Answer` that returns weighed findings, and
`gate.StaticGate` combines them.
"""
