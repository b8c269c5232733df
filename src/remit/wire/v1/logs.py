"""Logs as JSON: what a record says, what an ingest came to, what was set aside."""

from __future__ import annotations

from msgspec import Struct

from remit.model.interval import format_instant, from_micros
from remit.model.usage import ObservedOperation, Phase

_PHASES = {Phase.STARTED: "started", Phase.ACCEPTED: "accepted", Phase.ENDED: "ended"}


class OperationDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One observed operation; what a record does not say is left out."""

    time: str
    plane: str
    action: str
    source: str
    arrived: str | None = None
    principal_id: str = ""
    app_id: str = ""
    token_id: str = ""
    host_resource: str = ""
    address: str = ""
    scope: str = ""
    outcome: str | None = None
    phase: str | None = None
    assignment_id: str = ""
    through_id: str = ""
    correlation_id: str = ""
    digest: str = ""


class RecordDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit logs normalise --json` writes of one record."""

    file: str
    line: int
    status: str
    reason: str = ""
    operation: OperationDocument | None = None
    operations: tuple[OperationDocument, ...] = ()


class LogCountDocument(Struct, frozen=True):
    """Records of one log."""

    log: str
    normalised: int
    duplicates: int


class ReasonDocument(Struct, frozen=True):
    """Why records were set aside, how often, and where the first one stands."""

    reason: str
    records: int
    file: str
    line: int


class IngestDocument(Struct, frozen=True):
    """What `remit logs ingest --json` ends with."""

    read: int
    normalised: int
    set_aside: int
    duplicates: int
    files: int
    bytes: int
    logs: tuple[LogCountDocument, ...]
    reasons: tuple[ReasonDocument, ...]
    disagreements: int


class ReasonsDocument(Struct, frozen=True):
    """What `remit logs set-aside --json` writes."""

    set_aside: int
    reasons: tuple[ReasonDocument, ...]


class SetAsideDocument(Struct, frozen=True):
    """One record that was set aside; `record` is its beginning."""

    file: str
    line: int
    reason: str
    bytes: int
    record: str


def operation_document(operation: ObservedOperation) -> OperationDocument:
    """Return an operation as JSON has it."""
    return OperationDocument(
        time=instant(operation.time),
        plane=operation.plane.word,
        action=operation.action,
        source=operation.log.word,
        arrived=None if operation.arrived is None else instant(operation.arrived),
        principal_id=operation.principal_id,
        app_id=operation.app_id,
        token_id=operation.token_id,
        host_resource=operation.host_resource,
        address=operation.address,
        scope=operation.scope,
        outcome=operation.outcome.word,
        phase=_PHASES.get(operation.phase),
        assignment_id=operation.assignment_id,
        through_id=operation.through_id,
        correlation_id=operation.correlation_id,
        digest=operation.digest.hex(),
    )


def record_document(
    file: str, line: int, status: str, reason: str, operations: tuple[ObservedOperation, ...]
) -> RecordDocument:
    """Return a record as JSON has it; all of its operations stand there only where there are several."""
    told = tuple(map(operation_document, operations))
    return RecordDocument(file, line, status, reason, told[0] if told else None, told if len(told) > 1 else ())


def instant(micros: int) -> str:
    """Return an instant of a record; a year that no calendar has is told by the nearest that one has."""
    return format_instant(from_micros(min(max(micros, _FIRST), _LAST)))


_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
