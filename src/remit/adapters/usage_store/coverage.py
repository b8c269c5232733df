"""What was seen of each log, by place and day: Parquet for the statements, and beside it the same as one array."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.draft import Draft
from remit.adapters.usage_store.manifest import Part, used_name
from remit.adapters.usage_store.texts import Texts
from remit.model.usage import LogKind
from remit.ports.usage_store import Coverage
from remit.usage.columns import Longs
from remit.usage.statements import COVERAGE


def write_coverage(draft: Draft, engine: SqlEngine, made: Sequence[Path]) -> list[Part]:
    """Return the parts of coverage that a statement has just written."""
    found = []
    for path in made:
        columns = engine.read([path], COVERAGE)
        beside = path.with_name(used_name(path.name))
        with beside.open("wb") as file:
            file.write(np.stack([columns[name] for name in COVERAGE], axis=1).tobytes())
        draft.written([path, beside])
        found.append(Part(path.name, len(columns["day"])))
    return found


def read_coverage(files: Sequence[Path], texts: Texts) -> tuple[Coverage, ...]:
    """Return what some parts say together, by log and place."""
    if not files:
        return ()
    rows: Longs = np.concatenate([np.fromfile(path, dtype=np.int64).reshape(-1, len(COVERAGE)) for path in files])
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    places = texts.of(rows[:, 1])
    changes = np.flatnonzero((rows[1:, :2] != rows[:-1, :2]).any(axis=1)) + 1
    found = []
    for group in np.split(rows, changes):
        if len(group):
            log, place = group[0, :2].tolist()
            days = tuple(np.unique(group[:, 2]).tolist())
            records, first, last = int(group[:, 3].sum()), int(group[:, 4].min()), int(group[:, 5].max())
            found.append(Coverage(LogKind(log), places[place], records, first, last, days))
    return tuple(sorted(found, key=lambda one: (one.log, one.place)))
