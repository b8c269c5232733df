"""Benchmarks: a seeded tenant generator, the rows of `make bench`, and what Remit is measured against.

`python -m benchmarks` runs every row in a process of its own and writes `.bench/*.json`;
`python -m benchmarks report` turns those files into the table of `docs/benchmarks.md`.
Nothing here is part of the wheel.
"""
