"""Parts of the roll-up: Parquet for the statements, and beside it the file that questions are answered from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.draft import Draft
from remit.adapters.usage_store.manifest import Part, used_name
from remit.adapters.usage_store.used import write_used
from remit.usage.columns import Longs
from remit.usage.statements import ROLL_UP

_NEVER_APART = 2**40


def add_rollup(
    draft: Draft,
    engine: SqlEngine,
    table: str,
    paths: Sequence[Path],
    *,
    apart_from: int = _NEVER_APART,
    only: Sequence[int] | None = None,
) -> list[Part]:
    """Return new parts of the roll-up that hold what stands in some files, equal keys added together.

    Args:
        draft: gets the parts.
        engine: adds up.
        table: `activity` or `other`.
        paths: columns `ROLL_UP`.
        apart_from: from this day on each day is a part of its own; the days before share one.
        only: days that count; None for all.
    """
    if len(paths) > 1:
        paths = engine.run("merged", {"rollup": paths}, {}, draft.work, draft.stem("merged"))
    found: list[Part] = []
    for path in paths:
        rollup: Mapping[str, Longs] = engine.read([path], ROLL_UP)
        if only is not None:
            rollup = _chosen(rollup, np.isin(rollup["day"], np.asarray(only, dtype=np.int64)))
        groups = np.maximum(rollup["day"], apart_from - 1)
        days = np.unique(groups).tolist()
        found += [_write(draft, engine, table, _chosen(rollup, groups == day)) for day in days]
    return found


def _chosen(rollup: Mapping[str, Longs], chosen: NDArray[np.bool_]) -> Mapping[str, Longs]:
    return rollup if chosen.all() else {name: column[chosen] for name, column in rollup.items()}


def _write(draft: Draft, engine: SqlEngine, table: str, rollup: Mapping[str, Longs]) -> Part:
    path = draft.path(f"{table}_rollup", ".parquet")
    engine.write(rollup, path)
    beside = path.with_name(used_name(path.name))
    write_used(beside, rollup)
    draft.written([beside])
    days = rollup["day"]
    return Part(path.name, len(days), int(days.min()), int(days.max()))
