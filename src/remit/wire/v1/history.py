"""The state behind an answer, and the timeline of `remit history`, as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from remit.model.history import Event, TenantState
from remit.model.interval import format_instant


class LogDaysDocument(Struct, frozen=True, rename="camel"):
    """On how many of the days between the snapshot and the instant a log was seen."""

    log: str
    days: int
    days_seen: int


class StateDocument(Struct, frozen=True, rename="camel"):
    """What an answer about an instant rests on.

    Attributes:
        snapshot_id: the base.
        collected_at: its own instant.
        backwards: the instant asked about is earlier: changes were taken back.
        changes_applied, changes_not_confirmed, changes_left_out: of the changes between the two: put in; seen only to
            begin; not telling enough to be put in.
        coverage: of the logs that tell of changes.
    """

    snapshot_id: str
    collected_at: str
    backwards: bool
    changes_applied: int
    changes_not_confirmed: int
    changes_left_out: int
    coverage: tuple[LogDaysDocument, ...]


class EventDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One line of a timeline; what is not told is left out.

    Attributes:
        since: of a difference between snapshots, the instant of the earlier one; `at` is that of the later.
        seen_in: logs, or `snapshots` alone.
        confirmed: left out where a log tells that it was done.
    """

    at: str
    kind: str
    seen_in: tuple[str, ...]
    since: str = ""
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
    start: str = ""
    end: str = ""


class HistoryDocument(Struct, frozen=True, rename="camel"):
    """What `remit history --json` writes."""

    subject_kind: str
    subject_id: str
    subject_name: str
    events: tuple[EventDocument, ...]


def state_document(state: TenantState | None) -> StateDocument | None:
    """Return what an answer rests on; None for a snapshot alone."""
    if state is None:
        return None
    return StateDocument(
        state.snapshot_id,
        format_instant(state.read_at),
        state.at < state.read_at,
        state.applied,
        state.unconfirmed,
        state.left_out,
        tuple(LogDaysDocument(one.log.word, one.days, one.seen) for one in state.coverage),
    )


def history_document(kind: str, key: str, name: str, events: Iterable[Event]) -> HistoryDocument:
    """Return a timeline."""
    return HistoryDocument(kind, key, name, tuple(_event(one) for one in events))


def _event(one: Event) -> EventDocument:
    return EventDocument(
        format_instant(one.time),
        one.kind,
        one.logs or ("snapshots",),
        _text(one.since),
        one.confirmed,
        one.actor_id,
        one.actor_name,
        one.app_id,
        one.subject_id,
        one.subject_name,
        one.object_id,
        one.object_name,
        one.role_id,
        one.role_name,
        one.scope,
        _text(one.start),
        _text(one.end),
    )


def _text(instant: datetime | None) -> str:
    return "" if instant is None else format_instant(instant)
