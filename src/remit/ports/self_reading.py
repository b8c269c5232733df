"""What a credential can find out about itself: the raw facts that `remit doctor azure` rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from remit.model.snapshot import Gap


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in.

    Attributes:
        tenant_id, object_id, client_id: lower case, "" where the token does not say.
        is_application: an application or managed identity, not a user.
        is_managed_identity: a managed identity.
        name: display name, "" where it cannot be read.
        permissions: permissions of the token for Microsoft Graph.
        token_expires: when the token for Resource Manager expires.
    """

    tenant_id: str
    object_id: str
    client_id: str
    is_application: bool
    is_managed_identity: bool
    name: str
    permissions: frozenset[str]
    token_expires: datetime | None


@dataclass(frozen=True, slots=True)
class OwnCredential:
    """A certificate or secret of the application.

    Attributes:
        kind: `certificate` or `secret`.
        key_id, name: as Entra knows it.
        expires: aware UTC.
        in_use: it is the one that signed in, as far as that can be told.
    """

    kind: str
    key_id: str
    name: str
    expires: datetime
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class OwnGrant:
    """Something granted to the principal in Entra.

    Attributes:
        assignment_id: of the app role assignment or directory role assignment.
        name: permission, or display name of the directory role.
        where: name of the API, or directory scope.
    """

    assignment_id: str
    name: str
    where: str


@dataclass(frozen=True, slots=True)
class SelfReading:
    """Everything that was found out.

    Attributes:
        who: who signed in.
        azure_time: Azure's time as of its last answer, None where it did not say.
        local_time: this machine's time at that answer.
        limits: what Azure said last about throttling, by header.
        credentials: of the own application; None where they cannot be read.
        app_roles: application permissions, with their assignments; None where these cannot be read.
        directory_roles: Entra roles; None where they cannot be read.
        rows: payload rows about the principal by list of the export: its role assignments, those of its groups, their
            role definitions, deny assignments, management groups and subscriptions.
        gaps: what of these could not be read.
        scopes: management groups and subscriptions that are visible, the tenant root group first.
    """

    who: SignedIn
    azure_time: datetime | None
    local_time: datetime
    limits: Mapping[str, str]
    credentials: Sequence[OwnCredential] | None
    app_roles: Sequence[OwnGrant] | None
    directory_roles: Sequence[OwnGrant] | None
    rows: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()
    scopes: Sequence[str] = ()


class SelfReader(Protocol):
    """Reads what a credential can find out about itself."""

    async def read(self) -> SelfReading:
        """Ask.

        Raises:
            CredentialError: there is no token.
            CollectionError: Azure did not answer.
        """
