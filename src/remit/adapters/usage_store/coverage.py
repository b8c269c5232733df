"""What was seen of each log, by place and day: one array of int64 beside the Parquet part, ordered by its columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from remit.adapters.usage_store.failures import damaged
from remit.adapters.usage_store.texts import Texts
from remit.model.usage import LogKind
from remit.ports.usage_store import Coverage
from remit.usage.columns import Longs

_COLUMNS = 6
LOG, PLACE, DAY, RECORDS, FIRST, LAST = range(_COLUMNS)


def ordered(rows: Longs) -> Longs:
    """Return rows by log, place and day."""
    return rows[np.lexsort((rows[:, DAY], rows[:, PLACE], rows[:, LOG]))]


def read_coverage(files: Sequence[tuple[Path, int]], texts: Texts) -> tuple[Coverage, ...]:
    """Return what some files, each with the number of its rows, say together, by log and place.

    Raises:
        OSError: one cannot be read.
        UnavailableError: one is damaged.
    """
    parts = [_read(path, count) for path, count in files]
    if not any(map(len, parts)):
        return ()
    rows = parts[0] if len(parts) == 1 else ordered(np.concatenate(parts))
    starts = np.flatnonzero(np.concatenate([[True], (rows[1:, :DAY] != rows[:-1, :DAY]).any(axis=1)]))
    names = texts.of(rows[starts, PLACE])
    records = np.add.reduceat(rows[:, RECORDS], starts).tolist()
    firsts = np.minimum.reduceat(rows[:, FIRST], starts).tolist()
    lasts = np.maximum.reduceat(rows[:, LAST], starts).tolist()
    # A day of one place may stand in several parts.
    new = np.concatenate([[True], (rows[1:, : DAY + 1] != rows[:-1, : DAY + 1]).any(axis=1)])
    ends = np.append(np.cumsum(new)[starts] - 1, new.sum()).tolist()
    days = rows[new, DAY].tolist()
    found = [
        Coverage(LogKind(log), names[place], records[at], firsts[at], lasts[at], tuple(days[ends[at] : ends[at + 1]]))
        for at, (log, place) in enumerate(rows[starts][:, : PLACE + 1].tolist())
    ]
    return tuple(sorted(found, key=lambda one: (one.log, one.place)))


def _read(path: Path, count: int) -> Longs:
    found: Longs = np.fromfile(path, dtype=np.int64)
    known = {int(log) for log in LogKind}
    if path.stat().st_size != count * _COLUMNS * 8 or not known.issuperset(np.unique(found[::_COLUMNS]).tolist()):
        raise damaged(path)
    return found.reshape(count, _COLUMNS)
