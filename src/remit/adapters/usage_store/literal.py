"""Rows and their folding, one by one: what the statements of `remit.usage.sql` say, for the store in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from remit.model.usage import LogKind, ObservedOutcome
from remit.usage.columns import Longs
from remit.usage.statements import DAY


class Row(NamedTuple):
    """One row of `remit.usage.columns.COLUMNS`, as far as it matters here."""

    identity_hi: int
    identity_lo: int
    part: int
    digest_hi: int
    digest_lo: int
    time: int
    log: int
    plane: int
    outcome: int
    principal: int
    app: int
    host: int
    action: int
    scope: int
    assignment: int
    through: int
    place: int
    correlation_hi: int
    correlation_lo: int


class Operation(NamedTuple):
    """One operation, folded."""

    time: int
    plane: int
    outcome: int
    principal: int
    app: int
    host: int
    action: int
    scope: int
    assignment: int
    through: int


def rows_of(columns: Mapping[str, Longs]) -> Iterator[Row]:
    """Yield the rows of a batch."""
    yield from map(Row._make, zip(*(columns[name].tolist() for name in Row._fields), strict=True))


def fold(rows: Iterable[Row]) -> list[Operation]:
    """Return the operations of some rows."""
    found: list[Operation] = []
    together: dict[tuple[int, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.log == LogKind.ACTIVITY and (row.correlation_hi or row.correlation_lo):
            together[row.correlation_hi, row.correlation_lo, row.action, row.scope].append(row)
        else:
            found.append(_joined([row], row.principal))
    for several in together.values():
        named = max((row.principal for row in several if row.principal), default=0)
        by_caller: dict[int, list[Row]] = defaultdict(list)
        for row in several:
            by_caller[row.principal or named].append(row)
        for caller, own in by_caller.items():
            found += [_joined(session, caller) for session in _sessions(own)]
    return found


def _sessions(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield rows by time, parted where more than a day lies between two."""
    rows = sorted(rows, key=lambda row: (row.time, row.identity_hi, row.identity_lo, row.part))
    session = [rows[0]]
    for row in rows[1:]:
        if row.time - session[-1].time > DAY:
            yield session
            session = []
        session.append(row)
    yield session


def _joined(rows: Sequence[Row], caller: int) -> Operation:
    grant = next((row for row in rows if row.assignment), rows[0])
    return Operation(
        rows[0].time,
        max(row.plane for row in rows),
        _outcome({row.outcome for row in rows}) if len(rows) > 1 else rows[0].outcome,
        caller,
        _any(row.app for row in rows),
        _any(row.host for row in rows),
        rows[0].action,
        rows[0].scope,
        grant.assignment,
        grant.through,
    )


def _any(keys: Iterable[int]) -> int:
    return max((key for key in keys if key), default=0)


def _outcome(outcomes: set[int]) -> int:
    for first in (ObservedOutcome.SUCCEEDED, ObservedOutcome.FAILED):
        if first in outcomes:
            return first
    if ObservedOutcome.REFUSED in outcomes:
        return ObservedOutcome.FAILED if ObservedOutcome.UNFINISHED in outcomes else ObservedOutcome.REFUSED
    return ObservedOutcome.UNFINISHED
