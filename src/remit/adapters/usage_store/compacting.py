"""Few large parts in the place of many small ones. What the store says stays the same.

Small parts are joined once there are more than a few; joined parts grow until they are large, and are then left alone.
So a row is written again only a few times, however many commits there are.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.draft import Draft
from remit.adapters.usage_store.manifest import NARROW_ROWS, WEEK, Manifest, Part, RawPart
from remit.adapters.usage_store.rollup import add_coverage, add_rollup
from remit.adapters.usage_store.texts import merge_texts
from remit.usage.columns import COLUMNS

_FEW = 12
_LARGE_ROWS = 400_000
_LARGE_IDENTITIES = 2_000_000
_IDENTITY = ("identity_hi", "identity_lo")


def compact(draft: Draft, engine: SqlEngine) -> None:
    """Join small parts of every table of a draft."""
    manifest = draft.manifest
    manifest.activity = _joined(manifest.activity, NARROW_ROWS, _rows(draft, engine, "activity", COLUMNS))
    manifest.other = _joined(manifest.other, _LARGE_ROWS, _rows(draft, engine, "other", COLUMNS))
    manifest.seen = _joined(manifest.seen, _LARGE_IDENTITIES, _rows(draft, engine, "seen", _IDENTITY))
    manifest.seen_aside = _joined(manifest.seen_aside, _LARGE_IDENTITIES, _rows(draft, engine, "seen_aside", _IDENTITY))
    manifest.activity_rollup = _rollup(draft, engine, "activity", manifest.activity_rollup, manifest.activity_from)
    manifest.other_rollup = _rollup(draft, engine, "other", manifest.other_rollup, manifest.other_from)
    for table in ("changes", "set_aside"):
        setattr(manifest, table, _joined(getattr(manifest, table), _LARGE_ROWS, _lines(draft, table)))
    if len(manifest.coverage) > 1:
        made = engine.run(
            "merged_coverage", {"coverage": draft.paths(manifest.coverage)}, {}, draft.parts, draft.stem("coverage")
        )
        manifest.coverage = add_coverage(draft, engine, made)
    _join_texts(draft, manifest)
    _join_raw(draft, manifest)


def _joined(parts: list[Part], large: int, join: Callable[[list[Part]], list[Part]]) -> list[Part]:
    """Return the parts with the small ones joined, in their order."""
    small = [part for part in parts if part.rows < large and not part.fresh]
    if len(small) <= _FEW:
        return parts
    kept = [part for part in parts if part.rows >= large or part.fresh]
    for group in _groups(sorted(small, key=lambda part: part.first_day), large):
        kept += join(group) if len(group) > 1 else group
    return kept


def _groups(parts: Sequence[Part], large: int) -> list[list[Part]]:
    """Return neighbours together, each group as large as a part may be."""
    found: list[list[Part]] = []
    rows = large
    for part in parts:
        if rows + part.rows > large:
            found.append([])
            rows = 0
        found[-1].append(part)
        rows += part.rows
    return found


def _rows(draft: Draft, engine: SqlEngine, table: str, columns: Sequence[str]) -> Callable[[list[Part]], list[Part]]:
    def join(parts: list[Part]) -> list[Part]:
        path = draft.path(table, ".parquet")
        engine.write(engine.read(draft.paths(parts), columns), path)
        return [_together(path.name, parts)]

    return join


def _lines(draft: Draft, table: str) -> Callable[[list[Part]], list[Part]]:
    def join(parts: list[Part]) -> list[Part]:
        path = draft.path(table, ".zst")
        _append(path, draft.paths(parts))
        return [_together(path.name, parts)]

    return join


def _append(path: Path, others: Sequence[Path]) -> None:
    """Write packed files one behind the other, which is packed lines again."""
    with path.open("wb") as file:
        for one in others:
            with one.open("rb") as source:
                shutil.copyfileobj(source, file)


def _together(name: str, parts: Sequence[Part]) -> Part:
    return Part(
        name,
        sum(part.rows for part in parts),
        min(part.first_day for part in parts),
        max(part.last_day for part in parts),
    )


def _rollup(draft: Draft, engine: SqlEngine, table: str, parts: list[Part], open_from: int) -> list[Part]:
    """Join parts of closed days, and those that share open days."""

    def join(some: list[Part]) -> list[Part]:
        return add_rollup(draft, engine, table, draft.paths(some))

    found = _joined([part for part in parts if part.last_day < open_from], _LARGE_ROWS, join)
    shared = WEEK if table == "activity" else 1
    still_open = sorted((part for part in parts if part.last_day >= open_from), key=lambda part: part.first_day)
    for _, group in groupby(still_open, key=lambda part: part.first_day // shared):
        together = list(group)
        found += join(together) if len(together) > _FEW else together
    return found


def _join_texts(draft: Draft, manifest: Manifest) -> None:
    """Join the newest parts for as long as the one before them is not much larger; their order is kept."""
    parts = manifest.texts
    newest = len(parts) - 1
    while newest > 0 and parts[newest - 1].rows <= 2 * sum(part.rows for part in parts[newest:]):
        newest -= 1
    if 0 <= newest < len(parts) - 1:
        path = draft.path("texts", "")
        count = merge_texts(path, draft.paths(parts[newest:]))
        manifest.texts = [*parts[:newest], Part(path.name, count)]


def _join_raw(draft: Draft, manifest: Manifest) -> None:
    kept: list[RawPart] = []
    ordered = sorted(manifest.raw, key=lambda part: (part.day, part.keep_days, part.name))
    for (day, keep_days), group in groupby(ordered, key=lambda part: (part.day, part.keep_days)):
        parts = list(group)
        if len(parts) > _FEW:
            path = draft.path("raw", ".zst")
            _append(path, [draft.parts / part.name for part in parts])
            parts = [RawPart(path.name, day, keep_days)]
        kept += parts
    manifest.raw = kept
