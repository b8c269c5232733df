"""Usage in memory: what a store promises, read literally. Everything is kept, and settled anew each time.

For tests, and for what need not outlive a process. Row by row, so for small logs only.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Self

from remit.adapters.usage_store.literal import Operation, Row, fold, rows_of
from remit.adapters.usage_store.memory_reading import Kept, MemoryReading
from remit.adapters.usage_store.reasons import Reasons
from remit.adapters.usage_store.texts import add_text, to_bytes
from remit.model.errors import BusyError, InvariantError
from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane
from remit.ports.usage_store import (
    NO_OFFSETS,
    Added,
    Attribution,
    Disagreement,
    SetAsideRecord,
    Taken,
    UnitPlace,
    UsageTotals,
    UseQuestion,
)
from remit.usage.batches import Batch
from remit.usage.columns import text_key
from remit.usage.fast.operations import bytes_halves
from remit.usage.statements import DAY


class MemoryUsage:
    """See `remit.ports.usage_store.UsageStore`."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept = Kept()
        self._held = False

    def reading(self) -> MemoryReading:
        """Return what was committed last."""
        return MemoryReading(copy.deepcopy(self._kept))

    def writing(self, keep_raw: int = 0) -> MemoryWriting:
        """Begin to write."""
        if self._held:
            raise BusyError("another writer holds this store")
        self._held = True
        return MemoryWriting(self, self._kept, keep_raw)

    def let_go(self) -> None:
        """Let others write."""
        self._held = False


