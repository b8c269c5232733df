"""Who is behind a delegation of Lighthouse, as far as its definition says; what is malformed is not said."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class Authorization(Struct, frozen=True, rename="camel"):
    """One principal of the other tenant."""

    principal_id: str = ""
    principal_id_display_name: str | None = None


class _Definition(Struct, frozen=True, rename="camel"):
    registration_definition_name: str | None = None
    managed_by_tenant_id: str | None = None
    managed_by_tenant_name: str | None = None
    authorizations: tuple[Authorization, ...] | None = None
    eligible_authorizations: tuple[Authorization, ...] | None = None


class _Whole(Struct, frozen=True):
    properties: _Definition | None = None


class _Assigned(Struct, frozen=True, rename="camel"):
    registration_definition: _Whole | None = None


class _Row(Struct, frozen=True):
    properties: _Assigned | None = None


class Delegation(Struct, frozen=True):
    """What a registration assignment says of the other side; texts "" where not said.

    Attributes:
        name: of the offer. tenant_id: lower case. tenant_name: what it is called.
        people: display names by lower-case object id.
    """

    name: str
    tenant_id: str
    tenant_name: str
    people: dict[str, str]


_DECODE = msgspec.json.Decoder(_Row).decode


def read_delegation(payload: bytes) -> Delegation | None:
    """Read a row of arm/registrationAssignments; None where it says nothing of the other side."""
    try:
        row = _DECODE(payload)
    except msgspec.DecodeError:
        return None
    whole = row.properties and row.properties.registration_definition
    said = whole and whole.properties
    if not said:
        return None
    people = {
        one.principal_id.lower(): one.principal_id_display_name or ""
        for one in (*(said.authorizations or ()), *(said.eligible_authorizations or ()))
        if one.principal_id
    }
    return Delegation(
        said.registration_definition_name or "",
        (said.managed_by_tenant_id or "").lower(),
        said.managed_by_tenant_name or "",
        people,
    )
