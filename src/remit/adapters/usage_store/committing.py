"""One commit: what intakes wrote, without what was seen before, becomes part of the store.

Only statements of SQL decide which records are new. Identities are compared with those of the same days and their
neighbours: equal identities have equal times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from remit.adapters.statement_engine import SqlEngine
from remit.adapters.usage_store.draft import Draft, add_texts, days_of
from remit.adapters.usage_store.intake import CLASSES, Written
from remit.adapters.usage_store.manifest import MOST_DAYS, WEEK, Part
from remit.adapters.usage_store.records import take_aside, take_changes, take_raw
from remit.adapters.usage_store.rollup import add_coverage
from remit.adapters.usage_store.texts import TextPart, add_text
from remit.model.usage import LogKind
from remit.ports.usage_store import Added, UsageTotals

_BUCKET_ROWS = 500_000
"""Rows that are compared with what was seen in one run of a statement."""


class Commit:
    """Takes what intakes wrote into a draft."""

    def __init__(
        self, draft: Draft, engine: SqlEngine, taken: Sequence[tuple[Written, list[int]]], latest: int
    ) -> None:
        """Begin.

        Args:
            draft: what is to be committed.
            engine: runs the statements.
            taken: what intakes wrote, with the lines before each of their places.
            latest: microseconds; no event is taken for newer, or one record from the future would close all days.
        """
        self._latest = latest
        self._draft = draft
        self._engine = engine
        self._taken = taken
        self._new: list[Part] = []

    def run(self, read: int, keep_raw: int) -> Added:
        """Do all of it but naming it; return what it adds.

        Args:
            read: records.
            keep_raw: days that raw records are kept; 0 for none.
        """
        manifest = self._draft.manifest
        logs = self._take_rows()
        reasons = take_aside(self._draft, self._engine, self._taken, self._fresh)
        self._take_texts()
        take_changes(self._draft, [written for written, _ in self._taken])
        if keep_raw:
            take_raw(self._draft, self._engine, [written for written, _ in self._taken], self._new, keep_raw)
        normalised = sum(new for new, _ in logs.values())
        aside = sum(one.records for one in reasons)
        totals = UsageTotals(read, normalised, aside, read - normalised - aside)
        manifest.totals.read += totals.read
        manifest.totals.normalised += totals.normalised
        manifest.totals.set_aside += totals.set_aside
        manifest.totals.duplicates += totals.duplicates
        return Added(totals, logs, reasons)

    def _take_rows(self) -> dict[LogKind, tuple[int, int]]:
        new: Counter[int] = Counter()
        for name in CLASSES:
            files = [Path(path) for written, _ in self._taken for path in written.rows[name]]
            count = sum(written.counts[name] for written, _ in self._taken)
            if not files:
                continue
            days = [written.days[name] for written, _ in self._taken if name in written.days]
            first, last = min(day for day, _ in days) - 1, max(day for _, day in days) + 1
            seen = [part for part in self._draft.manifest.seen if part.first_day <= last and part.last_day >= first]
            for path in self._fresh(files, self._draft.paths(seen), count, name):
                self._add_part(name, path, new)
        if self._new:
            self._see(self._new)
            self._cover()
        incoming: Counter[int] = Counter()
        for written, _ in self._taken:
            incoming.update(written.logs)
        return {LogKind(log): (new[log], count - new[log]) for log, count in sorted(incoming.items())}

    def _fresh(self, incoming: list[Path], seen: list[Path], count: int, table: str) -> Iterable[Path]:
        """Yield files of the rows whose identities are new, a bounded number at a time."""
        buckets = -(-count // _BUCKET_ROWS)
        for bucket in range(buckets):
            made = self._engine.run(
                "new_rows",
                {"incoming": incoming, "seen": seen},
                {"bucket": bucket, "buckets": buckets},
                self._draft.work if table == "aside" else self._draft.parts,
                self._draft.stem(table),
            )
            self._draft.written(made)
            yield from made

    def _add_part(self, table: str, path: Path, new: Counter[int]) -> None:
        read = self._engine.read([path], ["time", "log", "part"])
        times = read["time"]
        if not len(times):
            return
        logs, counts = np.unique(read["log"][read["part"] == 0], return_counts=True)
        new.update(dict(zip(logs.tolist(), counts.tolist(), strict=True)))
        days = np.unique(days_of(times)).tolist()
        part = Part(path.name, len(times), days[0], days[-1], fresh=True)
        self._new.append(part)
        manifest = self._draft.manifest
        newest = min(int(times.max()), self._latest)
        manifest.newest = newest if manifest.newest is None else max(manifest.newest, newest)
        if table == "other":
            manifest.other.append(part)
            return
        # A row may join an operation that began the day before, or begin one that goes on the day after.
        dirty = sorted({*manifest.dirty, *(day + near for day in days for near in (-1, 0, 1))})
        if len(dirty) > MOST_DAYS:
            dirty = dirty[-MOST_DAYS:]
            manifest.activity_from = max(manifest.activity_from, -(-dirty[0] // WEEK) * WEEK)
        manifest.dirty = dirty
        manifest.activity.append(part)

    def _see(self, parts: list[Part]) -> None:
        first, last = min(part.first_day for part in parts), max(part.last_day for part in parts)
        made = self._engine.run(
            "identities", {"rows": self._draft.paths(parts)}, {}, self._draft.parts, self._draft.stem("seen")
        )
        self._draft.written(made)
        rows = sum(part.rows for part in parts)
        self._draft.manifest.seen += [Part(path.name, rows, first, last) for path in made]

    def _cover(self) -> None:
        made = self._engine.run(
            "covered", {"rows": self._draft.paths(self._new)}, {}, self._draft.parts, self._draft.stem("coverage")
        )
        self._draft.manifest.coverage += add_coverage(self._draft, self._engine, made)

    def _take_texts(self) -> None:
        texts: dict[int, bytes] = {}
        for written, _ in self._taken:
            if written.texts:
                for key, text in TextPart(Path(written.texts)).items():
                    add_text(texts, key, text)
        add_texts(self._draft, texts)