class MemoryIntake:
    """See `remit.ports.usage_store.UsageIntake`."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self.batches: list[tuple[UnitPlace, Batch, Sequence[bytes], int]] = []
        self.units: list[tuple[int, int]] = []

    def add(self, place: UnitPlace, batch: Batch, raw: Sequence[bytes] = ()) -> None:
        """Take a batch."""
        self.batches.append((place, batch, tuple(raw), len(self.units)))

    def done(self, place: UnitPlace, lines: int) -> None:
        """Say how many line ends a place holds."""
        self.units.append((place.file, lines))

    def finish(self) -> Taken:
        """Return itself, to be taken."""
        return Taken(sum(batch.read for _, batch, _, _ in self.batches), self)


class MemoryWriting:
    """See `remit.ports.usage_store.UsageWriting`."""

    def __init__(self, store: MemoryUsage, kept: Kept, keep_raw: int) -> None:
        """Begin to write."""
        self._store = store
        self._kept = kept
        self._keep_raw = keep_raw
        self._taken: list[tuple[MemoryIntake, list[int]]] = []
        self._lines: dict[int, int] = {}
        self._current: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def workplace(self) -> str:
        """Return nothing that would help another process."""
        return ""

    def intake(self, number: int) -> MemoryIntake:
        """Return an intake."""
        del number
        return MemoryIntake()

    def take(self, taken: Taken) -> None:
        """Add what an intake holds to the next commit."""
        intake = taken.content
        if not isinstance(intake, MemoryIntake):
            raise InvariantError("this was not written by an intake of usage in memory")
        bases = []
        for file, lines in intake.units:
            bases.append(self._lines.get(file, 0))
            self._lines[file] = bases[-1] + lines
        self._taken.append((intake, bases))

    def commit(self, source: str = "", offsets: Mapping[str, str] = NO_OFFSETS) -> Added:
        """Keep all that was taken since the last commit."""
        kept = self._kept
        texts = dict(kept.texts)
        batches = [
            (place, batch, raw, bases[unit] if unit < len(bases) else 0)
            for intake, bases in self._taken
            for place, batch, raw, unit in intake.batches
        ]
        for _, batch, _, _ in batches:
            for key, text in batch.texts.items():
                add_text(texts, key, to_bytes(text))
        kept.texts = texts
        batches.sort(key=lambda one: (one[0].file, one[0].start))
        read, logs, reasons = 0, dict[LogKind, tuple[int, int]](), Reasons()
        for place, batch, raw, base in batches:
            read += batch.read
            for row in rows_of(batch.columns):
                self._take_row(row, logs)
            for identity, change in batch.changes:
                one = (identity, change.kind, change.subject_id, change.object_id, change.role_id, change.scope.lower())
                kept.changes.setdefault(one, change)
            for aside in batch.set_aside:
                if aside.identity not in kept.seen:
                    kept.seen.add(aside.identity)
                    line = aside.line + base
                    kept.aside.append(SetAsideRecord(aside.reason, place.name, line, aside.size, aside.record))
                    reasons.add(aside.reason, 1, place.name, line)
            self._take_raw(raw)
        normalised, set_aside = sum(new for new, _ in logs.values()), sum(one.records for one in reasons.counts())
        totals = UsageTotals(read, normalised, set_aside, read - normalised - set_aside)
        kept.totals += totals
        if offsets:
            kept.offsets[source] = {**self.offsets(source), **offsets}
        self._taken = []
        return Added(totals, dict(sorted(logs.items())), reasons.counts())

    def _take_row(self, row: Row, logs: dict[LogKind, tuple[int, int]]) -> None:
        """Keep a row of a new record; the rows of one record come together."""
        identity = (row.identity_hi, row.identity_lo)
        new, again = logs.get(LogKind(row.log), (0, 0))
        if row.part == 0:
            is_new = identity not in self._kept.seen
            logs[LogKind(row.log)] = (new + is_new, again + (not is_new))
            self._current = identity if is_new else None
        if self._current == identity:
            self._kept.seen.add(identity)
            self._kept.rows.append(row)

    def _take_raw(self, raw: Sequence[bytes]) -> None:
        known = {(row.digest_hi, row.digest_lo): row.time // DAY for row in self._kept.rows}
        for record in raw:
            digest = sha256(record)
            day = known.get(bytes_halves(digest.digest()))
            if day is not None:
                self._kept.raw.setdefault(digest.hexdigest(), (day, self._keep_raw, record))
        newest = max((row.time // DAY for row in self._kept.rows), default=0)
        self._kept.raw = {key: one for key, one in self._kept.raw.items() if one[0] >= newest - one[1]}

    def offsets(self, source: str) -> Mapping[str, str]:
        """Return the offsets of a source."""
        return dict(self._kept.offsets.get(source, {}))

    def settle(self, attribution: Attribution | None) -> None:
        """Fold and attribute everything anew."""
        kept = self._kept
        operations = fold(kept.rows)
        asked = [one for one in operations if _is_asked(one)]
        questions = [
            UseQuestion(
                kept.text(one.principal),
                ObservedPlane(one.plane),
                kept.text(one.action),
                kept.text(one.scope),
                one.time,
            )
            for one in asked
        ]
        nothing: Sequence[tuple[str, ...] | None] = [None] * len(asked)
        answers = nothing if attribution is None else attribution.granting(questions)
        said = {id(one): answer for one, answer in zip(asked, answers, strict=True)}
        kept.used, found = [], dict[tuple[str, str, str, str], Disagreement]()
        for one in sorted(operations, key=lambda operation: operation.time):
            ids = said.get(id(one))
            named = kept.text(one.assignment)
            computed = not named and bool(ids)
            key = one.assignment
            if computed and ids:
                key = text_key(ids[0])
                add_text(kept.texts, key, to_bytes(ids[0]))
            kept.used.append((one, key, computed))
            if named and ids is not None and named not in ids:
                about = (kept.text(one.principal), kept.text(one.action), kept.text(one.scope))
                found.setdefault((*about, named), Disagreement(*about, one.time, named, tuple(ids)))
        kept.disagreements = list(found.values())

    def close(self) -> None:
        """Let others write."""
        self._store.let_go()


def _is_asked(one: Operation) -> bool:
    asked = one.plane in (ObservedPlane.CONTROL, ObservedPlane.DATA) and one.outcome != ObservedOutcome.REFUSED
    return asked and bool(one.principal and one.action and one.scope)
