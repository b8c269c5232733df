"""What `remit doctor azure --json` writes."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class SignedInDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Who signed in."""

    kind: str
    object_id: str
    client_id: str
    tenant_id: str
    auth: str
    name: str = ""
    token_expires: str = ""


class OwnCredentialDocument(Struct, frozen=True, rename="camel"):
    """A certificate or secret of the own application."""

    kind: str
    key_id: str
    name: str
    expires: str
    in_use: bool


class MissingDocument(Struct, frozen=True, rename="camel"):
    """A permission that is missing: at some scopes, or everywhere where there are none."""

    permission: str
    scopes: tuple[str, ...]
    known: bool


class ListReadingDocument(Struct, frozen=True, rename="camel"):
    """How much of a list can be read: all, part, nothing or unknown."""

    list: str
    readable: str
    missing: tuple[MissingDocument, ...]


class ExcessDocument(Struct, frozen=True, rename="camel"):
    """Something that can be done beyond reading, or is not needed for it."""

    kind: str
    what: str
    through: str
    assignment_id: str
    standing: str


class RemarkDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One remark: note, warning or error."""

    level: str
    about: str
    text: str
    advice: str = ""


class DoctorDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The whole examination."""

    well: bool
    signed_in: SignedInDocument
    lists: tuple[ListReadingDocument, ...]
    excess: tuple[ExcessDocument, ...]
    remarks: tuple[RemarkDocument, ...]
    throttling: Mapping[str, str]
    credentials: tuple[OwnCredentialDocument, ...] | None = None
    """Absent where they cannot be read."""
    clock_skew_seconds: int | None = None
    """Azure's clock minus this machine's; absent where Azure did not say."""
