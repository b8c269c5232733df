"""Lines read into batches the fast way and the literal way, and held together."""

from __future__ import annotations

from remit.usage.batches import BatchMaker


def assert_same(lines, *, chunks=1):
    """Read lines both ways, twice: the second time all shapes are known that will ever be."""
    fast, literal = BatchMaker(fast=True), BatchMaker(fast=False)
    size = max(1, len(lines) // chunks)
    for _ in range(2):
        for maker in (fast, literal):
            for first in range(0, len(lines), size):
                maker.add_lines(1 + first, lines[first : first + size])
        found, expected = fast.take(), literal.take()
        assert found.read == expected.read
        for name, column in expected.columns.items():
            assert column.tolist() == found.columns[name].tolist(), name
        assert expected.texts == found.texts
        assert list(expected.set_aside) == list(found.set_aside)
        assert list(expected.changes) == list(found.changes)
    return fast
