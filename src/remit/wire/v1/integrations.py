"""Connection points of a tenant as JSON: the document of `remit integrations`."""

from __future__ import annotations

from msgspec import Struct

from remit.wire.v1.paths import EndDocument, UnreadDocument


class WeaknessDocument(Struct, frozen=True, rename="camel"):
    """Why more than one workload can come by a subject."""

    kind: str
    width: str
    detail: str
    certain: bool


class CredentialDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How a point signs in."""

    kind: str
    name: str = ""
    issuer: str = ""
    subject: str = ""
    audiences: tuple[str, ...] = ()
    sort: str = ""
    expires: str | None = None
    expired: bool = False
    weaknesses: tuple[WeaknessDocument, ...] = ()


class GrantDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A role assignment in force."""

    role: str
    scope: str
    assignment_id: str
    through: str = ""
    reads_only: bool = False
    conditional: bool = False
    below_deny: bool = False


class ApiPermissionsDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Permissions on an API."""

    api: str
    names: tuple[str, ...]
    delegated: bool = False
    on_behalf_of: str = ""


class ReachSummaryDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How far an identity gets; figures of 0 are left out."""

    tier_zero: str
    production: str
    identities: int = 0
    scopes: int = 0
    code: int = 0
    secret: int = 0
    data: int = 0
    control: int = 0


class IntegrationDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One connection point."""

    kind: str
    source: str
    identity: EndDocument
    credentials: tuple[CredentialDocument, ...]
    roles: tuple[GrantDocument, ...]
    permissions: tuple[ApiPermissionsDocument, ...]
    directory_roles: tuple[str, ...]
    owners: tuple[EndDocument, ...]
    reach: ReachSummaryDocument
    tenant: str = ""
    resource: EndDocument | None = None
    environment: str = ""
    owner_tag: str = ""
    last_use: str | None = None


class SharedSubjectDocument(Struct, frozen=True, rename="camel"):
    """A subject that satisfies credentials of several identities."""

    issuer: str
    subject: str
    identities: tuple[EndDocument, ...]
    certain: bool


class IntegrationsDocument(Struct, frozen=True, rename="camel"):
    """What `remit integrations --json` writes. `observed`: logs were seen, so that no `lastUse` means none was seen."""

    integrations: tuple[IntegrationDocument, ...]
    shared_subjects: tuple[SharedSubjectDocument, ...]
    at: str
    snapshot_id: str
    observed: bool
    unread: tuple[UnreadDocument, ...]
