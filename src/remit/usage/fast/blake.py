"""Identities of many rows at once: BLAKE2b as `remit.usage.columns.identities` has it of `hashlib`, compiled."""

# ruff: noqa: PLR0917 - the compiler takes no keywords

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from remit.engine.kernels import njit
from remit.usage.columns import Longs
from remit.usage.fast.kernels import Words

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_SIZE = np.uint64(64)
_WORDS, _ROUNDS = 16, 12
_BLAKE_ROWS = 32
_BLAKE_HEAD = np.uint64(0x01010010)
_BLAKE_START = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)
_BLAKE_ORDER = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ],
    dtype=np.int64,
)
_BLAKE_LANES = np.array(
    [
        [0, 4, 8, 12],
        [1, 5, 9, 13],
        [2, 6, 10, 14],
        [3, 7, 11, 15],
        [0, 5, 10, 15],
        [1, 6, 11, 12],
        [2, 7, 8, 13],
        [3, 4, 9, 14],
    ],
    dtype=np.int64,
)


@njit(cache=True, nogil=True)
def _swapped(word: np.uint64) -> np.uint64:
    found = np.uint64(0)
    for place in range(8):
        found = (found << np.uint64(8)) | ((word >> np.uint64(8 * place)) & np.uint64(255))
    return found


@njit(cache=True, nogil=True)
def _mixed(a: Words, b: Words, c: Words, d: Words, x: Words, y: Words) -> None:
    """Mix four words of the state of several rows at once; the compiler makes one instruction of several rows."""
    for row in range(_BLAKE_ROWS):
        a[row] += b[row] + x[row]
        turned = d[row] ^ a[row]
        d[row] = (turned >> np.uint64(32)) | (turned << np.uint64(32))
        c[row] += d[row]
        turned = b[row] ^ c[row]
        b[row] = (turned >> np.uint64(24)) | (turned << np.uint64(40))
        a[row] += b[row] + y[row]
        turned = d[row] ^ a[row]
        d[row] = (turned >> np.uint64(16)) | (turned << np.uint64(48))
        c[row] += d[row]
        turned = b[row] ^ c[row]
        b[row] = (turned >> np.uint64(63)) | (turned << np.uint64(1))


@njit(cache=True, nogil=True)
def blake_columns(columns: Words, high: Longs, low: Longs) -> None:
    """Set the halves of the 16-byte BLAKE2b of rows of eight words, as `remit.usage.columns.identities` does.

    Args:
        columns: the words, shape (8, rows).
        high: set to the first half of each row's.
        low: set to the second half.
    """
    state = np.zeros((_WORDS, _BLAKE_ROWS), dtype=np.uint64)
    message = np.zeros((_WORDS, _BLAKE_ROWS), dtype=np.uint64)
    rows = columns.shape[1]
    for base in range(0, rows, _BLAKE_ROWS):
        size = min(_BLAKE_ROWS, rows - base)
        for at in range(8):
            for row in range(size):
                message[at, row] = columns[at, base + row]
            state[at] = _BLAKE_START[at]
            state[at + 8] = _BLAKE_START[at]
        # Digest of 16 bytes, no key, fan-out and depth 1; 64 bytes taken in, in the last block.
        state[0] ^= _BLAKE_HEAD
        state[12] ^= _SIZE
        state[14] ^= _ALL
        for turn in range(_ROUNDS):
            for lane in range(8):
                _mixed(
                    state[_BLAKE_LANES[lane, 0]],
                    state[_BLAKE_LANES[lane, 1]],
                    state[_BLAKE_LANES[lane, 2]],
                    state[_BLAKE_LANES[lane, 3]],
                    message[_BLAKE_ORDER[turn % len(_BLAKE_ORDER), 2 * lane]],
                    message[_BLAKE_ORDER[turn % len(_BLAKE_ORDER), 2 * lane + 1]],
                )
        for row in range(size):
            high[base + row] = np.int64(_swapped(_BLAKE_START[0] ^ _BLAKE_HEAD ^ state[0, row] ^ state[8, row]))
            low[base + row] = np.int64(_swapped(_BLAKE_START[1] ^ state[1, row] ^ state[9, row]))


def identities_of(columns: Mapping[str, Longs], event_hi: Longs, event_lo: Longs) -> tuple[Longs, Longs]:
    """Return the halves of the identities, as `identity_words` and `identities` make them."""
    count = len(event_hi)
    alone = (event_hi != 0) | (event_lo != 0)
    ending = columns["phase"] * 4 + columns["outcome"]
    words = np.zeros((8, count), dtype=np.int64)
    words[0] = np.where(alone, columns["log"], columns["log"] * 64 + ending + 1024)
    words[1] = np.where(alone, event_hi, columns["time"])
    words[2] = np.where(alone, event_lo, columns["correlation_hi"])
    for at, name in enumerate(("correlation_lo", "action", "scope", "principal"), 3):
        words[at] = np.where(alone, 0, columns[name])
    high, low = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    blake_columns(words.view(np.uint64), high, low)
    return high, low
