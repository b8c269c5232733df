"""Making an identity for Remit in a tenant, and taking it away again: the only writing there is.

A `Thing` says what shall be there, in our words; a `Found` says what is there. Every thing can be found again without
knowing its id, by its name and the mark of the setup, so that a setup that was killed between Azure's answer and the
record of it goes on instead of making a second one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NewApplication:
    """An app registration of one tenant.

    Attributes:
        name: display name.
        mark: tag that tells it from everybody else's applications.
    """

    name: str
    mark: str


@dataclass(frozen=True, slots=True)
class NewServicePrincipal:
    """The presence of an application in its tenant."""

    app_id: str
    mark: str


@dataclass(frozen=True, slots=True)
class NewManagedIdentity:
    """A user-assigned managed identity; its resource group is there already."""

    resource_id: str
    location: str
    mark: str


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """A certificate with which an application signs in; only its public half is told.

    Attributes:
        application: place of the application, as in `Found`.
        name: display name of the key.
        thumbprint: SHA-1 of the certificate, upper-case hexadecimal: what Entra knows it by.
        der: the certificate, base64 of DER.
        valid_from, valid_until: its window.
    """

    application: str
    name: str
    thumbprint: str
    der: str
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class NewFederatedCredential:
    """Trust in the tokens of an outside issuer for one subject."""

    application: str
    name: str
    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A client secret, written to a file that only its owner reads, and nowhere else."""

    application: str
    name: str
    valid_until: datetime
    file: str
    beside: Mapping[str, str] = field(default_factory=dict)
    """Further environment variables for the file."""


@dataclass(frozen=True, slots=True)
class NewAppRole:
    """An application permission of Microsoft Graph, with the consent of the administrator."""

    principal_id: str
    permission: str


@dataclass(frozen=True, slots=True)
class NewRole:
    """A custom role that is assignable at one scope."""

    role_id: str
    name: str
    description: str
    scope: str
    actions: Sequence[str]


@dataclass(frozen=True, slots=True)
class NewRoleAssignment:
    """The assignment of a role to a service principal."""

    assignment_id: str
    role: str
    scope: str
    principal_id: str


Thing = (
    NewApplication
    | NewServicePrincipal
    | NewManagedIdentity
    | NewCertificate
    | NewFederatedCredential
    | NewSecret
    | NewAppRole
    | NewRole
    | NewRoleAssignment
)


@dataclass(frozen=True, slots=True)
class Found:
    """What is there.

    Attributes:
        place: where: `graph:` or `arm:` and the path of the object; enough to remove it.
        facts: what later steps need of it: `appId`, `objectId`. Never a secret.
        same: it is as the thing says; where False, `make` puts it right in its place.
    """

    place: str
    facts: Mapping[str, str] = field(default_factory=dict)
    same: bool = True


class Granter(Protocol):
    """Writes to one tenant with the operator's credential. Nothing is retried here.

    All methods raise ThrottledError, InterruptedAnswerError, UnsettledError (worth another try), ForbiddenError (names
    what the operator lacks), SetupError, UnexpectedAnswerError and CredentialError.
    """

    def tenant_id(self) -> str:
        """Return the tenant that the operator signed in to, lower case."""

    def find(self, thing: Thing) -> Found | None:
        """Return the thing if it is there.

        Raises:
            SetupError: something of its name is there that no setup of Remit made.
        """

    def make(self, thing: Thing) -> Found:
        """Make the thing, or put it right; finding it may take a while afterwards."""

    def remove(self, place: str) -> None:
        """Remove what stands at a place; it is no error if it is gone."""

    def gone(self, place: str) -> bool:
        """Tell whether nothing stands at a place any more."""


@dataclass(frozen=True, slots=True)
class PublicCertificate:
    """What may be known of a certificate whose private key lies in a file."""

    thumbprint: str
    der: str
    valid_from: datetime
    valid_until: datetime


class KeyFiles(Protocol):
    """Private keys and secrets in files of mode 0600; what they hold is never returned."""

    def certificate(self, file: str, name: str, now: datetime) -> PublicCertificate:
        """Return the certificate of a file; make key and certificate where there is none or it soon expires.

        Raises:
            SettingsError: the file holds something else, or cannot be written.
        """

    def discard(self, file: str) -> None:
        """Delete a file of ours; it is no error if it is gone."""


class SetupRecords(Protocol):
    """What was intended and made, one record for each name, mode 0600; all methods raise `StoreError`s only."""

    def load(self, name: str) -> bytes | None:
        """Return the record, None where there is none."""

    def save(self, name: str, record: bytes) -> None:
        """Keep the record; it is safely on the disk when this returns."""

    def forget(self, name: str) -> None:
        """Delete the record."""

    def place(self, name: str) -> str:
        """Return where the record lies, for people."""
