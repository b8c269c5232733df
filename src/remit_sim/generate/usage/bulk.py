"""Logs by the gigabyte, for measuring: JSON Lines of the Activity Log, sign-ins and Graph, faster than any disk.

    bulk = Bulk(seed=7)
    for chunk in bulk.chunks(20_000_000):
        ...
    bulk.totals(20_000_000).operations

A day of a large tenant, made of blocks. A block is rendered once, as text; each time it is given out, times and ids are
written over it in place, so that no two records are alike but those that are meant to be. Block k is the same bytes
whoever makes it: several processes share the work by numbers of blocks.

Shares of lines: 13 % Activity Log (mostly two for an operation), 33 % sign-ins of all four kinds, 54 % Graph; 1.7 KB
each. One line in a hundred stands twice. What records are about (identity, action, scope) comes to some ten thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from remit_sim.generate.dice import Dice
from remit_sim.generate.usage.bulk_blocks import DAY_US, WHOLE, Block, Bytes, Longs, Pool, make_block

LINES = 2_000
"""Records of a block."""
_BLOCKS = 12


@dataclass(frozen=True, slots=True)
class BulkTotals:
    """What so many records hold.

    Attributes:
        records: lines.
        duplicates: lines that repeat an earlier one, byte for byte.
        operations: distinct ones: rows of the Activity Log with equal correlation, action, scope and caller are one.
        bytes: of all lines.
        by_log: records by log, duplicates with them.
    """

    records: int
    duplicates: int
    operations: int
    bytes: int
    by_log: dict[str, int]


class Bulk:
    """A stream of log records that is as long as is asked for.

    Args:
        seed: another one gives other records.

    Cost: half a second and 45 MB to make; then some 2 GB/s on one core.
    """

    def __init__(self, seed: int = 7) -> None:
        pool = Pool(seed)
        self._blocks = [make_block(pool, Dice(seed, f"bulk/{number}"), LINES) for number in range(_BLOCKS)]

    def chunks(self, records: int, first: int = 0, step: int = 1) -> Iterator[bytes]:
        """Yield so many records, a block at a time; each chunk ends with a line's end.

        Args:
            records: how many there are in all.
            first: number of the first block to give out.
            step: from one block to the next: several processes share the blocks by `first` and `step`.
        """
        blocks = -(-records // LINES)
        for number in range(first, blocks, step):
            text = self.chunk(number, blocks)
            rest = records - number * LINES
            yield text if rest >= LINES else text[: int(self._of(number).ends[rest - 1])]

    def chunk(self, number: int, blocks: int) -> bytes:
        """Return a block of a day of so many blocks."""
        block = self._of(number)
        text = block.text.copy()
        unique = block.numbers + number * LINES
        span = DAY_US // max(1, blocks)
        instants = np.clip(number * span + block.offsets * span // WHOLE + block.shifts, 0, DAY_US - 1)
        lines, places = block.hexes
        _write(text, places, _numbered(unique)[lines])
        lines, places = block.letters
        _write(text, places, _digits(unique, 64, 8)[lines])
        lines, places = block.times
        _write(text, places, _clock(instants)[lines])
        return text.tobytes()

    def totals(self, records: int) -> BulkTotals:
        """Return what stands in the first so many records."""
        copies = operations = size = 0
        by_log: dict[str, int] = {}
        for number, block in enumerate(self._blocks):
            turns = records // LINES // _BLOCKS + (records // LINES % _BLOCKS > number)
            rest = records % LINES if records // LINES % _BLOCKS == number else 0
            for times, lines in ((turns, LINES), (1, rest)):
                if times and lines:
                    copies += times * int(block.copies[:lines].sum())
                    operations += times * int(block.new[:lines].sum())
                    size += times * int(block.ends[lines - 1])
                    for log in set(block.logs):
                        by_log[log] = by_log.get(log, 0) + times * block.logs[:lines].count(log)
        return BulkTotals(records, copies, operations, size, dict(sorted(by_log.items())))

    def records_of(self, size: int) -> int:
        """Return how many records it takes to fill so many bytes at least."""
        mean = sum(int(block.ends[-1]) for block in self._blocks) / (LINES * _BLOCKS)
        records = int(size / mean * 0.98)
        while self.totals(records).bytes < size:
            records += max(1, int((size - self.totals(records).bytes) / mean))
        return records

    def write(self, path: Path, records: int) -> BulkTotals:
        """Write so many records into one file, for example `write(path, records_of(10 * 2**30))`."""
        with path.open("wb") as stream:
            stream.writelines(self.chunks(records))
        return self.totals(records)

    def _of(self, number: int) -> Block:
        return self._blocks[number % _BLOCKS]


def _write(text: Bytes, places: Longs, what: Bytes) -> None:
    """Write rows of letters over a text, each at its place."""
    text[places[:, None] + np.arange(what.shape[1])] = what


_LETTERS = {
    16: np.frombuffer(b"0123456789abcdef", np.uint8),
    64: np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8),
}


def _digits(numbers: Longs, base: int, width: int) -> Bytes:
    bits = base.bit_length() - 1
    shifts = np.arange(width - 1, -1, -1, dtype=np.int64) * bits
    found: Bytes = _LETTERS[base][(numbers[:, None] >> shifts) & (base - 1)]
    return found


def _clock(instants: Longs) -> Bytes:
    """Return `HH:MM:SS.ffffff` of microseconds of a day."""
    found = np.full((len(instants), 15), ord(":"), dtype=np.uint8)
    seconds, micros = np.divmod(instants, 1_000_000)
    hours, rest = np.divmod(seconds, 3_600)
    for at, part in ((0, hours), (3, rest // 60), (6, rest % 60)):
        found[:, at] = part // 10 + ord("0")
        found[:, at + 1] = part % 10 + ord("0")
    found[:, 8] = ord(".")
    for at in range(6):
        found[:, 9 + at] = micros // 10 ** (5 - at) % 10 + ord("0")
    return found


def _numbered(numbers: Longs) -> Bytes:
    """Return 12 hexadecimal digits with a dash behind the second: the part of a GUID that is a record's own."""
    digits = _digits(numbers, 16, 12)
    found = np.empty((len(numbers), 13), dtype=np.uint8)
    found[:, :2], found[:, 2], found[:, 3:] = digits[:, :2], ord("-"), digits[:, 2:]
    return found
