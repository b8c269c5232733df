"""What the state of a tenant at an instant rests on, and what changed of it."""

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


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline; "" where not told.

    Attributes:
        time: when; of a difference between snapshots the instant of the later one.
        since: instant of the earlier snapshot; None for what a log tells.
        kind: a `ChangeKind`, or `assignmentAppeared`, `assignmentVanished`, `memberAppeared`, `memberVanished`,
            `definitionDiffers`, `denyAppeared`, `denyVanished`.
        logs: words of the logs that tell of it; () where only snapshots do.
        confirmed: False where a log tells only that it was begun.
        actor_id, actor_name, app_id: who did it.
        subject_id, subject_name: the assignee, the member.
        object_id, object_name: the assignment, definition, group, directory role or setting.
        role_id, role_name: the role assigned.
        scope: where.
        start, end: window of an activation or assignment, None where unbounded or not told.
    """

    time: datetime
    kind: str
    since: datetime | None = None
    logs: tuple[str, ...] = ()
    confirmed: bool = True
    actor_id: str = ""
    actor_name: str = ""
    app_id: str = ""
    subject_id: str = ""
    subject_name: str = ""
    object_id: str = ""
    object_name: str = ""
    role_id: str = ""
    role_name: str = ""
    scope: str = ""
    start: datetime | None = None
    end: datetime | None = None
