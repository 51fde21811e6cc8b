"""The gate's checks: what its text shows, and what its code does.

One file per family; each check is a pure function of `Answer` that returns weighed findings, and
`gate.StagedGate` combines them, with what running the code shows (`run`).
"""
