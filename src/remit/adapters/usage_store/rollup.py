"""Parts of the roll-up and of coverage: Parquet for the statements, and beside it what questions are answered from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.coverage import ordered
from remit.adapters.usage_store.draft import Draft
from remit.adapters.usage_store.manifest import Part, used_name
from remit.adapters.usage_store.used import write_used
from remit.usage.columns import Longs
from remit.usage.statements import COVERAGE, ROLL_UP

NEVER_APART = 2**40
"""A day that no row is of."""
MOST_ROWS = 1_000_000
"""Rows of a part; so many are held at once."""


def add_rollup(
    draft: Draft,
    engine: SqlEngine,
    table: str,
    paths: Sequence[Path],
    *,
    apart_from: int = NEVER_APART,
    apart_days: int = 1,
    only: Sequence[int] | None = None,
    beside: Sequence[Mapping[str, Longs]] = (),
) -> list[Part]:
    """Return new parts of the roll-up that hold what stands in some files, equal keys added together.

    Args:
        draft: gets the parts.
        engine: adds up.
        table: `activity` or `other`.
        paths: columns `ROLL_UP`.
        apart_from: from this day on days are apart from each other; those before stand together.
        apart_days: so many days share a part where days are apart.
        only: days that count; None for all.
        beside: rows of other days that stand in the same parts.
    """
    if len(paths) > 1:
        paths = engine.run("merged", {"rollup": paths}, {}, draft.work, draft.stem("merged"))
    found: list[Part] = []
    for path in paths:
        rollup: Mapping[str, Longs] = engine.read([path], ROLL_UP)
        if only is not None:
            rollup = chosen_rows(rollup, np.isin(rollup["day"], np.asarray(only, dtype=np.int64)))
        if beside:
            rollup = {name: np.concatenate([one[name] for one in (rollup, *beside)]) for name in ROLL_UP}
            beside = ()
        groups = np.maximum(rollup["day"], apart_from - 1) // apart_days
        for group in np.unique(groups).tolist():
            found += write_rollup(draft, engine, table, chosen_rows(rollup, groups == group))
    return found


def chosen_rows(rollup: Mapping[str, Longs], chosen: NDArray[np.bool_]) -> Mapping[str, Longs]:
    """Return some rows of a roll-up."""
    return rollup if chosen.all() else {name: column[chosen] for name, column in rollup.items()}


def write_rollup(draft: Draft, engine: SqlEngine, table: str, rollup: Mapping[str, Longs]) -> Iterator[Part]:
    """Write rows as parts that are not too large."""
    for low in range(0, len(rollup["day"]), MOST_ROWS):
        some = {name: column[low : low + MOST_ROWS] for name, column in rollup.items()}
        path = draft.path(f"{table}_rollup", ".parquet")
        engine.write(some, path)
        beside = path.with_name(used_name(path.name))
        write_used(beside, some)
        draft.written([beside])
        days = some["day"]
        yield Part(path.name, len(days), int(days.min()), int(days.max()))


def add_coverage(draft: Draft, engine: SqlEngine, made: Sequence[Path]) -> list[Part]:
    """Return the parts of coverage that a statement has just written."""
    found = []
    for path in made:
        columns = engine.read([path], COVERAGE)
        beside = path.with_name(used_name(path.name))
        with beside.open("wb") as file:
            file.write(ordered(np.stack([columns[name] for name in COVERAGE], axis=1)).tobytes())
        draft.written([path, beside])
        found.append(Part(path.name, len(columns["day"])))
    return found
