"""Documents as programs get them."""

from __future__ import annotations


def fields(value: object) -> set[str]:
    """Return every name of a field in a document, at any depth."""
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in fields(inner)}
    if isinstance(value, list):
        return {name for inner in value for name in fields(inner)}
    return set()
