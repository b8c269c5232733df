"""Records side by side, and what one look at their bytes tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from remit.usage.columns import Longs
from remit.usage.fast.kernels import UNKNOWN, Bytes
from remit.usage.fast.rules import Role

COLUMNS = ("principal", "app", "host", "address", "assignment", "through", "action", "scope", "place")
"""Columns of texts, each the role of its name."""

CODED = (*(Role[name.upper()] for name in COLUMNS), Role.NAME, Role.CATEGORY, Role.STATUS)
"""Roles whose texts get numbers, in the order of `codes`."""

SPELLED = (Role.TIME, Role.EVENT, Role.TOKEN, Role.CORRELATION)
"""Roles that are read from their letters, in the order of `plain`."""

STEADY = CODED.index(Role.SCOPE)
"""From here on in `CODED`: roles whose text is often that of the record before."""

READ = (*SPELLED, *CODED)
"""Roles, in the order of plans."""

ACTION, NAME, CATEGORY, STATUS, PLACE = (
    CODED.index(role) for role in (Role.ACTION, Role.NAME, Role.CATEGORY, Role.STATUS, Role.PLACE)
)

_PAD = b"\n" * 64


@dataclass(frozen=True, slots=True)
class Block:
    """Some records, one after the other; the arrays are what `remit.usage.fast.kernels.survey` sets."""

    records: Sequence[bytes]
    data: Bytes
    starts: Longs
    ends: Longs
    shapes: Longs
    found: Longs
    codes: Longs
    times: Longs
    halves: Longs
    plain: Bytes

    @classmethod
    def of(cls, records: Sequence[bytes]) -> Block:
        """Lay records side by side, with a line end between them."""
        # Writable, which the compiler's own look at its arguments is quicker with.
        joined = bytearray(b"\n").join(records)
        joined += _PAD
        count = len(records)
        sizes = np.fromiter(map(len, records), dtype=np.int64, count=count)
        ends = np.cumsum(sizes + 1) - 1
        return cls(
            records=records,
            data=np.frombuffer(joined, dtype=np.uint8),
            starts=ends - sizes,
            ends=ends,
            shapes=np.full(count, UNKNOWN, dtype=np.int64),
            found=np.empty((len(SPELLED), 2, count), dtype=np.int64),
            codes=np.empty((len(CODED), count), dtype=np.int64),
            times=np.empty(count, dtype=np.int64),
            halves=np.empty((2 * len(SPELLED) - 2, count), dtype=np.int64),
            plain=np.empty((len(SPELLED), count), dtype=np.uint8),
        )

    def text(self, row: int, place: int) -> str:
        """Return what a role of `SPELLED` takes of a record."""
        begin, length = self.found[place, :, row].tolist()
        return self.data[begin : begin + length].tobytes().decode()

    def digests(self, rows: Longs) -> tuple[Longs, Longs]:
        """Return the halves of the first 16 bytes of the SHA-256 of some records."""
        records = self.records
        raw = b"".join([sha256(records[row]).digest() for row in rows.tolist()])
        halves = np.frombuffer(raw, dtype=">i8").reshape(-1, 4)
        return halves[:, 0].astype(np.int64), halves[:, 1].astype(np.int64)
