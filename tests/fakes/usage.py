"""What is kept of logs, as far as changes and coverage go: lists in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from remit.model.usage import ObservedChange
from remit.ports.usage_store import NOTHING, Coverage, Disagreement, UsageTotals, UsedRow


class ChangesOnly:
    """A `UsageReading` that holds no operations."""

    def __init__(self, changes: Iterable[ObservedChange], coverage: Iterable[Coverage] = ()) -> None:
        self._changes = tuple(changes)
        self._coverage = tuple(coverage)

    def totals(self) -> UsageTotals:
        return NOTHING

    def used_by(self, principal_ids: Sequence[str], since: int | None = None) -> list[UsedRow]:
        del principal_ids, since
        return []

    def used_through(self, assignment_id: str, since: int | None = None) -> list[UsedRow]:
        del assignment_id, since
        return []

    def used_by_all(self, since: int | None = None) -> Iterator[tuple[str, list[UsedRow]]]:
        del since
        return iter(())

    def coverage(self) -> tuple[Coverage, ...]:
        return self._coverage

    def changes(self, since: int | None = None, until: int | None = None) -> Iterator[ObservedChange]:
        for one in sorted(self._changes, key=lambda change: change.time):
            if (since is None or one.time >= since) and (until is None or one.time < until):
                yield one

    def disagreements(self) -> tuple[Disagreement, ...]:
        return ()
