"""Three-valued logic: True, False, and None for what cannot be told from the facts (Kleene)."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def every(truths: Iterable[Truth]) -> Truth:
    """AND: false if any is false, else unknown if any is unknown, else true; true over nothing."""
    settled: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            settled = None
    return settled


def some(truths: Iterable[Truth]) -> Truth:
    """OR: true if any is true, else unknown if any is unknown, else false; false over nothing."""
    settled: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is None:
            settled = None
    return settled


def opposite(truth: Truth) -> Truth:
    """NOT: unknown stays unknown."""
    return None if truth is None else not truth
