"""Whether some key stands twice in one object of a JSON text: readers would disagree on what it says.

The check is exact at any depth, and cheap for texts that have none: quotes that close a key are counted in the bytes,
keys in what was decoded. Only where the two numbers differ is the text read again, pair by pair.
"""

from __future__ import annotations

import json
from typing import Any

_BLANKS = (b"\n", b"\t", b"\r")


class _TwiceError(ValueError):
    pass


def twice(text: bytes, decoded: dict[str, Any]) -> str | None:
    """Return a key that stands twice in one object, None where every key stands once.

    Args:
        text: JSON that was decoded.
        decoded: what it decoded to.

    Cost: about 3 nanoseconds a byte, and 60 a key.
    """
    if _closing_quotes(text) == _keys(decoded) and not _spaced(text):
        return None
    try:
        json.loads(text, object_pairs_hook=_once)
    except _TwiceError as found:
        return str(found)
    except (ValueError, RecursionError):
        return None
    return None


def _spaced(text: bytes) -> bool:
    """Say whether a colon may stand apart from its key, which the count of quotes would miss."""
    return b" :" in text or any(blank in text and blank + b":" in text for blank in _BLANKS)


def _closing_quotes(text: bytes) -> int:
    """Count the quotes before a colon that no backslash escapes: an even run of backslashes escapes nothing."""
    total, run, mark = 0, 0, b'":'
    before = text.count(mark)
    if b"\\" not in text:
        return before
    while before:
        mark = b"\\" + mark
        after = text.count(mark)
        if run % 2 == 0:
            total += before - after
        run, before = run + 1, after
    return total


def _keys(found: dict[str, Any]) -> int:
    count = len(found)
    for value in found.values():
        kind = type(value)
        if kind is dict:
            count += _keys(value)
        elif kind is list:
            count += _keys_in(value)
    return count


def _keys_in(found: list[Any]) -> int:
    count = 0
    for value in found:
        kind = type(value)
        if kind is dict:
            count += _keys(value)
        elif kind is list:
            count += _keys_in(value)
    return count


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _TwiceError(key)
            seen.add(key)
    return found
