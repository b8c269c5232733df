"""Observed operations as columns of whole numbers: what workers write, SQL folds, and the store keeps.

Texts are named by keys (`text_key`: 64 bits of BLAKE2b of the lower-case text; 0 is the absent text) and stand once
in a table of their own; a store refuses two texts with one key, so a key is as good as its text. GUIDs of which most
rows have their own are two halves (`guid_halves`). Every column is int64, so that each SQL engine reads it alike.

INVARIANT: two records are duplicates exactly when they have the same identity: `identities` of the rows that
`identity_words` describes.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

ABSENT = -(2**63)
"""Stands for an instant that is not told (`arrived`)."""

COLUMNS = (
    "identity_hi",  # with identity_lo and part: the key of the table
    "identity_lo",
    "part",  # 0 for the first operation of a record, 1, 2 ... for others of the same record
    "digest_hi",  # the first 16 bytes of the SHA-256 of the record
    "digest_lo",
    "line",  # where the record begins in its file, from 1
    "time",  # microseconds since 1970 UTC
    "arrived",  # the same, or ABSENT
    "log",  # LogKind
    "plane",  # ObservedPlane
    "outcome",  # ObservedOutcome
    "phase",  # Phase
    "principal",  # text keys from here ...
    "app",
    "host",
    "address",
    "action",
    "scope",
    "assignment",
    "through",
    "place",  # ... to here
    "token_hi",  # GUID halves; 0, 0 where absent
    "token_lo",
    "correlation_hi",
    "correlation_lo",
)
_GUID_DIGITS, _GUID_LETTERS = 32, 36
CHECKED = tuple(name for name in COLUMNS if name not in ("line", "digest_hi", "digest_lo"))
"""What a record says, whichever file and bytes it stands in."""

TEXT_COLUMNS = ("principal", "app", "host", "address", "action", "scope", "assignment", "through", "place")


def text_key(text: str) -> int:
    """Return the key of a text: the same for every letter case, 0 for the empty text."""
    if not text:
        return 0
    key = int.from_bytes(
        blake2b(text.lower().encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )
    return key or 1


def guid_halves(text: str) -> tuple[int, int]:
    """Return two signed halves of a GUID in its usual spelling; of a hash of any other text; (0, 0) of the empty."""
    if not text:
        return 0, 0
    plain = text.replace("-", "")
    try:
        raw = bytes.fromhex(plain) if len(plain) == _GUID_DIGITS and len(text) == _GUID_LETTERS else b""
    except ValueError:
        raw = b""
    if len(raw) * 2 != _GUID_DIGITS:
        raw = blake2b(text.lower().encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return int.from_bytes(raw[:8], "big", signed=True), int.from_bytes(raw[8:], "big", signed=True)


def identity_words(  # noqa: PLR0917 - one word each, in their order
    log: int,
    event: tuple[int, int],
    time: int,
    correlation: tuple[int, int],
    action: int,
    scope: int,
    principal: int,
    ending: int,
) -> tuple[int, ...]:
    """Return the eight words that say which event a record tells of.

    Where the log gives each record an id of its own, that id and the log; else when, who, what, where, under which
    correlation, and `ending` (phase * 4 + outcome). All are as in `COLUMNS`; `event` is (0, 0) where there is none.
    """
    if event != (0, 0):
        return (log, *event, 0, 0, 0, 0, 0)
    return (log * 64 + ending + 1024, time, *correlation, action, scope, principal, 0)


def identities(words: Longs) -> tuple[Longs, Longs]:
    """Return the two halves of the identities of rows of eight words.

    Args:
        words: int64, shape (n, 8).

    Returns:
        int64 halves of the 16-byte BLAKE2b of each row's little-endian bytes.

    Cost: about 0.7 microseconds a row.
    """
    rows = np.ascontiguousarray(words, dtype="<i8").tobytes()
    size = 64
    digests = b"".join([blake2b(rows[low : low + size], digest_size=16).digest() for low in range(0, len(rows), size)])
    halves = np.frombuffer(digests, dtype=">i8").reshape(-1, 2).astype(np.int64)
    return halves[:, 0].copy(), halves[:, 1].copy()


def no_rows() -> dict[str, Longs]:
    """Return the columns of no operation."""
    return {name: np.zeros(0, dtype=np.int64) for name in COLUMNS}


def joined(batches: Sequence[dict[str, Longs]]) -> dict[str, Longs]:
    """Return the rows of several batches, one after the other."""
    if not batches:
        return no_rows()
    return {name: np.concatenate([batch[name] for batch in batches]) for name in COLUMNS}
