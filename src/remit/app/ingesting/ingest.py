"""Logs into the store: given out to workers, committed every few million records, settled at the end.

    done = ingest(units, usage, make_tools, pace=Pace(processes=2))

A commit holds whole tasks in the order of their files, so that an ingest that is killed and run again gives what an
undisturbed one gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from remit.app.holding import Patience, held
from remit.app.ingesting.pool import MakeTools, in_order
from remit.app.ingesting.working import Task
from remit.model.usage import LogKind
from remit.ports.log_source import LogUnit
from remit.ports.usage_store import (
    NOTHING,
    Added,
    Attribution,
    ReasonCount,
    UsageStore,
    UsageTotals,
    UsageWriting,
)

_TASK_UNITS = 256
_ALONE_BYTES = 8 * 1024 * 1024
"""Less than this one process has read before others are started."""
_SMALLEST_TASK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is done at once.

    Attributes:
        processes: most workers.
        commit_records: are read between two commits, about.
        task_bytes: that one worker reads at once, about.
    """

    processes: int = 1
    commit_records: int = 2_000_000
    task_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is.

    Attributes:
        step: `reading`, `committing` or `settling`.
        records: read so far.
        size, whole_size: bytes read so far, and to be read as far as that is known.
        files, whole_files: the same in files.
    """

    step: str
    records: int
    size: int
    whole_size: int
    files: int
    whole_files: int


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came of an ingest.

    Attributes:
        totals: of its records.
        logs: normalised records and duplicates of each log.
        reasons: why records were set aside, the most frequent first.
        files, size: files and bytes read.
        disagreements: uses in the store whose grant the log names otherwise than the engine.
        streams: name and totals of each Event Hub that was read to its end; `totals` holds them, `logs` does not.
    """

    totals: UsageTotals = NOTHING
    logs: dict[LogKind, tuple[int, int]] = field(default_factory=dict)
    reasons: tuple[ReasonCount, ...] = ()
    files: int = 0
    size: int = 0
    disagreements: int = 0
    streams: tuple[tuple[str, UsageTotals], ...] = ()


def ingest(
    units: Sequence[LogUnit],
    store: UsageStore,
    make_tools: MakeTools,
    *,
    pace: Pace,
    keep_raw: int = 0,
    attribution: Callable[[], Attribution | None] = lambda: None,
    watcher: Callable[[Progress], None] = lambda _: None,
    patience: Patience = Patience(),  # noqa: B008 - it never changes
) -> Ingested:
    """Read units into a store.

    Args:
        units: ranges of one file stand together, in order.
        store: where they go.
        make_tools: makes what a worker needs.
        pace: how much is done at once.
        keep_raw: days that records are kept as they were read.
        attribution: makes what says who granted, once all is committed; None where nothing is known.
        watcher: is told how far it is.
        patience: with another process that writes to the store.

    Raises:
        CollectionError: a service refuses or does not answer; what was committed stays.
        StoreError: the store cannot be written.
    """
    with held(store, keep_raw, patience) as writing:
        run = _Run(units, writing, pace, watcher)
        for task, taken in in_order(run.tasks(keep_raw=bool(keep_raw)), make_tools, run.workers):
            writing.take(taken)
            run.took(task, taken.read)
        run.commit()
        run.tell("settling")
        writing.settle(attribution())
        return run.done


class _Run:
    """One ingest: what is to be done, and how far it is."""

    def __init__(
        self, units: Sequence[LogUnit], writing: UsageWriting, pace: Pace, watcher: Callable[[Progress], None]
    ) -> None:
        self._files = _numbered(units)
        self._pace = pace
        self._writing = writing
        self._watcher = watcher
        self._whole = sum(unit.size or 0 for unit in units)
        self._records = 0
        self._waiting = 0
        self._read: set[int] = set()
        self.done = Ingested()

    @property
    def workers(self) -> int:
        """Return how many workers are worth starting."""
        stdin = any(unit.opened_by == "stdin" for _, unit in self._files)
        little = self._whole < _ALONE_BYTES and all(unit.size is not None for _, unit in self._files)
        return 1 if stdin or little or len(self._files) == 1 else self._pace.processes

    def tasks(self, *, keep_raw: bool) -> Iterator[Task]:
        """Yield what workers are to do: large units one by one, small ones together."""
        most = min(self._pace.task_bytes, max(_SMALLEST_TASK, self._whole // (4 * self._pace.processes)))
        units: list[tuple[int, LogUnit]] = []
        size = number = 0
        for file, unit in self._files:
            large = unit.size is None or size + unit.size > most
            if units and (large or len(units) >= _TASK_UNITS):
                yield Task(number, tuple(units), self._writing.workplace(), keep_raw)
                units, size, number = [], 0, number + 1
            units.append((file, unit))
            size += most if unit.size is None else unit.size
        if units:
            yield Task(number, tuple(units), self._writing.workplace(), keep_raw)

    def took(self, task: Task, records: int) -> None:
        """Take note of what came of a task; commit if it is time."""
        self._records += records
        self._waiting += records
        self._read.update(file for file, _ in task.units)
        self.done = replace(self.done, size=self.done.size + task.size, files=len(self._read))
        self.tell("reading")
        if self._waiting >= self._pace.commit_records:
            self.commit()

    def commit(self) -> None:
        """Commit what was taken."""
        if self._waiting:
            self.tell("committing")
            self._add(self._writing.commit())
            self._waiting = 0

    def tell(self, step: str) -> None:
        """Tell how far it is."""
        files = self._files[-1][0] + 1 if self._files else 0
        self._watcher(Progress(step, self._records, self.done.size, self._whole, len(self._read), files))

    def _add(self, added: Added) -> None:
        logs = dict(self.done.logs)
        for log, (new, duplicates) in added.logs.items():
            before = logs.get(log, (0, 0))
            logs[log] = (before[0] + new, before[1] + duplicates)
        reasons = {one.reason: one for one in self.done.reasons}
        for one in added.reasons:
            known = reasons.get(one.reason)
            reasons[one.reason] = one if known is None else replace(known, records=known.records + one.records)
        self.done = replace(
            self.done,
            totals=self.done.totals + added.totals,
            logs=dict(sorted(logs.items())),
            reasons=tuple(sorted(reasons.values(), key=lambda one: (-one.records, one.reason))),
        )


def _numbered(units: Sequence[LogUnit]) -> list[tuple[int, LogUnit]]:
    """Return units with the numbers of their files; ranges of one file share a number."""
    found: list[tuple[int, LogUnit]] = []
    number = -1
    before: LogUnit | None = None
    for unit in units:
        same = before is not None and (before.place, before.opened_by) == (unit.place, unit.opened_by) and unit.start
        number += not same
        found.append((number, unit))
        before = unit
    return found
