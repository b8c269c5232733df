"""What the state of a tenant at an instant rests on: which snapshot, how many changes, what the logs cover between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from remit.model.usage import LogKind


@dataclass(frozen=True, slots=True)
class LogDays:
    """On how many of some days anything was seen of a log."""

    log: LogKind
    days: int
    seen: int


@dataclass(frozen=True, slots=True)
class TenantState:
    """What an answer about an instant rests on.

    Attributes:
        snapshot_id: the base.
        read_at: its own instant.
        at: the instant asked about; before `read_at` where no snapshot is older.
        applied: changes between the two that were put in.
        unconfirmed: changes between the two of which only the beginning was seen.
        left_out: changes between the two that do not tell enough to be put in.
        coverage: of the logs that tell of changes, over the days from one to the other, both included.
    """

    snapshot_id: str
    read_at: datetime
    at: datetime
    applied: int
    unconfirmed: int
    left_out: int
    coverage: tuple[LogDays, ...]

    @property
    def is_covered(self) -> bool:
        """Tell whether both logs were seen on every day between."""
        return all(one.seen == one.days for one in self.coverage)
