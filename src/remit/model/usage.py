"""What a log says that somebody did: one observed operation, and one observed change of who may do what."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class LogKind(IntEnum):
    """Which log a record is of; the values stand in columns and never change."""

    ACTIVITY = 1
    USER_SIGN_IN = 2
    NON_INTERACTIVE_SIGN_IN = 3
    SERVICE_PRINCIPAL_SIGN_IN = 4
    MANAGED_IDENTITY_SIGN_IN = 5
    ENTRA_AUDIT = 6
    MICROSOFT_GRAPH = 7
    AAD_GRAPH = 8
    KEY_VAULT = 9
    STORAGE = 10
    COSMOS = 11
    AKS = 12

    @property
    def word(self) -> str:
        """Return the word of the wire, for example `activityLog`."""
        return _LOG_WORDS[self]


_LOG_WORDS = {
    LogKind.ACTIVITY: "activityLog",
    LogKind.USER_SIGN_IN: "userSignIn",
    LogKind.NON_INTERACTIVE_SIGN_IN: "nonInteractiveUserSignIn",
    LogKind.SERVICE_PRINCIPAL_SIGN_IN: "servicePrincipalSignIn",
    LogKind.MANAGED_IDENTITY_SIGN_IN: "managedIdentitySignIn",
    LogKind.ENTRA_AUDIT: "entraAudit",
    LogKind.MICROSOFT_GRAPH: "microsoftGraph",
    LogKind.AAD_GRAPH: "aadGraph",
    LogKind.KEY_VAULT: "keyVault",
    LogKind.STORAGE: "storage",
    LogKind.COSMOS: "cosmosDb",
    LogKind.AKS: "aks",
}


class ObservedPlane(IntEnum):
    """Where an operation is decided: Azure RBAC's two planes (the values of `Plane`), the directory, or signing in."""

    CONTROL = 0
    DATA = 1
    DIRECTORY = 2
    SIGN_IN = 3

    @property
    def word(self) -> str:
        """Return the word of the wire."""
        return ("control", "data", "directory", "signIn")[self]


class ObservedOutcome(IntEnum):
    """How an operation ended, as far as its record says.

    Only `REFUSED` says that the caller was not authorised: it shows need, not use. `UNFINISHED` is a record of the
    beginning (Started, Accepted): the caller was authorised, the end is not told.
    """

    SUCCEEDED = 0
    FAILED = 1
    REFUSED = 2
    UNFINISHED = 3

    @property
    def word(self) -> str | None:
        """Return the word of the wire, None where the end is not told."""
        return ("succeeded", "failed", "refused", None)[self]


class Phase(IntEnum):
    """Which of the several records of one operation this is; `WHOLE` where a log writes one record for one call."""

    WHOLE = 0
    STARTED = 1
    ACCEPTED = 2
    ENDED = 3


@dataclass(frozen=True, slots=True)
class ObservedOperation:
    """One use of an action, from one record of a log.

    Ids are lower case with dashes where they are GUIDs, else lower-case text as written; "" is absent everywhere.

    Attributes:
        log: which log.
        time: microseconds since 1970 UTC of the event.
        arrived: the same of its arrival in the log, None where the record does not say.
        principal_id: the caller's object id. Where a log names no object id: its UPN or name.
        app_id: client application.
        token_id: the token's GUID, from any of its three spellings.
        host_resource: resource id, lower case, of the resource whose identity called (xms_az_rid, else xms_mirid).
        address: the caller's, without port and brackets.
        plane, action, scope: what was asked for and where, in the record's spelling, no slash at the end of a scope.
        outcome, phase: as their classes say.
        assignment_id: GUID name of the role assignment that the log says granted it.
        through_id: object id that this assignment names, where the log says so: the caller, or a group of the caller.
        correlation_id: as its record says. Records of one operation share it.
        event_id: the record's own id where the log gives every record one that no other record has, else "".
        place: lower case; where this log is switched on: `/subscriptions/{id}`, a resource id, or `/tenants/{id}`.
            "" where the record does not tell.
        digest: SHA-256 of the record's bytes.
    """

    log: LogKind
    time: int
    plane: ObservedPlane
    action: str
    scope: str
    outcome: ObservedOutcome
    arrived: int | None = None
    principal_id: str = ""
    app_id: str = ""
    token_id: str = ""
    host_resource: str = ""
    address: str = ""
    phase: Phase = Phase.WHOLE
    assignment_id: str = ""
    through_id: str = ""
    correlation_id: str = ""
    event_id: str = ""
    place: str = ""
    digest: bytes = field(default=b"", repr=False)


class ChangeKind(StrEnum):
    """What a record says was changed of who may do what."""

    ASSIGNMENT_WRITTEN = "assignmentWritten"
    ASSIGNMENT_DELETED = "assignmentDeleted"
    DEFINITION_WRITTEN = "definitionWritten"
    DEFINITION_DELETED = "definitionDeleted"
    ACTIVATED = "activated"
    DEACTIVATED = "deactivated"
    ELIGIBLE_ADDED = "eligibleAdded"
    ELIGIBLE_REMOVED = "eligibleRemoved"
    MEMBER_ADDED = "memberAdded"
    MEMBER_REMOVED = "memberRemoved"
    DIRECTORY_ROLE_ADDED = "directoryRoleAdded"
    DIRECTORY_ROLE_REMOVED = "directoryRoleRemoved"
    ELEVATED = "elevated"
    DIAGNOSTIC_SETTING_WRITTEN = "diagnosticSettingWritten"
    DIAGNOSTIC_SETTING_DELETED = "diagnosticSettingDeleted"


@dataclass(frozen=True, slots=True)
class ObservedChange:
    """One change of who may do what, from one record; ids as in `ObservedOperation`, "" where not told.

    Attributes:
        kind: what was done.
        time: microseconds since 1970 UTC.
        actor_id, app_id: who did it, and with which application.
        subject_id: the principal whom it is about: assignee, member; "" where the record does not say.
        object_id: what was changed: GUID of the assignment or role definition, the group's or directory role's id.
        role_id: GUID of the role definition assigned, for assignments and activations.
        scope: where, in the record's spelling.
        start, end: window of an activation or time-bound assignment, None where unbounded or not told.
        detail: JSON text of what else there is to apply it (the request body: permissions, condition), "" for nothing.
        log, correlation_id, digest: where it was seen.
    """

    kind: ChangeKind
    time: int
    log: LogKind
    actor_id: str = ""
    app_id: str = ""
    subject_id: str = ""
    object_id: str = ""
    role_id: str = ""
    scope: str = ""
    start: int | None = None
    end: int | None = None
    detail: str = ""
    correlation_id: str = ""
    digest: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that was not understood, and why: one line, lower case, no full stop, no secret."""

    reason: str


@dataclass(frozen=True, slots=True)
class Normalised:
    """A record that was understood.

    Attributes:
        operations: what it says was done; at least one. Several only where one call was checked for several actions
            (Storage); the first is what the call is named after.
        changes: what it says was changed of who may do what; mostly ().
    """

    operations: tuple[ObservedOperation, ...]
    changes: tuple[ObservedChange, ...] = ()
