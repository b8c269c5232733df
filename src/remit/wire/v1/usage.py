"""What was used, as JSON: the documents of `remit usage`; docs/json.md describes every field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from remit.model.interval import format_instant, from_micros
from remit.model.principal import PrincipalName
from remit.usage.observable_days import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WindowDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The days that an "unused" claim is about.

    Attributes:
        from_day, to_day: first and last day, `YYYY-MM-DD`. days: how many of them the log was seen on.
        once_in_days: N of "used less than once in N days, at 95 %"; left out where there are too few days.
        rate_per_day: the bound itself.
    """

    from_day: str
    to_day: str
    days: int
    rate_per_day: float
    once_in_days: int | None = None


class UsedDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """An operation that was observed."""

    principal_id: str
    plane: str
    action: str
    scope: str
    operations: int
    first_seen: str
    last_seen: str
    assignment_id: str = ""
    attributed_by: str = ""
    app_id: str = ""
    host_resource: str = ""


class OperationGroupDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Operations that share plane, resource type, verb and what is known of them."""

    plane: str
    resource_type: str
    verb: str
    weight: str
    observable: str
    actions: tuple[str, ...]
    window: WindowDocument | None = None
    missing: tuple[str, ...] = ()
    missing_unnamed: int = 0
    places: int = 0


class AssignmentUsageDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One role assignment and what was used of it."""

    assignment_id: str
    assignment_kind: str
    principal_id: str
    membership: tuple[str, ...]
    role_definition_id: str
    scope: str
    standing: str
    granted: int
    used_operations: int
    unused_operations: int
    not_observable_operations: int
    used: tuple[UsedDocument, ...]
    unused: tuple[OperationGroupDocument, ...]
    not_observable: tuple[OperationGroupDocument, ...]
    role_name: str = ""
    why: str = ""
    since: str | None = None
    last_used: str | None = None
    activations: int | None = None
    active_days: int | None = None
    used_not_in_catalogue: int = 0
    used_along: tuple[str, ...] = ()


class IdentityDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One identity in one line."""

    principal_id: str
    principal_kind: str
    granted: int
    used: int
    unused: int
    not_observable: int
    score: float
    dormant: str
    display_name: str = ""
    user_principal_name: str = ""
    quiet_days: int = 0
    last_use: str | None = None
    last_sign_in: str | None = None


class UnseenDocument(Struct, frozen=True, rename="camel"):
    """A gap of the snapshot that touches the answer."""

    api: str
    scope: str
    reason: str


class AskedDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The window asked about; left out where nothing was ingested."""

    from_day: str | None = None
    to_day: str | None = None


class PrincipalUsageDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit usage PRINCIPAL --json` writes."""

    identity: IdentityDocument
    snapshot_id: str
    asked: AskedDocument
    catalogue_operations: int
    assignments: tuple[AssignmentUsageDocument, ...]
    elsewhere: tuple[UsedDocument, ...]
    directory: tuple[UsedDocument, ...]
    refused: tuple[UsedDocument, ...]
    gaps: tuple[UnseenDocument, ...]
    members: int | None = None
    names: dict[str, str] = {}


class EverybodyDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit usage --all --json` writes."""

    snapshot_id: str
    asked: AskedDocument
    sort: str
    identities: tuple[IdentityDocument, ...]


class AssignmentAnswerDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit usage assignment ID --json` writes."""

    assignment: AssignmentUsageDocument
    holder: IdentityDocument
    snapshot_id: str
    asked: AskedDocument
    through: tuple[UsedDocument, ...]
    never_used_since: str | None = None
    window: WindowDocument | None = None
    names: dict[str, str] = {}


class LoggingGapDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One log that is missing, and what makes it."""

    resource_id: str
    log: str
    categories: tuple[str, ...]
    remedy: str
    operations: int
    principals: int
    az: str
    arm: str


class LoggingGapsDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit usage gaps --json` writes."""

    snapshot_id: str
    asked: AskedDocument
    gaps: tuple[LoggingGapDocument, ...]


def day_text(day: int) -> str:
    """Return a day, counted from 1970, as `YYYY-MM-DD`."""
    return (_EPOCH + timedelta(days=day)).date().isoformat()


def instant_text(micros: int | None) -> str | None:
    """Return an instant in whole seconds, None for None."""
    return None if micros is None else format_instant(from_micros(micros).replace(microsecond=0))


def window_document(window: Window) -> WindowDocument:
    """Return the days of a claim."""
    return WindowDocument(
        day_text(window.first),
        day_text(window.last),
        window.days,
        round(window.rate, 6),
        window.once_in or None,
    )


def asked_document(first: int | None, last: int | None) -> AskedDocument:
    """Return the window asked about."""
    return AskedDocument(None if first is None else day_text(first), None if last is None else day_text(last))


def sorted_names(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return display names by object id, in order."""
    return dict(sorted(names))


def principal_fields(principal: PrincipalName) -> tuple[str, str, str, str]:
    """Return id, kind, display name and user principal name."""
    return principal.principal_id, principal.kind, principal.display_name, principal.user_principal_name


class DisagreementDocument(Struct, frozen=True, rename="camel"):
    """One use whose grant the log names otherwise than the engine; () where that finds none."""

    principal_id: str
    action: str
    scope: str
    time: str
    logged_assignment_id: str
    computed_assignment_ids: tuple[str, ...]


class DisagreementsDocument(Struct, frozen=True, rename="camel"):
    """All of them."""

    disagreements: tuple[DisagreementDocument, ...]
